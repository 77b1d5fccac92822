"""The contents of the chest: lungs with their trees and fissures, heart with chambers, mediastinum."""

import numpy as np
from numpy.typing import NDArray

from readingroom.demo.shapes import Profile, Sheet, Tubes, frame_along
from readingroom.demo.skeleton import SPINE_Y
from readingroom.demo.texture import Field, Floats
from readingroom.demo.vessels import GreatVessels, great_vessels, grow, joined, without
from readingroom.demo.wall import BODY_HIGH, BODY_LOW, Rounds, Wall

HEART_AXIS = frame_along((0.70, -0.46, -0.55))
_HEART_CENTRE = (20.0, -26.0, -74.0)
_BAND_RIGHT = Profile((120, 34), (90, 30), (60, 27), (20, 24), (-20, 25), (-90, 26), (-200, 26))
_BAND_LEFT = Profile((120, 34), (90, 32), (60, 24), (20, 21), (-20, 25), (-90, 28), (-200, 28))
_DOMES = ((-1.0, -70.0, -98.0), (1.0, 72.0, -112.0))  # side, centre x, top z


def ramp(place: Floats) -> Floats:
    """0 below 0, 1 above 1, smooth between."""
    held = np.clip(place, 0, 1)
    return np.asarray(held * held * (3 - 2 * held), np.float32)


def merged(one: Floats, other: Floats, width_mm: float) -> Floats:
    """The union of two insides whose meeting is rounded over width_mm."""
    near = np.maximum(width_mm - np.abs(one - other), 0) / width_mm
    return np.asarray(np.minimum(one, other) - near * near * width_mm / 4, np.float32)


class Thorax:
    """Chest organs of one person."""

    def __init__(self, wall: Wall, seed: int, trees: bool = True) -> None:
        self.wall = wall
        self.great: GreatVessels = great_vessels()
        self.warp = Field(seed, 30.0, BODY_LOW, BODY_HIGH)
        self.tangle = Field(seed + 1, 9.0, (-150, -120, -210), (150, 120, 140))
        nothing = Tubes.along(np.zeros((2, 4)))
        self.arteries = self.veins = self.bronchi = nothing
        # The tree is the person's, not the breath's: it grows with the domes where they rest.
        self._breath_mm = 0.0
        if trees:
            self._grow(seed)
        self._breath_mm = wall.build.breath_mm

    def _grow(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        arteries: list[Tubes] = []
        veins: list[Tubes] = []
        bronchi: list[Tubes] = []
        for side in (-1.0, 1.0):
            inside = self._targets(side, random)
            pick = random.permutation(len(inside))
            for places, count, root, heading, tip, base, into in (
                (arteries, 620, (50, 10, -20), (12, 6, -8), 0.42, 6.4, inside[pick[:620]]),
                (veins, 460, (50, 6, -44), (9, 8, -10), 0.42, 5.6, inside[pick[620:1080]]),
                (bronchi, 170, (47, 15, -30), (9, 6, -10), 0.75, 4.8, inside[pick[1080:1250]]),
            ):
                if places is bronchi:
                    middle = np.array((50 * side, 12, -30))
                    into = middle + (into - middle) * 0.8
                flip = np.array((side, 1.0, 1.0))
                tubes, _ = grow(np.array(root) * flip, np.array(heading) * flip, into, tip, base, seed + count)
                places.append(tubes)
        self.arteries, self.veins, self.bronchi = joined(*arteries), joined(*veins), joined(*bronchi)

    def clear(self, centre: tuple[float, float, float], clear_mm: float) -> None:
        """Leave room for something: no vessel or airway of the trees within clear_mm of a body point."""
        place = np.array(centre)
        self.arteries = without(self.arteries, place, clear_mm)
        self.veins = without(self.veins, place, clear_mm)
        self.bronchi = without(self.bronchi, place, clear_mm)

    def _targets(self, side: float, random: np.random.Generator) -> NDArray[np.float64]:
        """Points inside one lung, away from its surface, shape (n, 3)."""
        xs, ys = np.arange(-150, 151, 6, dtype=np.float32), np.arange(-110, 111, 6, dtype=np.float32)
        rounds = Rounds(xs, ys)
        found = []
        for z in range(-180, 118, 6):
            sheet = Sheet.empty(xs, ys, float(z), 0.0)
            cage = (rounds.radius - rounds.spread(self.wall.cage(z))) * 0.93
            depth = self.lung(sheet, rounds, cage, side)
            rows, columns = np.nonzero(depth < -3.5)
            found.append(np.stack([xs[columns], ys[rows], np.full(len(rows), float(z))], axis=1))
        points = np.vstack(found) + random.uniform(-3, 3, (sum(map(len, found)), 3))
        return points

    def dome(self, sheet: Sheet, side: float) -> Floats:
        """Distance (mm) to the diaphragm's dome of one side: negative below it, inside the abdomen."""
        _, centre, top = next(d for d in _DOMES if d[0] == side)
        top += self._breath_mm
        below = top - sheet.z
        x, y = sheet.xs[None, :], sheet.ys[:, None]
        if below <= 0:
            return np.full((len(sheet.ys), len(sheet.xs)), 60.0, np.float32)
        height = 82.0
        part = min(below / height, 1.0)
        size = np.sqrt(1 - (1 - part) ** 2) if below < height else 1.0 + (below - height) / 160
        wide, deep = 74.0 * size, 98.0 * size
        shift = -14.0 - 26.0 * part
        gap = np.hypot((x - centre) / wide, (y - shift) / deep)
        return np.asarray((gap - 1) * 70.0 * size, np.float32)

    def lung(self, sheet: Sheet, rounds: Rounds, cage: Floats, side: float) -> Floats:
        """Distance (mm) to one lung's surface (negative inside); side is -1 for the right."""
        x, y = sheet.xs[None, :] * side, sheet.ys[:, None]
        band = (_BAND_RIGHT if side < 0 else _BAND_LEFT)(sheet.z)
        spine = SPINE_Y(sheet.z)
        front = ramp((-y - 22) / 52.0)
        back = ramp((y - spine + 26) / 34.0)
        edge = band * (1 - 0.72 * front) * (1 - back) + back * (20 + 0.16 * np.clip(y - spine, 0, 60))
        distance = np.maximum(cage + 3.0, edge - x)
        return np.asarray(np.maximum(distance, -self.dome(sheet, side) + 3.0), np.float32)

    def _heart(self, sheet: Sheet, grow_mm: float) -> tuple[tuple[slice, slice], Floats] | None:
        return sheet.ellipsoid(_HEART_CENTRE, (74 + grow_mm, 50 + grow_mm, 53 + grow_mm), HEART_AXIS)

    def paint(self, sheet: Sheet, rounds: Rounds, cage: Floats, skin: Floats, vessels: bool = True) -> Floats:
        """Everything inside the cage above the diaphragm; answers how much of each pixel is lung."""
        warp = self.warp.on_plane(sheet.xs, sheet.ys, sheet.z)
        fine = self.wall.fine.on_plane(sheet.xs, sheet.ys, sheet.z)
        sheet.paint(cage + 0.5, -98.0 + 8.0 * fine)
        lungs = []
        for side in (-1.0, 1.0):
            distance = self.lung(sheet, rounds, cage, side) + 2.6 * warp * np.clip(-(cage + 6) / 10, 0, 1)
            lungs.append(distance)
        heart = self._heart(sheet, 5.0)
        if heart is not None:
            for distance in lungs:
                np.maximum(distance[heart[0]], -heart[1] - 2.2 * warp[heart[0]], out=distance[heart[0]])
        cover = sheet.cover(np.minimum(lungs[0], lungs[1]))
        self._push_aside(sheet, cover)
        self._parenchyma(sheet, cover, vessels)
        self._fissures(sheet, cover, warp)
        self._mediastinum(sheet, warp, fine)
        if vessels:
            self._trees(sheet, cover)
        return cover

    def _push_aside(self, sheet: Sheet, lung: Floats) -> None:
        """Lung makes way for the great vessels and a film of fat around them."""
        taken = np.zeros_like(lung)
        for tubes in (self.great.arteries, self.great.veins):
            tubes.thicker(2.0).cover(sheet, taken)
        self.great.pulmonary.thicker(0.5).cover(sheet, taken)
        self.great.oesophagus.thicker(1.0).cover(sheet, taken)
        np.minimum(lung, 1 - taken, out=lung)

    def _parenchyma(self, sheet: Sheet, cover: Floats, texture: bool) -> None:
        y = sheet.ys[:, None]
        air = -872.0 + 0.16 * y
        if texture:
            tangle = self.tangle.on_plane(sheet.xs, sheet.ys, sheet.z)
            air = air + 7.0 * tangle + 16.0 * np.clip(0.18 - np.abs(tangle), 0, 1) / 0.18
        pleura = np.clip(4 * cover * (1 - cover), 0, 1)
        sheet.blend(pleura * 0.5, 20.0)
        sheet.blend(cover, np.asarray(air, np.float32))

    def _fissures(self, sheet: Sheet, cover: Floats, warp: Floats) -> None:
        x, y = sheet.xs[None, :], sheet.ys[:, None]
        # Oblique: from high at the back to low in front; horizontal: right only, in front of the oblique.
        oblique = (sheet.z - (-28.0 + 1.05 * y)) * 0.69 + 5.0 * warp
        thin = 0.35 / sheet.soft_mm
        line = np.clip(1 - np.abs(oblique) / sheet.soft_mm, 0, 1) * thin * 1.4
        flat = (sheet.z + 30.0 - 0.24 * (x + 80)) * 0.95 + 1.6 * warp
        level = np.clip(1 - np.abs(flat) / 1.6, 0, 1) * thin * (x < 0) * (oblique > 0)
        sheet.blend(np.clip(np.maximum(line, level), 0, 0.5) * cover, -420.0)

    def _mediastinum(self, sheet: Sheet, warp: Floats, fine: Floats) -> None:
        blood = self.wall.build.blood_hu
        self._chambers(sheet, warp, blood)
        part = np.zeros_like(sheet.values)
        self.great.oesophagus.cover(sheet, part)
        sheet.blend(part, 42.0)
        lumen = np.zeros_like(sheet.values)
        self.great.oesophagus.thicker(-4.6).cover(sheet, lumen)
        sheet.blend(lumen * np.clip(warp + 0.4, 0, 1), -500.0)
        for centre, radii in (
            ((-16, 2, 14), (5, 4, 7)), ((8, 14, -14), (8, 5, 8)), ((-20, -14, 34), (4, 3, 5)), ((24, -8, 18), (4, 3, 6)),
        ):  # fmt: skip
            node = sheet.ellipsoid(centre, radii)
            if node is not None:
                sheet.paint(node[1] + 0.8 * fine[node[0]], 70.0, node[0])
        for tubes, value in (
            (self.great.veins, blood - 18), (self.great.pulmonary, blood - 4), (self.great.arteries, blood)
        ):  # fmt: skip
            part = np.zeros_like(sheet.values)
            tubes.thicker(0.6).cover(sheet, part)
            sheet.blend(part, 0.72 * value)
            part = np.zeros_like(sheet.values)
            tubes.thicker(-0.3).cover(sheet, part)
            sheet.blend(part, value)
        self._airway(sheet, self.great.airways, 1.3)

    def _chambers(self, sheet: Sheet, warp: Floats, blood: float) -> None:
        heart = self._heart(sheet, 0.0)
        if heart is None:
            return
        box, distance = heart
        bump = 2.2 * warp[box]
        soft = max(sheet.soft_mm, 1.6)
        sheet.paint(distance + bump - 2.2, 30.0, box, 1.2)
        sheet.paint(distance + bump - 0.8, -95.0, box, soft)
        axes = HEART_AXIS
        muscle, cavity = 108.0, blood + 2
        for centre, radii, value, turned, ripple in (
            ((-30, -20, -68), (26, 30, 36), blood - 14, False, 1.6),  # right atrium
            ((8, -46, -82), (54, 27, 37), 88.0, True, 1.6),  # right ventricle with its wall
            ((8, -46, -82), (51, 24.5, 34.5), blood - 14, True, 2.4),
            ((6, 11, -46), (31, 19, 25), blood + 4, False, 1.6),  # left atrium
            ((39, -17, -84), (56, 35, 35), muscle, True, 1.2),  # left ventricle
            ((33, -18, -82), (44, 22.5, 23), cavity, True, 2.6),
        ):
            part = sheet.ellipsoid(centre, radii, axes if turned else None)
            if part is not None:
                sheet.paint(part[1] + ripple * warp[part[0]], value, part[0], soft)
        groove = Tubes.along(
            np.array([(-8, -44, -40, 2.0), (-34, -48, -66, 1.8), (-30, -34, -98, 1.6)], float),
            np.array([(14, -34, -44, 2.2), (30, -56, -66, 1.8), (50, -62, -100, 1.4)], float),
            np.array([(16, -24, -46, 2.0), (44, -6, -56, 1.8), (58, 8, -78, 1.4)], float),
        )
        part_of = np.zeros_like(sheet.values)
        groove.thicker(3.4).cover(sheet, part_of)
        sheet.blend(part_of * 0.9, -85.0)
        part_of = np.zeros_like(sheet.values)
        groove.cover(sheet, part_of)
        sheet.blend(part_of, blood)

    def _airway(self, sheet: Sheet, tubes: Tubes, wall_mm: float) -> None:
        part = np.zeros_like(sheet.values)
        tubes.thicker(wall_mm).cover(sheet, part)
        sheet.blend(part, 35.0)
        part = np.zeros_like(sheet.values)
        tubes.cover(sheet, part)
        sheet.blend(part, -985.0)

    def _trees(self, sheet: Sheet, lung: Floats) -> None:
        part = np.zeros_like(lung)
        self.bronchi.thicker(0.75).cover(sheet, part)
        sheet.blend(part * lung * 0.8, -60.0)
        part = np.zeros_like(lung)
        self.arteries.cover(sheet, part)
        self.veins.cover(sheet, part)
        sheet.blend(part * lung, self.wall.build.blood_hu - 20)
        part = np.zeros_like(lung)
        self.bronchi.cover(sheet, part)
        sheet.blend(part * lung, -975.0)
