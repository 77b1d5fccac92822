"""Three planes through a volume of 512×512×600, beside vtkImageReslice alone on the same planes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.bench.memory import TOLD, resident_mb
from readingroom.bench.result import Result, in_turn_ms, result
from readingroom.display.mpr import PANES, MprView, Said, first_view, pane_picture, rotated
from readingroom.display.picture import Layer
from readingroom.display.tables import Tables
from readingroom.geometry.lattice import Lattice, lattice_of
from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.pixels.voxels import Voxels, pattern_of, voxels_of
from readingroom.record.study import FramePlace, FrameRef
from readingroom.render.cpu import CpuEngine

SLICES, SIDE = 600, 512
PANE = (800, 600)
SLAB_MM = 20.0
PEER = "vtkImageReslice alone"


def measured(name: str, runs: int) -> Iterator[Result]:
    """Thin planes dragged, a slab in haste and at rest, oblique planes; and what the volume takes in memory."""
    before = resident_mb() if TOLD.exists() else None
    voxels = _volume()
    grown = None if before is None else resident_mb() - before
    engine, tables, pattern = CpuEngine(), Tables(), pattern_of(voxels)
    start = replace(first_view(voxels.lattice), voi=Voi(40.0, 400.0))
    cases = (
        ("mpr-drag", start, False),
        ("mpr-drag-oblique", rotated(rotated(start, "axial", 20.0), "coronal", 15.0), False),
        ("mpr-slab-draft", replace(start, slab_mm=SLAB_MM), True),
        ("mpr-slab-full", replace(start, slab_mm=SLAB_MM), False),
    )
    for figure, view, draft in cases:
        step = _Step(voxels, pattern, tables, engine, view, draft)
        ours, peer = in_turn_ms(step.ours, step.peer, 5 * runs)
        said = f"three planes of {PANE[0]}×{PANE[1]}" + (", half size and half the samples" if draft else "")
        yield result(figure, ours, "ms", float(np.median(peer)), PEER, None, said)
    if grown is not None:
        words = f"{voxels.words.nbytes / 1e6:.0f} MB of voxels and 300 MiB"
        yield result("mpr-memory", [grown], "MB", voxels.words.nbytes * 1.15 / 1e6 + 314.6, words, 1.0)


class _Step:
    """One step of a drag: the planes meet elsewhere, and all three are composed and drawn."""

    def __init__(
        self, voxels: Voxels, pattern: Frame, tables: Tables, engine: CpuEngine, view: MprView, draft: bool
    ) -> None:
        self.voxels, self.pattern, self.tables, self.engine, self.draft = voxels, pattern, tables, engine, draft
        self.view, self.number = view, 0
        self.reslice = bare(voxels)

    def _layers(self) -> list[Layer]:
        self.number += 1
        x, y, z = self.view.centre_mm
        shift = 0.7 * (self.number % 40)
        view = replace(self.view, point_mm=(x + shift, y - shift, z + shift))
        pictures = [
            pane_picture(view, pane, self.voxels, self.pattern, PANE, self.tables, Said(), self.draft) for pane in PANES
        ]
        return [picture.layers[0] for picture in pictures]

    def ours(self) -> None:
        """As the window draws, without the widget's own painting."""
        for layer in self._layers():
            size, drawn = PANE, layer
            if self.draft:
                wider = np.diag([2.0, 2.0, 1.0, 1.0])
                size, drawn = (PANE[0] // 2, PANE[1] // 2), replace(layer, matrix=layer.matrix @ wider)
            self.engine.render([drawn], *size)

    def peer(self) -> None:
        """The same planes and samples, sampled only."""
        for layer in self._layers():
            self.reslice(layer)


def bare(voxels: Voxels) -> Callable[[Layer], None]:
    """A filter that samples a layer's plane, whole size, and nothing else."""
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkCommonMath import vtkMatrix4x4
    from vtkmodules.vtkImagingCore import vtkImageReslice

    image, reslice, axes = vtkImageData(), vtkImageReslice(), vtkMatrix4x4()
    image.SetDimensions(*voxels.words.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(voxels.words.ravel(), deep=False))
    reslice.SetInputData(image)
    reslice.SetResliceAxes(axes)
    reslice.SetOutputDimensionality(2)
    reslice.SetOutputOrigin(0, 0, 0)
    reslice.SetOutputSpacing(1, 1, 1)
    reslice.SetOutputExtent(0, PANE[0] - 1, 0, PANE[1] - 1, 0, 0)
    reslice.SetInterpolationMode(1)

    def sample(layer: Layer) -> None:
        mode, samples = layer.slab
        axes.DeepCopy(layer.matrix.ravel().tolist())
        reslice.SetSlabNumberOfSlices(samples)
        reslice.SetSlabMode({"min": 0, "max": 1}.get(mode, 2))
        reslice.Update()

    return sample


def _volume() -> Voxels:
    """Noise over a ramp: nothing that a filter could skip."""
    lattice = _lattice()
    noise = np.random.default_rng(4).integers(-100, 100, (8, SIDE, SIDE)).astype(np.int16)
    return voxels_of(lattice, lambda n: Frame(_slice(noise, n), ct_facts()))


def _slice(noise: NDArray[Any], number: int) -> NDArray[np.int16]:
    return np.asarray(noise[number % 8] + np.int16(number), np.int16)


def _lattice() -> Lattice:
    places = [FramePlace((-200.0, -200.0, 0.7 * n), (1, 0, 0, 0, 1, 0), (0.78, 0.78)) for n in range(SLICES)]
    return lattice_of(places, SIDE, SIDE)


def ct_facts() -> FrameFacts:
    """What a CT slice of SIDE × SIDE pixels says."""
    return FrameFacts(
        FrameRef("1", "1.1", "1.1.1"), "1.2.840.10008.5.1.4.1.1.2", "CT", "1.2.840.10008.1.2.1", 1, SIDE, SIDE,
        "MONOCHROME2", 16, 16, True, unit="HU",
    )  # fmt: skip
