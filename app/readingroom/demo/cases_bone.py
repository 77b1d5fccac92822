"""A hand with a broken metacarpal, and MR of a lumbar spine with a herniated disc."""

from datetime import date
from typing import Any

import numpy as np
from pydicom.uid import MRImageStorage
from scipy import ndimage

from readingroom.demo.hand import hand_film, hand_grey
from readingroom.demo.lumbar import HERNIATED, T1, T2, Lumbar
from readingroom.demo.patients import EASTMERE, NORTHGATE, PEMBERTON_DOROTHY, RAHMAN, stable_uid
from readingroom.demo.pen import Case, StudyPen, Truth, coded
from readingroom.demo.radiograph import radiograph
from readingroom.demo.shadows import Film
from readingroom.demo.texture import Noise

_BODY_MM = 0.28


def make_hand(pen: StudyPen) -> Truth:
    """One view of the right hand; MONOCHROME1."""
    film = Film.of(640, 1000, _BODY_MM, -106.0, 186.0)
    water, (x, z) = hand_film(film, 701, broken=True)
    more: dict[str, Any] = {
        "ViewPosition": "PA", "PatientOrientation": ["L", "H"], "ImageLaterality": "R", "KVP": "52",
        "ViewCodeSequence": [coded("272479007", "SCT", "postero-anterior")], "PositionerType": "NONE",
        "DistanceSourceToDetector": "1100", "DistanceSourceToPatient": "1090",
    }  # fmt: skip
    series = radiograph(pen, 1, "Hand PA", hand_grey(water, 702), _BODY_MM / 2, inverse=True, **more)
    scale = _BODY_MM / 2
    place = [(x - float(film.xs[0])) / scale + 1.0, (float(film.zs[0]) - z) / scale + 1.0]
    return {"sop_uid": series.sop_uids[0], "finding": "fracture of the fifth metacarpal shaft", "centre_image": place}


_SIZE, _PIXEL_MM, _SLICES, _STEP_MM = 320, 0.90, 15, 4.4
_OFFSET = (1.5, 28.0, -12.0)


def make_lumbar(pen: StudyPen) -> Truth:
    """Sagittal T1 and T2."""
    spine = Lumbar(801)
    ys = ((np.arange(_SIZE) - 159.5) * _PIXEL_MM - 18.0).astype(np.float32)
    zs = (12.0 - (np.arange(_SIZE) - 159.5) * _PIXEL_MM).astype(np.float32)
    planes = [(_SLICES - 1) / 2 * _STEP_MM - n * _STEP_MM for n in range(_SLICES)]
    pictures = [spine.plane(x, ys, zs, (T1, T2)) for x in planes]
    found: Truth = {"level": "L4/L5", "bulge_mm": HERNIATED[1], "sequences": []}
    for number, name, echo, repeat, window in (
        (2, "T1 TSE sag", "11", "560", (430, 900)),
        (3, "T2 TSE sag", "105", "3600", (520, 1100)),
    ):
        series = pen.begin(
            number, "MR", MRImageStorage, name, FrameOfReferenceUID=stable_uid("frame", pen.case.key),
            PositionReferenceIndicator="", ImageType=["ORIGINAL", "PRIMARY", "OTHER"], ScanningSequence="SE",
            SequenceVariant="SK", ScanOptions="", MRAcquisitionType="2D", RepetitionTime=repeat, EchoTime=echo,
            EchoTrainLength="12", FlipAngle="150", MagneticFieldStrength="1.5", ImagedNucleus="1H",
            ImagingFrequency="63.9", SliceThickness="4.0", SpacingBetweenSlices=f"{_STEP_MM}", PatientPosition="HFS",
            PixelSpacing=[f"{_PIXEL_MM}", f"{_PIXEL_MM}"], ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
            AcquisitionMatrix=[0, _SIZE, _SIZE, 0], AcquisitionNumber="1", NumberOfAverages="2",
            WindowCenter=str(window[0]), WindowWidth=str(window[1]), BurnedInAnnotation="NO",
            LossyImageCompression="00",
        )  # fmt: skip
        noise = Noise(810 + number, (_SIZE, _SIZE), 0.55)
        for x, picture in zip(planes, pictures, strict=True):
            blurred = ndimage.gaussian_filter(picture[number - 2], 0.5)
            grainy = np.hypot(blurred + 14 * noise.next(), 14 * noise.next())
            corner = (x + _OFFSET[0], float(ys[0]) + _OFFSET[1], float(zs[0]) + _OFFSET[2])
            series.write(
                np.clip(np.rint(grainy), 0, 4095).astype(np.uint16), 12,
                ImagePositionPatient=[f"{v:.4f}" for v in corner], SliceLocation=f"{corner[0]:.4f}",
            )  # fmt: skip
        found["sequences"].append({"series_uid": series.uid, "description": name})
    return found


CASES = (
    Case(
        "dx-hand", PEMBERTON_DOROTHY, EASTMERE, date(2026, 11, 24), "080907", "DX", "XR Hand right", "HAND",
        "EM26112400021", "Lindqvist^Karin^^Dr", ("Lumen Radiography", "Atlas DR", "EMXR1"), 1, make_hand,
    ),
    Case(
        "mr-lumbar", RAHMAN, NORTHGATE, date(2026, 11, 23), "162230", "MR", "MR Lumbar spine", "LSPINE",
        "NG26112300402", "Sandoval^Iris^^Dr", ("Arden Imaging", "Tesla 1.5", "NGMR2"), 30, make_lumbar,
    ),
)  # fmt: skip
