"""Reading Room: the desk where a region's examinations are read, measured, reported and signed."""

__version__ = "0.1.0"
