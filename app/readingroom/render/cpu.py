"""The CPU engine: vtkImageReslice samples raw values, a table makes them grey. Nothing here needs a display."""

import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.display.picture import Layer
from readingroom.pixels.table import PARTS
from readingroom.render.blend import blended, borders
from readingroom.render.engine import blue_green_red, colour_table, is_plain_grey, reach, sampling_matrix
from readingroom.render.footprint import Footprint, footprint
from readingroom.render.hidden import Paddings, mended
from readingroom.render.pyramid import Pyramids
from readingroom.render.steep import SteepTables

_COLOURS_KEPT = 32
_OFF_VOXEL = 1e-4
_AS_THE_INPUT = -1
_ALL_PICTURE = 32767


@dataclass(slots=True)
class _Slot:
    """One reslice filter with its output, kept for the next call that wants the same samples or the same room."""

    filter: Any
    axes: Any
    of: weakref.ref[NDArray[Any]]
    wanted: tuple[object, ...]
    box: Footprint
    values: NDArray[Any]


class CpuEngine:
    """Samples of the last pictures are kept, so that a window drag only applies its table again.

    budget_bytes: most memory for kept samples. Pixels are never copied and never kept alive.
    """

    name = "cpu"

    def __init__(self, budget_bytes: int = 128 << 20) -> None:
        from vtkmodules.vtkCommonCore import vtkSMPTools

        # The wheel's default back end is Sequential: filters would use one core.
        vtkSMPTools.SetBackend("STDThread")
        self._budget = budget_bytes
        self._slots: OrderedDict[tuple[object, ...], _Slot] = OrderedDict()
        self._pyramids = Pyramids()
        self._steep = SteepTables()
        self._paddings = Paddings()
        self._weigher = _new_slot()
        self._colours: OrderedDict[int, tuple[NDArray[np.uint8], NDArray[np.uint8]]] = OrderedDict()

    def render(self, layers: Sequence[Layer], width: int, height: int) -> NDArray[np.uint8]:
        """The layers from bottom to top, as the contract of every engine says."""
        if is_plain_grey(layers):
            return self._grey(layers[0], width, height)
        out = np.zeros((height, width, 4), np.uint8)
        out[..., 3] = 255
        for n, layer in enumerate(layers):
            self._lay(out, layer, bottom=n == 0)
        return out

    def sample(self, layer: Layer, width: int, height: int) -> tuple[Footprint, NDArray[Any]]:
        """Raw values in the footprint's box, shape (bottom - top, right - left), for RGB one axis more.

        Under a steep table, and of an image made small, int32 in parts of a stored unit. The values are the engine's own and last until its next call.
        """
        layer = self._pyramids.fitted(layer)
        matrix, steep = sampling_matrix(layer), self._steep.is_steep(layer)
        parts = PARTS if steep else layer.parts
        wanted = (id(layer.pixels), matrix.tobytes(), width, height, layer.slab, layer.smooth, layer.padding, parts)
        slot = self._slots.get(wanted)
        if slot is not None and slot.of() is layer.pixels:
            self._slots.move_to_end(wanted)
            return slot.box, slot.values
        box = footprint(matrix, layer.extent, width, height, layer.slab[1], reach(layer))
        if box.is_empty:
            return box, np.zeros((0, 0), layer.pixels.dtype)
        slot = self._slot_like(layer, box, wanted)
        _reslice(slot, layer, matrix, parts)
        picture = self._paddings.picture(layer)
        if picture is not None:
            weight = _weights(self._weigher, layer, picture, matrix, box)
            slot.box = mended(slot.values, weight, layer, matrix, box, parts)
        self._slots[wanted] = slot
        return slot.box, slot.values

    def _grey(self, layer: Layer, width: int, height: int) -> NDArray[np.uint8]:
        box, values = self.sample(layer, width, height)
        grey = self._greys(layer, values)
        if box.inside is not None:
            grey *= box.inside
        if grey.shape == (height, width):
            return grey
        out = np.zeros((height, width), np.uint8)
        out[box.top : box.bottom, box.left : box.right] = grey
        return out

    def _greys(self, layer: Layer, values: NDArray[Any]) -> NDArray[np.uint8]:
        assert layer.table is not None
        if values.dtype == np.int32 and self._steep.is_steep(layer):
            first, fine = self._steep.fine(layer)
            return np.take(fine, values - np.int32(first), mode="clip")
        # Every uint16 is a valid index, so "clip" changes nothing but spares numpy its check.
        return np.take(layer.table, _words(values), mode="clip")

    def _lay(self, out: NDArray[np.uint8], layer: Layer, bottom: bool) -> None:
        """Put one layer over what is there."""
        height, width = out.shape[:2]
        if layer.outline:
            self._lay_borders(out, layer)
            return
        box, values = self.sample(layer, width, height)
        if box.is_empty:
            return
        there = out[box.top : box.bottom, box.left : box.right]
        if bottom and layer.table is None:
            there[..., :3] = values[..., ::-1]
        elif bottom:
            there[..., :3] = self._coloured(layer, values)[..., :3]
        else:
            blended(there, self._coloured(layer, values), layer.alpha, _drawn(layer, box))
            return
        if box.inside is not None:
            there[~box.inside, :3] = 0

    def _coloured(self, layer: Layer, values: NDArray[Any]) -> NDArray[np.uint8]:
        if layer.table is None:
            return blue_green_red(values)
        if layer.table.ndim == 1:
            made = np.full((*values.shape, 4), 255, np.uint8)
            made[..., :3] = self._greys(layer, values)[..., None]
            return made
        words = self._colour_table(layer.table).view(np.uint32)[:, 0]
        return np.take(words, _words(values), mode="clip").view(np.uint8).reshape(*values.shape, 4)

    def _lay_borders(self, out: NDArray[np.uint8], layer: Layer) -> None:
        """Draw where a label meets another: sampled one pixel beyond the view, so that its edge is no border."""
        assert layer.table is not None
        height, width = out.shape[:2]
        shifted = np.array(layer.matrix, dtype=np.float64)
        shifted[:, 3] -= shifted[:, 0] + shifted[:, 1]
        box, values = self.sample(replace(layer, matrix=shifted), width + 2, height + 2)
        labels = np.zeros((height + 2, width + 2), layer.pixels.dtype)
        if not box.is_empty:
            inside = values if box.inside is None else np.where(box.inside, values, 0)
            labels[box.top : box.bottom, box.left : box.right] = inside
        drawn = borders(labels)
        colours = np.zeros(out.shape, np.uint8)
        colours[drawn] = self._colour_table(layer.table)[labels[1:-1, 1:-1].view(np.uint16)[drawn]]
        blended(out, colours, layer.alpha, drawn)

    def _colour_table(self, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
        known = self._colours.get(id(table))
        if known is None or known[0] is not table:
            known = table, colour_table(table)
            self._colours[id(table)] = known
            while len(self._colours) > _COLOURS_KEPT:
                self._colours.popitem(last=False)
        return known[1]

    def _slot_like(self, layer: Layer, box: Footprint, wanted: tuple[object, ...]) -> _Slot:
        """A slot to sample into: one whose pixels are gone, the oldest once the budget is spent, else a new one."""
        slot: _Slot | None = None
        for key in [key for key, one in self._slots.items() if one.of() is None]:
            slot = self._slots.pop(key)
        held = sum(slot.values.nbytes for slot in self._slots.values())
        components = 3 if layer.is_colour else 1
        needed = (
            (box.bottom - box.top)
            * (box.right - box.left)
            * components
            * (4 if wanted[-1] != 1 else layer.pixels.dtype.itemsize)
        )
        while self._slots and held + needed > self._budget:
            _, slot = self._slots.popitem(last=False)
            held -= slot.values.nbytes
        if slot is None:
            slot = _new_slot()
        slot.of, slot.wanted, slot.box = weakref.ref(layer.pixels), wanted, box
        # VTK reuses its output only while nobody else holds it.
        slot.values = np.zeros((0, 0), np.uint16)
        return slot


def _drawn(layer: Layer, box: Footprint) -> NDArray[np.bool_] | None:
    """Pixels of the box that a layer is drawn on; None for all."""
    if layer.hidden is None:
        return box.inside
    seen: NDArray[np.bool_] = layer.hidden[box.top : box.bottom, box.left : box.right] == 0
    return seen if box.inside is None else seen & box.inside


def _words(values: NDArray[Any]) -> NDArray[np.uint16]:
    """Values as the patterns of stored words that index a table."""
    if values.dtype.itemsize == 2:
        return values.view(np.uint16)
    return ((values + PARTS // 2) // PARTS).astype(np.uint16)


def _weights(
    slot: _Slot, layer: Layer, picture: NDArray[np.uint8], matrix: NDArray[np.float64], box: Footprint
) -> NDArray[Any]:
    """How much of each sample is picture, from 0 to 32767."""
    from vtkmodules.util.vtkConstants import VTK_INT

    slot.box = box
    _sampled(slot, picture, layer, matrix, _ALL_PICTURE, VTK_INT)
    return slot.values


def _new_slot() -> _Slot:
    from vtkmodules.vtkCommonMath import vtkMatrix4x4
    from vtkmodules.vtkImagingCore import vtkImageReslice

    reslice, axes = vtkImageReslice(), vtkMatrix4x4()
    reslice.SetResliceAxes(axes)
    reslice.SetOutputDimensionality(2)
    reslice.SetOutputOrigin(0, 0, 0)
    reslice.SetOutputSpacing(1, 1, 1)
    reslice.SetBorder(1)
    nothing = np.zeros((0, 0), np.uint16)
    return _Slot(reslice, axes, weakref.ref(nothing), (), Footprint(0, 0, 0, 0, None), nothing)


def _reslice(slot: _Slot, layer: Layer, matrix: NDArray[np.float64], parts: int) -> None:
    """Sample a layer in the slot's box, in parts of a stored unit."""
    from vtkmodules.util.vtkConstants import VTK_INT

    pixels = np.ascontiguousarray(layer.pixels)
    _sampled(slot, pixels, layer, matrix, parts // layer.parts, _AS_THE_INPUT if parts == 1 else VTK_INT)


def _sampled(
    slot: _Slot, pixels: NDArray[Any], layer: Layer, matrix: NDArray[np.float64], scale: int, kind: int
) -> None:
    """Sample pixels as a layer is sampled, times scale, in the slot's box."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonDataModel import vtkImageData

    box, (mode, samples), turned = slot.box, layer.slab, matrix.copy()
    if samples > 1 and np.count_nonzero(turned[:3, :3]) == 3:
        _centre_slab(turned)
    image = vtkImageData()
    image.SetDimensions(*layer.extent)
    image.GetPointData().SetScalars(
        numpy_to_vtk(pixels.reshape(-1, 3) if layer.is_colour else pixels.ravel(), deep=False)
    )
    reslice = slot.filter
    slot.axes.DeepCopy(turned.ravel())
    reslice.SetInputData(image)
    reslice.SetOutputExtent(box.left, box.right - 1, box.top, box.bottom - 1, 0, 0)
    reslice.SetInterpolationMode(int(layer.smooth))
    reslice.SetBorderThickness(0.5 + reach(layer))
    reslice.SetSlabNumberOfSlices(samples)
    if samples > 1:
        reslice.SetSlabMode({"min": 0, "max": 1, "mean": 2}[mode])
    reslice.SetScalarScale(scale)
    reslice.SetOutputScalarType(kind)
    reslice.Update()
    values = vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars())
    # The filter must not keep the pixels alive: frames are dropped by whoever holds them.
    reslice.SetInputData(None)
    shape = (box.bottom - box.top, box.right - box.left)
    slot.values = values.reshape(*shape, 3) if layer.is_colour else values.reshape(shape)


def _centre_slab(turned: NDArray[np.float64]) -> None:
    """Undo, in place, what VTK 9.7 does to slabs on its path for axis-aligned planes, and only there.

    It centres them half a sample too low, unless the plane then lies on a voxel to within 1e-5 voxels: so it is moved
    half a sample on, and off the voxel by an amount that no grey level shows.
    """
    axis = int(np.flatnonzero(turned[:3, 2])[0])
    turned[axis, 3] += turned[axis, 2] * 0.5
    nearest = round(turned[axis, 3])
    if abs(turned[axis, 3] - nearest) < _OFF_VOXEL:
        turned[axis, 3] = nearest + _OFF_VOXEL
