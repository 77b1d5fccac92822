"""A patient of known numbers: slices whose every pixel can be computed in the head."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from tests.fakes.objects import SERIES, STUDY, as_part10, ct_slice

PRIOR, PRIOR_SERIES = "1.2.826.0.1.3680043.10.1.2", "1.2.826.0.1.3680043.10.1.2.1"
SECOND_SERIES = f"{STUDY}.7"
OTHER, OTHER_SERIES = "1.2.826.0.1.3680043.10.2.1", "1.2.826.0.1.3680043.10.2.1.1"
SIZE, PIXEL_MM, SLICE_MM = 64, 0.7, 2.5


def stored(number: int, size: int = SIZE) -> NDArray[np.uint16]:
    """The stored values of slice `number`: 900 + 4·column + row + number; HU are these less 1024."""
    rows, columns = np.mgrid[0:size, 0:size]
    return (900 + 4 * columns + rows + number).astype("<u2")


def slices(
    count: int = 20, study: str = STUDY, series: str = SERIES, first_z_mm: float = SLICE_MM, size: int = SIZE,
    description: str = "Axial", frame_of_reference: str = "", step_mm: float = SLICE_MM, **who: str,
) -> list[bytes]:  # fmt: skip
    """One series of slices 1 to count, the first at first_z_mm, windowed C 40 W 400."""
    made = []
    for number in range(1, count + 1):
        ds = dcmread(BytesIO(ct_slice(number, study=study, series=series, size=size, **who)))
        ds.ImagePositionPatient = [0, 0, first_z_mm + step_mm * (number - 1)]
        ds.WindowCenter, ds.WindowWidth = "40", "400"
        ds.SeriesDescription = description
        ds.SeriesNumber = 2 if series == SERIES else 3
        if frame_of_reference:
            ds.FrameOfReferenceUID = frame_of_reference
        ds.PixelData = stored(number, size).tobytes()
        made.append(as_part10(ds))
    return made


def prior_slices(count: int = 20, first_z_mm: float = SLICE_MM, **who: str) -> list[bytes]:
    """The same patient's chest two years before, in a frame of reference of its own."""
    return slices(count, PRIOR, PRIOR_SERIES, first_z_mm, date=who.pop("date", "20231103"), **who)


def other_slices(count: int = 20) -> list[bytes]:
    """Another patient's chest."""
    return slices(count, OTHER, OTHER_SERIES, patient="9990000026", name="Cole^Ben")
