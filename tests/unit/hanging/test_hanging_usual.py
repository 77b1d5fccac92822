"""The usual examinations of many departments: each hangs as a radiologist would hang it, and nothing of it is lost."""

import pytest
from tests.unit.hanging.cases_to_hang import every_stack, hung
from tests.unit.hanging.rarer_examinations import RARER
from tests.unit.hanging.usual_examinations import EXAMINATIONS as USUAL

from readingroom.hanging.library import usual_protocols

EXAMINATIONS = USUAL | RARER


@pytest.mark.parametrize("name", EXAMINATIONS)
def test_a_usual_examination_hangs_as_a_radiologist_would_hang_it(name: str) -> None:
    current, protocol, first = EXAMINATIONS[name]
    hanging = hung(current)
    assert hanging.matched is not None and hanging.matched.protocol.id == protocol
    assert hanging.shown is not None
    seen = [one.stack.description.split(",")[0] if one.stack is not None else "-" for one in hanging.shown.placed]
    assert tuple(seen[: len(first)]) == first


@pytest.mark.parametrize("name", EXAMINATIONS)
def test_every_image_of_a_usual_examination_hangs_in_some_stage_and_the_rest_says_why_not(name: str) -> None:
    current = EXAMINATIONS[name][0]
    hanging = hung(current)
    hangs = {stack_id for stage in hanging.stages for stack_id, _ in stage.shows()}
    images = {stack.id for stack in every_stack(current) if stack.is_read}
    assert images <= hangs
    assert all(one.why and one.why != "in the tray" for one in hanging.waiting)


@pytest.mark.parametrize("name", EXAMINATIONS)
def test_neither_a_localizer_nor_a_picture_of_numbers_stands_before_an_image(name: str) -> None:
    current = EXAMINATIONS[name][0]
    hanging = hung(current)
    assert hanging.shown is not None
    kinds = {stack.id: stack for stack in every_stack(current)}
    apart = [one for one in kinds.values() if one.kind == "localizer" or "Dose Report" in one.description]
    images = [one for one in kinds.values() if one.is_read and one not in apart]
    if images:
        shown = {one.stack.id for one in hanging.shown.placed if one.stack is not None}
        assert not shown & {one.id for one in apart}


def test_every_protocol_that_travels_is_wanted_by_an_examination_but_the_one_for_all_others() -> None:
    wanted = {protocol for _, protocol, _ in EXAMINATIONS.values()}
    assert {one.id for one in usual_protocols().usable} - wanted <= {"everything"}
