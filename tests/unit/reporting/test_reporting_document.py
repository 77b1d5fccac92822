"""Any stored document can be read: every item of its tree, every number with its unit, every image it names."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.sequence import Sequence
from tests.fakes.objects import as_part10, ct_slice
from tests.unit.display.presentation_phantoms import item, reference

from readingroom.base.errors import ReaderError
from readingroom.reporting.document import page_of

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "sr"


def named(code: str, meaning: str):
    return Sequence([item(CodeValue=code, CodingSchemeDesignator="DCM", CodeMeaning=meaning)])


def test_numbers_have_their_unit_and_images_their_link_and_nothing_unknown_is_dropped():
    unit = Sequence([item(CodeValue="mm", CodingSchemeDesignator="UCUM", CodeMeaning="millimetre")])
    number = item(
        ValueType="NUM", ConceptNameCodeSequence=named("1", "Length"),
        MeasuredValueSequence=Sequence([item(NumericValue="12.5", MeasurementUnitsCodeSequence=unit)]),
        ContentSequence=Sequence([item(ValueType="IMAGE", ReferencedSOPSequence=Sequence([reference("1.2.3", 4)]))]),
    )  # fmt: skip
    strange = item(ValueType="HOLOGRAM", ConceptNameCodeSequence=named("2", "Odd"), TextValue="still here")
    box = item(
        ValueType="CONTAINER",
        ConceptNameCodeSequence=named("3", "Findings"),
        ContentSequence=Sequence([number, strange]),
    )
    root = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.33", SOPInstanceUID="1.9", CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED", ConceptNameCodeSequence=named("4", "Report"), ContentSequence=Sequence([box]),
    )  # fmt: skip
    page = page_of(as_part10(root))
    assert (page.title, page.state) == ("Report", "complete, unverified")
    assert [(line.depth, line.label) for line in page.lines] == [(0, "Findings"), (1, "Length"), (2, ""), (1, "Odd")]
    assert (page.lines[1].text, page.lines[2].images) == ("12.5 mm", (("1.2.3", 4),))
    assert "still here" in page.lines[3].text


def test_an_encapsulated_document_comes_out_byte_for_byte():
    pdf = b"%PDF-1.7 not a real one"
    held = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1", SOPInstanceUID="1.9", DocumentTitle="Letter",
        MIMETypeOfEncapsulatedDocument="application/pdf", EncapsulatedDocumentLength=len(pdf), EncapsulatedDocument=pdf + b"\0",
    )  # fmt: skip
    page = page_of(as_part10(held))
    assert (page.title, page.attachment, page.suffix) == ("Letter", pdf, "pdf")


def test_an_image_is_not_a_document():
    with pytest.raises(ReaderError, match="not a document"):
        page_of(ct_slice(1))


@pytest.mark.realdata
@pytest.mark.skipif(not REAL.exists(), reason="the real reports are not here")
def test_every_item_of_every_real_report_is_shown():
    def count(one):
        return sum(1 + count(child) for child in one.get("ContentSequence", ()))

    for path in sorted(REAL.rglob("*.dcm")):
        document = dcmread(BytesIO(path.read_bytes()), force=True)
        if document.get("ContentSequence"):
            assert len(page_of(path.read_bytes()).lines) == count(document), path.name
