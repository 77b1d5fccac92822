"""Lesions over time: what grew is told from what only looks so, and sums answer as RECIST says."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from tests.fakes.objects import ct_slice

from readingroom.base.errors import ReaderError
from readingroom.measure.growth import growth_of
from readingroom.measure.refused import Refused
from readingroom.pixels.encoded import header
from readingroom.record.finding import Basis, Measurement, Value
from readingroom.record.study import FrameRef
from readingroom.reporting.lesions import Sight, lesions, response
from readingroom.reporting.sr_measurements import measurement_report
from readingroom.settings.sections import ReaderSettings
from readingroom.verbs.front import main

LUNG = ("39607008", "SCT", "Lung")
NODE = ("59441001", "SCT", "Structure of lymph node")
A, B = "1.2.3.1", "1.2.3.2"
DAYS = (date(2025, 1, 1), date(2025, 4, 11), date(2025, 7, 20))


def size(mm: float, error: float | None = 0.5, concept: str = "Length") -> Value:
    return Value(concept, mm, "mm", error)


def sight(uid: str, day: date, mm: float, site: tuple[str, str, str] = LUNG, short: float = 0.0) -> Sight:
    study = f"1.2.{day:%Y%m%d}"
    values = (size(mm, concept="Long Axis"), size(short, concept="Short Axis")) if short else (size(mm),)
    tool = "bidirectional" if short else "length"
    points = ((0.0, 0.0), (9.0, 0.0), (3.0, 3.0), (3.0, 9.0)) if short else ((0.0, 0.0), (9.0, 0.0))
    made = Measurement(
        tool, FrameRef(study, f"{study}.1", f"{study}.1.1"), points, values, Basis("mm", "mm", "PixelSpacing"),
        f"Lesion {uid[-1:]}", uid, "", None, None, site,
    )  # fmt: skip
    return Sight(day, study, made)


def test_a_ball_whose_diameter_grows_by_the_cube_root_of_two_doubles_in_that_time() -> None:
    growth = growth_of(size(10.0), DAYS[0], size(10.0 * 2 ** (1 / 3)), DAYS[1])
    assert growth.days == 100 and growth.certain
    assert growth.doubling_days == pytest.approx(100.0)
    assert growth.percent == pytest.approx(25.99, abs=0.01)


def test_a_volume_that_halves_says_so_with_a_negative_time() -> None:
    growth = growth_of(Value("Volume", 4.0, "ml", 0.2), DAYS[0], Value("Volume", 2.0, "ml", 0.2), DAYS[1])
    assert growth.doubling_days == pytest.approx(-100.0)


@pytest.mark.parametrize("error", [0.5, None])
def test_a_change_within_the_error_or_without_one_is_not_certain(error: float | None) -> None:
    growth = growth_of(size(10.0, error), DAYS[0], size(10.6, error), DAYS[1])
    assert not growth.certain and growth.doubling_days is None


def test_millimetres_and_pixels_do_not_compare() -> None:
    with pytest.raises(Refused, match="do not compare"):
        growth_of(size(10.0), DAYS[0], Value("Length", 10.0, "px"), DAYS[1])


def test_lesions_are_paired_by_their_uid_alone_and_sorted_in_time() -> None:
    found = lesions([sight(A, DAYS[1], 14), sight(B, DAYS[0], 20), sight(A, DAYS[0], 12), sight("", DAYS[2], 12)])
    assert {A, B} < {lesion.tracking_uid for lesion in found}
    first = next(lesion for lesion in found if lesion.tracking_uid == A)
    assert [one.on for one in first.sights] == [DAYS[0], DAYS[1]]
    assert len(found) == 3


def test_a_lymph_node_is_followed_by_its_short_axis() -> None:
    (node,) = lesions([sight(A, DAYS[0], 25, NODE, 16), sight(A, DAYS[1], 24, NODE, 9)])
    assert node.is_node and [value.value for value in node.sizes if value] == [16, 9]


def test_sums_answer_with_partial_response_and_then_with_progress() -> None:
    first = [sight(A, day, mm) for day, mm in zip(DAYS, (30, 18, 26), strict=True)]
    second = [sight(B, day, mm) for day, mm in zip(DAYS, (20, 16, 16), strict=True)]
    found = lesions([*first, *second])
    rows = response(found)
    assert [total for _, total, _ in rows] == [50, 34, 42]
    assert [score.category if score else "baseline" for _, _, score in rows] == ["baseline", "PR", "PD"]


def test_a_target_that_was_not_measured_makes_the_response_not_evaluable() -> None:
    found = lesions([sight(A, DAYS[0], 30), sight(B, DAYS[0], 20), sight(A, DAYS[1], 18)])
    _, (_, total, score) = response(found)
    assert total is None and score is not None and score.category == "NE"


def test_a_lesion_seen_later_is_no_target() -> None:
    with pytest.raises(ReaderError, match="baseline"):
        response(lesions([sight(A, DAYS[0], 30), sight(B, DAYS[1], 20)]))


def written(folder: Path, day: str, mm: float, patient: str = "9990000018") -> str:
    raw = ct_slice(1, study=f"1.2.{day}", series=f"1.2.{day}.1", date=day, size=64, patient=patient)
    source: Dataset = header(raw)
    uid = str(source.SOPInstanceUID)
    made = Measurement(
        "length", FrameRef(f"1.2.{day}", f"1.2.{day}.1", uid), ((1.0, 1.0), (1.0 + mm / 0.7, 1.0)), (size(mm),),
        Basis("mm", "mm", "PixelSpacing"), "Nodule", A, "", None, None, LUNG,
    )  # fmt: skip
    path = folder / f"{day}{patient}.dcm"
    path.write_bytes(measurement_report([made], {uid: source}, ReaderSettings("A^B"), datetime(2026, 1, 1, 9, 0)))
    return str(path)


def test_the_command_says_growth_and_sums(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [written(tmp_path, "20250411", 16.0), written(tmp_path, "20250101", 12.0)]
    assert main(["lesions", *files, "--targets", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (lesion,) = answer["lesions"]
    assert lesion["label"] == "Nodule" and [one["date"] for one in lesion["sights"]] == ["2025-01-01", "2025-04-11"]
    (growth,) = lesion["growth"]
    assert growth["days"] == 100 and growth["change"] == pytest.approx(4.0) and growth["certain"]
    assert [row["response"] for row in answer["recist"]] == ["baseline", "SD"]


def test_the_command_refuses_two_patients_and_an_unknown_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [written(tmp_path, "20250101", 12.0), written(tmp_path, "20250411", 16.0, "OTHER")]
    assert main(["lesions", *files, "--json"]) == 2
    assert "several patients" in json.loads(capsys.readouterr().out)["problem"]
    assert main(["lesions", files[0], "--targets", "1.2.99", "--json"]) == 2


def test_of_two_measurements_on_one_day_the_newest_counts() -> None:
    early, late = sight(A, DAYS[0], 10), sight(A, DAYS[0], 12)
    late = replace(late, measurement=replace(late.measurement, at=datetime(2025, 1, 1, 10, 0)))
    (lesion,) = lesions([late, early])
    assert [value.value for value in lesion.sizes if value] == [12]
