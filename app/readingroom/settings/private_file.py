"""Files of a profile that only their owner may read, replaced whole or not at all."""

import os
import secrets
from pathlib import Path

from readingroom.base.errors import ReaderError


def private_folder(folder: Path) -> Path:
    """The folder, made with its parents where it is missing; a new one is closed to others (mode 0700 on POSIX)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ReaderError(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            "Choose a folder that you may write, with --profile or READINGROOM_PROFILE.",
        ) from error
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, durable when this returns; after a crash the old or the new content is there."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise ReaderError(
            f"{path} cannot be written: {error.strerror or error}.", "Free space there, or make the folder writable."
        ) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can (not on Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
