"""What an object says about subtracting mask frames (PS3.3 C.7.6.10): which mask belongs to which frame."""

from dataclasses import dataclass, replace

from readingroom.pixels.attributes import Attributes, items, number, numbers, text, whole

MASKING = "masking"
"""Under this name the masking of a frame stands among its facts."""
SUBTRACTED = frozenset({"XA", "RF"})
"""Modalities whose runs are subtracted."""
OPERATIONS = frozenset({"NONE", "AVG_SUB", "TID", "REV_TID"})
LARGEST_AVERAGE = 1000


@dataclass(frozen=True, slots=True)
class MaskItem:
    """One item of a Mask Subtraction Sequence; frame numbers count from 1.

    ranges: pairs of first and last frame, () where it holds wherever it can. masks: of AVG_SUB. averaged: contrast
    frames that are averaged, the current one first. shift_px: (rows down, columns right) by which the mask is moved.
    """

    operation: str
    ranges: tuple[tuple[int, int], ...] = ()
    masks: tuple[int, ...] = ()
    averaged: int = 1
    shift_px: tuple[float, float] = (0.0, 0.0)
    offset: int = 1
    number: int | None = None

    def masks_of(self, frame: int, frames: int) -> tuple[int, ...]:
        """The mask frames of a frame; () where this item is not for it, or names frames that are not there."""
        found: tuple[int, ...] = ()
        if self.operation == "AVG_SUB" and self._is_for(frame, frames - self.averaged + 1):
            found = self.masks
        elif self.operation == "TID" and self._is_for(frame, frames):
            found = (frame - self.offset,)
        elif self.operation == "REV_TID" and self.ranges:
            # Forwards through the contrast, backwards through the mask, as a rotating arm comes back the same way.
            run = [n for first, last in self.ranges for n in range(first, last + 1)]
            found = (run[0] - self.offset - run.index(frame),) if frame in run else ()
        return found if all(1 <= n <= frames for n in found) else ()

    def _is_for(self, frame: int, last: int) -> bool:
        if not self.ranges:
            return 1 <= frame <= last
        return any(first <= frame <= end for first, end in self.ranges)


@dataclass(frozen=True, slots=True)
class Masking:
    """items: in their order. relationship: LIN, LOG, DISP or "" (PS3.3 C.8.7.1.1.2): how values follow the X-rays.

    visibility: how much of the mask stays visible, from 0 (none) to 1 (PS3.3 C.11.19).
    """

    items: tuple[MaskItem, ...] = ()
    relationship: str = ""
    visibility: float = 0.0

    def item_for(self, frame: int, frames: int) -> MaskItem | None:
        """The first item that gives a frame a mask, or None."""
        return next((one for one in self.items if one.masks_of(frame, frames)), None)


def masking_of(dataset: Attributes, own: Attributes | None, relationship: str) -> Masking:
    """The masking of one frame of an image; own: its functional groups, whose pixel shifts go before those of the items."""
    moved: dict[int, tuple[float, float]] = {}
    for one in items(own, "FramePixelShiftSequence") if own is not None else ():
        pixels = numbers(one, "MaskSubPixelShift")
        if len(pixels) == 2:
            moved[whole(one, "SubtractionItemID")] = pixels[0], pixels[1]
    found = mask_items(dataset)
    return Masking(
        tuple(replace(one, shift_px=moved.get(one.number or 0, one.shift_px)) for one in found), relationship.upper()
    )


def mask_items(dataset: Attributes) -> tuple[MaskItem, ...]:
    """The items of an image's or a presentation state's Mask Subtraction Sequence that can be followed."""
    found = [_item(one) for one in items(dataset, "MaskSubtractionSequence")]
    return tuple(one for one in found if one is not None)


def _item(one: Attributes) -> MaskItem | None:
    operation = text(one, "MaskOperation").upper()
    if operation not in OPERATIONS:
        return None
    ends = [int(end) for end in numbers(one, "ApplicableFrameRange")]
    shift = numbers(one, "MaskSubPixelShift")
    offset = number(one, "TIDOffset")
    return MaskItem(
        operation,
        tuple((first, last) for first, last in zip(ends[::2], ends[1::2], strict=False) if 0 < first <= last < 1 << 20),
        tuple(dict.fromkeys(int(n) for n in numbers(one, "MaskFrameNumbers") if n >= 1)),
        min(LARGEST_AVERAGE, max(1, whole(one, "ContrastFrameAveraging", 1))),
        (shift[0], shift[1]) if len(shift) == 2 else (0.0, 0.0),
        1 if offset is None else int(offset),
        whole(one, "SubtractionItemID") or None,
    )
