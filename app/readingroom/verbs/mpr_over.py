"""readingroom mpr --over: a second series in colours over the plane, sampled from its own voxels."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display.fusion import (
    Fusion,
    Over,
    caption,
    colours_of,
    first_fusion,
    laid,
    over_of,
    plane_slab,
)
from readingroom.display.palettes import palette_named
from readingroom.display.registration import SPATIAL_REGISTRATION, registration
from readingroom.geometry.joined import Join, Registration, joined
from readingroom.geometry.plane import Plane
from readingroom.geometry.reformat import Slab
from readingroom.pixels.encoded import header
from readingroom.pixels.frame import Voi
from readingroom.pixels.voxels import Voxels, voxels_of
from readingroom.session.memory_room import volume_budget
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.verbs.files import bytes_of, files_below, written
from readingroom.verbs.front import Answer
from readingroom.verbs.picture_files import save_npy
from readingroom.verbs.progress import shown_progress
from readingroom.verbs.series_files import SeriesAtHand, counted, series_at, with_uptake
from readingroom.verbs.window_text import window_of

Cut = Callable[[Voxels, Plane, Slab, str], tuple[NDArray[np.float32], NDArray[np.bool_]]]
_WITH_OVER = ("alpha", "palette", "over_window", "threshold", "registration", "over_out")


def declare(parser: argparse.ArgumentParser) -> None:
    """What is laid over, and how."""
    parser.add_argument("--over", metavar="SERIES_DIR|SERIES_UID", help="a second series to lay over in colours")
    parser.add_argument("--alpha", type=float, metavar="A", help="its share of the colours, 0 to 1 (default: 0.5)")
    parser.add_argument("--palette", metavar="NAME", help="hot-iron, pet, hot-metal-blue or pet-20-step")
    parser.add_argument(
        "--over-window", metavar="C,W[,FN]", help="in its unit: SUVbw where that holds (linear_exact unless FN says)"
    )
    parser.add_argument("--threshold", type=float, metavar="VALUE", help="nothing is drawn below it, in its unit")
    parser.add_argument("--registration", metavar="REG", help="the Spatial Registration object that joins them")
    parser.add_argument("--over-out", metavar="P.npy", help="its values on the plane as float32, NaN where it is not")


def check(options: argparse.Namespace) -> None:
    """Refuse what cannot be meant before anything is read."""
    if not options.over:
        named = next((word for word in _WITH_OVER if getattr(options, word) is not None), None)
        if named:
            raise ReaderError(
                f"--{named.replace('_', '-')} says how a series is laid over; none is named.", "Add --over."
            )
        return
    if options.alpha is not None and not 0 <= options.alpha <= 1:
        raise ReaderError("A share of the colours lies between 0 and 1.", "Give --alpha 0.5, for instance.")
    if options.over_out and Path(options.over_out).suffix.lower() != ".npy":
        raise ReaderError("Values are written as an array.", "Give --over-out a name that ends in .npy.")
    if options.palette:
        palette_named(options.palette)
    if options.over_window:
        _window(options.over_window)
    if options.threshold is not None and not np.isfinite(options.threshold):
        raise ReaderError("A threshold is a number.", "Give --threshold a number in the over's unit.")


@dataclass(frozen=True, slots=True, eq=False)
class CutOver:
    """values: of the over on the plane, in its unit, NaN where nothing is drawn; gone: where planes of it are missing."""

    over: Over
    how: Fusion
    values: NDArray[np.float32]
    gone: NDArray[np.bool_]
    notes: tuple[str, ...]
    out: str | None

    def laid_on(self, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The grey picture under the over's colours, RGB."""
        return laid(grey, colours_of(self.values.astype(np.float64), self.how), self.how.alpha)

    def said_in(self, answer: Answer) -> Answer:
        """The answer with what was laid over, and how."""
        how, over, seen = self.how, self.over, self.values[np.isfinite(self.values)]
        note = "; ".join(self.notes)
        said: dict[str, Any] = {
            "series_uid": over.stack.series_uid, "unit": over.unit,
            "window": {"centre": how.voi.centre, "width": how.voi.width, "function": how.voi.function},
            "palette": how.palette.name, "alpha": how.alpha, "threshold": how.threshold,
            "frame_of_reference": over.stack.frame_of_reference_uid, "factor": over.factor, "out": self.out,
            "min": float(seen.min()) if seen.size else None, "max": float(seen.max()) if seen.size else None,
            "pixels": int(seen.size), "missing_pixels": int(self.gone.sum()), "note": note,
        }  # fmt: skip
        lines = (*caption(over, how), *((f"note: {note}",) if note else ()))
        lines += () if seen.size else ("note: the plane does not meet what is laid over it",)
        lines += (f"written: {self.out}",) if self.out else ()
        code = max(answer.code, 1 if self.gone.any() else 0)
        return replace(answer, fields={**answer.fields, "over": said}, lines=(*answer.lines, *lines), code=code)


def cut_over(
    options: argparse.Namespace, profile: Profile, base: SeriesAtHand, taken_bytes: int, plane: Plane, cut: Cut
) -> CutOver:  # fmt: skip
    """The over's own voxels on the base's plane; ReaderError where nothing says how the two lie to each other.

    taken_bytes: by the base's volume; both together keep to the memory budget, over which the over's pixels are made fewer.
    """
    at = series_at(options.over, profile)
    join = _join(options, at, base)
    lattice = at.stack.lattice()
    with shown_progress("mpr --over") as show:
        frame_at, uptake = with_uptake(counted(at, show))
        budget = volume_budget(load(profile).display.volume_memory_mb, taken_bytes)
        over = over_of(voxels_of(lattice, frame_at, budget), at.stack, join, uptake)
    slab = plane_slab(over, plane, options.slab or 0.0, options.mode)
    values, gone = cut(over.voxels, plane, slab, options.via)
    values = (values * np.float32(over.factor)).astype(np.float32)
    if options.over_out:
        written(Path(options.over_out), lambda unfinished: save_npy(unfinished, values))
    notes = (*at.notes, *(badge.text for badge in over.notes))
    return CutOver(over, _how(options, over), values, gone, notes, options.over_out)


def _how(options: argparse.Namespace, over: Over) -> Fusion:
    how = first_fusion(over)
    if options.palette:
        how = replace(how, palette=palette_named(options.palette))
    if options.over_window:
        how = replace(how, voi=_window(options.over_window))
    if options.alpha is not None:
        how = replace(how, alpha=options.alpha)
    return replace(how, threshold=options.threshold)


def _window(text: str) -> Voi:
    """A window in a unit of few steps: from centre − width / 2 to centre + width / 2, unless a function is named."""
    return window_of(text if text.count(",") > 1 else f"{text},LINEAR_EXACT")


def _join(options: argparse.Namespace, over: SeriesAtHand, base: SeriesAtHand) -> Join:
    source, target = over.stack.frame_of_reference_uid, base.stack.frame_of_reference_uid
    if source and source == target:
        return joined(source, target, ())
    found = [registration(header(bytes_of(Path(options.registration))))] if options.registration else []
    found += [one for folder in (options.series, options.over) for one in _registrations(Path(folder))]
    return joined(source, target, found)


def _registrations(folder: Path) -> list[Registration]:
    """The registrations that lie beside a series' images; one that cannot be used is none."""
    found: list[Registration] = []
    for file in files_below(folder) if folder.is_dir() else ():
        try:
            dataset = header(bytes_of(file))
            if str(dataset.get("SOPClassUID", "")) == SPATIAL_REGISTRATION:
                found.append(registration(dataset))
        except ReaderError:
            continue
    return found
