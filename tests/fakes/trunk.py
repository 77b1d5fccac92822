"""A trunk of known millimetres: skin, ribs, a spine, a vessel, a table under it, and a bullet at the patient's left."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.fakes.objects import as_part10

from readingroom.geometry.lattice import Lattice, lattice_of
from readingroom.pixels.frame import Frame, FrameFacts
from readingroom.pixels.voxels import Voxels, voxels_of
from readingroom.record.study import FramePlace, FrameRef

SIDE, SLICES, MM = 120, 100, 3.0
CORNER = np.array([-178.5, -178.5, -148.5])
BULLET = np.array([130.0, -60.0, 60.0])
"""LPS: left, in front, above the middle."""
VESSEL_X, VESSEL_Y, VESSEL_MM = 20.0, 20.0, 9.0
TABLE_Y = 118.0


def density(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """HU at LPS millimetres (…, 3)."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    made = np.full(x.shape, -1000.0)
    round_ = (x / 150) ** 2 + (y / 100) ** 2
    made[round_ < 1] = 30.0
    made[((np.abs(x) - 70) / 45) ** 2 + (y / 65) ** 2 < 1] = -850.0
    rib = (np.abs(round_ - 0.86) < 0.06) & (((z + 0.3 * y) % 30) < 9)
    made[rib] = 700.0
    made[(x / 18) ** 2 + ((y - 70) / 18) ** 2 < 1] = 550.0
    made[(x - VESSEL_X) ** 2 + (y - VESSEL_Y) ** 2 < VESSEL_MM**2] = 340.0
    made[(np.abs(x) < 165) & (np.abs(y - TABLE_Y) < 4.5)] = 200.0
    made[np.linalg.norm(points - BULLET, axis=-1) < 12] = 2500.0
    return made


def slices(size: int = SIDE, count: int = SLICES, mm: float = MM) -> NDArray[np.int16]:
    """HU of the whole trunk, shape (slices, rows, columns)."""
    x, z = CORNER[0] + mm * np.arange(size), CORNER[2] + mm * np.arange(count)
    grid = np.stack(np.meshgrid(x, x), axis=-1)
    planes = [np.concatenate((grid, np.full((size, size, 1), depth)), axis=-1) for depth in z]
    return np.stack([density(plane) for plane in planes]).astype(np.int16)


def lattice(missing: frozenset[int] = frozenset()) -> Lattice:
    """Where the slices lie."""
    here = [n for n in range(SLICES) if n not in missing]
    places = [FramePlace((CORNER[0], CORNER[1], CORNER[2] + MM * n), (1, 0, 0, 0, 1, 0), (MM, MM)) for n in here]
    return lattice_of(places, SIDE, SIDE)


def voxels(missing: frozenset[int] = frozenset()) -> Voxels:
    """The trunk as a volume."""
    here = [n for n in range(SLICES) if n not in missing]
    whole = slices()
    return voxels_of(lattice(missing), lambda n: Frame(whole[here[n]], facts()))


def facts() -> FrameFacts:
    """Of a plain CT frame."""
    return FrameFacts(
        FrameRef("1", "1.1", "1.1.1"), "1.2.840.10008.5.1.4.1.1.2", "CT", "1.2.840.10008.1.2.1", 1, SIDE, SIDE,
        "MONOCHROME2", 16, 16, True, unit="HU",
    )  # fmt: skip


def write(folder: Path, missing: frozenset[int] = frozenset()) -> None:
    """The trunk as files."""
    from pydicom.dataset import Dataset

    folder.mkdir(parents=True)
    for n, plane in enumerate(slices()):
        if n in missing:
            continue
        ds = Dataset()
        ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"1.2.3.{n + 1}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SeriesNumber = "1.2", "1.2.3", 1
        ds.FrameOfReferenceUID, ds.InstanceNumber = "1.2.9", n + 1
        ds.PatientID, ds.PatientName, ds.Modality, ds.ImageType = (
            "9",
            "Reed^Anna",
            "CT",
            ["ORIGINAL", "PRIMARY", "AXIAL"],
        )
        ds.Rows = ds.Columns = SIDE
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, 0, "HU"
        ds.PixelSpacing, ds.SliceThickness = [MM, MM], MM
        ds.ImagePositionPatient = [float(CORNER[0]), float(CORNER[1]), float(CORNER[2] + MM * n)]
        ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        ds.PixelData = plane.tobytes()
        (folder / f"{n}.dcm").write_bytes(as_part10(ds))
