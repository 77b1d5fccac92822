"""Whatever is measured, on whatever image, reads the same after it was written; and nothing a report says is lost."""

from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from tests.unit.pixels.pixel_phantoms import native

from readingroom.base.errors import ReaderError
from readingroom.measure.calibration import UserCalibration
from readingroom.measure.evaluate import evaluate
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import header
from readingroom.pixels.frame import Frame
from readingroom.record.finding import ImagePoint, Measurement, Value
from readingroom.reporting import sr_tree as tree
from readingroom.reporting.sr_items import coded, text_item
from readingroom.reporting.sr_measurements import measurement_report, read_measurements, to_measurements
from readingroom.settings.sections import ReaderSettings

READER = ReaderSettings("Okafor^Ada^^Dr", "1234567", "North Hospital")
AT = datetime(2026, 11, 24, 9, 30, 0)
CT = Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()
SOURCE, FRAME = header(CT), decode(CT)
COUNTS = {"length": 2, "polyline": 5, "bidirectional": 4, "angle": 3, "cobb": 4, "circle": 2, "probe": 1, "polygon": 3}
LABEL = "≥ 12 mm – Ł 漢 é"
# GraphicData are 32-bit floats (PS3.3 C.18.6): points that a reader can set lie on them.
side = st.integers(8, 127 * 8).map(lambda n: n / 8)
letters = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")), max_size=40)


def written(measurement: Measurement, source: Dataset = SOURCE, **more: Any) -> bytes:
    return measurement_report([measurement], {measurement.frame.sop_uid: source}, READER, AT, **more)


def length(**changes: Any) -> Measurement:
    points = ((30.5, 40.5), (80.5, 60.5))
    values, basis = evaluate("length", points, FRAME)
    return replace(Measurement("length", FRAME.facts.ref, points, values, basis), **changes)


@settings(
    max_examples=80,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(
    st.sampled_from(sorted(COUNTS)).flatmap(
        lambda tool: st.tuples(st.just(tool), st.lists(st.tuples(side, side), min_size=COUNTS[tool], max_size=COUNTS[tool]))
    ),
    letters,
)  # fmt: skip
def test_every_measurement_that_can_be_made_comes_back_number_for_number(
    drawn: tuple[str, list[ImagePoint]], label: str
) -> None:
    tool, points = drawn
    try:
        values, basis = evaluate(tool, points, FRAME)
    except ReaderError:
        return
    made = Measurement(tool, FRAME.facts.ref, tuple(points), values, basis, label).identified()
    content = read_measurements(written(made))
    (back,) = to_measurements(content)
    assert content.problems == ()
    assert (back.label, back.tracking_uid, back.frame, back.basis.unit) == (
        label, made.tracking_uid, made.frame, made.basis.unit,
    )  # fmt: skip
    assert [(v.concept, v.unit) for v in back.values] == [(v.concept, v.unit) for v in values]
    assert [v.value for v in back.values] == pytest.approx([v.value for v in values], rel=1e-9, abs=1e-9)
    again, _ = evaluate(back.tool, back.points, FRAME)
    assert [v.value for v in again] == pytest.approx([v.value for v in values], rel=1e-9, abs=1e-9)


def test_a_path_that_ends_where_it_began_is_no_outline_to_anybody() -> None:
    points = ((10.0, 10.0), (40.0, 10.0), (40.0, 50.0), (10.0, 10.0))
    values, basis = evaluate("polyline", points, FRAME)
    raw = written(Measurement("polyline", FRAME.facts.ref, points, values, basis))
    (back,) = to_measurements(read_measurements(raw))
    assert (back.tool, back.points) == ("polyline", points)
    assert b"PlanarFreehandROI" not in raw


def ultrasound(*regions: dict[str, Any]) -> tuple[Frame, Dataset]:
    items = []
    for region in regions:
        item = Dataset()
        for keyword, value in {"PhysicalUnitsXDirection": 3, "PhysicalUnitsYDirection": 3, **region}.items():
            setattr(item, keyword, value)
        items.append(item)
    raw = native(
        np.zeros((64, 64), dtype=np.uint8), Modality="US", SOPClassUID="1.2.840.10008.5.1.4.1.1.6.1",
        SequenceOfUltrasoundRegions=items,
    )  # fmt: skip
    return decode(raw), header(raw)


def place(x0: int, x1: int, across_cm: float, down_cm: float) -> dict[str, Any]:
    return {
        "RegionLocationMinX0": x0, "RegionLocationMinY0": 0, "RegionLocationMaxX1": x1, "RegionLocationMaxY1": 63,
        "PhysicalDeltaX": across_cm, "PhysicalDeltaY": down_cm,
    }  # fmt: skip


def test_the_longer_axis_is_the_longer_one_in_the_region_that_it_was_drawn_in() -> None:
    frame, source = ultrasound(place(0, 31, 0.1, 0.1), place(32, 63, 0.01, 0.2))
    points = ((34.0, 10.0), (60.0, 10.0), (45.0, 5.0), (45.0, 15.0))
    values, basis = evaluate("bidirectional", points, frame)
    made = Measurement("bidirectional", frame.facts.ref, points, values, basis, "node")
    (back,) = to_measurements(read_measurements(written(made, source)))
    assert back.points == (*points[2:], *points[:2])
    assert [round(v.value, 6) for v in back.values] == [20.0, 2.6]


def test_what_was_calibrated_outside_the_regions_is_written_too() -> None:
    frame, source = ultrasound(place(0, 31, 0.1, 0.1))
    points = ((40.0, 10.0), (60.0, 10.0))
    values, basis = evaluate("length", points, frame, UserCalibration((40.0, 50.0), (60.0, 50.0), 10.0))
    (back,) = to_measurements(
        read_measurements(written(Measurement("length", frame.facts.ref, points, values, basis), source))
    )
    assert (back.values[0].value, back.values[0].unit, back.basis.text) == (10.0, "mm", "mm (user, line=10 mm)")


@pytest.mark.parametrize(
    "unit", ["Bq/ml", "counts", "g/ml{SUVbw}", "%", "10²³ e/ml", "OD", "HU", "", "a unit of its own, a long one"]
)
def test_a_unit_comes_back_as_it_was(unit: str) -> None:
    (back,) = to_measurements(read_measurements(written(length(values=(Value("Mean", 2.5, unit),)))))
    assert back.values == (Value("Mean", 2.5, unit),)


def test_a_label_in_any_script_is_readable_where_the_character_set_is_forgotten_in_sequences() -> None:
    raw = written(length(label=LABEL))
    assert LABEL.encode() in raw
    group = next(
        c for c in tree.children(pydicom.dcmread(BytesIO(raw))) if tree.code(c)[0] == "126010"
    ).ContentSequence[0]
    comment = next(c for c in group.ContentSequence if tree.code(c)[0] == "121106")
    assert comment.SpecificCharacterSet == "ISO_IR 192"
    assert b"ISO_IR 192" not in written(length(label="plain"))[2000:]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tracking_uid": "abc"}, "no UID"),
        ({"tracking_uid": "1." * 40 + "1"}, "no UID"),
        ({"finding": ("A", "S" * 17, "Nodule")}, "coding scheme"),
        ({"finding": ("A\\B", "SCT", "Nodule")}, "backslash"),
        ({"site": ("1", "SCT", "M" * 65)}, "meaning"),
        ({"site": ("1", "SCT", " ")}, "not complete"),
    ],
)
def test_a_code_or_an_identity_that_dicom_cannot_hold_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ReaderError, match=words):
        written(length(**change))


def test_a_long_code_is_written_as_one() -> None:
    code = ("1234567890123456789", "SCT", "Nodule")
    assert read_measurements(written(length(finding=code))).groups[0].finding == code


def test_a_report_of_another_patient_is_never_replaced() -> None:
    other = deepcopy(header(written(length())))
    other.PatientID = "SOMEBODY"
    with pytest.raises(ReaderError, match="several patients"):
        written(length(), previous=(other,))


def edited(raw: bytes, change: Any) -> bytes:
    document = pydicom.dcmread(BytesIO(raw))
    change(next(c for c in document.ContentSequence if tree.code(c)[0] == "126010"))
    out = BytesIO()
    document.save_as(out)
    return out.getvalue()


def test_what_a_stranger_says_beside_the_numbers_is_shown() -> None:
    def more(measurements: Dataset) -> None:
        group = measurements.ContentSequence[0]
        malignant = Dataset()
        malignant.RelationshipType, malignant.ValueType = "CONTAINS", "CODE"
        malignant.ConceptNameCodeSequence = [coded(("RID50134", "RADLEX", "Malignancy"))]
        malignant.ConceptCodeSequence = [coded(("1", "99X", "Probable"))]
        left = deepcopy(malignant)
        left.ConceptNameCodeSequence = [coded(("272741003", "SCT", "Laterality"))]
        left.ConceptCodeSequence = [coded(("7771000", "SCT", "Left"))]
        next(c for c in group.ContentSequence if tree.code(c)[0] == "363698007").ContentSequence = [left]
        again = text_item("CONTAINS", ("121106", "DCM", "Comment"), "seen again in May")
        group.ContentSequence = [*group.ContentSequence, malignant, again]

    raw = edited(written(length(label="node", site=("39607008", "SCT", "Lung"))), more)
    (group,) = read_measurements(raw).groups
    assert (group.label, group.site) == ("node", ("39607008", "SCT", "Lung"))
    assert group.remarks == (("Laterality", "Left"), ("Malignancy", "Probable"), ("Comment", "seen again in May"))


def test_a_statistic_of_lengths_keeps_the_name_of_what_it_is_of() -> None:
    def largest(measurements: Dataset) -> None:
        number = next(c for c in measurements.ContentSequence[0].ContentSequence if c.ValueType == "NUM")
        modifier = Dataset()
        modifier.RelationshipType, modifier.ValueType = "HAS CONCEPT MOD", "CODE"
        modifier.ConceptNameCodeSequence = [coded(("121401", "DCM", "Derivation"))]
        modifier.ConceptCodeSequence = [coded(("56851009", "SCT", "Maximum"))]
        number.ContentSequence = [*number.ContentSequence, modifier]

    (group,) = read_measurements(edited(written(length()), largest)).groups
    assert [v.concept for v in group.values] == ["Length (Maximum)"]


def test_numbers_outside_any_group_are_not_passed_over_in_silence() -> None:
    def loose(measurements: Dataset) -> None:
        number = deepcopy(next(c for c in measurements.ContentSequence[0].ContentSequence if c.ValueType == "NUM"))
        del number.ContentSequence
        measurements.ContentSequence = [*measurements.ContentSequence, number]

    content = read_measurements(edited(written(length()), loose))
    assert len(content.groups) == 1
    assert any("1 number outside" in problem for problem in content.problems)


def test_a_report_in_utf_8_that_does_not_say_so_is_read_as_it_was_meant() -> None:
    document = pydicom.dcmread(BytesIO(written(length(label="12345678"))))
    del document.SpecificCharacterSet
    out = BytesIO()
    document.save_as(out)
    label = "≥ 5 é".encode()
    assert len(label) == 8
    assert read_measurements(out.getvalue().replace(b"12345678", label)).groups[0].label == "≥ 5 é"
    latin = read_measurements(out.getvalue().replace(b"12345678", "Größe 5 ".encode("latin-1"))).groups[0]
    assert latin.label == "Größe 5"


def test_a_statistic_whose_unit_is_not_stated_is_not_given_in_pixels() -> None:
    def cornerstones(measurements: Dataset) -> None:
        for item in measurements.ContentSequence[0].ContentSequence:
            if item.ValueType == "NUM":
                item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence = [coded(("1", "UCUM", "px"))]

    raw = written(length(values=(Value("Area", 9.0, "px2"), Value("Mean", 2.5, "HU"))))
    (group,) = read_measurements(edited(raw, cornerstones)).groups
    assert [v.unit for v in group.values] == ["px2", ""]
