"""A monitor's measured luminance becomes a table from P-values to its driving levels, and figures that say how true it is.

The grayscale standard display function itself is in pixels.gsdf (PS3.14 section 7).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.pixels.gsdf import index_of, luminance_of, targets

LEVELS = 256
_DISPLAY_GAMMA = 2.2
DARKEST_CD_M2, BRIGHTEST_CD_M2 = 0.05, 3993.4
"""The luminance of JND indices 1 and 1023, between which the standard's observer is defined (PS3.14 Annex B)."""
STEPS = tuple(range(0, 256, 15))
"""The 18 levels at which contrast response is judged (AAPM TG18 4.3, report 270)."""
WIDEST_GAP, FINE_GAP = 15, 5
"""Levels from one measured to the next: enough to judge a monitor that follows the standard by itself, and enough to make
one follow it, whose curve between two levels must be known and not guessed."""
MOST_DEVIATION = 0.10
"""Of a primary display's contrast from that of the standard, 1 = 100 % (AAPM TG18 4.3.4, report 270)."""
LEAST_LMAX_CD_M2 = 350.0
LEAST_RATIO, AIM_RATIO = 250.0, 350.0
MOST_AMBIENT_SHARE = 0.25
"""Of the monitor's own black that the room may add to it (AAPM report 270)."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a monitor was measured to show: driving levels (0 first, 255 last) and the luminance of each in cd/m².

    ambient_cd_m2: the room's light that the screen reflects, to be added; 0 where it is in the luminance already.
    """

    levels: tuple[int, ...]
    luminance_cd_m2: tuple[float, ...]
    ambient_cd_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """How a monitor shows through its table. Luminance in cd/m² with the room's light; deviations as shares of 1.

    max_deviation: of contrast response from the standard, worst of 17 steps, as the table rounded to 256 levels shows it;
    own_deviation: the same without the table. ambient_share: of the room's light in the monitor's own black.
    greys: how many of the 256 P-values stay apart.
    """

    lmin_cd_m2: float
    lmax_cd_m2: float
    ratio: float
    max_deviation: float
    own_deviation: float
    ambient_share: float
    greys: int


def response(levels: tuple[int, ...], luminance_cd_m2: tuple[float, ...], ambient_cd_m2: float = 0.0) -> Response:
    """What was measured, if it can be a monitor's; ReaderError says what is wrong with it."""
    remedy = "Measure again, from level 0 (black) to 255 (white), in cd/m²."
    if len(levels) != len(luminance_cd_m2) or not 2 <= len(levels) <= LEVELS:
        raise ReaderError(
            f"{len(levels)} levels were given; 2 to {LEVELS} are needed, each with its luminance.", remedy
        )
    if levels[0] != 0 or levels[-1] != LEVELS - 1 or any(b <= a for a, b in pairwise(levels)):
        raise ReaderError("The levels do not rise from 0 to 255, each once.", remedy)
    measured = np.array((*luminance_cd_m2, ambient_cd_m2), np.float64)
    if not np.isfinite(measured).all() or measured.min() < 0:
        raise ReaderError("A luminance is negative or no number.", remedy)
    dips = np.flatnonzero(np.diff(measured[:-1]) < 0)
    if dips.size:
        at = int(dips[0])
        raise ReaderError(
            f"Luminance falls from {measured[at]:g} cd/m² at level {levels[at]} to {measured[at + 1]:g} at {levels[at + 1]}.",
            remedy,
        )
    darkest, brightest = measured[0] + ambient_cd_m2, measured[-2] + ambient_cd_m2
    if brightest > BRIGHTEST_CD_M2:
        raise ReaderError(
            f"White is {brightest:g} cd/m²; the standard ends at {BRIGHTEST_CD_M2:g} (PS3.14).",
            "Check the unit: cd/m².",
        )
    if brightest < 2 * max(darkest, DARKEST_CD_M2):
        raise ReaderError(f"White ({brightest:g} cd/m²) is hardly brighter than black ({darkest:g}).", remedy)
    return Response(levels, luminance_cd_m2, ambient_cd_m2)


def luminance_curve(measured: Response) -> NDArray[np.float64]:
    """Luminance in cd/m² of each driving level with the room's light, shape (256,), never falling.

    Between measured levels a monotone cubic: in JND index, where a monitor that follows the standard is straight, or in
    the root of what is over black, where one with a display gamma is, whichever the measured points are straighter in.
    """
    lit = np.array(measured.luminance_cd_m2, np.float64) + measured.ambient_cd_m2
    at, every = np.array(measured.levels, np.float64), np.arange(LEVELS, dtype=np.float64)
    bright = index_of(np.maximum(lit, DARKEST_CD_M2))
    over_black = (lit - lit[0]) ** (1 / _DISPLAY_GAMMA)
    if _bend(at, over_black) < _bend(at, bright):
        curve = lit[0] + _monotone_cubic(at, over_black, every) ** _DISPLAY_GAMMA
    else:
        curve = luminance_of(np.maximum(_monotone_cubic(at, bright, every), 1.0))
    curve[list(measured.levels)] = lit
    return np.asarray(np.maximum.accumulate(curve))


def exact_levels(measured: Response) -> NDArray[np.float64]:
    """The driving level, not yet rounded, at which each P-value 0 to 255 has its luminance (PS3.14 6 and 7), shape (256,)."""
    curve = np.maximum(luminance_curve(measured), DARKEST_CD_M2)
    bright = index_of(curve)
    wanted = np.linspace(float(bright[0]), float(bright[-1]), LEVELS)
    # Of several levels that are equally dark the last one is black enough to rise from.
    last = np.append(np.flatnonzero(np.diff(bright) > 0), LEVELS - 1)
    found = np.interp(wanted, bright[last], last.astype(np.float64))
    found[0], found[-1] = 0.0, LEVELS - 1.0
    return np.asarray(found)


def table(measured: Response) -> NDArray[np.uint8]:
    """The last table of the grey pipeline on this monitor: P-value to driving level, shape (256,), never falling."""
    made = np.rint(exact_levels(measured)).astype(np.uint8)
    made.setflags(write=False)
    return made


def figures(measured: Response) -> Figures:
    """How a monitor shows through its table, by AAPM TG18 4.3 and report 270."""
    curve = luminance_curve(measured)
    steps = table(measured)
    own_black = curve[0] - measured.ambient_cd_m2
    share = measured.ambient_cd_m2 / own_black if own_black > 0 else float("inf") if measured.ambient_cd_m2 > 0 else 0.0
    return Figures(
        lmin_cd_m2=float(curve[0]),
        lmax_cd_m2=float(curve[-1]),
        ratio=float(curve[-1] / max(curve[0], DARKEST_CD_M2)),
        max_deviation=deviation(curve[steps]),
        own_deviation=deviation(curve),
        ambient_share=float(share),
        greys=int(np.unique(steps).size),
    )


def deviation(luminance_cd_m2: NDArray[np.float64]) -> float:
    """The most by which contrast departs from the standard's over 17 steps of 15 P-values, 1 = 100 %.

    luminance_cd_m2: of the P-values 0 to 255, shape (256,). The contrast of a step is its rise in luminance over the mean
    of its ends; the standard's steps are equal in JND between the same black and white (AAPM TG18 4.3.4.2).
    """
    shown = np.maximum(luminance_cd_m2, DARKEST_CD_M2)
    wanted = targets(float(shown[0]), float(shown[-1]))
    steps = list(STEPS)
    return float(np.abs(_contrast(shown[steps]) / _contrast(wanted[steps]) - 1.0).max())


def shortcomings(measured: Response) -> tuple[str, ...]:
    """Why a monitor measured so is no diagnostic display, in a reader's words; empty where it may be one."""
    found: list[str] = []
    figure, gap = figures(measured), _gap(measured)
    if gap > WIDEST_GAP:
        found.append(f"only {len(measured.levels)} levels were measured: at least every {WIDEST_GAP} is needed")
    elif figure.own_deviation > MOST_DEVIATION and gap > FINE_GAP:
        found.append(
            f"its own contrast is {figure.own_deviation:.0%} off the standard, and to mend that every {FINE_GAP} levels "
            f"must be measured, not every {gap}"
        )
    elif figure.max_deviation > MOST_DEVIATION:
        found.append(f"contrast is {figure.max_deviation:.0%} off the standard, at most {MOST_DEVIATION:.0%} allowed")
    return (*found, *_too_dim(figure))


def is_worth_applying(measured: Response) -> bool:
    """Whether so many levels were measured that the table between them is better than none."""
    return _gap(measured) <= WIDEST_GAP


def _gap(measured: Response) -> int:
    return int(np.diff(measured.levels).max())


def _too_dim(figure: Figures) -> tuple[str, ...]:
    found: list[str] = []
    if figure.lmax_cd_m2 < LEAST_LMAX_CD_M2:
        found.append(f"white is {figure.lmax_cd_m2:.0f} cd/m², at least {LEAST_LMAX_CD_M2:.0f} needed")
    if figure.ratio < LEAST_RATIO:
        found.append(f"luminance ratio is {figure.ratio:.0f}, at least {LEAST_RATIO:.0f} needed")
    if figure.ambient_share > MOST_AMBIENT_SHARE:
        found.append(f"the room adds {figure.ambient_share:.0%} to black, at most {MOST_AMBIENT_SHARE:.0%} allowed")
    return tuple(found)


def _contrast(luminance: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(2 * np.diff(luminance) / (luminance[1:] + luminance[:-1]))


def _bend(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """How far points are from a straight line between the first and the last, as a share of its height."""
    straight = np.interp(x, x[[0, -1]], y[[0, -1]])
    return float(np.abs(y - straight).max() / (y[-1] - y[0]))


def _monotone_cubic(x: NDArray[np.float64], y: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """A cubic through the points that rises where they rise (Fritsch and Butland 1984)."""
    width, rise = np.diff(x), np.diff(y) / np.diff(x)
    slope = np.concatenate((rise[:1], np.zeros(len(x) - 2), rise[-1:]))
    if len(x) > 2:
        before, after = rise[:-1], rise[1:]
        rising = (before > 0) & (after > 0)
        near, far = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
        share = near / np.where(rising, before, 1.0) + far / np.where(rising, after, 1.0)
        slope[1:-1] = np.where(rising, (near + far) / share, 0.0)
    part = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(width) - 1)
    h, t = width[part], (at - x[part]) / width[part]
    start, end = slope[part] * h, slope[part + 1] * h
    back = 1 - t
    return np.asarray(
        y[part] * (1 + 2 * t) * back**2 + start * t * back**2 + y[part + 1] * t**2 * (3 - 2 * t) - end * t**2 * back
    )
