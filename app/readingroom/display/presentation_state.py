"""A presentation state as a frozen value: how somebody wanted an image to be seen, read from its object."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.display.colours import Rgb, rgb_of_cielab, rgb_of_grey
from readingroom.display.compound import Compound, compounds_of
from readingroom.display.graphic_style import GraphicStyle, style_of
from readingroom.display.targets import Target
from readingroom.pixels.attributes import items, number, numbers, text, texts, whole
from readingroom.pixels.colour import palette, through_palette
from readingroom.pixels.facts import Groups
from readingroom.pixels.frame import LookupTable, OverlayPlane, Shutter, Voi
from readingroom.pixels.graphics import OVERLAY_GROUPS, overlays_of, shutter_of
from readingroom.pixels.lookup import Modality, modality_of, presentation_table_of, vois_of
from readingroom.pixels.managed import as_srgb, profile_of
from readingroom.pixels.masking import Masking, mask_items
from readingroom.record.study import FrameRef

KINDS = {
    "1.2.840.10008.5.1.4.1.1.11.1": "grey",
    "1.2.840.10008.5.1.4.1.1.11.2": "colour",
    "1.2.840.10008.5.1.4.1.1.11.3": "pseudo-colour",
    "1.2.840.10008.5.1.4.1.1.11.4": "blending",
    "1.2.840.10008.5.1.4.1.1.11.5": "XA/XRF grey",
    "1.2.840.10008.5.1.4.1.1.11.8": "advanced blending",
}
"""Presentation state storage classes (PS3.4 B.5, N)."""
APPLIED = frozenset({"grey", "colour", "pseudo-colour", "blending"})
"""What is applied; an XA/XRF grey state counts as grey where it asks for no subtraction that is not known."""
MOST_POINTS = 20_000
UNITS = frozenset({"PIXEL", "DISPLAY", "MATRIX"})

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class SoftcopyVoi:
    """A window or table for some of the images; no targets = all of the state (PS3.3 C.11.8)."""

    voi: Voi
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """The part of the image that is shown (PS3.3 C.10.4), in image coordinates; it may reach beyond the image.

    mode: "SCALE TO FIT", "TRUE SIZE" or "MAGNIFY"; magnification: screen pixels per image pixel, for MAGNIFY.
    """

    left: float
    top: float
    right: float
    bottom: float
    mode: str = "SCALE TO FIT"
    magnification: float | None = None
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphicLayer:
    """A layer of graphics (PS3.3 C.10.7): lower orders are drawn first; colour None where none is recommended."""

    name: str
    order: int
    colour: Rgb | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A graphic object (PS3.3 C.10.5.1.2).

    kind: POINT, POLYLINE, INTERPOLATED, CIRCLE or ELLIPSE. units: "PIXEL" in image coordinates; "DISPLAY" in parts of
    the displayed area, (0, 0) at its top left and (1, 1) at its bottom right on the glass; "MATRIX" in the coordinates
    of all tiles together, which are those of an image that is one tile.
    """

    kind: str
    points: tuple[Pair, ...]
    units: str
    layer: str
    filled: bool = False
    targets: tuple[Target, ...] = ()
    style: GraphicStyle = field(default_factory=GraphicStyle)


@dataclass(frozen=True, slots=True)
class TextObject:
    """A text (PS3.3 C.10.5.1.1) in a box (its two corners), at an anchor, or both; justification: LEFT, RIGHT, CENTER."""

    lines: tuple[str, ...]
    layer: str
    box: tuple[Pair, Pair] | None = None
    box_units: str = "PIXEL"
    justification: str = "LEFT"
    anchor: Pair | None = None
    anchor_units: str = "PIXEL"
    anchor_visible: bool = False
    targets: tuple[Target, ...] = ()
    style: GraphicStyle = field(default_factory=GraphicStyle)


@dataclass(frozen=True, slots=True, eq=False)
class PresentationState:
    """One presentation state.

    kind: one of KINDS' values. created: date and time as stored, to tell which is newest. rotation: clockwise degrees,
    applied before flipped (mirror left to right, PS3.3 C.10.6). modality: absent = identity, whatever the image says
    (PS3.4 N.2.1). activated: overlay groups that are drawn. palette: RGB entries (n, 3) of a pseudo-colour state.
    superimposed: of a blending state, which itself is for the images below: how the images over them are seen, and
    with which opacity (0 to 1). masking: which mask frames it subtracts (PS3.3 C.11.13, C.11.19).
    unread: what of it is not drawn, in words; a reader is told.
    """

    sop_uid: str
    kind: str
    label: str
    description: str = ""
    created: str = ""
    creator: str = ""
    targets: tuple[Target, ...] = ()
    vois: tuple[SoftcopyVoi, ...] = ()
    modality: Modality | None = None
    inverse: bool = False
    presentation_lut: LookupTable | None = None
    rotation: int = 0
    flipped: bool = False
    areas: tuple[DisplayedArea, ...] = ()
    shutter: Shutter | None = None
    bitmap_shutter: OverlayPlane | None = None
    overlays: tuple[OverlayPlane, ...] = ()
    activated: frozenset[int] = frozenset()
    layers: tuple[GraphicLayer, ...] = ()
    shapes: tuple[Shape, ...] = ()
    texts: tuple[TextObject, ...] = ()
    compounds: tuple[Compound, ...] = ()
    palette: NDArray[np.uint8] | None = None
    superimposed: "PresentationState | None" = None
    opacity: float = 1.0
    masking: Masking = field(default_factory=Masking)
    unread: tuple[str, ...] = ()

    def is_for(self, ref: FrameRef) -> bool:
        """Whether the state is meant for a frame."""
        return any(target.is_frame(ref) for target in self.targets)

    @property
    def name(self) -> str:
        """Label with description, as a reader is offered it."""
        return f"{self.label}: {self.description}" if self.description else self.label or "unnamed"


def presentation_state(dataset: Dataset) -> PresentationState:
    """The state in an object's header; ReaderError where the object is of another class."""
    kind = _kind_of(dataset)
    unread: list[str] = [] if kind in APPLIED else [f"{kind}: it is listed and not applied"]
    below, over = _blended(dataset, unread) if kind == "blending" else (dataset, None)
    modality = _modality(below, unread)
    overlays = overlays_of(dataset, 1)
    curtain = whole(dataset, "ShutterOverlayGroup") if "BITMAP" in texts(dataset, "ShutterShape") else 0
    compounds = tuple(_compounds(dataset, unread))
    # What a compound graphic that is drawn would look like to those who do not know it is not drawn as well.
    stand_ins = frozenset((one.layer, one.number) for one in compounds)
    own_palette = _colours(dataset, unread) if kind == "pseudo-colour" else None
    if kind == "pseudo-colour" and own_palette is None:
        unread.append("its colours cannot be read: grey is shown")
    unread += ["its colour profile: the image's own is used"] if kind == "colour" and _is_foreign(dataset) else []
    return PresentationState(
        sop_uid=text(dataset, "SOPInstanceUID"), kind=kind,
        label=text(dataset, "ContentLabel"), description=text(dataset, "ContentDescription"),
        created=text(dataset, "PresentationCreationDate") + text(dataset, "PresentationCreationTime"),
        creator=text(dataset, "ContentCreatorName"),
        targets=tuple(_state_targets(below)),
        vois=tuple(_vois(below, modality or Modality(), unread)),
        modality=modality,
        inverse=text(dataset, "PresentationLUTShape").upper() == "INVERSE",
        presentation_lut=presentation_table_of(dataset),
        rotation=_quarter_turns(whole(dataset, "ImageRotation"), unread),
        flipped=text(dataset, "ImageHorizontalFlip").upper() == "Y",
        areas=tuple(_areas(dataset)),
        shutter=shutter_of(dataset, Groups(dataset, None)),
        bitmap_shutter=next((plane for plane in overlays if plane.group == curtain), None),
        overlays=tuple(plane for plane in overlays if plane.group != curtain),
        activated=frozenset(g for g in OVERLAY_GROUPS if g != curtain and text(dataset, g << 16 | 0x1001)),
        layers=tuple(sorted(_layers(dataset), key=lambda layer: layer.order)),
        compounds=compounds, shapes=tuple(_shapes(dataset, unread, stand_ins)),
        texts=tuple(_texts(dataset, unread, stand_ins)),
        palette=own_palette, superimposed=over,
        opacity=min(1.0, max(0.0, number(dataset, "RelativeOpacity", 1.0) or 0.0)),
        masking=Masking(mask_items(dataset), "", _share(dataset, "MaskVisibilityPercentage")),
        unread=tuple(dict.fromkeys(unread)),
    )  # fmt: skip


def _share(dataset: Dataset, keyword: str) -> float:
    return min(1.0, max(0.0, (number(dataset, keyword, 0.0) or 0.0) / 100))


def _is_foreign(dataset: Dataset) -> bool:
    """Whether colours are meant in another space than sRGB."""
    white = np.full((1, 1, 3), 255, np.uint8)
    profile = profile_of(dataset)
    return bool(profile) and as_srgb(white, profile) is not white


def _kind_of(dataset: Dataset) -> str:
    kind = KINDS.get(text(dataset, "SOPClassUID"))
    if kind is None:
        raise ReaderError("This object is not a presentation state.", "Name one, or open it as what it is.")
    # But for the mask that is subtracted nothing of it differs from a grey state (PS3.3 A.33.6).
    known = len(mask_items(dataset)) == len(items(dataset, "MaskSubtractionSequence"))
    return "grey" if kind == "XA/XRF grey" and known else kind


def _modality(dataset: Dataset, unread: list[str]) -> Modality | None:
    given = any(keyword in dataset for keyword in ("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept"))
    return modality_of(dataset, Groups(dataset, None), unread) if given else None


def _blended(dataset: Dataset, unread: list[str]) -> tuple[Dataset, PresentationState | None]:
    """What a blending state says of the images below, and the state of those over them (PS3.3 C.11.14)."""
    sides = {text(one, "BlendingPosition").upper(): one for one in items(dataset, "BlendingSequence")}
    below, over = sides.get("UNDERLYING"), sides.get("SUPERIMPOSED")
    if items(dataset, "ReferencedSpatialRegistrationSequence"):
        unread.append("a spatial registration: only images of one space are blended")
    if below is None or over is None:
        unread.append("which images lie below and which over them is not said")
        return below or Dataset(), None
    palette_ = _colours(dataset, unread)
    if palette_ is None:
        unread.append("its colours cannot be read: grey is laid over")
    modality = _modality(over, unread)
    return below, PresentationState(
        text(dataset, "SOPInstanceUID"), "pseudo-colour", text(dataset, "ContentLabel"),
        targets=tuple(_state_targets(over)), vois=tuple(_vois(over, modality or Modality(), unread)),
        modality=modality, palette=palette_,
    )  # fmt: skip


def _colours(dataset: Dataset, unread: list[str]) -> NDArray[np.uint8] | None:
    """The entries (n, 3) of the palette that the grey levels are spread over (PS3.3 C.7.9), in sRGB (C.11.15)."""
    descriptor = numbers(dataset, "RedPaletteColorLookupTableDescriptor")
    table = palette(dataset)
    if table is None or len(descriptor) < 3:
        return None
    first, count = int(descriptor[1]), int(descriptor[0]) % 65536 or 65536
    colours = through_palette(np.arange(first, first + count), table)
    profile = profile_of(dataset)
    managed = as_srgb(colours[None], profile) if profile else colours[None]
    if managed is None:
        unread.append("its colour profile cannot be used: colours may differ")
    return colours if managed is None else managed[0]


def _state_targets(dataset: Dataset) -> Iterator[Target]:
    for series in items(dataset, "ReferencedSeriesSequence"):
        yield from _targets(series)


def _targets(item: Dataset) -> tuple[Target, ...]:
    return tuple(
        Target(text(image, "ReferencedSOPInstanceUID"), tuple(int(n) for n in numbers(image, "ReferencedFrameNumber")))
        for image in items(item, "ReferencedImageSequence")
        if text(image, "ReferencedSOPInstanceUID")
    )


def _vois(dataset: Dataset, modality: Modality, unread: list[str]) -> Iterator[SoftcopyVoi]:
    for item in items(dataset, "SoftcopyVOILUTSequence"):
        found = vois_of(item, Groups(item, None), modality, False, unread)
        if found:
            yield SoftcopyVoi(found[0], _targets(item))


def _quarter_turns(degrees: int, unread: list[str]) -> int:
    if degrees % 90:
        unread.append(f"a rotation by {degrees}° is not possible (PS3.3 C.10.6)")
        return 0
    return degrees % 360


def _areas(dataset: Dataset) -> Iterator[DisplayedArea]:
    for item in items(dataset, "DisplayedAreaSelectionSequence"):
        first = numbers(item, "DisplayedAreaTopLeftHandCorner")
        last = numbers(item, "DisplayedAreaBottomRightHandCorner")
        if len(first) != 2 or len(last) != 2:
            continue
        # The corners are those on the glass: after a turn the first may lie right of or below the second.
        x0, x1 = sorted((first[0], last[0]))
        y0, y1 = sorted((first[1], last[1]))
        mode = text(item, "PresentationSizeMode").upper() or "SCALE TO FIT"
        ratio = number(item, "PresentationPixelMagnificationRatio")
        wanted = ratio if mode == "MAGNIFY" and ratio is not None and ratio > 0 else None
        yield DisplayedArea(x0 - 1, y0 - 1, x1, y1, mode, wanted, _targets(item))


def _layers(dataset: Dataset) -> Iterator[GraphicLayer]:
    for item in items(dataset, "GraphicLayerSequence"):
        colour = rgb_of_cielab(numbers(item, "GraphicLayerRecommendedDisplayCIELabValue"))
        grey = number(item, "GraphicLayerRecommendedDisplayGrayscaleValue")
        rgb = tuple(int(part) for part in numbers(item, "GraphicLayerRecommendedDisplayRGBValue"))
        if colour is None and len(rgb) == 3:
            colour = rgb[0] >> 8, rgb[1] >> 8, rgb[2] >> 8
        if colour is None and grey is not None:
            colour = rgb_of_grey(grey)
        yield GraphicLayer(text(item, "GraphicLayer"), whole(item, "GraphicLayerOrder"), colour)


def _compounds(dataset: Dataset, unread: list[str]) -> Iterator[Compound]:
    for annotation in items(dataset, "GraphicAnnotationSequence"):
        yield from compounds_of(annotation, text(annotation, "GraphicLayer"), _targets(annotation), unread)


def _shapes(dataset: Dataset, unread: list[str], stand_ins: frozenset[tuple[str, int]]) -> Iterator[Shape]:
    for annotation in items(dataset, "GraphicAnnotationSequence"):
        targets, layer = _targets(annotation), text(annotation, "GraphicLayer")
        for item in items(annotation, "GraphicObjectSequence"):
            if (layer, whole(item, "CompoundGraphicInstanceID", -1)) in stand_ins:
                continue
            if (shape := _shape(item, layer, targets, unread)) is not None:
                yield shape


def _shape(item: Dataset, layer: str, targets: tuple[Target, ...], unread: list[str]) -> Shape | None:
    kind, flat = text(item, "GraphicType").upper(), numbers(item, "GraphicData")
    units = text(item, "GraphicAnnotationUnits").upper() or "PIXEL"
    points = tuple(zip(flat[::2], flat[1::2], strict=False))
    least = {"POINT": 1, "POLYLINE": 2, "INTERPOLATED": 2, "CIRCLE": 2, "ELLIPSE": 4}.get(kind, 0)
    if not least or units not in UNITS or not least <= len(points) <= MOST_POINTS:
        unread.append(f"graphic {kind or 'of no type'} in {units} units with {len(points)} points")
        return None
    return Shape(kind, points, units, layer, text(item, "GraphicFilled").upper() == "Y", targets, style_of(item))


def _texts(dataset: Dataset, unread: list[str], stand_ins: frozenset[tuple[str, int]]) -> Iterator[TextObject]:
    for annotation in items(dataset, "GraphicAnnotationSequence"):
        targets, layer = _targets(annotation), text(annotation, "GraphicLayer")
        for item in items(annotation, "TextObjectSequence"):
            if (layer, whole(item, "CompoundGraphicInstanceID", -1)) in stand_ins:
                continue
            lines = tuple(line.rstrip() for line in _unformatted(item))
            corners = _pair(item, "BoundingBoxTopLeftHandCorner"), _pair(item, "BoundingBoxBottomRightHandCorner")
            anchor = _pair(item, "AnchorPoint")
            boxed = (corners[0], corners[1]) if corners[0] is not None and corners[1] is not None else None
            units = [text(item, f"{w}AnnotationUnits").upper() or "PIXEL" for w in ("BoundingBox", "AnchorPoint")]
            if not any(lines) or (boxed is None and anchor is None) or set(units) - UNITS:
                unread.append(f"text “{' '.join(lines)}” without a place")
                continue
            yield TextObject(
                lines, layer, boxed, units[0], text(item, "BoundingBoxTextHorizontalJustification").upper() or "LEFT",
                anchor, units[1], text(item, "AnchorPointVisibility").upper() == "Y", targets, style_of(item),
            )  # fmt: skip


def _unformatted(item: Dataset) -> list[str]:
    """The lines of a text; a backslash is a character of it and no separator (PS3.5 6.2, ST)."""
    found: Any = item.get("UnformattedTextValue")
    joined = found if isinstance(found, str) else "\\".join(map(str, found or ()))
    return joined.replace("\r\n", "\n").replace("\r", "\n").strip("\n \0").split("\n")


def _pair(item: Dataset, keyword: str) -> Pair | None:
    found = numbers(item, keyword)
    return (found[0], found[1]) if len(found) == 2 else None
