"""Coronary angiography, multi-frame, with a narrowed descending artery."""

from datetime import date

import numpy as np
from pydicom.uid import XRayAngiographicImageStorage

from readingroom.demo.angiogram import FRAME_MS, FRAMES, NARROWED_MM, NORMAL_MM, angiogram, coronary_tree
from readingroom.demo.chest_film import Chest, chest_film
from readingroom.demo.patients import BRIGHTWELL, NORTHGATE
from readingroom.demo.pen import Case, StudyPen, Truth
from readingroom.demo.shadows import Film
from readingroom.demo.wall import Build

_SIZE, _BODY_MM = 512, 0.29
_SOURCE_DETECTOR, _SOURCE_PATIENT = 1020.0, 765.0
_SEED = 611


def make_run(pen: StudyPen) -> Truth:
    """One run of 32 frames at 15 a second, 8 bits, spacing known at the detector only."""
    film = Film.of(_SIZE, _SIZE, _BODY_MM, -40.0, -2.0)
    water = chest_film(Chest(Build(fat_mm=20.0), 607), film)
    pen.tally.look()
    frames = angiogram(film, water, _SEED)
    imager = _BODY_MM * _SOURCE_DETECTOR / _SOURCE_PATIENT
    series = pen.begin(
        1, "XA", XRayAngiographicImageStorage, "LCA RAO 10 CRA 30",
        ImageType=["ORIGINAL", "PRIMARY", "SINGLE PLANE"], PixelIntensityRelationship="LIN", PatientOrientation="",
        ImagerPixelSpacing=[f"{imager:.6g}", f"{imager:.6g}"], RadiationSetting="GR", KVP="82", XRayTubeCurrent="640",
        ExposureTime="7", Exposure="143", AveragePulseWidth="6.8", RadiationMode="PULSED", PositionerMotion="STATIC",
        PositionerPrimaryAngle="-10", PositionerSecondaryAngle="30", DistanceSourceToDetector=f"{_SOURCE_DETECTOR:g}",
        DistanceSourceToPatient=f"{_SOURCE_PATIENT:g}",
        EstimatedRadiographicMagnificationFactor=f"{_SOURCE_DETECTOR / _SOURCE_PATIENT:.6f}",
        TableMotion="STATIC", FieldOfViewShape="RECTANGLE", FieldOfViewDimensions=["198", "198"],
        FrameTime=f"{FRAME_MS}", CineRate=15, RecommendedDisplayFrameRate=15, FrameIncrementPointer=0x00181063,
        NumberOfFrames=FRAMES, StartTrim=1, StopTrim=FRAMES, ContrastBolusAgent="Iodinated, 350 mg/ml",
        ContrastBolusRoute="INTRA-ARTERIAL", WindowCenter="118", WindowWidth="210", BurnedInAnnotation="NO",
        LossyImageCompression="00",
    )  # fmt: skip
    sop_uid = series.write(frames, 8)
    _, (x, z) = coronary_tree(_SEED)
    return {
        "frames": FRAMES, "frame_ms": FRAME_MS, "sop_uid": sop_uid, "imager_mm": imager, "body_mm": _BODY_MM,
        "narrowing": {
            "vessel": "mid left anterior descending", "least_diameter_mm": NARROWED_MM, "normal_diameter_mm": NORMAL_MM,
            "at_rest_image": [(x - float(film.xs[0])) / _BODY_MM + 0.5, (float(film.zs[0]) - z) / _BODY_MM + 0.5],
        },
        "mean_grey_by_frame": [float(np.mean(frame)) for frame in frames],
    }  # fmt: skip


CASES = (
    Case(
        "xa-coronary", BRIGHTWELL, NORTHGATE, date(2026, 11, 23), "154412", "XA", "XA Coronary angiogram", "HEART",
        "NG26112300390", "Achebe^Grace^^Dr", ("Arden Imaging", "Cardia Biplane", "NGXA1"), 1, make_run,
    ),
)  # fmt: skip
