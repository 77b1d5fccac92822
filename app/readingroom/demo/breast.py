"""A mammogram: compressed breast with glandular tissue, strands, ducts, vessels, pectoral muscle, a mass and calcifications."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from readingroom.demo.shadows import Film
from readingroom.demo.texture import Floats


@dataclass(frozen=True, slots=True)
class View:
    """One view: side R or L, CC or MLO; where mass and calcifications project (mm from chest wall, mm down), or None."""

    side: str
    projection: str
    mass: tuple[float, float] | None = None
    calcs: tuple[float, float] | None = None

    @property
    def oblique(self) -> bool:
        """Whether the pectoral muscle crosses the upper corner."""
        return self.projection == "MLO"


MASS_MM = 14.0
_DEEP_MM, _TALL_MM = 132.0, 206.0


def _grain(shape: tuple[int, int], sigma: tuple[float, float], random: np.random.Generator) -> NDArray[np.float32]:
    """Smooth noise with standard deviation 1, made small and enlarged."""
    step = max(1, int(min(sigma) / 2))
    small = random.standard_normal((shape[0] // step + 2, shape[1] // step + 2), dtype=np.float32)
    small = ndimage.gaussian_filter(small, (sigma[0] / step, sigma[1] / step))
    big = ndimage.zoom(small, step, order=1)[: shape[0], : shape[1]]
    return np.asarray(big / big.std(), np.float32)


def mammogram(view: View, columns: int, rows: int, spacing_mm: float, seed: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Grey 0 to 1 and where the breast is; the chest wall lies at the first column (a left breast)."""
    random = np.random.default_rng(seed)
    film = Film.of(columns, rows, spacing_mm, 0.0, 0.0)
    x, y = film.xs[None, :], -film.zs[:, None]
    middle = 104.0 if view.oblique else 101.0
    tall = 88.0 if view.oblique else 84.0
    lean = 10.0 if view.oblique else 0.0
    shape = film.shape
    wobble = _grain(shape, (160, 160), random)
    down = (y - middle) / tall
    width = np.sqrt(np.clip(1 - np.abs(down) ** 2.3, 0, 1)) * 104.0 + lean * down
    edge = x - width - 1.2 * wobble
    inside = np.clip(-edge / 14.0, 0, 1) ** 0.55
    breast = (edge < 0) & (np.abs(down) < 1)
    nipple = np.hypot((x - 104.5) / 5.0, (y - middle - 1) / 6.0)
    breast = breast | (nipple < 1)
    grey: Floats = 0.17 * inside + 0.05 * inside * _grain(shape, (60, 60), random)
    grey += 0.16 * np.clip(1.15 - nipple, 0, 1)
    grey += inside * _glandular(film, view, middle, random)
    if view.oblique:
        grey += _muscle(film, random)
    _strands(film, grey, middle, random)
    if view.mass is not None:
        _mass(film, grey, view.mass, random)
    if view.calcs is not None:
        _calcs(film, grey, view.calcs, random)
    grey *= 1.35
    skin = np.exp(-(((edge + 1.0) / 0.8) ** 2)) * 0.07
    grey += np.where(breast, skin, 0)
    grey = ndimage.gaussian_filter(grey, 0.6) + 0.006 * random.standard_normal(shape, dtype=np.float32) * (0.4 + inside)
    return np.asarray(np.clip(np.where(breast, np.maximum(grey, 0.02), 0), 0, 1), np.float32), breast


def _glandular(film: Film, view: View, middle: float, random: np.random.Generator) -> NDArray[np.float32]:
    x, y = film.xs[None, :], -film.zs[:, None]
    shape = film.shape
    centre = (56.0, middle - (16.0 if view.oblique else 4.0))
    fan = np.hypot((x - centre[0]) / 46.0, (y - centre[1]) / 56.0)
    zone = np.clip(1.30 - fan + 0.17 * _grain(shape, (70, 70), random), 0, 1)
    clouds = 0.55 * _grain(shape, (44, 56), random) + 0.45 * _grain(shape, (18, 24), random)
    clouds += 0.30 * _grain(shape, (7, 10), random) + 0.14 * _grain(shape, (3, 4), random)
    lobes = np.clip(0.50 + 0.42 * clouds, 0, 1.5)
    return np.asarray(0.42 * zone**1.3 * lobes, np.float32)


def _muscle(film: Film, random: np.random.Generator) -> NDArray[np.float32]:
    x, y = film.xs[None, :], -film.zs[:, None]
    border = 66.0 * (1 - y / 128.0) + 5.0 * np.sin(y / 30.0)
    part = np.clip((border - x) / 2.5, 0, 1)
    fibre = _grain(film.shape, (40, 5), random)
    return np.asarray(part * (0.40 + 0.010 * fibre) * np.clip(1.08 - y / 300, 0, 1), np.float32)


def _strands(film: Film, grey: Floats, middle: float, random: np.random.Generator) -> None:
    """Ligaments and ducts that converge on the nipple, and two veins."""
    for _ in range(190):
        start = np.array((random.uniform(8, 92), middle + random.normal(0, 42)))
        aim = np.array((106.0, middle)) - start
        way = aim / np.linalg.norm(aim) * random.uniform(9, 34)
        turn = random.normal(0, 0.55)
        way = np.array((way[0] * np.cos(turn) - way[1] * np.sin(turn), way[0] * np.sin(turn) + way[1] * np.cos(turn)))
        bow = np.array((-way[1], way[0])) * random.normal(0, 0.16)
        steps = [start + way * t + bow * np.sin(t * np.pi) for t in np.linspace(0, 1, 7)]
        radius, light = random.uniform(0.22, 0.60), random.uniform(0.015, 0.06)
        _line(film, grey, steps, radius, light)
    for vein in range(2):
        y0 = middle - 38 + 62 * vein
        steps = [
            np.array((t, y0 + 8 * np.sin(t / 13 + vein) - 0.22 * t * (1 - 2 * vein))) for t in np.linspace(4, 88, 24)
        ]
        _line(film, grey, steps, 1.0, 0.075)


def _line(film: Film, grey: Floats, steps: list[NDArray[np.float64]], radius: float, light: float) -> None:
    for a, b in pairwise(steps):
        found = film.gap((a[0], -a[1]), (b[0], -b[1]), radius * 3)
        if found is not None:
            box, gap, along = found
            grey[box] += light * np.exp(-((gap / radius) ** 2)) * ((along >= 0) & (along < 1))


def _mass(film: Film, grey: Floats, at: tuple[float, float], random: np.random.Generator) -> None:
    found = film.oval((at[0], -at[1]), (MASS_MM, MASS_MM))
    if found is None:
        return
    box, size = found
    x, y = film.xs[box[1]][None, :] - at[0], -film.zs[box[0]][:, None] - at[1]
    turn = np.arctan2(y, x)
    lobed = 0.05 * np.sin(3 * turn + 0.6) + 0.04 * np.sin(7 * turn + 2.0)
    grey[box] += 0.19 * np.clip((0.5 * (1 + lobed) - size) / 0.22 + 0.5, 0, 1) * (1 - 0.25 * size)
    for _ in range(17):
        angle = random.uniform(0, 2 * np.pi)
        reach = MASS_MM * random.uniform(0.62, 1.3)
        ray = np.array((np.cos(angle), np.sin(angle)))
        steps = [np.array(at) + ray * r for r in np.linspace(MASS_MM * 0.42, reach, 5)]
        _line(film, grey, steps, random.uniform(0.2, 0.45), 0.08)


def _calcs(film: Film, grey: Floats, at: tuple[float, float], random: np.random.Generator) -> None:
    for _ in range(24):
        place = np.array(at) + random.normal(0, 3.2, 2)
        radii = (random.uniform(0.14, 0.34), random.uniform(0.12, 0.24))
        found = film.oval((place[0], -place[1]), (radii[0] * 1.5, radii[1] * 1.5), random.uniform(0, 3))
        if found is not None:
            box, size = found
            grey[box] += random.uniform(0.25, 0.5) * np.clip(1.4 - 1.4 * size, 0, 1)
