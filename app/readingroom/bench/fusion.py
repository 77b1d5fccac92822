"""Three planes of a CT with a PET laid over, beside vtkImageReslice alone on the same planes of both."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from readingroom.bench.memory import TOLD, resident_mb
from readingroom.bench.planes import PANE, PEER, SLAB_MM, bare
from readingroom.bench.result import Result, in_turn_ms, result
from readingroom.display.fusion import Overlaid, first_fusion, over_of, over_pane, overlaid
from readingroom.display.mpr import PANES, MprView, Said, first_view, pane_picture
from readingroom.display.picture import Layer
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.geometry.grid import StackGeometry
from readingroom.geometry.joined import Join
from readingroom.geometry.lattice import lattice_of
from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.pixels.voxels import Voxels, pattern_of, voxels_of
from readingroom.record.study import FramePlace, FrameRef
from readingroom.render.cpu import CpuEngine

CT_SIDE, CT_SLICES, CT_MM, CT_STEP_MM = 512, 300, 0.98, 2.0
PET_SIDE, PET_SLICES, PET_MM, PET_STEP_MM = 200, 200, 4.07, 3.0


def measured(name: str, runs: int) -> Iterator[Result]:
    """A drag of thin planes, a slab in haste, and what the PET takes in memory."""
    base = _volume("CT", CT_SIDE, CT_SLICES, CT_MM, CT_STEP_MM)
    before = resident_mb() if TOLD.exists() else None
    pet = _volume("PT", PET_SIDE, PET_SLICES, PET_MM, PET_STEP_MM)
    over = over_of(pet, _stack(), Join())
    laid_over = overlaid(over, first_fusion(over))
    grown = None if before is None else resident_mb() - before
    start = replace(first_view(base.lattice), voi=Voi(40.0, 400.0))
    for figure, view, draft in (
        ("fusion-drag", start, False),
        ("fusion-slab-draft", replace(start, slab_mm=SLAB_MM), True),
    ):
        step = _Step(base, laid_over, view, draft)
        ours, peer = in_turn_ms(step.ours, step.peer, 5 * runs)
        said = f"three planes of {PANE[0]}×{PANE[1]}, CT and PET"
        yield result(figure, ours, "ms", float(np.median(peer)), PEER, None, said)
    if grown is not None:
        words = f"twice {pet.words.nbytes / 1e6:.0f} MB of voxels and 32 MB"
        yield result("fusion-memory", [grown], "MB", 2 * pet.words.nbytes / 1e6 + 32, words, 1.0)


class _Step:
    """One step of a drag: both are composed, drawn and mixed in all three panes."""

    def __init__(self, base: Voxels, laid_over: Overlaid, view: MprView, draft: bool) -> None:
        self.base, self.laid_over, self.view, self.draft = base, laid_over, view, draft
        self.pattern, self.tables, self.engine, self.number = pattern_of(base), Tables(), CpuEngine(), 0
        self.filters = bare(base), bare(laid_over.over.voxels)

    def _panes(self) -> list[tuple[Layer, ...]]:
        self.number += 1
        x, y, z = self.view.centre_mm
        shift = 0.7 * (self.number % 40)
        view = replace(self.view, point_mm=(x + shift, y - shift, z + shift))
        found = []
        for pane in PANES:
            picture = pane_picture(view, pane, self.base, self.pattern, PANE, self.tables, Said(), self.draft)
            found.append(over_pane(picture, self.laid_over, view, pane, self.base.lattice, PANE, self.draft).layers[:2])
        return found

    def ours(self) -> None:
        """As the window draws, without the widget's own painting."""
        for layers in self._panes():
            self.engine.render(layers, *PANE)

    def peer(self) -> None:
        """The same planes and samples of both, sampled only."""
        for layers in self._panes():
            for layer, sample in zip(layers, self.filters, strict=True):
                sample(layer)


def _volume(modality: str, side: int, slices: int, mm: float, step_mm: float) -> Voxels:
    """Noise over a ramp, in the middle of the same place whatever its grid."""
    corner, first = -side * mm / 2, -slices * step_mm / 2
    places = [FramePlace((corner, corner, first + step_mm * n), (1, 0, 0, 0, 1, 0), (mm, mm)) for n in range(slices)]
    noise = np.random.default_rng(4).integers(0, 200, (8, side, side)).astype(np.int16)
    facts = FrameFacts(
        FrameRef("1", "1.1", "1.1.1"), "1.2.840.10008.5.1.4.1.1.2", modality, "1.2.840.10008.1.2.1", 1, side, side,
        "MONOCHROME2", 16, 16, True, unit="HU" if modality == "CT" else "Bq/ml",
    )  # fmt: skip
    return voxels_of(lattice_of(places, side, side), lambda n: Frame(noise[n % 8] + np.int16(n), facts))


def _stack() -> Stack:
    return Stack("1.1", "1", "1.1", "PT", "PET", "stack", (), (), PET_SIDE, PET_SIDE, StackGeometry(True))
