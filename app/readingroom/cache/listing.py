"""What is on the shelf as rows, each opened once: the list of a hundred thousand studies is asked for again and again."""

import threading

from readingroom.base.log import LOG
from readingroom.cache import study_pages as pages
from readingroom.cache.crypt import StudyKeys
from readingroom.cache.index import Index
from readingroom.record.search import StudyRow
from readingroom.settings.seal import Unsealable

_TAG = 16
"""Bytes of the authentication tag at the end of what is sealed (AES-GCM): another content has another tag."""


class Listing:
    """The rows of the index, read again only where the index changed; used from any thread."""

    def __init__(self, marks: StudyKeys, index: Index) -> None:
        self._marks = marks
        self._index = index
        self._turn = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._opened: dict[bytes, tuple[bytes, StudyRow | None]] = {}
        self._rows: tuple[StudyRow, ...] = ()

    def rows(self) -> tuple[StudyRow, ...]:
        """Every row that can be opened, last used first."""
        with self._turn:
            stamp = self._index.stamp()
            if stamp != self._stamp:
                self._read()
                self._stamp = stamp
            return self._rows

    def _read(self) -> None:
        opened: dict[bytes, tuple[bytes, StudyRow | None]] = {}
        for mark, wrapped, sealed in self._index.rows():
            known = self._opened.get(mark)
            opened[mark] = known if known and known[0] == sealed[-_TAG:] else self._open(mark, wrapped, sealed)
        self._opened = opened
        self._rows = tuple(row for _, row in opened.values() if row is not None)

    def _open(self, mark: bytes, wrapped: bytes, sealed: bytes) -> tuple[bytes, StudyRow | None]:
        try:
            row = pages.row_from(self._marks.unwrapped(wrapped, mark).open(sealed, b"row" + mark))
        except (Unsealable, pages.Unreadable):
            LOG.warning("A study on the shelf is damaged and not listed; see: readingroom cache --verify")
            row = None
        return sealed[-_TAG:], row
