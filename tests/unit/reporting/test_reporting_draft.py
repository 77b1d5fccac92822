"""Drafts: what is written stays, and a linked number follows its measurement."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reporting.reporting_cases import AT, LATER, READER, chest_ct, nodule, template

from readingroom.base.errors import ReaderError
from readingroom.record.finding import Value
from readingroom.reporting.draft import (
    STATES,
    Draft,
    Link,
    addendum_draft,
    as_json,
    draft,
    from_json,
    normal,
    paragraph,
    plain_text,
    refreshed,
)
from readingroom.reporting.template import Field, Section

CHEST = template("ct-chest")
DIAMETER = CHEST.field("nodule_diameter") or Field("", "")
LUNGS = CHEST.field("lungs") or Field("", "")


def begun() -> Draft:
    return draft(CHEST, chest_ct(), (), READER, AT)


def test_a_draft_begins_with_what_the_examination_says() -> None:
    prior = chest_ct("CT chest follow-up", "1.2.9", date(2024, 3, 5))
    older = chest_ct("CT chest", "1.2.8", date(2023, 1, 1))
    later = chest_ct("CT chest", "1.2.7", date(2026, 11, 22))
    new = draft(CHEST, chest_ct("CT chest with contrast"), (older, later, prior), READER, AT)
    assert new.text("technique") == "CT chest with contrast on 20 Nov 2026, with contrast medium."
    assert new.text("comparison") == "Compared with CT chest follow-up of 5 Mar 2024."
    assert new.compared == ("1.2.9",)
    assert (new.author, new.started, new.state) == (READER.name, AT, "draft")


@pytest.mark.parametrize("description", ["CT chest", "CT chest with and without contrast, with contrast"])
def test_what_is_not_known_is_left_open_and_never_guessed(description: str) -> None:
    new = draft(CHEST, chest_ct(description), (), READER, AT)
    assert "[contrast]" in new.text("technique")
    told = draft(CHEST, chest_ct(description), (), READER, AT, {"contrast": "with 90 ml of iohexol"})
    assert "with 90 ml of iohexol." in told.text("technique")


def test_without_a_prior_the_draft_claims_none() -> None:
    assert begun().text("comparison") == "No prior examination was found."
    assert begun().compared == ()


def test_a_linked_number_follows_its_measurement_and_its_field_is_stale_until_looked_at() -> None:
    written = begun().link(DIAMETER, nodule(9.8), AT)
    assert written.text("nodule_diameter") == "9.8 mm"
    after = refreshed(written, [nodule(10.4)], LATER)
    assert after.text("nodule_diameter") == "10.4 mm"
    assert after.stale == ("nodule_diameter",)
    assert after.confirmed("nodule_diameter", LATER).stale == ()
    assert refreshed(after, [nodule(10.4)], LATER) is after


def test_numbers_inside_a_sentence_follow_each_its_own_measurement() -> None:
    one, two = nodule(9.8, "2.25.1"), nodule(9.8, "2.25.2")
    text = begun().write("lungs", "Nodules of  and , with 19.8 mm between them.", AT)
    text = text.link(LUNGS, one, AT, len("Nodules of ")).link(LUNGS, two, AT, len("Nodules of 9.8 mm and "))
    assert text.text("lungs") == "Nodules of 9.8 mm and 9.8 mm, with 19.8 mm between them."
    after = refreshed(text, [nodule(5.1, "2.25.1"), nodule(12.0, "2.25.2")], LATER)
    assert after.text("lungs") == "Nodules of 5.1 mm and 12.0 mm, with 19.8 mm between them."


def test_a_number_linked_ahead_of_an_equal_one_keeps_them_apart() -> None:
    text = begun().write("lungs", "", AT).link(LUNGS, nodule(9.8, "2.25.1"), AT)
    text = text.link(LUNGS, nodule(9.8, "2.25.2"), AT, 0)
    after = refreshed(text, [nodule(9.8, "2.25.1"), nodule(3.0, "2.25.2")], LATER)
    assert after.text("lungs") == "3.0 mm 9.8 mm"


def test_a_number_the_reader_overwrote_no_longer_follows() -> None:
    written = begun().link(LUNGS, nodule(9.8), AT).write("lungs", "A 10 mm nodule.", AT)
    assert written.links == ()
    assert refreshed(written, [nodule(12.0)], LATER) is written


def test_a_deleted_measurement_leaves_its_number_standing_and_stale() -> None:
    after = refreshed(begun().link(DIAMETER, nodule(), AT), [], LATER)
    assert after.text("nodule_diameter") == "9.8 mm"
    assert after.stale == ("nodule_diameter",)


def test_pixels_never_become_millimetres() -> None:
    uncalibrated = replace(nodule(), values=(Value("Length", 15.0, "px"),))
    with pytest.raises(ReaderError, match="px"):
        begun().link(DIAMETER, uncalibrated, AT)
    assert begun().link(LUNGS, uncalibrated, AT).text("lungs") == "15.0 px"


def test_a_centimetre_field_gets_centimetres() -> None:
    field = Field("size", "Size", "number", "cm", link=("Length",))
    assert begun().link(field, nodule(9.8), AT).text("size") == "0.98 cm"


def test_a_field_takes_only_the_numbers_it_wants() -> None:
    area = replace(nodule(), values=(Value("Area", 40.0, "mm2"),))
    with pytest.raises(ReaderError, match="Long Axis or Length"):
        begun().link(DIAMETER, area, AT)


def test_a_signed_report_is_not_written_to() -> None:
    signed = begun().in_state("sending", LATER)
    with pytest.raises(ReaderError, match="signed"):
        signed.write("lungs", "changed", LATER)
    assert refreshed(signed, [nodule(3.0)], LATER) is signed


def test_normal_texts_fill_only_what_is_empty() -> None:
    filled = normal(begun().write("lungs", "Consolidation.", AT), CHEST, LATER)
    assert filled.text("lungs") == "Consolidation."
    assert filled.text("pleura") == "No pleural effusion, thickening or pneumothorax."


def test_the_plain_text_loses_no_word_even_of_a_field_the_template_no_longer_has() -> None:
    written = begun().write("impression", "Growing nodule.", AT).write("old_field", "≥ 12 mm", AT)
    text = plain_text(written, CHEST)
    assert "IMPRESSION\nGrowing nodule.\n" in text
    assert "FURTHER TEXT\n≥ 12 mm\n" in text
    assert "AIRWAYS" not in text.upper()


texts = st.text(max_size=30)
uids = st.from_regex(r"[1-9](\.[1-9][0-9]{0,5}){1,4}", fullmatch=True)
drafts = st.builds(
    Draft,
    study_uid=uids,
    template_id=texts,
    author=texts,
    started=st.datetimes(timezones=st.none() | st.timezones()),
    changed=st.datetimes(timezones=st.none()),
    fields=st.lists(st.tuples(texts, texts), unique_by=lambda pair: pair[0], max_size=5).map(tuple),
    links=st.lists(st.builds(Link, texts, uids, texts, texts, texts), max_size=4).map(tuple),
    stale=st.lists(texts, max_size=3).map(tuple),
    compared=st.lists(uids, max_size=3).map(tuple),
    state=st.sampled_from(STATES),
    predecessor=texts,
)


@given(drafts)
def test_what_the_journal_keeps_comes_back_equal(kept: Draft) -> None:
    assert as_json(from_json(json.loads(json.dumps(as_json(kept))))) == as_json(kept)
    again = from_json(json.loads(json.dumps(as_json(kept))))
    assert replace(again, started=kept.started) == kept
    assert again.started.utcoffset() == kept.started.utcoffset()


@pytest.mark.parametrize("name", ["study_uid", "started", "fields", "links", "state"])
def test_a_damaged_draft_is_said_and_not_half_read(name: str) -> None:
    kept = as_json(begun().link(DIAMETER, nodule(), AT))
    for damage in (None, "x", 7, [["a"]]):
        if name == "study_uid" and damage is not None:
            continue
        broken = {key: value for key, value in kept.items() if key != name} | ({name: damage} if damage else {})
        with pytest.raises(ReaderError, match="damaged"):
            from_json(broken)


def test_an_addendum_knows_what_it_adds_to() -> None:
    assert addendum_draft("1.2.3", "2.25.4", READER, AT).predecessor == "2.25.4"


@pytest.mark.parametrize(
    ("unit", "text", "said"),
    [
        ("mm", "75", "75 mm"),
        ("mm", "7,5 mm", "7,5 mm"),
        ("g/ml{SUVbw}", "4.2", "4.2 SUVbw"),
        ("", "7", "7"),
        ("mm", "about 5", "about 5"),
    ],
)
def test_a_number_never_leaves_its_form_without_its_unit(unit: str, text: str, said: str) -> None:
    field = Field("size", "Size", "number", unit)
    section = Section("findings", "Findings", "findings", (field, Field("other", "Other")))
    assert paragraph(section, field, text) == f"Size: {said}"
