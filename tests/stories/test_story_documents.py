"""On the real windows: a presentation state is offered and laid over on a key; a report opens and leads to its image."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

from pydicom import dcmread
from pydicom.sequence import Sequence
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from tests.fakes.archives import MemoryArchive
from tests.fakes.objects import STUDY, as_part10
from tests.fakes.phantom import slices
from tests.fakes.windows import Windows
from tests.unit.display.presentation_phantoms import annotation, grey_state, item, reference, shape
from tests.unit.pixels.pdf_phantoms import pdf

from readingroom.archive.region import Region
from readingroom.display.picture import Role
from readingroom.record.finding import Basis, Measurement, Value
from readingroom.record.study import FrameRef
from readingroom.reporting.sr_measurements import measurement_report
from readingroom.session.arranging import scroll_to
from readingroom.settings.sections import ReaderSettings
from readingroom.ui.windows.document import DocumentWindow

IMAGES = slices(6)
WHO = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber")


def of_patient(document: object) -> bytes:
    first = dcmread(BytesIO(IMAGES[0]))
    document.SpecificCharacterSet, document.StudyInstanceUID = "ISO_IR 192", STUDY
    for keyword in WHO:
        setattr(document, keyword, first.get(keyword))
    return as_part10(document)


def state() -> bytes:
    marks = annotation("A", [shape("POLYLINE", [1, 1, 20, 20])])
    third = dcmread(BytesIO(IMAGES[2]))
    return of_patient(grey_state(third, ImageHorizontalFlip="Y", GraphicAnnotationSequence=Sequence([marks])))


def report() -> bytes:
    fifth = dcmread(BytesIO(IMAGES[4])).SOPInstanceUID
    name = Sequence([item(CodeValue="1", CodingSchemeDesignator="99X", CodeMeaning="Impression")])
    text = item(ValueType="TEXT", ConceptNameCodeSequence=name, TextValue="A <nodule> on one image.")
    image = item(ValueType="IMAGE", ReferencedSOPSequence=Sequence([reference(fifth)]))
    return of_patient(
        item(
            SOPClassUID="1.2.840.10008.5.1.4.1.1.88.33", SOPInstanceUID=f"{STUDY}.7.1", Modality="SR", SeriesNumber=7,
            SeriesInstanceUID=f"{STUDY}.7", ValueType="CONTAINER", ContentSequence=Sequence([text, image]),
        )
    )  # fmt: skip


def measured() -> bytes:
    fourth = dcmread(BytesIO(IMAGES[3]))
    on = FrameRef(STUDY, str(fourth.SeriesInstanceUID), str(fourth.SOPInstanceUID))
    values = (Value("Length", 14.0, "mm", 0.5),)
    one = Measurement(
        "length", on, ((10.0, 10.0), (30.0, 10.0)), values, Basis("mm", "mm", "image"), "Node", f"{STUDY}.99"
    )
    author = ReaderSettings("Lind^Eva", "7", "North")
    return measurement_report([one], {on.sop_uid: fourth}, author, datetime(2026, 3, 4, 5, 6))


def test_what_a_report_measured_is_shown_on_its_image_from_the_reports_own_window(tmp_path: Path) -> None:
    with Windows(tmp_path, region=Region([MemoryArchive("North", [*IMAGES, measured()])])) as glass:
        glass.show().open_whole(STUDY)
        reading = glass.station.reading
        glass.wait(lambda: glass.desk.documents.reports)
        scroll_to(glass.desk, 0, 0)
        card = next(c for c in reading.tray.cards if c.stack.kind == "document")
        QTest.mouseDClick(card, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
        (window,) = reading.findChildren(DocumentWindow)
        glass.wait(lambda: "Imaging Measurement" in window.text.toPlainText())
        QTest.mouseClick(window.on_images, Qt.MouseButton.LeftButton)
        glass.wait(lambda: "Measurements from LIND, Eva, 4 Mar 2026: read-only" in glass.badges())
        assert glass.desk.case is not None and glass.desk.case.tiles[0].index == 3
        drawn = reading.grid.viewports[0].picture.graphics
        assert {graphic.role for graphic in drawn} == {Role.READ_ONLY}
        row = reading.measurements.list.item(0)
        assert row.text().splitlines()[-1] == "from LIND, Eva, 4 Mar 2026; series 2, image 4"
        assert not row.flags() & (Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled)
        assert window.on_images.text() == "Hide on images"
        assert not glass.raised


def test_a_state_and_a_report_of_the_study_can_be_seen(tmp_path: Path) -> None:
    with Windows(tmp_path, region=Region([MemoryArchive("North", [*IMAGES, state(), report()])])) as glass:
        glass.show().open_whole(STUDY)
        scroll_to(glass.desk, 0, 2)
        glass.wait(lambda: "Presentation state: TEACHING (Y applies)" in glass.badges())
        viewport = glass.station.reading.grid.viewports[0]
        QTest.keyClick(viewport, Qt.Key.Key_Y)
        assert glass.badges()[:2] == ("PRESENTATION STATE: TEACHING", "FLIPPED")
        assert viewport.picture.graphics
        QTest.keyClick(viewport, Qt.Key.Key_Y)
        assert "FLIPPED" not in glass.badges()

        card = next(c for c in glass.station.reading.tray.cards if c.stack.series_uid == f"{STUDY}.7")
        QTest.mouseDClick(card, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
        (window,) = glass.station.reading.findChildren(DocumentWindow)
        glass.wait(lambda: "A <nodule> on one image." in window.text.toPlainText())
        sop_uid = dcmread(BytesIO(IMAGES[4])).SOPInstanceUID
        window.text.anchorClicked.emit(QUrl(f"{sop_uid}#1"))
        assert glass.desk.case is not None and glass.desk.case.tiles[0].index == 4
        glass.desk.put_case(None)
        assert not window.isVisible()
        assert not glass.raised


def letter(held: bytes) -> bytes:
    return of_patient(
        item(
            SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1", SOPInstanceUID=f"{STUDY}.6.1", Modality="DOC", SeriesNumber=6,
            SeriesInstanceUID=f"{STUDY}.6", DocumentTitle="Referral", MIMETypeOfEncapsulatedDocument="application/pdf",
            EncapsulatedDocument=held + b"\0" * (len(held) % 2), EncapsulatedDocumentLength=len(held),
        )
    )  # fmt: skip


def test_the_pages_of_a_pdf_are_turned_and_enlarged_by_keys(tmp_path: Path) -> None:
    with Windows(
        tmp_path, region=Region([MemoryArchive("North", [*IMAGES, letter(pdf((1, 0, 0), (0, 1, 0)))])])
    ) as glass:
        window = document_of(glass)
        glass.wait(lambda: window.pdf.pages == 2)
        assert (window.windowTitle(), window.pdf.place.text()) == ("Referral", "Page 1 of 2")
        assert not window.text.isVisible() and window.save.isVisible()
        picture = window.pdf.sheet.pixmap().toImage()
        assert picture.pixelColor(10, 10).getRgb()[:3] == (255, 0, 0)
        QTest.keyClick(window, Qt.Key.Key_PageDown)
        glass.wait(lambda: window.pdf.sheet.pixmap().toImage().pixelColor(10, 10).getRgb()[:3] == (0, 255, 0))
        assert (window.pdf.place.text(), window.pdf.on.isEnabled()) == ("Page 2 of 2", False)
        QTest.keyClick(window, Qt.Key.Key_Plus)
        glass.wait(lambda: abs(window.pdf.sheet.pixmap().width() / picture.width() - 1.25) < 0.05)
        assert not glass.raised


def test_a_pdf_that_cannot_be_drawn_says_why_and_can_still_be_saved(tmp_path: Path) -> None:
    with Windows(tmp_path, region=Region([MemoryArchive("North", [*IMAGES, letter(b"%PDF-1.4 broken")])])) as glass:
        window = document_of(glass)
        glass.wait(lambda: "damaged" in window.pdf.sheet.text())
        assert "Save it" in window.pdf.sheet.text()
        assert window.save.isVisible()
        assert not glass.raised


def document_of(glass: Windows) -> DocumentWindow:
    glass.show().open_whole(STUDY)
    card = next(c for c in glass.station.reading.tray.cards if c.stack.kind == "document")
    QTest.mouseDClick(card, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    (window,) = glass.station.reading.findChildren(DocumentWindow)
    return window
