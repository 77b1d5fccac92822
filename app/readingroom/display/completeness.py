"""What has been seen of a display set, as ranges of images, and the strip that shows it beside the image."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from readingroom.pixels.frame import Voi

Runs = tuple[tuple[int, int], ...]
"""First and last index (from 0, both included) of images that follow each other, in order and apart."""

AS_SHOWN = "as shown"
OTHER = "other window"
_CLASSES: tuple[tuple[str, tuple[float, float], tuple[float, float]], ...] = (
    ("lung", (-900.0, -200.0), (700.0, 4000.0)),
    ("bone", (150.0, 1000.0), (1000.0, 5000.0)),
    ("brain", (15.0, 60.0), (20.0, 140.0)),
    ("soft tissue", (-50.0, 250.0), (140.0, 800.0)),
)
"""(class, lowest and highest centre, lowest and highest width) in Hounsfield units: the first that holds a window."""
WINDOW_CLASSES = tuple(name for name, _, _ in _CLASSES)


def window_class(unit: str, voi: Voi | None) -> str:
    """The class of a window in Hounsfield units; "as shown" for what has no such units, where no class can be told."""
    if unit != "HU" or voi is None or voi.table is not None:
        return AS_SHOWN
    fits = (
        name for name, (low, high), (narrow, wide) in _CLASSES
        if low <= voi.centre <= high and narrow <= voi.width <= wide
    )  # fmt: skip
    return next(fits, OTHER)


def united(*many: Runs) -> Runs:
    """The images of any of these."""
    found: list[list[int]] = []
    for first, last in sorted(run for runs in many for run in runs):
        if found and first <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    return tuple((first, last) for first, last in found)


def without(runs: Runs, others: Runs) -> Runs:
    """The images of runs that are not among others."""
    left: list[tuple[int, int]] = []
    for first, last in runs:
        start = first
        for a, b in others:
            if b < start or a > last:
                continue
            if a > start:
                left.append((start, a - 1))
            start = b + 1
        if start <= last:
            left.append((start, last))
    return tuple(left)


def runs_of(indexes: Iterable[int]) -> Runs:
    """These images as runs."""
    return united(tuple((index, index) for index in indexes))


def count(runs: Runs) -> int:
    """How many images these are."""
    return sum(last - first + 1 for first, last in runs)


def whole(images: int) -> Runs:
    """Every image of so many."""
    return ((0, images - 1),) if images > 0 else ()


def said(runs: Runs, most: int = 4) -> str:
    """Runs as a reader counts, from 1: "1–4, 9 and 3 more places"."""
    words = [f"{a + 1}" if a == b else f"{a + 1}–{b + 1}" for a, b in runs]
    more = len(words) - most
    return ", ".join(words[:most]) + (f" and {more} more place{'' if more == 1 else 's'}" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class SeenSet:
    """What one reader has seen of a display set of so many images: at full quality by window class, and as previews."""

    of: int
    windows: tuple[tuple[str, Runs], ...] = ()
    previews: Runs = ()

    @property
    def full(self) -> Runs:
        """The images that were seen at full quality, in any window."""
        return united(*(runs for _, runs in self.windows))

    def within(self, name: str) -> Runs:
        """The images that were seen at full quality in a class of windows."""
        return next((runs for own, runs in self.windows if own == name), ())

    def with_image(self, index: int, window: str, is_preview: bool) -> "SeenSet":
        """This with one more image."""
        one = ((index, index),)
        if is_preview:
            return SeenSet(self.of, self.windows, united(self.previews, one))
        kept = dict(self.windows)
        kept[window] = united(kept.get(window, ()), one)
        return SeenSet(self.of, tuple(kept.items()), self.previews)


class Seen(StrEnum):
    """What has become of an image."""

    FULL = "seen"
    PREVIEW = "preview"
    UNSEEN = "unseen"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip beside an image: parts as (start, end, what) in shares of its length from the top, and the place shown."""

    parts: tuple[tuple[float, float, Seen], ...]
    here: tuple[float, float]


def strip_of(seen: SeenSet, missing: Runs, index: int) -> Strip | None:
    """The strip of a display set, None where one image is all; missing: images that are not at this desk."""
    of = seen.of
    if of < 2:
        return None
    full = seen.full
    previews = without(seen.previews, full)
    gone = without(missing, united(full, previews))
    rest = without(whole(of), united(full, previews, gone))
    found = [
        (first / of, (last + 1) / of, what)
        for runs, what in ((full, Seen.FULL), (previews, Seen.PREVIEW), (gone, Seen.MISSING), (rest, Seen.UNSEEN))
        for first, last in runs
    ]
    return Strip(tuple(sorted(found)), (index / of, (index + 1) / of))
