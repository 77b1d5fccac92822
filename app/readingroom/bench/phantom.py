"""Noise with a header: examinations of any size for benchmarks, made in memory by our own code."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

STUDY, SERIES = "2.25.20261124", "2.25.202611241"
BODY, BODY_SERIES = "2.25.20261125", "2.25.202611251"
_PHASES = 24


def noise_series(images: int, rows: int, columns: int) -> list[bytes]:
    """A CT-like series of 12-bit noise at 1 mm, as Part 10 bytes; image n is a shifted copy of one field of noise."""
    noise = np.random.default_rng(7).normal(1000, 120, (rows, columns)).clip(0, 4095).astype("<u2")
    return [_object(n, np.roll(noise, 7 * n, axis=1)) for n in range(1, images + 1)]


def body_study(sizes: tuple[int, ...] = (300, 120, 60), rows: int = 512) -> Iterator[bytes]:
    """A CT-like study of several series that compresses as CT does: a body with lungs, spine and noise, as Part 10 bytes.

    Its study is BODY; series n is called BODY_SERIES.n; its images lie 1 mm apart.
    """
    noise = np.random.default_rng(7).normal(0, 1, (rows, rows)).astype("<f4")
    bodies: dict[int, NDArray[np.float32]] = {}
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : rows * 1j]
    for nth, images in enumerate(sizes):
        for number in range(1, images + 1):
            phase = round(_PHASES * number / images)
            if phase not in bodies:
                bodies[phase] = _body(x, y, phase / _PHASES)
            hu = bodies[phase]
            # Noise is what keeps CT from being small: stronger within the body than in the air around it.
            grain = np.roll(noise, 13 * number, axis=1) * np.where(hu > -950, np.float32(18), np.float32(4))
            stored = ((hu + grain).clip(-1024, 3071) + 1024).astype("<u2")
            yield _object(number, stored, f"{BODY_SERIES}.{nth + 1}", nth + 1, BODY)


def _body(x: NDArray[np.float64], y: NDArray[np.float64], along: float) -> NDArray[np.float32]:
    """HU of a slice through an ellipse with two lungs that come and go along it, a spine and a heart."""
    hu = np.full(x.shape, -1000.0, np.float32)
    hu[(x / 0.85) ** 2 + (y / 0.62) ** 2 < 1] = -90.0
    hu[(x / 0.80) ** 2 + (y / 0.57) ** 2 < 1] = 45.0
    lung = 0.34 * np.sin(np.pi * along) ** 0.5
    for side in (-1, 1):
        hu[((x - 0.40 * side) / max(lung, 1e-3)) ** 2 + (y / max(1.25 * lung, 1e-3)) ** 2 < 1] = -860.0
    hu[((x - 0.08) / 0.16) ** 2 + ((y + 0.12) / 0.18) ** 2 < 1] = 60.0
    hu[(x / 0.09) ** 2 + ((y - 0.38) / 0.08) ** 2 < 1] = 420.0
    return hu


def noise_folder(folder: Path, images: int, rows: int, columns: int) -> Path:
    """The same series as files in a new folder."""
    folder.mkdir()
    for number, part10 in enumerate(noise_series(images, rows, columns)):
        (folder / f"{number:04}.dcm").write_bytes(part10)
    return folder


def _object(
    number: int, pixels: NDArray[np.uint16], series: str = SERIES, series_number: int = 1, study: str = STUDY
) -> bytes:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"{series}.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study, series
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.StudyDate, ds.StudyTime, ds.Modality, ds.AccessionNumber = "20261124", "0800", "CT", "BENCH"
    ds.StudyDescription, ds.SeriesDescription, ds.Manufacturer = (
        "Benchmark",
        "Noise" if study == STUDY else "Body",
        "Reading Room",
    )
    # Of two patients: an examination of the same one would be opened beside it as a prior, and counted with it.
    who = ("Bench^Mark", "9990000018") if study == STUDY else ("Bench^Anna", "9990000026")
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = *who, "19600101", "O"
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber, ds.KVP, ds.ReferringPhysicianName = (
        "1",
        series_number,
        number,
        "120",
        "",
    )
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, number], [1, 0, 0, 0, 1, 0]
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = f"{study}.9", ""
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
