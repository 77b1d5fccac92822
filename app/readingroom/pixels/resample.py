"""Frames drawn at another size by plain arithmetic: the reference that engines are compared with."""

from math import hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray


def resampled(
    values: NDArray[Any], matrix: NDArray[np.float64], width: int, height: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values between pixels, shape (height, width[, 3]), and where the image is at all.

    matrix: 4 x 4, output pixel (column, row, 0, 1) to image index (column, row), centres at integers. Bilinear; an
    image made smaller than half is first replaced by its 2 x 2 means, as often as it is halved.
    """
    values, matrix = _halved_to_fit(values.astype(np.float64), matrix.copy())
    column, row = _indices(matrix, np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    edge = 0.5 + 1e-6
    inside = (
        (column > -edge) & (column < values.shape[1] - 1 + edge) & (row > -edge) & (row < values.shape[0] - 1 + edge)
    )
    return _bilinear(values, column, row), inside


def _halved_to_fit(
    values: NDArray[np.float64], matrix: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The axis made least small decides, so that no detail the picture could show is lost."""
    while (
        min(hypot(matrix[0, 0], matrix[1, 0]), hypot(matrix[0, 1], matrix[1, 1])) >= 2 - 1e-9
        and min(values.shape[:2]) > 1
    ):
        edges = ((0, values.shape[0] % 2), (0, values.shape[1] % 2)) + ((0, 0),) * (values.ndim - 2)
        even = np.pad(values, edges, mode="edge")
        values = (even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]) / 4
        matrix[:2] /= 2
        matrix[:2, 3] -= 0.25
    return values, matrix


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
