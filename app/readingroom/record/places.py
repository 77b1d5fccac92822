"""Where each frame of an object lies, and what tells it from its neighbours, as its header says."""

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt

from readingroom.record.detectors import NM_IMAGE, detector_places
from readingroom.record.quirks import maker_b_value
from readingroom.record.study import Cosines, FramePlace, Vector
from readingroom.record.tags import Tags, number, numbers, text, texts, whole

_FRAME_TYPE_SEQUENCES = (0x00189226, 0x00189329, 0x00189751, 0x00189412, 0x00189807)
_RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
_MOST_FRAMES = 1 << 17


def places_of(tags: Tags, frames: int) -> tuple[FramePlace, ...]:
    """One place per frame, or one for all.

    Enhanced objects: PS3.3 C.7.6.16 functional groups, the frame's own before the shared. RT Dose: PS3.3 C.8.8.3.2
    offsets. Nuclear medicine: the detectors' places (record.detectors). Any other object with several frames does not say where each lies, so none of them is given a position.
    """
    per_frame = tags.items(0x52009230)
    if per_frame:
        shared = (*tags.items(0x52009229)[:1], tags)
        found = [_enhanced((group, *shared)) for group in per_frame[:frames]]
        missing = min(frames, _MOST_FRAMES) - len(found)
        return tuple(found + [FramePlace()] * missing)
    single = FramePlace(
        position_mm=_vector(numbers(tags, 0x00200032, 3)),
        orientation=_cosines(numbers(tags, 0x00200037, 6)),
        spacing_mm=_spacing(numbers(tags, 0x00280030, 2)),
        marks=tuple(_classic_marks(tags)),
        number=whole(tags, 0x00200013),
        thickness_mm=number(tags, 0x00180050),
        between_mm=number(tags, 0x00180088),
    )
    if text(tags, 0x00080016) == NM_IMAGE:
        return detector_places(tags, min(max(1, frames), _MOST_FRAMES), replace(single, number=None))
    if frames <= 1:
        return (single,)
    if text(tags, 0x00080016) == _RT_DOSE:
        return _dose_places(tags, single, frames)
    return (FramePlace(spacing_mm=single.spacing_mm, marks=single.marks),)


def _dose_places(tags: Tags, first: FramePlace, frames: int) -> tuple[FramePlace, ...]:
    offsets = numbers(tags, 0x3004000C, frames)
    if offsets is None or first.position_mm is None or first.orientation is None:
        return (FramePlace(spacing_mm=first.spacing_mm, marks=first.marks),)
    (rx, ry, rz), (cx, cy, cz) = first.orientation[:3], first.orientation[3:]
    start = offsets[0]
    # A list that begins with 0 counts along the normal; any other holds z coordinates (PS3.3 C.8.8.3.2).
    normal = (ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx) if start == 0 else (0.0, 0.0, 1.0)
    x, y, z = first.position_mm
    return tuple(
        FramePlace(
            (x + normal[0] * (o - start), y + normal[1] * (o - start), z + normal[2] * (o - start)),
            first.orientation,
            first.spacing_mm,
            first.marks,
        )
        for o in offsets
    )


def _enhanced(groups: tuple[Tags, ...]) -> FramePlace:
    """One frame's place; groups: the frame's own functional groups, the shared ones, then the object itself."""
    return FramePlace(
        position_mm=_vector(_grouped(groups, 0x00209113, 0x00200032, 3)),
        orientation=_cosines(_grouped(groups, 0x00209116, 0x00200037, 6)),
        spacing_mm=_spacing(_grouped(groups, 0x00289110, 0x00280030, 2)),
        marks=tuple(_enhanced_marks(groups)),
        number=_whole(_grouped_text(groups, 0x00209111, 0x00209057)),
        thickness_mm=_first(_grouped(groups, 0x00289110, 0x00180050, 1)),
    )


def _grouped(groups: tuple[Tags, ...], sequence: int, tag: int, count: int) -> tuple[float, ...] | None:
    for group in groups:
        for item in group.items(sequence)[:1]:
            return numbers(item, tag, count)
    return None


def _grouped_text(groups: tuple[Tags, ...], sequence: int, tag: int) -> str:
    for group in groups:
        for item in group.items(sequence)[:1]:
            if found := texts(item, tag):
                return "\\".join(found)
    return ""


def _enhanced_marks(groups: tuple[Tags, ...]) -> Iterator[tuple[str, str]]:
    frame_type = next((t for s in _FRAME_TYPE_SEQUENCES if (t := _grouped_text(groups, s, 0x00089007))), "")
    named = (
        ("b_value", _plain(_grouped_text(groups, 0x00189117, 0x00189087))),
        ("echo", _plain(_grouped_text(groups, 0x00189114, 0x00189082))),
        ("temporal_position", _grouped_text(groups, 0x00209111, 0x00209128)),
        ("phase", _plain(_grouped_text(groups, 0x00189118, 0x00209241))),
        ("stack_id", _grouped_text(groups, 0x00209111, 0x00209056)),
        ("image_type", frame_type),
        ("acquisition", _grouped_text(groups, 0x00209111, 0x00209156)),
    )
    yield from ((name, value) for name, value in named if value)


def _classic_marks(tags: Tags) -> Iterator[tuple[str, str]]:
    b_value = number(tags, 0x00189087)
    if b_value is None:
        b_value = maker_b_value(tags)
    echo = number(tags, 0x00180081)
    echo = echo if echo is not None else number(tags, 0x00180086)
    named = (
        ("b_value", _shown(b_value)),
        ("echo", _shown(echo)),
        ("temporal_position", _shown(_time(tags))),
        ("phase", _phase(tags)),
        ("stack_id", text(tags, 0x00209056)),
        ("image_type", "\\".join(texts(tags, 0x00080008))),
        ("acquisition", _shown(number(tags, 0x00200012))),
    )
    yield from ((name, value) for name, value in named if value)


def _time(tags: Tags) -> float | None:
    """The temporal position, for PET the time that a frame stands for (PS3.3 C.8.9.4.1.1), in ms."""
    position = number(tags, 0x00200100)
    return number(tags, 0x00541300) if position is None and text(tags, 0x00080060) == "PT" else position


def _phase(tags: Tags) -> str:
    """The cardiac phase: percent of the cycle, else the trigger time where several images share one heartbeat."""
    percent = number(tags, 0x00209241)
    if percent is not None:
        return _shown(percent)
    images = whole(tags, 0x00181090)
    return _shown(number(tags, 0x00181060)) if images is not None and images > 1 else ""


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _whole(value: str) -> int | None:
    return int(value) if value.isdecimal() else None


def _first(found: tuple[float, ...] | None) -> float | None:
    return found[0] if found else None


def _plain(value: str) -> str:
    try:
        return f"{float(value):.6g}" if value else ""
    except ValueError:
        return value


def _vector(found: tuple[float, ...] | None) -> Vector | None:
    return (found[0], found[1], found[2]) if found else None


def _cosines(found: tuple[float, ...] | None) -> Cosines | None:
    """Two direction cosines, or None where they are not of length one or not at right angles (PS3.3 C.7.6.2.1.1)."""
    if found is None:
        return None
    row, column = found[:3], found[3:]
    lengths = [sqrt(sum(v * v for v in vector)) for vector in (row, column)]
    skew = abs(sum(a * b for a, b in zip(row, column, strict=True)))
    if any(not 0.95 <= length <= 1.05 for length in lengths) or skew > 0.05:
        return None
    return (found[0], found[1], found[2], found[3], found[4], found[5])


def _spacing(found: tuple[float, ...] | None) -> tuple[float, float] | None:
    return (found[0], found[1]) if found and found[0] > 0 and found[1] > 0 else None
