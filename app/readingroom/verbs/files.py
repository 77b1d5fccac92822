"""Files that verbs read and write, with a reason and a remedy where the disk refuses."""

from collections.abc import Callable, Iterator
from pathlib import Path

from readingroom.base.errors import ReaderError

MOST_BYTES = 8 << 30


def bytes_of(path: Path) -> bytes:
    """The whole file; ReaderError where it cannot be read."""
    try:
        if path.is_dir():
            raise ReaderError(f"{path} is a folder.", "Name one file in it.")
        if not path.exists():
            raise ReaderError(f"There is no file {path}.", "Check the path.")
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise ReaderError(f"{path} is no file that can be read whole.", "Copy it to a file below 8 GB.")
        return path.read_bytes()
    except (OSError, MemoryError, ValueError) as error:
        raise ReaderError(
            f"{path} cannot be read: {_why(error)}.", "Check the path, the disk, and the right to read it."
        ) from error


def path_of(name: str) -> Path:
    """The path that a reader wrote; ReaderError for an empty one, which would mean the folder one happens to be in."""
    if not name.strip():
        raise ReaderError(
            "A file or folder without a name was given.", "Write its name, or . for the folder you are in."
        )
    return Path(name)


def files_below(path: Path) -> Iterator[Path]:
    """Every file of a folder and its folders, in the order of their names."""
    try:
        yield from sorted(below for below in path.rglob("*") if below.is_file())
    except OSError as error:
        raise ReaderError(f"{path} cannot be read: {_why(error)}.", "Check the right to read it.") from error


def written(path: Path, write: Callable[[Path], None]) -> None:
    """Let write make a file; what was there before stays until the new one is whole."""
    if not path.name:
        raise ReaderError(f"{path} is a folder.", "Name a file in it.")
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        write(unfinished)
        unfinished.replace(path)
    except (OSError, ValueError) as error:
        unfinished.unlink(missing_ok=True)
        raise ReaderError(
            f"{path} cannot be written: {_why(error)}.", "Check that its folder exists, has room and may be written to."
        ) from error


def _why(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error or "not enough memory")
