"""A volume of 512×512×300 in three dimensions: while the hand turns it, at rest, and the first picture of all."""

from collections.abc import Iterator
from contextlib import closing
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from readingroom.bench.memory import TOLD, resident_mb
from readingroom.bench.planes import SIDE, ct_facts
from readingroom.bench.result import Result, result, timed_ms
from readingroom.display.solid import SolidView, first_solid, solid_plane, turned_by
from readingroom.display.transfer import volume_presets
from readingroom.geometry.lattice import Lattice, lattice_of
from readingroom.pixels.drawn import MOST_VOXELS, drawn_of
from readingroom.pixels.frame import Frame
from readingroom.pixels.voxels import Voxels, voxels_of
from readingroom.record.study import FramePlace
from readingroom.render.solid import HASTY, Haste, Solid
from readingroom.settings.places import resources

SLICES, PANE = 300, (512, 512)
DRAFT_MS, FULL_MS, FIRST_MS = 40.0, 500.0, 5000.0
SHADE_BYTES = 3


def measured(name: str, runs: int) -> Iterator[Result]:
    """Ten degrees of a turn, by the bone preset, in a pane of 512×512; memory beside three bytes a voxel of shading."""
    voxels = _volume()
    before = resident_mb() if TOLD.exists() else None
    preset = next(p for p in volume_presets(resources() / "volume-presets.toml") if p.name == "bone")
    began = perf_counter()
    with closing(Solid(drawn_of(voxels, MOST_VOXELS), voxels.slope, voxels.intercept)) as solid:
        turn = _Turn(solid, voxels, first_solid(voxels.lattice, preset.for_volume(voxels)))
        turn.step(None)
        first = (perf_counter() - began) * 1000.0
        grown = None if before is None else resident_mb() - before
        said = f"by the {solid.engine}"
        draft = [timed_ms(lambda: turn.step(HASTY)) for _ in range(5 * runs)]
        full = [timed_ms(lambda: turn.step(None)) for _ in range(5 * runs)]
    yield result("solid-draft", draft, "ms", DRAFT_MS, "25 pictures a second", 1.0, said)
    yield result("solid-full", full, "ms", FULL_MS, "the design's limit", 1.0, said)
    yield result("solid-first", [first], "ms", FIRST_MS, "5 s till the first picture", 1.0, "with light and shade made")
    if grown is not None:
        limit = voxels.words.size * SHADE_BYTES / 1e6 + 314.6
        yield result("solid-memory", [grown], "MB", limit, "3 bytes a voxel and 300 MiB", 1.0)


class _Turn:
    """One step of a turn."""

    def __init__(self, solid: Solid, voxels: Voxels, view: SolidView) -> None:
        self.solid, self.lattice, self.view = solid, voxels.lattice, view

    def step(self, haste: Haste | None) -> NDArray[np.uint8]:
        """Ten degrees on, drawn."""
        self.view = turned_by(self.view, 10.0, 0.0)
        return self.solid.render(self.view, solid_plane(self.view, self.lattice, *PANE), haste)


def _volume() -> Voxels:
    """A body of noise with a wall of bone and four long bones in it."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    round_ = ((x - 256) / 220) ** 2 + ((y - 256) / 160) ** 2
    plane = np.where(round_ < 1, 30, -1000).astype(np.int16)
    plane[np.abs(round_ - 0.8) < 0.05] = 700
    for across in (120, 210, 300, 390):
        plane[(x - across) ** 2 + (y - 256) ** 2 < 300] = 900
    noise = np.random.default_rng(5).integers(-40, 40, (8, SIDE, SIDE)).astype(np.int16)
    return voxels_of(_lattice(), lambda n: Frame(plane + noise[n % 8], ct_facts()))


def _lattice() -> Lattice:
    places = [FramePlace((-200.0, -200.0, 1.0 * n), (1, 0, 0, 0, 1, 0), (0.78, 0.78)) for n in range(SLICES)]
    return lattice_of(places, SIDE, SIDE)
