"""Writing a digital radiograph for presentation (PS3.3 A.26), of whatever part."""

from typing import Any

import numpy as np
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

from readingroom.demo.pen import SeriesPen, StudyPen, coded
from readingroom.demo.texture import Floats

REGIONS = {
    "CHEST": coded("51185008", "SCT", "Chest"),
    "HAND": coded("85562004", "SCT", "Hand"),
}


def radiograph(
    pen: StudyPen,
    number: int,
    description: str,
    grey: Floats,
    imager_mm: float,
    *,
    inverse: bool = False,
    bits: int = 12,
    syntax: str = ExplicitVRLittleEndian,
    **more: Any,
) -> SeriesPen:
    """One film, 0 (black) to 1 (white), as MONOCHROME2, or as MONOCHROME1 with its stored values turned over."""
    case = pen.case
    top = (1 << bits) - 1
    shown = 1 - grey if inverse else grey
    values = np.rint(shown * (top - 200) + 100).astype(np.uint16)
    keywords: dict[str, Any] = {
        "PresentationIntentType": "FOR PRESENTATION", "ImageType": ["ORIGINAL", "PRIMARY", ""],
        "PhotometricInterpretation": "MONOCHROME1" if inverse else "MONOCHROME2",
        "PresentationLUTShape": "INVERSE" if inverse else "IDENTITY", "PixelIntensityRelationship": "LOG",
        "PixelIntensityRelationshipSign": 1 if inverse else -1, "RescaleIntercept": "0", "RescaleSlope": "1",
        "RescaleType": "US", "WindowCenter": str((top + 1) // 2), "WindowWidth": str(top - 200),
        "WindowCenterWidthExplanation": "STANDARD", "ImagerPixelSpacing": [f"{imager_mm:.6g}", f"{imager_mm:.6g}"],
        "DetectorType": "SCINTILLATOR", "DetectorConfiguration": "AREA", "DetectorDescription": "CsI flat panel",
        "DetectorID": f"D{case.station[2]}", "AcquisitionContextSequence": [],
        "AnatomicRegionSequence": [REGIONS[case.body_part]], "BurnedInAnnotation": "NO",
        "LossyImageCompression": "00", "KVP": "117", "ExposureTime": "8", "XRayTubeCurrent": "320", "Exposure": "3",
        "DistanceSourceToDetector": "1800", "ExposureIndex": "412", "TargetExposureIndex": "400",
        "DeviationIndex": "0.1", "AcquisitionDeviceProcessingDescription": "Multi-scale",
    }  # fmt: skip
    series = pen.begin(number, "DX", DigitalXRayImageStorageForPresentation, description, syntax, **(keywords | more))
    series.write(values, bits)
    return series
