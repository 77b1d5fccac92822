"""A signed report in the forms that others read: nothing is added, nothing is lost, no number changes."""

import base64
import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset
from tests.unit.reporting.reporting_cases import AT, LATER, READER, chest_ct, nodule, template

from readingroom.base.errors import ReaderError
from readingroom.reporting.as_fhir import fhir_bundle
from readingroom.reporting.as_hl7 import fields_of, hl7_message, unescaped
from readingroom.reporting.as_pdf import pdf_file
from readingroom.reporting.as_text import lines, text_file
from readingroom.reporting.check import CaseView
from readingroom.reporting.draft import WITHDRAWAL, draft
from readingroom.reporting.following import withdrawal_draft
from readingroom.reporting.issued import Issued, issued, printable
from readingroom.reporting.pdf_fonts import Faces
from readingroom.reporting.sign import Signed, sign
from readingroom.reporting.sr_follow import encode_following
from readingroom.reporting.sr_report import encode

CHEST = template("ct-chest")
HARD = 'Nodule ≥ 12 mm – Ł 漢 é; a|b^c&d~e\\f <g> & "h".'
STATUSES = {
    "registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "cancelled",
    "entered-in-error", "unknown",
}  # fmt: skip
OBSERVATION_STATUSES = STATUSES - {"partial", "appended"}
GENDERS = {"male", "female", "other", "unknown"}


def header() -> Dataset:
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.PatientName, made.PatientID, made.IssuerOfPatientID = "Łukasz^Mária^漢^Dr", "9990000018", "NHS"
    made.PatientBirthDate, made.PatientSex = "19550203", "F"
    made.StudyInstanceUID, made.StudyDate, made.StudyTime = "1.2.3", "20261120", "081500"
    made.StudyDescription, made.AccessionNumber, made.ReferringPhysicianName = "CT chest", "ACC7", "Patel^R"
    made.SOPClassUID, made.SOPInstanceUID, made.SeriesInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.2.3.1.1", "1.2.3.1"
    return made


def stored(lungs: str = HARD, source: Dataset | None = None) -> bytes:
    study = chest_ct("CT chest with contrast")
    new = (
        draft(CHEST, study, (), READER, AT).write("lungs", lungs, AT).write("impression", "Two of 3.25 mm.\nLeft.", AT)
    )
    field = CHEST.field("nodule_diameter")
    assert field is not None
    new = new.link(field, nodule(9.8123456), AT)
    signed = Signed(new, CHEST, READER, AT, (), "2.25.77")
    return encode(signed, source or header(), study, (nodule(9.8123456),))


def withdrawn() -> bytes:
    new = withdrawal_draft("1.2.3", "2.25.77", READER, LATER).write("reason", "Wrong patient | 2 of 3.", LATER)
    one = sign(new, WITHDRAWAL, CaseView(chest_ct()), READER, LATER)
    return encode_following(one, stored(), chest_ct())[0][1]


def report(lungs: str = HARD) -> Issued:
    return issued(stored(lungs))


def bundle(of: Issued) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(fhir_bundle(of).content)
    return made


def resources(of: Issued) -> dict[str, dict[str, Any]]:
    return {entry["resource"]["resourceType"]: entry["resource"] for entry in bundle(of)["entry"]}


def test_the_text_names_the_patient_the_reader_and_says_every_section() -> None:
    text = text_file(report()).content.decode("utf-8")
    for words in ("ŁUKASZ, Mária 漢 (Dr)", "999 000 0018", "3 Feb 1955", "Accession ACC7", HARD, "OKAFOR, Ada (Dr)"):
        assert words in text
    assert "IMPRESSIONS\nTwo of 3.25 mm.\nLeft.\n" in text
    assert text.startswith("Report\n")


def test_every_reference_of_the_bundle_is_to_one_of_its_entries() -> None:
    made = bundle(report())
    urls = [entry["fullUrl"] for entry in made["entry"]]
    assert (made["resourceType"], made["type"], len(urls)) == ("Bundle", "collection", len(set(urls)))
    assert all(entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}" for entry in made["entry"])
    asked = re.findall(r'"reference": "([^"]+)"', json.dumps(made))
    assert asked
    assert set(asked) <= set(urls)


def test_the_bundle_holds_to_the_value_sets_of_r4() -> None:
    found = resources(report())
    main, numbers = found["DiagnosticReport"], found["Observation"]
    assert main["status"] in STATUSES
    assert numbers["status"] in OBSERVATION_STATUSES
    assert found["Patient"]["gender"] in GENDERS
    assert found["ImagingStudy"]["status"] in {"registered", "available", "cancelled", "entered-in-error", "unknown"}
    assert main["text"]["status"] in {"generated", "extensions", "additional", "empty"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", main["issued"])
    assert found["Patient"]["birthDate"] == "1955-02-03"
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", one["id"]) for one in found.values())


def test_the_bundle_says_what_the_report_says() -> None:
    found = resources(report())
    main = found["DiagnosticReport"]
    assert (main["status"], main["conclusion"]) == ("final", "Two of 3.25 mm.\nLeft.")
    assert base64.b64decode(main["presentedForm"][0]["data"]) == text_file(report()).content
    assert found["Observation"]["valueQuantity"] == {
        "value": 9.8123456, "unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm",
    }  # fmt: skip
    assert found["Patient"]["identifier"] == [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}]
    assert found["Practitioner"]["identifier"][0]["system"].endswith("gmc-number")
    assert "&lt;g&gt;" in main["text"]["div"]


def test_the_message_is_read_back_field_by_field() -> None:
    fields = fields_of(hl7_message(report()).content)
    by_name = {one[0]: one for one in fields}
    assert [by_name["MSH"][n] for n in (1, 9, 12, 18)] == ["|", "ORU^R01", "2.4", "UNICODE UTF-8"]
    assert (by_name["PID"][3], by_name["PID"][5]) == ("9990000018^^^NHS^NH", "Łukasz^Mária^漢^^Dr")
    assert (by_name["OBR"][3], by_name["OBR"][25], by_name["OBR"][32]) == ("ACC7", "F", "1234567&Okafor&Ada&&&Dr")
    results = [one for one in fields if one[0] == "OBX"]
    assert (results[0][2], results[0][5]) == ("HD", "1.2.3")
    assert [int(one[1]) for one in results] == list(range(1, len(results) + 1))
    assert f"Lungs: {HARD}" in [unescaped(one[5]) for one in results]
    (number,) = [one for one in results if one[2] == "NM"]
    assert (number[3], number[5], number[6]) == ("410668003^Length^SCT", "9.8123456", "mm^mm^UCUM")


def test_a_withdrawal_is_one_in_every_form() -> None:
    given = issued(withdrawn())
    assert text_file(given).content.startswith(b"REPORT WITHDRAWN\n")
    main = resources(given)["DiagnosticReport"]
    assert main["status"] == "entered-in-error"
    assert main["extension"][0]["valueReference"]["identifier"]["value"] == "urn:oid:2.25.77"
    made = hl7_message(given)
    fields = fields_of(made.content)
    assert [one[25] for one in fields if one[0] == "OBR"] == ["X"]
    assert [one[11] for one in fields if one[0] == "OBX"] == ["D"]
    assert "Wrong patient | 2 of 3." in unescaped(next(one[3] for one in fields if one[0] == "NTE"))
    assert "OBR-25" in made.warnings[-1]


def test_a_field_that_the_message_cannot_hold_is_named() -> None:
    given = report()
    with pytest.raises(ReaderError, match="OBR-3"):
        hl7_message(replace(given, report=replace(given.report, accession="A" * 23)))
    with pytest.raises(ReaderError, match="OBX-5 of “Findings”"):
        hl7_message(report("x" * 65537))


def test_the_reader_name_of_more_than_64_letters_is_refused_by_name() -> None:
    long = Signed(draft(CHEST, chest_ct(), (), READER, AT), CHEST, replace(READER, name="O" * 65), AT, (), "2.25.1")
    with pytest.raises(ReaderError, match="reader's name has 65 characters"):
        encode(long, header(), chest_ct())


@settings(max_examples=40, deadline=None)
@whatever(st.text(max_size=60), st.floats(-1e6, 1e6, allow_nan=False))
def test_whatever_is_written_comes_through_every_form(text: str, value: float) -> None:
    given = report()
    number = replace(given.report.numbers[0], value=value)
    given = replace(given, report=replace(given.report, sections=(("Findings", text),), numbers=(number,)))
    wanted = printable(text).splitlines() or [""]
    fields = fields_of(hl7_message(given).content)
    assert [unescaped(one[5]) for one in fields if one[0] == "OBX" and one[2] == "TX"] == wanted
    assert resources(given)["Observation"]["valueQuantity"]["value"] == value
    assert all(line in text_file(given).content.decode("utf-8") for line in wanted)
    assert pdf_file(given, Faces(())).content.startswith(b"%PDF")


def printed(content: bytes) -> tuple[int, str]:
    """The pages of a PDF and its words, without what stands at the foot of every page."""
    document = pypdfium2.PdfDocument(content)
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    kept = [line for page in pages for line in page.splitlines() if not line.startswith("Page ")]
    return len(pages), " ".join(" ".join(kept).split())


@pytest.mark.parametrize("lungs", [HARD, " ".join(f"Nodule {n} of {n}.{n} mm in segment S{n}." for n in range(1, 260))])
def test_the_text_of_the_printed_report_is_the_report(lungs: str) -> None:
    given = report(lungs)
    made = pdf_file(given)
    if made.warnings:
        pytest.skip(f"no font with every letter on this machine: {made.warnings[0]}")
    pages, words = printed(made.content)
    assert words == " ".join(" ".join(lines(given)).split())
    assert pages == (1 if lungs == HARD else 4)


def test_every_printed_page_names_the_patient() -> None:
    document = pypdfium2.PdfDocument(pdf_file(report("word " * 3000)).content)
    for n in range(len(document)):
        assert f"Page {n + 1} of {len(document)}, ŁUKASZ" in document[n].get_textpage().get_text_range()


def test_a_letter_that_no_font_has_is_told_and_never_a_box(tmp_path: Path) -> None:
    made = pdf_file(report(), Faces((tmp_path,)))
    assert [w for w in made.warnings if "漢" in w]
    assert "Ł [U+6F22] é" in printed(made.content)[1]


def test_a_font_that_is_none_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"\0\1\0\0" + b"x" * 100)
    (tmp_path / "arialuni.ttf").write_bytes(b"")
    assert "U+6F22" in pdf_file(report(), Faces((tmp_path,))).warnings[-1]


def test_a_draft_is_not_given_away() -> None:
    document = dcmread(BytesIO(stored()))
    document.CompletionFlag, document.VerificationFlag = "PARTIAL", "UNVERIFIED"
    raw = BytesIO()
    document.save_as(raw)
    with pytest.raises(ReaderError, match="draft"):
        issued(raw.getvalue())
