"""A volume of the stack that the reader looks at: made on the decoders' threads from what is at this desk."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Progress, Ticket
from readingroom.display.stack import Stack
from readingroom.geometry.lattice import Lattice, lattice_of
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame
from readingroom.pixels.voxels import Voxels, voxels_of
from readingroom.record.study import FrameRef
from readingroom.session.desk import Desk
from readingroom.session.ports import Shelf

MOST_SHARE = 0.5
"""Of the memory that is free, a volume may take this much."""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A stack's voxels, and how many of its images are not in them because they are not here."""

    stack: Stack
    voxels: Voxels
    absent: int


def volume_of(
    desk: Desk, stack: Stack, ticket: Ticket, show: Callable[[Progress], None], done: Callable[[Volume], None],
    failed: Callable[[Exception], None],
) -> None:  # fmt: skip
    """Make a volume; show, done and failed are called on the reader's thread unless the ticket is cancelled first."""
    ready = {ref: frame for ref in stack.frames if (frame := desk.book.frame(ref)) is not None}
    home = desk.pools.home

    def told(progress: Progress) -> None:
        home.bring(lambda: None if ticket.cancelled else show(progress))

    desk.pools.cpu.submit(
        volume_job, desk.doors.shelf, stack, ready, ticket, told, done=done, failed=failed, ticket=ticket, lane=Lane.NOW
    )  # fmt: skip


def volume_job(
    shelf: Shelf, stack: Stack, ready: dict[FrameRef, Frame], ticket: Ticket, show: Callable[[Progress], None]
) -> Volume:
    """The volume of a stack from decoded frames and the shelf; ReaderError where no honest volume exists."""
    lattice = lattice_of(stack.places, stack.rows, stack.columns)
    _require_room(lattice)
    frames: dict[int, Frame] = {}
    for index, ref in enumerate(stack.frames):
        ticket.checkpoint()
        frame = ready.get(ref) or _decoded(shelf, ref)
        if frame is not None:
            frames[index] = frame
        show(Progress(index + 1, len(stack.frames), "images"))
    if len(frames) < 2:
        raise ReaderError("Too few of the images are at this desk for a volume.", "Wait until more have come.")
    here = _without_absent(lattice, frames)
    return Volume(stack, voxels_of(here, frames.__getitem__), len(stack.frames) - len(frames))


def _decoded(shelf: Shelf, ref: FrameRef) -> Frame | None:
    """A frame from the shelf, or None while its object is not there; one that cannot be decoded counts as missing."""
    part10 = shelf.get(ref.sop_uid, ref.study_uid)
    if part10 is None:
        return None
    try:
        return decode(part10, ref.frame)
    except ReaderError:
        return None


def _without_absent(lattice: Lattice, frames: dict[int, Frame]) -> Lattice:
    planes = tuple(
        plane if plane is not None and plane.first in frames and plane.second in frames else None
        for plane in lattice.planes
    )
    lost = planes.count(None)
    if lost == lattice.planes.count(None):
        return lattice
    said = f"{lost} plane{'s' if lost > 1 else ''} missing: hatched, nothing interpolated across"
    return replace(lattice, planes=planes, note="; ".join(part for part in (lattice.note, said) if part))


def _require_room(lattice: Lattice) -> None:
    """Refuse a volume that would push the desk out of memory, before it is begun."""
    needed = 2 * lattice.columns * lattice.rows * lattice.slices
    free = _free_bytes()
    if free is not None and needed > MOST_SHARE * free:
        raise ReaderError(
            f"The volume needs {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB of memory are free.",
            "Close other programs, or read the images as a stack.",
        )


def _free_bytes() -> int | None:
    """What the system says is available; None where it does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None
