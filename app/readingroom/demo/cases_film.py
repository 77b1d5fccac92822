"""Chest films: one with its prior, one of pneumonia, one of a child."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless

from readingroom.demo.chest_film import Chest, Opacity, chest_film, developed, heart_and_chest_mm, lead_letter
from readingroom.demo.patients import EASTMERE, NORTHGATE, PEMBERTON_DORIS, QUAYE, THORNFIELD, TINDALL
from readingroom.demo.pen import Case, StudyPen, Truth, coded
from readingroom.demo.radiograph import radiograph
from readingroom.demo.shadows import Film
from readingroom.demo.wall import Build

_PA: dict[str, Any] = {
    "ViewPosition": "PA", "PatientOrientation": ["L", "F"], "ImageLaterality": "U",
    "ViewCodeSequence": [coded("272479007", "SCT", "postero-anterior")],
    "PositionerType": "NONE", "DistanceSourceToPatient": "1698",
}  # fmt: skip
_AP = _PA | {"ViewPosition": "AP", "ViewCodeSequence": [coded("399348003", "SCT", "antero-posterior")]}


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a film is taken: coarse size (columns, rows), spacing in the body (mm, before doubling), place, enlargement."""

    columns: int
    rows: int
    body_mm: float
    left_mm: float
    top_mm: float
    person_scale: float = 1.0
    enlarged: float = 1.06

    @property
    def film(self) -> Film:
        """The film in body mm."""
        return Film.of(self.columns, self.rows, self.body_mm, self.left_mm, self.top_mm)

    @property
    def imager_mm(self) -> float:
        """Spacing at the detector of the doubled image."""
        return round(self.body_mm / 2 * self.person_scale * self.enlarged, 5)


_LARGE = Exposure(1240, 1480, 0.28302, -174.2, 168.0)
_PRIOR = Exposure(1180, 1400, 0.30189, -181.0, 160.0)
_SMALL = Exposure(1000, 1080, 0.38, -192.0, 168.0, person_scale=0.56, enlarged=1.04)


def _take(chest: Chest, exposure: Exposure, seed: int, letter_at: tuple[float, float]) -> np.ndarray:
    film = exposure.film
    grey = developed(chest_film(chest, film), film, seed)
    mark = lead_letter(film, "R", letter_at, 13.0 / exposure.person_scale)
    return np.maximum(grey, np.repeat(np.repeat(mark, 2, 0), 2, 1))


def _ratio(build: Build, exposure: Exposure) -> Truth:
    heart, chest = heart_and_chest_mm(build)
    scale = exposure.person_scale
    return {"heart_mm": heart * scale, "chest_mm": chest * scale, "ratio": heart / chest, "tolerance": 0.02}


_DORIS = Chest(Build(female=True, fat_mm=12.0, breath_mm=5.0), 107, pacemaker=True)


def make_current(pen: StudyPen) -> Truth:
    """MONOCHROME1, spacing only at the detector: consolidation and a small effusion on the left, a pacemaker."""
    chest = replace(_DORIS, opacities=(Opacity((84, -86), (27, 30), 34.0),), effusion_mm=24.0)
    grey = _take(chest, _LARGE, 71, (-158, 142))
    series = radiograph(pen, 1, "Chest PA", grey, _LARGE.imager_mm, inverse=True, **_PA)
    return {
        "calibration": "detector", "imager_mm": _LARGE.imager_mm, "photometric": "MONOCHROME1",
        "sop_uid": series.sop_uids[0], "finding": "left lower zone consolidation, small left effusion",
        "cardiothoracic": _ratio(chest.build, _LARGE),
    }  # fmt: skip


def make_prior(pen: StudyPen) -> Truth:
    """MONOCHROME2, corrected for enlargement, 14 bits, JPEG 2000 lossless: clear lungs, the same pacemaker."""
    body_mm = _PRIOR.body_mm / 2
    more: dict[str, Any] = {
        "PixelSpacing": [f"{body_mm:.6g}", f"{body_mm:.6g}"], "PixelSpacingCalibrationType": "GEOMETRY",
        "PixelSpacingCalibrationDescription": "Central plane of the chest",
        "EstimatedRadiographicMagnificationFactor": f"{1800 / 1698:.6f}",
    }  # fmt: skip
    grey = _take(replace(_DORIS, build=replace(_DORIS.build, breath_mm=0.0)), _PRIOR, 72, (-160, 136))
    series = radiograph(pen, 1, "CXR PA", grey, _PRIOR.imager_mm, bits=14, syntax=JPEG2000Lossless, **_PA, **more)
    return {
        "calibration": "geometry", "imager_mm": _PRIOR.imager_mm, "body_mm": body_mm, "photometric": "MONOCHROME2",
        "sop_uid": series.sop_uids[0], "finding": "clear lungs", "cardiothoracic": _ratio(_DORIS.build, _PRIOR),
    }  # fmt: skip


def make_pneumonia(pen: StudyPen) -> Truth:
    """Consolidation in the right upper zone."""
    chest = Chest(Build(fat_mm=15.0), 211, (Opacity((-78, 48), (27, 24), 42.0, 0.6),))
    grey = _take(chest, _LARGE, 73, (-158, 142))
    series = radiograph(pen, 1, "Chest PA", grey, _LARGE.imager_mm, syntax=ExplicitVRLittleEndian, **_PA)
    return {"sop_uid": series.sop_uids[0], "finding": "right upper zone consolidation"}


def make_child(pen: StudyPen) -> Truth:
    """A child of five: clear lungs."""
    grey = _take(Chest(Build(fat_mm=8.0, breath_mm=12.0), 311), _SMALL, 74, (-168, 140))
    series = radiograph(pen, 1, "Chest AP", grey, _SMALL.imager_mm, **_AP)
    return {"sop_uid": series.sop_uids[0], "finding": "clear lungs"}


CASES = (
    Case(
        "dx-chest-current", PEMBERTON_DORIS, THORNFIELD, date(2026, 11, 24), "092518", "DX", "XR Chest", "CHEST",
        "TF26112400077", "Marchetti^Paolo^^Dr", ("Lumen Radiography", "Atlas DR", "TFXR2"), 1, make_current,
    ),
    Case(
        "dx-chest-prior", PEMBERTON_DORIS, NORTHGATE, date(2024, 10, 8), "141102", "DX", "XR Chest", "CHEST",
        "NG24100800561", "Ibekwe^Ada^^Dr", ("Heliograph", "FlatOne", "NGXR1"), 1, make_prior,
    ),
    Case(
        "dx-chest-pneumonia", QUAYE, NORTHGATE, date(2026, 11, 24), "101240", "DX", "XR Chest", "CHEST",
        "NG26112400433", "Ibekwe^Ada^^Dr", ("Heliograph", "FlatOne", "NGXR1"), 1, make_pneumonia,
    ),
    Case(
        "dx-chest-child", TINDALL, EASTMERE, date(2026, 11, 23), "173621", "DX", "XR Chest", "CHEST",
        "EM26112300251", "Lindqvist^Karin^^Dr", ("Lumen Radiography", "Atlas DR", "EMXR3"), 1, make_child,
    ),
)  # fmt: skip
