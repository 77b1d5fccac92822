"""The grayscale standard display function (PS3.14): luminance of just noticeable differences."""

import numpy as np
from numpy.typing import NDArray

_TOP = (-1.3011877, 8.0242636e-2, 1.3646699e-1, -2.5468404e-2, 1.3635334e-3)
_BOTTOM = (1.0, -2.5840191e-2, -1.0320229e-1, 2.8745620e-2, -3.1978977e-3, 1.2992634e-4)
_INVERSE = (71.498068, 94.593053, 41.912053, 9.8247004, 0.28175407, -1.1878455, -0.18014349, 0.14710899, -0.017046845)


def luminance_of(index: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Luminance in cd/m² of a JND index from 1 to 1023 (PS3.14 7.1)."""
    log = np.log(np.asarray(index, np.float64))
    return np.asarray(
        10.0 ** (np.polynomial.polynomial.polyval(log, _TOP) / np.polynomial.polynomial.polyval(log, _BOTTOM))
    )


def index_of(luminance_cd_m2: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """JND index of a luminance in cd/m² (PS3.14 7.2)."""
    log = np.log10(np.asarray(luminance_cd_m2, np.float64))
    return np.asarray(np.polynomial.polynomial.polyval(log, _INVERSE))


def targets(darkest_cd_m2: float, brightest_cd_m2: float, levels: int = 256) -> NDArray[np.float64]:
    """Luminance in cd/m² that each of so many equal steps of P-value must have on a display; shape (levels,)."""
    return luminance_of(np.linspace(float(index_of(darkest_cd_m2)), float(index_of(brightest_cd_m2)), levels))
