"""The coordinates of a structured report: what is drawn, in which shape, on which image or where in space."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset

from readingroom.record.finding import ImagePoint
from readingroom.record.study import FrameRef, Vector
from readingroom.reporting import sr_tree as tree

_DRAWN = ("SCOORD", "SCOORD3D")


@dataclass(frozen=True, slots=True)
class SrGraphic:
    """One graphic (PS3.3 C.18.6, C.18.9). concept: of the number or coordinates; kind: Graphic Type.

    points: image coordinates on frame; or points_mm: LPS millimetres in the frame of reference space.
    """

    concept: str
    kind: str
    points: tuple[ImagePoint, ...]
    points_mm: tuple[Vector, ...]
    space: str
    frame: FrameRef | None


def pinned(item: Dataset) -> bool:
    """Whether an item has coordinates of its own below it, whatever it is."""
    return tree.kind(item) not in ("CONTAINER", *_DRAWN) and any(tree.kind(c) in _DRAWN for c in tree.children(item))


def graphics_of(part: Dataset, places: dict[str, tuple[str, str]], problems: list[str]) -> Iterator[SrGraphic]:
    """The coordinates of one item of a group: its own, or those right below it."""
    if tree.kind(part) in _DRAWN:
        yield from _graphic(part, tree.code(part)[2], places, problems)
    elif tree.kind(part) != "CONTAINER":
        for child in tree.children(part):
            if tree.kind(child) in _DRAWN:
                yield from _graphic(child, tree.code(part)[2], places, problems)


def _graphic(
    item: Dataset, concept: str, places: dict[str, tuple[str, str]], problems: list[str]
) -> Iterator[SrGraphic]:
    flat, kind = tree.numbers(item, "GraphicData"), tree.word(item, "GraphicType").upper()
    size = 3 if tree.kind(item) == "SCOORD3D" else 2
    if not flat or len(flat) % size:
        problems.append(f"The coordinates of {concept or 'a measurement'} cannot be read.")
        return
    if size == 3:
        space = tree.word(item, "ReferencedFrameOfReferenceUID")
        triples = tuple((flat[n], flat[n + 1], flat[n + 2]) for n in range(0, len(flat), 3))
        yield SrGraphic(concept, kind, (), triples, space, None)
        return
    pairs = tuple((flat[n], flat[n + 1]) for n in range(0, len(flat), 2))
    yield SrGraphic(concept, kind, pairs, (), "", frame_of(item, places))


def frame_of(item: Dataset, places: dict[str, tuple[str, str]]) -> FrameRef | None:
    """The image that an item, or the item right below it, names; places: those of places_of."""
    image = next((c for c in tree.children(item) if tree.inside(c, "ReferencedSOPSequence")), item)
    for reference in tree.inside(image, "ReferencedSOPSequence"):
        uid = tree.word(reference, "ReferencedSOPInstanceUID")
        frames = tree.numbers(reference, "ReferencedFrameNumber") or (1.0,)
        study, series = places.get(uid, ("", ""))
        if uid:
            return FrameRef(study, series, uid, max(1, int(frames[0])))
    return None


def places_of(document: Dataset) -> dict[str, tuple[str, str]]:
    """Study and series UID of every object that the report names as evidence."""
    found: dict[str, tuple[str, str]] = {}
    for keyword in ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence"):
        for study in tree.inside(document, keyword):
            for series in tree.inside(study, "ReferencedSeriesSequence"):
                place = tree.word(study, "StudyInstanceUID"), tree.word(series, "SeriesInstanceUID")
                for item in tree.inside(series, "ReferencedSOPSequence"):
                    found[tree.word(item, "ReferencedSOPInstanceUID")] = place
    return found
