"""What lies in a folder: every object by its own header, and every file that is none, with the reason."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from readingroom.archive.header import front_of, tags_of
from readingroom.base.errors import ReaderError
from readingroom.record.from_dicom import row_of
from readingroom.record.search import StudyRow
from readingroom.record.study import SetAside
from readingroom.record.tags import Tags, text

_HEAD = 16 * 1024
_DIRECTORY = "1.2.840.10008.1.3.10"
_OTHER = "It is not a DICOM object."
_DISC = "It is a disc's directory, not an image."


@dataclass(frozen=True, slots=True)
class Kept:
    """One object of the folder: where it lies, its file's size and time, its names, and its study as a row."""

    path: Path
    stamp: tuple[int, int]
    study_uid: str
    series_uid: str
    sop_uid: str
    row: StudyRow


@dataclass(frozen=True, slots=True)
class Unread:
    """One file of the folder that is not shown, and why."""

    path: Path
    stamp: tuple[int, int]
    problem: str


@dataclass(frozen=True, slots=True)
class FolderIndex:
    """The objects of a folder in the order of their paths; doubles: (first, later) of one identifier, and whether equal."""

    kept: tuple[Kept, ...] = ()
    unread: tuple[Unread, ...] = ()
    doubles: Mapping[tuple[Kept, Kept], bool] = field(default_factory=dict)

    @property
    def damaged(self) -> tuple[Unread, ...]:
        """The files that are, or may once have been, objects: what a reader may miss. A text file is not missed."""
        return tuple(one for one in self.unread if one.problem not in (_OTHER, _DISC) or not one.stamp[0])

    def rivals(self, study_uid: str) -> tuple[SetAside, ...]:
        """Objects of a study that share an identifier with another file and differ from it."""
        said = "Another file of this folder has the same identifier and other content."
        pairs = (later for (_, later), equal in self.doubles.items() if not equal and later.study_uid == study_uid)
        return tuple(SetAside(one.series_uid, one.sop_uid, said) for one in pairs)

    def rows(self, archive: str) -> Iterator[StudyRow]:
        """One row per study and patient, newest first."""

        def place(one: Kept) -> tuple[str, str]:
            return one.study_uid, repr(one.row.patient)

        rows = []
        for _, group in groupby(sorted(self.kept, key=place), key=place):
            objects = list(group)
            modalities = dict.fromkeys(m for one in objects for m in one.row.modalities)
            rows.append(
                replace(
                    objects[0].row, held_by=(archive,), instances=len(objects), modalities=tuple(sorted(modalities))
                )
            )
        yield from sorted(rows, key=lambda r: (str(r.date or ""), str(r.time or ""), r.study_uid), reverse=True)


def scanned(name: str, folder: Path, issuer: str, before: FolderIndex) -> FolderIndex:
    """The folder's index; a file whose size and time did not change since `before` is not opened again.

    ReaderError where the folder cannot be listed.
    """
    known: dict[Path, Kept | Unread] = {}
    known.update((one.path, one) for one in before.kept)
    known.update((one.path, one) for one in before.unread)
    seen: list[Kept | Unread] = []
    for path, stamp in _files(name, folder):
        one = known.get(path)
        seen.append(one if one is not None and one.stamp == stamp else _looked_at(path, stamp, issuer))
    first: dict[tuple[str, str], Kept] = {}
    objects = [one for one in seen if isinstance(one, Kept)]
    for found in objects:
        first.setdefault((found.study_uid, found.sop_uid), found)
    earlier = [(first[found.study_uid, found.sop_uid], found) for found in objects]
    doubles = [pair for pair in earlier if pair[0] is not pair[1]]
    equal = {pair: before.doubles[pair] if pair in before.doubles else _same_bytes(*pair) for pair in doubles}
    return FolderIndex(tuple(first.values()), tuple(one for one in seen if isinstance(one, Unread)), equal)


def _files(name: str, folder: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    if not folder.is_dir():
        raise ReaderError(f"{name} is not there: no folder {folder}.", "Insert the disc, or correct the path.")

    def failed(error: OSError) -> None:
        raise ReaderError(
            f"{name} cannot be listed: {error.strerror or error}.", "Check the disc or the right to read it."
        ) from error

    for root, folders, names in os.walk(folder, onerror=failed):
        folders.sort()
        for one in sorted(names):
            path = Path(root, one)
            try:
                found = path.stat()
            except OSError:
                # Gone or a dangling link since the folder was listed: there is nothing to show.
                continue
            yield path, (found.st_size, found.st_mtime_ns)


def _looked_at(path: Path, stamp: tuple[int, int], issuer: str) -> Kept | Unread:
    try:
        tags = _tags(path)
    except ReaderError as error:
        return Unread(path, stamp, error.problem)
    except OSError as error:
        return Unread(path, stamp, f"It cannot be read: {error.strerror or error}.")
    if text(tags, 0x00020002) == _DIRECTORY or text(tags, 0x00041130) or tags.items(0x00041220):
        return Unread(path, stamp, _DISC)
    row = row_of(tags, "", issuer)
    names = text(tags, 0x0020000E), text(tags, 0x00080018)
    if row is None or not all(names):
        return Unread(path, stamp, "It does not say which study and series it belongs to.")
    return Kept(path, stamp, row.study_uid, *names, row)


def _tags(path: Path) -> Tags:
    with path.open("rb") as file:
        head = file.read(_HEAD)
        front = front_of(head)
        if front is not None:
            return front
        if not _could_be_dicom(head):
            raise ReaderError(_OTHER, "")
        file.seek(0)
        return tags_of(file)


def _could_be_dicom(head: bytes) -> bool:
    """With the prefix of PS3.10 7.1, or bare: beginning with an element of group 2 or 8 in either byte order."""
    return head[128:132] == b"DICM" or head[:2] in (b"\x02\x00", b"\x08\x00", b"\x00\x08")


def _same_bytes(one: Kept, other: Kept) -> bool:
    try:
        return one.stamp[0] == other.stamp[0] and one.path.read_bytes() == other.path.read_bytes()
    except OSError:
        return False
