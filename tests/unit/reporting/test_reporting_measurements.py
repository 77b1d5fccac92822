"""Measurements written as DICOM SR come back as they were, and strangers' measurements are shown, never dropped."""

import shutil
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.measure.evaluate import evaluate
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import header
from readingroom.pixels.frame import Frame
from readingroom.record.finding import Basis, ImagePoint, Measurement, Value
from readingroom.record.study import FrameRef
from readingroom.reporting import sr_tree as tree
from readingroom.reporting.sr_measurements import measurement_report, read_measurements, to_measurements
from readingroom.settings.sections import ReaderSettings

READER = ReaderSettings("Okafor^Ada^^Dr", "1234567", "North Hospital")
AT = datetime(2026, 11, 24, 9, 30, 0)
DRAWN: dict[str, tuple[ImagePoint, ...]] = {
    "length": ((30.5, 40.5), (80.5, 60.5)),
    "bidirectional": ((30.0, 40.0), (80.0, 80.0), (50.0, 50.0), (50.0, 74.0)),
    "angle": ((20.0, 20.0), (60.0, 60.0), (100.0, 20.0)),
    "cobb": ((20.0, 20.0), (100.0, 25.0), (22.0, 90.0), (101.0, 60.0)),
    "ellipse": ((44.0, 64.0), (84.0, 64.0), (64.0, 52.0), (64.0, 76.0)),
    "circle": ((64.0, 64.0), (74.0, 64.0)),
    "rectangle": ((40.0, 50.0), (70.0, 80.0)),
    "polygon": ((40.0, 40.0), (80.0, 45.0), (60.0, 90.0)),
    "polyline": ((40.0, 40.0), (80.0, 45.0), (60.0, 90.0)),
    "probe": ((64.0, 64.0),),
    "livewire": ((40.0, 40.0), (80.0, 45.0), (60.0, 90.0)),
    "open_angle": ((20.0, 20.0), (100.0, 25.0), (22.0, 90.0), (101.0, 60.0)),
    "ellipsoid": ((20.0, 60.0), (100.0, 60.0), (60.0, 40.0), (60.0, 80.0)),
    "arrow": ((20.0, 20.0), (40.0, 30.0)),
    "text": ((64.0, 64.0),),
    "spine": ((64.0, 64.0),),
}


@pytest.fixture(scope="module")
def part10() -> bytes:
    return Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()


@pytest.fixture(scope="module")
def source(part10: bytes) -> Dataset:
    return header(part10)


@pytest.fixture(scope="module")
def frame(part10: bytes) -> Frame:
    return decode(part10)


def measured(tool: str, image: Frame, **more: Any) -> Measurement:
    values, basis = evaluate(tool, DRAWN[tool], image)
    fields = {
        "frame": image.facts.ref,
        "label": f"{tool} one",
        "tracking_uid": f"1.2.3.{sorted(DRAWN).index(tool)}",
        **more,
    }
    return Measurement(tool=tool, points=DRAWN[tool], values=values, basis=basis, **fields)


def written(source: Dataset, *measurements: Measurement, **more: Any) -> bytes:
    headers = {m.frame.sop_uid: source for m in measurements}
    return measurement_report(measurements, headers, READER, AT, **more)


def groups_of(raw: bytes) -> list[Dataset]:
    root = pydicom.dcmread(BytesIO(raw))
    return list(next(c for c in tree.children(root) if tree.code(c)[2] == "Imaging Measurements").ContentSequence)


@pytest.mark.parametrize("tool", list(DRAWN))
def test_a_measurement_comes_back_as_it_was_drawn(tool: str, frame: Frame, source: Dataset) -> None:
    drawn = measured(
        tool, frame, finding=("27925004", "SCT", "Nodule"), site=("39607008", "SCT", "Lung"), label="≥12 mm – Ł 漢"
    )
    content = read_measurements(written(source, drawn))
    (back,) = to_measurements(content)
    assert content.problems == ()
    assert back.tool == {"polygon": "freehand", "livewire": "freehand"}.get(tool, tool)
    assert back.frame == drawn.frame
    expected = ((40.0, 50.0), (70.0, 50.0), (70.0, 80.0), (40.0, 80.0)) if tool == "rectangle" else drawn.points
    assert np.allclose(back.points, expected)
    assert [(v.concept, v.unit) for v in back.values] == [(v.concept, v.unit) for v in drawn.values]
    assert [v.value for v in back.values] == pytest.approx([v.value for v in drawn.values], rel=1e-9)
    assert [v.plus_minus or 0 for v in back.values] == pytest.approx(
        [v.plus_minus or 0 for v in drawn.values], rel=1e-5
    )
    assert (back.label, back.tracking_uid, back.finding, back.site) == (
        "≥12 mm – Ł 漢",
        drawn.tracking_uid,
        drawn.finding,
        drawn.site,
    )
    assert back.basis.text == drawn.basis.text or not drawn.values
    assert (back.author, back.at) == (READER.name, AT)


def test_each_number_has_one_child_and_that_is_its_coordinates(frame: Frame, source: Dataset) -> None:
    for group in groups_of(written(source, *(measured(tool, frame) for tool in DRAWN))):
        for item in group.ContentSequence:
            if item.ValueType == "NUM":
                (where,) = item.ContentSequence
                (image,) = where.ContentSequence
                assert (where.ValueType, where.RelationshipType) == ("SCOORD", "INFERRED FROM")
                assert (image.ValueType, image.RelationshipType) == ("IMAGE", "SELECTED FROM")


@pytest.mark.parametrize(
    ("tool", "identifier", "numbers", "graphic", "count"),
    [
        ("length", "Length", [("410668003", "Length", "mm")], "POLYLINE", 2),
        ("bidirectional", "Bidirectional", [("103339001", "Long Axis", "mm"), ("103340004", "Short Axis", "mm")], "POLYLINE", 2),
        ("angle", "Angle", [("285285000", "Cobb angle", "deg")], "POLYLINE", 4),
        ("cobb", "CobbAngle", [("285285000", "Cobb angle", "deg")], "POLYLINE", 4),
        (
            "ellipse",
            "EllipticalROI",
            [
                ("42798000", "Area", "mm2"),
                ("373098007", "Mean", "[hnsf'U]"),
                ("386136009", "Standard Deviation", "[hnsf'U]"),
                ("255605001", "Minimum", "[hnsf'U]"),
                ("56851009", "Maximum", "[hnsf'U]"),
            ],
            "ELLIPSE",
            4,
        ),
        ("circle", "CircleROI", None, "CIRCLE", 2),
        ("rectangle", "RectangleROI", None, "POLYLINE", 5),
        ("polygon", "PlanarFreehandROI", None, "POLYLINE", 4),
        ("probe", "Probe", None, "POINT", 1),
    ],
)  # fmt: skip
def test_the_form_is_letter_by_letter_what_cornerstone_matches(
    frame: Frame, source: Dataset, tool: str, identifier: str, numbers: Any, graphic: str, count: int
) -> None:
    (group,) = groups_of(written(source, measured(tool, frame)))
    texts = {tree.code(c): c.TextValue for c in group.ContentSequence if c.ValueType == "TEXT"}
    assert tree.code(group) == ("125007", "DCM", "Measurement Group")
    assert texts["112039", "DCM", "Tracking Identifier"] == f"Cornerstone3DTools@^0.1.0:{identifier}"
    assert texts["121106", "DCM", "Comment"] == f"{tool} one"
    found = [c for c in group.ContentSequence if c.ValueType == "NUM"]
    if numbers:
        read = [
            (tree.code(c)[0], tree.code(c)[2], tree.code(c.MeasuredValueSequence[0], "MeasurementUnitsCodeSequence")[0])
            for c in found
        ]
        assert read == numbers
    where = found[0].ContentSequence[0]
    assert (where.GraphicType, len(where.GraphicData)) == (graphic, 2 * count)


def test_the_document_belongs_to_the_patient_and_study_of_its_image(frame: Frame, source: Dataset) -> None:
    before = deepcopy(source)
    raw = written(source, measured("length", frame))
    document = pydicom.dcmread(BytesIO(raw))
    assert source == before
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "AccessionNumber", "StudyDate"):
        assert str(document.get(keyword, "")) == str(source.get(keyword, ""))
    assert document.SpecificCharacterSet == "ISO_IR 192"
    assert document.SOPInstanceUID != source.SOPInstanceUID
    assert document.SeriesInstanceUID != source.SeriesInstanceUID
    assert document.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    evidence = document.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    assert evidence.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    library = next(c for c in document.ContentSequence if tree.code(c)[0] == "111028")
    assert tree.code(library.ContentSequence[0]) == ("126200", "DCM", "Image Library Group")


def test_an_edit_is_a_new_object_that_names_the_one_before(frame: Frame, source: Dataset) -> None:
    first = written(source, measured("length", frame))
    second = written(source, measured("length", frame), previous=(header(first),))
    document = pydicom.dcmread(BytesIO(second))
    named = document.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert named.ReferencedSOPInstanceUID == header(first).SOPInstanceUID
    assert document.SOPInstanceUID != header(first).SOPInstanceUID
    assert read_measurements(first).groups[0].tracking_uid == read_measurements(second).groups[0].tracking_uid


def test_a_frame_of_a_multiframe_image_is_named_by_its_number(frame: Frame, source: Dataset) -> None:
    several = deepcopy(source)
    several.NumberOfFrames = 12
    ref = replace(frame.facts.ref, frame=7)
    back = to_measurements(read_measurements(written(several, measured("length", frame, frame=ref))))
    assert back[0].frame == ref
    assert b"ReferencedFrameNumber" not in written(source, measured("length", frame))


def test_an_uncalibrated_length_is_written_in_pixels_and_never_in_millimetres(frame: Frame, source: Dataset) -> None:
    bare = Measurement(
        "length", frame.facts.ref, DRAWN["length"], (Value("Length", 53.85, "px", 0.7),),
        Basis("px", "px: no pixel spacing", "none"),
    )  # fmt: skip
    raw = written(source, bare)
    number = next(c for c in groups_of(raw)[0].ContentSequence if c.ValueType == "NUM")
    assert tree.code(number.MeasuredValueSequence[0], "MeasurementUnitsCodeSequence") == ("1", "UCUM", "px")
    back = to_measurements(read_measurements(raw))[0]
    assert (back.values[0].unit, back.basis.unit) == ("px", "px")
    assert back.tracking_uid


def test_an_ellipse_is_written_with_its_longer_axis_first(frame: Frame, source: Dataset) -> None:
    points = (*DRAWN["ellipse"][2:], *DRAWN["ellipse"][:2])
    values, basis = evaluate("ellipse", points, frame)
    raw = written(source, Measurement("ellipse", frame.facts.ref, points, values, basis))
    assert read_measurements(raw).groups[0].points == DRAWN["ellipse"]


def test_a_circle_on_tall_pixels_is_an_outline_to_everybody_else(frame: Frame, source: Dataset) -> None:
    tall = deepcopy(source)
    tall.PixelSpacing = [2.0, 1.0]
    raw = written(tall, measured("circle", frame))
    group = read_measurements(raw).groups[0]
    assert group.tracking_id.endswith("PlanarFreehandROI")
    ring = np.array(group.points) - (64.0, 64.0)
    assert np.hypot(ring[:, 0], ring[:, 1] * 2) == pytest.approx(10.0, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"frame": FrameRef("1.9", "1.9", "1.9")}, "not known"),
        ({"values": ()}, "no numbers"),
        ({"values": (Value("Length", float("nan"), "mm"),)}, "not a number"),
        ({"label": "zero\x00byte"}, "come back"),
    ],
)
def test_what_would_not_be_true_is_not_written(frame: Frame, source: Dataset, change: Any, words: str) -> None:
    with pytest.raises(ReaderError, match=words):
        measurement_report([replace(measured("length", frame), **change)], {source.SOPInstanceUID: source}, READER, AT)


def test_measurements_of_two_patients_never_share_a_report(frame: Frame, source: Dataset) -> None:
    other = deepcopy(source)
    other.PatientID, other.SOPInstanceUID = "SOMEBODY", "1.2.3.4.5"
    second = measured("length", frame, frame=replace(frame.facts.ref, sop_uid="1.2.3.4.5"))
    with pytest.raises(ReaderError, match="several patients"):
        measurement_report(
            [measured("length", frame), second], {source.SOPInstanceUID: source, "1.2.3.4.5": other}, READER, AT
        )


def test_no_error_is_found_by_an_independent_validator(frame: Frame, source: Dataset, tmp_path: Path) -> None:
    tool = shutil.which("dciodvfy", path=str(Path(sys.executable).parent)) or shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy is not on this machine")
    path = tmp_path / "sr.dcm"
    path.write_bytes(written(source, *(measured(t, frame, finding=("27925004", "SCT", "Nodule")) for t in DRAWN)))
    said = subprocess.run([tool, str(path)], capture_output=True, text=True, timeout=60, check=False)
    lines = (said.stdout + said.stderr).splitlines()
    assert [line for line in lines if line.startswith("Error")] == []
    assert any("ComprehensiveSR" in line for line in lines)


def test_dcmtk_reads_the_document(frame: Frame, source: Dataset, tmp_path: Path) -> None:
    tool = shutil.which("dsrdump")
    if tool is None:
        pytest.skip("dsrdump is not on this machine")
    path = tmp_path / "sr.dcm"
    path.write_bytes(written(source, *(measured(t, frame) for t in DRAWN)))
    said = subprocess.run([tool, str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    assert said.stdout.count('(125007,DCM,"Measurement Group")') == len(DRAWN) or said.stdout.count(
        "Measurement Group"
    ) == len(DRAWN)


def _edited(raw: bytes, change: Any) -> bytes:
    document = pydicom.dcmread(BytesIO(raw))
    change(document)
    out = BytesIO()
    document.save_as(out)
    return out.getvalue()


def _group_in(document: Dataset) -> Dataset:
    found: Dataset = next(c for c in document.ContentSequence if tree.code(c)[0] == "126010").ContentSequence[0]
    return found


def test_an_unknown_tool_is_kept_and_read_only(frame: Frame, source: Dataset) -> None:
    def strange(document: Dataset) -> None:
        _group_in(document).ContentSequence[0].TextValue = "Nodule 7"

    content = read_measurements(_edited(written(source, measured("length", frame)), strange))
    (group,) = content.groups
    assert (group.read_only, group.tool, group.points) == (True, "polyline", DRAWN["length"])
    assert "Nodule 7" in group.problem
    assert to_measurements(content) == ()


def test_coordinates_that_cannot_be_read_leave_the_numbers_visible(frame: Frame, source: Dataset) -> None:
    def odd(document: Dataset) -> None:
        number = next(c for c in _group_in(document).ContentSequence if c.ValueType == "NUM")
        number.ContentSequence[0].GraphicData = [1.0, 2.0, 3.0]

    content = read_measurements(_edited(written(source, measured("length", frame)), odd))
    assert content.groups[0].read_only
    assert content.groups[0].values[0].value == pytest.approx(35.621142)
    assert content.problems


def test_cornerstones_own_form_is_understood(frame: Frame, source: Dataset) -> None:
    """Only the first number has coordinates, the label is a private finding, and meanings are what they are."""

    def theirs(document: Dataset) -> None:
        group = _group_in(document)
        kept = [c for c in group.ContentSequence if tree.code(c)[0] not in ("BASIS", "UNCERTAINTY", "121106")]
        for number in [c for c in kept if c.ValueType == "NUM"][1:]:
            del number.ContentSequence
        finding = Dataset()
        finding.RelationshipType, finding.ValueType = "CONTAINS", "CODE"
        finding.ConceptNameCodeSequence = [_coded("121071", "DCM", "Finding")]
        finding.ConceptCodeSequence = [_coded("CORNERSTONEFREETEXT", "99dcmjs", "Left adrenal")]
        group.ContentSequence = [*kept, finding]

    content = read_measurements(_edited(written(source, measured("ellipse", frame)), theirs))
    (back,) = to_measurements(content)
    assert (back.tool, back.label, back.finding) == ("ellipse", "Left adrenal", None)
    assert back.values[1].value == pytest.approx(396.9934555)
    assert back.basis.text == "mm (as reported)"
    assert not back.basis.certain


def _coded(*parts: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = parts
    return item


def test_highdicoms_planar_and_volumetric_groups_are_shown_read_only(source: Dataset, part10: bytes) -> None:
    import highdicom as hd
    from highdicom.sr import CodedConcept

    whole = pydicom.dcmread(BytesIO(part10))
    region = hd.sr.ImageRegion(
        hd.sr.GraphicTypeValues.CIRCLE,
        np.array([[64.0, 64.0], [70.0, 64.0]]),
        hd.sr.SourceImageForRegion.from_source_image(whole),
    )
    space = hd.sr.ImageRegion3D(
        hd.sr.GraphicTypeValues3D.POLYGON,
        np.array([[0.0, 0.0, 5.0], [9.0, 0.0, 5.0], [9.0, 9.0, 5.0], [0.0, 0.0, 5.0]]),
        whole.FrameOfReferenceUID,
    )
    mean = hd.sr.Measurement(
        CodedConcept("112031", "DCM", "Attenuation Coefficient"), 41.0, CodedConcept("[hnsf'U]", "UCUM", "HU"),
        derivation=CodedConcept("373098007", "SCT", "Mean"),
    )  # fmt: skip
    groups = [
        hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            hd.sr.TrackingIdentifier(f"2.25.{n}", f"Liver {n}"), referenced_region=where, measurements=[mean]
        )
        for n, where in enumerate((region, space), 1)
    ]
    report = hd.sr.MeasurementReport(
        hd.sr.ObservationContext(),
        CodedConcept("25045-6", "LN", "CT unspecified body region"),
        imaging_measurements=groups,
    )
    document = hd.sr.Comprehensive3DSR(
        [whole], report[0], hd.UID(), 1, hd.UID(), 1, manufacturer="x", is_complete=True, institution_name="y"
    )
    out = BytesIO()
    document.save_as(out)
    flat, deep = read_measurements(out.getvalue()).groups
    assert (flat.tool, flat.read_only, flat.points) == ("circle", True, ((64.0, 64.0), (70.0, 64.0)))
    assert flat.frame is not None and flat.frame.sop_uid == source.SOPInstanceUID
    assert [(v.concept, v.value, v.unit) for v in flat.values] == [("Mean", 41.0, "HU")]
    assert (flat.tracking_id, flat.tracking_uid) == ("Liver 1", "2.25.1")
    assert (deep.read_only, deep.points, len(deep.points_mm)) == (True, (), 4)
    assert deep.points_mm[1] == (9.0, 0.0, 5.0)
    assert deep.frame_of_reference_uid == whole.FrameOfReferenceUID
