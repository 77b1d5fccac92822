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


def test_the_grid_of_a_head_with_two_distances_has_a_plane_at_every_slice() -> None:
    depths = [0.0]
    for distance in (*[4.0] * 13, 1.1, *[7.0] * 13):
        depths.append(depths[-1] + distance)
    head = [FramePlace((0.0, 0.0, z), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (1.0, 1.0)) for z in depths]
    lattice = lattice_of(head, 8, 8)
    step = lattice.deep[2]
    assert max(abs(z / step - round(z / step)) * step for z in depths) < 0.11
    assert lattice.slices < 200 and "interpolated to" in lattice.note
