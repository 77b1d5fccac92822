"""Tables, windows and 16-bit pixels that were already made, so that scrolling and window drags make them once."""

import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.display import covers
from readingroom.display.picture import Layer
from readingroom.pixels import reference
from readingroom.pixels import table as pixel_table
from readingroom.pixels import voi as pixel_voi
from readingroom.pixels.frame import Frame, FrameFacts, OverlayPlane, Shutter, Voi

_TABLES_KEPT = 64
_ARRAYS_KEPT = 64
_UNCHANGED = np.arange(256)


@dataclass(frozen=True, slots=True, eq=False)
class _Greys:
    """What a window makes of stored words, and what must live as long because it is known by its identity."""

    coarse: NDArray[np.uint8]
    fine: pixel_table.FineTable | None
    kept_alive: tuple[object, ...]


class Tables:
    """What was made last for one reader's glass; lives on the reader's thread, keeps no frame alive."""

    def __init__(self) -> None:
        self._tables: OrderedDict[tuple[object, ...], _Greys] = OrderedDict()
        self._pixels: _PerArray[NDArray[Any] | None] = _PerArray()
        self._inverted: _PerArray[NDArray[np.uint8]] = _PerArray()
        self._composites: _PerArray[dict[tuple[object, ...], NDArray[np.uint8]]] = _PerArray()
        self._own_windows: _PerArray[Voi] = _PerArray()
        self._steps: _PerArray[float] = _PerArray()
        self._finished: _PerArray[dict[tuple[object, ...], tuple[NDArray[np.uint16], tuple[object, ...]]]] = _PerArray()
        self._driving_levels: NDArray[np.uint8] | None = None
        self._overlays: _PerArray[NDArray[np.uint16]] = _PerArray()
        self._shutters: _PerArray[dict[Shutter, NDArray[np.uint16]]] = _PerArray()
        self._coloured: OrderedDict[
            tuple[int, int, tuple[int, int] | None], tuple[NDArray[np.uint8], tuple[object, ...]]
        ] = OrderedDict()
        self._covers: dict[int, NDArray[np.uint8]] = {}
        self._monitor: NDArray[np.uint8] | None = None

    def calibrate(self, table: NDArray[np.uint8] | None) -> bool:
        """Make greys for a monitor from now on: P-value to driving level, shape (256,), None for P-values as they are.

        The last step of the grey chain (PS3.4 N.2, PS3.14); colours are not its matter. Whether that changes anything.
        """
        if table is self._monitor or (
            table is not None and np.array_equal(table, _UNCHANGED) and self._monitor is None
        ):
            return False
        self._monitor = table
        self._tables.clear()
        self._covers.clear()
        self._driving_levels = None
        return True

    def pixels(self, frame: Frame) -> NDArray[Any]:
        """The frame as int16 or uint16, shape (rows, columns): the same array each time it is asked for."""

        def make() -> NDArray[Any] | None:
            made = np.ascontiguousarray(pixel_table.as_sixteen_bit(frame)[0])
            return None if made is frame.stored else made

        converted = self._pixels.get(frame.stored, make)
        return frame.stored if converted is None else converted

    def colour(self, frame: Frame, inverted: bool) -> NDArray[np.uint8]:
        """A colour frame as RGB, or its complement: the same array each time it is asked for."""
        if not inverted:
            return frame.stored
        return self._inverted.get(frame.stored, lambda: np.subtract(np.uint8(255), frame.stored))

    def composite(self, frame: Frame, voi: Voi, inverted: bool) -> NDArray[np.uint8]:
        """A grey frame with supplemental colours as RGB under a window: the same array for as long as both stay."""
        wanted = (voi.centre, voi.width, voi.function, id(voi.table), inverted)
        made = self._composites.get(frame.stored, dict[tuple[object, ...], NDArray[np.uint8]])
        if wanted not in made:
            made.clear()
            made[wanted] = reference.render(frame, voi, inverted)
        return made[wanted]

    def overlay(self, overlay: OverlayPlane) -> NDArray[np.uint16]:
        """An overlay as words for a white cover: the same array each time it is asked for."""
        return self._overlays.get(overlay.bits, lambda: covers.overlay_words(overlay))

    def shutter(self, frame: Frame, shutter: Shutter) -> NDArray[np.uint16]:
        """A frame's shutter as words for a cover: the same array each time it is asked for."""
        rows, columns = frame.stored.shape[:2]
        made = self._shutters.get(frame.stored, dict[Shutter, NDArray[np.uint16]])
        if shutter not in made:
            made[shutter] = covers.shutter_words(shutter, rows, columns)
        return made[shutter]

    def cover(self, grey: int) -> NDArray[np.uint8]:
        """The table of a cover in one grey."""
        if grey not in self._covers:
            self._covers[grey] = covers.cover_table(grey if self._monitor is None else int(self._monitor[grey]))
        return self._covers[grey]

    def coloured(
        self, table: NDArray[np.uint8], palette: NDArray[np.uint8], clear: tuple[int, int] | None = None
    ) -> NDArray[np.uint8]:
        """A grey table through a palette (n, 3) RGB, as (65 536, 4): the same array each time it is asked for.

        clear: inclusive range of words that let through what lies below.
        """
        name = id(table), id(palette), clear
        if name not in self._coloured:
            made = np.full((65536, 4), 255, np.uint8)
            made[:, 2::-1] = through_palette(table, palette)
            if clear is not None:
                made[np.arange(clear[0], clear[1] + 1) & 0xFFFF, 3] = 0
            self._coloured[name] = made, (table, palette)
            while len(self._coloured) > _TABLES_KEPT:
                self._coloured.popitem(last=False)
        return self._coloured[name][0]

    def own_window(self, frame: Frame) -> Voi:
        """The window a frame is first shown with: its header's first, else the range of its pixels."""
        return self._own_windows.get(frame.stored, lambda: pixel_voi.default_voi(frame))

    def layer(
        self, frame: Frame, voi: Voi, inverted: bool, matrix: NDArray[np.float64], smooth: bool, calibrated: bool = True
    ) -> Layer:
        """A grey frame under a window as a layer, through tables that are the same for frames that share their greys.

        calibrated: for the monitor; else in P-values, which a palette needs.
        """
        if calibrated and pixel_table.is_coarse(frame, voi, self._step(frame)):
            return Layer(self._levels(frame, voi, inverted), matrix, self._driving(), smooth=smooth)
        made = self._greys(frame, voi, inverted, smooth, calibrated)
        padding = pixel_table.padding_of(frame) if smooth else None
        return Layer(self.pixels(frame), matrix, made.coarse, smooth=smooth, padding=padding, fine=made.fine)

    def _step(self, frame: Frame) -> float:
        if frame.stored.dtype.kind != "f" and frame.stored.dtype.itemsize <= 2:
            return 1.0
        return self._steps.get(frame.stored, lambda: pixel_table.step_of(frame))

    def _levels(self, frame: Frame, voi: Voi, inverted: bool) -> NDArray[np.uint16]:
        """Finished greys in place of words, where words are too few for the window: the same array while it stays."""
        decides, kept_alive = _what_decides(frame, voi, inverted)
        made = self._finished.get(frame.stored, dict[tuple[object, ...], tuple[NDArray[np.uint16], tuple[object, ...]]])
        if decides not in made:
            made.clear()
            made[decides] = reference.render(frame, voi, inverted).astype(np.uint16), kept_alive
        return made[decides][0]

    def _driving(self) -> NDArray[np.uint8]:
        """Finished greys to the monitor's driving levels, as a table for words: the same until it is calibrated again."""
        if self._driving_levels is None:
            table = np.zeros(65536, np.uint8)
            table[:256] = _UNCHANGED if self._monitor is None else self._monitor
            self._driving_levels = table
        return self._driving_levels

    def table(self, frame: Frame, voi: Voi, inverted: bool) -> NDArray[np.uint8]:
        """The grey table (65 536,) of a frame under a window, padding black: one for frames that share their greys."""
        return self._greys(frame, voi, inverted, smooth=False).coarse

    def _greys(self, frame: Frame, voi: Voi, inverted: bool, smooth: bool, calibrated: bool = True) -> "_Greys":
        decides, kept_alive = _what_decides(frame, voi, inverted)
        name = (*decides, smooth, calibrated)
        known = self._tables.get(name)
        if known is not None:
            self._tables.move_to_end(name)
            return known
        coarse = pixel_table.table(frame, voi, inverted, padded=not smooth)
        fine = pixel_table.fine_table(frame, voi, inverted) if smooth else None
        if calibrated and self._monitor is not None:
            coarse = self._monitor[coarse]
            fine = replace(fine, greys=self._monitor[fine.greys]) if fine is not None else None
        made = _Greys(coarse, fine, kept_alive)
        self._tables[name] = made
        while len(self._tables) > _TABLES_KEPT:
            self._tables.popitem(last=False)
        return made


def through_palette(levels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey levels 0 to 255 spread over the entries of a palette (n, 3): RGB, shape (…, 3) (PS3.3 C.11.15)."""
    return palette[np.rint(levels * ((len(palette) - 1) / 255.0)).astype(np.int64)]


class _PerArray[T]:
    """One made thing per array, forgotten when the array goes, or when many others were asked for since."""

    def __init__(self) -> None:
        self._made: OrderedDict[int, tuple[weakref.ref[NDArray[Any]], T]] = OrderedDict()

    def get(self, array: NDArray[Any], make: Callable[[], T]) -> T:
        name = id(array)
        known = self._made.get(name)
        if known is not None and known[0]() is array:
            self._made.move_to_end(name)
            return known[1]
        made = make()
        self._made[name] = (weakref.ref(array, lambda _: self._made.pop(name, None)), made)
        while len(self._made) > _ARRAYS_KEPT:
            self._made.popitem(last=False)
        return made


def _what_decides(frame: Frame, voi: Voi, inverted: bool) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """All that a table depends on, as a name, and the objects in it that are known by identity and must live on."""
    facts = frame.facts
    luts: tuple[object, ...] = (facts.modality_lut, facts.presentation_lut, voi.table)
    rescaled = frame.stored.dtype.kind == "f" or frame.stored.dtype.itemsize > 2
    # A frame rescaled into 16 bits by its own range shares its table with no other; its facts stand for it.
    kept = (*luts, facts) if rescaled else luts
    greys = (voi.centre, voi.width, voi.function, inverted, frame.stored.dtype.str, *_stored_as(facts))
    return (*greys, *(id(part) for part in kept)), kept


def _stored_as(facts: FrameFacts) -> tuple[object, ...]:
    return (
        facts.slope,
        facts.intercept,
        facts.inverse,
        facts.photometric,
        facts.padding,
        facts.bits_stored,
        facts.bits_allocated,
        facts.signed,
    )
