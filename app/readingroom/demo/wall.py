"""The wall of the trunk: skin, fat, muscle and the cage that the ribs lie on, as radii around the body's axis.

Body coordinates in mm: x to the left, y to the back, z up, 0 at the carina. Angles are 0 at the back and pi in front.
"""

from dataclasses import dataclass

import numpy as np

from readingroom.demo.shapes import Profile, Sheet
from readingroom.demo.texture import Field, Floats

ANGLES = np.linspace(0, np.pi, 721)
_SIN, _COS = np.sin(ANGLES), np.cos(ANGLES)

BODY_LOW, BODY_HIGH = (-260.0, -170.0, -480.0), (260.0, 170.0, 220.0)


@dataclass(frozen=True, slots=True)
class Build:
    """What differs between people and between scans: fat (mm), chest depth, breath (mm the domes stand higher)."""

    fat_mm: float = 14.0
    scale: float = 1.0
    breath_mm: float = 0.0
    female: bool = False
    blood_hu: float = 165.0
    wall_seed: int = 11


def _oval(across: float, front: float, back: float, power: float) -> Floats:
    deep = np.where(_COS > 0, back, front)
    return np.asarray(((_SIN / across) ** power + (np.abs(_COS) / deep) ** power) ** (-1 / power), np.float32)


class Wall:
    """Radii of the cage and of the body at each height, and where a plane's pixels lie relative to them."""

    _cage_across = Profile(
        (128, 16),
        (116, 46),
        (100, 70),
        (80, 90),
        (50, 108),
        (0, 124),
        (-60, 134),
        (-120, 138),
        (-180, 136),
        (-240, 128),
        (-320, 124),
        (-400, 128),
    )
    _cage_front = Profile(
        (128, 8),
        (112, 26),
        (95, 42),
        (75, 56),
        (50, 68),
        (0, 84),
        (-60, 93),
        (-120, 97),
        (-180, 94),
        (-240, 86),
        (-400, 84),
    )
    _cage_back = Profile(
        (128, 26),
        (112, 42),
        (95, 54),
        (75, 64),
        (50, 71),
        (0, 80),
        (-60, 83),
        (-120, 82),
        (-200, 74),
        (-300, 66),
        (-400, 66),
    )
    _body_across = Profile(
        (180, 66),
        (150, 78),
        (132, 120),
        (118, 168),
        (95, 178),
        (50, 174),
        (0, 168),
        (-60, 164),
        (-140, 160),
        (-240, 154),
        (-320, 158),
        (-400, 168),
    )
    _body_front = Profile((180, 62), (140, 64), (110, 74), (80, 88), (40, 103), (0, 112), (-60, 117), (-400, 116))
    _body_back = Profile(
        (180, 68), (150, 84), (110, 97), (60, 107), (0, 111), (-80, 110), (-180, 103), (-240, 98), (-400, 104)
    )

    def __init__(self, build: Build) -> None:
        self.build = build
        self.ripple = Field(build.wall_seed, 42.0, BODY_LOW, BODY_HIGH)
        self.fine = Field(build.wall_seed + 1, 16.0, BODY_LOW, BODY_HIGH)

    def cage(self, z: float) -> Floats:
        """Inner radius of the thoracic cage (below it: of the abdominal wall) by angle, shape (721,)."""
        radius = _oval(self._cage_across(z), self._cage_front(z), self._cage_back(z), 2.35)
        groove = 5.0 * np.exp(-((ANGLES / 0.28) ** 2))
        return np.asarray(radius - groove, np.float32)

    def body(self, z: float) -> Floats:
        """Radius of the skin by angle, shape (721,)."""
        more = self.build.fat_mm - 14.0
        across, front, back = self._body_across(z) + more, self._body_front(z) + 1.2 * more, self._body_back(z)
        radius = _oval(across, front, back + 0.5 * more, float(np.interp(z, (20, 110), (2.3, 2.5))))
        groove = 5.0 * np.exp(-((ANGLES / 0.10) ** 2)) + 3.0 * np.exp(-(((ANGLES - np.pi) / 0.2) ** 2))
        return np.asarray(np.maximum(radius, self.cage(z) + 15.0) - groove, np.float32)

    def fat(self, z: float) -> Floats:
        """Thickness of the subcutaneous fat by angle, shape (721,)."""
        belly = float(np.interp(z, (-260, -120, 60, 130), (1.5, 1.0, 0.8, 0.55)))
        shape = 0.75 + 0.5 * _SIN**2 + 0.35 * np.clip(-_COS, 0, 1) ** 2
        return np.asarray(self.build.fat_mm * belly * shape, np.float32)


class Rounds:
    """Polar coordinates of one grid, kept for all its planes."""

    def __init__(self, xs: Floats, ys: Floats) -> None:
        x, y = xs[None, :], ys[:, None]
        self.radius = np.hypot(x, y).astype(np.float32)
        self.angle = np.arctan2(np.abs(x), y).astype(np.float32)
        self.left = np.broadcast_to(x > 0, self.radius.shape)
        place = self.angle * (720 / np.pi)
        self._below = np.minimum(place.astype(np.int32), 719)
        self._part = (place - self._below).astype(np.float32)

    def spread(self, table: Floats) -> Floats:
        """A table by angle (721,) at every pixel."""
        steps = np.diff(table, append=table[-1:])
        return np.asarray(table[self._below] + self._part * steps[self._below], np.float32)


def paint_wall(sheet: Sheet, rounds: Rounds, wall: Wall) -> tuple[Floats, Floats]:
    """Skin, fat and muscle on a plane of air; answers the distances (mm) to the cage and to the skin."""
    ripple = wall.ripple.on_plane(sheet.xs, sheet.ys, sheet.z)
    fine = wall.fine.on_plane(sheet.xs, sheet.ys, sheet.z)
    body_table, cage_table = wall.body(sheet.z), wall.cage(sheet.z)
    skin = (rounds.radius - rounds.spread(body_table)) * 0.93 + ripple * 1.2
    cage = (rounds.radius - rounds.spread(cage_table)) * 0.93 + ripple * 0.8
    sheet.paint(skin, 25.0)
    sheet.paint(skin + 1.8, -103.0 + 7.0 * fine)
    strands = np.abs(fine + 0.35 * ripple)
    sheet.blend(sheet.cover(skin + 2.5) * np.clip(0.9 - strands / 0.05, 0, 1) * (skin > -24), -45.0)
    fascia = rounds.spread(np.asarray(wall.fat(sheet.z), np.float32)) + 1.8 + 2.2 * ripple
    muscle = sheet.cover(skin + fascia)
    sheet.blend(muscle, 52.0 + 4.0 * fine)
    if sheet.z < -105:
        _belly_muscles(sheet, cage, skin, ripple)
    _fat_planes(sheet, rounds, skin + fascia, cage, muscle, fine, ripple)
    return cage, skin


def _belly_muscles(sheet: Sheet, cage: Floats, skin: Floats, ripple: Floats) -> None:
    """The flat muscles of the belly in three layers, the recti in front, and the white line between them."""
    x, y = sheet.xs[None, :], sheet.ys[:, None]
    grown = float(np.clip((-105 - sheet.z) / 50, 0, 1))
    front = np.clip((-y - 45) / 25, 0, 1)
    thick = grown * (11.0 + 2.0 * ripple) * (1 - front * np.clip((np.abs(x) - 58) / 18, 0, 1) * 0.6)
    line = np.clip(3.0 - np.abs(x), 0, 3) * front
    band = np.maximum(np.maximum(cage - thick, -1.0 - cage), line - 0.5)
    sheet.paint(np.maximum(band, skin + 6), 56.0)
    for share in (0.36, 0.68):
        gap = np.abs(cage - share * thick) - 0.35
        sheet.blend(sheet.cover(np.maximum(np.maximum(gap, band), y + 40)) * 0.75, -70.0)


def _fat_planes(
    sheet: Sheet,
    rounds: Rounds,
    fascia: Floats,
    cage: Floats,
    muscle: Floats,
    fine: Floats,
    ripple: Floats,
) -> None:
    """Fat between the muscles: layers parallel to the wall, and septa that cross them."""
    depth = np.clip(-fascia, 0, None) / (np.clip(cage - 9.0, 0, None) + np.clip(-fascia, 0, None) + 4.0)
    outside = muscle * np.clip((cage - 7.0) / 2.0, 0, 1)
    width = 0.5 + 0.45 * np.clip(ripple, -1, 1.5)
    thick = np.clip(-fascia, 0, None) + np.clip(cage - 9.0, 0, None)
    for level, shift in ((0.42, 0.10), (0.78, 0.06)):
        gap = np.abs(depth - level - shift * ripple - 0.03 * fine) * thick
        sheet.blend(outside * np.clip(0.9 - (gap - width) / sheet.soft_mm, 0, 0.9), -85.0)
    septum = np.abs(np.sin(rounds.angle * 9.0 + 0.9 * ripple + np.where(rounds.left, 0.0, 0.4)))
    gap = septum * rounds.radius / 9.0
    sheet.blend(outside * np.clip(0.7 - (gap - 0.4) / sheet.soft_mm, 0, 0.7) * (fine < 0.1), -60.0)
