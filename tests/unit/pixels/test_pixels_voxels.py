"""Volumes of floating point values: what is no picture takes no part in their range."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.pixels.pixel_phantoms import native

from readingroom.geometry.lattice import lattice_of
from readingroom.geometry.plane import Plane
from readingroom.geometry.reformat import Slab, view_matrix
from readingroom.pixels import trilinear
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame
from readingroom.pixels.voxels import Voxels, voxels_of
from readingroom.record.study import FramePlace

LEAST = float(np.finfo(np.float32).min)
VALUES = np.linspace(-3.0, 7.0, 30, dtype=np.float32).reshape(5, 6)


def volume(slices: list[np.ndarray], **facts: object) -> Voxels:
    """Slices of 1 mm pixels, 2 mm apart."""
    places = [
        FramePlace(position_mm=(0.0, 0.0, 2.0 * n), orientation=(1.0, 0, 0, 0, 1.0, 0), spacing_mm=(1.0, 1.0))
        for n in range(len(slices))
    ]
    plain = decode(native(np.zeros((5, 6), np.uint16))).facts
    return voxels_of(lattice_of(places, 5, 6), lambda n: Frame(slices[n], replace(plain, **facts)))  # type: ignore[arg-type]


@pytest.mark.parametrize("no_picture", [LEAST, np.inf, -np.inf, np.nan])
def test_padding_of_a_parametric_map_does_not_flatten_its_volume(no_picture: float) -> None:
    """PS3.3 C.7.6.24: padding is often the least number there is, and a map holds infinities where nothing was fitted."""
    holed = VALUES.copy()
    holed[0, 0] = no_picture
    made = volume([VALUES, holed], extra=(("float_padding", (LEAST, LEAST)),))
    values = made.values_of(made.words)
    assert np.abs(values[0] - VALUES).max() <= 1e-3
    assert np.abs(values[1] - VALUES).ravel()[1:].max() <= 1e-3
    assert values[1, 0, 0] == pytest.approx(-3.0)


def test_a_volume_of_nothing_but_padding_is_made_without_complaint() -> None:
    empty = np.full((5, 6), np.nan, np.float32)
    assert volume([empty, empty]).words.max() == 0


def test_a_large_plane_is_the_same_in_bands_as_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    made = volume([VALUES, VALUES * 2, VALUES * 3])
    plane = Plane((0.5, 0.25, 1.0), (0.8, 0.6, 0.0), (-0.36, 0.48, 0.8), (0.2, 0.2), 20, 17)
    matrix = view_matrix(made.lattice, plane, Slab())
    whole, shown = trilinear.reformatted(made, matrix, 17, 20, Slab())
    monkeypatch.setattr(trilinear, "BAND_PIXELS", 50)
    parts, shown_in_parts = trilinear.reformatted(made, matrix, 17, 20, Slab())
    assert np.array_equal(shown, shown_in_parts) and shown.sum() > 100
    assert np.abs(whole - parts).max() <= 1e-6
