"""A run of coronary angiography: a left coronary tree that fills, moves with the heart and empties again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from readingroom.demo.shadows import Film
from readingroom.demo.shapes import smooth_path
from readingroom.demo.texture import Floats

NARROWED_MM, NORMAL_MM = 1.0, 3.2
FRAMES, FRAME_MS = 32, 66.7
_HEART = np.array((34.0, -76.0))

# x, z and radius in mm; each branch: parent, where it leaves (share of the parent), its points.
_MAIN = ((2, -34, 2.2), (12, -36, 2.2), (20, -38, 2.1))
_DESCENDING = (
    (20, -38, 1.75),
    (30, -44, 1.7),
    (42, -56, 1.6),
    (52, -72, 1.45),
    (60, -90, 1.25),
    (64, -108, 1.0),
    (60, -122, 0.7),
)
_CIRCUMFLEX = ((20, -38, 1.7), (26, -50, 1.6), (28, -64, 1.5), (24, -80, 1.25), (16, -94, 0.9), (8, -102, 0.6))


@dataclass(frozen=True, slots=True)
class Branch:
    """One vessel: rows of x, z, radius (mm), and when contrast reaches each (mm from the catheter)."""

    rows: NDArray[np.float64]
    way_mm: NDArray[np.float64]


def _branch(points: NDArray[np.float64], start_mm: float) -> Branch:
    flat = np.column_stack([points[:, 0], np.zeros(len(points)), points[:, 1], points[:, 2]])
    curve = smooth_path(flat, 1.6)[:, [0, 2, 3]]
    steps = np.linalg.norm(np.diff(curve[:, :2], axis=0), axis=1)
    return Branch(curve, start_mm + np.concatenate([[0.0], np.cumsum(steps)]))


def coronary_tree(seed: int) -> tuple[list[Branch], tuple[float, float]]:
    """All branches, and where (x, z) the descending artery is narrowed."""
    random = np.random.default_rng(seed)
    main = _branch(np.array(_MAIN), 0.0)
    end = float(main.way_mm[-1])
    trunks = [_branch(np.array(_DESCENDING), end), _branch(np.array(_CIRCUMFLEX), end)]
    descending = trunks[0]
    narrow = int(len(descending.rows) * 0.36)
    span = np.exp(-(((np.arange(len(descending.rows)) - narrow) / 2.2) ** 2))
    normal = descending.rows[narrow, 2]
    descending.rows[:, 2] *= 1 - span * (1 - NARROWED_MM / 2 / normal)
    branches = [main, *trunks]
    for trunk, sides in ((trunks[0], (1, -1, 1, -1, 1, -1, 1)), (trunks[1], (-1, 1, -1, 1, -1))):
        for n, side in enumerate(sides):
            at = int(len(trunk.rows) * (0.14 + 0.78 * n / len(sides)))
            if abs(at - narrow) < 4 and trunk is descending:
                at += 5
            branches.append(_twig(trunk, at, side, random, 1.0 if n % 2 == 0 else 0.6))
    branches += [
        _twig(parent, int(len(parent.rows) * 0.5), 1 if random.random() > 0.5 else -1, random, 0.55)
        for parent in branches[3:]
        if len(parent.rows) > 12
    ]
    return branches, (float(descending.rows[narrow, 0]), float(descending.rows[narrow, 1]))


def _twig(parent: Branch, at: int, side: int, random: np.random.Generator, size: float) -> Branch:
    at = min(max(at, 1), len(parent.rows) - 2)
    start, before = parent.rows[at], parent.rows[at - 1]
    course = np.arctan2(start[1] - before[1], start[0] - before[0]) + side * random.uniform(0.5, 0.85)
    length = random.uniform(26, 42) * size
    points = [start[:2]]
    for _ in range(5):
        course += -side * random.uniform(0.02, 0.22) + random.normal(0, 0.10)
        points.append(points[-1] + length / 5 * np.array((np.cos(course), np.sin(course))))
    radii = np.linspace(min(start[2] * 0.62, 1.1), 0.28, 6)
    return _branch(np.column_stack([np.array(points), radii]), float(parent.way_mm[at]))


def _beating(rows: NDArray[np.float64], phase: float) -> NDArray[np.float64]:
    """The tree squeezed and turned by the beat; the catheter's end stays."""
    squeeze = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    loose = np.clip(np.linalg.norm(rows[:, :2] - np.array((2, -34)), axis=1) / 45.0, 0, 1)[:, None]
    away = rows[:, :2] - _HEART
    turn = 0.07 * squeeze
    spun = np.column_stack(
        [away[:, 0] * np.cos(turn) - away[:, 1] * np.sin(turn), away[:, 0] * np.sin(turn) + away[:, 1] * np.cos(turn)]
    )
    moved = _HEART + spun * (1 - 0.085 * squeeze) + np.array((0.0, 3.0 * squeeze))
    out = rows.copy()
    out[:, :2] = rows[:, :2] + loose * (moved - rows[:, :2])
    return out


def _catheter(film: Film) -> NDArray[np.float32]:
    shadow = film.blank()
    path = np.array([
        (22, 0, -190, 1.0), (24, 0, -100, 1.0), (26, 0, -20, 1.0), (20, 0, 14, 1.0), (4, 0, 20, 1.0), (-9, 0, 6, 1.0),
        (-8, 0, -18, 1.0), (-1, 0, -31, 0.95), (3, 0, -34, 0.9)
    ], float)  # fmt: skip
    film.chain(smooth_path(path, 2.0), shadow, 1.0, tangent=False)
    return shadow


def angiogram(film: Film, background_water: Floats, seed: int) -> NDArray[np.uint8]:
    """The run as linear intensity, shape (frames, rows, columns): vessels dark."""
    branches, _ = coronary_tree(seed)
    random = np.random.default_rng(seed + 1)
    still = _catheter(film)
    frames = []
    for n in range(FRAMES):
        seconds = n * FRAME_MS / 1000
        vessels = film.blank()
        for branch in branches:
            _fill(film, vessels, branch, seconds)
        vessels = np.asarray(ndimage.gaussian_filter(vessels, 0.55), np.float32)
        blush = 2.2 * np.clip((seconds - 1.1) / 1.0, 0, 1) * _blush(film)
        sigh = 1.4 * np.sin(2 * np.pi * seconds / 4.0)
        water = ndimage.shift(background_water, (sigh, 0), order=1, mode="nearest")
        beam = np.exp(-0.017 * (water + blush) - 0.30 * vessels - 0.20 * still)
        grey = beam / np.percentile(beam, 98.5)
        noise = ndimage.gaussian_filter(random.standard_normal(film.shape, dtype=np.float32), 0.55)
        grey = 0.80 * grey**0.62 + 0.045 * noise * np.sqrt(grey)
        frames.append(np.asarray(np.clip(grey * 255, 0, 255), np.uint8))
    return np.stack(frames)


def _fill(film: Film, vessels: NDArray[np.float32], branch: Branch, seconds: float) -> None:
    arrives = 0.20 + branch.way_mm / 150.0
    density = np.clip((seconds - arrives) / 0.16, 0, 1) * np.clip(
        1 - (seconds - 1.35 - branch.way_mm / 220.0) / 0.7, 0.0, 1
    )
    if density.max() <= 0.02:
        return
    rows = _beating(branch.rows, seconds / 0.86)
    for k in range(len(rows) - 1):
        part = float(density[k] + density[k + 1]) / 2
        if part <= 0.02:
            continue
        radius = float(rows[k, 2] + rows[k + 1, 2]) / 2
        found = film.gap(rows[k, :2].tolist(), rows[k + 1, :2].tolist(), radius + 0.4)
        if found is not None:
            box, gap, _ = found
            np.maximum(vessels[box], part * 2 * np.sqrt(np.maximum(radius * radius - gap * gap, 0)), out=vessels[box])


def _blush(film: Film) -> Floats:
    found = np.hypot((film.xs[None, :] - 40) / 44.0, (film.zs[:, None] + 84) / 46.0)
    return np.asarray(np.clip(1.2 - found, 0, 1), np.float32)
