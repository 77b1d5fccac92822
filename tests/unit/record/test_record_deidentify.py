"""Objects without their patient: every action of the profile, nested as well, and what can only be refused."""

from io import BytesIO

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from tests.fakes.objects import ct_slice

from readingroom.base.errors import ReaderError
from readingroom.record.confidential import Action, basic_profile
from readingroom.record.deidentify import SHIFTED, Deidentifier, burned_in_problem, shifted


def image(**changes: object) -> Dataset:
    ds = dcmread(BytesIO(ct_slice(1)))
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return ds


def item(**values: object) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def test_the_table_is_that_of_the_standard() -> None:
    table = basic_profile()
    assert table.action(0x00100010) is Action.EMPTY
    assert table.action(0x00080018) is Action.NEW_UID
    assert table.action(0x00081030) is Action.REMOVE
    assert table.action(0x50020005) is Action.REMOVE
    assert table.action(0x00280010) is None


def test_a_uid_becomes_the_same_new_one_wherever_it_stands() -> None:
    cleaner, first, second = Deidentifier(), image(), dcmread(BytesIO(ct_slice(2)))
    second.ReferencedImageSequence = [
        item(ReferencedSOPClassUID=first.SOPClassUID, ReferencedSOPInstanceUID=first.SOPInstanceUID)
    ]
    old = first.SOPInstanceUID
    cleaner.clean(first)
    cleaner.clean(second)
    assert first.SOPInstanceUID != old
    assert second.ReferencedImageSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert second.ReferencedImageSequence[0].ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert first.StudyInstanceUID == second.StudyInstanceUID
    assert first.file_meta.MediaStorageSOPInstanceUID == first.SOPInstanceUID


def test_nothing_leads_from_one_export_to_another() -> None:
    one, other = image(), image()
    Deidentifier().clean(one)
    Deidentifier().clean(other)
    assert one.StudyInstanceUID != other.StudyInstanceUID and one.PatientID != other.PatientID


def test_names_in_nested_items_private_elements_overlays_and_curves_go() -> None:
    ds = image()
    ds.SourceImageSequence = [item(ReferencedSOPInstanceUID="1.2.3", PatientName="Reed^Anna", StudyDescription="Reed")]
    ds.private_block(0x0009, "MAKER", create=True).add_new(1, "LO", "Reed^Anna")
    ds.add_new(0x60000010, "US", 8)
    ds.add_new(0x60003000, "OW", b"\1" * 8)
    ds.add_new(0x50003000, "OW", b"\1" * 8)
    Deidentifier().clean(ds)
    assert "PatientName" not in ds.SourceImageSequence[0] or not ds.SourceImageSequence[0].PatientName
    assert not any(tag.is_private or tag.group & 0xFF00 in (0x5000, 0x6000) for tag in list(ds.keys()))
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    assert b"Reed" not in out.getvalue() and b"Anna" not in out.getvalue()


def test_a_name_that_hides_in_an_attribute_the_profile_leaves_is_found() -> None:
    with pytest.raises(ReaderError, match="still names the patient"):
        Deidentifier().clean(image(FilterType="REED"))


def test_dates_move_together_and_keep_their_distance() -> None:
    ds = image(AcquisitionDate="20251105")
    Deidentifier(SHIFTED, shift_days=10).clean(ds)
    assert (ds.StudyDate, ds.AcquisitionDate, ds.StudyTime) == ("20251024", "20251026", "084500")
    assert not ds.PatientBirthDate


@pytest.mark.parametrize(
    ("value", "moved"),
    [("20250301", "20250228"), ("20250301120000.5+0100", "20250228120000.5+0100"), ("soon", ""), ("20259901", "")],
)
def test_a_date_is_moved_by_the_calendar(value: str, moved: str) -> None:
    assert shifted(value, 1) == moved


@pytest.mark.parametrize(
    "changes",
    [
        {"Modality": "SR"},
        {"ContentSequence": [item(TextValue="Reed")]},
        {"EncapsulatedDocument": b"%PDF"},
        {"GraphicAnnotationSequence": [item()]},
        {"Rows": 0},
    ],
)
def test_what_holds_free_text_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ReaderError):
        Deidentifier().clean(image(**changes))


def test_pixels_that_may_name_the_patient_are_said() -> None:
    assert burned_in_problem(image(BurnedInAnnotation="YES"))
    assert not burned_in_problem(image(BurnedInAnnotation="NO", Modality="US"))
    assert burned_in_problem(image(Modality="US"))
    assert burned_in_problem(image(SOPClassUID="1.2.840.10008.5.1.4.1.1.7"))
    assert not burned_in_problem(image())
