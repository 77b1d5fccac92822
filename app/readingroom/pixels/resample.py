"""Frames drawn at another size by plain arithmetic: the reference that engines are compared with."""

from math import hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_SHARE = 0.499
"""Of a sample's weight that picture must have beside padding; not a half, where rounding would decide many."""


def resampled(
    values: NDArray[Any],
    matrix: NDArray[np.float64],
    width: int,
    height: int,
    picture: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values between pixels, shape (height, width[, 3]), and where the image is at all.

    matrix: 4 x 4, output pixel (column, row, 0, 1) to image index (column, row), centres at integers. Bilinear; an
    image made smaller than half is first replaced by its 2 x 2 means, as often as it is halved. picture: False where
    padding is, which no value is mixed with; a sample is image where picture pixels have half of its weight.
    """
    whole = picture is None or bool(picture.all())
    shown = np.ones(values.shape[:2], bool) if picture is None else picture
    values, shown, matrix = _halved_to_fit(
        np.where(shown, values, 0.0) if not whole else values.astype(np.float64), shown, matrix.copy()
    )
    column, row = _indices(matrix, np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    edge = 0.5 + 1e-6
    inside = (
        (column > -edge) & (column < values.shape[1] - 1 + edge) & (row > -edge) & (row < values.shape[0] - 1 + edge)
    )
    if whole:
        return _bilinear(values, column, row), inside
    weight = _bilinear(shown.astype(np.float64), column, row)
    mixed = _bilinear(np.where(shown, values, 0.0), column, row) / np.maximum(weight, 1e-9)
    return mixed, inside & (weight >= LEAST_SHARE)


def _halved_to_fit(
    values: NDArray[np.float64], shown: NDArray[np.bool_], matrix: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """The axis made least small decides, so that no detail the picture could show is lost; means are of picture only."""
    while (
        min(hypot(matrix[0, 0], matrix[1, 0]), hypot(matrix[0, 1], matrix[1, 1])) >= 2 - 1e-9
        and min(values.shape[:2]) > 1
    ):
        count = _fours(shown.astype(np.float64))
        values = _fours(values) / 4 if shown.all() else _fours(np.where(shown, values, 0.0)) / np.maximum(count, 1)
        shown = count >= 2
        matrix[:2] /= 2
        matrix[:2, 3] -= 0.25
    return values, shown, matrix


def _fours(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of 2 x 2 pixels, an odd last row or column standing for its missing neighbour."""
    edges = ((0, values.shape[0] % 2), (0, values.shape[1] % 2)) + ((0, 0),) * (values.ndim - 2)
    even = np.pad(values, edges, mode="edge")
    return np.asarray(even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2])


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
