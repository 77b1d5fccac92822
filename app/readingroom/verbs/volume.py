"""readingroom volume: a rendering in three dimensions as the window draws it, at rest, to a picture."""

import argparse
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display.mpr import Said
from readingroom.display.solid import (
    VIEWS,
    SolidView,
    box_of,
    first_solid,
    seen_at,
    seen_from,
    solid_plane,
    solid_words,
)
from readingroom.display.transfer import VolumePreset, volume_presets
from readingroom.geometry.lattice import lattice_of
from readingroom.geometry.plane import Plane
from readingroom.pixels.drawn import MOST_VOXELS, drawn_of, patient_of
from readingroom.pixels.voxels import Voxels, voxels_of
from readingroom.settings.places import Profile, resources
from readingroom.verbs import segments
from readingroom.verbs.files import written
from readingroom.verbs.front import Answer
from readingroom.verbs.picture_files import save_png, size_of
from readingroom.verbs.progress import shown_progress
from readingroom.verbs.series_files import counted, series_at, with_uptake

MOST_SIDE = 4096


def declare(parser: argparse.ArgumentParser) -> None:
    """SERIES_DIR | SERIES_UID, the preset and the view."""
    # argparse takes "-10,0,0" for an option unless it looks like a negative number to it.
    parser._negative_number_matcher = re.compile(r"^-\.?\d")
    parser.add_argument(
        "series", metavar="SERIES_DIR|SERIES_UID", help="a folder with one series, or a series in the cache"
    )
    parser.add_argument("--preset", default="bone", metavar="NAME", help="bone, vessel, skin, lung, mip or one's own")
    parser.add_argument("--view", choices=tuple(VIEWS), help="where the viewer stands (default: A, the front)")
    parser.add_argument("--azimuth", type=float, metavar="DEG", help="from the front round to the patient's left")
    parser.add_argument("--elevation", type=float, metavar="DEG", help="up towards the head")
    parser.add_argument("--clip", metavar="x0,x1,y0,y1,z0,z1", help="keep only this box, LPS millimetres")
    parser.add_argument("--no-bed", action="store_true", help="leave out what is not joined to the patient")
    parser.add_argument("--size", default="800x800", metavar="WxH", help="pixels (default: 800x800)")
    parser.add_argument("--zoom", type=float, metavar="PX_PER_MM", help="pixels for each millimetre (default: whole)")
    parser.add_argument("--engine", choices=("auto", "cpu", "gpu"), default="auto", help="what casts the rays")
    parser.add_argument("--out", metavar="P.png", help="the picture")
    segments.declare(parser)


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Make the volume, look at it, write; missing planes are left open and said."""
    if not options.out or Path(options.out).suffix.lower() != ".png":
        raise ReaderError("No file to write was named.", "Add --out P.png.")
    size = size_of(options.size)
    if max(size) > MOST_SIDE:
        raise ReaderError(f"A rendering of {options.size} is too large.", f"At most {MOST_SIDE} either way.")
    preset = _preset_named(options.preset, presets_for(profile))
    _check_angles(options)
    segments.asked(options)
    at = series_at(options.series, profile)
    lattice = lattice_of(at.stack.places, at.stack.rows, at.stack.columns)
    with shown_progress("volume") as show:
        frame_at, uptake = with_uptake(counted(at, show))
        voxels = voxels_of(lattice, frame_at)
    marked = segments.segments_over(options, at.stack.frame_of_reference_uid, voxels, uptake)
    view = _view(options, voxels, preset)
    plane = solid_plane(view, lattice, *size)
    picture, note, engine = _drawn(voxels, view, plane, options.engine, marked)
    picture = picture if marked is None else marked.named_on(picture)
    written(Path(options.out), lambda unfinished: save_png(unfinished, picture))
    words = solid_words(view, lattice, plane, Said(), tuple(n for n in (note,) if n), draft=False)
    said = "; ".join((*at.notes, *(badge.text for badge in words.badges)))
    answer = _answer(options, view, plane, voxels, said, engine)
    return answer if marked is None else marked.said_in(answer)


def presets_for(profile: Profile) -> tuple[VolumePreset, ...]:
    """The program's presets, and the reader's own in place of those of their name."""
    made = {preset.name: preset for preset in volume_presets(resources() / "volume-presets.toml")}
    if profile.volume_presets.exists():
        made |= {preset.name: preset for preset in volume_presets(profile.volume_presets)}
    return tuple(made.values())


def _preset_named(name: str, known: tuple[VolumePreset, ...]) -> VolumePreset:
    for preset in known:
        if preset.name == name.lower():
            return preset
    raise ReaderError(f"There is no preset “{name}”.", f"Use one of: {', '.join(preset.name for preset in known)}.")


def _check_angles(options: argparse.Namespace) -> None:
    if options.view and (options.azimuth is not None or options.elevation is not None):
        raise ReaderError("The view is named twice.", "Give --view, or --azimuth and --elevation.")
    for angle in (options.azimuth, options.elevation, options.zoom):
        if angle is not None and not np.isfinite(angle):
            raise ReaderError("An angle or zoom is no number.", "Give degrees, and pixels for each millimetre.")
    if options.zoom is not None and not options.zoom > 0:
        raise ReaderError("The zoom is not above 0.", "Give pixels for each millimetre, e.g. 2.")


def _view(options: argparse.Namespace, voxels: Voxels, preset: VolumePreset) -> SolidView:
    view = first_solid(voxels.lattice, preset.for_volume(voxels))
    if options.azimuth is not None or options.elevation is not None:
        view = seen_at(view, options.azimuth or 0.0, options.elevation or 0.0)
    else:
        view = seen_from(view, options.view or "A")
    clip = box_of(options.clip) if options.clip else None
    return replace(view, clip=clip, without_bed=options.no_bed, zoom=options.zoom)


def _drawn(
    voxels: Voxels, view: SolidView, plane: Plane, engine: str, marked: segments.SegmentsAtHand | None
) -> tuple[NDArray[np.uint8], str, str]:
    """The picture, what a reader must know of its voxels, and what cast the rays."""
    from readingroom.render.segment_surfaces import surfaces_of
    from readingroom.render.solid import Solid

    drawn = drawn_of(voxels, MOST_VOXELS, patient_of(voxels) if view.without_bed else None)
    with closing(Solid(drawn, voxels.slope, voxels.intercept, engine)) as solid:
        if marked is not None:
            solid.show_surfaces(surfaces_of(marked.volume, marked.numbers))
        return solid.render(view, plane), solid.note, solid.engine


def _answer(
    options: argparse.Namespace, view: SolidView, plane: Plane, voxels: Voxels, note: str, engine: str
) -> Answer:
    lattice, clip = voxels.lattice, view.clip
    letters = solid_words(view, lattice, plane, Said(), (), draft=False).letters
    fields: dict[str, Any] = {
        "out": options.out, "preset": view.transfer.name, "blend": view.transfer.blend, "engine": engine,
        "view": {"row": list(view.row), "column": list(view.column), "look": list(view.look)},
        "letters": {"left": letters.left, "right": letters.right, "top": letters.top, "bottom": letters.bottom},
        "centre": list(view.centre_mm), "width": plane.columns, "height": plane.rows, "mm_per_pixel": plane.spacing_mm[0],
        "clip": None if clip is None else [v for pair in zip(clip.low, clip.high, strict=True) for v in pair],
        "bed_removed": view.without_bed, "missing_planes": lattice.planes.count(None),
        "unit": voxels.facts.unit, "opacity": [list(point) for point in view.transfer.opacity], "note": note,
        "segments": [],
    }  # fmt: skip
    lines = [f"{view.transfer.title}, {plane.columns} × {plane.rows} pixels of {plane.spacing_mm[0]:.3g} mm"]
    lines += [f"note: {note}"] if note else []
    return Answer(fields, (*lines, f"written: {options.out}"), 1 if None in lattice.planes else 0)
