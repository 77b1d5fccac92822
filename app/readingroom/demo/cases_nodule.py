"""CT of the chest, now and two years ago in another trust: a nodule that grew from 6.2 to 9.8 mm."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import JPEGLSLossless
from scipy import ndimage

from readingroom.demo.patients import EASTMERE, NORTHGATE, WHITCOMBE
from readingroom.demo.pen import Case, SeriesPen, StudyPen, Truth
from readingroom.demo.scanner import (
    LUNG,
    SOFT,
    Position,
    Reconstruction,
    ct_series,
    ellipse_mean,
    scan,
    stored,
)
from readingroom.demo.shapes import Sheet, Tubes
from readingroom.demo.texture import Floats
from readingroom.demo.torso import AIR, Torso, add_couch
from readingroom.demo.wall import Build

NODULE = (-82.0, -16.0, 34.0)  # body mm: right upper lobe
NODULE_HU = 40.0
_TREE_SEED = 7
_BUILD = Build(fat_mm=14.0)


@dataclass(frozen=True, slots=True)
class Scan:
    """One of the two scans: the nodule's diameter (mm), the planes (body z, mm) and how the patient lay."""

    diameter_mm: float
    build: Build
    position: Position
    step_mm: float
    above: int
    below: int

    @property
    def planes(self) -> list[float]:
        """Heights of the planes from the top; one of them cuts the nodule's middle."""
        return [NODULE[2] + self.step_mm * n for n in range(self.above, -self.below - 1, -1)]


CURRENT = Scan(
    9.8, _BUILD, Position(512, 0.6836, (-174.9, -173.1), (0.0, -142.5, -1384.0)), 2.5, 34, 88
)  # fmt: skip
PRIOR = Scan(
    6.2, replace(_BUILD, fat_mm=15.5, breath_mm=7.0, blood_hu=148.0),
    Position(512, 0.7422, (-187.2, -190.6), (6.3, -165.2, 212.5)), 3.0, 27, 71,
)  # fmt: skip


def paint_sphere(
    sheet: Sheet, centre: tuple[float, float, float], diameter_mm: float, value: float, soft_mm: float | None = None
) -> None:
    """A solid sphere whose 50 % contour lies at its radius."""
    radius = diameter_mm / 2
    if abs(sheet.z - centre[2]) > radius + 1:
        return
    box = sheet.box(centre[0] - radius, centre[0] + radius, centre[1] - radius, centre[1] + radius)
    if box is not None:
        x, y = sheet.place(box)
        gap = np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2 + np.float32(sheet.z - centre[2]) ** 2)
        sheet.paint(gap - radius, value, box, soft_mm)


def paint_spicules(sheet: Sheet, centre: tuple[float, float, float], diameter_mm: float) -> None:
    """Fine strands from a nodule into the lung, none of them in the plane of its middle."""
    radius = diameter_mm / 2
    rays = [(0.2, 0.75, 0.62), (-0.3, -0.6, 0.74), (0.15, -0.55, -0.82), (-0.25, 0.7, -0.66), (-0.62, 0.2, 0.75)]
    start = np.array(centre)
    paths = [
        np.array([[*(start + np.array(ray) * radius * 0.8), 0.75], [*(start + np.array(ray) * (radius + 5)), 0.2]])
        for ray in rays
    ]
    part = np.zeros_like(sheet.values)
    Tubes.along(*paths).cover(sheet, part)
    sheet.blend(part, -150.0)


def body_plane(torso: Torso, position: Position, z: float, couch_mm: float) -> Sheet:
    """One plane with the body where it lies and the couch under it; rows and columns without body are not computed."""
    xs, ys = position.xs, position.ys
    sheet = Sheet.empty(xs, ys, z, AIR)
    first, last = np.searchsorted(ys, (-130.0, 122.0))
    left, right = np.searchsorted(xs, (-190.0, 190.0))
    sheet.values[first:last, left:right] = torso.plane(xs[left:right], ys[first:last], z).values
    add_couch(sheet, couch_mm)
    return sheet


def write_localizer(pen: StudyPen, torso: Torso, offset: tuple[float, float, float], top: float, low: float) -> None:
    """A frontal localizer: the body summed from front to back."""
    coarse = coarse_projection(torso, top, low)
    rows = round((top - low) / 1.0)
    image = ndimage.zoom(coarse, (rows / coarse.shape[0], 400 / coarse.shape[1]), order=3)
    position = Position(400, 1.0, (-199.5, 0.0), offset)
    series = ct_series(
        pen, 1, "Topogram 0.6 T20f", SOFT, position, 0.6,
        ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], ImageOrientationPatient=[1, 0, 0, 0, 0, -1],
        ScanOptions="SURVIEW", WindowCenter=["-60"], WindowWidth=["900"], WindowCenterWidthExplanation=["TOPOGRAM"],
        ReconstructionDiameter=None, RescaleType="US", CTDIvol=None, CTDIPhantomTypeCodeSequence=None,
    )  # fmt: skip
    grain = np.random.default_rng(5).normal(0, 9, image.shape)
    place = position.lps(-199.5, 0.0, top)
    series.write(
        stored((image + grain).astype(np.float32)), 12, ImagePositionPatient=[f"{v:.4f}" for v in place],
        SliceLocation=f"{place[1]:.4f}",
    )  # fmt: skip


def coarse_projection(torso: Torso, top: float, low: float, step_mm: float = 5.0) -> Floats:
    """Topogram values (HU-like) of the body from top to low, shape (z, 160): columns of 2.5 mm from x = -200."""
    xs, ys = (np.arange(-200, 200, 2.5) + 1.25).astype(np.float32), np.arange(-125, 122, 3.0).astype(np.float32)
    lines = [
        (torso.plane(xs, ys, float(z), vessels=False).values + 1000).sum(axis=0) * 3.0
        for z in np.arange(top, low, -step_mm)
    ]
    return np.asarray(np.array(lines) / 260.0 - 700.0, np.float32)


def sphere_truth(
    position: Position, centre: tuple[float, float, float], diameter_mm: float, series: SeriesPen, plane: int,
    values: NDArray[np.uint16],
) -> Truth:  # fmt: skip
    """Where a sphere lies and what it measures on the image through its middle."""
    x, y = position.image(centre[0], centre[1])
    half = diameter_mm / 2 / position.spacing_mm
    wide, tall = half * 0.62, half * 0.45
    mean, deviation, count = ellipse_mean(values.astype(np.float64) - 1024, (x, y), wide, tall)
    return {
        "diameter_mm": diameter_mm, "centre_lps_mm": list(position.lps(*centre)), "series_uid": series.uid,
        "sop_uid": series.sop_uids[plane], "instance_number": plane + 1, "centre_image": [x, y],
        "diameter_image": [[x - half, y], [x + half, y]],
        "ellipse_image": [[x - wide, y], [x + wide, y], [x, y - tall], [x, y + tall]],
        "ellipse_mean_hu": mean, "ellipse_sd_hu": deviation, "ellipse_pixels": count,
    }  # fmt: skip


def _truth(made: Scan, series: SeriesPen, values: NDArray[np.uint16]) -> Truth:
    found = sphere_truth(made.position, NODULE, made.diameter_mm, series, made.above, values)
    return {"nodule": {"hu": NODULE_HU, "lobe": "right upper lobe", **found}}


def _torso(of: Scan) -> Torso:
    torso = Torso(of.build, _TREE_SEED)
    torso.thorax.clear(NODULE, 11.0)
    return torso


def louder_at_shoulders(z: float) -> float:
    """Photons are few between the shoulders."""
    return 1.0 + 0.7 * float(np.clip((z - 60) / 40, 0, 1))


def make_current(pen: StudyPen) -> Truth:
    """Soft and lung kernel from one acquisition, and the localizer."""
    torso, position = _torso(CURRENT), CURRENT.position
    write_localizer(pen, torso, position.offset, 150.0, -230.0)
    soft = ct_series(pen, 2, "Thorax 2.5 Br40", SOFT, position, 2.5, CTDIvol=5.9)
    lung = ct_series(pen, 3, "Thorax 2.5 Bl64", LUNG, position, 2.5, CTDIvol=5.9)
    kept = Reconstruction(SOFT, position, 31, keep=CURRENT.above)

    def plane(z: float) -> Sheet:
        sheet = body_plane(torso, position, z, 119.0)
        paint_spicules(sheet, NODULE, CURRENT.diameter_mm)
        paint_sphere(sheet, NODULE, CURRENT.diameter_mm, NODULE_HU)
        return sheet

    scan(
        CURRENT.planes, position, ((soft, kept), (lung, Reconstruction(LUNG, position, 32))), plane, louder_at_shoulders
    )
    return _truth(CURRENT, soft, kept.kept)


def make_prior(pen: StudyPen) -> Truth:
    """One series, another scanner, another position, stored as JPEG-LS lossless."""
    torso, position = _torso(PRIOR), PRIOR.position
    series = ct_series(
        pen, 2, "CHEST 3.0 STANDARD", replace(SOFT, name="STANDARD", noise_hu=13.0), position, 3.0,
        JPEGLSLossless, CTDIvol=7.4,
    )  # fmt: skip
    kept = Reconstruction(SOFT, position, 33, keep=PRIOR.above)

    def plane(z: float) -> Sheet:
        sheet = body_plane(torso, position, z, 124.0)
        paint_sphere(sheet, NODULE, PRIOR.diameter_mm, NODULE_HU)
        return sheet

    scan(PRIOR.planes, position, ((series, kept),), plane, louder_at_shoulders)
    return _truth(PRIOR, series, kept.kept)


CASES = (
    Case(
        "chest-nodule-current", WHITCOMBE, NORTHGATE, date(2026, 11, 24), "084210", "CT", "CT Thorax with contrast",
        "CHEST", "NG26112400417", "Farrow^Helena^^Dr", ("Arden Imaging", "Helix 128", "NGCT02"), 247, make_current,
    ),
    Case(
        "chest-nodule-prior", WHITCOMBE, EASTMERE, date(2024, 11, 19), "151833", "CT", "CT Chest with contrast",
        "CHEST", "EM24111900283", "Farrow^Helena^^Dr", ("Corvus Medical", "Spiral 64", "EMCT1"), 99, make_prior,
    ),
)  # fmt: skip
