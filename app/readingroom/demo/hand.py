"""A hand on a film: bones with cortex and spongy marrow in soft tissue."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from readingroom.demo.shadows import Film, Path
from readingroom.demo.shapes import smooth_path
from readingroom.demo.texture import Field, Floats

# Knuckles of each finger from wrist to tip (x, z in mm), and half the bone's width at mid-shaft.
_FINGERS = (
    (((-26, 4), (-50, 28), (-70, 54), (-82, 78)), 5.4),
    (((-14, 16), (-24, 78), (-31, 118), (-34, 142), (-36, 160)), 4.6),
    (((-3, 18), (-3, 80), (-4, 124), (-5, 152), (-5, 171)), 4.7),
    (((8, 16), (16, 75), (21, 115), (24, 142), (25, 160)), 4.3),
    (((18, 12), (34, 66), (44, 96), (49, 115), (52, 131)), 3.9),
)
_CARPALS = (
    (-19, 7, 8, 6.5, 0.4), (-10, 11, 6, 5.5, 0.2), (-2, 7, 7.5, 10, -0.1), (9, 8, 7, 8.5, -0.3), (-15, -7, 6.5, 10, 0.7),
    (-2, -9, 8, 7, 0.1), (9, -5, 6.5, 7, 0.2), (12, -2, 4, 4.5, 0.0),
)  # fmt: skip


def _bone(start: tuple[float, float], end: tuple[float, float], half_mm: float, tip: bool) -> Path:
    """A long bone: flared at its ends, waisted between."""
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    t = np.linspace((1.38 * half_mm + 0.5) / length, 1 - ((1.05 if tip else 1.28) * half_mm + 0.5) / length, 34)
    flare = (
        1 + 0.40 * np.exp(-(((t - t[0]) / 0.15) ** 2)) + (0.10 if tip else 0.32) * np.exp(-(((t[-1] - t) / 0.12) ** 2))
    )
    x, z = start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t
    taper = 1 - (0.25 if tip else 0.08) * t
    return np.column_stack([x, np.zeros_like(x), z, half_mm * flare * taper])


def _bones() -> list[Path]:
    bones = []
    for knuckles, half in _FINGERS:
        count = len(knuckles) - 1
        for n in range(count):
            size = half * (1.12, 0.98, 0.84, 0.68)[n + (4 - count if count == 3 else 0) * 0]
            bones.append(_bone(knuckles[n], knuckles[n + 1], size * 0.86, n == count - 1))
    radius = smooth_path(
        np.array([(-7, 0, -27, 11.5), (-8, 0, -32, 11), (-9, 0, -48, 8.3), (-10, 0, -90, 7.5)], float), 2.0
    )
    ulna = smooth_path(
        np.array([(14, 0, -20, 6.5), (15, 0, -28, 6.0), (15, 0, -48, 5.6), (16, 0, -90, 6.2)], float), 2.0
    )
    return [*bones, radius, ulna]


def hand_film(film: Film, seed: int, broken: bool) -> tuple[NDArray[np.float32], tuple[float, float]]:
    """Millimetres of water at each pixel; and where (x, z) the fifth metacarpal is broken."""
    tissue = film.blank()
    for knuckles, half in _FINGERS:
        path = np.array([(x, 0, z, half + 5.8 - 0.35 * n) for n, (x, z) in enumerate(knuckles)], float)
        film.chain(smooth_path(path, 3.0), tissue, 1.0, tangent=False)
    palm = np.array([(-14, 0, 70, 17), (-8, 0, 40, 26), (-4, 0, 10, 28), (0, 0, -20, 29), (2, 0, -95, 31)], float)
    for shift in (-8, 4, 12):
        film.chain(smooth_path(palm + np.array([shift, 0, 0, 0]), 3.0), tissue, 0.62, tangent=False)
    tissue = np.asarray(ndimage.gaussian_filter(tissue, 6), np.float32)
    sponge = Field(seed, 1.1, (-110, 0, -110), (80, 1, 200)).on_sheet(film.xs, film.zs)
    bone = film.blank()
    fracture = (27.5, 45.0)
    for path in _bones():
        bone = np.maximum(bone, _one_bone(film, path, sponge))
    for x, z, wide, tall, lean in _CARPALS:
        found = film.oval((x, z), (wide, tall), lean)
        if found is not None:
            box, size = found
            inside = np.sqrt(np.clip(1 - size**2, 0, 1))
            rim = np.clip(1 - np.abs(size - 0.95) / 0.07, 0, 1)
            part = inside * (4.4 + 0.55 * sponge[box]) + 2.0 * rim
            bone[box] = np.maximum(bone[box], part * (size < 1.02))
    if broken:
        _break(film, bone, fracture)
    shadow = 0.9 * tissue + 2.6 * ndimage.gaussian_filter(bone, 0.7)
    return np.asarray(shadow, np.float32), fracture


def _one_bone(film: Film, path: Path, sponge: Floats) -> NDArray[np.float32]:
    outer, inner = film.blank(), film.blank()
    film.chain(path, outer, 0.9, tangent=False)
    shell = path.copy()
    along = np.linspace(0, 1, len(path))
    thick = 0.35 + 1.25 * np.sin(np.clip(along, 0, 1) * np.pi) ** 1.2
    shell[:, 3] = np.maximum(path[:, 3] - thick, 0.3)
    film.chain(shell, inner, 0.9, tangent=False)
    return np.asarray(outer - inner * (0.66 - 0.045 * sponge * (inner > 0.5)), np.float32)


def _break(film: Film, bone: NDArray[np.float32], at: tuple[float, float]) -> None:
    """A dark oblique line through the shaft, with a step in the cortex."""
    found = film.oval(at, (11, 11))
    if found is None:
        return
    box, _ = found
    x, z = film.xs[box[1]][None, :] - at[0], film.zs[box[0]][:, None] - at[1]
    line = np.abs(0.80 * z + 0.60 * x + 0.5 * np.sin(x * 2.4)) / 0.42
    near = np.exp(-(line**2)) * np.clip((9 - np.abs(x)) / 2, 0, 1)
    bone[box] *= 1 - 0.72 * near
    above = np.clip((0.8 * z + 0.6 * x) / 1.0, 0, 1)
    moved = ndimage.shift(bone[box], (0, 1.1 / float(film.xs[1] - film.xs[0])), order=1, mode="nearest")
    bone[box] += (moved - bone[box]) * above * np.clip((8 - np.hypot(x, z)) / 5, 0, 1)


def hand_grey(water: Floats, seed: int) -> NDArray[np.float32]:
    """The film as it is presented, 0 to 1, at twice the rows and columns."""
    grey = -np.log(np.exp(-0.026 * water) + 0.004)
    grey = grey / np.percentile(grey, 99.7)
    grey = 0.06 + 0.80 * np.clip(grey, 0, 1.2) ** 0.82
    grey += 0.9 * (grey - ndimage.gaussian_filter(grey, 4.0))
    big = np.asarray(ndimage.zoom(grey.astype(np.float32), 2, order=1))
    noise = np.random.default_rng(seed).standard_normal(big.shape, dtype=np.float32)
    big += 0.010 * ndimage.gaussian_filter(noise, 0.6)
    return np.clip(big, 0, 1).astype(np.float32)
