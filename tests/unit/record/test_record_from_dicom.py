"""What a header says becomes the record, and what it says badly becomes nothing."""

from datetime import date, time

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from readingroom.base.errors import ReaderError
from readingroom.record.from_dicom import instance_of, patient_of, row_of, series_of, study_of
from readingroom.record.tags import DatasetTags, JsonTags, clock, day, number


def _json(**elements: object) -> JsonTags:
    """Tags from keyword values: _json(x00100010=["A^B"])."""
    return JsonTags({key[1:].upper(): {"vr": "UN", "Value": value} for key, value in elements.items()})


def _slice(sop: str, z: float, patient: str = "999000018", name: str = "Reed^Anna") -> Dataset:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", sop
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3", "1.2.3.1"
    ds.PatientID, ds.PatientName, ds.PatientBirthDate, ds.PatientSex = patient, name, "19510203", "F"
    ds.StudyDate, ds.StudyTime, ds.StudyDescription = "20251103", "084500", "CT chest"
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "CT", 2, round(z)
    ds.Rows = ds.Columns = 4
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, z], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing = [0.7, 0.8]
    return ds


def test_a_name_in_three_scripts_keeps_its_groups() -> None:
    tags = _json(x00100010=[{"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}])
    assert patient_of(tags).name == "Yamada^Tarou=山田^太郎=やまだ^たろう"


def test_a_name_without_an_alphabetic_group_is_still_shown() -> None:
    assert patient_of(_json(x00100010=[{"Ideographic": "山田^太郎"}])).display_name == "山田, 太郎"


def test_an_identifier_without_issuer_belongs_to_its_archive() -> None:
    assert patient_of(_json(x00100020=["42"]), issuer="NHS").issuer == "NHS"
    assert patient_of(_json(x00100020=["42"], x00100021=["RM3"]), issuer="NHS").issuer == "RM3"


def test_a_decimal_string_sent_as_a_double_is_the_same_number() -> None:
    assert number(_json(x00200032=["-189.62889999999999"]), 0x00200032) == pytest.approx(-189.6289)
    assert number(_json(x00200032=[-189.62889999999999]), 0x00200032) == pytest.approx(-189.6289)


@pytest.mark.parametrize("bad", [["x", 0, 0], [0, 0], [0, 0, "1e999"], ["nan", 0, 0], [None, 0, 0], [{}, 0, 0]])
def test_a_position_that_is_no_position_is_none(bad: list[object]) -> None:
    assert instance_of(_json(x00200032=bad)).places[0].position_mm is None


@pytest.mark.parametrize("bad", [[1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 1, 0]])
def test_cosines_that_span_no_plane_are_none(bad: list[object]) -> None:
    assert instance_of(_json(x00200037=bad)).places[0].orientation is None


def test_a_spacing_of_zero_is_none() -> None:
    assert instance_of(_json(x00280030=[0, 1])).places[0].spacing_mm is None


@pytest.mark.parametrize(
    "element", [None, 7, "text", {"Value": "not a list"}, {"vr": "SQ", "Value": [[3]]}, {}, {"Value": [float("inf")]}]
)
def test_an_element_of_any_shape_breaks_nothing(element: object) -> None:
    tags = JsonTags({f"{tag:08X}": element for tag in (0x00100010, 0x00200032, 0x00280008, 0x52009230, 0x0020000D)})
    assert instance_of(tags).frames == 1
    assert instance_of(tags).place(1).position_mm is None
    row_of(tags, "RM3")


def test_dates_and_times_of_any_age_are_read() -> None:
    assert day(_json(x00080020=["20251103"]), 0x00080020) == date(2025, 11, 3)
    assert day(_json(x00080020=["1997.04.24"]), 0x00080020) == date(1997, 4, 24)
    assert day(_json(x00080020=["20251345"]), 0x00080020) is None
    assert clock(_json(x00080030=["0845"]), 0x00080030) == time(8, 45)
    assert clock(_json(x00080030=["235960.5"]), 0x00080030) == time(23, 59, 59)
    assert clock(_json(x00080030=["noon"]), 0x00080030) is None


def test_a_dataset_and_its_json_say_the_same() -> None:
    ds = _slice("1.2.3.1.7", 7.5)
    assert instance_of(DatasetTags(ds)) == instance_of(JsonTags(ds.to_json_dict()))
    assert series_of(DatasetTags(ds)) == series_of(JsonTags(ds.to_json_dict()))


def _enhanced() -> Dataset:
    ds = _slice("1.2.3.1.1", 0)
    ds.NumberOfFrames = 3
    shared, frames = Dataset(), []
    shared.PlaneOrientationSequence = Sequence([Dataset()])
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
    shared.PixelMeasuresSequence = Sequence([Dataset()])
    shared.PixelMeasuresSequence[0].PixelSpacing = [0.5, 0.6]
    for z, b in ((10.0, 0), (12.5, 1000)):
        group = Dataset()
        group.PlanePositionSequence, group.MRDiffusionSequence = Sequence([Dataset()]), Sequence([Dataset()])
        group.PlanePositionSequence[0].ImagePositionPatient = [z, 0, 0]
        group.MRDiffusionSequence[0].DiffusionBValue = float(b)
        group.FrameContentSequence = Sequence([Dataset()])
        group.FrameContentSequence[0].StackID = "1"
        frames.append(group)
    ds.SharedFunctionalGroupsSequence, ds.PerFrameFunctionalGroupsSequence = Sequence([shared]), Sequence(frames)
    return ds


@pytest.mark.parametrize("carrier", ["dataset", "json"])
def test_each_frame_of_an_enhanced_object_has_its_own_place(carrier: str) -> None:
    ds = _enhanced()
    found = instance_of(DatasetTags(ds) if carrier == "dataset" else JsonTags(ds.to_json_dict()))
    assert [p.position_mm for p in found.places] == [(10.0, 0, 0), (12.5, 0, 0), None]
    assert found.places[0].orientation == (0, 1, 0, 0, 0, -1)
    assert found.places[1].spacing_mm == (0.5, 0.6)
    assert dict(found.places[1].marks)["b_value"] == "1000"
    assert dict(found.places[1].marks)["stack_id"] == "1"


def test_a_cine_without_functional_groups_puts_no_frame_where_the_first_lies() -> None:
    ds = _slice("1.2.3.1.1", 5)
    ds.NumberOfFrames = 10
    assert instance_of(DatasetTags(ds)).place(7).position_mm is None


def test_a_dose_grid_says_where_its_frames_lie() -> None:
    ds = _slice("1.2.3.1.1", -50)
    ds.SOPClassUID, ds.NumberOfFrames, ds.GridFrameOffsetVector = "1.2.840.10008.5.1.4.1.1.481.2", 3, [0, 5, 10]
    assert [p.position_mm for p in instance_of(DatasetTags(ds)).places] == [(0, 0, -50), (0, 0, -45), (0, 0, -40)]


def test_a_makers_b_value_is_read_only_under_its_makers_name() -> None:
    siemens = _json(x00190010=["SIEMENS MR HEADER"], x0019100c=[800])
    stranger = _json(x00190010=["SOMEBODY ELSE"], x0019100c=[800])
    ge = _json(x00430010=["GEMS_PARM_01"], x00431039=["1000001000\\8\\0\\0"])
    assert dict(instance_of(siemens).places[0].marks)["b_value"] == "800"
    assert "b_value" not in dict(instance_of(stranger).places[0].marks)
    assert dict(instance_of(ge).places[0].marks)["b_value"] == "1000"


def test_a_study_is_its_series_by_number_and_its_objects_by_number() -> None:
    headers = [DatasetTags(_slice(f"1.2.3.1.{n}", n)) for n in (3, 1, 2)]
    study = study_of("1.2.3", headers, held_by=("RM3",), expected={"1.2.3.1": 4})
    assert [i.number for i in study.series[0].instances] == [1, 2, 3]
    assert (study.expected, study.held_by, study.description) == (4, ("RM3",), "CT chest")


def test_another_patients_object_under_the_same_study_is_set_aside_and_said() -> None:
    headers = [DatasetTags(_slice(f"1.2.3.1.{n}", n)) for n in range(1, 5)]
    study = study_of("1.2.3", [*headers, DatasetTags(_slice("1.2.3.1.9", 9, "999000026", "Cole^Ben"))])
    assert study.patient.id == "999000018"
    assert [i.sop_uid for i in study.series[0].instances] == [f"1.2.3.1.{n}" for n in range(1, 5)]
    assert [aside.sop_uid for aside in study.set_aside] == ["1.2.3.1.9"]
    assert "COLE, Ben" in study.set_aside[0].problem


def test_a_study_of_two_patients_in_equal_parts_is_refused() -> None:
    headers = [DatasetTags(_slice("1.2.3.1.1", 1)), DatasetTags(_slice("1.2.3.1.2", 2, "999000026", "Cole^Ben"))]
    with pytest.raises(ReaderError, match="different patients"):
        study_of("1.2.3", headers)


def test_one_patient_spelt_in_two_ways_stays_one() -> None:
    headers = [DatasetTags(_slice("1.2.3.1.1", 1)), DatasetTags(_slice("1.2.3.1.2", 2, name="REED^ANNA^^Mrs"))]
    assert len(study_of("1.2.3", headers).series[0].instances) == 2


def test_an_object_that_names_another_study_is_set_aside() -> None:
    stray = _slice("1.2.3.1.2", 2)
    stray.StudyInstanceUID = "9.9"
    study = study_of("1.2.3", [DatasetTags(_slice("1.2.3.1.1", 1)), DatasetTags(stray)])
    assert [aside.problem for aside in study.set_aside] == ["It names another study."]


def test_a_search_row_names_its_archive_and_its_modalities_once() -> None:
    row = row_of(_json(x0020000d=["1.2.3"], x00080061=["CT", "SR", "CT"], x00201208=["480"]), "RM3")
    assert row is not None
    assert (row.modalities, row.instances, row.held_by) == (("CT", "SR"), 480, ("RM3",))
