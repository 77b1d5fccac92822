"""Mammograms of a known truth: a half disc of tissue on the chest wall, detectors of a stated pitch, no patient."""

from io import BytesIO

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from tests.fakes.objects import as_part10, ct_slice

NOW, BEFORE = "1.2.826.0.1.3680043.10.5.1", "1.2.826.0.1.3680043.10.5.2"
FOUR = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
ORIENTATIONS = {
    ("R", "CC"): ["P", "L"], ("L", "CC"): ["A", "R"], ("R", "MLO"): ["P", "FL"], ("L", "MLO"): ["A", "FR"],
}  # fmt: skip
"""Patient Orientation of an image that lies as it is hung."""
AIR, TISSUE, MARK = 0, 2000, 4000


def breast(
    side: str, view: str, number: int, study: str = NOW, date: str = "20251103", pitch_mm: float = 0.1,
    size: tuple[int, int] = (240, 180), mirrored: bool = False, **more: object,
) -> bytes:  # fmt: skip
    """One view as it is hung, or mirrored left to right with the orientation that says so.

    size: (rows, columns). Tissue fills a half disc whose straight side is the chest wall; its outermost point has MARK.
    """
    rows, columns = size
    ds = dcmread(BytesIO(ct_slice(number, study=study, series=f"{study}.{number}", date=date)))
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "FrameOfReferenceUID", "KVP"):
        delattr(ds, keyword)
    for keyword in ("PositionReferenceIndicator", "SliceThickness", "RescaleIntercept", "RescaleSlope"):
        delattr(ds, keyword)
    ds.SOPClassUID, ds.Modality = "1.2.840.10008.5.1.4.1.1.1.2", "MG"
    ds.PresentationIntentType, ds.ImageType = "FOR PRESENTATION", ["ORIGINAL", "PRIMARY"]
    ds.StudyDescription, ds.SeriesDescription, ds.SeriesNumber = "Mammogram", f"{side} {view}", number
    ds.ImageLaterality, ds.ViewPosition, ds.BodyPartExamined = side, view, "BREAST"
    ds.ImagerPixelSpacing, ds.EstimatedRadiographicMagnificationFactor = [pitch_mm, pitch_mm], "1"
    ds.Rows, ds.Columns = rows, columns
    ds.add_new(0x00280120, "US", AIR)
    ds.WindowCenter, ds.WindowWidth = "2048", "4096"
    across, down = ORIENTATIONS[side, view]
    pixels = _pixels(side, rows, columns)
    if mirrored:
        across, pixels = {"P": "A", "A": "P"}[across], pixels[:, ::-1]
    ds.PatientOrientation = [across, down]
    ds.PixelData = np.ascontiguousarray(pixels).tobytes()
    for keyword, value in more.items():
        setattr(ds, keyword, value)
    return as_part10(ds)


def examination(study: str = NOW, date: str = "20251103", pitch_mm: float = 0.1, **more: object) -> list[bytes]:
    """The four views of an examination."""
    return [breast(side, view, n, study, date, pitch_mm, **more) for n, (side, view) in enumerate(FOUR, 1)]  # type: ignore[arg-type]


def _pixels(side: str, rows: int, columns: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    y, x = np.mgrid[0:rows, 0:columns]
    from_wall = columns - 1 - x if side == "R" else x
    radius = min(rows * 0.45, columns * 0.8)
    away = np.hypot(from_wall, y - rows / 2)
    pixels = np.where(away <= radius, TISSUE, AIR).astype("<u2")
    pixels[(abs(from_wall - radius) < 3) & (abs(y - rows / 2) < 3)] = MARK
    return pixels


def view_code(meaning: str, *modifiers: tuple[str, str]) -> list[Dataset]:
    """A View Code Sequence with its modifiers as (code, meaning)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "399162004", "SCT", meaning
    item.ViewModifierCodeSequence = []
    for value, words in modifiers:
        modifier = Dataset()
        modifier.CodeValue, modifier.CodingSchemeDesignator, modifier.CodeMeaning = value, "SCT", words
        item.ViewModifierCodeSequence.append(modifier)
    return [item]
