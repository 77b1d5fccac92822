"""What the journal keeps of a case comes back number for number."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices

from readingroom.display.view import ViewState
from readingroom.pixels.frame import Voi
from readingroom.record.finding import Basis, Measurement, Value
from readingroom.record.study import FrameRef
from readingroom.session.case import Case, Link
from readingroom.session.memory import (
    arrangement_from_json,
    case_as_json,
    measurement_as_json,
    measurement_from_json,
    view_as_json,
    view_from_json,
)
from readingroom.session.opening import as_left, open_case

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
WORDS = st.text(max_size=12)
VOIS = st.builds(Voi, NUMBERS, st.floats(1e-6, 1e6), st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]))
VIEWS = st.builds(
    ViewState, stack_id=WORDS, index=st.integers(0, 5000), zoom=st.none() | st.floats(0.02, 64.0),
    pan=st.tuples(NUMBERS, NUMBERS), rotation=st.sampled_from([0, 90, 180, 270]), flipped=st.booleans(),
    voi=st.none() | VOIS, voi_name=WORDS, inverted=st.booleans(), smooth=st.booleans(),
    presentation=WORDS, area=st.none() | st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
)  # fmt: skip
CODES = st.none() | st.tuples(WORDS, WORDS, WORDS)
MEASUREMENTS = st.builds(
    Measurement, tool=st.sampled_from(["length", "ellipse", "probe"]),
    frame=st.builds(FrameRef, WORDS, WORDS, WORDS, st.integers(1, 500)),
    points=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4).map(tuple),
    values=st.lists(st.builds(Value, WORDS, NUMBERS, WORDS, st.none() | NUMBERS), max_size=4).map(tuple),
    basis=st.builds(Basis, WORDS, WORDS, WORDS, st.booleans()), label=WORDS, tracking_uid=WORDS, author=WORDS,
    at=st.none() | st.datetimes(timezones=st.just(UTC)), finding=CODES, site=CODES,
)  # fmt: skip


def _alike(one: ViewState, other: ViewState) -> bool:
    """A Voi compares by identity, so its numbers are compared."""
    from dataclasses import replace

    shown = [None if v.voi is None else (v.voi.centre, v.voi.width, v.voi.function) for v in (one, other)]
    return replace(one, voi=None) == replace(other, voi=None) and shown[0] == shown[1]


@given(VIEWS)
def test_a_view_comes_back(view: ViewState) -> None:
    assert _alike(view_from_json(json.loads(json.dumps(view_as_json(view)))), view)


@given(MEASUREMENTS)
def test_a_measurement_comes_back(measurement: Measurement) -> None:
    assert measurement_from_json(json.loads(json.dumps(measurement_as_json(measurement)))) == measurement


@given(
    st.sampled_from([(1, 1), (1, 2), (2, 2), (3, 3), (4, 4)]), st.data(), st.lists(MEASUREMENTS, max_size=3),
    st.frozensets(WORDS, max_size=4), st.lists(st.builds(Link, WORDS, WORDS, NUMBERS), max_size=3),
    st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
def test_an_arrangement_comes_back(
    layout: tuple[int, int], data: st.DataObject, measurements: list[Measurement], seen: frozenset[str],
    links: list[Link], linked: bool, lines: bool, text: bool,
) -> None:  # fmt: skip
    tiles = tuple(data.draw(VIEWS) for _ in range(layout[0] * layout[1]))
    case = Case(
        study=_study(), stacks=(), layout=layout, tiles=tiles, active=len(tiles) - 1, tool="length",
        measurements=tuple(measurements), selected="x", seen=seen, linked=linked, links=tuple(links),
        reference_lines=lines, text_shown=text,
    )  # fmt: skip
    kept = arrangement_from_json(json.loads(json.dumps(case_as_json(case))))
    assert all(_alike(one, other) for one, other in zip(kept.pop("tiles"), tiles, strict=True))
    assert all(getattr(case, name) == value for name, value in kept.items())


def _study():  # type: ignore[no-untyped-def]
    from tests.fakes.studies import ct

    return ct()


def test_a_stack_that_is_gone_leaves_its_viewport_empty() -> None:
    hand = HandDesk(archive_of("North", slices(4)))
    open_case(hand.desk, STUDY)
    hand.crank()
    case = hand.desk.case
    assert case is not None
    kept = case_as_json(case)
    kept["tiles"][0]["stack"] = "1.2.3/gone/1"
    left = as_left(case, kept)
    assert left.tiles[0].stack_id == "" and left.frame_at(0) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept.pop("layout"),
        lambda kept: kept.update(layout=[9]),
        lambda kept: kept.update(layout=[2, 2]),
        lambda kept: kept.update(tiles=[]),
        lambda kept: kept.update(maximised=7),
        lambda kept: kept.update(active=-3),
        lambda kept: kept.update(measurements=[{"tool": "length"}]),
        lambda kept: kept.update(links=[{"from": 1}]),
        lambda kept: kept.update(tiles=[{"index": "x"}]),
    ],
)
def test_a_damaged_memory_of_a_case_opens_it_as_new_and_says_so(spoil: object) -> None:
    first = HandDesk(archive_of("North", slices(4)))
    open_case(first.desk, STUDY)
    first.crank().later(1.0)
    kept = first.journal.newest("case", STUDY)
    assert kept is not None
    spoil(kept)  # type: ignore[operator]
    first.journal.write("case", STUDY, kept)
    second = HandDesk(*first.region.archives, journal=first.journal)
    open_case(second.desk, STUDY)
    second.crank()
    case = second.desk.case
    assert case is not None and case.layout == (1, 1) and case.frame_at(0) is not None
    assert "How this case was left" in second.words


def test_a_draft_that_cannot_be_read_is_said_and_the_images_are_shown_all_the_same() -> None:
    hand = HandDesk(archive_of("North", slices(4)))
    hand.journal.write("draft", STUDY, {"state": "draft", "started": datetime.now(UTC).isoformat()})
    open_case(hand.desk, STUDY)
    hand.crank()
    assert hand.desk.case is not None and hand.desk.case.draft is None
    assert "draft of this report is damaged" in hand.words
