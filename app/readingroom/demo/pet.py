"""Uptake of a tracer in the trunk, and the PET Image objects that tell it in becquerels."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import PositronEmissionTomographyImageStorage
from scipy import ndimage

from readingroom.demo.patients import stable_uid
from readingroom.demo.pen import SeriesPen, StudyPen, coded, item
from readingroom.demo.shapes import Point, Sheet
from readingroom.demo.texture import Floats
from readingroom.demo.thorax import HEART_AXIS
from readingroom.demo.torso import Torso

HALF_LIFE_S = 6586.2  # fluorine 18


@dataclass(frozen=True, slots=True)
class Injection:
    """What was given when: activity (Bq) and the time; and when the scan began."""

    activity_bq: float
    given: datetime
    scan_began: datetime

    def suv_factor(self, weight_kg: float) -> float:
        """SUVbw per Bq/ml for images corrected to the start of the scan."""
        waited_s = (self.scan_began - self.given).total_seconds()
        return float(weight_kg * 1000.0 / (self.activity_bq * 0.5 ** (waited_s / HALF_LIFE_S)))


def uptake(torso: Torso, xs: Floats, ys: Floats, z: float, hot: tuple[tuple[Point, float, float], ...]) -> Floats:
    """SUV on one plane; hot spots are (centre, diameter mm, SUV)."""
    hu = torso.plane(xs, ys, z, vessels=False).values
    sheet = Sheet.empty(xs, ys, z, 0.02)
    for low, high, value in (
        (-1100, -980, 0.01),
        (-980, -400, 0.45),
        (-400, -40, 0.3),
        (-40, 110, 0.85),
        (110, 3000, 1.25),
    ):
        sheet.values[(hu >= low) & (hu < high)] = value
    _organs(torso, sheet)
    for centre, diameter, value in hot:
        found = sheet.ellipsoid(centre, (diameter / 2,) * 3)
        if found is not None:
            sheet.paint(found[1], value, found[0])
    return sheet.values


def _organs(torso: Torso, sheet: Sheet) -> None:
    _, _, rounds = torso.laid(sheet.xs, sheet.ys)
    cage = np.asarray((rounds.radius - rounds.spread(torso.wall.cage(sheet.z))) * 0.93, np.float32)
    part = np.zeros_like(sheet.values)
    for tubes in (torso.thorax.great.arteries, torso.thorax.great.veins, torso.thorax.great.pulmonary):
        tubes.cover(sheet, part)
    sheet.blend(part, 1.75)
    if -262 < sheet.z < -85:
        warp = torso.abdomen.warp.on_plane(sheet.xs, sheet.ys, sheet.z)
        sheet.paint(torso.abdomen.liver(sheet, cage, warp), 2.4)
    for centre, radii, value, axes in (
        ((97, 38, -152), (24, 46, 44), 1.9, None),
        ((58, -22, -158), (56, 32, 38), 1.5, None),
        ((39, -17, -84), (55, 34, 34), 5.8, HEART_AXIS),
        ((33, -18, -82), (44, 23, 23), 1.9, HEART_AXIS),
        ((-62, 40, -216), (25, 24, 56), 3.2, None), ((62, 40, -204), (25, 24, 56), 3.4, None),
        ((-54, 35, -216), (7, 8, 22), 14.0, None), ((54, 35, -204), (7, 8, 24), 17.0, None),
    ):  # fmt: skip
        found = sheet.ellipsoid(centre, radii, axes)
        if found is not None:
            sheet.paint(found[1], value, found[0])


def pet_volume(
    torso: Torso, xs: Floats, ys: Floats, planes: list[float], hot: tuple[tuple[Point, float, float], ...], seed: int
) -> NDArray[np.float32]:
    """SUV as the scanner resolves it (6 mm) with its noise, shape (planes, ys, xs)."""
    volume = np.stack([uptake(torso, xs, ys, z, hot) for z in planes]).astype(np.float32)
    pixel = float(xs[1] - xs[0])
    sigma = 6.0 / 2.355
    volume = ndimage.gaussian_filter(volume, (sigma / abs(planes[1] - planes[0]), sigma / pixel, sigma / pixel))
    noise = np.random.default_rng(seed).standard_normal(volume.shape, dtype=np.float32)
    noise = ndimage.gaussian_filter(noise, 0.8)
    volume += noise / noise.std() * (0.02 + 0.07 * volume)
    return np.asarray(np.maximum(volume, 0), np.float32)


def pet_series(
    pen: StudyPen, number: int, description: str, injection: Injection, spacing_mm: float, step_mm: float, slices: int,
    frame: str = "main",
) -> SeriesPen:  # fmt: skip
    """A PET series with all that its images share (PS3.3 C.8.9.1, C.8.9.2, C.8.9.4)."""
    given = injection.given
    tracer = item(
        Radiopharmaceutical="FDG", RadiopharmaceuticalStartTime=given.strftime("%H%M%S"),
        RadiopharmaceuticalStartDateTime=given.strftime("%Y%m%d%H%M%S"),
        RadionuclideTotalDose=f"{injection.activity_bq:.0f}", RadionuclideHalfLife=f"{HALF_LIFE_S}",
        RadionuclidePositronFraction="0.967", RadiopharmaceuticalRoute="Intravenous",
        RadionuclideCodeSequence=[coded("77004003", "SCT", "^18^Fluorine")],
        RadiopharmaceuticalCodeSequence=[coded("35321007", "SCT", "Fluorodeoxyglucose F^18^")],
    )  # fmt: skip
    lying = coded("102538003", "SCT", "recumbent")
    lying.PatientOrientationModifierCodeSequence = [coded("40199007", "SCT", "supine")]
    keywords: dict[str, Any] = {
        "ImageType": ["ORIGINAL", "PRIMARY"], "Units": "BQML", "CountsSource": "EMISSION",
        "SeriesType": ["WHOLE BODY", "IMAGE"], "NumberOfSlices": slices, "DecayCorrection": "START",
        "CorrectedImage": ["NORM", "DTIM", "ATTN", "SCAT", "RADL", "DECY"], "CollimatorType": "NONE",
        "RandomsCorrectionMethod": "DLYD", "AttenuationCorrectionMethod": "CT-derived mu-map",
        "ScatterCorrectionMethod": "Model-based", "ReconstructionMethod": "OSEM 3D 4i21s",
        "ConvolutionKernel": "XYZ Gauss 4.0", "SliceThickness": f"{step_mm}", "RescaleIntercept": "0",
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [f"{spacing_mm}", f"{spacing_mm}"],
        "FrameOfReferenceUID": stable_uid("frame", pen.case.key, frame), "PositionReferenceIndicator": "",
        "ActualFrameDuration": "150000", "SliceSensitivityFactor": "1",
        "RadiopharmaceuticalInformationSequence": [tracer], "PatientOrientationCodeSequence": [lying],
        "PatientGantryRelationshipCodeSequence": [coded("102540001", "SCT", "headfirst")],
        "SeriesDate": injection.scan_began.strftime("%Y%m%d"), "SeriesTime": injection.scan_began.strftime("%H%M%S"),
        "BurnedInAnnotation": "NO", "LossyImageCompression": "00",
    }  # fmt: skip
    return pen.begin(number, "PT", PositronEmissionTomographyImageStorage, description, **keywords)


def write_pet(
    series: SeriesPen, volume_bqml: Floats, corners: list[tuple[float, float, float]], injection: Injection
) -> NDArray[np.float64]:
    """One image per plane, each with its own slope; answers what the stored values mean (Bq/ml)."""
    told = np.zeros(volume_bqml.shape)
    for n, (plane, corner) in enumerate(zip(volume_bqml, corners, strict=True)):
        slope = float(f"{max(float(plane.max()), 1.0) / 32000:.8g}")
        values = np.clip(np.rint(plane / slope), 0, 32767).astype(np.uint16)
        told[n] = values * slope
        bed_s = 150 * (n // 35)
        began = injection.scan_began + timedelta(seconds=bed_s)
        series.write(
            values, 16, RescaleSlope=f"{slope:.8g}", ImageIndex=n + 1, FrameReferenceTime=f"{(bed_s + 75) * 1000}",
            DecayFactor=f"{2 ** ((bed_s + 75) / HALF_LIFE_S):.6f}", AcquisitionTime=began.strftime("%H%M%S"),
            ImagePositionPatient=[f"{v:.4f}" for v in corner], SliceLocation=f"{corner[2]:.4f}",
        )  # fmt: skip
    return told
