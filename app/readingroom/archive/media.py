"""Writing a study for others: a folder, a disc with its directory (DICOMDIR), an ISO image; whole, or not there at all."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from readingroom.archive.directory import Directory
from readingroom.base.errors import ReaderError
from readingroom.record.media import FOLDER, ISO, Written

STAGE = ".unfinished-export"
_ROOM_FOR_FILES = 16 << 20
_EXPLICIT = "1.2.840.10008.1.2.1"


@dataclass
class Media:
    """The target of one export; kind: folder, disc or iso. Lives and dies with the export."""

    target: Path
    kind: str
    warnings: list[str] = field(default_factory=list)

    def check(self, needed_bytes: int = 0) -> None:
        """ReaderError where the target is taken, cannot be written to, or has no room for so many bytes."""
        target, parent = self.target, self.target if self.kind != ISO and self.target.is_dir() else self.target.parent
        if self.kind == ISO and target.exists():
            raise ReaderError(f"{target} exists already.", "Choose another name, or remove it first.")
        if self.kind != ISO and target.exists() and not target.is_dir():
            raise ReaderError(f"{target} is a file.", "Choose a folder.")
        if self.kind != ISO and target.is_dir() and _things_in(target):
            raise ReaderError(
                f"{target} is not empty: {_things_in(target)[0].name} lies in it.",
                "Choose an empty folder, so that two patients never share one.",
            )
        while not parent.exists() and parent.parent != parent:
            parent = parent.parent
        if not parent.is_dir() or not os.access(parent, os.W_OK):
            raise ReaderError(f"{parent} cannot be written to.", "Choose another folder, or allow writing there.")
        needed = needed_bytes * (2 if self.kind == ISO else 1) + _ROOM_FOR_FILES
        free = shutil.disk_usage(parent).free
        if free < needed:
            raise ReaderError(
                f"{parent} has room for {free / 1e6:.0f} MB; {needed / 1e6:.0f} MB are needed.",
                "Free space there, or choose another place.",
            )

    def write(self, part10s: Iterable[bytes]) -> Written:
        """Write every object; what was begun and not finished is taken away again.

        ReaderError where the target fails; Cancelled and ReaderError of the objects' own source pass through.
        """
        self.check()
        with self._stage() as stage:
            files = self._objects(stage, part10s)
            if self.kind == ISO:
                self._image(stage, files)
            else:
                _move_up(stage, self.target)
        return Written(tuple(files), tuple(dict.fromkeys(self.warnings)))

    @contextmanager
    def _stage(self) -> Iterator[Path]:
        """A folder on the target's own disk for what is not finished yet; gone afterwards, whatever happens."""
        began = None if self.target.exists() else self.target
        stage = (self.target.parent if self.kind == ISO else self.target) / STAGE
        done = False
        try:
            shutil.rmtree(stage, ignore_errors=True)
            stage.mkdir(parents=True)
            yield stage
            done = True
        except OSError as error:
            raise ReaderError(
                f"{self.target} could not be written: {error.strerror or error}.",
                "Nothing was left there. Make room or choose another place, and export again.",
            ) from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)
            if not done and began is not None and self.kind != ISO:
                with suppress(OSError):
                    began.rmdir()

    def _objects(self, stage: Path, part10s: Iterable[bytes]) -> list[str]:
        """Every object in a file; named by place with a directory, else by series and number."""
        with Directory(stage) as directory:
            waiting: list[tuple[str, Path]] = []
            files: list[str] = []
            for number, part10 in enumerate(part10s, 1):
                held = self._for_disc(part10) if self.kind != FOLDER else part10
                header = _header(held)
                if self.kind == FOLDER:
                    name = directory.folder_name(header)
                    _write(stage / name, held)
                    files.append(name)
                    continue
                aside = stage / f"{number:08d}"
                _write(aside, held)
                waiting.append((str(header.SOPInstanceUID), aside))
                problem = directory.add(header, number)
                if problem:
                    self.warnings.append(problem)
            if self.kind != FOLDER:
                files = self._in_place(stage, directory, waiting)
        return files

    def _in_place(self, stage: Path, directory: Directory, waiting: list[tuple[str, Path]]) -> list[str]:
        places = directory.write(stage) if waiting else {}
        files = []
        for number, (sop_uid, aside) in enumerate(waiting, 1):
            name = places.get(sop_uid, f"OTHER/OT{number:06d}")
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            aside.replace(stage / name)
            files.append(name)
        return [*files, *(["DICOMDIR"] if waiting else [])]

    def _for_disc(self, part10: bytes) -> bytes:
        """The object in Explicit VR Little Endian, as a general purpose disc asks for (PS3.11 D, STD-GEN-CD)."""
        from pydicom import dcmread

        dataset = dcmread(BytesIO(part10))
        syntax = dataset.file_meta.TransferSyntaxUID
        if syntax == _EXPLICIT:
            return part10
        try:
            if syntax.is_compressed:
                dataset.decompress(generate_instance_uid=False)
            dataset.file_meta.TransferSyntaxUID = _EXPLICIT
            out = BytesIO()
            dataset.save_as(out, implicit_vr=False, little_endian=True, enforce_file_format=True)
        except Exception as error:  # noqa: BLE001  (whatever a codec raises: the object goes as it is, and it is said)
            self.warnings.append(
                f"Some images stay compressed ({syntax.name}: {type(error).__name__}); not every viewer can open them."
            )
            return part10
        return out.getvalue()

    def _image(self, stage: Path, files: list[str]) -> None:
        """The stage as an ISO 9660 level 1 image, with Joliet names for Windows (PS3.12 F)."""
        from pycdlib import PyCdlib

        unfinished = stage / "image.iso"
        disc = PyCdlib()
        disc.new(interchange_level=1, vol_ident="DICOM", sys_ident="", joliet=3)
        try:
            made: set[str] = set()
            for name in files:
                for folder in reversed(Path(name).parents[:-1] if "/" in name else ()):
                    if folder.as_posix() not in made:
                        made.add(folder.as_posix())
                        disc.add_directory(f"/{folder.as_posix()}", joliet_path=f"/{folder.as_posix()}")
                disc.add_file(str(stage / name), f"/{name}.;1", joliet_path=f"/{name}")
            disc.write(str(unfinished))
        finally:
            disc.close()
        unfinished.replace(self.target)


def _things_in(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if one.name != STAGE]


def _write(path: Path, part10: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(part10)


def _header(part10: bytes) -> Any:
    from pydicom import dcmread

    return dcmread(BytesIO(part10), stop_before_pixels=True)


def _move_up(stage: Path, target: Path) -> None:
    """The directory last: a disc that was cut short while moving has none, and is seen to be unfinished."""
    for one in sorted(stage.iterdir(), key=lambda path: path.name == "DICOMDIR"):
        one.replace(target / one.name)
