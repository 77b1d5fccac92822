"""What the archive counts decides whether a stretch was scanned coarser or lost its images."""

import pytest

from readingroom.geometry.lattice import lattice_of
from readingroom.record.study import FramePlace


def places(number_every: int) -> list[FramePlace]:
    """Ten slices a millimetre apart, then ten that lie two apart."""
    depths = [*range(10), *range(11, 31, 2)]
    numbers = [n if number_every == 1 else z for n, z in enumerate(depths)]
    return [
        FramePlace((0.0, 0.0, float(z)), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (1.0, 1.0), number=number)
        for z, number in zip(depths, numbers, strict=True)
    ]


@pytest.mark.parametrize(("number_every", "absent", "missing"), [(1, 0, 0), (1, 10, 10), (2, 0, 10)])
def test_images_that_the_archive_counts_and_numbers_that_skip_make_a_gap(
    number_every: int, absent: int, missing: int
) -> None:
    lattice = lattice_of(places(number_every), 8, 8, absent)
    assert lattice.planes.count(None) == missing
    assert ("hatched" in lattice.note) == bool(missing) and ("interpolated to" in lattice.note) == (not missing)


def test_numbers_count_from_either_end_and_by_twos_where_echoes_take_turns() -> None:
    from dataclasses import replace

    back = [replace(place, number=100 - 2 * n) for n, place in enumerate(places(1))]
    assert None not in lattice_of(back, 8, 8).planes
