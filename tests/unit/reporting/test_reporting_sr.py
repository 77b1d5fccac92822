"""The signed report as DICOM: nothing lost, everything answered for."""

import shutil
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset
from tests.unit.reporting.reporting_cases import AT, BASIS, CT, LATER, READER, chest_ct, nodule, template

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.record.finding import Measurement, Value
from readingroom.record.study import FramePlace, FrameRef, Study
from readingroom.reporting.check import CaseView
from readingroom.reporting.draft import ADDENDUM, Draft, addendum_draft, draft
from readingroom.reporting.sign import NotSigned, Signed, sign
from readingroom.reporting.sr_follow import encode_addendum
from readingroom.reporting.sr_items import graphic_of
from readingroom.reporting.sr_read import newest, read_report
from readingroom.reporting.sr_report import encode
from readingroom.reporting.template import Field

CHEST = template("ct-chest")
DIAMETER = CHEST.field("nodule_diameter") or Field("", "")
HARD = "Nodule ≥ 12 mm – Ł 漢 é\\, left.\nSecond line."
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
PRIOR = chest_ct("CT chest", "1.2.9", date(2024, 3, 5))


def header(character_set: str = "ISO_IR 100") -> Dataset:
    source = Dataset()
    source.SpecificCharacterSet = character_set
    source.PatientName, source.PatientID, source.PatientSex = "Jönes^Mary", "9990000018", "F"
    source.IssuerOfPatientID, source.PatientBirthDate = "NHS", "19550203"
    source.StudyInstanceUID, source.SeriesInstanceUID = "1.2.3", "1.2.3.1"
    source.SOPClassUID, source.SOPInstanceUID = CT, "1.2.3.1.1"
    source.StudyDate, source.StudyTime, source.AccessionNumber = "20261120", "081500", "ACC7"
    source.StudyID, source.ReferringPhysicianName = "S1", "Patel^R"
    buffer = BytesIO()
    source.save_as(buffer, implicit_vr=False, little_endian=True)
    return dcmread(BytesIO(buffer.getvalue()), force=True)


def written(impression: str = HARD) -> Draft:
    new = draft(CHEST, chest_ct("CT chest with contrast"), (PRIOR,), READER, AT).link(DIAMETER, nodule(), AT)
    new = new.write("history", "Cough. Cancer?", AT).write("lungs", "Nodule in the left upper lobe.", AT)
    return new.write("impression", impression, AT)


def signed(new: Draft, *measurements: Measurement) -> Signed:
    return sign(new, CHEST, CaseView(chest_ct("CT chest with contrast"), measurements or (nodule(),)), READER, AT)


def stored(new: Draft | None = None, study: Study | None = None) -> bytes:
    return encode(signed(new or written()), header(), study or chest_ct(), (nodule(),), (PRIOR,))


def test_a_signed_report_reads_back_as_it_was_written() -> None:
    one = signed(written())
    report = read_report(encode(one, header(), chest_ct(), (nodule(),), (PRIOR,)))
    assert report.sop_uid == one.sop_uid
    assert report.state == "signed"
    assert ("Impressions", HARD) in report.sections
    assert dict(report.sections)["Findings"].splitlines() == [
        "Nodule diameter: 9.8 mm",
        "Lungs: Nodule in the left upper lobe.",
    ]
    assert dict(report.sections)["Prior Procedure Descriptions"] == "Compared with CT chest of 5 Mar 2024."
    (number,) = report.numbers
    assert (number.concept, number.value, number.unit, number.tracking_uid) == ("Length", 9.8, "mm", "2.25.7")
    assert (report.verified_by, report.registration, report.organisation) == (READER.name, "1234567", "Northern Trust")
    assert (report.verified_at, report.author) == ("20261124093000+0000", "OKAFOR, Ada (Dr)")
    assert (report.patient_name, report.patient_id, report.accession) == ("Jönes^Mary", "9990000018", "ACC7")


def test_the_stored_object_says_what_the_standard_asks() -> None:
    document = dcmread(BytesIO(stored()))
    assert document.SpecificCharacterSet == "ISO_IR 192"
    assert (document.CompletionFlag, document.PreliminaryFlag, document.VerificationFlag) == (
        "COMPLETE",
        "FINAL",
        "VERIFIED",
    )
    assert document.ReferencedRequestSequence[0].AccessionNumber == "ACC7"
    (current,) = document.CurrentRequestedProcedureEvidenceSequence
    assert [len(series.ReferencedSOPSequence) for series in current.ReferencedSeriesSequence] == [3, 1]
    (other,) = document.PertinentOtherEvidenceSequence
    assert other.StudyInstanceUID == "1.2.9"
    assert document.CodingSchemeIdentificationSequence[0].CodingSchemeDesignator == "99GMC"
    assert document.ContentSequence[0].ConceptCodeSequence[0].CodeValue == "en-GB"
    findings = next(i for i in document.ContentSequence if i.ConceptNameCodeSequence[0].CodeMeaning == "Findings")
    number = next(i for i in findings.ContentSequence if i.ValueType == "NUM")
    drawn = next(i for i in number.ContentSequence if i.ValueType == "SCOORD")
    assert list(drawn.GraphicData) == pytest.approx([100.5, 120.5, 110.5, 120.5])
    assert drawn.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.1.2"


def test_the_source_header_stays_as_it_was() -> None:
    source = header()
    before = deepcopy(source)
    encode(signed(written()), source, chest_ct(), (nodule(),), (PRIOR,))
    assert source == before
    assert source.SpecificCharacterSet == "ISO_IR 100"


@given(st.text(max_size=60))
def test_a_text_comes_back_letter_by_letter_or_is_refused(text: str) -> None:
    one = replace(signed(written()), draft=written(f"A{text}Z"))
    try:
        report = read_report(encode(one, header(), chest_ct(), (nodule(),), (PRIOR,)))
    except ReaderError:
        assert any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 or ord(letter) == 127 for letter in text)
    else:
        assert ("Impressions", "\n".join(f"A{text}Z".splitlines())) in report.sections


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        (replace(READER, organisation="T" * 65), "The organisation has 65 characters"),
        (replace(READER, name="O" * 65), "The reader's name has 65"),
        (replace(READER, registration="1" * 17), "registration number has 17"),
        (replace(READER, organisation="North\\South"), "backslash"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_never_cut(reader: object, words: str) -> None:
    one = replace(signed(written()), reader=reader)  # type: ignore[arg-type]
    with pytest.raises(ReaderError, match=words):
        encode(one, header(), chest_ct(), (nodule(),))


def test_a_header_of_another_examination_is_refused() -> None:
    other = header()
    other.StudyInstanceUID = "1.2.99"
    with pytest.raises(ReaderError, match="different examinations"):
        encode(signed(written()), other, chest_ct(), (nodule(),))


def test_a_measurement_on_an_unknown_image_is_refused() -> None:
    lost = replace(nodule(), frame=FrameRef("1.2.3", "1.2.3.1", "1.2.77"))
    with pytest.raises(ReaderError, match="not in this examination"):
        encode(signed(written(), lost), header(), chest_ct(), (lost,))


def test_a_bare_header_is_enough_and_says_what_it_does_not_know() -> None:
    bare = Dataset()
    bare.StudyInstanceUID = "1.2.3"
    report = read_report(encode(signed(written()), bare, chest_ct(), (nodule(),)))
    assert (report.patient_id, report.state) == ("", "signed")


def test_dates_of_the_old_standard_are_written_as_today_and_what_is_none_is_left_empty() -> None:
    source = header()
    source.StudyDate, source.StudyTime, source.PatientBirthDate = "1994.01.30", "11:25:01", "00000000"
    document = dcmread(BytesIO(encode(signed(written()), source, chest_ct(), (nodule(),))))
    assert (document.StudyDate, document.StudyTime, document.PatientBirthDate) == ("19940130", "112501", "")


def test_a_report_with_a_concern_is_not_signed_until_it_is_waived() -> None:
    unread = CaseView(chest_ct("CT chest with contrast"), (nodule(),), frozenset({"1.2.3.1"}))
    with pytest.raises(NotSigned) as refused:
        sign(written(), CHEST, unread, READER, AT)
    assert [concern.rule for concern in refused.value.concerns] == ["unread"]
    with pytest.raises(NotSigned):
        sign(written(), CHEST, unread, READER, AT, {"unread": "  "})
    one = sign(written(), CHEST, unread, READER, AT, {"unread": "topogram only", "side": "x"})
    assert one.waived == (("unread", "topogram only"),)


def test_an_empty_impression_is_not_waived_by_any_reason() -> None:
    case = CaseView(chest_ct("CT chest with contrast"), (nodule(),))
    with pytest.raises(NotSigned):
        sign(written(" "), CHEST, case, READER, AT, {"impression": "obvious"})


def test_nobody_cannot_sign_and_nobody_signs_twice() -> None:
    case = CaseView(chest_ct("CT chest with contrast"), (nodule(),))
    with pytest.raises(ReaderError, match="Nobody"):
        sign(written(), CHEST, case, replace(READER, name="^^"), AT)
    with pytest.raises(ReaderError, match="already"):
        sign(written().in_state("stored", AT), CHEST, case, READER, AT)


def addended(previous: bytes, text: str = "Addendum: ≥ 2 nodules.") -> bytes:
    report = read_report(previous)
    new = addendum_draft("1.2.3", report.sop_uid, READER, LATER).write("addendum", text, LATER)
    return encode_addendum(sign(new, ADDENDUM, CaseView(chest_ct()), READER, LATER), previous)


def test_an_addendum_leaves_the_report_as_it_was_and_stands_in_its_place() -> None:
    first = stored()
    again = addended(first)
    before, after = read_report(first), read_report(again)
    assert after.state == "addendum"
    assert after.sections == (*before.sections, ("Addendum", "Addendum: ≥ 2 nodules."))
    assert after.predecessors == (before.sop_uid,)
    assert after.sop_uid != before.sop_uid
    assert after.numbers == before.numbers
    assert after.images == before.images
    third = read_report(addended(again, "And another."))
    assert newest((third, before, after)) == third
    assert newest(()) is None


def test_only_a_complete_report_of_the_same_examination_is_added_to() -> None:
    partial = dcmread(BytesIO(stored()))
    partial.CompletionFlag = "PARTIAL"
    buffer = BytesIO()
    partial.save_as(buffer)
    with pytest.raises(ReaderError, match="not complete"):
        addended(buffer.getvalue())
    new = addendum_draft("1.2.99", "2.25.1", READER, LATER).write("addendum", "More.", LATER)
    other = sign(new, ADDENDUM, CaseView(chest_ct(uid="1.2.99")), READER, LATER)
    with pytest.raises(ReaderError, match="different examinations"):
        encode_addendum(other, stored())


@pytest.mark.parametrize("raw", [b"", b"text", b"\0" * 128 + b"DICM", b"\0" * 4000])
def test_what_is_no_report_is_said(raw: bytes) -> None:
    with pytest.raises(ReaderError):
        read_report(raw)
    new = addendum_draft("1.2.3", "2.25.1", READER, LATER).write("addendum", "More.", LATER)
    with pytest.raises(ReaderError):
        encode_addendum(sign(new, ADDENDUM, CaseView(chest_ct()), READER, LATER), raw)


def test_a_report_cut_anywhere_is_read_or_refused_but_never_breaks() -> None:
    whole = stored()
    for end in range(0, len(whole), 97):
        try:
            read_report(whole[:end])
        except ReaderError as refused:
            assert refused.remedy


def test_the_long_axis_is_the_longer_line_in_millimetres() -> None:
    points = ((0.0, 0.0), (10.0, 0.0), (5.0, 0.0), (5.0, 8.0))
    assert graphic_of("bidirectional", "Long Axis", points, (1.0, 1.0))[1] == points[:2]
    assert graphic_of("bidirectional", "Long Axis", points, (2.0, 1.0))[1] == points[2:]
    assert graphic_of("rectangle", "Area", ((0, 0), (2, 3)), (1, 1))[1] == ((0, 0), (2, 0), (2, 3), (0, 3), (0, 0))
    assert graphic_of("circle", "Area", ((5, 5), (8, 5)), (1, 1))[0] == "CIRCLE"


def every_tool() -> bytes:
    """A report whose findings link one measurement of every tool, two of them on a multi-frame object."""
    study = chest_ct("CT chest with contrast")
    series = study.series[0]
    place = FramePlace((0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (0.7, 0.7))
    many = replace(series.instances[0], sop_class=ENHANCED_CT, frames=4, places=(place,))
    study = study.with_series(replace(series, instances=(many, *series.instances[1:])))
    drawn = {
        "length": (("Length", "mm"), ((1.5, 1.5), (5.5, 5.5))),
        "bidirectional": (("Short Axis", "mm"), ((1.5, 1.5), (9.5, 1.5), (3.5, 0.5), (3.5, 4.5))),
        "angle": (("Angle", "deg"), ((1.5, 1.5), (5.5, 5.5), (9.5, 1.5))),
        "cobb": (("Cobb angle", "deg"), ((1.5, 1.5), (5.5, 5.5), (9.5, 1.5), (12.5, 5.5))),
        "ellipse": (("Mean", "[hnsf'U]"), ((44, 64), (84, 64), (64, 52), (64, 76))),
        "circle": (("Maximum", "HU"), ((44, 64), (84, 64))),
        "rectangle": (("Area", "px2"), ((44, 64), (84, 90))),
        "freehand": (("Area", "mm2"), ((44, 64), (84, 64), (64, 90))),
        "probe": (("Mean", "g/ml{SUVbw}"), ((44, 64),)),
        "cardiothoracic": (("Cardiothoracic ratio", "1"), ((44, 64), (84, 64), (20, 80), (120, 80))),
    }
    new = written().write("impression", "Nodule, left.", AT)
    measurements = [nodule()]
    for n, (tool, ((concept, unit), points)) in enumerate(drawn.items()):
        frame = FrameRef("1.2.3", "1.2.3.1", "1.2.3.1.1", 1 + n % 4)
        made = Measurement(tool, frame, points, (Value(concept, 12.3456, unit),), BASIS, tool, f"2.25.{100 + n}")
        measurements.append(made)
        new = new.link(Field("bones", "Bones"), made, AT)
    case = CaseView(study, tuple(measurements))
    one = sign(new, CHEST, case, READER, AT)
    return encode(one, header(), study, measurements, (PRIOR,))


@pytest.fixture(params=["plain", "every tool", "addendum", "bare"])
def report_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "report.dcm"
    if request.param == "bare":
        reader = replace(READER, registration="", organisation="")
        new = replace(written("Clear."), links=())
        path.write_bytes(encode(replace(signed(new), reader=reader), header("ISO_IR 192"), chest_ct()))
    else:
        made = {"plain": stored, "every tool": every_tool, "addendum": lambda: addended(stored())}
        path.write_bytes(made[request.param]())
    return path


def test_the_independent_validator_finds_no_error(report_file: Path) -> None:
    tool = shutil.which("dciodvfy", path=str(Path(sys.executable).parent)) or shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy is not on this machine")
    answer = subprocess.run([tool, str(report_file)], capture_output=True, text=True, check=False)
    said = answer.stdout + answer.stderr
    assert "EnhancedSR" in said
    assert "Error" not in said, said


def test_dcmtk_reads_it_as_verified_with_every_letter(report_file: Path) -> None:
    tool = shutil.which("dsrdump")
    if tool is None:
        pytest.skip("dsrdump is not on this machine")
    answer = subprocess.run([tool, "+U8", str(report_file)], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "VERIFIED" in answer.stdout
    assert "UNVERIFIED" not in answer.stdout
    if "漢" in dcmread(report_file).to_json():
        assert "≥ 12 mm – Ł 漢 é" in answer.stdout


@pytest.mark.realdata
def test_what_other_programs_stored_is_read(real_files: Path) -> None:
    documents = [path for path in sorted((real_files / "sr").rglob("*.dcm")) if path.name != "squares.dcm"]
    assert len(documents) > 10
    for path in documents:
        assert read_report(path.read_bytes()).sections, path
    mass = read_report((real_files / "sr" / "test-SR.dcm").read_bytes())
    assert (mass.state, mass.verified_by) == ("signed", "Observer^Verifying")
    text = "\n".join(text for _, text in mass.sections)
    assert all(words.amount(Value("", number.value, number.unit)) in text for number in mass.numbers)
    with pytest.raises(ReaderError, match="not a structured report"):
        read_report((real_files / "sr" / "dwv_tid1500" / "squares.dcm").read_bytes())
