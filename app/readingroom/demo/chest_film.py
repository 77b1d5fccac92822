"""A frontal chest film of the same trunk that the CT shows: soft tissue summed, bones and vessels drawn sharp."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from readingroom.demo.shadows import Film, Path, hollow
from readingroom.demo.shapes import smooth_path
from readingroom.demo.skeleton import FIRST_THORACIC, RIBS, VERTEBRAE_Z, mirrored, rib_path
from readingroom.demo.texture import Field, Floats
from readingroom.demo.thorax import HEART_AXIS, ramp
from readingroom.demo.torso import Torso
from readingroom.demo.wall import ANGLES, Build


@dataclass(frozen=True, slots=True)
class Opacity:
    """Lung that is not aerated: centre (x, z) and radii in body mm, thickness (mm), how patchy (0 to 1)."""

    centre: tuple[float, float]
    radii: tuple[float, float]
    thick_mm: float
    patchy: float = 0.5


@dataclass(frozen=True, slots=True)
class Chest:
    """Who is on the film: build, seed, opacities, and whether a pacemaker or an effusion is seen."""

    build: Build
    seed: int
    opacities: tuple[Opacity, ...] = ()
    effusion_mm: float = 0.0
    pacemaker: bool = False


def chest_film(chest: Chest, film: Film) -> NDArray[np.float32]:
    """Millimetres of water that weaken the beam as much, at each pixel of the film."""
    torso = Torso(chest.build, chest.seed)
    water = _soft(torso, film)
    lung = _vessels(torso, film)
    water += 0.80 * lung
    for opacity in chest.opacities:
        _add_opacity(film, opacity, water)
    if chest.build.female:
        _add_breasts(film, water)
    if chest.effusion_mm:
        _add_effusion(film, chest.effusion_mm, water)
    # Bone weakens the beam more than its density says: the photoelectric part.
    water += 2.9 * _bones(torso, film)
    if chest.pacemaker:
        _add_pacemaker(film, water)
    return water


def _soft(torso: Torso, film: Film) -> NDArray[np.float32]:
    xs, ys = np.arange(-224, 225, 2.0, dtype=np.float32), np.arange(-128, 124, 3.0, dtype=np.float32)
    zs = np.arange(film.zs[0] + 4, film.zs[-1] - 5, -3.0)
    lines = [
        ((torso.plane(xs, ys, float(z), bones=False, vessels=False).values + 1000).sum(axis=0) * (3.0 / 1000))
        for z in zs
    ]
    coarse = ndimage.gaussian_filter(np.asarray(lines, np.float32), 0.55)
    rows, columns = (zs[0] - film.zs) / 3.0, (film.xs - xs[0]) / 2.0
    place = np.meshgrid(rows, columns, indexing="ij")
    return np.asarray(ndimage.map_coordinates(coarse, place, order=3, mode="nearest", output=np.float32))


def _vessels(torso: Torso, film: Film) -> NDArray[np.float32]:
    shadow = film.blank()
    for tubes in (torso.thorax.arteries, torso.thorax.veins):
        film.tubes(tubes, shadow)
    walls = film.blank()
    film.tubes(torso.thorax.bronchi.thicker(0.6), walls)
    air = film.blank()
    film.tubes(torso.thorax.bronchi, air)
    return np.asarray(ndimage.gaussian_filter(shadow + walls - air, 0.8), np.float32)


def _bones(torso: Torso, film: Film) -> NDArray[np.float32]:
    paths: list[Path] = []
    for rib in RIBS:
        for left in (False, True):
            path = rib_path(torso.wall, rib, left)
            taper = np.interp(np.arange(len(path)), (0, 12, len(path) - 8, len(path) - 1), (0.75, 1, 1, 1.12))
            if rib is RIBS[-1] or rib is RIBS[-2]:
                taper = taper * np.interp(np.arange(len(path)), (0, len(path) - 1), (1, 0.5))
            paths.append(np.column_stack([path, rib.tall_mm * taper]))
    bones = hollow(film, paths, 1.0, deep=0.52, marrow=0.22)
    clavicle = smooth_path(np.array([
        (17, -70, 76, 9.0), (40, -78, 84, 6.4), (78, -66, 92, 5.4), (118, -38, 98, 5.6), (152, -14, 102, 7.2)
    ], float), 3.0)  # fmt: skip
    bones += hollow(film, (clavicle, mirrored(clavicle) + np.array([0, 0, 2.0, 0])), 1.3, 0.8, 0.3)
    bones += _shoulders(film)
    bones += _spine(film)
    return np.asarray(ndimage.gaussian_filter(bones, 0.7), np.float32)


def _shoulders(film: Film) -> NDArray[np.float32]:
    edges = [
        smooth_path(np.array(points, float), 4.0)
        for points in (
            [(121, 80, 70, 2.6), (122, 80, 10, 2.4), (133, 80, -52, 3.4)],
            [(133, 80, -52, 3.2), (147, 60, 20, 3.2), (158, 40, 72, 4.2)],
            [(121, 80, 56, 2.4), (142, 70, 82, 3.2), (170, 40, 106, 4.6)],
            [(158, 30, 78, 3.8), (152, 0, 92, 3.6), (146, -20, 88, 3.2)],
        )
    ]
    arm = [smooth_path(np.array([(176, 10, 84, 22), (181, 10, 66, 17), (186, 10, 20, 12), (190, 10, -80, 11)], float))]
    shadow = hollow(film, [*edges, *map(mirrored, edges)], 1.1, 0.9, 0.3)
    shadow += hollow(film, [*arm, *map(mirrored, arm)], 2.6, 1.0, 0.22)
    for side in (-1, 1):
        blade = np.maximum(
            np.abs(side * film.xs[None, :] - (139 + 0.10 * film.zs[:, None]))
            - (14 + 0.16 * (film.zs[:, None] + 52)) * 0.5,
            np.maximum(-50 - film.zs[:, None], film.zs[:, None] - 74),
        )
        shadow += 1.5 * np.clip(0.5 - blade / 3.0, 0, 1)
    return shadow


def _spine(film: Film) -> NDArray[np.float32]:
    shadow = film.blank()
    x = film.xs[None, :]
    heights = np.array(VERTEBRAE_Z)
    gaps = -np.diff(heights, append=heights[-1] - 33)
    for n, (height, gap) in enumerate(zip(heights, gaps, strict=True)):
        lumbar = float(np.clip((n - FIRST_THORACIC) / 16.0, -0.1, 1))
        wide, tall = 14.5 + 9 * lumbar, gap * 0.42
        rows = film.box(-60, 60, height - gap * 1.7, height + gap)
        if rows is None:
            continue
        z = film.zs[rows[0]][:, None] - height
        part = shadow[rows[0]]
        waist = wide - 1.6 * np.cos(np.clip(z / tall, -1.2, 1.2) * np.pi / 2)
        box = np.maximum(np.abs(x) - waist, np.abs(z) - tall - 0.6 * (x / wide) ** 2)
        deep = np.sqrt(np.clip(1 - (x / (wide + 0.5)) ** 2, 0, 1)) * (24 + 10 * lumbar)
        part += np.clip(0.5 - box / 0.6, 0, 1) * (0.16 * deep)
        part += np.clip(1 - np.abs(box + 0.7) / 0.9, 0, 1) * (np.abs(x) < wide + 1) * 2.6
        for side in (-1, 1):
            ring = np.hypot((x - side * (10.5 + 3 * lumbar)) / 3.4, (z - 3) / 5.2)
            part += 2.2 * np.clip(1 - np.abs(ring - 0.85) / 0.3, 0, 1)
            wing = np.maximum(
                np.abs(z - 4 - 0.12 * np.abs(x)) - 4.2, np.maximum(12 - side * x, side * x - 33 + 6 * lumbar)
            )
            part += np.clip(0.5 - wing / 2.5, 0, 1) * 2.0
        drop = np.hypot(x / 3.6, (z + 16 - 10 * lumbar) / 8.5)
        part += 2.4 * np.clip(1 - np.abs(drop - 0.8) / 0.35, 0, 1) + 1.4 * np.clip(1 - drop, 0, 1)
    return shadow


def _add_opacity(film: Film, opacity: Opacity, water: NDArray[np.float32]) -> None:
    found = film.oval(opacity.centre, tuple(1.6 * r for r in opacity.radii))
    if found is None:
        return
    box, size = found
    cloud = Field(97, 13.0, (-250, 0, -350), (250, 1, 250))
    fine = Field(98, 5.0, (-250, 0, -350), (250, 1, 250))
    x, z = film.xs[box[1]], film.zs[box[0]]
    texture = cloud.on_sheet(x, z) + 0.5 * fine.on_sheet(x, z)
    strength = np.clip(1.25 - (size * 1.6) ** 1.5, 0, 1) * np.clip(1 + opacity.patchy * texture, 0.05, 2.0)
    water[box] += opacity.thick_mm * strength


def _add_breasts(film: Film, water: NDArray[np.float32]) -> None:
    for side in (-1, 1):
        found = film.oval((side * 84, -66), (68, 62), side * 0.2)
        if found is not None:
            box, size = found
            fall = np.clip((film.zs[box[0]][:, None] + 10) / -60.0, 0, 1)
            water[box] += 30 * np.sqrt(np.clip(1 - size**2, 0, 1)) * (0.25 + 0.75 * fall)


def _add_effusion(film: Film, deep_mm: float, water: NDArray[np.float32]) -> None:
    """Fluid in the left costophrenic angle with its meniscus."""
    x, z = film.xs[None, :], film.zs[:, None]
    level = -172 + deep_mm + 55 * np.clip((x - 84) / 50, 0, 1.2) ** 2.2
    cover = np.clip(0.5 - (z - level) / 5, 0, 1) * ramp((x - 40) / 45) * np.clip((136 - x) / 3, 0, 1)
    water += 52 * cover * ramp((z + 176) / 34)


def _add_pacemaker(film: Film, water: NDArray[np.float32]) -> None:
    case = film.oval((112, 52), (24, 20), 0.5)
    if case is not None:
        box, size = case
        water[box] += 130 * np.clip((1 - size) * 24, 0, 1) + 60 * np.clip((0.62 - size) * 12, 0, 1)
    lead = smooth_path(np.array([
        (104, -50, 66, 0.9), (84, -50, 92, 0.9), (40, -40, 88, 0.9), (-20, -20, 66, 0.9), (-33, -15, 20, 0.9),
        (-32, -18, -50, 0.9), (-4, -40, -104, 0.9), (46, -60, -114, 1.1)
    ], float), 3.0)  # fmt: skip
    shadow = film.blank()
    film.chain(lead, shadow, 1.0, tangent=False)
    water += 22 * shadow


def lead_letter(film: Film, letter: str, corner: tuple[float, float], tall_mm: float = 13.0) -> NDArray[np.float32]:
    """The lead letter that marks a side, as a mask; corner is its upper left (x, z)."""
    letters: dict[str, list[tuple[tuple[float, float], tuple[float, float]]]] = {
        "R": [((0, 0), (0, 1)), ((0, 0), (0.5, 0.03)), ((0.5, 0.03), (0.62, 0.25)), ((0.62, 0.25), (0.5, 0.47)),
              ((0.5, 0.47), (0, 0.5)), ((0.3, 0.5), (0.66, 1))],
        "L": [((0, 0), (0, 1)), ((0, 1), (0.6, 1))],
    }  # fmt: skip
    mask = film.blank()
    for a, b in letters[letter]:
        start, end = ((corner[0] + p[0] * tall_mm, corner[1] - p[1] * tall_mm) for p in (a, b))
        found = film.gap(start, end, 3.0)
        if found is not None:
            box, gap, _ = found
            np.maximum(mask[box], np.clip((1.3 - gap) / 0.3, 0, 1), out=mask[box])
    return mask


def developed(water: Floats, film: Film, seed: int) -> NDArray[np.float32]:
    """The film as the system presents it, 0 (black) to 1 (white), at twice the rows and columns."""
    beam = np.exp(-0.0165 * water) + 0.006
    grey = -np.log(beam)
    body = grey > 0.25
    levels = np.percentile(grey[body][::16], (1.0, 99.0))
    grey = (grey - levels[0]) / (levels[1] - levels[0] + 1e-6)
    broad = ndimage.zoom(ndimage.gaussian_filter(ndimage.zoom(grey, 0.125, order=1), 9), 8, order=1)
    broad = broad[: grey.shape[0], : grey.shape[1]]
    broad = np.pad(broad, ((0, grey.shape[0] - broad.shape[0]), (0, grey.shape[1] - broad.shape[1])), mode="edge")
    grey = 0.78 * grey + 0.95 * (grey - broad) * 0.55 + 0.10
    grey += 0.35 * (grey - ndimage.gaussian_filter(grey, 3.0))
    big = np.asarray(ndimage.zoom(grey.astype(np.float32), 2, order=1))
    noise = np.random.default_rng(seed).standard_normal(big.shape, dtype=np.float32)
    noise = ndimage.gaussian_filter(noise, 0.6)
    big += noise * (0.009 + 0.012 * np.clip(big, 0, 1))
    return np.clip(big, 0, 1).astype(np.float32)


def heart_and_chest_mm(build: Build) -> tuple[float, float]:
    """Greatest width of the heart's shadow and of the chest inside the ribs (mm)."""
    from readingroom.demo.wall import Wall

    def half(radii: tuple[float, float, float]) -> float:
        return float(np.sqrt(sum((r * axis[0]) ** 2 for r, axis in zip(radii, HEART_AXIS, strict=True))))

    left = max(20 + half((74, 50, 53)), 39 + half((56, 35, 35)))
    right = min(20 - half((74, 50, 53)), -30.0 - 26.0)
    wall = Wall(build)
    sides = [float(np.max(wall.cage(float(z)) * np.sin(ANGLES))) for z in range(-160, 20, 5)]
    return left - right, 2 * max(sides)
