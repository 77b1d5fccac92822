"""The words in the corners of an image, and the badges that must not be overlooked."""

from collections.abc import Iterator
from math import floor

import numpy as np

from readingroom.display import words
from readingroom.display.picture import Badge, Tone
from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.geometry import axes
from readingroom.geometry.grid import TILT_TOLERANCE_DEG, StackGeometry
from readingroom.geometry.plane import Plane
from readingroom.pixels.frame import Frame
from readingroom.pixels.preview import is_preview
from readingroom.pixels.values import modality_values, picture_mask
from readingroom.record.finding import ImagePoint
from readingroom.record.study import Study


def whose(study: Study, hidden: bool, brief: bool) -> tuple[str, ...]:
    """Whose image it is: name, identifier, birth date with the age on the day of the examination, sex."""
    if hidden:
        return ("identity hidden",)
    patient = study.patient
    lines = (patient.display_name, patient.display_id or "no identifier")
    return lines if brief else (*lines, words.born(patient, study.date), words.sex(patient.sex))


def which(study: Study, stack: Stack, brief: bool) -> tuple[str, ...]:
    """Which examination it is: where, when, what, and which series of it."""
    when = words.moment(study.date, study.time)
    series = stack.description or stack.modality
    lines = (when, series) if brief else (study.institution, when, study.description, series)
    return tuple(line for line in lines if line)


def where(study: Study | None, stack: Stack, index: int, brief: bool, zoom: float | None = None) -> tuple[str, ...]:
    """Which image of the series it is, where it lies, how thick it is, and how it is magnified."""
    series = study.series_named(stack.series_uid) if study is not None else None
    number = f"Series {series.number}  " if series is not None and series.number is not None else ""
    lines = [f"{number}Image {index + 1} of {len(stack.frames)}"]
    if brief:
        return tuple(lines)
    plane = stack.plane(index)
    if plane is not None:
        lines.append(_depth(plane))
    thickness = series.slice_thickness_mm if series is not None else None
    spacing = stack.geometry.spacing_mm if len(stack.frames) > 1 else None
    sizes = [
        f"{name} {words.millimetres(size)}" for name, size in (("thickness", thickness), ("spacing", spacing)) if size
    ]
    lines += [", ".join(sizes)] if sizes else []
    lines += [f"zoom {words.magnification(zoom)}"] if zoom is not None else []
    return tuple(lines)


def view_badges(view: ViewState) -> tuple[Badge, ...]:
    """What was done to the image on the glass."""
    # As the protocol hung it is as a film is hung: the letters at the edges say where the patient's sides are.
    turned = (Badge(f"ROTATED {view.rotation}°", Tone.AMBER),) if view.rotation and not view.is_upright else ()
    flipped = (Badge("FLIPPED", Tone.AMBER),) if view.flipped and not view.is_upright else ()
    hung = (Badge("mirrored to hang"),) if view.flipped and view.is_upright else ()
    inverted = (Badge("INV", Tone.AMBER),) if view.inverted else ()
    return (*flipped, *turned, *hung, *inverted)


def frame_badges(frame: Frame, shutter_closed: bool) -> tuple[Badge, ...]:
    """What a reader must know of the pixels: lossy, a preview, partly hidden, or a header believed with a reservation."""
    quality = frame.facts.quality or ("LOSSY" if frame.facts.lossy else "")
    preview = is_preview(frame)
    first = (Badge(quality, Tone.RED if preview else Tone.AMBER, large=preview),) if quality else ()
    hidden = (Badge("SHUTTER"),) if shutter_closed and frame.facts.shutter is not None else ()
    return (*first, *hidden, *(Badge(warning, Tone.AMBER) for warning in frame.facts.warnings))


def stack_badges(stack: Stack, index: int, received: int | None, loading: bool) -> tuple[Badge, ...]:
    """What a reader must know of the series: images missing, gaps, tilt.

    Red once nothing more is on its way, or where the archive holds more images than it described.
    """
    badges: list[Badge] = []
    described = len(stack.frames)
    expected = max(stack.expected or described, described)
    there = min(described, received if received is not None else described)
    if there < expected:
        waiting = loading and expected == described
        badges.append(Badge(f"{there}/{expected} images", Tone.CALM if waiting else Tone.RED))
    beyond = stack.note.removeprefix(stack.geometry.note).strip("; ")
    if stack.expected is None and beyond:
        badges.append(Badge(beyond, Tone.RED))
    # Only slices follow each other in space; places of a cine or of localizers are no series with gaps.
    return (*badges, *_geometry_badges(stack.geometry, index)) if stack.kind == "stack" else tuple(badges)


def _geometry_badges(geometry: StackGeometry, index: int) -> Iterator[Badge]:
    if geometry.gaps:
        here = index in geometry.gaps or index - 1 in geometry.gaps
        after = ", ".join(str(gap + 1) for gap in geometry.gaps[:3]) + (" …" if len(geometry.gaps) > 3 else "")
        yield Badge(f"GAP after image {after}", Tone.RED if here else Tone.AMBER)
    if geometry.duplicates:
        yield Badge(f"{geometry.duplicates} at the position of another", Tone.AMBER)
    tilted = abs(geometry.tilt_deg) > TILT_TOLERANCE_DEG
    if tilted:
        yield Badge(f"TILT {geometry.tilt_deg:.1f}°")
    if geometry.note and not (geometry.regular or geometry.gaps or geometry.duplicates or tilted):
        yield Badge(geometry.note, Tone.AMBER)


def readout(frame: Frame, cursor: ImagePoint | None) -> str:
    """What the pixel under the cursor says, in modality units with their name: "HU 41"; "" off the image."""
    if cursor is None:
        return ""
    column, row = floor(cursor[0]), floor(cursor[1])
    rows, columns = frame.stored.shape[:2]
    if not (0 <= column < columns and 0 <= row < rows):
        return ""
    here = Frame(frame.stored[row : row + 1, column : column + 1], frame.facts)
    if frame.is_colour:
        red, green, blue = (int(part) for part in here.stored[0, 0])
        return f"red {red} green {green} blue {blue}"
    if not picture_mask(here)[0, 0]:
        return "padding"
    value = float(modality_values(here)[0, 0])
    return words.reading(value, frame.facts.unit) if np.isfinite(value) else "no value"


def _depth(plane: Plane) -> str:
    """Where a slice lies along its normal, on the side of the patient that its letter names: "H 50.0 mm"."""
    letter = axes.letters(plane.normal, most=1)
    depth = plane.depth_mm
    return f"{axes.opposite(letter) if depth < 0 else letter} {words.millimetres(abs(depth))}"
