"""Where the frames of a nuclear medicine object lie: with the detector that made them, or one behind the other."""

from dataclasses import replace

from readingroom.record.study import FramePlace, Vector
from readingroom.record.tags import Tags, number, numbers, texts

NM_IMAGE = "1.2.840.10008.5.1.4.1.1.20"
_RECONSTRUCTED = ("RECON TOMO", "RECON GATED TOMO")
_TURNING = ("TOMO", "GATED TOMO")
"""Of these the detector turns about the patient, and its place holds for the first view only (PS3.3 C.8.4.11)."""
_VECTORS = (
    ("energy_window", 0x00540010), ("phase", 0x00540030), ("interval", 0x00540060), ("time_slot", 0x00540070),
)  # fmt: skip


def detector_places(tags: Tags, frames: int, otherwise: FramePlace) -> tuple[FramePlace, ...]:
    """One place for each frame, by the vectors that say which detector, slice and time each belongs to (PS3.3 C.8.4.8).

    Reconstructed slices follow each other along the normal of the first, backwards where Spacing Between Slices is
    negative (PS3.3 C.8.4.15). A frame whose detector has no place has none.
    """
    kind = next((part.upper() for part in texts(tags, 0x00080008)[2:3]), "")
    detectors = [_detector(item, otherwise) for item in tags.items(0x00540022)] or [otherwise]
    of_detector = _vector_of(tags, 0x00540020, frames)
    of_slice = _vector_of(tags, 0x00540080, frames)
    marks = [(name, found) for name, tag in _VECTORS if len(set(found := _vector_of(tags, tag, frames))) > 1]
    spacing = number(tags, 0x00180088)
    places = []
    for frame in range(frames):
        place = detectors[of_detector[frame] - 1] if 0 < of_detector[frame] <= len(detectors) else otherwise
        if kind in _TURNING:
            place = replace(place, position_mm=None)
        elif kind in _RECONSTRUCTED:
            place = _behind(place, spacing, of_slice[frame] - 1)
        elif frames > 1 and not tags.items(0x00540022):
            place = replace(place, position_mm=None)
        said = tuple((name, str(found[frame])) for name, found in marks)
        places.append(replace(place, marks=(*said, *place.marks)))
    return tuple(places)


def _detector(item: Tags, otherwise: FramePlace) -> FramePlace:
    position, cosines = numbers(item, 0x00200032, 3), numbers(item, 0x00200037, 6)
    if position is None or cosines is None:
        return otherwise
    return replace(
        otherwise,
        position_mm=(position[0], position[1], position[2]),
        orientation=(cosines[0], cosines[1], cosines[2], cosines[3], cosines[4], cosines[5]),
    )


def _behind(first: FramePlace, spacing: float | None, slices: int) -> FramePlace:
    """The place so many slices behind the first, looking along row times column."""
    if first.position_mm is None or first.orientation is None or (not spacing and slices):
        return replace(first, position_mm=None)
    (rx, ry, rz), (cx, cy, cz) = first.orientation[:3], first.orientation[3:]
    normal = (ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx)
    away = slices * (spacing or 0.0)
    x, y, z = first.position_mm
    moved: Vector = (x + normal[0] * away, y + normal[1] * away, z + normal[2] * away)
    return replace(first, position_mm=moved)


def _vector_of(tags: Tags, tag: int, frames: int) -> list[int]:
    """Which one each frame belongs to, from 1; a vector that is missing or too short says the first."""
    found = numbers(tags, tag, frames)
    return [1] * frames if found is None else [int(value) for value in found]
