"""Noise with a header: examinations of any size for benchmarks, made in memory by our own code."""

from io import BytesIO
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

STUDY, SERIES = "2.25.20261124", "2.25.202611241"


def noise_series(images: int, rows: int, columns: int) -> list[bytes]:
    """A CT-like series of 12-bit noise at 1 mm, as Part 10 bytes; image n is a shifted copy of one field of noise."""
    noise = np.random.default_rng(7).normal(1000, 120, (rows, columns)).clip(0, 4095).astype("<u2")
    return [_object(n, np.roll(noise, 7 * n, axis=1)) for n in range(1, images + 1)]


def noise_folder(folder: Path, images: int, rows: int, columns: int) -> Path:
    """The same series as files in a new folder."""
    folder.mkdir()
    for number, part10 in enumerate(noise_series(images, rows, columns)):
        (folder / f"{number:04}.dcm").write_bytes(part10)
    return folder


def _object(number: int, pixels: "np.ndarray[tuple[int, int], np.dtype[np.uint16]]") -> bytes:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"{SERIES}.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = STUDY, SERIES
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.StudyDate, ds.StudyTime, ds.Modality, ds.AccessionNumber = "20261124", "0800", "CT", "BENCH"
    ds.StudyDescription, ds.SeriesDescription, ds.Manufacturer = "Benchmark", "Noise", "Reading Room"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Bench^Mark", "9990000018", "19600101", "O"
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber, ds.KVP, ds.ReferringPhysicianName = "1", 1, number, "120", ""
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, number], [1, 0, 0, 0, 1, 0]
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = f"{STUDY}.9", ""
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.Rows, ds.Columns = pixels.shape
    ds.PixelSpacing, ds.SliceThickness, ds.BitsAllocated, ds.BitsStored, ds.HighBit = [0.7, 0.7], "1", 16, 12, 11
    ds.RescaleIntercept, ds.RescaleSlope, ds.WindowCenter, ds.WindowWidth = -1024, 1, 40, 400
    ds.PixelData = pixels.tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()
