"""A head as tissues at any points: scalp, skull, folded cortex, white matter, deep nuclei, ventricles, hindbrain.

Head coordinates in mm: x to the left, y to the back, z up, 0 between the thalami.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from readingroom.demo.texture import Field, Floats
from readingroom.demo.thorax import merged, ramp

Point = tuple[float, float, float]
_BOX = ((-110.0, -130.0, -150.0), (110.0, 130.0, 110.0))


@dataclass(frozen=True, slots=True)
class Lesion:
    """An oval in the brain: tissue name, centre, radii (mm), how irregular (mm)."""

    tissue: str
    centre: Point
    radii: Point
    ragged_mm: float = 1.0


@dataclass(frozen=True, slots=True)
class Spots:
    """Points (n,) in mm."""

    x: Floats
    y: Floats
    z: Floats

    def ellipsoid(self, centre: Point, radii: Point, lean: float = 0.0) -> Floats:
        """Distance (mm, negative inside); lean turns it in the axial plane (radians)."""
        dx, dy, dz = self.x - centre[0], self.y - centre[1], self.z - centre[2]
        if lean:
            cosine, sine = np.float32(np.cos(lean)), np.float32(np.sin(lean))
            dx, dy = cosine * dx + sine * dy, cosine * dy - sine * dx
        size = np.sqrt((dx / radii[0]) ** 2 + (dy / radii[1]) ** 2 + (dz / radii[2]) ** 2)
        steep = np.sqrt((dx / radii[0] ** 2) ** 2 + (dy / radii[1] ** 2) ** 2 + (dz / radii[2] ** 2) ** 2)
        return np.asarray(size * (size - 1) / (steep + 1e-6), np.float32)

    def tube(self, *path: tuple[float, float, float, float]) -> Floats:
        """Distance (mm) to round tubes along points with radii."""
        best = np.full(self.x.shape, 1e3, np.float32)
        for a, b in pairwise(path):
            along = np.subtract(b[:3], a[:3]).astype(np.float32)
            dx, dy, dz = self.x - a[0], self.y - a[1], self.z - a[2]
            t = np.clip((dx * along[0] + dy * along[1] + dz * along[2]) / (along @ along), 0, 1)
            gap = np.sqrt((dx - t * along[0]) ** 2 + (dy - t * along[1]) ** 2 + (dz - t * along[2]) ** 2)
            best = np.minimum(best, gap - (a[3] + t * (b[3] - a[3])))
        return best

    def mirrored(self) -> "Spots":
        """The same points on the left of the midline."""
        return Spots(np.abs(self.x), self.y, self.z)


class Head:
    """One person's head; `layers` answers what covers each point, in painting order."""

    def __init__(self, seed: int, lesions: tuple[Lesion, ...] = ()) -> None:
        self.lesions = lesions
        self._fold = Field(seed, 6.6, *_BOX)
        self._fold_fine = Field(seed + 1, 4.6, *_BOX)
        self._warp = Field(seed + 2, 26.0, *_BOX)
        self._ragged = Field(seed + 3, 7.0, *_BOX)

    @staticmethod
    def outside(x: Floats, y: Floats, z: Floats) -> Floats:
        """Distance (mm) to the skin, negative inside the head."""
        spots = Spots(x, y, z)
        narrow = 1.0 - 0.09 * ramp(-y / 80)
        vault = Spots(np.asarray(x / narrow, np.float32), y, z).ellipsoid((0, 2, 4), (79, 96.5, 79))
        face = spots.ellipsoid((0, -46, -66), (60, 56, 76))
        neck = np.hypot(spots.x / 58, (spots.y - 34) / 60) * 58 - 58
        neck = np.maximum(neck, spots.z + 40)
        return merged(merged(vault, face, 18.0), neck.astype(np.float32), 14.0)

    def layers(self, x: Floats, y: Floats, z: Floats, soft_mm: float) -> "list[tuple[str, Floats]]":
        """Tissues and how much of each point they cover (0 to 1), later ones painted over earlier."""
        spots = Spots(x, y, z)
        warp = self._warp.at(x, y, z)
        painted: list[tuple[str, Floats]] = []

        def add(tissue: str, distance: Floats, soft: float = soft_mm) -> None:
            painted.append((tissue, np.asarray(np.clip(0.5 - distance / soft, 0, 1), np.float32)))

        self._shell(spots, warp, add)
        self._face(spots, warp, add)
        inner = self._inner(spots)
        add("csf", inner)
        self._hindbrain(spots, warp, inner, add)
        hull, brain = self._cerebrum(spots, warp)
        self._cortex(spots, hull, brain, warp, add, soft_mm)
        self._deep(spots, warp, brain, add, soft_mm)
        self._dura(spots, inner, add)
        petrous = spots.mirrored().tube((15, -2, -44, 4), (36, 12, -37, 6.5), (58, 24, -38, 10))
        add("bone", petrous + 0.8 * warp)
        ragged = self._ragged.at(x, y, z)
        for lesion in self.lesions:
            add(lesion.tissue, spots.ellipsoid(lesion.centre, lesion.radii) + lesion.ragged_mm * ragged, soft_mm * 1.4)
        return painted

    def _inner(self, spots: Spots) -> Floats:
        """The inside of the skull."""
        narrow = 1.0 - 0.10 * ramp(-spots.y / 80)
        vault = Spots((spots.x / narrow).astype(np.float32), spots.y, spots.z).ellipsoid((0, 2, 4), (67, 85, 68))
        step = ramp((spots.y + 33 - 0.014 * (np.abs(spots.x) - 36) ** 2) / 16)
        floor = -29.0 - 19.0 * step - 26.0 * ramp((spots.y - 8) / 22)
        middle = np.exp(-((spots.x / 15) ** 2)) * step * (1 - ramp((spots.y - 4) / 10))
        floor = floor + 20.0 * middle
        hole = spots.tube((0, 22, -60, 15), (0, 28, -140, 13))
        return merged(np.maximum(vault, (floor - spots.z) * 0.85), hole, 6.0)

    def _shell(self, spots: Spots, warp: Floats, add: "Callable[..., None]") -> None:
        skin = self.outside(spots.x, spots.y, spots.z)
        inner = self._inner(spots)
        add("skin", skin)
        add("fat", skin + 2.0)
        add("muscle", np.maximum(skin + 5.5 + 1.5 * warp, spots.z + 34 - 0.25 * spots.y))
        temple = spots.mirrored().ellipsoid((70, -22, -14), (9, 32, 38))
        add("muscle", temple)
        streak = self._ragged.at(spots.x * 0.8, spots.y * 0.8, spots.z * 0.5)
        add("fat", np.maximum(np.abs(streak) * 4.0 - 0.5, skin + 9.0))
        add("muscle", np.maximum(temple, 0.8 - np.abs(streak) * 4.0))
        thick = 6.5 + 1.6 * warp + 1.2 * ramp((spots.y - 60) / 25)
        brow = np.exp(-((spots.x / 24) ** 2) - ((spots.y + 88) / 12) ** 2 - ((spots.z - 2) / 18) ** 2)
        thick = thick + 5.0 * brow
        bottom = np.maximum(-96 - spots.z, 0) * 0.5
        outer = inner - thick + bottom
        add("bone", outer)
        diploe = np.maximum(inner - thick + 1.7, -inner + 1.6)
        add("marrow", np.maximum(diploe, -(spots.z + 18)))
        sinus = spots.mirrored().ellipsoid((13, -88, 4), (12, 9, 12))
        sinus = np.maximum(np.maximum(sinus, 1.2 - np.abs(spots.x)), np.maximum(outer + 2.2, 2.0 - inner))
        add("air", sinus)

    def _face(self, spots: Spots, warp: Floats, add: "Callable[..., None]") -> None:
        half = spots.mirrored()
        add("bone", half.tube((44, -78, -30, 5), (60, -62, -36, 5), (66, -30, -46, 4), (68, 2, -44, 5)))
        add("bone", half.ellipsoid((34, -60, -74), (22, 24, 24)))
        tongue = spots.ellipsoid((0, -56, -122), (25, 34, 22))
        add("fat", tongue - 3.0)
        add("muscle", tongue)
        add("bone", np.maximum(np.abs(spots.z + 100) - 2.5, np.hypot(spots.x / 30, (spots.y + 62) / 32) * 30 - 30))
        add("bone", half.tube((14, -6, -46, 9), (40, 12, -44, 10), (56, 24, -48, 12), (60, 30, -66, 8)))
        clivus = spots.tube((0, -14, -42, 11), (0, 2, -60, 8), (0, 8, -74, 5))
        add("bone", clivus)
        add("marrow", clivus + 1.5)
        for low in (-88.0, -107.0, -124.0, -141.0):
            body = np.maximum(np.hypot(spots.x / 11, (spots.y - 8) / 8.5) * 9 - 9, np.abs(spots.z - low) - 7.2)
            add("bone", body)
            add("marrow", body + 1.3)
            blade = np.maximum(np.abs(spots.x) - 3, np.abs(spots.z - low + 6 + 0.3 * (spots.y - 46)) - 3.5)
            add("marrow", np.maximum(blade, np.maximum(46 - spots.y, spots.y - 72)))
        cells = self._ragged.at(spots.x, spots.y, spots.z)
        mastoid = half.ellipsoid((60, 30, -54), (11, 15, 20))
        add("air", np.maximum(mastoid, 1.2 - 3.2 * np.abs(cells)))
        add("air", half.ellipsoid((34, -58, -74), (18.5, 20, 19)))
        add("air", np.maximum(half.ellipsoid((9, -24, -46), (10, 12, 9)), 1.0 - half.x))
        nose = np.maximum(half.ellipsoid((8, -62, -64), (10, 36, 36)), 1.5 - half.x)
        add("mucosa", nose)
        add("air", np.maximum(nose + 2.0, 1.6 - 3.0 * np.abs(cells)))
        orbit = half.ellipsoid((31, -66, -34), (18.5, 27, 16.5), lean=-0.35)
        add("bone", orbit - 2.0)
        add("fat", orbit)
        add("muscle", np.abs(half.ellipsoid((29, -58, -34), (9.5, 22, 9.5), lean=-0.35)) - 1.2)
        add("white", half.tube((31, -66, -34, 2.2), (12, -26, -28, 2.2)))
        add("sclera", half.ellipsoid((33, -77, -34), (12.4, 12.4, 12.4)))
        add("vitreous", half.ellipsoid((33, -77, -34), (11.2, 11.2, 11.2)))
        add("lens", half.ellipsoid((33.5, -85, -34), (4.6, 2.2, 4.6)))
        add("air", spots.tube((0, -28, -88, 9), (0, -8, -110, 9), (0, -4, -150, 9)))
        add("air", half.tube((60, 8, -40, 3), (84, 10, -42, 4)))

    def _hindbrain(self, spots: Spots, warp: Floats, inner: Floats, add: "Callable[..., None]") -> None:
        half = spots.mirrored()
        front = 27.0 + 0.004 * spots.x**2 - spots.y
        mass = np.maximum(inner + 2.6 + 0.8 * warp, np.maximum(spots.z - _tent(spots) + 2.2, front))
        mass = np.maximum(mass, spots.tube((0, 80, -60, 5), (0, 74, -80, 7)) * -1)
        add("grey", mass)
        reach = np.hypot(spots.y - 34, (spots.z + 44) * 1.15)
        folia = np.sin(reach * 1.75 + 1.6 * warp)
        add("csf", np.maximum(np.maximum(mass, -mass - 7), 0.93 - folia) * 0.7)
        add("white", np.maximum(mass + 9.0 + 1.6 * folia, 7.0 - half.x * 0.8))
        add("white", np.abs(half.ellipsoid((12, 44, -44), (9, 7, 8))) - 0.6)
        stem = merged(
            spots.ellipsoid((0, 18, -42), (17, 13, 16)),
            merged(spots.ellipsoid((0, 12, -16), (15, 12, 13)), spots.tube((0, 24, -52, 9), (0, 28, -84, 6.5), (0, 28, -140, 5.5)), 6.0),
            6.0,
        )  # fmt: skip
        add("stem", stem)
        add("csf", spots.ellipsoid((0, 35, -42), (7, 4.5, 10)))
        add("csf", spots.tube((0, 32, -34, 1.6), (0, 20, -12, 1.3), (0, 14, -6, 1.3)))
        add("vessel", spots.tube((0, 2.5, -30, 1.8), (0, 2.5, -52, 1.8)))

    def _cerebrum(self, spots: Spots, warp: Floats) -> tuple[Floats, Floats]:
        """Distances to the convexity alone and to the whole surface."""
        narrow = 1.0 - 0.11 * ramp(-spots.y / 80)
        turned = Spots((spots.x / narrow).astype(np.float32), spots.y, spots.z)
        hull = turned.ellipsoid((0, 2, 4.5), (64.6, 82.6, 65))
        front = -26.0 - 17.0 * ramp((spots.y + 30 - 0.014 * (np.abs(spots.x) - 36) ** 2) / 14)
        back = ramp((spots.y - 12) / 22)
        floor = front + (_tent(spots) + 2.0 - front) * back
        mid = ramp((20 - np.abs(spots.x)) / 12) * ramp((spots.y + 18) / 16) * (1 - back)
        floor = floor + (-13.0 - floor) * mid
        return hull + np.float32(0.6) * warp, np.asarray(
            np.maximum(hull, (floor - spots.z) * 0.85) + 0.8 * warp, np.float32
        )

    def _cortex(
        self, spots: Spots, hull: Floats, brain: Floats, warp: Floats, add: "Callable[..., None]", soft: float
    ) -> None:
        size = np.sqrt((spots.x / 64) ** 2 + (spots.y / 82) ** 2 + (spots.z / 63) ** 2) + 0.03
        # Sulci run inwards: the folding field is read near the surface point above each point.
        out = np.asarray(np.clip(size, 0.35, 1.2) ** -0.72, np.float32)
        fold = self._fold.at(spots.x * out, spots.y * out, spots.z * out) + 0.35 * self._fold_fine.at(
            spots.x * out, spots.y * out, spots.z * out
        )
        near = np.abs(fold) * 5.2
        depth = -hull
        deep = np.clip(1 - depth / 21.0, 0, 1)
        cleft = near - (0.1 + 1.15 * deep**1.2)
        reach = ramp((24.0 - depth) / 7.0)
        ribbon = np.minimum(-brain, np.where(depth < 24, cleft, 99.0) + 3.0 * (1 - reach) * 2)
        split = self._split(spots)
        insula = self._insula(spots, warp)
        ribbon = np.minimum(ribbon, np.minimum(split, insula))
        add("white", brain)
        thick = 3.1
        add("grey", np.maximum(brain, ribbon - thick), soft * 1.1)
        add("csf", np.maximum(brain - 1.0, np.maximum(cleft, depth - 20)), soft)
        add("csf", np.maximum(brain - 1.0, np.minimum(split, insula)), soft)

    @staticmethod
    def _split(spots: Spots) -> Floats:
        """Between the hemispheres, down to the corpus callosum."""
        core = np.hypot((spots.y - 2) / 47, (spots.z - 2) / 29) * 29 - 29
        gap = np.abs(spots.x) - 1.3 - 0.6 * ramp((-spots.y - 20) / 30)
        return np.asarray(np.maximum(gap, -core), np.float32)

    @staticmethod
    def _insula(spots: Spots, warp: Floats) -> Floats:
        """The Sylvian fissure and the cleft over the insula, tapering to their ends."""
        side = np.abs(spots.x)
        course = -9.0 + 0.34 * (spots.y + 8) + 2.0 * warp
        wave = 2.2 * np.sin(side / 6.0)
        wide = 2.6 * (1 - ((spots.y - 2) / 36) ** 2) + 1.2 * ramp((46 - side) / 14)
        slab = np.maximum(np.abs(spots.z - course - wave) - wide, 38 - side)
        bowl = side - 41.5 + 0.012 * (spots.y - 2) ** 2 + 0.012 * (spots.z - 2) ** 2 + 1.4 * warp
        taper = 1.9 * (1 - ((spots.y - 2) / 25) ** 2 - ((spots.z - 3) / 17) ** 2)
        sheet = np.abs(bowl) - np.maximum(taper, -9.0)
        return merged(slab.astype(np.float32), sheet.astype(np.float32), 3.0)

    def _deep(self, spots: Spots, warp: Floats, brain: Floats, add: "Callable[..., None]", soft: float) -> None:
        half = spots.mirrored()
        bump = 0.7 * warp
        add("nucleus", half.ellipsoid((13.5, -20, 9), (5.5, 10, 9), lean=0.3) + bump)
        add("nucleus", half.tube((15, -10, 17, 4), (18, 12, 20, 3), (22, 22, 15, 2)) + bump)
        add("nucleus", half.ellipsoid((28, -3, 2), (5.2, 17, 10), lean=0.28) + bump)
        add("pallidum", half.ellipsoid((21, -2, 0), (4.6, 11, 7), lean=0.42) + bump)
        add("nucleus", half.ellipsoid((10.5, 12, 4), (8, 14.5, 9), lean=0.45) + bump)
        ventricle = merged(
            half.tube((9, -37, 7, 4), (9.5, -24, 14, 5.2), (10, -6, 21, 5.5), (13, 14, 22, 6), (22, 30, 10, 7),
                      (24, 38, 3, 6.5), (22, 54, 2, 3.6)),
            half.tube((24, 36, 2, 5.5), (32, 22, -12, 3.2), (33, 4, -21, 2.6), (30, -6, -23, 2.0)),
            4.0,
        )  # fmt: skip
        septum = 0.8 - half.x + 2.4 * ramp((spots.y + 5) / 30)
        add("csf", np.maximum(ventricle + 0.5 * warp, septum.astype(np.float32)))
        third = np.maximum(np.abs(spots.x) - 1.9, np.hypot((spots.y - 4) / 15, (spots.z + 1) / 9) * 9 - 9)
        add("csf", third.astype(np.float32))
        add("plexus", half.ellipsoid((22, 33, 5), (3.2, 6, 3.2)) + 0.8 * warp)
        add("csf", spots.ellipsoid((0, 27, -2), (9, 5, 7)) + 1.0)
        add("csf", np.maximum(spots.ellipsoid((0, -14, -24), (14, 12, 8)), -brain * 0 - 50))
        add("grey", spots.ellipsoid((0, -12, -36), (6, 5, 4)))

    @staticmethod
    def _dura(spots: Spots, inner: Floats, add: "Callable[..., None]") -> None:
        core = np.hypot((spots.y - 2) / 52, (spots.z - 2) / 36) * 36 - 36
        falx = np.maximum(np.abs(spots.x) - 0.7, np.maximum(-core, inner))
        add("dura", np.maximum(falx, -20 - spots.z).astype(np.float32))
        tent = np.abs(spots.z - _tent(spots)) - 0.8
        tent = np.maximum(np.maximum(tent, inner), np.maximum(24 - spots.y, 17 - np.hypot(spots.x, spots.y - 16)))
        add("dura", tent.astype(np.float32))
        # The superior sagittal sinus rides in the midline under the vault.
        sinus = np.maximum(np.abs(spots.x) + 0.9 * np.abs(inner + 2.5) - 4.2, -22 - spots.z)
        add("sinus", np.maximum(sinus, inner).astype(np.float32))


def _tent(spots: Spots) -> Floats:
    """Height (mm) of the tentorium: highest in the midline, falling to the sides and the back."""
    ridge = np.exp(-((spots.x / 20) ** 2))
    return np.asarray(-15.0 + 11.0 * ridge - 0.20 * (spots.y - 30) - 0.05 * np.abs(spots.x), np.float32)


def head_images(
    head: Head, x: Floats, y: Floats, z: Floats, soft_mm: float, values: Sequence[dict[str, float]]
) -> list[NDArray[np.float32]]:
    """One plane (positions of one shape) as often as there are value tables; "air" fills the outside."""
    rows, columns = np.nonzero(head.outside(x, y, z) < 2.0)
    images = [np.full(x.shape, table["air"], np.float32) for table in values]
    if not len(rows):
        return images
    px, py, pz = (np.ascontiguousarray(axis[rows, columns], np.float32) for axis in (x, y, z))
    layers = head.layers(px, py, pz, soft_mm)
    for image, table in zip(images, values, strict=True):
        inside = image[rows, columns]
        for tissue, cover in layers:
            inside += cover * (np.float32(table[tissue]) - inside)
        image[rows, columns] = inside
    return images
