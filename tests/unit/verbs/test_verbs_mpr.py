"""Planes through phantoms whose every millimetre is known, beside an independent trilinear interpolation."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from scipy.ndimage import map_coordinates

from readingroom.base.errors import ReaderError
from readingroom.settings.places import Profile
from readingroom.verbs import mpr

Field = Callable[[NDArray[np.float64]], NDArray[np.float64]]
CT = "1.2.840.10008.5.1.4.1.1.2"
RAMP = np.array([3.0, -5.0, 4.0])
CENTRE = np.array([4.0, -6.0, 20.0])


def ramp(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A field that trilinear interpolation gives exactly."""
    return np.asarray(points @ RAMP + 100.0)


def ball(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ball of 10 mm with a soft edge, 1000 inside and 0 outside."""
    away = np.linalg.norm(points - CENTRE, axis=-1)
    return np.asarray(np.clip((12.0 - away) / 4.0, 0.0, 1.0) * 1000.0)


@dataclass(frozen=True)
class Scan:
    """Slices at z_mm, pixels of spacing_mm (between rows, between columns), the gantry leaning by tilt_deg."""

    z_mm: Sequence[float]
    spacing_mm: tuple[float, float] = (1.0, 1.0)
    size: tuple[int, int] = (64, 56)
    tilt_deg: float = 0.0
    corner: tuple[float, float] = (-24.0, -36.0)

    @property
    def column(self) -> NDArray[np.float64]:
        return np.array([0.0, cos(radians(self.tilt_deg)), sin(radians(self.tilt_deg))])

    def position(self, z: float) -> NDArray[np.float64]:
        return np.array([self.corner[0], self.corner[1], z])

    def values(self, field: Field) -> NDArray[np.float64]:
        rows, columns = self.size
        x = np.arange(columns) * self.spacing_mm[1]
        y = np.arange(rows) * self.spacing_mm[0]
        planes = [
            self.position(z) + x[None, :, None] * np.array([1.0, 0, 0]) + y[:, None, None] * self.column
            for z in self.z_mm
        ]
        return np.stack([field(plane) for plane in planes])

    def write(self, folder: Path, field: Field, slopes: Sequence[float] | None = None) -> NDArray[np.float64]:
        """The scan as files; the stored values as they were rounded, in modality units."""
        folder.mkdir()
        kept = []
        for number, values in enumerate(self.values(field)):
            slope = slopes[number] if slopes else 0.25
            stored = np.rint((values + 1024.0) / slope).astype(np.int16)
            kept.append(stored * slope - 1024.0)
            self._object(number, stored, slope).save_as(folder / f"{number}.dcm", enforce_file_format=True)
        return np.stack(kept)

    def _object(self, number: int, stored: NDArray[np.int16], slope: float) -> Dataset:
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
        dataset.SOPClassUID, dataset.SOPInstanceUID = CT, f"1.2.826.0.1.3.3.{number + 1}"
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SeriesNumber = (
            "1.2.826.0.1.3",
            "1.2.826.0.1.3.3",
            1,
        )
        dataset.FrameOfReferenceUID = "1.2.826.0.1.3.9"
        dataset.PatientID, dataset.PatientName, dataset.Modality = "9", "Reed^Anna", "CT"
        dataset.InstanceNumber, dataset.ImageType = number + 1, ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.Rows, dataset.Columns = stored.shape
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.RescaleSlope, dataset.RescaleIntercept = slope, -1024
        dataset.PixelSpacing = list(self.spacing_mm)
        dataset.ImagePositionPatient = [round(float(v), 9) for v in self.position(self.z_mm[number])]
        dataset.ImageOrientationPatient = [1, 0, 0, *(round(float(v), 12) for v in self.column)]
        dataset.PixelData = stored.tobytes()
        return dataset


def cut(folder: Path, *words: str, code: int = 0) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """The plane as an array, and what the verb said."""
    out = folder.parent / "plane.npy"
    parser = argparse.ArgumentParser()
    mpr.declare(parser)
    options = parser.parse_args([str(folder), "--out", str(out), *words])
    answer = mpr.run(options, Profile(folder.parent / "profile"))
    assert answer.code == code
    return np.load(out), answer.fields


def points_of(fields: dict[str, Any]) -> NDArray[np.float64]:
    """LPS millimetres of every pixel of a plane, shape (height, width, 3)."""
    origin, row, column = (np.array(fields[name]) for name in ("origin", "row", "column"))
    x = np.arange(fields["width"]) * fields["spacing"]
    y = np.arange(fields["height"]) * fields["spacing"]
    return np.asarray(origin + x[None, :, None] * row + y[:, None, None] * column)


def expected(scan: Scan, kept: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """An independent trilinear interpolation between the true slices; NaN outside the centres of the voxels."""
    away = points - scan.position(scan.z_mm[0])
    normal = np.cross([1.0, 0, 0], scan.column)
    # The slices follow each other along z: first how far along, then what is left in the plane.
    along = (away @ normal) / normal[2]
    inplane = away - along[..., None] * np.array([0.0, 0.0, 1.0])
    depth = np.interp(along, np.array(scan.z_mm) - scan.z_mm[0], np.arange(len(scan.z_mm)), left=np.nan, right=np.nan)
    places = np.stack([depth, inplane @ scan.column / scan.spacing_mm[0], inplane[..., 0] / scan.spacing_mm[1]])
    return np.asarray(map_coordinates(kept, places, order=1, mode="constant", cval=np.nan))


ISOTROPIC = Scan([float(z) for z in range(48)])
THICK = Scan([5.0 * n for n in range(10)], (0.5, 0.5), (112, 104))
TILTED = Scan([2.0 * n - 18.0 for n in range(28)], tilt_deg=20.0)
REVERSED = Scan([47.0 - z for z in range(48)])
ANISOTROPIC = Scan([1.5 * n for n in range(32)], (2.0, 1.0), (30, 56))
UNEVEN = Scan(
    [0, 1, 2, 3.5, 5, 6, 7.2, 8.4, 9.6, 11, 12, 13, 14.5, 16, 17, 18, 19.5, 21, 22, 23, 24.5, 26, 28, 30, 31, 32, 34]
)
SCANS = {"isotropic": ISOTROPIC, "0.5 x 0.5 x 5": THICK, "tilted": TILTED, "anisotropic": ANISOTROPIC, "uneven": UNEVEN}
TURN = radians(30)
OBLIQUE = (
    "--origin=-20,-30,6", f"--row={cos(TURN)},{sin(TURN)},0", f"--column={-sin(TURN) * 0.6},{cos(TURN) * 0.6},0.8",
    "--size=60x50", "--spacing=0.7",
)  # fmt: skip
PLANES = {name: ("--plane", name) for name in ("axial", "coronal", "sagittal")} | {"oblique": OBLIQUE}


@pytest.mark.parametrize("via", ["vtk", "reference"])
@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("scan", SCANS)
def test_every_plane_equals_an_independent_interpolation_between_the_true_slices(
    tmp_path: Path, scan: str, plane: str, via: str
) -> None:
    kept = SCANS[scan].write(tmp_path / "scan", ball)
    values, fields = cut(tmp_path / "scan", *PLANES[plane], "--via", via)
    truth = expected(SCANS[scan], kept, points_of(fields))
    both = np.isfinite(truth)
    assert both.sum() > 400
    assert np.isfinite(values[both]).all()
    off = np.abs(values[both] - truth[both])
    assert off.mean() <= 0.005 * 1000 and np.quantile(off, 0.999) <= (40 if scan == "uneven" else 2)


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("scan", [name for name in SCANS if name != "uneven"])
def test_a_field_that_grows_evenly_is_exact_everywhere(tmp_path: Path, scan: str, plane: str) -> None:
    SCANS[scan].write(tmp_path / "scan", ramp)
    values, fields = cut(tmp_path / "scan", *PLANES[plane])
    truth = expected(SCANS[scan], SCANS[scan].values(ramp), points_of(fields))
    both = np.isfinite(truth)
    assert np.abs(values[both] - ramp(points_of(fields))[both]).max() <= 0.3


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("scan", SCANS)
def test_a_ball_stays_where_it_is_to_a_twentieth_of_a_pixel(tmp_path: Path, scan: str, plane: str) -> None:
    """Its centre of mass in the plane is the foot of its centre."""
    SCANS[scan].write(tmp_path / "scan", ball)
    row, column = {"axial": ("1,0,0", "0,1,0"), "coronal": ("1,0,0", "0,0,-1"), "sagittal": ("0,1,0", "0,0,-1")}[plane]
    right, down = (np.array([float(v) for v in text.split(",")]) for text in (row, column))
    origin = CENTRE - 15 * right - 15 * down
    text = ",".join(str(v) for v in origin)
    values, fields = cut(
        tmp_path / "scan", f"--origin={text}", f"--row={row}", f"--column={column}", "--size=61x61", "--spacing=0.5"
    )
    weight = np.nan_to_num(values).astype(np.float64)
    points = points_of(fields)
    centre = (points * weight[..., None]).sum((0, 1)) / weight.sum()
    pixel = 0.5
    loose = scan in ("0.5 x 0.5 x 5", "uneven") and plane != "axial"
    assert abs((centre - CENTRE) @ right) <= 0.05 * pixel
    assert abs((centre - CENTRE) @ down) <= (0.3 if loose else 0.05 * pixel)


def test_slices_in_reversed_order_make_the_same_volume(tmp_path: Path) -> None:
    ISOTROPIC.write(tmp_path / "one", ball)
    REVERSED.write(tmp_path / "other", ball)
    assert np.array_equal(*(cut(tmp_path / name, *OBLIQUE)[0] for name in ("one", "other")), equal_nan=True)


@pytest.mark.parametrize("mode", ["max", "min", "mean"])
@pytest.mark.parametrize("via", ["vtk", "reference"])
def test_a_slab_along_the_slices_is_exactly_the_greatest_least_or_mean_of_its_voxels(
    tmp_path: Path, mode: str, via: str
) -> None:
    kept = ISOTROPIC.write(tmp_path / "scan", ball)
    values, fields = cut(tmp_path / "scan", "--plane", "axial", "--slab", "6", "--mode", mode, "--via", via)
    assert fields["slab"] == {"mode": mode, "samples": 7, "step_mm": pytest.approx(1.0)}
    middle = round(fields["origin"][2])
    truth = {"max": np.max, "min": np.min, "mean": np.mean}[mode](kept[middle - 3 : middle + 4], axis=0)
    assert values.shape == truth.shape
    assert np.abs(values - truth).max() <= (0.13 if mode == "mean" else 1e-4)


@pytest.mark.parametrize("scan", ["tilted", "0.5 x 0.5 x 5", "isotropic"])
@pytest.mark.parametrize("mode", ["max", "min", "mean"])
def test_an_oblique_slab_is_the_same_by_the_engine_and_by_the_formulas(tmp_path: Path, scan: str, mode: str) -> None:
    SCANS[scan].write(tmp_path / "scan", ball)
    one, other = (
        cut(tmp_path / "scan", *OBLIQUE, "--slab", "8", "--mode", mode, "--via", via)[0] for via in ("vtk", "reference")
    )
    both = np.isfinite(one) & np.isfinite(other)
    assert both.sum() > 400 and (np.isfinite(one) == np.isfinite(other)).mean() > 0.999
    assert np.abs(one[both] - other[both]).max() <= 0.3


def test_missing_slices_are_not_interpolated_across(tmp_path: Path) -> None:
    Scan([float(z) for z in range(48) if z not in (20, 21, 22)]).write(tmp_path / "scan", ramp)
    values, fields = cut(tmp_path / "scan", "--plane", "coronal", code=1)
    assert fields["gaps"] == [19] and fields["missing_planes"] == 3 and "missing" in fields["note"]
    height = points_of(fields)[:, 0, 2]
    hidden = (height > 19.01) & (height < 22.99)
    assert np.isnan(values[hidden]).all() and hidden.sum() >= 3
    inside = (height >= 0) & (height <= 47)
    assert np.isfinite(values[inside & ~hidden]).all()


def test_a_factor_for_each_slice_is_honoured(tmp_path: Path) -> None:
    """PET stores every slice with a factor of its own."""
    kept = ISOTROPIC.write(tmp_path / "scan", ball, slopes=[0.2 + 0.01 * n for n in range(48)])
    values, fields = cut(tmp_path / "scan", "--plane", "sagittal")
    truth = expected(ISOTROPIC, kept, points_of(fields))
    both = np.isfinite(truth)
    assert np.abs(values[both] - truth[both]).max() <= 0.05


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "not named"),
        (("--plane", "axial", "--row=1,0,0"), "not named"),
        (("--origin=0,0,0", "--row=1,0,0", "--column=1,1,0"), "right angles"),
        (("--origin=0,0", "--row=1,0,0", "--column=0,1,0"), "no point"),
        (("--plane", "axial", "--spacing=-1"), "above 0"),
        (("--plane", "axial", "--size=0x9"), "no size"),
        (("--plane", "axial", "--slab=-4"), "thickness"),
        (("--plane", "axial", "--size=16384x16384"), "cannot be made"),
        (("--plane", "axial", "--window=40,0"), "above 0"),
        (("--plane", "axial", "--window=40,nan"), "no window"),
        (("--plane", "axial", "--window=40,0.5"), "1 or more"),
    ],
)  # fmt: skip
def test_a_plane_that_is_none_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    THICK.write(tmp_path / "scan", ramp)
    with pytest.raises(ReaderError, match=said):
        cut(tmp_path / "scan", *words)


def test_slices_that_wander_sideways_are_no_volume(tmp_path: Path) -> None:
    ISOTROPIC.write(tmp_path / "scan", ramp)
    from pydicom import dcmread

    moved = dcmread(tmp_path / "scan" / "20.dcm")
    moved.ImagePositionPatient[0] += 4
    moved.save_as(tmp_path / "scan" / "20.dcm")
    with pytest.raises(ReaderError, match="wander"):
        cut(tmp_path / "scan", "--plane", "axial")
