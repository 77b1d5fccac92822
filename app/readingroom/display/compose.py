"""A view, its frame and what is known about them become one picture: a pure function, apart from what it remembers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from readingroom.base.errors import ReaderError
from readingroom.display import annotate, blending, corners, covers, fusion, presenting, segment_layers, words
from readingroom.display.camera import Camera, finer_mm, pixel_aspect
from readingroom.display.completeness import Runs, SeenSet, strip_of
from readingroom.display.object_kinds import is_video
from readingroom.display.picture import (
    Badge,
    Graphic,
    Layer,
    Message,
    Picture,
    PolylineGraphic,
    ReferenceLineGraphic,
    Role,
    ScaleBar,
    Tone,
    Words,
)
from readingroom.display.presentation_state import PresentationState
from readingroom.display.segment_layers import SegmentPicture
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.geometry.reformat import Slab
from readingroom.measure.calibration import spacing_of
from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.pixels.preview import is_preview
from readingroom.record.finding import ImagePoint, Measurement
from readingroom.record.study import FrameRef, Study

_BAR_LENGTHS_MM = (500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0, 2.0, 1.0)
_CROSS_PX = 10.0, 34.0
"""From where to where a stroke of a cross runs, from its middle."""
_LONGEST_BAR = 0.3
_PREVIEW_EDGE = (224, 64, 48)


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """Where another viewport's slice cuts this image, as two image points; current: the slice being scrolled."""

    start: ImagePoint
    end: ImagePoint
    name: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class CrossMark:
    """A point of the patient on an image, in image coordinates; beside: it lies in another slice, so its cross is broken."""

    at: ImagePoint
    beside: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything but the pixels that belongs on one viewport, all from the case that the pixels come from.

    study: the examination of the stack, for the patient's name. measurements: only those on the frame are drawn.
    drawing: the one under the hand. read_only: tracking UIDs that cannot be edited. received: frames of the stack that
    are at this desk; loading: whether more are on their way. trouble: why the frame cannot be shown. progress: what is
    being waited for. notes: badges such as "PRIOR 2 y 1 m" or "linked +3.0 mm". overlays, shutter: whether those
    that came with the image are drawn. presentation: the state that the view asks for; superimposed: the frame that a blending one lays over it. segments: drawn over the image. fused: another series in colours over it. brief: for small viewports. seen: what was read of the stack; missing: images that are not here.
    """

    study: Study | None = None
    measurements: tuple[Measurement, ...] = ()
    drawing: Measurement | None = None
    selected: str = ""
    read_only: frozenset[str] = frozenset()
    reference_lines: tuple[ReferenceLine, ...] = ()
    cursor: ImagePoint | None = None
    cross: CrossMark | None = None
    received: int | None = None
    loading: bool = False
    trouble: ReaderError | None = None
    progress: str = ""
    notes: tuple[Badge, ...] = ()
    overlays: bool = True
    shutter: bool = True
    presentation: PresentationState | None = None
    superimposed: Frame | None = None
    segments: tuple[SegmentPicture, ...] = ()
    fused: fusion.Overlaid | None = None
    identity_hidden: bool = False
    text_shown: bool = True
    brief: bool = False
    seen: SeenSet | None = None
    missing: Runs = ()
    empty: str = ""


def compose(
    view: ViewState,
    stack: Stack | None,
    frame: Frame | None,
    shown: Shown,
    width: int,
    height: int,
    tables: Tables,
    ratio: float = 1.0,
) -> Picture:
    """One viewport as a picture.

    width, height: device pixels; ratio: device pixels per layout pixel. Without the very frame that the view asks for
    there is a message in its place, never another image.
    """
    if stack is None or not stack.frames:
        return Picture(message=Message(shown.empty or "No images here.", "Drag a series into this viewport."))
    index = max(0, min(view.index, len(stack.frames) - 1))
    picture = _picture(view, stack, index, frame, shown, width, height, tables, ratio)
    strip = strip_of(shown.seen, shown.missing, index) if shown.seen is not None else None
    return replace(picture, strip=strip) if strip is not None else picture


def _picture(
    view: ViewState, stack: Stack, index: int, frame: Frame | None, shown: Shown, width: int, height: int,
    tables: Tables, ratio: float,
) -> Picture:  # fmt: skip
    message = _in_place(stack, index, frame, shown)
    if message is not None or frame is None:
        return Picture(words=_words_in_place(stack, index, shown), message=message)
    if is_preview(frame):
        return _as_preview(view, stack, index, frame, shown, width, height, tables)
    return _image(view, stack, index, frame, shown, width, height, tables, ratio)


def _as_preview(
    view: ViewState, stack: Stack, index: int, frame: Frame, shown: Shown, width: int, height: int, tables: Tables
) -> Picture:  # fmt: skip
    """What stands for an image on its way: its grey levels as the archive made them, nothing measured, nothing read off."""
    plain = replace(view, voi=None, voi_name="", inverted=False, presentation="")
    camera = camera_of(plain, frame.facts, width, height)
    windowed = view.voi is not None or view.inverted
    notes = (Badge("Your window comes with the image", Tone.AMBER),) if windowed else ()
    edge = tuple(
        camera.to_screen(x, y) for x, y in ((0, 0), (stack.columns, 0), (stack.columns, stack.rows), (0, stack.rows))
    )
    words = _words(
        plain, stack, index, frame, camera, replace(shown, cursor=None, notes=(*notes, *shown.notes)), None, ""
    )
    return Picture(
        layers=(_layer(plain, frame, camera, window_of(plain, frame, tables), tables, calibrated=True),),
        graphics=(PolylineGraphic(edge, Role.PRESENTATION, dashed=True, closed=True, colour=_PREVIEW_EDGE),),
        words=replace(words, scale_bar=None, bottom_right=("Window of the archive (preview)",)),
    )


def _image(
    view: ViewState, stack: Stack, index: int, frame: Frame, shown: Shown, width: int, height: int, tables: Tables,
    ratio: float,
) -> Picture:  # fmt: skip
    state = shown.presentation if presenting.applies(shown.presentation, frame.facts.ref) else None
    seen = frame if state is None else presenting.as_presented(frame, state)
    view = view if state is None else presenting.presented(view, state, frame.facts)
    camera = camera_of(view, frame.facts, width, height)
    voi = window_of(view, seen, tables)
    palette = state.palette if state is not None else None
    coloured = palette is not None or shown.superimposed is not None
    layer = _layer(view, seen, camera, voi, tables, calibrated=not coloured)
    if palette is not None and layer.table is not None:
        layer = replace(layer, table=tables.coloured(layer.table, palette), fine=None)
    over: tuple[Layer, ...] = ()
    if state is not None and shown.superimposed is not None:
        over = (blending.over_layer(state, frame, shown.superimposed, camera, tables, view.smooth),)
    drawn = presenting.graphics(state, frame.facts, camera, ratio) if state is not None and shown.overlays else ()
    picture = Picture(
        layers=(
            layer,
            *over,
            *segment_layers.layers(shown.segments, camera),
            *_covers(seen, camera, shown, state, tables),
        ),
        graphics=(
            *drawn,
            *_graphics(frame.facts.ref, camera, shown, ratio),
            *segment_layers.legend(shown.segments, camera, ratio),
        ),
        words=_words(view, stack, index, frame, camera, shown, voi, seen.facts.unit),
    )
    return picture if shown.fused is None else _fused(picture, shown.fused, frame.facts, camera, shown.cursor)


def _fused(
    picture: Picture, laid_over: fusion.Overlaid, facts: FrameFacts, camera: Camera, cursor: ImagePoint | None
) -> Picture:
    """The picture under another series, where the image says where in the patient it lies."""
    if facts.plane is None:
        return picture
    at = facts.plane.to_patient(*cursor) if cursor is not None else None
    layer = fusion.image_layer(laid_over, facts.plane, camera.matrix)
    layers = fusion.without_gaps(layer, laid_over.over, (camera.width, camera.height), Slab())
    return fusion.fused(picture, laid_over, layers, facts.plane, at)


def unseen(study: Study, stacks: Sequence[Stack]) -> Message:
    """What stands on the glass where an examination has nothing that a viewport can show."""
    kinds = [stack.description or stack.modality for stack in stacks]
    kinds += ["video"] if any(is_video(instance.transfer_syntax) for instance in study.instances()) else []
    what = ", ".join(dict.fromkeys(kind for kind in kinds if kind)) or "no objects"
    return Message(
        f"Nothing of this examination can be shown as an image here: {what}.",
        "Double click it in the series list for what it is; Ctrl+T there shows its tags.",
    )


def camera_of(view: ViewState, facts: FrameFacts, width: int, height: int) -> Camera:
    """The camera of a view on a frame, its pixels drawn true to their spacing."""
    scale = finer_mm(facts) if view.fit_mm is not None else None
    return Camera.of(view, facts.rows, facts.columns, pixel_aspect(facts), width, height, scale)


def window_of(view: ViewState, frame: Frame, tables: Tables) -> Voi | None:
    """The window a frame is seen through: the view's, else its own; None for colour."""
    if frame.is_colour:
        return None
    return view.voi if view.voi is not None else tables.own_window(frame)


def _in_place(stack: Stack, index: int, frame: Frame | None, shown: Shown) -> Message | None:
    """What stands in place of the image, or None where the image may be shown."""
    if shown.study is not None and shown.study.uid != stack.study_uid:
        return Message(
            "The name and the images are of two examinations.", "Close the case and open it again.", Tone.RED
        )
    if frame is None:
        if shown.trouble is not None:
            return Message(shown.trouble.problem, shown.trouble.remedy, Tone.RED)
        return Message(shown.progress or f"Waiting for image {index + 1} of {len(stack.frames)}")
    if frame.facts.ref != stack.frames[index]:
        return Message("The image that came is not the one asked for.", "Scroll on and back, or report it.", Tone.RED)
    return None


def _layer(
    view: ViewState, frame: Frame, camera: Camera, voi: Voi | None, tables: Tables, calibrated: bool = True
) -> Layer:
    if voi is None:
        return Layer(tables.colour(frame, view.inverted), camera.matrix, None, smooth=view.smooth)
    if frame.facts.supplemental is not None:
        return Layer(tables.composite(frame, voi, view.inverted), camera.matrix, None, smooth=view.smooth)
    return tables.layer(frame, voi, view.inverted, camera.matrix, view.smooth, calibrated)


def _covers(
    frame: Frame, camera: Camera, shown: Shown, state: PresentationState | None, tables: Tables
) -> Iterator[Layer]:
    """Overlays in white, then the shutter: the last step before the glass."""
    facts = frame.facts
    if shown.overlays:
        for overlay in facts.overlays:
            matrix = covers.overlay_matrix(overlay, camera.matrix)
            yield Layer(tables.overlay(overlay), matrix, tables.cover(255))
    if shown.shutter and facts.shutter is not None:
        yield Layer(tables.shutter(frame, facts.shutter), camera.matrix, tables.cover(covers.shutter_grey(facts)))
    if shown.shutter and state is not None and state.bitmap_shutter is not None:
        matrix = covers.overlay_matrix(state.bitmap_shutter, camera.matrix)
        yield Layer(tables.overlay(state.bitmap_shutter), matrix, tables.cover(covers.shutter_grey(facts)))


def _graphics(ref: FrameRef, camera: Camera, shown: Shown, ratio: float) -> tuple[Graphic, ...]:
    drawn: list[Graphic] = []
    for line in shown.reference_lines:
        role = Role.REFERENCE_CURRENT if line.current else Role.REFERENCE
        ends = camera.to_screen(*line.start), camera.to_screen(*line.end)
        drawn.append(ReferenceLineGraphic(*ends, line.name, role, dashed=not line.current))
    if shown.cross is not None:
        drawn += _cross(shown.cross, camera, ratio)
    drawing = shown.drawing
    for measurement in shown.measurements:
        if measurement.frame != ref or (drawing is not None and drawing.tracking_uid == measurement.tracking_uid):
            continue
        role = Role.READ_ONLY if measurement.tracking_uid in shown.read_only else Role.MEASUREMENT
        drawn += annotate.graphics(measurement, camera, measurement.tracking_uid == shown.selected, role, ratio)
    if drawing is not None and drawing.frame == ref:
        drawn += annotate.graphics(drawing, camera, True, Role.DRAWING, ratio)
    return tuple(drawn)


def _cross(mark: CrossMark, camera: Camera, ratio: float) -> Iterator[Graphic]:
    """Four strokes round a point, open in the middle: what is pointed at stays to be seen."""
    x, y = camera.to_screen(*mark.at)
    inner, outer = _CROSS_PX[0] * ratio, _CROSS_PX[1] * ratio
    for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        ends = (x + right * inner, y + down * inner), (x + right * outer, y + down * outer)
        yield PolylineGraphic(ends, Role.REFERENCE_CURRENT, dashed=mark.beside)


def _words_in_place(stack: Stack, index: int, shown: Shown) -> Words:
    """The words around a message: whose and which image is missing, but nothing about how it looks."""
    if not shown.text_shown or shown.study is None:
        return Words(badges=shown.notes)
    return Words(
        top_left=corners.whose(shown.study, shown.identity_hidden, shown.brief),
        top_right=corners.which(shown.study, stack, shown.brief),
        bottom_left=corners.where(shown.study, stack, index, shown.brief),
        badges=(*shown.notes, *corners.stack_badges(stack, index, shown.received, shown.loading)),
    )


def _words(
    view: ViewState, stack: Stack, index: int, frame: Frame, camera: Camera, shown: Shown, voi: Voi | None, unit: str
) -> Words:
    facts, study, brief = frame.facts, shown.study, shown.brief
    state = shown.presentation if presenting.applies(shown.presentation, facts.ref) else None
    always = Words(
        letters=camera.letters(facts.plane, facts.patient_orientation),
        badges=(
            *(presenting.badges(state, facts.ref, facts.frames) if state is not None else ()),
            *(_blended(state, shown) if state is not None else ()),
            *shown.notes,
            *corners.view_badges(view),
            *corners.frame_badges(frame, shown.shutter),
            *corners.stack_badges(stack, index, shown.received, shown.loading),
        ),
        readout=corners.readout(frame, shown.cursor),
    )
    if not shown.text_shown:
        return always
    found = replace(
        always,
        top_left=corners.whose(study, shown.identity_hidden, brief) if study is not None else (),
        top_right=corners.which(study, stack, brief) if study is not None else (),
        bottom_left=corners.where(study, stack, index, brief, camera.zoom),
        bottom_right=(words.window(voi, view.voi_name, unit),) if voi is not None else (),
        scale_bar=None if brief else scale_bar(facts, camera),
    )
    return _outwards(found, view)


def _outwards(words: Words, view: ViewState) -> Words:
    """The text of a breast on the outer side of its viewport: none of it over the tissue at the chest wall."""
    if not view.anchor or not view.is_upright:
        return words
    top, bottom = (*words.top_left, *words.top_right), (*words.bottom_left, *words.bottom_right)
    if view.anchor == "right":
        return replace(words, top_left=top, top_right=(), bottom_left=bottom, bottom_right=(), outer="left")
    return replace(words, top_left=(), top_right=top, bottom_left=(), bottom_right=bottom, outer="right")


def _blended(state: PresentationState, shown: Shown) -> tuple[Badge, ...]:
    return (blending.said_of(state, shown.superimposed is not None),) if state.kind == "blending" else ()


def scale_bar(facts: FrameFacts, camera: Camera) -> ScaleBar | None:
    """The longest round length that fits beside the image, with its basis; None where no millimetre is believed."""
    spacing = spacing_of(facts)
    if spacing.row_mm is None or spacing.column_mm is None:
        return None
    px_per_mm = camera.zoom / min(spacing.row_mm, spacing.column_mm)
    for length in _BAR_LENGTHS_MM:
        if length * px_per_mm <= _LONGEST_BAR * camera.height:
            return ScaleBar(length * px_per_mm, length, f"{length:g} {spacing.basis.text}")
    return None
