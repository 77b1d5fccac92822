"""Key images and kept views go with the report, come back from the archive, and can be taken back before."""

import json
from dataclasses import replace

import pytest
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices

from readingroom.display.key_objects import key_selection
from readingroom.display.presentation_state import presentation_state
from readingroom.pixels.encoded import header
from readingroom.record.study import FrameRef
from readingroom.session.arranging import scroll_to
from readingroom.session.keeping import can_star, keep_view, star, unstar
from readingroom.session.measuring import measure
from readingroom.session.memory import arrangement_from_json, case_as_json
from readingroom.session.opening import open_case
from readingroom.session.reporting_desk import begin, begin_addendum, sign_now, write
from readingroom.session.shown import shown_on

AREA = (10.0, 12.0, 50.0, 44.0)


def reading(*archives: object) -> HandDesk:
    hand = HandDesk(*archives or (archive_of("North", slices(6)),))  # type: ignore[arg-type]
    open_case(hand.desk, STUDY)
    return hand.crank().later(1.0)


def image(hand: HandDesk, number: int) -> FrameRef:
    assert hand.desk.case is not None
    return hand.desk.case.stacks[0].frames[number - 1]


def badges(hand: HandDesk, number: int) -> list[str]:
    scroll_to(hand.desk, 0, number - 1)
    hand.crank()
    assert hand.desk.case is not None
    return [badge.text for badge in shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600).notes]


def signed(hand: HandDesk) -> HandDesk:
    begin(hand.desk)
    write(hand.desk, "impression", "A nodule of 7 mm in the right upper lobe.")
    write(hand.desk, "technique", "CT of the chest without contrast medium.")
    sign_now(hand.desk, {})
    return hand.crank()


def kinds(hand: HandDesk) -> list[str]:
    return [item.kind for item in hand.outbox.stored_for(STUDY)]


def kept_view(hand: HandDesk) -> None:
    case = hand.desk.case
    assert case is not None
    hand.desk.view(0, case.tiles[0].windowed(60.0, 360.0).turned(90), "Window")
    keep_view(hand.desk, AREA, "Nodule, soft window")
    hand.crank()


def test_starred_images_of_one_reason_are_one_selection_with_the_note() -> None:
    hand = reading()
    star(hand.desk, image(hand, 4), "teaching", "Halo sign")
    star(hand.desk, image(hand, 2), "teaching", "Halo sign")
    star(hand.desk, image(hand, 1), "surgery", "")
    signed(hand)
    found = [key_selection(header(i.part10)) for i in hand.outbox.stored_for(STUDY) if i.kind == "key images"]
    assert [(one.title, one.reason, [t.sop_uid for t in one.targets]) for one in found] == [
        ("For Teaching", "Halo sign", [image(hand, 4).sop_uid, image(hand, 2).sop_uid]),
        ("For Surgery", "", [image(hand, 1).sop_uid]),
    ]


def test_a_star_stands_on_its_image_and_is_taken_back() -> None:
    hand = reading()
    star(hand.desk, image(hand, 4), "of-interest", "Nodule")
    assert "★ KEY IMAGE  Of Interest: Nodule (yours)" in badges(hand, 4)
    assert not any("KEY" in text for text in badges(hand, 3))
    hand.desk.undo()
    assert not any("KEY" in text for text in badges(hand, 4))
    hand.desk.redo()
    unstar(hand.desk, image(hand, 4))
    assert hand.desk.case is not None and hand.desk.case.stars == ()
    assert "key images" not in kinds(signed(hand))


def test_what_was_kept_comes_back_from_the_archive_and_is_shown() -> None:
    archive = archive_of("North", slices(6))
    hand = reading(archive)
    scroll_to(hand.desk, 0, 3)
    hand.crank()
    measure(hand.desk, "length", image(hand, 4), ((20.0, 20.0), (30.0, 20.0)), "Nodule")
    star(hand.desk, image(hand, 4), "of-interest", "Nodule")
    kept_view(hand)
    assert "View kept" in badges(hand, 4)
    assert sorted(kinds(signed(hand))) == ["key images", "measurements", "presentation state", "report"]
    again = reading(archive)
    said = badges(again, 4)
    assert "★ KEY IMAGE  Of Interest: Nodule" in said
    assert any(text.startswith("Presentation state: ") and "(Y applies)" in text for text in said)
    (state,) = again.desk.documents.states_for(image(again, 4))
    assert len(state.shapes) >= 1 and any("7.0 mm" in line for text in state.texts for line in text.lines)
    (area,) = state.areas
    assert (area.left, area.top, area.right, area.bottom) == pytest.approx(AREA)


def test_the_same_desk_does_not_say_a_stored_star_twice() -> None:
    archive = archive_of("North", slices(6))
    hand = reading(archive)
    star(hand.desk, image(hand, 4), "of-interest", "Nodule")
    signed(hand).later(1.0)
    again = HandDesk(archive, journal=hand.journal, outbox=hand.outbox)
    open_case(again.desk, STUDY)
    again.crank().later(1.0)
    assert [text for text in badges(again, 4) if "KEY" in text] == ["★ KEY IMAGE  Of Interest: Nodule"]


def test_an_addendum_takes_along_only_what_was_kept_since() -> None:
    hand = reading()
    star(hand.desk, image(hand, 4), "of-interest", "Nodule")
    signed(hand)
    begin_addendum(hand.desk)
    star(hand.desk, image(hand, 5), "of-interest", "Second nodule")
    case = hand.desk.case
    assert case is not None and case.draft is not None
    write(hand.desk, "addendum", "There is a second nodule.")
    sign_now(hand.desk, {})
    hand.crank()
    found = [key_selection(header(i.part10)) for i in hand.outbox.stored_for(STUDY) if i.kind == "key images"]
    assert [one.reason for one in found] == ["Nodule", "Second nodule"]


def test_what_is_kept_survives_a_crash() -> None:
    hand = reading()
    measure(hand.desk, "length", image(hand, 1), ((20.0, 20.0), (30.0, 20.0)))
    star(hand.desk, image(hand, 1), "therapy", "Gap")
    scroll_to(hand.desk, 0, 0)
    kept_view(hand)
    case = hand.desk.case
    assert case is not None and len(case.views) == 1 and len(case.views[0].measurements) == 1
    back = arrangement_from_json(json.loads(json.dumps(case_as_json(case))))
    assert back["stars"] == case.stars and back["views"] == case.views


def test_a_view_that_no_state_can_hold_is_refused_at_once() -> None:
    hand = reading()
    case = hand.desk.case
    assert case is not None
    hand.desk.view(0, replace(case.tiles[0], over=case.stacks[0].id), "Fuse")
    keep_view(hand.desk, None, "PET")
    hand.crank()
    assert "second series laid over" in hand.words and hand.desk.case.views == ()  # type: ignore[union-attr]
    hand.desk.put_case(None)
    assert can_star(hand.desk) is None


def test_a_kept_view_is_a_state_with_its_window_and_its_name() -> None:
    hand = reading()
    kept_view(hand)
    signed(hand)
    (item,) = [i for i in hand.outbox.stored_for(STUDY) if i.kind == "presentation state"]
    state = presentation_state(header(item.part10))
    assert header(item.part10).ContentDescription == "Nodule, soft window" and state.kind
    assert header(item.part10).ImageRotation == 90
    assert float(header(item.part10).SoftcopyVOILUTSequence[0].WindowWidth) == 360
