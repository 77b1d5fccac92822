"""A measurement that must not be made."""

from readingroom.base.errors import ReaderError


class Refused(ReaderError):
    """A number that would not be true is not given: the problem says why, the remedy what would make it true."""
