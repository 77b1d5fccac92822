"""Trees of vessels and airways, and the great vessels of the chest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readingroom.demo.shapes import Tubes, smooth_path

Path = NDArray[np.float64]


def grow(
    root: NDArray[np.float64],
    heading: NDArray[np.float64],
    targets: NDArray[np.float64],
    tip_mm: float,
    root_mm: float,
    seed: int,
) -> tuple[Tubes, NDArray[np.float64]]:
    """A tree from root (3,) that reaches every target (n, 3); radii follow Murray's law between tip and root.

    Answers the tubes and the nodes (m, 4: x, y, z, radius in mm).
    """
    random = np.random.default_rng(seed)
    stem = root + heading[None, :] * np.linspace(0, 1, 4)[:, None]
    places, parents = [*stem], [-1, 0, 1, 2]
    length = [0.0, *np.cumsum(np.full(3, np.linalg.norm(heading) / 3))]
    order = _order(root, targets, random)
    tips: list[int] = []
    for target in targets[order]:
        cloud = np.asarray(places)
        away = target - cloud
        gap = np.linalg.norm(away, axis=1)
        best = int(np.argmin(gap + 0.22 * np.asarray(length)))
        if gap[best] < 2.0:
            continue
        start = cloud[best]
        course = start - cloud[parents[best]] if parents[best] >= 0 else heading
        course = course / (np.linalg.norm(course) + 1e-9)
        steps = max(2, int(gap[best] / 4.5))
        t = np.linspace(0, 1, steps + 1)[1:, None]
        bend = course * gap[best] * 0.30 + random.normal(0, 0.035 * gap[best], 3)
        way = start + (target - start) * t + bend * (t * (1 - t) ** 2 * 2.6)
        last = best
        for point in way:
            parents.append(last)
            length.append(length[last] + float(np.linalg.norm(point - places[last])))
            places.append(point)
            last = len(places) - 1
        tips.append(last)
    return _tubes(np.asarray(places), np.asarray(parents), tips, tip_mm, root_mm)


def _order(root: Path, targets: Path, random: np.random.Generator) -> NDArray[np.intp]:
    """Near targets before far ones, but a few of the farthest first, so that the main branches run long and straight."""
    near = np.argsort(np.linalg.norm(targets - root, axis=1) * random.uniform(0.85, 1.0, len(targets)))
    return np.concatenate([near[::-1][: len(near) // 9], near])


def _tubes(
    places: NDArray[np.float64], parents: NDArray[np.intp], tips: list[int], tip_mm: float, root_mm: float
) -> tuple[Tubes, NDArray[np.float64]]:
    flow = np.zeros(len(places))
    flow[tips] = 1.0
    for n in range(len(places) - 1, 0, -1):
        flow[parents[n]] += flow[n]
    power = np.log(max(flow[0], 2.0)) / np.log(root_mm / tip_mm)
    radius = tip_mm * np.maximum(flow, 1.0) ** (1 / power)
    nodes = np.column_stack([places, radius])
    a, b = nodes[parents[1:]].astype(np.float32), nodes[1:].astype(np.float32)
    # A branch leaves its parent with its own width, not its parent's.
    return Tubes(a[:, :3], b[:, :3], np.minimum(a[:, 3], b[:, 3] * 1.25), b[:, 3]), nodes


def without(tubes: Tubes, centre: NDArray[np.float64], clear_mm: float) -> Tubes:
    """The tubes that keep clear of a point."""
    middle = (tubes.start + tubes.end) / 2
    keep = np.linalg.norm(middle - centre[None, :].astype(np.float32), axis=1) > clear_mm
    return Tubes(tubes.start[keep], tubes.end[keep], tubes.start_mm[keep], tubes.end_mm[keep])


def joined(*parts: Tubes) -> Tubes:
    """All tubes together."""
    return Tubes(
        np.vstack([p.start for p in parts]), np.vstack([p.end for p in parts]),
        np.concatenate([p.start_mm for p in parts]), np.concatenate([p.end_mm for p in parts]),
    )  # fmt: skip


def _course(*points: tuple[float, float, float, float]) -> Path:
    return smooth_path(np.array(points, float), 4.0)


@dataclass(frozen=True, slots=True)
class GreatVessels:
    """Tubes of blood by name, and the air of the large airways."""

    arteries: Tubes
    veins: Tubes
    pulmonary: Tubes
    airways: Tubes
    oesophagus: Tubes


def great_vessels() -> GreatVessels:
    """The large vessels and airways of the chest and upper abdomen, body coordinates in mm."""
    aorta = _course(
        (4, -24, -58, 13), (-6, -30, -42, 16), (-13, -31, -20, 15.5), (-13, -28, 8, 15), (-6, -18, 29, 14.5),
        (8, 0, 38, 14), (21, 19, 34, 13.5), (28, 32, 18, 13), (28, 36, -6, 12.5), (27, 36, -50, 12),
        (22, 30, -100, 11.5), (12, 20, -150, 11), (5, 11, -200, 10), (3, 3, -260, 9), (2, 4, -300, 8.5),
    )  # fmt: skip
    brachiocephalic = _course((-8, -18, 38, 6.5), (-14, -12, 55, 6.5), (-22, -6, 76, 6), (-30, -6, 95, 4.5))
    carotid_right = _course((-24, -8, 78, 4), (-27, -8, 110, 3.6), (-28, -4, 165, 3.6))
    subclavian_right = _course((-24, -5, 78, 5), (-48, -2, 94, 4.6), (-85, -14, 100, 4.2), (-130, 2, 104, 4))
    carotid_left = _course((4, -8, 44, 4), (10, -5, 64, 4), (22, -8, 100, 3.6), (27, -4, 165, 3.6))
    subclavian_left = _course(
        (16, 4, 44, 5.2), (22, 6, 66, 5), (30, 4, 86, 5), (52, -2, 97, 4.6), (90, -14, 102, 4.2), (130, 2, 106, 4)
    )
    iliac = _course((2, 5, -302, 6), (18, 10, -340, 5.5), (42, 18, -380, 5))
    iliac_right = _course((2, 5, -302, 6), (-16, 10, -340, 5.5), (-42, 18, -380, 5))
    coeliac = _course((9, 10, -176, 3.4), (8, -6, -172, 3.4), (-14, -12, -168, 3), (-34, -14, -160, 2.6))
    splenic = _course((8, -6, -172, 3), (30, 4, -164, 2.8), (60, 22, -160, 2.6), (80, 32, -156, 2.4))
    mesenteric = _course((7, 8, -190, 3.6), (5, -10, -205, 3.6), (2, -18, -250, 3.2), (-4, -26, -300, 2.4))
    renal = _course((8, 12, -204, 3), (30, 24, -206, 2.8), (48, 34, -206, 2.4))
    renal_right = _course((4, 12, -206, 3), (-28, 26, -212, 2.8), (-48, 36, -214, 2.4))
    arteries = Tubes.along(
        aorta, brachiocephalic, carotid_right, subclavian_right, carotid_left, subclavian_left, iliac, iliac_right,
        coeliac, splenic, mesenteric, renal, renal_right,
    )  # fmt: skip
    return GreatVessels(arteries, _veins(), _pulmonary(), _airways(), _oesophagus())


def _veins() -> Tubes:
    cava = _course((-33, -12, 58, 8.5), (-35, -12, 20, 9.5), (-34, -12, -20, 10), (-30, -16, -45, 11))
    innominate = _course((-33, -14, 58, 8), (-10, -30, 62, 7), (16, -28, 74, 6.5), (30, -20, 92, 5.5))
    innominate_right = _course((-33, -12, 58, 7.5), (-34, -14, 80, 7), (-40, -16, 98, 6))
    jugular = _course((30, -18, 94, 5), (34, -8, 125, 5.5), (38, 0, 165, 6))
    jugular_right = _course((-40, -16, 98, 6), (-38, -8, 125, 6.5), (-39, 0, 165, 7))
    lower = _course(
        (-26, -10, -80, 12), (-26, 2, -110, 11.5), (-24, 10, -150, 11), (-20, 12, -200, 11), (-18, 8, -260, 10),
        (-16, 10, -305, 9.5),
    )  # fmt: skip
    azygos = _course(
        (-33, -2, 14, 3.6), (-30, 16, 20, 3.8), (-16, 34, 10, 3.6), (-8, 36, -20, 3.2), (-8, 32, -110, 2.8)
    )
    portal = _course(
        (0, -16, -214, 6.5), (-14, -10, -200, 6.8), (-34, -10, -178, 6.5), (-46, -8, -160, 6), (-62, 0, -150, 5)
    )
    splenic = _course((-2, -14, -210, 4.6), (24, 0, -186, 4.5), (56, 22, -170, 4), (80, 34, -160, 3.4))
    mesenteric = _course((-4, -16, -214, 5), (-8, -22, -255, 4.5), (-12, -30, -310, 3))
    iliac = _course((-16, 10, -303, 7), (10, 18, -340, 6.5), (44, 24, -385, 6))
    iliac_right = _course((-16, 10, -303, 7), (-26, 18, -340, 6.5), (-46, 24, -385, 6))
    renal = _course((-18, 8, -204, 4), (8, -4, -203, 3.8), (34, 20, -204, 3.8), (50, 32, -204, 3))
    return Tubes.along(
        cava, innominate, innominate_right, jugular, jugular_right, lower, azygos, portal, splenic, mesenteric,
        iliac, iliac_right, renal,
    )  # fmt: skip


def _pulmonary() -> Tubes:
    trunk = _course((14, -52, -52, 13), (16, -48, -36, 13.5), (17, -38, -18, 13.5), (18, -24, -8, 12.5))
    left = _course((18, -24, -8, 12), (30, -8, -4, 11), (42, 8, -6, 9.5), (50, 16, -16, 7.5), (54, 20, -34, 6))
    right = _course(
        (17, -24, -10, 11.5), (2, -10, -10, 10.5), (-22, 0, -13, 10), (-42, 4, -16, 8.5), (-52, 10, -32, 6.5)
    )
    right_up = _course((-30, 1, -12, 6.5), (-46, -4, 2, 5), (-56, -8, 16, 3.8))
    veins_right = _course((-10, 10, -44, 8), (-30, 8, -42, 6.5), (-48, 0, -34, 5), (-56, -12, -18, 3.8))
    veins_right_low = _course((-10, 14, -50, 8), (-32, 20, -58, 6), (-50, 28, -70, 4.6))
    veins_left = _course((22, 8, -40, 8), (38, -2, -32, 6.5), (50, -16, -20, 4.8), (58, -26, -6, 3.6))
    veins_left_low = _course((24, 14, -50, 7.5), (42, 22, -60, 6), (56, 32, -72, 4.6))
    return Tubes.along(trunk, left, right, right_up, veins_right, veins_right_low, veins_left, veins_left_low)


def _airways() -> Tubes:
    trachea = _course((0, -8, 185, 8.5), (0, -4, 120, 8.8), (-1, 4, 60, 9), (0, 10, 18, 9.5), (1, 12, 2, 10))
    right = _course((-2, 12, 3, 8.2), (-16, 13, -8, 7.6), (-34, 13, -22, 6.4), (-44, 14, -40, 5.2), (-52, 20, -62, 4.2))
    right_up = _course((-24, 13, -13, 5), (-44, 10, -8, 4.4), (-58, 4, 6, 3.2))
    right_middle = _course((-44, 14, -40, 3.8), (-54, -4, -54, 3), (-66, -28, -64, 2.2))
    left = _course((3, 12, 3, 7.6), (20, 14, -9, 7), (40, 16, -22, 6), (50, 20, -34, 5), (58, 28, -62, 4))
    left_up = _course((44, 17, -25, 4.8), (56, 4, -20, 4), (64, -10, -4, 3))
    lingula = _course((56, 4, -20, 3.4), (68, -18, -36, 2.6), (76, -38, -56, 1.9))
    return Tubes.along(trachea, right, right_up, right_middle, left, left_up, lingula)


def _oesophagus() -> Tubes:
    return Tubes.along(
        _course(
            (3, 12, 150, 6), (5, 22, 80, 6.5), (5, 27, 20, 6.5), (6, 28, -30, 6.5), (10, 22, -90, 7), (20, 8, -128, 7.5),
            (36, -2, -146, 9),
        )
    )  # fmt: skip
