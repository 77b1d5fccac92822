"""An image at the size of the patient: a millimetre in it is one on the glass of this monitor, or it is refused."""

from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.display.monitors import Monitor
from readingroom.display.picture import Badge, Tone
from readingroom.display.presenting import presented
from readingroom.display.view import ViewState
from readingroom.measure.calibration import spacing_of
from readingroom.pixels.frame import FrameFacts
from readingroom.session.case import Case
from readingroom.session.desk import Desk

AT_DETECTOR = "mm at detector"
_SAME = 1e-6


def true_zoom(facts: FrameFacts, monitor: Monitor | None) -> float:
    """Device pixels per image pixel (along the finer-spaced axis) at the patient's own size; ReaderError where not known."""
    if monitor is None or monitor.pitch_mm is None:
        raise ReaderError(
            "True size is not known here: the monitor does not say how large its pixels are.",
            "Measure the white bar of the geometry pattern with a ruler: readingroom monitors --calibrate NAME --pitch MM.",
        )
    spacing = spacing_of(facts)
    if spacing.row_mm is None or spacing.column_mm is None:
        raise ReaderError("True size is not known: the image has no pixel spacing.", "Measure in pixels only.")
    if not spacing.basis.certain or spacing.basis.text == AT_DETECTOR:
        raise ReaderError(
            f"True size is not known: the spacing is {spacing.basis.text}, which is not the patient's.",
            "Compare with an object of known size in the image.",
        )
    zoom = min(spacing.row_mm, spacing.column_mm) / monitor.pitch_mm
    if ViewState().zoomed(zoom).zoom != zoom:
        raise ReaderError(f"True size would be a magnification of {zoom:.3g}.", "Look at it fitted.")
    return zoom


def show_true_size(desk: Desk) -> None:
    """The active viewport at the patient's own size; why not is told where it cannot be."""
    case = desk.case
    ref = case.frame_at(case.active) if case is not None else None
    frame = desk.frame(ref) if ref is not None else None
    if case is None or frame is None:
        return
    try:
        zoom = true_zoom(frame.facts, desk.monitor_of(case.active))
    except ReaderError as error:
        desk.notice(error)
        return
    desk.view(case.active, replace(case.tiles[case.active], zoom=zoom, pan=(0.0, 0.0)), "True size")


def true_size_badge(desk: Desk, case: Case, tile: int) -> tuple[Badge, ...]:
    """TRUE SIZE with where the pitch is from, for as long as that is so on this monitor; else nothing."""
    ref = case.frame_at(tile)
    frame = desk.frame(ref) if ref is not None else None
    monitor = desk.monitor_of(tile)
    if frame is None or monitor is None:
        return ()
    state = desk.documents.state(case.tiles[tile].presentation)
    view = case.tiles[tile] if state is None else presented(case.tiles[tile], state, frame.facts)
    zoom = view.zoom
    if zoom is None:
        return ()
    try:
        true = true_zoom(frame.facts, monitor)
    except ReaderError:
        # Any other magnification needs no word.
        return ()
    if abs(zoom / true - 1) > _SAME:
        return ()
    if monitor.pitch_measured:
        return (Badge("TRUE SIZE (pitch measured)"),)
    return (Badge("TRUE SIZE (pitch from monitor)", Tone.AMBER),)
