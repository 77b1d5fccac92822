"""The files of a folder, a disc, a disc image or a ZIP file, each by its name and a way to its bytes; and what a disc's directory misses."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from readingroom.base.errors import ReaderError

DIRECTORY = "DICOMDIR"
_MOST_BYTES = 2 << 30
_SECTOR = 2048
"""Bytes of a logical block of a disc (ECMA-119 6.1.2)."""
_CUT = "Copy it again from where it came."


@dataclass(frozen=True, slots=True)
class Piece:
    """One file: its whole name as a reader sees it, the folder, image or ZIP it was found in, and a way to its bytes.

    read: ReaderError where the file cannot be read.
    """

    name: str
    inside: str
    read: Callable[[], bytes]

    @property
    def last_name(self) -> str:
        """Its own name, in capitals, without the version that ISO 9660 adds."""
        return _plain(self.name).rsplit("/", 1)[-1]


def pieces_of(paths: Sequence[Path]) -> Iterator[Piece]:
    """Every file below the paths, folder by folder; a disc's directory stands for the disc that it lies on."""
    for path in paths:
        try:
            if not path.exists():
                raise ReaderError(f"There is no file or folder {path}.", "Insert the disc, or correct the path.")
            where = path.parent if path.is_file() and path.name.upper() == DIRECTORY else path
            files = sorted(one for one in where.rglob("*") if one.is_file()) if where.is_dir() else [where]
        except OSError as error:
            raise ReaderError(
                f"{path} cannot be read: {error.strerror or error}.", "Check the disc, or the right to read it."
            ) from error
        for one in files:
            yield from _within(one, where)


def missing_files(pieces: Sequence[Piece]) -> Iterator[tuple[str, str, str]]:
    """(name, problem, remedy) of what the discs' directories name and is not there, whatever case its name is in."""
    for directory in (one for one in pieces if one.last_name == DIRECTORY):
        folder = _plain(directory.name).rsplit("/", 1)[0] if "/" in _plain(directory.name) else ""
        # Copied discs lose their folders: a file under its own name anywhere below counts as the one that is meant.
        here = {_plain(one.name) for one in pieces}
        near = {one.last_name for one in pieces if _plain(one.name).startswith(folder)}
        try:
            named = list(_named_in(directory))
        except ReaderError as error:
            yield directory.name, error.problem, error.remedy
            continue
        for name in named:
            whole = f"{folder}/{name}" if folder else name
            if not _is_here(whole, here) and name.rsplit("/", 1)[-1] not in near:
                problem = "The disc's directory names this file, and the disc does not hold it."
                yield f"{directory.name}: {name}", problem, "Ask whoever made the disc for it."


def _is_here(whole: str, here: set[str]) -> bool:
    return whole in here or any(f"{whole}{ending}" in here for ending in (".DCM", ".", ".IMA"))


def _named_in(directory: Piece) -> Iterator[str]:
    """The files that a directory refers to (PS3.3 F.3.2.2), with "/" between; written with "\\" by those who err."""
    from pydicom import dcmread

    try:
        dataset = dcmread(BytesIO(directory.read()), force=True)
        records = list(dataset.get("DirectoryRecordSequence") or ())
        named = [_file_id(record.get("ReferencedFileID")) for record in records]
    except ReaderError:
        raise
    except Exception as error:  # a directory may be damaged in any way; its files are looked at all the same
        raise ReaderError(
            f"The disc's directory is damaged ({type(error).__name__}).",
            "Every file was looked at without it; whether one is missing cannot be told.",
        ) from error
    yield from (name for name in named if name)


def _file_id(value: Any) -> str:
    if value is None:
        return ""
    parts = [value] if isinstance(value, str) else list(value)
    return _plain("/".join(str(part) for part in parts)).strip("/")


def _plain(name: str) -> str:
    """In capitals, "/" between folders, without the version number that ISO 9660 adds (";1")."""
    plain = name.replace("\\", "/").upper()
    return plain.partition(";")[0].rstrip(".") if ";" in plain else plain


def _piece(path: Path, where: Path) -> Piece:
    def read() -> bytes:
        try:
            return path.read_bytes()
        except (OSError, MemoryError) as error:
            raise ReaderError(
                f"The file cannot be read: {getattr(error, 'strerror', None) or error}.",
                "Check the disc, or the right to read it.",
            ) from error

    return Piece(str(path), str(where), read)


def _within(path: Path, where: Path) -> Iterator[Piece]:
    ending = path.suffix.lower()
    if ending == ".zip":
        yield from _zipped(path)
    elif ending == ".iso":
        yield from _imaged(path)
    else:
        yield _piece(path, where)


def _imaged(path: Path) -> Iterator[Piece]:
    """Every file of an ISO 9660 image (PS3.12 F), by its plain names."""
    from pycdlib import PyCdlib

    disc = PyCdlib()
    found: list[tuple[str, int, int]] = []
    try:
        disc.open(str(path))
        try:
            for folder, _, names in disc.walk(iso_path="/"):
                for name in names:
                    whole = f"{folder.rstrip('/')}/{name}"
                    record = disc.get_record(iso_path=whole)
                    found.append((whole, record.extent_location() * _SECTOR, record.get_data_length()))
        finally:
            disc.close()
    except Exception as error:  # noqa: BLE001  (whatever a damaged image makes of its reader is said of the image)
        yield _broken(path, f"The disc image cannot be opened: {error}.")
        return
    for whole, start, length in sorted(found):
        yield _on_image(path, whole, start, length)


def _on_image(path: Path, name: str, start: int, length: int) -> Piece:
    def read() -> bytes:
        try:
            with path.open("rb") as file:
                file.seek(start)
                held = file.read(length)
        except (OSError, MemoryError) as error:
            raise ReaderError(f"It cannot be read from the disc image: {error}.", _CUT) from error
        if len(held) < length:
            raise ReaderError("The disc image ends within this file.", _CUT)
        return held

    return Piece(f"{path}{name}", str(path), read)


def _zipped(path: Path) -> Iterator[Piece]:
    try:
        with closing(zipfile.ZipFile(path)) as archive:
            members = sorted((one for one in archive.infolist() if not one.is_dir()), key=lambda one: one.filename)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        yield _broken(path, f"The ZIP file cannot be opened: {error}.")
        return
    for member in members:
        yield _member(path, member)


def _broken(path: Path, why: str) -> Piece:
    def read() -> bytes:
        raise ReaderError(why, _CUT)

    return Piece(str(path), str(path), read)


def _member(path: Path, member: zipfile.ZipInfo) -> Piece:
    def read() -> bytes:
        if member.flag_bits & 1:
            raise ReaderError("It lies in a ZIP file with a password.", "Unpack it, and import the folder.")
        if member.file_size > _MOST_BYTES:
            raise ReaderError("It is larger than 2 GB unpacked.", "Unpack the ZIP file, and import the folder.")
        try:
            with closing(zipfile.ZipFile(path)) as archive, archive.open(member) as file:
                return file.read(_MOST_BYTES)
        except Exception as error:  # zlib.error and its like: whatever an unpacker raises
            raise ReaderError(f"It cannot be unpacked: {error}.", _CUT) from error

    return Piece(f"{path}/{PurePosixPath(member.filename)}", str(path), read)
