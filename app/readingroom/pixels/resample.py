"""Frames drawn at another size by plain arithmetic: the reference that engines are compared with."""

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_SAMPLES = 8


def resampled(
    values: NDArray[Any], matrix: NDArray[np.float64], width: int, height: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values between pixels, shape (height, width[, 3]), and where the image is at all.

    matrix: 4 x 4, output pixel (column, row, 0, 1) to image index (column, row), centres at integers. Bilinear; where
    output pixels are wider than image pixels, the mean of as many samples as one covers, at most 8 a side.
    """
    several = [min(_MOST_SAMPLES, max(1, ceil(float(np.abs(matrix[:2, axis]).max()) - 1e-6))) for axis in (0, 1)]
    total = np.zeros((height, width, *values.shape[2:]), np.float64)
    for down in range(several[1]):
        for across in range(several[0]):
            x = np.arange(width, dtype=np.float64) + ((across + 0.5) / several[0] - 0.5)
            y = np.arange(height, dtype=np.float64) + ((down + 0.5) / several[1] - 0.5)
            total += _bilinear(values, *_indices(matrix, x, y))
    column, row = _indices(matrix, np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    edge = 0.5 + 1e-6
    inside = (
        (column > -edge) & (column < values.shape[1] - 1 + edge) & (row > -edge) & (row < values.shape[0] - 1 + edge)
    )
    return total / (several[0] * several[1]), inside


def _indices(
    matrix: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    column = matrix[0, 0] * x[None, :] + matrix[0, 1] * y[:, None] + matrix[0, 3]
    row = matrix[1, 0] * x[None, :] + matrix[1, 1] * y[:, None] + matrix[1, 3]
    return column, row


def _bilinear(values: NDArray[Any], column: NDArray[np.float64], row: NDArray[np.float64]) -> NDArray[np.float64]:
    column = np.clip(column, 0, values.shape[1] - 1)
    row = np.clip(row, 0, values.shape[0] - 1)
    left, upper = column.astype(np.intp), row.astype(np.intp)
    right, lower = np.minimum(left + 1, values.shape[1] - 1), np.minimum(upper + 1, values.shape[0] - 1)
    x, y = column - left, row - upper
    if values.ndim == 3:
        x, y = x[..., None], y[..., None]
    above = values[upper, left] * (1 - x) + values[upper, right] * x
    below = values[lower, left] * (1 - x) + values[lower, right] * x
    return np.asarray(above * (1 - y) + below * y)
