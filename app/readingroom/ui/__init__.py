"""The glass: PySide6 windows and panels. Decides nothing; reads the desk and runs its commands."""
