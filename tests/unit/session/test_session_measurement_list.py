"""The list of measurements: named by place, in any order, filtered, and written as a table others can read."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices

from readingroom.record.finding import Measurement
from readingroom.reporting.measurement_table import HEADS, table_of
from readingroom.session.measurement_list import Asked, MeasurementRows, listed
from readingroom.session.measuring import deleted, labelled, measure, moved
from readingroom.session.opening import open_case
from readingroom.session.provenance import provenance
from readingroom.session.table_export import export_table

LIVER = ("10200004", "SCT", "Liver")


def opened() -> HandDesk:
    hand = HandDesk(archive_of("North", slices(20)))
    open_case(hand.desk, STUDY)
    return hand.crank()


def drawn(hand: HandDesk, image: int, mm: float, tool: str = "length") -> Measurement:
    case = hand.desk.case
    assert case is not None
    points = ((10.5, 10.5), (10.5 + mm / 0.7, 10.5))
    made = measure(hand.desk, tool, case.stacks[0].frames[image - 1], points)
    assert made is not None
    return made


def rows(hand: HandDesk, **asked: str):
    assert hand.desk.case is not None
    return MeasurementRows().rows(hand.desk.case, hand.desk.documents.reports, Asked(**asked))


def sited(hand: HandDesk, uid: str) -> None:
    case = hand.desk.case
    assert case is not None
    made = tuple(replace(m, site=LIVER) if m.tracking_uid == uid else m for m in case.measurements)
    hand.desk.change(replace(case, measurements=made), "Site")


def test_what_the_reader_did_not_name_is_named_by_its_place() -> None:
    hand = opened()
    one = drawn(hand, 7, 23.1)
    assert rows(hand)[0].name == "Length 1, 23.1 mm, se 2 im 7"
    sited(hand, one.tracking_uid)
    assert rows(hand)[0].name == "Liver, 23.1 mm, se 2 im 7" and rows(hand)[0].given == ""
    labelled(hand.desk, one.tracking_uid, "Segment VI")
    assert rows(hand)[0].name == rows(hand)[0].given == "Segment VI"
    labelled(hand.desk, one.tracking_uid, "")
    assert rows(hand)[0].name == "Liver, 23.1 mm, se 2 im 7"


def test_rows_stand_by_place_size_time_or_name() -> None:
    hand = opened()
    for image, mm in ((9, 5.0), (3, 20.0), (6, 10.0)):
        drawn(hand, image, mm)
    images = {
        order: [row.spot[1] + 1 for row in rows(hand, order=order)] for order in ("place", "size", "time", "name")
    }
    assert images == {"place": [3, 6, 9], "size": [3, 6, 9], "time": [9, 3, 6], "name": [9, 3, 6]}


def test_rows_are_filtered_by_words_and_by_tool() -> None:
    hand = opened()
    drawn(hand, 3, 20.0)
    circle = drawn(hand, 4, 7.0, "circle")
    assert [row.key for row in rows(hand, tool="circle")] == [circle.tracking_uid]
    assert [row.key for row in rows(hand, text="okafor CIRCLE")] == [circle.tracking_uid]
    assert len(rows(hand, whose="own")) == 2 and rows(hand, whose="reported") == ()


def test_a_row_that_did_not_change_is_the_same_row() -> None:
    hand, maker = opened(), MeasurementRows()
    first, second = drawn(hand, 3, 20.0), drawn(hand, 5, 20.0)
    before = maker.rows(hand.desk.case, (), Asked())  # type: ignore[arg-type]
    moved(hand.desk, second.tracking_uid, ((10.5, 10.5), (30.5, 10.5)))
    after = maker.rows(hand.desk.case, (), Asked())  # type: ignore[arg-type]
    assert after[0] is before[0] and after[1] is not before[1] and after[1].lines == ("14.0 mm ± 0.5",)
    deleted(hand.desk, first.tracking_uid)
    assert maker.rows(hand.desk.case, (), Asked()) == after[1:]  # type: ignore[arg-type]


def test_the_card_says_basis_calibration_plane_pixels_and_error() -> None:
    hand = opened()
    card = dict(provenance(hand.desk, drawn(hand, 3, 20.0)))
    assert card["Basis"] == "mm" and card["Calibration"] == "PixelSpacing"
    assert card["Plane"].startswith("the image as it was acquired") and "no lossy compression" in card["Pixels"]
    assert card["By"].startswith("OKAFOR") and card["±"].startswith("from half a pixel")


def test_the_table_has_a_row_for_each_value_with_everything_beside_it(tmp_path: Path) -> None:
    hand = opened()
    one = drawn(hand, 3, 20.0)
    labelled(hand.desk, one.tracking_uid, "=HYPERLINK(1), „Knoten“")
    drawn(hand, 4, 7.0, "circle")
    export_table(hand.desk, tmp_path / "m.csv")
    hand.crank()
    raw = (tmp_path / "m.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b'"\r\n')
    table = list(csv.DictReader(StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [row["Concept"] for row in table] == [
        "Length", "Area", "Mean", "Standard Deviation", "Minimum", "Maximum"
    ]  # fmt: skip
    case = hand.desk.case
    assert case is not None
    assert [float(row["Value"]) for row in table] == [v.value for m in case.measurements for v in m.values]
    assert table[0]["Name"] == "'=HYPERLINK(1), „Knoten“" and table[0]["Unit"] == "mm" and float(table[0]["±"]) > 0
    assert table[0]["Author"] == "Okafor^Ada^^Dr" and table[0]["Place"] == "series 2, image 3"
    assert "2 measurements are in" in hand.words


def test_an_arrow_has_one_row_without_a_number() -> None:
    hand = opened()
    drawn(hand, 3, 20.0, "arrow")
    table = list(csv.reader(StringIO(table_of(listed(rows(hand))).decode("utf-8-sig"), newline="")))
    assert tuple(table[0]) == HEADS and len(table) == 2 and table[1][1:6] == ["arrow", "", "", "", ""]
