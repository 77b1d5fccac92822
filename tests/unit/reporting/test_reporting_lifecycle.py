"""Every template from signed to withdrawn: each object valid, the chain complete, and what was written in its fields."""

import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from tests.unit.reporting.reporting_cases import AT, FOLDER, LATER, READER, chest_ct
from tests.unit.reporting.test_reporting_sr import header

from readingroom.base.errors import ReaderError
from readingroom.display.words import unit
from readingroom.reporting.check import CaseView
from readingroom.reporting.draft import ADDENDUM, WITHDRAWAL, Draft, addendum_draft, draft
from readingroom.reporting.following import amendment_draft, body_of, changes, withdrawal_draft
from readingroom.reporting.sign import Signed, sign
from readingroom.reporting.sr_follow import encode_addendum, encode_amendment, encode_following
from readingroom.reporting.sr_read import document_of, newest, read_report
from readingroom.reporting.sr_report import encode
from readingroom.reporting.template import Field, Template, templates

TEMPLATES = templates(FOLDER).usable
STUDY = chest_ct("CT chest with contrast")
VIEW = CaseView(STUDY)
LETTERS = "Said at length: ≥ 12 mm – Ł 漢 é.\nA second line: 3.5 mm."


def words_for(field: Field) -> str:
    if field.kind == "choice":
        return field.choices[-1]
    if field.kind == "number":
        low, high = field.bounds or (0, 10)
        return f"{(low + high) / 2:g} {unit(field.unit)}".strip()
    return field.normal or LETTERS


def complete(template: Template) -> Draft:
    made = draft(template, STUDY, (), READER, AT)
    for field in template.fields():
        made = made.write(field.id, words_for(field), AT)
    return made


def signed(template: Template) -> bytes:
    return encode(Signed(complete(template), template, READER, AT, (), "2.25.1"), header(), STUDY)


def amended(previous: bytes, reason: str = "Side corrected.", text: str = "Amended: Ł 漢.") -> bytes:
    new = replace(amendment_draft(previous, TEMPLATES, (), READER, LATER), reason=reason)
    template = next(one for one in TEMPLATES if one.id == new.template_id)
    new = new.write("impression", text, LATER)
    return encode_amendment(Signed(new, template, READER, LATER, (), "2.25.3"), previous, STUDY, (), (), TEMPLATES)


def added(previous: bytes) -> bytes:
    uid = read_report(previous).sop_uid
    new = addendum_draft("1.2.3", uid, READER, LATER).write("addendum", "Told to the ward: 漢.", LATER)
    return encode_addendum(replace(sign(new, ADDENDUM, VIEW, READER, LATER), sop_uid="2.25.2"), previous)


def withdrawn(previous: bytes) -> tuple[bytes, bytes]:
    uid = read_report(previous).sop_uid
    new = withdrawal_draft("1.2.3", uid, READER, LATER).write("reason", "Wrong patient: Ł 漢.", LATER)
    one = replace(sign(new, WITHDRAWAL, VIEW, READER, LATER), sop_uid="2.25.4")
    (_, document), (_, note) = encode_following(one, previous, STUDY)
    return document, note


def errors(path: Path, part10: bytes) -> str:
    tool = shutil.which("dciodvfy", path=str(Path(sys.executable).parent)) or shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy is not on this machine")
    path.write_bytes(part10)
    answer = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
    said = answer.stdout + answer.stderr
    assert "EnhancedSR" in said or "KeyObjectSelection" in said, said
    return "\n".join(line for line in said.splitlines() if "Error" in line)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_a_report_of_every_template_is_valid_from_signed_to_amended(template: Template, tmp_path: Path) -> None:
    first = signed(template)
    again = amended(added(first))
    assert errors(tmp_path / "signed.dcm", first) == ""
    assert errors(tmp_path / "amended.dcm", again) == ""
    assert read_report(again).predecessors == ("2.25.1", "2.25.2")
    body = body_of(document_of(again), TEMPLATES)
    assert body.template.id == template.id
    (change,) = changes(body, complete(template), template)
    assert (change.field, change.before) == ("impression", "Amended: Ł 漢.")


def test_the_withdrawal_and_its_rejection_note_are_valid_and_name_the_whole_chain(tmp_path: Path) -> None:
    document, note = withdrawn(amended(added(signed(TEMPLATES[0]))))
    assert errors(tmp_path / "withdrawn.dcm", document) == ""
    assert errors(tmp_path / "note.dcm", note) == ""
    assert read_report(document).state == "withdrawn"
    assert read_report(document).predecessors == ("2.25.1", "2.25.2", "2.25.3")
    read = dcmread(BytesIO(note))
    assert read.ConceptNameCodeSequence[0].CodeValue == "113037"
    rejected = [
        i.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for i in read.ContentSequence if i.ValueType == "COMPOSITE"
    ]
    assert rejected == ["2.25.1", "2.25.2", "2.25.3"]


def test_the_addenda_stay_when_the_report_is_amended_and_the_last_word_is_the_state() -> None:
    first = signed(TEMPLATES[0])
    reports = [read_report(raw) for raw in (first, added(first), amended(added(first)), added(amended(first)))]
    assert [report.state for report in reports] == ["signed", "addendum", "amended", "addendum"]
    assert [title for title, _ in reports[2].sections][-2:] == ["Addendum", "Amendment"]
    assert newest(reports[:3]) == reports[2]


def test_a_withdrawal_stands_only_where_no_other_report_does() -> None:
    first = signed(TEMPLATES[0])
    before, gone = read_report(first), read_report(withdrawn(first)[0])
    other = replace(before, sop_uid="2.25.0", verified_at="20260101000000")
    assert newest((before, gone)) == gone
    assert newest((before, gone, other)) == other


def test_nothing_follows_a_withdrawn_report() -> None:
    document, _ = withdrawn(signed(TEMPLATES[0]))
    with pytest.raises(ReaderError, match="withdrawn"):
        added(document)
    with pytest.raises(ReaderError, match="withdrawn"):
        amended(document)


def test_an_amendment_without_reason_or_change_is_refused() -> None:
    first = signed(TEMPLATES[0])
    with pytest.raises(ReaderError, match="why"):
        amended(first, " ")
    with pytest.raises(ReaderError, match="what"):
        amended(first, text=words_for(Field("impression", "Impression")))


def test_a_report_whose_template_is_gone_is_amended_by_its_sections_and_loses_nothing() -> None:
    chest = next(template for template in TEMPLATES if template.id == "ct-chest")
    new = amendment_draft(signed(chest), [one for one in TEMPLATES if one.id == "general"], (), READER, LATER)
    assert new.template_id == "general"
    said = "\n".join(text for _, text in new.fields)
    assert all(words_for(field) in said for field in chest.fields())


def test_a_report_made_elsewhere_is_not_amended_where_that_would_lose_a_part_of_it() -> None:
    document = dcmread(BytesIO(signed(TEMPLATES[0])))
    document.ContentSequence[-1].ConceptNameCodeSequence[0].CodeValue = "121180"
    document.ContentSequence[-1].ConceptNameCodeSequence[0].CodeMeaning = "Key Images"
    raw = BytesIO()
    document.save_as(raw)
    with pytest.raises(ReaderError, match="Key Images"):
        amendment_draft(raw.getvalue(), TEMPLATES, (), READER, LATER)
