"""readingroom render: one frame through the display pipeline, to a picture and to its numbers."""

import argparse
import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display.blending import blended
from readingroom.display.compose import camera_of
from readingroom.display.covers import shutter_grey, shutter_words
from readingroom.display.presentation_state import PresentationState
from readingroom.display.view import ViewState
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame, OverlayPlane, Voi
from readingroom.pixels.reference import as_colour, render
from readingroom.pixels.table import BACKGROUND, chain
from readingroom.pixels.values import modality_values, picture_mask
from readingroom.pixels.voi import default_voi, range_voi
from readingroom.settings.places import Profile
from readingroom.verbs import render_subtracted
from readingroom.verbs.files import bytes_of, written
from readingroom.verbs.front import Answer
from readingroom.verbs.picture_files import save_npy, save_png, size_of
from readingroom.verbs.render_presented import (
    coloured,
    frame_over,
    said,
    seen_through,
    state_for,
    turned,
    with_graphics,
)
from readingroom.verbs.window_text import window_of

MOST_AT_ONCE = 1 << 22
"""Pixels that are worked on together: a large picture needs little more memory than itself."""


def declare(parser: argparse.ArgumentParser) -> None:
    """FILE and what is to be seen of it."""
    parser.add_argument("file", metavar="FILE", help="a DICOM object")
    declare_seen(parser)
    parser.add_argument("--overlays", choices=("none", "all"), default="none", help="the file's own overlays")
    parser.add_argument("--presentation", metavar="PR", help="a presentation state to see it through")
    parser.add_argument("--superimposed", metavar="FILE", help="what a blending presentation state lays over FILE")
    parser.add_argument("--superimposed-frame", type=int, default=1, metavar="N", help="its frame, from 1")
    render_subtracted.declare(parser)
    parser.add_argument("--size", metavar="WxH", help="fit into so many pixels, pixels square")
    parser.add_argument("--via", choices=("reference", "gpu"), default="reference", help="plain formulas, or the GPU")
    parser.add_argument("--out", metavar="P.png", help="grey 8-bit PNG, colour in RGB")
    parser.add_argument("--raw", metavar="P.npy", help="modality values (float32, rows × columns) or RGB")


def declare_seen(parser: argparse.ArgumentParser) -> None:
    """Which frame, and how its values become grey."""
    # argparse takes "-600,1500" for an option unless it looks like a negative number to it.
    parser._negative_number_matcher = re.compile(r"^-\.?\d")
    parser.add_argument("--frame", type=int, default=1, metavar="N", help="frame, from 1")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--voi", type=int, metavar="N", help="the file's own window or table, from 1")
    how.add_argument("--window", metavar="C,W[,FN]", help="centre, width, and linear, linear_exact or sigmoid")
    how.add_argument("--auto", action="store_true", help="from the least to the greatest unpadded value")
    parser.add_argument("--invert", action="store_true", help="black and white exchanged")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Decode, window, draw, write; without --size one image pixel is one picture pixel."""
    if not options.out and not options.raw:
        raise ReaderError("Nothing to write was named.", "Add --out P.png, --raw P.npy, or both.")
    if options.superimposed and not options.presentation:
        raise ReaderError("Nothing says how the other image is laid over this one.", "Add --presentation PR.")
    size = size_of(options.size) if options.size else None
    part10 = bytes_of(Path(options.file))
    frame = decode(part10, options.frame)
    state = state_for(Path(options.presentation), frame) if options.presentation else None
    frame, state, taken_off = render_subtracted.without_mask(options, part10, frame, state)
    voi = None if frame.is_colour else chosen_voi(options, frame)
    raw = _raw(frame)
    if options.overlays == "all" and frame.facts.overlays and size is not None:
        raise ReaderError("Overlays are drawn at the image's own size only.", "Leave out --size or --overlays.")
    if options.out and state is not None:
        picture, voi = _presented(options, state, frame, size)
        written(Path(options.out), lambda path: save_png(path, picture))
    elif options.out:
        draw = _by_gpu if options.via == "gpu" else by_reference
        picture = draw(frame, voi, options.invert, size)
        if options.overlays == "all":
            for overlay in frame.facts.overlays:
                picture = _with_overlay(picture, overlay)
        written(Path(options.out), lambda path: save_png(path, picture))
    if options.raw:
        written(Path(options.raw), lambda path: save_npy(path, raw))
    answer = render_subtracted.said_in(_answer(options, frame, voi, raw), taken_off)
    return answer if state is None else replace(answer, fields={**answer.fields, "presentation": said(state, frame)})


def _raw(frame: Frame) -> NDArray[Any]:
    """Modality values, or RGB in the depth that is stored and before any colour profile."""
    if not frame.is_colour:
        return modality_values(frame)
    return np.ascontiguousarray(frame.stored if frame.unmanaged is None else frame.unmanaged)


def _presented(
    options: argparse.Namespace, state: PresentationState, frame: Frame, size: tuple[int, int] | None
) -> tuple[NDArray[np.uint8], Voi | None]:
    """The picture through a presentation state, and its window; a window of the command line goes before the state's."""
    if size is not None and (options.via == "gpu" or options.overlays == "all"):
        raise ReaderError("A presentation state is drawn so at the image's own size only.", "Leave out --size.")
    over = frame_over(options.superimposed or "", options.superimposed_frame, state, frame)
    if over is not None and options.via == "gpu":
        raise ReaderError("Blended images are drawn by the plain formulas only.", "Leave out --via gpu.")
    seen, view = seen_through(state, frame)
    chosen = options.auto or options.window or options.voi is not None
    voi = None if frame.is_colour else chosen_voi(options, frame) if chosen else view.voi
    if size is not None:
        matrix = camera_of(view, frame.facts, *size).matrix
        return _over(by_reference(seen, voi, options.invert, size, matrix), state, frame, over, matrix), voi
    draw = _by_gpu if options.via == "gpu" else by_reference
    picture = _over(draw(seen, voi, options.invert, None), state, frame, over, np.eye(4))
    if options.overlays == "none":
        return turned(picture, view), voi
    for overlay in seen.facts.overlays:
        picture = _with_overlay(picture, overlay)
    picture = _with_shutter(picture, seen)
    return with_graphics(turned(picture, view), state, frame, view), voi


def _over(
    picture: NDArray[np.uint8], state: PresentationState, frame: Frame, over: Frame | None, matrix: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """The picture in the state's colours, or under the frame that it lays over it."""
    return coloured(picture, state) if over is None else blended(picture, state, frame, over, matrix)


def _with_shutter(picture: NDArray[np.uint8], frame: Frame) -> NDArray[np.uint8]:
    if frame.facts.shutter is None:
        return picture
    hidden = shutter_words(frame.facts.shutter, *picture.shape[:2]) > 0
    picture = picture.copy()
    picture[hidden] = shutter_grey(frame.facts)
    return picture


def chosen_voi(options: argparse.Namespace, frame: Frame) -> Voi:
    """The window that --auto, --window or --voi ask for; without them the file's first, or all of its values."""
    if options.auto:
        return range_voi(frame)
    if options.window:
        return window_of(options.window)
    if options.voi is None:
        return default_voi(frame)
    own, number = frame.facts.vois, int(options.voi)
    if not 1 <= number <= len(own):
        have = f"it has {len(own)}" if own else "it has none"
        raise ReaderError(f"The file has no window {number}: {have}.", "Use another number, or --window C,W.")
    return own[number - 1]


def by_reference(
    frame: Frame, voi: Voi | None, inverted: bool, size: tuple[int, int] | None, seen: NDArray[np.float64] | None = None
) -> NDArray[np.uint8]:
    """A frame by the plain formulas, at its own size or fitted into one; seen: how, in place of fitted."""
    if size is None:
        return render(frame, voi, inverted)
    matrix = camera_of(ViewState(), frame.facts, *size).matrix if seen is None else seen
    if frame.facts.supplemental is not None:
        frame, inverted = as_colour(frame, render(frame, voi, inverted)), False
    width, height = size
    band = max(1, MOST_AT_ONCE // width)
    parts = []
    for first in range(0, height, band):
        moved = matrix.copy()
        moved[:, 3] += matrix[:, 1] * first
        parts.append(_fitted(frame, voi, inverted, moved, (width, min(band, height - first))))
    return np.concatenate(parts)


def _fitted(
    frame: Frame, voi: Voi | None, inverted: bool, matrix: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.uint8]:
    from readingroom.pixels.resample import resampled

    stored = np.nan_to_num(frame.stored) if frame.stored.dtype.kind == "f" else frame.stored
    values, inside = resampled(stored, matrix, *size, None if frame.is_colour else picture_mask(frame))
    if frame.is_colour:
        rgb = np.rint(255 - values if inverted else values).astype(np.uint8)
        return np.where(inside[..., None], rgb, np.uint8(BACKGROUND))
    levels = chain(values, frame.facts, voi or default_voi(frame), inverted)
    return np.where(inside, levels, np.uint8(BACKGROUND))


def _by_gpu(frame: Frame, voi: Voi | None, inverted: bool, size: tuple[int, int] | None) -> NDArray[np.uint8]:
    from readingroom.render.choose import choose
    from readingroom.render.offscreen import draw

    choice = choose("gpu")
    if choice.engine.name != "gpu":
        raise ReaderError(f"The GPU engine cannot draw here: {choice.reason.rstrip('.')}.", "Leave out --via gpu.")
    width, height = size or (None, None)
    return draw(frame, voi, inverted, choice.engine, width, height)


def _with_overlay(picture: NDArray[np.uint8], overlay: OverlayPlane) -> NDArray[np.uint8]:
    """The picture with an overlay in white; its origin counts from 1 and may lie outside the image (PS3.3 C.9.2)."""
    picture = picture.copy()
    top, left = overlay.origin[0] - 1, overlay.origin[1] - 1
    rows, columns = overlay.bits.shape
    first_row, first_column = max(0, top), max(0, left)
    end_row, end_column = min(picture.shape[0], top + rows), min(picture.shape[1], left + columns)
    if first_row < end_row and first_column < end_column:
        bits = overlay.bits[first_row - top : end_row - top, first_column - left : end_column - left]
        picture[first_row:end_row, first_column:end_column][bits] = 255
    return picture


def _answer(options: argparse.Namespace, frame: Frame, voi: Voi | None, raw: NDArray[Any]) -> Answer:
    finite = raw[np.isfinite(raw)]
    low, high, mean = (
        (float(finite.min()), float(finite.max()), float(finite.mean(dtype=np.float64))) if finite.size else (None,) * 3
    )
    facts = frame.facts
    fields: dict[str, Any] = {
        "out": options.out, "raw": options.raw, "rows": int(raw.shape[0]), "columns": int(raw.shape[1]),
        "frame": options.frame, "frames": facts.frames, "voi": _said(voi), "unit": facts.unit,
        "min": low, "max": high, "mean": mean, "sha256_raw": hashlib.sha256(raw.tobytes()).hexdigest(),
        "photometric": facts.photometric, "inverse": facts.inverse != options.invert,
        "quality": facts.quality, "warnings": list(facts.warnings), "via": options.via,
    }  # fmt: skip
    unit = f" {facts.unit}" if facts.unit else ""
    lines = [f"{raw.shape[1]} × {raw.shape[0]}, frame {options.frame} of {facts.frames}, {_words(voi)}"]
    if low is not None and high is not None and mean is not None:
        lines.append(f"from {low:g} to {high:g}{unit}, mean {mean:.6g}{unit}")
    lines += [f"quality: {facts.quality}"] if facts.quality else []
    lines += [f"note: {warning}" for warning in facts.warnings]
    lines += [f"written: {path}" for path in (options.out, options.raw) if path]
    return Answer(fields, tuple(lines))


def _said(voi: Voi | None) -> dict[str, Any] | None:
    if voi is None:
        return None
    if voi.table is not None:
        table = voi.table
        return {
            "table": {"first": table.first_mapped, "entries": len(table.entries), "bits": table.bits},
            "explanation": voi.explanation,
        }
    return {"centre": voi.centre, "width": voi.width, "function": voi.function, "explanation": voi.explanation}


def _words(voi: Voi | None) -> str:
    if voi is None:
        return "colour"
    if voi.table is not None:
        return f"VOI table {voi.explanation}".strip()
    named = f" ({voi.explanation})" if voi.explanation else ""
    return f"window {voi.centre:g}, {voi.width:g} {voi.function.lower()}{named}"
