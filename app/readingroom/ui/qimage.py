"""Finished pixels as a QImage, without a copy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


def as_image(pixels: NDArray[Any]) -> QImage:
    """A QImage over grey (H, W) or BGRX (H, W, 4) uint8; the array must outlive it, so it is kept on the image."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    if pixels.ndim == 2:
        image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_Grayscale8)
    else:
        image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
    image.pixels = pixels  # type: ignore[attr-defined]
    return image
