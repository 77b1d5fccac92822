"""The folder door: a CD, a USB stick, an export or the demo region, behind the same port as an archive."""

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from readingroom.archive.equal import difference
from readingroom.archive.folder_index import FolderIndex, Kept, Unread, scanned
from readingroom.archive.header import identity_of
from readingroom.archive.match import matches, tidy
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.base.uid import is_uid
from readingroom.record.from_dicom import WANTED, study_of
from readingroom.record.search import Query, Received, StoreAnswer, StudyRow
from readingroom.record.study import SetAside, Study
from readingroom.record.tags import DatasetTags, Tags

STORED = "stored"


class FolderArchive:
    """Every DICOM file below one folder; the index lives in memory and follows the folder."""

    def __init__(self, name: str, path: Path, issuer: str = "", store: bool = True) -> None:
        self._name = name
        self._path = path
        self._issuer = issuer
        self._store = store
        self._lock = threading.Lock()
        self._index = FolderIndex()

    @property
    def name(self) -> str:
        """The archive's name as the reader knows it."""
        return self._name

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Files of the folder that are no readable DICOM objects, and why."""
        return self._current().unread

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader must know of the folder as it was last read: files that may have been images."""
        damaged = self._index.damaged
        if not damaged:
            return ()
        files = "1 file" if len(damaged) == 1 else f"{len(damaged)} files"
        return (f"{self._name}: {files} cannot be read, e.g. {damaged[0].path.name}: {damaged[0].problem}",)

    def search(self, query: Query) -> tuple[StudyRow, ...]:
        """Studies that match; a study whose files name several patients is a row for each."""
        asked = tidy(query)
        found = [row for row in self._current().rows(self._name) if matches(row, asked)]
        return tuple(found[: asked.limit] if asked.limit else found)

    def study(self, study_uid: str) -> Study:
        """The study as its files' headers describe it; what does not belong together is set aside."""
        self._current()
        kept = self._of_study(study_uid)
        headers: list[Tags] = []
        gone: list[SetAside] = []
        for one in kept:
            try:
                headers.append(_header(one.path))
            except ReaderError as error:
                gone.append(SetAside(one.series_uid, one.sop_uid, error.problem))
        study = study_of(study_uid, headers, (self._name,), self._issuer)
        copies = self._index.rivals(study_uid)
        return replace(
            study,
            set_aside=(*study.set_aside, *gone, *copies),
            series=tuple(replace(s, expected=len(s.instances)) for s in study.series),
            expected=sum(len(s.instances) for s in study.series),
        )

    def series_objects(self, study_uid: str, series_uid: str, ticket: Ticket) -> Iterator[Received]:
        """Every object of a series, in the order of their paths."""
        kept = [one for one in self._of_study(study_uid) if one.series_uid == series_uid]
        if not kept:
            raise _not_here(self._name)
        for one in kept:
            ticket.checkpoint()
            yield self._received(one)

    def object(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received:
        """One object."""
        ticket.checkpoint()
        wanted = study_uid, series_uid, sop_uid
        for kept in (self._index.kept, self._current().kept):
            for one in kept:
                if (one.study_uid, one.series_uid, one.sop_uid) == wanted:
                    return self._received(one)
        raise _not_here(self._name)

    def store(self, part10s: Sequence[bytes]) -> tuple[StoreAnswer, ...]:
        """Write objects below stored/, flushed to the disk and read back; an identifier in use is never overwritten."""
        if not self._store:
            raise ReaderError(f"{self._name} takes no reports.", "Choose another archive, or set store = true for it.")
        return tuple(self._store_one(part10) for part10 in part10s)

    def close(self) -> None:
        """Nothing is open between calls."""

    def _store_one(self, part10: bytes) -> StoreAnswer:
        named = identity_of(part10)
        if not all(is_uid(uid) for uid in (named.study_uid, named.series_uid, named.sop_uid)):
            return StoreAnswer(named.sop_uid, False, "An identifier of the object is not valid.", "It is kept here.")
        here = [k for k in self._current().kept if k.sop_uid == named.sop_uid]
        path = self._path / STORED / named.study_uid / f"{named.sop_uid}.dcm"
        try:
            if not here and not path.exists():
                _write(path, part10)
            there = here[0].path if here else path
            changed = difference(part10, there.read_bytes())
        except OSError as error:
            problem = f"{self._name} could not write it: {error.strerror or error}."
            return StoreAnswer(named.sop_uid, False, problem, "Make room or allow writing there; it is kept here.")
        if changed:
            problem = f"{self._name} holds another object under this identifier: {changed}."
            return StoreAnswer(named.sop_uid, False, problem, "It is kept here and was not written over.")
        return StoreAnswer(named.sop_uid, True)

    def _received(self, kept: Kept) -> Received:
        try:
            part10 = kept.path.read_bytes()
        except OSError as error:
            raise ReaderError(
                f"A file of {self._name} cannot be read: {error.strerror or error}.", "Check the disc or the folder."
            ) from error
        named = identity_of(part10, self._issuer)
        return Received(named.study_uid, named.series_uid, named.sop_uid, part10, named.patient)

    def _of_study(self, study_uid: str) -> list[Kept]:
        """What the last scan found; the folder is scanned again only where it found nothing."""
        found = [one for one in self._index.kept if one.study_uid == study_uid]
        if not found:
            found = [one for one in self._current().kept if one.study_uid == study_uid]
        if not found:
            raise _not_here(self._name)
        return found

    def _current(self) -> FolderIndex:
        with self._lock:
            self._index = scanned(self._name, self._path, self._issuer, self._index)
            return self._index


def _header(path: Path) -> Tags:
    from pydicom import dcmread

    try:
        return DatasetTags(dcmread(path, stop_before_pixels=True, force=True, specific_tags=list(WANTED)))
    except Exception as error:
        raise ReaderError(
            f"It is not readable as DICOM ({type(error).__name__}).", "Ask where it came from for a whole copy."
        ) from error


def _write(path: Path, part10: bytes) -> None:
    """Write a new file so that it is whole and on the disk, or not there at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(part10)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _not_here(name: str) -> ReaderError:
    return ReaderError(f"{name} does not have this study.", "Search again, or ask another archive.")
