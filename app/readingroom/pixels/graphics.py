"""Overlays and shutters that travel with an image."""

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.attributes import Attributes, numbers, raw, text, texts, whole
from readingroom.pixels.frame import OverlayPlane, Shutter
from readingroom.pixels.lookup import FunctionalGroups

OVERLAY_GROUPS = range(0x6000, 0x6020, 2)


def overlays_of(dataset: Attributes, frame: int) -> tuple[OverlayPlane, ...]:
    """The overlays that carry their own bits (PS3.3 C.9.2) and belong to a frame (from 1)."""
    found = []
    for group in OVERLAY_GROUPS:
        if group << 16 | 0x3000 not in dataset:
            continue
        rows, columns = _whole(dataset, group, 0x0010), _whole(dataset, group, 0x0011)
        number = _overlay_frame(dataset, group, frame)
        if number is None or rows <= 0 or columns <= 0:
            continue
        plain = raw(dataset, group << 16 | 0x3000)
        first = (number - 1) * rows * columns
        if len(plain) * 8 < first + rows * columns:
            continue
        packed = np.frombuffer(plain, "u1")[first // 8 : (first + rows * columns + 7) // 8]
        bits = np.unpackbits(packed, bitorder="little")[first % 8 : first % 8 + rows * columns]
        found.append(_plane(dataset, group, bits.astype(bool).reshape(rows, columns)))
    return tuple(found)


def embedded_groups(dataset: Attributes) -> tuple[tuple[int, int], ...]:
    """Overlays that lie in unused bits of the pixels (retired, PS3.5 8.1.1 note): group and bit position."""
    return tuple(
        (group, _whole(dataset, group, 0x0102))
        for group in OVERLAY_GROUPS
        if group << 16 | 0x0010 in dataset
        and group << 16 | 0x3000 not in dataset
        and _whole(dataset, group, 0x0100) > 1
    )


def embedded_overlay(dataset: Attributes, group: int, bits: NDArray[np.bool_]) -> OverlayPlane:
    """An overlay whose bits were taken out of the pixels, shape (rows, columns)."""
    return _plane(dataset, group, bits)


def _plane(dataset: Attributes, group: int, bits: NDArray[np.bool_]) -> OverlayPlane:
    origin = numbers_at(dataset, group, 0x0050)
    bits.setflags(write=False)
    return OverlayPlane(
        group,
        bits,
        (int(origin[0]), int(origin[1])) if len(origin) == 2 else (1, 1),
        _text(dataset, group, 0x0040) or "G",
        _text(dataset, group, 0x1500) or _text(dataset, group, 0x0022),
    )


def _overlay_frame(dataset: Attributes, group: int, frame: int) -> int | None:
    """Which frame of a multi-frame overlay lies on an image frame (PS3.3 C.9.3); None where none does."""
    count = max(1, _whole(dataset, group, 0x0015, 1))
    first = max(1, _whole(dataset, group, 0x0051, 1))
    if count == 1 and group << 16 | 0x0051 not in dataset:
        return 1
    number = frame - first + 1
    return number if 1 <= number <= count else None


def numbers_at(dataset: Attributes, group: int, element: int) -> tuple[float, ...]:
    """The numbers of an attribute named by its tag."""
    return numbers(dataset, group << 16 | element)


def _whole(dataset: Attributes, group: int, element: int, otherwise: int = 0) -> int:
    found = numbers_at(dataset, group, element)
    return int(found[0]) if found else otherwise


def _text(dataset: Attributes, group: int, element: int) -> str:
    return text(dataset, group << 16 | element)


def shutter_of(dataset: Attributes, groups: FunctionalGroups) -> Shutter | None:
    """The display shutter of a frame (PS3.3 C.7.6.11), or None; only shapes with all their attributes are kept."""
    place = groups.place("FrameDisplayShutterSequence")
    named = {shape.upper() for shape in texts(place, "ShutterShape")}
    if not named:
        return None
    edges = [whole(place, f"Shutter{side}Edge", -1) for side in ("LeftVertical", "RightVertical", "UpperHorizontal", "LowerHorizontal")]  # fmt: skip
    centre, radius = numbers(place, "CenterOfCircularShutter"), whole(place, "RadiusOfCircularShutter")
    corners = numbers(place, "VerticesOfThePolygonalShutter")
    vertices = tuple((int(a), int(b)) for a, b in zip(corners[::2], corners[1::2], strict=False))
    shapes = []
    if "RECTANGULAR" in named and min(edges) >= 0:
        shapes.append("RECTANGULAR")
    if "CIRCULAR" in named and len(centre) == 2 and radius > 0:
        shapes.append("CIRCULAR")
    if "POLYGONAL" in named and len(vertices) >= 3:
        shapes.append("POLYGONAL")
    if not shapes:
        return None
    value = numbers(place, "ShutterPresentationValue")
    return Shutter(
        tuple(shapes), edges[0], edges[1], edges[2], edges[3],
        (int(centre[0]), int(centre[1])) if len(centre) == 2 else (0, 0),
        radius, vertices, int(value[0]) if value else None,
    )  # fmt: skip
