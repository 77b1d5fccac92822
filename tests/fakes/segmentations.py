"""Segmentations of shapes whose millilitres are known, on grids of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pack_bits
from tests.fakes.objects import as_part10
from tests.fakes.petct import SPACE, STUDY

Shape = Callable[[NDArray[np.float64]], NDArray[np.bool_]]
Vector = tuple[float, float, float]


def sphere(centre: Vector, radius_mm: float) -> Shape:
    """Every point nearer than its radius."""
    return lambda points: np.asarray(np.linalg.norm(points - np.array(centre), axis=-1) < radius_mm)


def block(low: Vector, high: Vector) -> Shape:
    """Every point of a box along the patient's axes."""
    return lambda points: np.asarray(((points > np.array(low)) & (points < np.array(high))).all(axis=-1))


@dataclass(frozen=True)
class SegGrid:
    """Where the frames lie: first pixel, directions, spacing (rows, columns), and each frame's way along the normal."""

    corner: Vector = (-50.0, -60.0, -20.0)
    row: Vector = (1.0, 0.0, 0.0)
    column: Vector = (0.0, 1.0, 0.0)
    spacing: tuple[float, float] = (1.0, 1.0)
    depths_mm: Sequence[float] = tuple(2.0 * n for n in range(50))
    rows: int = 100
    columns: int = 110
    space: str = SPACE
    said: dict[str, float] = field(default_factory=lambda: {"SliceThickness": 2.0})
    lean: Vector = (0.0, 0.0, 0.0)

    def position(self, depth: float) -> NDArray[np.float64]:
        """Centre of a frame's first pixel, LPS; lean moves it for each millimetre of depth."""
        along = np.cross(self.row, self.column) + np.array(self.lean)
        return np.asarray(np.array(self.corner) + along * depth)

    def points(self, depth: float) -> NDArray[np.float64]:
        """LPS of every pixel of a frame."""
        y, x = np.mgrid[0 : self.rows, 0 : self.columns]
        down, across = np.array(self.column) * self.spacing[0], np.array(self.row) * self.spacing[1]
        return np.asarray(self.position(depth) + x[..., None] * across + y[..., None] * down)


def seg(shapes: Sequence[Shape], grid: SegGrid | None = None, kind: str = "BINARY", empty: bool = False) -> bytes:
    """A segmentation whose segments are the shapes, 1 first. empty: frames that mark nothing are written too."""
    grid = grid or SegGrid()
    frames: list[tuple[int, float, NDArray[np.uint8]]] = []
    if kind == "LABELMAP":
        for depth in grid.depths_mm:
            pixels = np.zeros((grid.rows, grid.columns), np.uint8)
            for n, shape in enumerate(shapes, 1):
                pixels[shape(grid.points(depth))] = n
            frames.append((0, depth, pixels))
    else:
        high = 200 if kind == "FRACTIONAL" else 1
        frames = [
            (n, depth, shape(grid.points(depth)).astype(np.uint8) * high)
            for n, shape in enumerate(shapes, 1) for depth in grid.depths_mm
        ]  # fmt: skip
    kept = [one for one in frames if empty or one[2].any()]
    return as_part10(_dataset(grid, kind, len(shapes), kept))


def written(path: Path, *shapes: Shape, grid: SegGrid | None = None, kind: str = "BINARY") -> Path:
    """The same in a file."""
    path.write_bytes(seg(shapes, grid, kind))
    return path


def _dataset(grid: SegGrid, kind: str, count: int, frames: list[tuple[int, float, NDArray[np.uint8]]]) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66." + ("7" if kind == "LABELMAP" else "4")
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{STUDY}.66.1", STUDY, f"{STUDY}.66"
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber, ds.ContentLabel = "SEG", 66, 1, "ORGANS"
    ds.SeriesDescription, ds.PatientName, ds.PatientID = "Organs", "Ball^Hot", "9990000026"
    ds.FrameOfReferenceUID, ds.SegmentationType, ds.ImageType = grid.space, kind, ["DERIVED", "PRIMARY"]
    ds.PatientBirthDate, ds.PatientSex, ds.StudyDate, ds.StudyTime = "19610203", "F", "20261103", "090000"
    ds.Rows, ds.Columns, ds.NumberOfFrames, ds.SamplesPerPixel = grid.rows, grid.columns, len(frames), 1
    ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
    bits = 1 if kind == "BINARY" else 8
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = bits, bits, bits - 1
    if kind == "FRACTIONAL":
        ds.SegmentationFractionalType, ds.MaximumFractionalValue = "PROBABILITY", 200
    ds.SegmentSequence = [_segment(n) for n in range(1, count + 1)]
    measures, orientation, shared = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = list(grid.spacing)
    for keyword, value in grid.said.items():
        setattr(measures, keyword, value)
    orientation.ImageOrientationPatient = [*grid.row, *grid.column]
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [_own(grid, number, depth) for number, depth, _ in frames]
    pixels = np.stack([pixels for _, _, pixels in frames])
    packed = pack_bits(pixels, pad=True) if kind == "BINARY" else pixels.tobytes() + b"\0" * (pixels.size % 2)
    ds.PixelData = packed
    return ds


def _own(grid: SegGrid, number: int, depth: float) -> Dataset:
    own, place, named = Dataset(), Dataset(), Dataset()
    place.ImagePositionPatient = [round(float(part), 6) for part in grid.position(depth)]
    own.PlanePositionSequence = [place]
    if number:
        named.ReferencedSegmentNumber = number
        own.SegmentIdentificationSequence = [named]
    return own


def _segment(number: int) -> Dataset:
    one, category, kind = Dataset(), Dataset(), Dataset()
    one.SegmentNumber, one.SegmentLabel = number, f"Ball {number}"
    one.SegmentAlgorithmType, one.SegmentAlgorithmName = "AUTOMATIC", "Ruler"
    category.CodeValue, category.CodingSchemeDesignator, category.CodeMeaning = (
        "123037004",
        "SCT",
        "Anatomical Structure",
    )
    kind.CodeValue, kind.CodingSchemeDesignator, kind.CodeMeaning = "10200004", "SCT", "Liver"
    one.SegmentedPropertyCategoryCodeSequence, one.SegmentedPropertyTypeCodeSequence = [category], [kind]
    return one
