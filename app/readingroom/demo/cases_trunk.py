"""PET-CT with a lesion of known uptake, and CT of the abdomen with a lesion in the liver."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
from pydicom.uid import RLELossless

from readingroom.demo.cases_nodule import body_plane, paint_sphere, paint_spicules, sphere_truth
from readingroom.demo.patients import ACHTERBERG, EASTMERE, LLEWELLYN, THORNFIELD
from readingroom.demo.pen import Case, StudyPen, Truth
from readingroom.demo.pet import Injection, pet_series, pet_volume, write_pet
from readingroom.demo.scanner import BELLY, SOFT, Position, Reconstruction, ct_series, scan
from readingroom.demo.shapes import Point, Sheet
from readingroom.demo.torso import Torso
from readingroom.demo.wall import Build

_MASS: Point = (-74.0, 22.0, -52.0)
_MASS_MM = 26.0
_NODE: Point = (-20.0, 0.0, 12.0)
_STEP_MM = 5.0
_PLANES = [_MASS[2] + _STEP_MM * n for n in range(34, -47, -1)]
_CT = Position(512, 0.9766, (-250.0, -262.0), (0.0, -168.0, -930.0))
_PET_SIZE, _PET_MM = 128, 4.0
_INJECTION = Injection(312e6, datetime(2026, 11, 23, 9, 41, 20), datetime(2026, 11, 23, 10, 43, 30))


def make_pet_ct(pen: StudyPen) -> Truth:
    """Low-dose CT and PET of chest and abdomen in one frame of reference."""
    torso = Torso(Build(fat_mm=18.0, blood_hu=44.0, breath_mm=10.0), 407)
    torso.thorax.clear(_MASS, _MASS_MM / 2 + 5)
    ct = ct_series(
        pen, 2, "CT WB 5.0 Br40", replace(SOFT, noise_hu=17.0), _CT, _STEP_MM, XRayTubeCurrent="60", Exposure="30",
        CTDIvol=2.4,
    )  # fmt: skip

    def plane(z: float) -> Sheet:
        sheet = body_plane(torso, _CT, z, 121.0)
        paint_spicules(sheet, _MASS, _MASS_MM)
        paint_sphere(sheet, _MASS, _MASS_MM, 42.0)
        return sheet

    scan(_PLANES, _CT, ((ct, Reconstruction(replace(SOFT, noise_hu=17.0), _CT, 51)),), plane)
    return {"lesion": _write_pet(pen, torso)}


def _write_pet(pen: StudyPen, torso: Torso) -> Truth:
    axis = ((np.arange(_PET_SIZE) - 63.5) * _PET_MM).astype(np.float32)
    hot = ((_MASS, _MASS_MM, 11.5), (_NODE, 13.0, 8.5), ((22.0, 4.0, -40.0), 11.0, 5.5))
    suv = pet_volume(torso, axis, axis, _PLANES, hot, 52)
    factor = _INJECTION.suv_factor(pen.case.person.weight_kg)
    shown = 7.0 / factor
    series = pet_series(pen, 3, "PET WB AC", _INJECTION, _PET_MM, _STEP_MM, len(_PLANES))
    series.shared |= {"WindowCenter": f"{shown / 2:.6g}", "WindowWidth": f"{shown:.6g}"}
    corners = [_CT.lps(float(axis[0]), float(axis[0]), z) for z in _PLANES]
    told = write_pet(series, suv / factor, corners, _INJECTION) * factor
    x, y, z = np.meshgrid(axis - _MASS[0], axis - _MASS[1], np.array(_PLANES) - _MASS[2])
    inside = np.moveaxis(np.sqrt(x**2 + y**2 + z**2) <= _MASS_MM / 2 + 4, 2, 0)
    core = np.moveaxis(np.sqrt(x**2 + y**2 + z**2) <= 6.0, 2, 0)
    plane, row, column = (int(v) for v in np.unravel_index(np.argmax(np.where(inside, told, 0)), told.shape))
    return {
        "centre_lps_mm": list(_CT.lps(*_MASS)), "diameter_mm": _MASS_MM, "painted_suv": 11.5,
        "series_uid": series.uid, "suv_factor": factor, "suvbw_max": float(told[plane, row, column]),
        "suvbw_max_sop_uid": series.sop_uids[plane], "suvbw_max_instance": plane + 1,
        "suvbw_max_pixel": [column, row], "suvbw_core_mean": float(told[core].mean()), "core_radius_mm": 6.0,
        "weight_kg": pen.case.person.weight_kg, "activity_bq": _INJECTION.activity_bq,
        "given": _INJECTION.given.isoformat(), "scan_began": _INJECTION.scan_began.isoformat(),
    }  # fmt: skip


_CYST: Point = (-84.0, -14.0, -156.0)
_CYST_MM = 24.0
_BELLY = Position(512, 0.7422, (-191.0, -196.5), (-2.0, -150.0, 96.0))


def make_abdomen(pen: StudyPen) -> Truth:
    """Portal venous phase, 5 mm, RLE lossless: a round lesion of low density in the liver."""
    torso = Torso(Build(fat_mm=20.0, blood_hu=172.0, breath_mm=4.0), 503)
    series = ct_series(pen, 2, "Abdomen PV 5.0 Br40", BELLY, _BELLY, 5.0, RLELossless, CTDIvol=9.1)
    above, below = 15, 34
    kept = Reconstruction(BELLY, _BELLY, 53, keep=above)

    def plane(z: float) -> Sheet:
        sheet = body_plane(torso, _BELLY, z, 122.0)
        paint_sphere(sheet, _CYST, _CYST_MM, 34.0)
        return sheet

    planes = [_CYST[2] + 5.0 * n for n in range(above, -below - 1, -1)]
    scan(planes, _BELLY, ((series, kept),), plane)
    return {"lesion": {"hu": 34.0, "organ": "liver", **sphere_truth(_BELLY, _CYST, _CYST_MM, series, above, kept.kept)}}


CASES = (
    Case(
        "pet-ct", LLEWELLYN, THORNFIELD, date(2026, 11, 23), "103800", "PT", "PET-CT FDG chest and abdomen",
        "CHESTABDOMEN", "TF26112300031", "Vasquez^Lucia^^Dr", ("Arden Imaging", "Duet PET-CT", "TFPT1"), 162, make_pet_ct,
    ),
    Case(
        "ct-abdomen", ACHTERBERG, EASTMERE, date(2026, 11, 24), "074945", "CT", "CT Abdomen with contrast", "ABDOMEN",
        "EM26112400009", "Nakamura^Ken^^Dr", ("Corvus Medical", "Spiral 64", "EMCT1"), 50, make_abdomen,
    ),
)  # fmt: skip
