"""The shelf, and beside it what it could not take: a full disk hides no image from the reader."""

from collections.abc import Callable, Collection

from readingroom.base.errors import ReaderError
from readingroom.record.search import Received, StudyRow
from readingroom.record.study import Study
from readingroom.session.ports import Shelf

MOST_BYTES = 1 << 30


class Lap:
    """A shelf whose refused objects are held in memory until `clear`, at most a gigabyte of them.

    `say` is told, on the thread that put, why the shelf took nothing: once until `clear`. Each step on the maps is one
    operation, so that io threads may put while cpu threads get.
    """

    def __init__(self, shelf: Shelf, say: Callable[[ReaderError], None]) -> None:
        self._shelf, self._say = shelf, say
        self._studies: dict[str, Study] = {}
        self._objects: dict[tuple[str, str], bytes] = {}
        self._told = False

    def clear(self) -> None:
        """Let go of what was held: its case was closed."""
        self._studies, self._objects, self._told = {}, {}, False

    def put_study(self, study: Study) -> None:
        """Keep the metadata of a study, here where the shelf cannot."""
        try:
            self._shelf.put_study(study)
        except ReaderError as error:
            self._studies[study.uid] = study
            self._tell(error)

    def study(self, study_uid: str) -> Study | None:
        """The kept metadata, or None."""
        return self._studies.get(study_uid) or self._shelf.study(study_uid)

    def rows(self) -> tuple[StudyRow, ...]:
        """Every study on the shelf."""
        return self._shelf.rows()

    def put(self, received: Received) -> None:
        """Keep one object, here where the shelf has no room; one that contradicts what the shelf holds is refused."""
        try:
            self._shelf.put(received)
        except ReaderError as error:
            held = sum(map(len, tuple(self._objects.values())))
            if self._is_held(received) or held + len(received.part10) > MOST_BYTES:
                raise
            self._objects[received.study_uid, received.sop_uid] = received.part10
            self._tell(error)

    def get(self, sop_uid: str, study_uid: str = "") -> bytes | None:
        """The Part 10 bytes as received, or None."""
        return self._objects.get((study_uid, sop_uid)) or self._shelf.get(sop_uid, study_uid)

    def sop_uids(self, study_uid: str) -> frozenset[str]:
        """What of a study is here."""
        return self._shelf.sop_uids(study_uid) | {sop for study, sop in tuple(self._objects) if study == study_uid}

    def pin(self, study_uids: Collection[str]) -> None:
        """These studies, and no others, stay on the shelf."""
        self._shelf.pin(study_uids)

    def _is_held(self, received: Received) -> bool:
        try:
            return self._shelf.get(received.sop_uid, received.study_uid) is not None
        except ReaderError:
            return False

    def _tell(self, error: ReaderError) -> None:
        if not self._told:
            self._told = True
            remedy = f"{error.remedy} Until then what is fetched is read from memory and not kept."
            self._say(ReaderError(error.problem, remedy))
