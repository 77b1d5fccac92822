"""The house itself: its floors, its rooms and its habits."""
