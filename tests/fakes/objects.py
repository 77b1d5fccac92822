"""Small DICOM objects of a known truth for tests of doors and desks: no anatomy, no patient."""

from io import BytesIO

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

STUDY, SERIES = "1.2.826.0.1.3680043.10.1.1", "1.2.826.0.1.3680043.10.1.1.1"


def ct_slice(
    number: int, study: str = STUDY, series: str = SERIES, patient: str = "9990000018", name: str = "Reed^Anna",
    size: int = 16, date: str = "20251103",
) -> bytes:  # fmt: skip
    """One CT slice at z = 2.5 mm times its number; every stored value is 1000 + number."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"{series}.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study, series
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.StudyDate, ds.StudyTime, ds.ContentDate, ds.ContentTime = date, "084500", date, "084500"
    ds.AccessionNumber, ds.Modality, ds.Manufacturer = "A1", "CT", "Reading Room"
    ds.ReferringPhysicianName, ds.StudyDescription, ds.SeriesDescription = "Okafor^Ada", "CT chest", "Axial"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = name, patient, "19510203", "F"
    ds.KVP, ds.SliceThickness = "120", "2.5"
    ds.StudyID, ds.SeriesNumber, ds.AcquisitionNumber, ds.InstanceNumber = "1", 2, 1, number
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, 2.5 * number], [1, 0, 0, 0, 1, 0]
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = f"{study}.9", ""
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows = ds.Columns = size
    ds.PixelSpacing, ds.BitsAllocated, ds.BitsStored, ds.HighBit = [0.7, 0.7], 16, 12, 11
    ds.PixelRepresentation, ds.RescaleIntercept, ds.RescaleSlope = 0, -1024, 1
    ds.PixelData = np.full((size, size), 1000 + number, dtype="<u2").tobytes()
    return as_part10(ds)


def as_part10(ds: Dataset) -> bytes:
    """A data set as Part 10 bytes, explicit VR little endian."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def ct_series(count: int, **changes: str) -> list[bytes]:
    """Slices 1 to count of one series."""
    return [ct_slice(number, **changes) for number in range(1, count + 1)]  # type: ignore[arg-type]
