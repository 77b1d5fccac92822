"""A lumbar spine on sagittal planes: vertebrae, discs, thecal sac with its roots, and what lies around them.

Coordinates in mm: x to the left, y to the back, z up, 0 at the disc between the third and fourth lumbar vertebra.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from readingroom.demo.shapes import Profile
from readingroom.demo.texture import Field, Floats

Paint = Callable[..., None]

_BACK = Profile(
    (120, -2), (80, 4), (40, 0), (0, -8), (-35, -12), (-70, -4), (-95, 16), (-130, 42), smooth_mm=44
)  # fmt: skip
# Middles of T11 to S2 with half their height (mm).
_LEVELS = ((136, 12), (107, 12.5), (77, 13), (46, 13.5), (14, 13.8), (-19, 14), (-53, 14), (-84, 12), (-110, 10))
HERNIATED = (-36.0, 7.5)  # height of the disc L4/L5, depth of the bulge (mm)

T1 = {
    "air": 8.0, "skin": 260.0, "fat": 980.0, "muscle": 330.0, "marrow": 520.0, "cortex": 60.0, "disc": 300.0,
    "dry disc": 270.0, "csf": 130.0, "cord": 430.0, "vessel": 40.0, "belly": 420.0, "ligament": 90.0,
}  # fmt: skip
T2 = {
    "air": 8.0, "skin": 240.0, "fat": 760.0, "muscle": 170.0, "marrow": 380.0, "cortex": 40.0, "disc": 620.0,
    "dry disc": 170.0, "csf": 1150.0, "cord": 420.0, "vessel": 35.0, "belly": 380.0, "ligament": 60.0,
}  # fmt: skip


class Lumbar:
    """One person's lumbar spine."""

    def __init__(self, seed: int) -> None:
        box = ((-60.0, -130.0, -190.0), (60.0, 130.0, 190.0))
        self._fine, self._broad = Field(seed, 4.0, *box), Field(seed + 1, 16.0, *box)

    def plane(
        self, x_mm: float, ys: Floats, zs: Floats, tables: tuple[dict[str, float], ...]
    ) -> list[NDArray[np.float32]]:
        """One sagittal plane (rows z falling, columns y) as often as there are signal tables."""
        y, z = np.broadcast_arrays(ys[None, :].astype(np.float32), zs[:, None].astype(np.float32))
        spots = (np.full(y.shape, x_mm, np.float32), y.copy(), z.copy())
        fine, broad = self._fine.at(*spots), self._broad.at(*spots)
        streak = self._broad.at(spots[0], spots[1] * 1.6, spots[2] * 0.30)
        back = np.interp(z, np.arange(-190, 191, 2.0), [_BACK(float(h)) for h in np.arange(-190, 191, 2.0)])
        images = [np.full(y.shape, table["air"], np.float32) for table in tables]

        def paint(tissue: str, distance: Floats, soft: float = 0.9) -> None:
            cover = np.clip(0.5 - distance / soft, 0, 1)
            for image, table in zip(images, tables, strict=True):
                image += cover * (table[tissue] - image)

        skin = np.maximum(y - 86 - 4 * np.sin(z / 60), -y - 118)
        paint("skin", skin)
        paint("fat", skin + 2.2)
        self._around(x_mm, y, z, y - back, fine, broad, streak, paint)
        self._column(x_mm, z, y - back, fine, broad, paint)
        return [image * (1 + 0.05 * broad + 0.02 * fine) for image in images]

    @staticmethod
    def _around(
        x: float, y: Floats, z: Floats, deep: Floats, fine: Floats, broad: Floats, streak: Floats, paint: Paint
    ) -> None:
        paint("muscle", np.maximum(np.maximum(deep - 62 - 5 * broad, 22 - deep + (24 if abs(x) < 8 else 0)), 0 * y - 1))
        paint("fat", np.maximum(np.abs(streak) * 7 - 0.7, np.maximum(deep - 62, 20 - deep)), 1.6)
        belly = np.maximum(deep + 52 + 4 * broad, -y - 98)
        paint("belly", belly)
        paint("fat", np.maximum((0.55 - broad - 0.25 * fine) * 6, belly + 1), 3.0)
        paint("air", np.maximum((1.15 + broad) * 9, belly + 8), 1.2)
        if abs(x - 6) < 9:
            paint(
                "vessel",
                np.maximum(np.abs(deep + 47 + 0.02 * z) - 8.5 * np.sqrt(max(0.0, 1 - ((x - 6) / 9) ** 2)), -z - 60),
            )

    def _column(self, x: float, z: Floats, deep: Floats, fine: Floats, broad: Floats, paint: Paint) -> None:
        wide = abs(x)
        canal_half = 8.5 * np.sqrt(max(0.0, 1 - (wide / 12.5) ** 2))
        for n, (height, half) in enumerate(_LEVELS):
            self._vertebra(n, height, half, x, z, deep, fine, paint)
        for n in range(len(_LEVELS) - 1):
            below = _LEVELS[n + 1]
            top, low = _LEVELS[n][0] - _LEVELS[n][1], below[0] + below[1]
            self._disc((top + low) / 2, (top - low) / 2, wide, z, deep, fine, paint)
        if canal_half > 0:
            bulge = HERNIATED[1] * np.exp(-(((z - HERNIATED[0]) / 5.5) ** 2)) * float(np.exp(-(((x - 2) / 9) ** 2)))
            front = np.maximum(1.2 + bulge, 1.2)
            sac = np.maximum(front - deep, deep - 2.0 - 2 * canal_half)
            sac = np.maximum(sac, -112 - z)
            paint("fat", np.maximum(np.maximum(0.6 - deep, deep - 5.5 - 2 * canal_half), -125 - z))
            paint("ligament", np.abs(deep - front + 0.3) - 0.8 + 20 * (z < -112))
            paint("csf", sac)
            cord = np.hypot((deep - canal_half - 1.5) / 3.6, wide / 4.5) * 3.6 - 3.6
            tip = np.maximum(cord + np.clip((70 - z) / 8, 0, 5), 58 - z)
            paint("cord", tip)
            roots = np.abs(np.sin((deep + 0.06 * z) * 1.5 + 0.5 * broad)) * 2.2 - 0.32
            paint("cord", np.maximum(np.maximum(roots, sac + 0.8), np.maximum(z - 62, canal_half + 1.0 - deep)))

    @staticmethod
    def _vertebra(
        n: int, height: float, half: float, x: float, z: Floats, deep: Floats, fine: Floats, paint: Paint
    ) -> None:
        wide = abs(x)
        lean = (0.0, 0.02, 0.05, 0.06, 0.02, -0.06, -0.22, -0.55, -0.60)[n]
        v = z - height + lean * (deep + 17)
        depth = 17.0 * np.sqrt(max(0.05, 1 - (wide / 27.0) ** 2.6)) * (0.75 if n > 6 else 1.0)
        waist = 1.4 * (1 - (v / half) ** 2)
        if wide < 26:
            body = np.maximum(
                np.abs(deep + 17.5) - depth - 0.8 + waist, np.abs(v) - half + 0.020 * (deep + 17.5) ** 2 / 4 - 0.8
            )
            paint("cortex", body)
            paint("marrow", body + 1.4)
            if wide < 4:
                paint("csf", np.hypot((deep + 2.5) / 3.2, v / 1.1) * 2 - 2)
        if wide < 5 and n < 7:
            blade = np.maximum(
                np.abs(v + 7 + 0.28 * (deep - 34)) - 8.5 + 0.02 * (deep - 34) ** 2, np.abs(deep - 35) - 14
            )
            paint("cortex", blade)
            paint("marrow", blade + 1.2)
        if 8 < wide < 20 and n < 7:
            pedicle = np.maximum(np.abs(v - 4) - 6.5, np.abs(deep - 6) - 8)
            joint = np.hypot((deep - 20) / 8, (v + 12) / 14) * 9 - 9
            for part in (joint, pedicle):
                paint("cortex", part)
                paint("marrow", part + 1.4)

    @staticmethod
    def _disc(middle: float, half: float, wide: float, z: Floats, deep: Floats, fine: Floats, paint: Paint) -> None:
        if wide >= 26:
            return
        herniated = abs(middle - HERNIATED[0]) < 4
        depth = 17.8 * np.sqrt(max(0.05, 1 - (wide / 26.5) ** 2.6))
        reach = np.abs(deep + 17.5) - depth
        if herniated:
            reach = np.minimum(
                reach, np.hypot((deep - 0.5) / HERNIATED[1], (z - middle) / 5.0) * 5 - 5 + 2.0 * (wide > 9)
            )
        disc = np.maximum(
            reach, np.abs(z - middle) - half - 0.6 - 0.012 * (22 - np.abs(deep + 17.5)).clip(0, 22) ** 1.5
        )
        paint("ligament", disc)
        paint("dry disc", disc + 1.0)
        if not herniated and middle > -60:
            paint(
                "disc",
                np.maximum(np.hypot((deep + 16.5) / 12.5, (z - middle) / (half + 0.6)) * 4 - 4, disc + 1.2)
                + 0.3 * fine,
            )
