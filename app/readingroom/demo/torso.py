"""A trunk in Hounsfield units, one transverse plane at a time."""

import numpy as np

from readingroom.demo.abdomen import Abdomen
from readingroom.demo.shapes import Sheet
from readingroom.demo.skeleton import paint_ribs, paint_shoulders, paint_spine, paint_sternum
from readingroom.demo.texture import Floats
from readingroom.demo.thorax import Thorax
from readingroom.demo.wall import Build, Rounds, Wall, paint_wall

AIR = -1000.0


class Torso:
    """One person's trunk; planes of one grid share its polar coordinates."""

    def __init__(self, build: Build, seed: int, trees: bool = True) -> None:
        self.wall = Wall(build)
        self.thorax = Thorax(self.wall, seed, trees)
        self.abdomen = Abdomen(self.wall, self.thorax, seed + 40)
        self._kept: tuple[Floats, Floats, Rounds] | None = None

    def laid(self, xs: Floats, ys: Floats) -> tuple[Floats, Floats, Rounds]:
        """A grid with its polar coordinates; an equal grid is answered with the arrays that were used before."""
        kept = self._kept
        if kept is None or not (np.array_equal(kept[0], xs) and np.array_equal(kept[1], ys)):
            kept = self._kept = (xs, ys, Rounds(xs, ys))
        return kept

    def plane(self, xs: Floats, ys: Floats, z: float, bones: bool = True, vessels: bool = True) -> Sheet:
        """Hounsfield units at height z (body mm), without couch, noise or blur."""
        xs, ys, rounds = self.laid(xs, ys)
        sheet = Sheet.empty(xs, ys, z, AIR)
        cage, skin = paint_wall(sheet, rounds, self.wall)
        fine = self.wall.fine.on_plane(xs, ys, z)
        if z < -85:
            self.abdomen.paint(sheet, rounds, cage)
        if z > -215:
            self._chest(sheet, rounds, cage, skin, vessels)
        if bones:
            paint_ribs(sheet, rounds, cage, fine)
            paint_sternum(sheet, self.wall, fine)
            paint_shoulders(sheet, rounds, cage, fine)
            paint_spine(sheet, fine)
        return sheet

    def _chest(self, sheet: Sheet, rounds: Rounds, cage: Floats, skin: Floats, vessels: bool) -> None:
        below = sheet.values.copy()
        self.thorax.paint(sheet, rounds, cage, skin, vessels)
        if sheet.z < -85:
            belly = self.abdomen.cover(sheet, cage)
            sheet.values += belly * (below - sheet.values)


def add_couch(sheet: Sheet, top_mm: float) -> None:
    """The curved carbon couch whose top lies top_mm behind the axis."""
    x, y = sheet.xs[None, :], sheet.ys[:, None]
    air = sheet.values < -900
    upper = y - (top_mm - 0.0011 * x * x)
    lower = y - (top_mm + 46 - 0.0021 * x * x)
    inside = np.maximum(np.maximum(-upper, lower), np.abs(x) - 214)
    sheet.blend(sheet.cover(inside) * air, -905.0)
    shell = np.maximum(np.abs(inside) - 0.8, np.abs(x) - 214)
    sheet.blend(sheet.cover(shell.astype(np.float32)) * air, -330.0)
