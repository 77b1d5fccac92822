"""What to bring and to decode first: what is on the glass, its neighbours, the rest. Pure."""

from collections.abc import Iterator

from readingroom.display.stack import Stack
from readingroom.record.study import FrameRef, Instance, Study
from readingroom.session.case import Case

NEIGHBOURS = 8


def visible(case: Case) -> tuple[FrameRef, ...]:
    """The frames on the glass, the active viewport's first."""
    tiles = sorted(case.visible_tiles(), key=lambda tile: tile != case.active)
    return tuple(dict.fromkeys(ref for tile in tiles if (ref := case.frame_at(tile)) is not None))


def decode_order(case: Case) -> Iterator[FrameRef]:
    """Every frame worth decoding, in order: visible, its neighbours, one of each series, then all outward."""
    yield from visible(case)
    tiles = sorted(case.visible_tiles(), key=lambda tile: tile != case.active)
    hung = [(stack, case.tiles[tile].index) for tile in tiles if (stack := case.stack_at(tile)) is not None]
    for stack, index in hung:
        yield from _outward(stack, index, 1, NEIGHBOURS)
    yield from faces(case)
    for stack, index in hung:
        yield from _outward(stack, index, NEIGHBOURS + 1, len(stack.frames))


def faces(case: Case) -> Iterator[FrameRef]:
    """The middle frame of every stack: what stands for it in the series tray."""
    for stack in case.stacks:
        if stack.is_image and stack.frames:
            yield stack.frames[len(stack.frames) // 2]


def fetch_order(case: Case) -> Iterator[tuple[Study, str, str]]:
    """(study, series UID, SOP Instance UID) of every object in the order to ask for it singly, some more than once.

    What is looked at and what is near it, one image of each series, the rest of what hangs; then, study by study, what
    is no image (small, and it may hide or mark images), and every other series from its middle outwards.
    """
    studies = {study.uid: study for study in (case.study, *case.priors)}
    for ref in decode_order(case):
        if (study := studies.get(ref.study_uid)) is not None and study is case.study:
            yield study, ref.series_uid, ref.sop_uid
    for ref in visible(case):
        if (study := studies.get(ref.study_uid)) is not None:
            yield study, ref.series_uid, ref.sop_uid
    ranked = series_order(case)
    for study in studies.values():
        for series in study.series:
            yield from ((study, series.uid, one.sop_uid) for one in series.instances if not one.is_image)
        for owner, series_uid in ranked:
            if owner is study and (found := study.series_named(series_uid)) is not None:
                middle = len(found.instances) // 2
                outward = sorted(enumerate(found.instances), key=lambda pair: abs(pair[0] - middle))
                yield from ((study, series_uid, one.sop_uid) for _, one in outward)


def preview_order(case: Case) -> Iterator[tuple[Stack, int]]:
    """(stack, index) of every image on the glass's stacks: what is looked at, then every fourth outwards, then between."""
    tiles = sorted(case.visible_tiles(), key=lambda tile: tile != case.active)
    hung = [(stack, case.tiles[tile].index) for tile in tiles if (stack := case.stack_at(tile)) is not None]
    hung = [(stack, index) for stack, index in hung if stack.is_image]
    yield from ((stack, index) for stack, index in hung if index < len(stack.frames))
    for step, offset in ((4, 0), (4, 2), (2, 1)):
        for stack, index in hung:
            last = len(stack.frames)
            among = (n for n in range(last) if (n - index) % step == offset)
            yield from ((stack, n) for n in sorted(among, key=lambda n: abs(n - index)))


def likely_bytes(instance: Instance) -> int:
    """About how many bytes an object has as an archive stores it uncompressed: its pixels in 16 bits."""
    return max(4096, instance.rows * instance.columns * max(1, instance.frames) * 2)


def likely_frame_bytes(case: Case, ref: FrameRef) -> int:
    """About how many bytes a frame takes once it is decoded."""
    stack = next((s for s in case.stacks if s.series_uid == ref.series_uid), None)
    return stack.rows * stack.columns * 2 if stack is not None else 1 << 20


def _outward(stack: Stack, index: int, first: int, last: int) -> Iterator[FrameRef]:
    for away in range(first, last + 1):
        if index + away < len(stack.frames):
            yield stack.frames[index + away]
        if 0 <= index - away < len(stack.frames):
            yield stack.frames[index - away]


def series_order(case: Case) -> tuple[tuple[Study, str], ...]:
    """(study, series UID) in the order to bring them: on the glass, then the current study, then the priors'."""
    shown: list[str] = []
    for tile in sorted(case.visible_tiles(), key=lambda tile: tile != case.active):
        stack = case.stack_at(tile)
        if stack is not None:
            shown.append(stack.series_uid)
    studies = (case.study, *case.priors)
    everything = [(study, series.uid) for study in studies for series in study.series]
    rank = {uid: n for n, uid in reversed(list(enumerate(shown)))}
    return tuple(sorted(everything, key=lambda pair: rank.get(pair[1], len(shown))))
