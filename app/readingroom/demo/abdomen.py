"""The contents of the belly: liver, spleen, stomach, kidneys, pancreas, bowel and the muscles behind them."""

import numpy as np

from readingroom.demo.shapes import Sheet, Tubes, frame_along, smooth_path
from readingroom.demo.skeleton import SPINE_Y
from readingroom.demo.texture import Field, Floats
from readingroom.demo.thorax import HEART_AXIS, Thorax, merged
from readingroom.demo.vessels import grow
from readingroom.demo.wall import BODY_HIGH, BODY_LOW, Rounds, Wall


class Abdomen:
    """Belly organs of one person."""

    def __init__(self, wall: Wall, thorax: Thorax, seed: int) -> None:
        self.wall, self.thorax = wall, thorax
        self.warp = Field(seed, 36.0, BODY_LOW, BODY_HIGH)
        self.loops = Field(seed + 1, 15.0, (-150, -110, -460), (150, 110, -80))
        self._more_loops = Field(seed + 2, 15.0, (-150, -110, -460), (150, 110, -80))
        self._content = Field(seed + 3, 7.0, BODY_LOW, (260, 170, -80))
        random = np.random.default_rng(seed)
        targets = np.array((-62.0, -10.0, -150.0)) + random.normal(0, 1, (160, 3)) * np.array((30, 34, 28))
        self.portal, _ = grow(np.array((-46.0, -8.0, -160.0)), np.array((-14.0, 4.0, 8.0)), targets, 0.8, 6.0, seed)
        self.hepatic, _ = grow(
            np.array((-26.0, 4.0, -112.0)), np.array((-10.0, -4.0, -6.0)), targets[:70] + 9.0, 0.9, 6.0, seed + 1
        )
        self.colon = _colon()

    def cover(self, sheet: Sheet, cage: Floats) -> Floats:
        """How much of each pixel lies below the diaphragm."""
        domes = merged(self.thorax.dome(sheet, -1.0), self.thorax.dome(sheet, 1.0), 40.0)
        middle = np.hypot(sheet.xs[None, :] / 60.0, (sheet.ys[:, None] + 10) / 70.0) - 1
        lift = float(np.clip((-128.0 - sheet.z) / 20.0, -1, 1))
        domes = merged(domes, (middle - lift) * 50.0, 30.0)
        lowest = float(np.clip((-178 - sheet.z) / 25, 0, 1))
        return np.asarray(sheet.cover(np.maximum(domes - 200 * lowest, cage)), np.float32)

    def liver(self, sheet: Sheet, cage: Floats, warp: Floats) -> Floats:
        """Distance (mm) to the surface of the liver on one plane."""
        x, y = sheet.xs[None, :], sheet.ys[:, None]
        z = sheet.z
        visceral = (x * 0.62 + y * 0.52 - (z + 128.0) * 0.58) - 22.0 + 5.0 * warp
        left_lobe = (x - 62.0) * 0.9 + 0.35 * (y + 60)
        under = (-232.0 - z) + 0.25 * (x + 110)
        dome = np.minimum(self.thorax.dome(sheet, -1.0), self.thorax.dome(sheet, 1.0) + 3) + 5.0
        middle = np.hypot(x / 70.0, (y + 20) / 70.0) * 50 - 50 * float(np.clip((-118 - z) / 15, 0, 1.05))
        gone = np.maximum(np.maximum(visceral, left_lobe), np.maximum(under, cage + 6.0 + 1.2 * warp))
        return np.asarray(np.maximum(gone, merged(dome, np.asarray(middle, np.float32), 30.0)), np.float32)

    def paint(self, sheet: Sheet, rounds: Rounds, cage: Floats) -> None:
        """Everything below the diaphragm on one plane."""
        warp = self.warp.on_plane(sheet.xs, sheet.ys, sheet.z)
        fine = self.wall.fine.on_plane(sheet.xs, sheet.ys, sheet.z)
        sheet.paint(cage + 1.0, -104.0 + 8.0 * fine)
        strands = np.clip(0.6 - np.abs(fine + 0.5 * warp) / 0.06, 0, 0.6)
        sheet.blend(sheet.cover(cage + 6) * strands, -70.0)
        if sheet.z < -205:
            self._bowel(sheet, cage, warp)
        self._tubes(sheet, self.colon, 3.2, warp)
        self._behind(sheet, warp)
        self._upper(sheet, cage, warp, fine)
        self._kidneys(sheet, warp, fine)
        blood = self.wall.build.blood_hu
        for tubes, value in ((self.thorax.great.veins, blood - 6), (self.thorax.great.arteries, blood)):
            part = np.zeros_like(sheet.values)
            tubes.cover(sheet, part)
            sheet.blend(part, value)

    def _upper(self, sheet: Sheet, cage: Floats, warp: Floats, fine: Floats) -> None:
        blood = self.wall.build.blood_hu
        stomach = sheet.ellipsoid((58, -22, -158), (62, 38, 42), frame_along((0.6, 0.35, 0.72)))
        if stomach is not None:
            box, distance = stomach
            under = self.thorax.dome(sheet, 1.0)[box] + 6.0
            distance = np.maximum(np.maximum(distance + 4 * warp[box], cage[box] + 6), under)
            y = sheet.ys[box[0]][:, None]
            sheet.paint(distance, 75.0, box)
            content = np.where(y < -38.0, -960.0, 18.0 + 25 * fine[box]).astype(np.float32)
            sheet.paint(distance + 4.0 + 1.2 * warp[box], content, box)
        pancreas = np.zeros_like(sheet.values)
        _PANCREAS.cover(sheet, pancreas)
        sheet.blend(pancreas * np.clip(1.3 - 0.9 * np.clip(fine, 0, 2), 0, 1), 92.0)
        spleen = sheet.ellipsoid((97, 38, -152), (26, 50, 48), frame_along((1.0, 0.45, 0.1)))
        if spleen is not None:
            box, distance = spleen
            under = np.maximum(self.thorax.dome(sheet, 1.0)[box], cage[box]) + 6.0
            sheet.paint(np.maximum(distance + 2.5 * warp[box], under), 122.0 + 3 * fine[box], box)
        if sheet.z > -262:
            liver = self.liver(sheet, cage, warp)
            cover = sheet.cover(liver)
            sheet.blend(cover, 108.0 + 3.0 * fine)
            for tree in (self.portal, self.hepatic):
                part = np.zeros_like(sheet.values)
                tree.cover(sheet, part)
                sheet.blend(part * cover, blood - 4)
        gall = sheet.ellipsoid((-48, -52, -206), (15, 20, 34), HEART_AXIS)
        if gall is not None:
            sheet.paint(gall[1] - 1.6, 80.0, gall[0])
            sheet.paint(gall[1], 8.0, gall[0])

    def _kidneys(self, sheet: Sheet, warp: Floats, fine: Floats) -> None:
        for side, z in ((-1.0, -216.0), (1.0, -204.0)):
            axes = frame_along((side * 0.75, 0.66, 0.1))
            for radii, shift, value, ripple in (
                ((26, 30, 58), 0.0, 178.0, 0.8),
                ((17.5, 21, 49), 0.0, 148.0, 3.5),
                ((11, 13, 34), -9.0, -88.0, 4.0),
                ((5, 6.5, 16), -9.0, 20.0, 2.5),
            ):
                centre = (side * (62 + shift), 40 + 0.6 * shift, z)
                part = sheet.ellipsoid(centre, radii, axes)
                if part is not None:
                    distance = part[1] + ripple * fine[part[0]] * 0.8
                    sheet.paint(np.asarray(distance, np.float32), value, part[0])
            gland = Tubes.along(
                np.array([(side * 38, 26, z + 56, 2.6), (side * 48, 38, z + 50, 2.4)], float),
                np.array([(side * 38, 26, z + 56, 2.6), (side * 36, 40, z + 50, 2.4)], float),
            )
            part_of = np.zeros_like(sheet.values)
            gland.cover(sheet, part_of)
            sheet.blend(part_of, 70.0)

    def _behind(self, sheet: Sheet, warp: Floats) -> None:
        """Psoas, quadratus lumborum and the crura."""
        for side in (-1.0, 1.0):
            grown = float(np.clip((-185 - sheet.z) / 90, 0, 1))
            if grown > 0:
                size = 8 + 17 * grown
                psoas = sheet.ellipsoid(
                    (side * (28 + 12 * grown), SPINE_Y(sheet.z) + 6, sheet.z), (size * 0.85, size, 50)
                )
                if psoas is not None:
                    sheet.paint(psoas[1] + 1.5 * warp[psoas[0]], 62.0, psoas[0])
                flank = sheet.ellipsoid((side * 62, SPINE_Y(sheet.z) + 36, sheet.z), (20 * grown, 9, 50))
                if flank is not None:
                    sheet.paint(flank[1] + warp[flank[0]], 58.0, flank[0])
            if -220 < sheet.z < -120:
                crus = sheet.ellipsoid((side * 15 + 4, SPINE_Y(sheet.z) - 19, sheet.z), (6.5, 9, 50))
                if crus is not None:
                    sheet.paint(crus[1], 60.0, crus[0])

    def _bowel(self, sheet: Sheet, cage: Floats, warp: Floats) -> None:
        """Small bowel: cells of a smooth field, with enhancing walls, fluid, and gas in front."""
        x, y = sheet.xs[None, :], sheet.ys[:, None]
        field = self.loops.on_plane(sheet.xs, sheet.ys, sheet.z)
        other = self._more_loops.on_plane(sheet.xs, sheet.ys, sheet.z)
        room = (np.hypot((x - 8) / 88.0, (y + 34) / 46.0) - 1) * 55.0 + 3.0 * warp
        room = np.maximum(room, np.maximum(cage + 12, sheet.z + 208 + 0.2 * (x + 60)))
        loops = np.maximum((0.0 - field) * 7.5, room)
        both = np.maximum((0.15 - other) * 7.5, np.maximum(room, -loops + 1.5))
        for distance in (loops.astype(np.float32), both.astype(np.float32)):
            sheet.paint(distance, 95.0)
            sheet.paint(distance + 2.2, 22.0 + 14 * warp)
            gas = np.maximum(distance + 2.8, (y + 55) + 14 * warp)
            sheet.paint(gas.astype(np.float32), -940.0)

    def _tubes(self, sheet: Sheet, tubes: Tubes, wall_mm: float, warp: Floats) -> None:
        part = np.zeros_like(sheet.values)
        tubes.cover(sheet, part)
        if not part.any():
            return
        sheet.blend(part, 80.0)
        lumen = np.zeros_like(sheet.values)
        tubes.thicker(-wall_mm).cover(sheet, lumen)
        grain = self._content.on_plane(sheet.xs, sheet.ys, sheet.z)
        content = np.where(sheet.ys[:, None] < -30 + 20 * warp, -920.0, 10.0 + 90 * np.clip(-grain, -0.4, 1) * -4)
        sheet.blend(lumen, content.astype(np.float32))


def _colon() -> Tubes:
    def path(*points: tuple[float, float, float, float]) -> np.ndarray:
        curve = smooth_path(np.array(points, float), 5.0)
        curve[:, 3] *= 1 + 0.13 * np.sin(np.arange(len(curve)) * 1.6)
        return curve

    return Tubes.along(
        path((-82, 0, -390, 25), (-98, 12, -340, 23), (-102, 14, -285, 22), (-94, -10, -245, 21), (-70, -52, -250, 20),
             (-20, -66, -268, 19), (30, -66, -258, 18), (72, -46, -215, 19), (96, 0, -180, 19), (106, 24, -215, 16),
             (108, 26, -280, 15), (100, 20, -340, 15), (84, 10, -390, 16)),
    )  # fmt: skip


_PANCREAS = Tubes.along(
    smooth_path(
        np.array([
            (-30, -8, -236, 11), (-28, -10, -214, 12), (-8, -20, -200, 9.5), (20, -12, -190, 9), (48, 8, -178, 9.5),
            (72, 24, -168, 8)
        ], float), 3.0
    )
)  # fmt: skip
