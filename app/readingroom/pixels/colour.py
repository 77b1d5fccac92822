"""Colour images to RGB: YBR spaces and palettes, by the formulas of the standard."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.attributes import Attributes, has, numbers, raw, whole
from readingroom.pixels.frame import ColourTable

_SCALE = 16


def rgb_of_ybr_full(ybr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """YBR_FULL, shape (…, 3) uint8, to RGB (PS3.3 C.7.6.3.1.2), rounded to the nearest level."""
    y = ybr[..., 0].astype(np.int32) << _SCALE
    blue, red = ybr[..., 1].astype(np.int32) - 128, ybr[..., 2].astype(np.int32) - 128
    return _rounded(
        y + _fixed(1.402) * red, y - _fixed(0.344136) * blue - _fixed(0.714136) * red, y + _fixed(1.772) * blue
    )


def rgb_of_ybr_partial(ybr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """YBR_PARTIAL (luminance 16–235), shape (…, 3) uint8, to RGB (PS3.3 C.7.6.3.1.2)."""
    y = _fixed(1.1644) * (ybr[..., 0].astype(np.int32) - 16)
    blue, red = ybr[..., 1].astype(np.int32) - 128, ybr[..., 2].astype(np.int32) - 128
    return _rounded(
        y + _fixed(1.5960) * red, y - _fixed(0.3917) * blue - _fixed(0.8130) * red, y + _fixed(2.0173) * blue
    )


def _fixed(factor: float) -> int:
    return round(factor * (1 << _SCALE))


def _rounded(*planes: NDArray[np.int32]) -> NDArray[np.uint8]:
    half = 1 << (_SCALE - 1)
    return np.stack([np.clip((plane + half) >> _SCALE, 0, 255).astype(np.uint8) for plane in planes], axis=-1)


def eight_bits(samples: NDArray[Any], bits_stored: int) -> NDArray[np.uint8]:
    """Colour samples of any depth as 8 bits: the high ones of deep samples, shallow ones spread over the range."""
    if samples.dtype == np.uint8 and bits_stored == 8:
        return samples
    if bits_stored > 8:
        return np.asarray(samples >> (bits_stored - 8), np.uint8)
    return np.asarray(samples.astype(np.uint16) * 255 // ((1 << bits_stored) - 1), np.uint8)


def has_palette(dataset: Attributes) -> bool:
    """Whether the header carries a red palette, discrete or segmented."""
    return has(dataset, "RedPaletteColorLookupTableDescriptor")


def palette(dataset: Attributes) -> ColourTable | None:
    """The palette of a header (PS3.3 C.7.9, C.7.6.19); None where it is unusable."""
    tables = []
    for name in ("Red", "Green", "Blue"):
        descriptor = numbers(dataset, f"{name}PaletteColorLookupTableDescriptor")
        if len(descriptor) < 3:
            return None
        count, first, bits = (int(value) for value in descriptor[:3])
        count = count if count > 0 else count + 65536
        entries = _entries(dataset, name, count, bits)
        if entries is None:
            return None
        tables.append(entries)
    if whole(dataset, "PixelRepresentation") == 1 and first > 32767:
        first -= 65536
    length = min(len(table) for table in tables)
    return ColourTable(first, np.stack([table[:length] for table in tables], axis=-1))


def _entries(dataset: Attributes, name: str, count: int, bits: int) -> NDArray[np.uint8] | None:
    plain = raw(dataset, f"{name}PaletteColorLookupTableData")
    if plain:
        words = entries_of(plain, count, bits)
    else:
        segments = np.frombuffer(raw(dataset, f"Segmented{name}PaletteColorLookupTableData"), "u1")
        wide = segments.tobytes()
        codes = np.frombuffer(wide[: len(wide) // 2 * 2], "<u2") if bits > 8 else segments
        words = _expanded(codes, count)
    if not len(words):
        return None
    # Some makers declare 16 bits and store 8: then no entry exceeds 255.
    if bits > 8 and int(words.max()) > 255:
        return (words >> 8).astype(np.uint8)
    return words.astype(np.uint8)


def entries_of(plain: bytes, count: int, bits: int) -> NDArray[np.uint16]:
    """The entries of a lookup table (PS3.3 C.7.6.3.1.6): words, or bytes where exactly so many are there."""
    if len(plain) in (count, count + count % 2) and (bits <= 8 or count > 1):
        return np.frombuffer(plain, "u1")[:count].astype(np.uint16)
    return np.frombuffer(plain[: len(plain) // 2 * 2], "<u2")[:count].astype(np.uint16)


def _expanded(codes: NDArray[Any], count: int) -> NDArray[np.uint16]:
    """A segmented palette (PS3.3 C.7.9.2): discrete, linear and indirect segments."""
    values: list[int] = []
    _expand([int(code) for code in codes], 0, len(codes), values, count, indirect_allowed=True)
    return np.array(values[:count], np.uint16)


def _expand(codes: list[int], at: int, segments: int, values: list[int], count: int, indirect_allowed: bool) -> None:
    while segments > 0 and at + 1 < len(codes) and len(values) < count:
        kind, length = codes[at], codes[at + 1]
        segments -= 1
        if kind == 0:
            values.extend(codes[at + 2 : at + 2 + length])
            at += 2 + length
        elif kind == 1 and values and at + 2 < len(codes):
            values.extend(np.rint(np.linspace(values[-1], codes[at + 2], length + 1)[1:]).astype(int).tolist())
            at += 3
        elif kind == 2 and indirect_allowed and at + 3 < len(codes):
            # The offset counts codes of the table's own width, in two halves, low first.
            width = 16 if max(codes) > 255 else 8
            _expand(codes, codes[at + 2] | codes[at + 3] << width, length, values, count, indirect_allowed=False)
            at += 4
        else:
            return


def through_palette(indices: NDArray[Any], table: ColourTable) -> NDArray[np.uint8]:
    """RGB of palette indices, shape (rows, columns, 3); an index outside the table takes its first or last entry."""
    place = np.clip(indices.astype(np.int64) - table.first_mapped, 0, len(table.entries) - 1)
    return table.entries[place]
