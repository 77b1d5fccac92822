"""Making a CT of a body: couch, kernel, noise, stored values, and the CT Image module."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from scipy import ndimage

from readingroom.demo.patients import stable_uid
from readingroom.demo.pen import SeriesPen, StudyPen, coded
from readingroom.demo.shapes import Sheet
from readingroom.demo.texture import Floats, Noise


@dataclass(frozen=True, slots=True)
class Kernel:
    """How a reconstruction looks: its name, blur (px), edge gain, noise (HU), grain (px), windows (centre, width)."""

    name: str
    blur_px: float
    edge: float
    noise_hu: float
    grain_px: tuple[float, float]
    windows: tuple[tuple[int, int, str], ...]


SOFT = Kernel("Br40", 0.55, 0.0, 11.0, (1.0, 4.5), ((40, 400, "MEDIASTINUM"), (-550, 1500, "LUNG")))
LUNG = Kernel("Bl64", 0.0, 0.45, 34.0, (0.55, 2.2), ((-550, 1500, "LUNG"), (40, 400, "MEDIASTINUM")))
BRAIN = Kernel("Hr38", 0.6, 0.0, 3.4, (1.2, 5.0), ((35, 80, "BRAIN"), (300, 1800, "BONE")))
BONE = Kernel("Hr64", 0.0, 0.5, 26.0, (0.55, 2.2), ((500, 2200, "BONE"), (35, 80, "BRAIN")))
BELLY = Kernel("Br40", 0.6, 0.0, 9.0, (1.1, 4.5), ((50, 400, "ABDOMEN"), (40, 150, "LIVER")))


@dataclass(frozen=True, slots=True)
class Position:
    """How the body lies: size (px), spacing (mm), first pixel (body x, y), offset of body coordinates in LPS (mm)."""

    size: int
    spacing_mm: float
    first: tuple[float, float]
    offset: tuple[float, float, float]

    @property
    def xs(self) -> Floats:
        """Body x of the columns (mm)."""
        return (self.first[0] + self.spacing_mm * np.arange(self.size)).astype(np.float32)

    @property
    def ys(self) -> Floats:
        """Body y of the rows (mm)."""
        return (self.first[1] + self.spacing_mm * np.arange(self.size)).astype(np.float32)

    def lps(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """A body point in the patient's coordinates of this scan (mm)."""
        return x + self.offset[0], y + self.offset[1], z + self.offset[2]

    def image(self, x: float, y: float) -> tuple[float, float]:
        """A body point in image coordinates: the middle of the first pixel is (0.5, 0.5) (PS3.3 C.18.6.1)."""
        return (x - self.first[0]) / self.spacing_mm + 0.5, (y - self.first[1]) / self.spacing_mm + 0.5


def ct_series(
    pen: StudyPen, number: int, description: str, kernel: Kernel, position: Position, thick_mm: float,
    syntax: str = ExplicitVRLittleEndian, frame: str = "main", **more: Any,
) -> SeriesPen:  # fmt: skip
    """A CT series with all that its images share (PS3.3 C.8.2.1)."""
    keywords: dict[str, Any] = {
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"], "ScanOptions": "HELICAL MODE", "KVP": "120",
        "SliceThickness": f"{thick_mm:.2f}", "DataCollectionDiameter": "500",
        "ReconstructionDiameter": f"{position.size * position.spacing_mm:.1f}", "GantryDetectorTilt": "0",
        "TableHeight": "152", "RotationDirection": "CW", "ExposureTime": "500", "XRayTubeCurrent": "210",
        "Exposure": "105", "FilterType": "WEDGE", "GeneratorPower": "25", "FocalSpots": "0.7",
        "ConvolutionKernel": kernel.name, "PatientPosition": "HFS", "AcquisitionNumber": "1",
        "FrameOfReferenceUID": stable_uid("frame", pen.case.key, frame), "PositionReferenceIndicator": "SN",
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [f"{position.spacing_mm:.6g}", f"{position.spacing_mm:.6g}"],
        "RescaleSlope": "1", "RescaleIntercept": "-1024", "RescaleType": "HU",
        "WindowCenter": [str(w[0]) for w in kernel.windows], "WindowWidth": [str(w[1]) for w in kernel.windows],
        "WindowCenterWidthExplanation": [w[2] for w in kernel.windows], "CTDIvol": 6.8,
        "CTDIPhantomTypeCodeSequence": [coded("113691", "DCM", "IEC Body Dosimetry Phantom")],
        "BurnedInAnnotation": "NO", "LossyImageCompression": "00",
    }  # fmt: skip
    return pen.begin(number, "CT", CTImageStorage, description, syntax, **(keywords | more))


def stored(hu: Floats) -> NDArray[np.uint16]:
    """Hounsfield units as 12-bit stored values with intercept -1024."""
    return np.clip(np.rint(hu + 1024.0), 0, 4095).astype(np.uint16)


class Reconstruction:
    """Turns ideal planes into images of one kernel; keeps the image of plane number `keep` for the truth."""

    def __init__(self, kernel: Kernel, position: Position, seed: int, keep: int = -1) -> None:
        self.kernel, self.position = kernel, position
        self._keep, self._count = keep, 0
        self.kept: NDArray[np.uint16] = np.zeros((0, 0), np.uint16)
        self._noise = Noise(seed, (position.size, position.size), *kernel.grain_px)
        middle = (position.size - 1) / 2
        ramp = (np.arange(position.size) - middle) ** 2
        far = np.sqrt(ramp[None, :] + ramp[:, None])
        self._outside = far > middle + 0.5
        # Noise is strongest where the rays cross most tissue.
        self._strength = (kernel.noise_hu * (0.62 + 0.55 * np.exp(-((far / (0.36 * position.size)) ** 2)))).astype(
            np.float32
        )

    def image(self, hu: Floats, louder: float = 1.0) -> NDArray[np.uint16]:
        """One plane (HU) as stored values with blur or edge gain, noise, and the reconstruction circle."""
        kernel = self.kernel
        if kernel.blur_px > 0:
            hu = ndimage.gaussian_filter(hu, kernel.blur_px)
        if kernel.edge > 0:
            hu = hu + kernel.edge * (hu - ndimage.gaussian_filter(hu, 0.9))
        grain = self._noise.next()
        grain *= self._strength * np.float32(louder)
        grain *= np.clip((hu + 1050) / 500, 0.35, 1.0)
        values = stored(hu + grain)
        values[self._outside] = 0
        if self._count == self._keep:
            self.kept = values
        self._count += 1
        return values


def scan(
    planes: Sequence[float],
    position: Position,
    outputs: Sequence[tuple[SeriesPen, Reconstruction]],
    plane: Callable[[float], Sheet],
    louder: Callable[[float], float] = lambda z: 1.0,
) -> None:
    """Write one image per plane (body z, mm) and output, from head to feet as listed."""
    for z in planes:
        sheet = plane(z)
        place = position.lps(position.first[0], position.first[1], z)
        for series, reconstruction in outputs:
            series.write(
                reconstruction.image(sheet.values, louder(z)), 12,
                ImagePositionPatient=[f"{value:.4f}" for value in place], SliceLocation=f"{place[2]:.4f}",
            )  # fmt: skip


def ellipse_mean(values: Floats, centre: tuple[float, float], half_x: float, half_y: float) -> tuple[float, float, int]:
    """Mean, standard deviation and count of the pixels whose middles lie in an ellipse (image coordinates)."""
    rows, columns = values.shape
    x, y = np.arange(columns)[None, :] + 0.5, np.arange(rows)[:, None] + 0.5
    inside = ((x - centre[0]) / half_x) ** 2 + ((y - centre[1]) / half_y) ** 2 <= 1
    found = values[inside].astype(float)
    return float(found.mean()), float(found.std()), int(found.size)
