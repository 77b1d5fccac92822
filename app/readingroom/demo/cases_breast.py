"""Four views of both breasts: a spiculated mass on the right, a cluster of calcifications on the left."""

from datetime import date
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation, JPEG2000Lossless

from readingroom.demo.breast import MASS_MM, View, mammogram
from readingroom.demo.patients import SZCZESNA, THORNFIELD
from readingroom.demo.pen import Case, SeriesPen, StudyPen, Truth, coded

_VIEWS = (
    View("R", "CC", mass=(58.0, 78.0)), View("L", "CC", calcs=(48.0, 118.0)), View("R", "MLO", mass=(62.0, 74.0)),
    View("L", "MLO", calcs=(52.0, 112.0)),
)  # fmt: skip
_COLUMNS, _ROWS, _SPACING_MM = 1824, 2560, 0.0810
_ENLARGED = 1.04
_CODES = {"CC": ("399162004", "cranio-caudal"), "MLO": ("399368009", "medio-lateral oblique")}


def _begin(pen: StudyPen, view: View, number: int) -> SeriesPen:
    value, meaning = _CODES[view.projection]
    projection = coded(value, "SCT", meaning)
    projection.ViewModifierCodeSequence = []
    right = view.side == "R"
    feet = "FL" if right else "FR"
    anatomy: Dataset = coded("76752008", "SCT", "Breast")
    imager = _SPACING_MM * _ENLARGED
    keywords: dict[str, Any] = {
        "PresentationIntentType": "FOR PRESENTATION", "ImageType": ["ORIGINAL", "PRIMARY", ""],
        "PresentationLUTShape": "IDENTITY", "PixelIntensityRelationship": "LOG", "PixelIntensityRelationshipSign": -1,
        "RescaleIntercept": "0", "RescaleSlope": "1", "RescaleType": "US", "WindowCenter": "2040",
        "WindowWidth": "3600", "PixelPaddingValue": 0, "ImageLaterality": view.side, "OrganExposed": "BREAST",
        "PatientOrientation": ["P" if right else "A", feet if view.oblique else ("L" if right else "R")],
        "AnatomicRegionSequence": [anatomy], "ViewCodeSequence": [projection], "ViewPosition": view.projection,
        "ImagerPixelSpacing": [f"{imager:.6g}", f"{imager:.6g}"], "DetectorType": "DIRECT",
        "DetectorConfiguration": "AREA", "DetectorID": "TFMG1-A", "FieldOfViewShape": "RECTANGLE",
        "PositionerType": "MAMMOGRAPHIC", "PositionerPrimaryAngle": "45" if view.oblique else "0",
        "AcquisitionContextSequence": [], "BreastImplantPresent": "NO", "PartialView": "NO",
        "BurnedInAnnotation": "NO", "LossyImageCompression": "00", "KVP": "29", "AnodeTargetMaterial": "TUNGSTEN",
        "FilterMaterial": "RHODIUM", "Exposure": "96", "BodyPartThickness": "56", "CompressionForce": "104",
        "EstimatedRadiographicMagnificationFactor": f"{_ENLARGED}", "OrganDose": "0.013",
        "DistanceSourceToDetector": "650", "DistanceSourceToPatient": "625", "Grid": "RECIPROCATING",
    }  # fmt: skip
    return pen.begin(
        number, "MG", DigitalMammographyXRayImageStorageForPresentation, f"{view.side} {view.projection}",
        JPEG2000Lossless, **keywords,
    )  # fmt: skip


def make_mammogram(pen: StudyPen) -> Truth:
    """Right views face left as they are hung: chest wall at the right edge."""
    found = []
    for number, view in enumerate(_VIEWS, start=1):
        pen.tally.look()
        grey, breast = mammogram(view, _COLUMNS, _ROWS, _SPACING_MM, 900 + number)
        values = np.where(breast, np.rint(150 + grey * 3900), 0).astype(np.uint16)
        if view.side == "R":
            values = np.ascontiguousarray(values[:, ::-1])
        series = _begin(pen, view, number)
        series.write(np.clip(values, 0, 4095).astype(np.uint16), 12)
        place = view.mass or view.calcs or (0.0, 0.0)
        across = place[0] / _SPACING_MM
        found.append({
            "view": f"{view.side} {view.projection}", "sop_uid": series.sop_uids[0],
            "finding": "spiculated mass" if view.mass else "clustered calcifications",
            "centre_image": [_COLUMNS - across - 0.5 if view.side == "R" else across + 0.5, place[1] / _SPACING_MM + 0.5],
            "size_mm": MASS_MM if view.mass else 14.0,
        })  # fmt: skip
    return {"views": found, "imager_mm": _SPACING_MM * _ENLARGED, "body_mm": _SPACING_MM}


CASES = (
    Case(
        "mg-4view", SZCZESNA, THORNFIELD, date(2026, 11, 23), "113015", "MG", "MG Bilateral screening", "BREAST",
        "TF26112300048", "Vasquez^Lucia^^Dr", ("Heliograph", "Mammo Clear", "TFMG1"), 4, make_mammogram,
    ),
)  # fmt: skip
