"""Bones of the trunk: vertebrae, ribs that run obliquely round the cage, sternum, clavicles, shoulder blades."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readingroom.demo.shapes import Profile, Sheet, Tubes, smooth_path
from readingroom.demo.texture import Floats
from readingroom.demo.wall import ANGLES, Rounds, Wall

# Centres of the vertebral bodies, C5 to L5.
VERTEBRAE_Z = (
    159.0, 143.0, 126.0, 108.0, 88.0, 67.0, 46.0, 24.0, 1.0, -23.0, -47.0, -71.0, -96.0, -122.0, -149.0, -178.0,
    -209.0, -241.0, -274.0, -307.0,
)  # fmt: skip
FIRST_THORACIC = 3

SPINE_Y = Profile(
    (180, 6), (150, 14), (110, 27), (60, 41), (0, 48), (-60, 48), (-120, 43), (-180, 35), (-240, 27), (-300, 26),
    (-360, 44), smooth_mm=60,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rib:
    """One pair: height at the spine (mm), fall to its bony end (mm), angle of that end, half height and thickness."""

    top_mm: float
    fall_mm: float
    end: float
    tall_mm: float
    thick_mm: float

    def height(self, angle: NDArray[np.floating]) -> NDArray[np.floating]:
        """z (mm) of the rib's middle at an angle: level at the back, then falling, rising a little in front."""
        turn = np.clip(angle / np.pi, 0, 1)
        return np.asarray(self.top_mm + 5 * np.sin(turn * np.pi) ** 2 * (turn < 0.3) - self.fall_mm * turn**1.25 * 1.15)


RIBS = tuple(
    Rib(VERTEBRAE_Z[FIRST_THORACIC + n] + 9.0, fall, np.radians(end), tall, thick)
    for n, (fall, end, tall, thick) in enumerate(
        (
            (38, 148, 5.6, 4.0), (60, 152, 5.2, 3.6), (76, 152, 5.4, 3.5), (88, 151, 5.5, 3.5), (98, 150, 5.6, 3.5),
            (108, 149, 5.7, 3.6), (116, 146, 5.8, 3.7), (124, 138, 5.8, 3.7), (134, 130, 5.7, 3.6),
            (144, 120, 5.6, 3.5), (146, 95, 5.2, 3.2), (110, 60, 4.8, 3.0),
        )
    )
)  # fmt: skip

_CLAVICLE = smooth_path(
    np.array([
        (20, -70, 78, 8.5), (45, -78, 86, 6.5), (80, -66, 94, 5.5), (115, -38, 101, 5.8), (146, -14, 104, 7.0)
    ], float), 3.0
)  # fmt: skip


def mirrored(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """The path on the other side of the body."""
    return np.asarray(path * np.array([-1.0, *([1.0] * (path.shape[1] - 1))]))


CLAVICLES = Tubes.along(_CLAVICLE, mirrored(_CLAVICLE) + np.array([0, 0, 3.0, 0]))


def _shell(sheet: Sheet, box: tuple[slice, slice] | None, inside: Floats, cortex_mm: float, marrow: Floats | float,
           cortex: float = 950.0) -> None:  # fmt: skip
    """A bone: cortex of a given thickness around marrow."""
    sheet.paint(inside, cortex, box)
    sheet.paint(inside + cortex_mm, marrow, box)


def paint_ribs(sheet: Sheet, rounds: Rounds, cage: Floats, fine: Floats) -> None:
    """Ribs as they cross a plane: moving oval segments with cortex and marrow; cartilage in front."""
    band = np.abs(cage - 4.0) < 9.0
    rows, columns = np.nonzero(band)
    if not len(rows):
        return
    across = (cage[rows, columns] - 4.0).astype(np.float32)
    angle = rounds.angle[rows, columns] + np.where(rounds.left[rows, columns], 0.012, -0.012)
    values = sheet.values[rows, columns]
    grain = fine[rows, columns]
    for rib in RIBS:
        # The distance in the cage's surface shrinks with the rib's slope, about 0.8 on average.
        along = (sheet.z - rib.height(angle)) * 0.84
        near = np.flatnonzero(np.abs(along) < rib.tall_mm + 3)
        if not len(near):
            continue
        oval = np.hypot(across[near] / rib.thick_mm, along[near] / rib.tall_mm) - 1
        inside = (oval * rib.thick_mm * 1.15).astype(np.float32)
        past = (angle[near] - rib.end) * 90.0
        bone = np.maximum(inside, past)
        soft = sheet.soft_mm
        part = np.clip(0.5 - bone / soft, 0, 1)
        here = values[near]
        here += part * (820.0 - here)
        part = np.clip(0.5 - (bone + 1.1) / soft, 0, 1)
        here += part * (290.0 + 60.0 * grain[near] - here)
        if rib.tall_mm > 5.3 and rib.end > 2.0:
            part = np.clip(0.5 - np.maximum(inside, -past) / soft, 0, 1) * np.clip(1 - (past - 40) / 6, 0, 1)
            here += part * (105.0 + 10 * grain[near] - here)
        values[near] = here
    sheet.values[rows, columns] = values


def paint_spine(sheet: Sheet, fine: Floats) -> None:
    """Vertebral body or disc, canal with cord, pedicles, laminae, transverse and spinous processes."""
    heights = np.array(VERTEBRAE_Z)
    n = int(np.argmin(np.abs(heights - sheet.z)))
    gaps = -np.diff(heights)
    tall = float(gaps[min(n, len(gaps) - 1)])
    t = (sheet.z - heights[n]) / tall
    lumbar = float(np.clip((n - FIRST_THORACIC) / 16.0, -0.1, 1))
    across, deep, middle = 14.5 + 9.0 * lumbar, 12.0 + 5.5 * lumbar, SPINE_Y(sheet.z)
    box = sheet.box(-55, 55, middle - 30, middle + 75)
    if box is None:
        return
    x, y = sheet.place(box)
    y = y - middle
    waist = 1.0 - 0.09 * np.cos(2 * np.pi * min(abs(t), 0.5))
    body = (np.hypot(x / (across * waist), y / (deep * waist)) - 1) * deep
    body = np.maximum(body, (y - deep * 0.8) - 2.5 * np.exp(-((x / 8) ** 2)))
    grain = fine[box]
    back = deep + 8.5
    canal = np.hypot(x / (8.5 + 3 * lumbar), (y - back) / 7.8)
    canal = ((canal - 1) * 8.0).astype(np.float32)
    ring = np.maximum(canal - 5.0 - 1.5 * np.exp(-(((np.abs(x) - 10) / 5) ** 2)), 0.0 - (y - back + 5.0))
    sheet.paint(np.asarray(np.hypot(x / (across + 3), y / (deep + 2)) * 20 - 20, np.float32), -40.0, box)
    if abs(t) < 0.43:
        endplate = abs(t) > 0.38
        _shell(sheet, box, body.astype(np.float32), 1.3, 420.0 if endplate else 185.0 + 38.0 * grain, 640.0)
    else:
        sheet.paint((body + 0.5).astype(np.float32), 85.0 + 8 * grain, box)
    if t > -0.30:
        _shell(sheet, box, ring.astype(np.float32), 1.6, 300.0 + 40 * grain, 800.0)
    if -0.05 < t < 0.36:
        pedicle = np.maximum(np.abs(np.abs(x) - (10.5 + 3.5 * lumbar)) - 3.6, np.abs(y - back + 4) - 8.0)
        _shell(sheet, box, pedicle.astype(np.float32), 1.3, 330.0 + 40 * grain, 780.0)
    sheet.paint(canal, -30.0, box)
    sheet.paint((canal + 1.5).astype(np.float32), 12.0, box)
    cord = (np.hypot(x / 6.0, (y - back + 0.5) / 4.4) - 1) * 5
    if sheet.z > -190:
        sheet.paint(cord.astype(np.float32), 42.0, box)
    _processes(sheet, n, lumbar, grain, box)


def _processes(sheet: Sheet, nearest: int, lumbar: float, grain: Floats, box: tuple[slice, slice]) -> None:
    x, y = sheet.place(box)
    for n in range(max(0, nearest - 2), min(len(VERTEBRAE_Z), nearest + 2)):
        z = VERTEBRAE_Z[n]
        middle = SPINE_Y(z)
        back = middle + 12 + 5.5 * lumbar + 8.5
        drop = 30 - 26 * max(lumbar, 0)
        # A spinous process is a blade: thin across, tall, sloping down as it runs back.
        run = np.clip((y - back - 8) / 30.0, 0, 1)
        blade_z = sheet.z - (z - 2 - drop * run)
        tall = 5.0 + 6.0 * max(lumbar, 0)
        blade = np.maximum(
            np.maximum(np.abs(x) - 2.6 - 1.6 * (run > 0.85), abs(blade_z) - tall),
            np.maximum(back + 8 - y, y - back - 38),
        )
        if np.min(blade) < 1:
            _shell(sheet, box, blade.astype(np.float32), 1.2, 260.0 + 40 * grain, 720.0)
        side = np.abs(x)
        rod = np.clip((side - 12) / 24.0, 0, 1)
        course = back - 2 + 9 * rod * (1 - 1.2 * lumbar)
        past = np.maximum(side - 33 + 6 * lumbar, 0) + np.maximum(12 - side, 0)
        wing = np.sqrt((y - course) ** 2 + (sheet.z - (z + 3 + 3 * rod)) ** 2 + past**2) - 5.4 + 1.2 * rod
        if np.min(wing) < 1:
            _shell(sheet, box, wing.astype(np.float32), 1.3, 280.0 + 40 * grain, 720.0)


def paint_sternum(sheet: Sheet, wall: Wall, fine: Floats) -> None:
    """Manubrium and body of the sternum in front of the cage."""
    if not -110 < sheet.z < 82:
        return
    front = -float(wall.cage(sheet.z)[-1]) - 5.0
    wide = float(np.interp(sheet.z, (-110, -95, -60, 20, 32, 45, 70, 82), (3, 8, 17, 14, 18, 26, 30, 24)))
    box = sheet.box(-wide - 3, wide + 3, front - 9, front + 9)
    if box is None:
        return
    x, y = sheet.place(box)
    plate = np.maximum(np.abs(x) - wide, np.abs(y - front - 0.004 * x * x) - 5.2)
    rounded = np.hypot(np.maximum(np.abs(x) - wide + 4, 0), np.maximum(np.abs(y - front - 0.004 * x * x) - 1.4, 0)) - 4
    inside = np.maximum(plate, rounded).astype(np.float32)
    if abs(sheet.z - 31) < 1.2:
        sheet.paint(inside, 110.0, box)
    else:
        _shell(sheet, box, inside, 1.1, 190.0 + 45 * fine[box], 620.0)


def paint_shoulders(sheet: Sheet, rounds: Rounds, cage: Floats, fine: Floats) -> None:
    """Shoulder blades behind the ribs, their spines, the clavicles and the heads of the arm bones."""
    z = sheet.z
    if -66 < z < 112:
        low = np.radians(float(np.interp(z, (-66, -40, 60, 112), (58, 46, 44, 56))))
        high = np.radians(float(np.interp(z, (-66, -40, 30, 112), (62, 80, 88, 92))))
        bow = 17.0 + 3.0 * np.sin((rounds.angle - low) / (high - low + 1e-3) * np.pi)
        edge = np.maximum(low - rounds.angle, rounds.angle - high) * 95.0
        thick = 1.7 + 2.6 * np.exp(-((edge / 6.0) ** 2)) + (3.0 if z > 85 else 0.0)
        plate = np.maximum(np.abs(cage - bow) - thick, edge).astype(np.float32)
        _shell(sheet, None, plate, 1.1, 260.0 + 40 * fine, 760.0)
        if 40 < z < 105:
            rise = np.interp(rounds.angle, (low, high + 0.25), (52, 100))
            ridge = np.maximum(np.abs(z - rise) - 5.0, np.abs(cage - bow - 11) - 11.0)
            ridge = np.maximum(ridge, np.maximum(low + 0.1 - rounds.angle, rounds.angle - high - 0.2) * 95.0)
            _shell(sheet, None, ridge.astype(np.float32), 1.3, 280.0 + 40 * fine, 760.0)
    covered = np.zeros_like(sheet.values)
    CLAVICLES.cover(sheet, covered)
    if covered.any():
        sheet.blend(covered, 840.0)
        inner = np.zeros_like(sheet.values)
        CLAVICLES.thicker(-2.0).cover(sheet, inner)
        sheet.blend(inner, 300.0 + 50 * fine)
    for side in (-1.0, 1.0):
        head = sheet.ellipsoid((side * 158.0, 8.0, 112.0), (23.0, 23.0, 24.0))
        if head is not None:
            _shell(sheet, head[0], head[1], 1.4, 230.0 + 40 * fine[head[0]], 800.0)


def rib_path(wall: Wall, rib: Rib, left: bool) -> NDArray[np.float64]:
    """The middle of one rib from spine to its bony end: rows of x, y, z (mm)."""
    angles = np.linspace(np.radians(12), rib.end, 80)
    heights = rib.height(angles)
    radii = np.array([np.interp(a, ANGLES, wall.cage(float(h))) + 4.0 for a, h in zip(angles, heights, strict=True)])
    sign = 1.0 if left else -1.0
    return np.stack([sign * radii * np.sin(angles), radii * np.cos(angles), heights], axis=1)
