"""A CT and a PET of one hot ball, each on a grid of its own: every millimetre and every becquerel is known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from tests.fakes.objects import as_part10

STUDY, SPACE, OTHER_SPACE = "1.2.826.0.1.3680043.10.7", "1.2.826.0.1.3680043.10.7.9", "1.2.826.0.1.3680043.10.7.8"
CENTRE = (6.0, -9.0, 31.0)
CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2", "PT": "1.2.840.10008.5.1.4.1.1.128", "MR": "1.2.840.10008.5.1.4.1.1.4",
}  # fmt: skip
DOSE_BQ, WEIGHT_KG, HALF_LIFE_S, WAITED_S = 3.7e8, 70.0, 6586.2, 3600.0
SUV_FACTOR = WEIGHT_KG * 1000 / (DOSE_BQ * 2 ** (-WAITED_S / HALF_LIFE_S))
Field = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def ball(
    inside: float, outside: float, radius_mm: float = 14.0, centre: tuple[float, float, float] = CENTRE, soft_mm: float = 16.0
) -> Field:  # fmt: skip
    """A ball whose value falls evenly from the middle of its edge, so that grids of any spacing hold it well."""

    def values(points: NDArray[np.float64]) -> NDArray[np.float64]:
        away = np.linalg.norm(points - np.array(centre), axis=-1)
        share = np.clip((radius_mm + soft_mm / 2 - away) / soft_mm, 0.0, 1.0)
        return np.asarray(outside + (inside - outside) * share)

    return values


@dataclass(frozen=True)
class Grid:
    """A stack of slices: first pixel, direction of rows and columns (LPS), spacing (rows, columns, slices) in mm."""

    modality: str = "CT"
    corner: tuple[float, float, float] = (-50.0, -60.0, -20.0)
    row: tuple[float, float, float] = (1.0, 0.0, 0.0)
    column: tuple[float, float, float] = (0.0, 1.0, 0.0)
    spacing: tuple[float, float, float] = (1.0, 1.0, 2.0)
    size: tuple[int, int, int] = (50, 100, 110)
    number: int = 1
    space: str = SPACE
    description: str = "CT soft tissue"
    changes: dict[str, object] = field(default_factory=dict)

    @property
    def series_uid(self) -> str:
        return f"{STUDY}.{self.number}"

    def points(self, slice_: int) -> NDArray[np.float64]:
        """LPS of every pixel of a slice, shape (rows, columns, 3)."""
        row, column = np.array(self.row), np.array(self.column)
        start = np.array(self.corner) + np.cross(row, column) * slice_ * self.spacing[2]
        y, x = np.mgrid[0 : self.size[1], 0 : self.size[2]]
        return np.asarray(start + x[..., None] * row * self.spacing[1] + y[..., None] * column * self.spacing[0])

    def objects(self, of: Field, slopes: Callable[[int], float] = lambda _: 1.0) -> list[bytes]:
        """One Part 10 object for each slice."""
        return [as_part10(self._slice(n, of, slopes(n))) for n in range(self.size[0])]

    def write(self, folder: Path, of: Field, slopes: Callable[[int], float] = lambda _: 1.0) -> Path:
        """The same in a folder."""
        folder.mkdir()
        for n, part10 in enumerate(self.objects(of, slopes)):
            (folder / f"{n:03}.dcm").write_bytes(part10)
        return folder

    def _slice(self, number: int, of: Field, slope: float) -> Dataset:
        points, intercept = self.points(number), -1024.0 if self.modality == "CT" else 0.0
        ds = Dataset()
        ds.SOPClassUID, ds.SOPInstanceUID = CLASSES[self.modality], f"{self.series_uid}.{number + 1}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SeriesNumber = STUDY, self.series_uid, self.number
        ds.FrameOfReferenceUID, ds.Modality, ds.SeriesDescription = self.space, self.modality, self.description
        ds.ImageType, ds.InstanceNumber = ["ORIGINAL", "PRIMARY"], number + 1
        ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = "20261103"
        ds.StudyTime, ds.SeriesTime, ds.AcquisitionTime = "090000", "100000", "100000"
        ds.StudyDescription, ds.PatientName, ds.PatientID = "PET-CT", "Ball^Hot", "9990000026"
        ds.PatientBirthDate, ds.PatientSex = "19610203", "F"
        ds.ImagePositionPatient = [float(part) for part in points[0, 0]]
        ds.ImageOrientationPatient = [*self.row, *self.column]
        ds.PixelSpacing, ds.SliceThickness = [self.spacing[0], self.spacing[1]], self.spacing[2]
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.Rows, ds.Columns = self.size[1], self.size[2]
        ds.BitsAllocated = ds.BitsStored = 16
        ds.HighBit, ds.PixelRepresentation = 15, 0
        ds.RescaleSlope, ds.RescaleIntercept = slope, intercept
        ds.PixelData = np.rint((of(points) - intercept) / slope).astype("<u2").tobytes()
        if self.modality == "PT":
            _uptake(ds)
        for keyword, value in self.changes.items():
            setattr(ds, keyword, value)
        return ds


def _uptake(ds: Dataset) -> None:
    ds.Units, ds.DecayCorrection, ds.CorrectedImage, ds.PatientWeight = "BQML", "START", ["ATTN", "DECY"], WEIGHT_KG
    given = Dataset()
    given.RadionuclideTotalDose, given.RadionuclideHalfLife = DOSE_BQ, HALF_LIFE_S
    given.RadiopharmaceuticalStartDateTime = "20261103090000"
    ds.RadiopharmaceuticalInformationSequence = [given]


def ct_grid() -> Grid:
    """1 × 1 × 2 mm, axial."""
    return Grid()


def pet_grid(space: str = SPACE, **changes: object) -> Grid:
    """4 × 4 × 3 mm, turned by 20° about the long axis and from another corner, smaller than the CT."""
    turn = np.radians(20.0)
    row = (float(np.cos(turn)), float(np.sin(turn)), 0.0)
    column = (float(-np.sin(turn)), float(np.cos(turn)), 0.0)
    return Grid("PT", (-20.0, -58.0, -5.0), row, column, (4.0, 4.0, 3.0), (25, 22, 22), 2, space, "PET AC", changes)


def registration(turned_deg: float, shift_mm: tuple[float, float, float]) -> bytes:
    """A registration that takes OTHER_SPACE into SPACE: turned about the long axis, then moved."""
    turn = np.radians(turned_deg)
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    matrix[:3, 3] = shift_mm
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66.1", f"{STUDY}.3.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SeriesNumber, ds.Modality = STUDY, f"{STUDY}.3", 3, "REG"
    ds.PatientName, ds.PatientID = "Ball^Hot", "9990000026"
    ds.StudyDate, ds.ContentDate, ds.ContentTime, ds.FrameOfReferenceUID = "20261103", "20261104", "120000", SPACE
    ds.ContentCreatorName = "Weber^Ute"
    ds.RegistrationSequence = [_into(SPACE, np.eye(4)), _into(OTHER_SPACE, matrix)]
    return as_part10(ds)


def _into(space: str, matrix: NDArray[np.float64]) -> Dataset:
    one, registered, part = Dataset(), Dataset(), Dataset()
    part.FrameOfReferenceTransformationMatrixType = "RIGID"
    part.FrameOfReferenceTransformationMatrix = [float(f"{value:.12g}") for value in matrix.ravel()]
    registered.MatrixSequence, one.FrameOfReferenceUID = [part], space
    one.MatrixRegistrationSequence = [registered]
    return one
