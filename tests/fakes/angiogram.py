"""A run of frames whose vessel, mask and noise are known: what is left after subtraction is known beforehand."""

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from tests.fakes.objects import as_part10

ROWS, COLUMNS = 40, 48
XA, ENHANCED = "1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.12.1.1"
XA_STATE = "1.2.840.10008.5.1.4.1.1.11.5"
SERIES = "1.2.826.0.1.3680043.10.8.1"


def bones() -> NDArray[np.float64]:
    """What lies behind the vessel: a ramp, so that a moved mask differs by a known number."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.asarray(1000.0 + 4.0 * x + 8.0 * y)


def vessel(frame: int) -> NDArray[np.bool_]:
    """Where contrast is in a frame (from 1): none in the first two, then further down in each."""
    found = np.zeros((ROWS, COLUMNS), bool)
    if frame > 2:
        found[5 : 5 + 3 * frame, 20:24] = True
    return found


def run(pixels: NDArray[np.float64], relationship: str | None = "LOG", **changes: object) -> Dataset:
    """A multi-frame XA image of pixels (frames, rows, columns)."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = XA, f"{SERIES}.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = "1.2.826.0.1.3680043.10.8", SERIES, "XA"
    ds.PatientName, ds.PatientID, ds.StudyDate = "Vessel^Ann", "9990000034", "20261103"
    ds.SeriesNumber, ds.InstanceNumber, ds.SeriesDescription = 1, 1, "DSA carotid"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "SINGLE PLANE"]
    ds.NumberOfFrames, ds.Rows, ds.Columns = pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.FrameTime = 250.0
    ds.PixelData = np.rint(pixels).astype("<u2").tobytes()
    if relationship is not None:
        ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = relationship, 1
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return ds


def logarithmic(frames: int = 6, contrast: float = 300.0) -> NDArray[np.float64]:
    """Values that are logarithms already: the vessel lies lower by a known number."""
    return np.stack([bones() - contrast * vessel(n) for n in range(1, frames + 1)])


def mask(operation: str, **more: object) -> Dataset:
    """An item of a Mask Subtraction Sequence."""
    item = Dataset()
    item.MaskOperation = operation
    for keyword, value in more.items():
        setattr(item, keyword, value)
    return item


def as_enhanced(ds: Dataset, shifts: dict[int, tuple[float, float]], item_id: int = 1) -> Dataset:
    """The same run as an Enhanced XA image: the relationship and each frame's shift of the mask in functional groups."""
    relationship = str(ds.PixelIntensityRelationship)
    del ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign
    ds.SOPClassUID = ENHANCED
    shared, properties = Dataset(), Dataset()
    properties.PixelIntensityRelationship, properties.PixelIntensityRelationshipSign = relationship, 1
    shared.FramePixelDataPropertiesSequence = [properties]
    ds.SharedFunctionalGroupsSequence = [shared]
    groups = []
    for frame in range(1, int(ds.NumberOfFrames) + 1):
        own = Dataset()
        if frame in shifts:
            moved = Dataset()
            moved.SubtractionItemID, moved.MaskSubPixelShift = item_id, list(shifts[frame])
            own.FramePixelShiftSequence = [moved]
        groups.append(own)
    ds.PerFrameFunctionalGroupsSequence = groups
    return ds


def state(of: Dataset, item: Dataset, **changes: object) -> bytes:
    """An XA/XRF grey presentation state that subtracts."""
    ds, series, image = Dataset(), Dataset(), Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = XA_STATE, f"{SERIES}.9"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = of.StudyInstanceUID, f"{SERIES}.8", "PR"
    ds.PatientName, ds.PatientID, ds.ContentLabel = of.PatientName, of.PatientID, "SUBTRACTED"
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = of.SOPClassUID, of.SOPInstanceUID
    series.SeriesInstanceUID, series.ReferencedImageSequence = of.SeriesInstanceUID, [image]
    ds.ReferencedSeriesSequence, ds.MaskSubtractionSequence = [series], [item]
    ds.PresentationLUTShape, ds.RecommendedViewingMode = "IDENTITY", "SUB"
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return as_part10(ds)


def as_bytes(ds: Dataset) -> bytes:
    """A run as Part 10 bytes."""
    return as_part10(ds)
