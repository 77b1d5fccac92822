"""Series to stacks: what hangs together, in which order, and that nothing is ever dropped."""

from dataclasses import replace
from itertools import count

import pytest

from readingroom.display.stack import Stack, series_stacks, stacks
from readingroom.record.patient import Patient
from readingroom.record.study import FramePlace, Instance, Series, Study

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
_numbers = count(1)


def slice_at(depth: float | None, orientation=AXIAL, number: int | None = None, **changes) -> Instance:
    number = next(_numbers) if number is None else number
    marks = tuple(changes.pop("marks", {}).items())
    position = None if depth is None else (0.0, 0.0, depth) if orientation is AXIAL else (depth, 0.0, 0.0)
    place = FramePlace(position, orientation if depth is not None else None, (1.0, 1.0), marks)
    plain = Instance("1", "1.1", f"1.1.{number}", "1.2.840.10008.5.1.4.1.1.2", number, 64, 64, 1, (place,))
    return replace(plain, **changes)


def series(*instances: Instance, modality: str = "CT", expected: int | None = None) -> Series:
    return Series("1.1", 1, modality, "CHEST", instances=instances, expected=expected)


def of(*instances: Instance, **changes) -> tuple[Stack, ...]:
    return series_stacks("1", series(*instances, **changes))


def depths(stack: Stack) -> list[float]:
    return [place.position_mm[2] for place in stack.places if place.position_mm]


def test_slices_are_scrolled_along_their_normal_whatever_their_numbers():
    (stack,) = of(slice_at(5, number=1), slice_at(0, number=2), slice_at(2.5, number=3))
    assert depths(stack) == [0, 2.5, 5]
    assert (stack.kind, stack.geometry.regular, stack.geometry.spacing_mm) == ("stack", True, 2.5)


def test_every_frame_is_in_exactly_one_stack():
    instances = [slice_at(n % 7, marks={"echo": str(n % 2)}) for n in range(40)]
    instances += [slice_at(n, SAGITTAL) for n in range(3)] + [slice_at(None), slice_at(None, rows=0)]
    found = of(*instances)
    frames = [ref for stack in found for ref in stack.frames]
    assert len(frames) == len(set(frames)) == len(instances)
    assert len({stack.id for stack in found}) == len(found)


def test_identifiers_do_not_depend_on_the_order_of_arrival():
    instances = [slice_at(n, marks={"b_value": b}) for b in ("0", "1000") for n in range(5)]
    assert [s.id for s in of(*instances)] == [s.id for s in of(*reversed(instances))]


def test_diffusion_weightings_hang_apart():
    found = of(*(slice_at(n, marks={"b_value": b}) for n in range(5) for b in ("0", "1000")), modality="MR")
    assert [(s.description, len(s.frames), s.geometry.regular) for s in found] == [
        ("CHEST, b 0", 5, True),
        ("CHEST, b 1000", 5, True),
    ]


def test_repetitions_that_nothing_explains_become_turns():
    found = of(*(slice_at(n) for _ in range(3) for n in range(4)))
    assert [(s.description, len(s.frames)) for s in found] == [(f"CHEST, {n} of 3", 4) for n in (1, 2, 3)]


def test_a_mark_that_differs_from_slice_to_slice_splits_nothing():
    (stack,) = of(*(slice_at(n, marks={"acquisition": str(n)}) for n in range(6)))
    assert len(stack.frames) == 6


def test_orientations_and_sizes_hang_apart():
    found = of(slice_at(0), slice_at(1), slice_at(0, SAGITTAL), slice_at(1, SAGITTAL), slice_at(2, rows=128))
    assert sorted(len(s.frames) for s in found) == [1, 2, 2]


def test_a_scout_is_a_localizer():
    scout = slice_at(0, SAGITTAL, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))
    assert [s.kind for s in of(scout, slice_at(0), slice_at(1))] == ["localizer", "stack"]


def test_a_view_that_turns_about_the_patient_is_one_stack():
    from math import cos, radians, sin

    turns = [(cos(radians(a)), sin(radians(a)), 0.0, 0.0, 0.0, -1.0) for a in range(0, 180, 10)]
    (stack,) = of(*(replace(slice_at(0), places=(FramePlace((0.0, 0.0, 0.0), t, (1.0, 1.0)),)) for t in turns))
    assert len(stack.frames) == 18


def test_projections_hang_one_by_one():
    views = [slice_at(None, view=v, laterality=s) for v in ("CC", "MLO") for s in "RL"]
    found = of(*views, modality="MG")
    assert [s.kind for s in found] == ["single"] * 4
    assert found[0].description == "CHEST, R CC"


@pytest.mark.parametrize(
    ("modality", "time", "kind"), [("US", None, "cine"), ("XA", 33.3, "cine"), ("NM", None, "stack")]
)
def test_a_run_of_frames_is_a_stack_of_its_own(modality, time, kind):
    run = slice_at(None, frames=30, frame_time_ms=time)
    found = of(run, slice_at(None), modality=modality)
    assert (found[0].kind, len(found[0].frames), found[0].frame_time_ms) == (kind, 30, time)
    assert [ref.frame for ref in found[0].frames] == list(range(1, 31))


def test_an_enhanced_object_is_sorted_by_its_frames_places():
    places = tuple(FramePlace((0.0, 0.0, z), AXIAL, (1.0, 1.0)) for z in (4.0, 0.0, 2.0))
    (stack,) = of(slice_at(0, frames=3, places=places))
    assert [ref.frame for ref in stack.frames] == [2, 3, 1]


def test_documents_are_kept_under_their_names():
    found = of(slice_at(None, rows=0, columns=0, sop_class="1.2.840.10008.5.1.4.1.1.88.22"), modality="SR")
    assert (found[0].kind, found[0].description, len(found[0].frames)) == ("document", "Enhanced SR", 1)


def test_a_mosaic_is_no_slice():
    (stack,) = of(*(slice_at(n, image_type=("ORIGINAL", "PRIMARY", "M", "MOSAIC")) for n in range(3)), modality="MR")
    assert not stack.geometry.regular
    assert stack.plane(0) is None


def test_what_is_missing_is_counted():
    (stack,) = of(*(slice_at(n) for n in range(4)), expected=6)
    assert (stack.expected, stack.note) == (6, "2 not here")
    (stack,) = of(*(slice_at(n) for n in range(4)), expected=4)
    assert stack.expected == 4
    assert of(slice_at(0))[0].expected is None


def test_the_nearest_slice_is_found_along_the_normal():
    (stack,) = of(*(slice_at(n * 2.5) for n in range(5)))
    assert stack.nearest((90.0, -40.0, 6.1)) == 2
    assert stack.nearest((0.0, 0.0, 1e6)) == 4
    assert stack.index_of(stack.frames[3]) == 3
    assert stack.index_of(replace(stack.frames[3], frame=9)) is None
    plane = stack.plane(1)
    assert plane is not None
    assert plane.position_mm == (0.0, 0.0, 2.5)


def test_stacks_follow_the_series_of_the_study():
    patient = Patient("1", "", "DOE^J", None, "")
    first, second = series(slice_at(0)), replace(series(slice_at(0)), uid="1.2")
    study = Study("1", patient, None, None, "", series=(first, second))
    assert [s.series_uid for s in stacks(study)] == ["1.1", "1.2"]
