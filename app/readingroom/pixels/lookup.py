"""The lookup tables and windows of a header: modality, VOI and presentation (PS3.3 C.11.1, C.11.2, C.11.6)."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from readingroom.pixels.attributes import Attributes, item, items, number, numbers, raw, text, texts, whole
from readingroom.pixels.colour import entries_of
from readingroom.pixels.frame import LookupTable, Voi

FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")


class FunctionalGroups(Protocol):
    """Where a frame's functional groups are looked up."""

    top: Attributes

    def group(self, sequence: str) -> Attributes | None:
        """The first item of a functional group macro, or None."""
        ...

    def place(self, sequence: str) -> Attributes:
        """The functional group's item, or the top level of the header."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Modality:
    """Stored to modality values: a line or a table; kind: RescaleType or ModalityLUTType; given: the header had one."""

    slope: float = 1.0
    intercept: float = 0.0
    table: LookupTable | None = None
    kind: str = ""
    given: bool = False


def modality_of(dataset: Attributes, groups: FunctionalGroups, warnings: list[str]) -> Modality:
    """The modality LUT, or the rescale of this frame (PS3.3 C.11.1.1.2); dose grid scaling for RT Dose (C.8.8.3.4)."""
    sequence = item(dataset, "ModalityLUTSequence")
    if sequence is not None:
        table = lookup_table(sequence, whole(dataset, "PixelRepresentation") == 1, warnings)
        if table is not None:
            return Modality(table=table, kind=text(sequence, "ModalityLUTType").upper(), given=True)
    place = groups.place("PixelValueTransformationSequence")
    slope, intercept = number(place, "RescaleSlope"), number(place, "RescaleIntercept")
    if slope is None and intercept is None:
        scaling = number(dataset, "DoseGridScaling")
        return Modality(scaling, kind="DOSE", given=True) if scaling else Modality()
    if slope == 0:
        warnings.append("The rescale slope is zero: stored values are shown.")
        return Modality()
    kind = text(place, "RescaleType").upper()
    return Modality(1.0 if slope is None else slope, intercept or 0.0, None, kind, slope is not None)


def vois_of(
    dataset: Attributes, groups: FunctionalGroups, modality: Modality, signed: bool, warnings: list[str]
) -> tuple[Voi, ...]:
    """Every window of the header in its order, then every VOI table; windows that make no sense are left out."""
    place = groups.place("FrameVOILUTSequence")
    centres, widths = numbers(place, "WindowCenter"), numbers(place, "WindowWidth")
    names = texts(place, "WindowCenterWidthExplanation")
    function = text(place, "VOILUTFunction").upper() or "LINEAR"
    if function not in FUNCTIONS:
        warnings.append(f"The window function {function} is unknown: LINEAR is used.")
        function = "LINEAR"
    found = []
    for number_, (centre, width) in enumerate(zip(centres, widths, strict=False)):
        name = names[number_] if number_ < len(names) else ""
        if (voi := window(centre, width, function, name, warnings)) is not None:
            found.append(voi)
    below_zero = _least(dataset, modality, signed) < 0
    for sequence in items(place, "VOILUTSequence"):
        table = lookup_table(sequence, below_zero, warnings)
        if table is not None:
            found.append(Voi(explanation=table.explanation or "table", table=table))
    return tuple(found)


def _least(dataset: Attributes, modality: Modality, signed: bool) -> float:
    """The least modality value there can be: it decides how a VOI table's first value is read (PS3.3 C.11.2.1.1)."""
    if modality.table is not None:
        return 0.0
    values = 1 << max(1, min(64, whole(dataset, "BitsStored", whole(dataset, "BitsAllocated", 16))))
    low, high = (-(values >> 1), (values >> 1) - 1) if signed else (0, values - 1)
    return min(low * modality.slope, high * modality.slope) + modality.intercept


def window(centre: float, width: float, function: str, name: str, warnings: list[str]) -> Voi | None:
    """A window as the standard allows it (PS3.3 C.11.2.1.2.1, C.11.2.1.3), or None.

    LINEAR demands a width of 1 or more. A smaller one is only meaningful for values that are not integers; it is read
    as LINEAR_EXACT, which allows it, and said.
    """
    if width <= 0:
        warnings.append(f"A window of width {width:g} is not possible and was left out.")
        return None
    if function == "LINEAR" and width < 1:
        warnings.append(f"A window of width {width:g} is below 1: it is read as LINEAR_EXACT.")
        function = "LINEAR_EXACT"
    return Voi(centre, width, function, name)


def presentation_table_of(dataset: Attributes) -> LookupTable | None:
    """The presentation LUT that an image itself carries, which is rare (PS3.3 C.11.6)."""
    sequence = item(dataset, "PresentationLUTSequence")
    return lookup_table(sequence, False, []) if sequence is not None else None


def lookup_table(sequence: Attributes, signed: bool, warnings: list[str]) -> LookupTable | None:
    """LUT descriptor and data (PS3.3 C.11.1.1.1): 0 entries mean 65536, a first value above 32767 may be negative."""
    descriptor = numbers(sequence, "LUTDescriptor")
    plain = raw(sequence, "LUTData")
    if len(descriptor) < 3 or not plain:
        warnings.append("A lookup table without descriptor or entries was left out.")
        return None
    count, first, bits = (int(value) for value in descriptor[:3])
    count = count & 0xFFFF or 65536
    if signed and first > 32767:
        first -= 65536
    entries = entries_of(plain, count, bits)
    if len(entries) < 2:
        warnings.append("A lookup table with fewer than two entries was left out.")
        return None
    if len(entries) < count:
        warnings.append(f"A lookup table has {len(entries)} of {count} entries: the last one stands for the rest.")
    highest = int(entries.max())
    bits = min(16, max(bits, highest.bit_length(), 1))
    return LookupTable(first, bits, np.ascontiguousarray(entries, np.uint16), text(sequence, "LUTExplanation"))
