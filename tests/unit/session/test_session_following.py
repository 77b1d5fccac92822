"""A prior's lesion measured again: one identity, one row, the same numbers with a window and without one."""

import json
from pathlib import Path

import pytest
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.lesion import BEFORE_MM, LESION, ON, SITE, current_and_prior
from tests.fakes.objects import STUDY

from readingroom.record.finding import Measurement
from readingroom.reporting.draft import Draft
from readingroom.session.following import follow
from readingroom.session.lesions_of_case import lesions_of, passport, pictures_of, toggle_target
from readingroom.session.measurement_list import Asked, MeasurementRows
from readingroom.session.measuring import deleted, measure, select
from readingroom.session.memory import arrangement_from_json, case_as_json
from readingroom.session.opening import open_case
from readingroom.session.reported import toggle_reported
from readingroom.session.reporting_desk import begin, link, template_for, write
from readingroom.session.shown import shown_on


def opened() -> HandDesk:
    now, before = current_and_prior()
    hand = HandDesk(archive_of("North", now, before))
    open_case(hand.desk, STUDY)
    hand.crank().later(1.0)
    toggle_reported(hand.desk)
    return hand.crank()


def chosen(hand: HandDesk) -> HandDesk:
    """The prior's measurement is selected in the list."""
    assert hand.desk.case is not None
    (row,) = MeasurementRows().rows(hand.desk.case, hand.desk.documents.reports, Asked(whose="reported"))
    select(hand.desk, row.key)
    return hand


def drawn(hand: HandDesk, mm: float = 21.0, tool: str = "length", image: int = 2) -> Measurement:
    case = hand.desk.case
    assert case is not None
    stack = next(s for s in case.stacks if s.study_uid == STUDY)
    made = measure(hand.desk, tool, stack.frames[image - 1], ((10.5, 10.5), (10.5 + mm / 0.7, 10.5)))
    assert made is not None
    return made


def own(hand: HandDesk) -> tuple[Measurement, ...]:
    assert hand.desk.case is not None
    return hand.desk.case.measurements


def test_the_next_measurement_is_of_the_lesion_that_is_followed() -> None:
    hand = chosen(opened())
    follow(hand.desk)
    case = hand.desk.case
    assert case is not None and case.following is not None
    said = [badge.text for badge in shown_on(hand.desk, case, 0, None, None, 600, 600).notes]
    assert "Next measurement: “Segment VI” (Shift+F)" in said
    made = drawn(hand)
    assert (made.tracking_uid, made.label, made.site) == (LESION, "Segment VI", SITE)
    assert hand.desk.case is not None and hand.desk.case.following is None
    assert drawn(hand).tracking_uid != LESION
    hand.desk.undo()
    hand.desk.undo()
    assert own(hand) == () and hand.desk.case.following is not None
    assert drawn(hand).tracking_uid == LESION


def test_an_arrow_leaves_the_lesion_to_be_followed() -> None:
    hand = chosen(opened())
    follow(hand.desk)
    assert drawn(hand, tool="arrow").tracking_uid != LESION
    assert drawn(hand).tracking_uid == LESION


def test_a_measurement_drawn_before_becomes_that_of_the_lesion_and_its_number_in_the_report_follows_it() -> None:
    hand = opened()
    made = drawn(hand)
    case = hand.desk.case
    assert case is not None
    begin(hand.desk)
    template = template_for(hand.desk, hand.desk.case)  # type: ignore[arg-type]
    field = next(f for s in template.sections for f in s.fields if f.id == "impression")
    write(hand.desk, "impression", "")
    link(hand.desk, field, made)
    chosen(hand)
    follow(hand.desk)
    select(hand.desk, made.tracking_uid)
    follow(hand.desk)
    (now,) = own(hand)
    assert (now.tracking_uid, now.values, now.label) == (LESION, made.values, "Segment VI")
    draft = hand.desk.case.draft  # type: ignore[union-attr]
    assert isinstance(draft, Draft) and [one.tracking_uid for one in draft.links] == [LESION] and draft.stale == ()
    hand.desk.undo()
    assert [one.tracking_uid for one in own(hand)] == [made.tracking_uid]


def test_one_lesion_has_one_own_measurement_in_a_case() -> None:
    hand = chosen(opened())
    follow(hand.desk)
    drawn(hand)
    chosen(hand)
    follow(hand.desk)
    assert "This lesion is measured already" in hand.words
    assert hand.desk.case is not None and hand.desk.case.following is None and hand.desk.case.selected == LESION
    deleted(hand.desk, LESION)
    chosen(hand)
    follow(hand.desk)
    assert hand.desk.case.following is not None
    chosen(hand)
    follow(hand.desk)
    assert hand.desk.case.following is None


def test_nothing_is_followed_unless_a_lesion_is_chosen() -> None:
    hand = opened()
    drawn(hand)
    follow(hand.desk)
    assert "No lesion to follow is selected" in hand.words


def test_the_passport_says_what_the_command_line_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.unit.verbs.test_verbs_measure import said

    from readingroom.reporting.sr_measurements import measurement_report
    from readingroom.session.reports import _headers

    hand = chosen(opened())
    follow(hand.desk)
    now = drawn(hand)
    toggle_target(hand.desk, LESION)
    case = hand.desk.case
    assert case is not None
    found = passport(case, hand.desk.documents.reports)
    (row,) = found.rows
    assert row.name == "Segment VI" and row.target and len(found.days) == 2
    assert [cell.size for cell in row.cells] == ["14.0 mm ± 0.5", "21.0 mm ± 0.5"]
    assert row.cells[1].certain and row.cells[1].change.startswith("+7.0 mm (+50 %) in 731 days, doubles in 417 days")
    _, before = current_and_prior()
    (tmp_path / "before.dcm").write_bytes(before[-1])
    reader = hand.desk.settings.reader
    made = measurement_report([now], _headers(hand.shelf, [now]), reader, hand.desk.now())
    (tmp_path / "now.dcm").write_bytes(made)
    files = (str(tmp_path / "before.dcm"), str(tmp_path / "now.dcm"))
    code, fields, _ = said(capsys, "lesions", *files, "--targets")
    assert code == 0 and fields["lesions"][0]["growth"][0]["percent"] == pytest.approx(50.0)
    (lesion,) = lesions_of(case, hand.desk.documents.reports)
    (growth,) = lesion.growth()
    assert growth is not None and fields["lesions"][0]["growth"][0]["doubling_days"] == pytest.approx(
        growth.doubling_days
    )
    assert [one["response"] for one in fields["recist"]] == ["baseline", "PD"]
    assert [words.split("  ")[-1] for _, words in found.sums] == ["baseline", "PD"]


def test_a_change_within_the_error_is_grey() -> None:
    hand = chosen(opened())
    follow(hand.desk)
    drawn(hand, BEFORE_MM + 0.3)
    assert hand.desk.case is not None
    (row,) = passport(hand.desk.case, hand.desk.documents.reports).rows
    assert not row.cells[1].certain and "within the error" in row.cells[1].change


def test_pictures_have_one_scale_and_one_window_about_the_lesion() -> None:
    hand = chosen(opened())
    follow(hand.desk)
    drawn(hand)
    assert hand.desk.case is not None
    (lesion,) = lesions_of(hand.desk.case, hand.desk.documents.reports)
    pictures_of(hand.desk, lesion)
    hand.crank()
    before, now = pictures_of(hand.desk, lesion)
    assert before.view is not None and now.view is not None and before.frame is not None and now.frame is not None
    assert before.view.fit_mm == now.view.fit_mm == (60.0, 60.0) and before.view.voi == now.view.voi
    assert before.view.index == ON - 1 and before.view.area == (19.0, 9.0, 21.0, 11.0)


def test_targets_and_what_is_followed_survive_a_crash() -> None:
    hand = chosen(opened())
    toggle_target(hand.desk, LESION)
    follow(hand.desk)
    case = hand.desk.case
    assert case is not None
    back = arrangement_from_json(json.loads(json.dumps(case_as_json(case))))
    assert back["targets"] == (LESION,) and back["following"] == case.following
    hand.desk.undo()
    assert hand.desk.case is not None and hand.desk.case.targets == ()
