"""A volume that fills in place: what is here is true, what is not here is missing, and it keeps to its memory."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.pixels.pixel_phantoms import native

from readingroom.base.errors import ReaderError
from readingroom.geometry.lattice import Lattice, lattice_of
from readingroom.pixels.decode import decode
from readingroom.pixels.filling import Filling, bytes_of, shrink_for
from readingroom.pixels.frame import Frame
from readingroom.pixels.voxels import pattern_of, snapshot_of, voxels_of
from readingroom.record.study import FramePlace

RNG = np.random.default_rng(6)
SLICES = [RNG.integers(-1000, 3000, (9, 10)).astype(np.int16) for _ in range(6)]
PLAIN = decode(native(np.zeros((5, 6), np.uint16))).facts


def lattice(*z_mm: float) -> Lattice:
    places = [FramePlace((0.0, 0.0, z), (1.0, 0, 0, 0, 1.0, 0), (0.5, 0.5)) for z in z_mm]
    return lattice_of(places, 9, 10)


def even() -> Lattice:
    return lattice(*(2.0 * n for n in range(6)))


def frame(n: int, **facts: object) -> Frame:
    return Frame(SLICES[n], replace(PLAIN, **facts))  # type: ignore[arg-type]


def test_planes_that_have_not_come_are_missing_and_those_that_came_are_as_stored() -> None:
    filling = Filling(even())
    assert snapshot_of(filling) is None
    filling.put(3, frame(3))
    filling.put(1, frame(1))
    made = snapshot_of(filling)
    assert made is not None
    assert [plane is None for plane in made.lattice.planes] == [True, False, True, False, True, True]
    assert np.array_equal(made.words[3], SLICES[3]) and np.array_equal(made.words[1], SLICES[1])
    assert np.array_equal(pattern_of(made).stored, SLICES[3][::8, ::8])


def test_the_words_are_in_memory_once_and_each_look_is_an_array_of_its_own() -> None:
    filling = Filling(even())
    filling.put(0, frame(0))
    before = snapshot_of(filling)
    filling.put(1, frame(1))
    after = snapshot_of(filling)
    assert before is not None and after is not None
    assert before.words is not after.words and np.shares_memory(before.words, after.words)


def test_a_plane_between_two_slices_waits_for_both() -> None:
    uneven = lattice(0.0, 2.0, 4.0, 7.0, 9.0, 11.0)
    filling = Filling(uneven)
    filling.put(3, frame(3))
    mixed = [n for n, plane in enumerate(uneven.planes) if plane is not None and plane.share]
    made = snapshot_of(filling)
    assert mixed and (made is None or all(made.lattice.planes[n] is None for n in mixed))
    for n in (0, 5, 4, 2, 1):
        filling.put(n, frame(n))
    made, whole = snapshot_of(filling), voxels_of(uneven, frame)
    assert made is not None and made.lattice == whole.lattice and np.array_equal(made.words, whole.words)


def test_a_factor_for_each_slice_is_believed_in_whatever_order_they_come() -> None:
    slopes = [0.5, 2.0, 0.25, 8.0, 1.0, 3.0]
    truth = np.stack([SLICES[n] * slopes[n] for n in range(6)])
    least = truth.max() - truth.min()
    filling = Filling(even())
    looked = []
    for n in (2, 4, 0, 5, 1, 3):
        filling.put(n, frame(n, slope=slopes[n], padding=None))
        made = snapshot_of(filling)
        assert made is not None
        here = [k for k, plane in enumerate(made.lattice.planes) if plane is not None]
        looked.append((made, here, made.values_of(made.words[here]).copy()))
        assert np.abs(looked[-1][2] - truth[here]).max() <= 1e-3 * least
    for made, here, values in looked:
        assert np.array_equal(made.values_of(made.words[here]), values), "what was looked at did not change behind it"
    whole = voxels_of(even(), lambda n: frame(n, slope=slopes[n], padding=None))
    assert np.abs(whole.values_of(whole.words) - truth).max() <= 0.51 * least / 65535


def test_over_its_budget_a_volume_is_made_coarser_lies_where_it_lay_and_says_so() -> None:
    grid = even()
    assert shrink_for(grid, None) == 1 and shrink_for(grid, bytes_of(grid, 1)) == 1
    assert shrink_for(grid, bytes_of(grid, 1) - 1) == 2
    coarse = voxels_of(grid, frame, bytes_of(grid, 1) - 1)
    assert coarse.words.shape == (6, 5, 5) and coarse.words.nbytes == bytes_of(grid, 2)
    assert "2 × 2 pixels are one" in coarse.lattice.note
    assert coarse.words[4, 1, 3] == np.rint(SLICES[4][2:4, 6:8].mean())
    assert coarse.lattice.origin_mm == pytest.approx((0.25, 0.25, 0.0))
    assert np.linalg.norm(coarse.lattice.across) == pytest.approx(1.0)


def test_a_volume_that_no_coarseness_makes_fit_is_refused() -> None:
    with pytest.raises(ReaderError, match="GB"):
        shrink_for(even(), 10)


def test_padding_has_no_share_in_what_pixels_are_made_into() -> None:
    holed = [one.copy() for one in SLICES]
    holed[0][0, 0] = holed[0][2:4, 2:4] = -2000
    made = voxels_of(even(), lambda n: Frame(holed[n], replace(PLAIN, padding=(-2000, -2000))), bytes_of(even(), 2))
    assert made.words[0, 0, 0] == np.rint(holed[0][:2, :2].ravel()[1:].mean())
    assert made.words[0, 1, 1] == -2000
