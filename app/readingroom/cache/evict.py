"""Which studies leave the shelf when it is too full: longest unused first, never a pinned or a fresh one."""

from collections.abc import Sequence
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.cache.index import Held

FRESH_S = 300.0
"""A study used within so many seconds may be on its way in or on the glass, and stays."""


def to_evict(held: Sequence[Held], over_bytes: int, now_s: float) -> tuple[Held, ...]:
    """The studies to drop so that over_bytes are freed, or all that may go where they do not suffice."""
    leaving: list[Held] = []
    freed = 0
    for study in sorted(held, key=lambda study: study.touched):
        if freed >= over_bytes:
            break
        if study.pinned or study.bytes == 0 or now_s - study.touched < FRESH_S:
            continue
        leaving.append(study)
        freed += study.bytes
    return tuple(leaving)


def destroy(folder: Path) -> int:
    """Delete a shelf that cannot be opened any more, whatever its key; the number of files deleted."""
    files = [*folder.glob("index.sqlite*"), *(folder / "packs").glob("*")]
    try:
        for path in files:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ReaderError(
            f"{error.filename} cannot be deleted: {error.strerror}.", "Close Reading Room and try again."
        ) from error
    return len(files)
