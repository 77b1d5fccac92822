"""Archives in memory that fit the desk's port, and play what real ones do: refuse, drop, break off, mix patients up."""

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from io import BytesIO

from pydicom import dcmread

from readingroom.archive.header import identity_of
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.from_dicom import row_of, study_of
from readingroom.record.search import Query, Received, StoreAnswer, StudyRow
from readingroom.record.study import Study
from readingroom.record.tags import DatasetTags


class MemoryArchive:
    """Holds Part 10 objects by SOP Instance UID; the flags choose what goes wrong from now on."""

    def __init__(self, name: str, part10s: Sequence[bytes] = ()) -> None:
        self._name = name
        self.objects: dict[str, bytes] = {}
        self.add(part10s)
        self.down = False
        self.breaks_after: int | None = None
        self.hidden: set[str] = set()
        self.sends_instead: dict[str, bytes] = {}
        self.holds_back_s = 0.0
        self.released = threading.Event()
        self.calls: list[str] = []

    @property
    def name(self) -> str:
        return self._name

    def add(self, part10s: Sequence[bytes]) -> None:
        """Hold more objects."""
        self.objects |= {identity_of(part10).sop_uid: part10 for part10 in part10s}

    def search(self, query: Query) -> tuple[StudyRow, ...]:
        self._ask("search")
        rows: dict[tuple[str, str], list[StudyRow]] = {}
        for part10 in self.objects.values():
            row = row_of(_tags(part10), self._name)
            if row is not None and query.study_uid in ("", row.study_uid):
                rows.setdefault((row.study_uid, row.patient.id), []).append(row)
        from dataclasses import replace

        return tuple(replace(group[0], instances=len(group)) for group in rows.values())

    def study(self, study_uid: str) -> Study:
        self._ask("study")
        tags = [_tags(p) for p in self.objects.values() if identity_of(p).study_uid == study_uid]
        if not tags:
            raise ReaderError(f"{self._name} does not have this study.", "Ask another archive.")
        return study_of(study_uid, tags, (self._name,))

    def series_objects(self, study_uid: str, series_uid: str, ticket: Ticket) -> Iterator[Received]:
        self._ask("series")
        sent = 0
        for sop_uid, part10 in self.objects.items():
            named = identity_of(part10)
            if (named.study_uid, named.series_uid) != (study_uid, series_uid) or sop_uid in self.hidden:
                continue
            ticket.checkpoint()
            if self.breaks_after is not None and sent >= self.breaks_after:
                raise ReaderError(
                    f"The answer of {self._name} broke off after {sent} objects.", "The rest is asked for."
                )
            sent += 1
            yield _received(self.sends_instead.get(sop_uid, part10))

    def object(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received:
        self._ask(f"object {sop_uid}")
        ticket.checkpoint()
        if sop_uid not in self.objects or sop_uid in self.hidden:
            raise ReaderError(f"{self._name} does not have this object.", "Ask another archive.")
        return _received(self.sends_instead.get(sop_uid, self.objects[sop_uid]))

    def store(self, part10s: Sequence[bytes]) -> tuple[StoreAnswer, ...]:
        self._ask("store")
        self.add(part10s)
        return tuple(StoreAnswer(identity_of(part10).sop_uid, True) for part10 in part10s)

    def close(self) -> None:
        self.released.set()

    def _ask(self, what: str) -> None:
        self.calls.append(what)
        if self.holds_back_s:
            self.released.wait(self.holds_back_s)
            time.sleep(0)
        if self.down:
            raise ReaderError(f"{self._name} is down: nothing answers.", "Check that it runs.")


class MemoryShelf:
    """The local disk, in memory."""

    def __init__(self) -> None:
        self.studies: dict[str, Study] = {}
        self.objects: dict[tuple[str, str], bytes] = {}

    def put_study(self, study: Study) -> None:
        self.studies[study.uid] = study

    def study(self, study_uid: str) -> Study | None:
        return self.studies.get(study_uid)

    def rows(self) -> tuple[StudyRow, ...]:
        return ()

    def put(self, received: Received) -> None:
        self.objects[received.study_uid, received.sop_uid] = received.part10

    def get(self, sop_uid: str, study_uid: str = "") -> bytes | None:
        return next((p for (s, o), p in self.objects.items() if o == sop_uid and study_uid in ("", s)), None)

    def pin(self, study_uids: Collection[str]) -> None:
        self.pinned = frozenset(study_uids)

    def sop_uids(self, study_uid: str) -> frozenset[str]:
        return frozenset(sop for study, sop in self.objects if study == study_uid)


def _tags(part10: bytes) -> DatasetTags:
    return DatasetTags(dcmread(BytesIO(part10), stop_before_pixels=True))


def _received(part10: bytes) -> Received:
    named = identity_of(part10)
    return Received(named.study_uid, named.series_uid, named.sop_uid, part10, named.patient)
