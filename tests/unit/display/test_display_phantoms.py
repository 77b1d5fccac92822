"""Whole objects with a truth known beforehand: pixels that are not square, tilt, reversed order, negative spacing, 4-D."""

import itertools
from collections.abc import Iterable
from math import cos, hypot, radians, sin
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

from readingroom.display.set_rules import SetRules, set_rules, usual_rules
from readingroom.display.stack import Stack, stacks
from readingroom.geometry.plane import dot
from readingroom.measure.evaluate import evaluate
from readingroom.pixels.facts import facts_of
from readingroom.pixels.frame import Frame
from readingroom.record.from_dicom import study_of
from readingroom.record.study import FramePlace
from readingroom.record.tags import DatasetTags

CT, MR, MG, PET, NM = (f"1.2.840.10008.5.1.4.1.1.{tail}" for tail in ("2", "4", "1.2", "128", "20"))
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def image(number: int, modality: str = "CT", sop_class: str = CT, series: int = 1, **attributes: Any) -> Dataset:
    """One object of study 1."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, f"1.{series}.{number}"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SeriesNumber = "1", f"1.{series}", series
    dataset.PatientID, dataset.PatientName, dataset.Modality = "9", "Reed^Anna", modality
    dataset.InstanceNumber, dataset.Rows, dataset.Columns = number, 32, 24
    dataset.ImageType, dataset.BitsAllocated, dataset.BitsStored = ["ORIGINAL", "PRIMARY", "AXIAL"], 16, 12
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def placed(
    number: int,
    position: Iterable[float],
    cosines: Iterable[float] = AXIAL,
    spacing: tuple[float, float] = (0.5, 0.5),
    **more: Any,
) -> Dataset:
    """A slice with its place."""
    return image(
        number, ImagePositionPatient=list(position), ImageOrientationPatient=list(cosines), PixelSpacing=list(spacing), **more
    )  # fmt: skip


def hung(*objects: Dataset, rules: SetRules | None = None) -> tuple[Stack, ...]:
    return stacks(study_of("1", [DatasetTags(one) for one in objects]), rules)


def depths(stack: Stack) -> list[float]:
    return [round(plane.depth_mm, 4) for n in range(len(stack.frames)) if (plane := stack.plane(n)) is not None]


def test_pixels_that_are_not_square_measure_true_both_ways() -> None:
    """3 columns and 4 rows at 2.0 mm between rows and 1.0 mm between columns are the root of 9 + 64."""
    header = placed(1, (0, 0, 0), spacing=(2.0, 1.0))
    frame = Frame(np.zeros((32, 24), np.int16), facts_of(header))
    (length,), basis = evaluate("length", ((5.5, 5.5), (8.5, 9.5)), frame)
    assert length.value == pytest.approx(8.5440, abs=1e-4)
    assert basis.text == "mm"
    plane = hung(header)[0].plane(0)
    assert plane is not None
    a, b = plane.to_patient(5.5, 5.5), plane.to_patient(8.5, 9.5)
    assert hypot(*(p - q for p, q in zip(a, b, strict=True))) == pytest.approx(length.value)


@pytest.mark.parametrize("tilt", [-30.0, -12.5, 5.0, 20.0])
def test_a_tilted_gantry_is_named_with_its_angle_and_the_distance_along_the_normal(tilt: float) -> None:
    cosines = (1.0, 0.0, 0.0, 0.0, cos(radians(tilt)), -sin(radians(tilt)))
    (stack,) = hung(*(placed(n, (0.0, 0.0, 4.0 * n), cosines) for n in range(1, 9)))
    assert not stack.geometry.regular
    assert stack.geometry.tilt_deg == pytest.approx(abs(tilt), abs=1e-3)
    assert stack.geometry.spacing_mm == pytest.approx(4.0 * cos(radians(tilt)), abs=1e-6)
    assert "gantry tilt" in stack.note
    assert np.allclose(np.diff(depths(stack)), 4.0 * cos(radians(tilt)), atol=1e-3)


@pytest.mark.parametrize("step", [2.5, -2.5])
@pytest.mark.parametrize("cosines", [AXIAL, (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)])
def test_numbers_against_the_order_of_position_change_neither_order_nor_geometry(
    step: float, cosines: tuple[float, ...]
) -> None:
    row, column = np.array(cosines[:3]), np.array(cosines[3:])
    normal = np.cross(row, column)
    (stack,) = hung(*(placed(n, normal * step * n, cosines) for n in range(1, 8)))
    assert stack.geometry.regular
    assert stack.geometry.spacing_mm == pytest.approx(2.5)
    assert depths(stack) == sorted(depths(stack))
    first = int(stack.frames[0].sop_uid.rsplit(".", 1)[1])
    assert first == (1 if step > 0 else 7)


@pytest.mark.parametrize("spacing", [6.0, -6.0])
def test_reconstructed_slices_lie_behind_the_first_or_before_it_where_the_spacing_is_negative(spacing: float) -> None:
    """PS3.3 C.8.4.15: the sign of Spacing Between Slices is the direction along row times column."""
    detector = Dataset()
    detector.ImagePositionPatient, detector.ImageOrientationPatient = [-50.0, -40.0, 10.0], [1, 0, 0, 0, 1, 0]
    volume = image(
        1, "NM", NM, ImageType=["DERIVED", "PRIMARY", "RECON TOMO", "EMISSION"], NumberOfFrames=5, PixelSpacing=[4, 4],
        SpacingBetweenSlices=str(spacing), SliceVector=[1, 2, 3, 4, 5], DetectorInformationSequence=Sequence([detector]),
    )  # fmt: skip
    (stack,) = hung(volume)
    assert stack.kind == "stack"
    assert (stack.geometry.regular, stack.geometry.spacing_mm) == (True, 6.0)
    assert depths(stack) == sorted(10.0 + spacing * n for n in range(5))
    assert [ref.frame for ref in stack.frames] == ([1, 2, 3, 4, 5] if spacing > 0 else [5, 4, 3, 2, 1])
    planes = [facts_of(volume, n).plane for n in range(1, 6)]
    assert [plane.position_mm[2] for plane in planes if plane] == [10.0 + spacing * n for n in range(5)]


def test_gated_slices_are_one_set_for_each_time_slot() -> None:
    detector = Dataset()
    detector.ImagePositionPatient, detector.ImageOrientationPatient = [0, 0, 0], [1, 0, 0, 0, 1, 0]
    gated = image(
        1, "NM", NM, ImageType=["DERIVED", "PRIMARY", "RECON GATED TOMO", "EMISSION"], NumberOfFrames=6,
        PixelSpacing=[4, 4], SpacingBetweenSlices="4", SliceVector=[1, 2, 3, 1, 2, 3], TimeSlotVector=[1, 1, 1, 2, 2, 2],
        DetectorInformationSequence=Sequence([detector]),
    )  # fmt: skip
    found = hung(gated)
    assert [(stack.description, len(stack.frames), stack.geometry.regular) for stack in found] == [
        ("time slot 1", 3, True),
        ("time slot 2", 3, True),
    ]


def test_two_detectors_of_a_whole_body_scan_hang_apart_and_a_turning_one_has_no_place() -> None:
    front, back = Dataset(), Dataset()
    front.ImagePositionPatient, front.ImageOrientationPatient = [-100, -100, 900], [1, 0, 0, 0, 0, -1]
    back.ImagePositionPatient, back.ImageOrientationPatient = [100, 100, 900], [-1, 0, 0, 0, 0, -1]
    common: dict[str, Any] = {"NumberOfFrames": 2, "PixelSpacing": [2, 2], "DetectorVector": [1, 2]}
    common["DetectorInformationSequence"] = Sequence([front, back])
    body = image(1, "NM", NM, ImageType=["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"], **common)
    assert [len(stack.frames) for stack in hung(body)] == [1, 1]
    turning = image(2, "NM", NM, ImageType=["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"], **common)
    (stack,) = hung(turning)
    assert (len(stack.frames), stack.plane(0)) == (2, None)


def test_frames_without_places_have_no_plane_although_the_object_has_one() -> None:
    """Only the first frame of a classic object could lie at its position: none is said to."""
    run = placed(1, (0, 0, 0), NumberOfFrames=3)
    assert [facts_of(run, n).plane for n in (1, 2, 3)] == [None, None, None]


@pytest.mark.parametrize(
    ("modality", "sop_class", "name", "values", "words"),
    [
        ("MR", MR, "DiffusionBValue", [0.0, 500.0, 1000.0], ["b 0", "b 500", "b 1000"]),
        ("MR", MR, "EchoTime", ["10", "90"], ["echo 10", "echo 90"]),
        ("MR", MR, "TemporalPositionIdentifier", ["1", "2", "3"], ["time 1", "time 2", "time 3"]),
        ("CT", CT, "NominalPercentageOfCardiacPhase", [40.0, 75.0], ["phase 40", "phase 75"]),
        ("PT", PET, "FrameReferenceTime", ["30000", "90000"], ["time 30000", "time 90000"]),
        ("CT", CT, "AcquisitionNumber", ["1", "2"], ["acquisition 1", "acquisition 2"]),
    ],
)
def test_four_dimensions_are_one_regular_set_for_each_value(
    modality: str, sop_class: str, name: str, values: list[Any], words: list[str]
) -> None:
    numbers = iter(range(1, 100))
    objects = [
        placed(next(numbers), (0, 0, 3.0 * z), modality=modality, sop_class=sop_class, **{name: value})
        for z in range(5)
        for value in values
    ]
    found = hung(*objects)
    assert [(stack.description, len(stack.frames)) for stack in found] == [(word, 5) for word in words]
    assert all(stack.geometry.regular and stack.geometry.spacing_mm == 3.0 for stack in found)


def test_an_enhanced_object_of_four_dimensions_is_split_by_its_frames() -> None:
    groups = []
    for z in range(4):
        for b in (0.0, 800.0):
            group = Dataset()
            group.PlanePositionSequence, group.PlaneOrientationSequence = Sequence([Dataset()]), Sequence([Dataset()])
            group.PixelMeasuresSequence, group.MRDiffusionSequence = Sequence([Dataset()]), Sequence([Dataset()])
            group.PlanePositionSequence[0].ImagePositionPatient = [0, 0, 5.0 * z]
            group.PlaneOrientationSequence[0].ImageOrientationPatient = list(AXIAL)
            group.PixelMeasuresSequence[0].PixelSpacing = [1, 1]
            group.MRDiffusionSequence[0].DiffusionBValue = b
            groups.append(group)
    whole = image(1, "MR", ENHANCED_MR, NumberOfFrames=8, PerFrameFunctionalGroupsSequence=Sequence(groups))
    found = hung(whole)
    assert [(s.description, [ref.frame for ref in s.frames]) for s in found] == [
        ("b 0", [1, 3, 5, 7]),
        ("b 800", [2, 4, 6, 8]),
    ]
    assert all(stack.geometry.regular and stack.geometry.spacing_mm == 5.0 for stack in found)


def test_mammograms_come_as_they_are_read_whatever_their_numbers_and_series() -> None:
    order = [("L", "MLO"), ("R", "CC"), ("R", "MLO"), ("L", "CC")]
    one_series = hung(*(image(n, "MG", MG, ImageLaterality=s, ViewPosition=v) for n, (s, v) in enumerate(order, 1)))
    assert [stack.description for stack in one_series] == ["R CC", "L CC", "R MLO", "L MLO"]
    apart = hung(*(image(1, "MG", MG, n, ImageLaterality=s, ViewPosition=v) for n, (s, v) in enumerate(order, 1)))
    assert [stack.description for stack in apart] == ["R CC", "L CC", "R MLO", "L MLO"]


def test_a_view_that_is_only_written_out_is_known_by_its_code() -> None:
    def view(meaning: str) -> Sequence:
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "SCT", meaning
        return Sequence([code])

    meanings = ["medio-lateral oblique", "cranio-caudal"]
    found = hung(
        *(image(n, "MG", MG, ImageLaterality="R", ViewCodeSequence=view(m)) for n, m in enumerate(meanings, 1))
    )
    assert [stack.description for stack in found] == ["R cranio-caudal", "R medio-lateral oblique"]


def test_chest_films_are_read_from_the_front_first_and_the_unnamed_last() -> None:
    found = hung(
        *(image(n, "DX", "1.2.840.10008.5.1.4.1.1.1.1", ViewPosition=v) for n, v in enumerate(("", "LL", "PA"), 1))
    )
    assert [stack.description for stack in found] == ["PA", "LL", ""]


def test_rules_that_travel_with_the_program_are_whole() -> None:
    rules = usual_rules()
    assert {"CR", "DX", "MG"} <= rules.projections
    assert [name for name, _ in rules.marks][:2] == ["b_value", "echo"]
    assert rules is usual_rules()


def test_other_rules_split_otherwise(tmp_path: Any, repo: Any) -> None:
    text = (repo / "resources" / "display-sets.toml").read_text("utf-8")
    path = tmp_path / "rules.toml"
    path.write_text(text.replace('{ name = "b_value", word = "b" },', ""))
    objects = [placed(2 * z + n, (0, 0, z), modality="MR", sop_class=MR, DiffusionBValue=b) for z in range(4) for n, b in enumerate((0.0, 9.0), 1)]  # fmt: skip
    assert [stack.description for stack in hung(*objects)] == ["b 0", "b 9"]
    assert [stack.description for stack in hung(*objects, rules=set_rules(path))] == ["1 of 2", "2 of 2"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("projections =", "projection ="), "projections"),
        (lambda text: text.replace("least_turning = 4", 'least_turning = "four"'), "least_turning"),
        (lambda text: text.replace('sides = ["R", "L", "B"]', "sides = 3"), "sides"),
        (lambda text: text + "]", ""),
        (lambda text: "", "missing"),
    ],
)
def test_a_broken_file_of_rules_is_said(tmp_path: Any, repo: Any, change: Any, words: str) -> None:
    from readingroom.base.errors import ReaderError

    path = tmp_path / "display-sets.toml"
    path.write_text(change((repo / "resources" / "display-sets.toml").read_text("utf-8")))
    with pytest.raises(ReaderError, match=words) as caught:
        set_rules(path)
    assert "display-sets.toml" in caught.value.problem
    with pytest.raises(ReaderError):
        set_rules(tmp_path / "absent.toml")


@pytest.mark.realdata
def test_every_frame_of_every_real_object_is_reached_exactly_once(real_files: Any) -> None:
    from readingroom.base.errors import ReaderError
    from readingroom.pixels.encoded import header

    by_study: dict[str, list[DatasetTags]] = {}
    for path in sorted(real_files.rglob("*")):
        if not path.is_file():
            continue
        try:
            tags = DatasetTags(header(path.read_bytes()))
        except ReaderError:
            continue
        if all(tags.values(tag) for tag in (0x0020000D, 0x0020000E, 0x00080018)):
            by_study.setdefault(str(tags.values(0x0020000D)[0]), []).append(tags)
    frames = 0
    for uid, headers in by_study.items():
        study = study_of(uid, headers)
        wanted = [ref for instance in study.instances() for ref in instance.frame_refs()]
        reached = [ref for stack in stacks(study) for ref in stack.frames]
        assert len(reached) == len(set(reached))
        assert set(reached) == set(wanted)
        frames += len(reached)
        for stack in stacks(study):
            _in_order(stack)
    assert len(by_study) > 100 and frames > 1300


def _in_order(stack: Stack) -> None:
    """Frames that all have a place in one orientation lie in the order of their depth along the normal."""
    first: FramePlace = stack.places[0]
    if stack.kind not in ("stack", "localizer") or first.orientation is None or "several" in stack.geometry.note:
        return
    plane = stack.plane(0)
    if plane is None or any(place.position_mm is None for place in stack.places):
        return
    along = [dot(place.position_mm, plane.normal) for place in stack.places if place.position_mm]
    assert all(after - before > -0.011 for before, after in itertools.pairwise(along)), stack.id
