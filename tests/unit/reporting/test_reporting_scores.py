"""Scores: each line is a row of the publication that the function names."""

import pytest
from tests.unit.reporting.reporting_cases import AT, READER, chest_ct, template

from readingroom.base.errors import ReaderError
from readingroom.reporting.check import CaseView, check
from readingroom.reporting.draft import draft
from readingroom.reporting.scores.aspects import aspects
from readingroom.reporting.scores.bosniak import bosniak_ct
from readingroom.reporting.scores.fleischner import fleischner
from readingroom.reporting.scores.lungrads import has_grown, lung_rads, mean_diameter_mm
from readingroom.reporting.scores.pirads import pi_rads
from readingroom.reporting.scores.recist import Target, baseline_sum_mm, overall_response, target_response
from readingroom.reporting.scores.tirads import ti_rads


@pytest.mark.parametrize(
    ("regions", "score"),
    [((), "10"), (("M1", "M2", "I"), "7"), (("C", "L", "IC", "I", "M1", "M2", "M3", "M4", "M5", "M6"), "0"),
     (("I", "I"), "9")],
)  # fmt: skip
def test_aspects_is_ten_less_the_regions(regions: tuple[str, ...], score: str) -> None:
    assert aspects(regions).category == score
    with pytest.raises(ReaderError, match="M7"):
        aspects(("M7",))


SOLID_HYPO = ("solid", "hypoechoic", "wider than tall", "smooth")


@pytest.mark.parametrize(
    ("features", "foci", "mm", "level", "advice"),
    [
        (("solid", "hypoechoic", "taller than wide", "lobulated or irregular"), ("punctate",), 10, "TR5", "aspiration"),
        (("solid", "hypoechoic", "taller than wide", "lobulated or irregular"), ("punctate",), 9.9, "TR5", "Follow-up"),
        (("solid", "hypoechoic", "taller than wide", "lobulated or irregular"), ("punctate",), 4.9, "TR5", "No follow-up"),
        (("cystic", "anechoic", "wider than tall", "smooth"), (), 50, "TR1", "No aspiration"),
        (("spongiform", "hypoechoic", "taller than wide", "smooth"), ("punctate",), 50, "TR1", "No aspiration"),
        (("mixed", "hyperechoic or isoechoic", "wider than tall", "ill-defined"), ("large comet-tail",), 50, "TR2", "No aspiration"),
        (("solid", "hyperechoic or isoechoic", "wider than tall", "smooth"), (), 25, "TR3", "aspiration"),
        (("solid", "hyperechoic or isoechoic", "wider than tall", "smooth"), (), 24.9, "TR3", "Follow-up"),
        (("solid", "hyperechoic or isoechoic", "wider than tall", "smooth"), (), 14.9, "TR3", "No follow-up"),
        (SOLID_HYPO, (), 15, "TR4", "aspiration"),
        (SOLID_HYPO, ("peripheral",), 10, "TR4", "Follow-up"),
        (SOLID_HYPO, ("peripheral", "macrocalcifications"), 10, "TR5", "aspiration"),
        (("solid", "very hypoechoic", "wider than tall", "extrathyroidal extension"), (), 6, "TR5", "Follow-up"),
    ],
)  # fmt: skip
def test_ti_rads_adds_points_and_advises_by_size(
    features: tuple[str, str, str, str], foci: tuple[str, ...], mm: float, level: str, advice: str
) -> None:
    score = ti_rads(*features, foci, mm)
    assert score.category == level
    assert advice in score.advice


def test_ti_rads_has_no_level_for_one_point() -> None:
    with pytest.raises(ReaderError, match="One point"):
        ti_rads("mixed", "anechoic", "wider than tall", "smooth", (), 20)
    with pytest.raises(ReaderError, match="composition"):
        ti_rads("woolly", "anechoic", "wider than tall", "smooth", (), 20)


@pytest.mark.parametrize(
    ("kind", "mm", "solid", "state", "category"),
    [
        ("solid", 5.9, 0, "baseline", "2"), ("solid", 6.0, 0, "baseline", "3"), ("solid", 7.9, 0, "baseline", "3"),
        ("solid", 8.0, 0, "baseline", "4A"), ("solid", 14.9, 0, "baseline", "4A"), ("solid", 15.0, 0, "baseline", "4B"),
        ("solid", 3.9, 0, "new", "2"), ("solid", 4.0, 0, "new", "3"), ("solid", 6.0, 0, "new", "4A"),
        ("solid", 8.0, 0, "new", "4B"), ("solid", 7.9, 0, "growing", "4A"), ("solid", 8.0, 0, "growing", "4B"),
        ("part-solid", 5.9, 3.0, "baseline", "2"), ("part-solid", 6.0, 5.9, "baseline", "3"),
        ("part-solid", 9.0, 6.0, "baseline", "4A"), ("part-solid", 9.0, 8.0, "baseline", "4B"),
        ("part-solid", 5.9, 3.0, "new", "3"), ("part-solid", 9.0, 3.9, "growing", "4A"),
        ("part-solid", 9.0, 4.0, "new", "4B"), ("ground-glass", 29.9, 0, "growing", "2"),
        ("ground-glass", 30.0, 0, "baseline", "3"), ("ground-glass", 30.0, 0, "new", "3"),
    ],
)  # fmt: skip
def test_lung_rads_sizes(kind: str, mm: float, solid: float, state: str, category: str) -> None:
    assert lung_rads(kind, mm, state, solid).category == category


@pytest.mark.parametrize(
    ("kind", "mm", "solid", "state"),
    [("ground-glass", 31, 0, "growing"), ("part-solid", 5.5, 4.5, "new"), ("part-solid", 5, 6, "baseline"),
     ("part-solid", 9, 0, "baseline"), ("solid", 0, 0, "baseline"), ("solid", 9, 0, "stable"), ("fat", 9, 0, "new")],
)  # fmt: skip
def test_lung_rads_refuses_what_its_table_does_not_say(kind: str, mm: float, solid: float, state: str) -> None:
    with pytest.raises(ReaderError):
        lung_rads(kind, mm, state, solid)


def test_growth_is_more_than_one_and_a_half_millimetres_in_a_year() -> None:
    assert (has_grown(6.0, 7.5, 12), has_grown(6.0, 7.6, 12)) == (False, True)
    with pytest.raises(ReaderError, match="twelve"):
        has_grown(6, 9, 13)
    assert mean_diameter_mm(8.25, 7.0) == pytest.approx(7.6)
    assert mean_diameter_mm(6.5, 6.0) == pytest.approx(6.3)


@pytest.mark.parametrize(
    ("kind", "mm", "several", "high", "advice"),
    [
        ("solid", 5.4, False, False, "No routine"), ("solid", 5.4, False, True, "Optional CT at 12"),
        ("solid", 5.5, False, False, "6–12 months, then consider"), ("solid", 8.4, False, True, "6–12 months, then CT"),
        ("solid", 8.5, False, False, "PET/CT"), ("solid", 9, True, True, "3–6 months, then CT"),
        ("solid", 7, True, False, "3–6 months, then consider"), ("ground-glass", 5, False, True, "No routine"),
        ("ground-glass", 6, False, False, "every 2 years until 5"), ("part-solid", 6, False, False, "every year for 5"),
        ("part-solid", 5, True, False, "2 and 4 years"), ("ground-glass", 8, True, False, "most suspicious"),
    ],
)  # fmt: skip
def test_fleischner_advice(kind: str, mm: float, several: bool, high: bool, advice: str) -> None:
    assert advice in fleischner(kind, mm, several, high, 60).advice


def test_fleischner_is_not_for_the_young() -> None:
    with pytest.raises(ReaderError, match="35"):
        fleischner("solid", 7, False, False, 34)


@pytest.mark.parametrize(
    ("wall", "septa", "septum", "protrusion", "acute", "calcified", "category"),
    [
        (1, 0, 0, 0, False, False, "I"), (2, 3, 2, 0, False, False, "II"), (1, 0, 0, 0, False, True, "II"),
        (1, 4, 1, 0, False, False, "IIF"), (3, 0, 0, 0, False, False, "IIF"), (1, 1, 3, 0, False, False, "IIF"),
        (4, 0, 0, 0, False, False, "III"), (1, 2, 4, 0, False, False, "III"), (1, 1, 1, 3, False, False, "III"),
        (1, 1, 1, 4, False, False, "IV"), (1, 0, 0, 2, True, False, "IV"),
    ],
)  # fmt: skip
def test_bosniak_classes(
    wall: int, septa: int, septum: int, protrusion: int, acute: bool, calcified: bool, category: str
) -> None:
    assert bosniak_ct(wall, septa, septum, protrusion, acute, calcified).category == category


@pytest.mark.parametrize(
    ("zone", "t2", "dwi", "dce", "category"),
    [
        ("peripheral", 1, 1, None, "1"), ("peripheral", 5, 2, True, "2"), ("peripheral", 2, 3, False, "3"),
        ("peripheral", 2, 3, None, "3"), ("peripheral", 2, 3, True, "4"), ("peripheral", 2, 4, False, "4"),
        ("peripheral", 2, 5, False, "5"), ("transition", 1, 5, True, "1"), ("transition", 2, 3, True, "2"),
        ("transition", 2, 4, None, "3"), ("transition", 3, 4, None, "3"), ("transition", 3, 5, None, "4"),
        ("transition", 4, 1, None, "4"), ("transition", 5, 1, None, "5"),
    ],
)  # fmt: skip
def test_pi_rads_categories(zone: str, t2: int, dwi: int, dce: bool | None, category: str) -> None:
    assert pi_rads(zone, t2, dwi, dce).category == category


@pytest.mark.parametrize(
    ("now", "baseline", "nadir", "response"),
    [(72, 100, 60, "PD"), (24, 100, 20, "PR"), (70, 100, 100, "PR"), (71, 100, 100, "SD"), (119, 100, 100, "SD"),
     (120, 100, 100, "PD"), (0, 100, 40, "CR")],
)  # fmt: skip
def test_the_response_of_target_lesions(now: float, baseline: float, nadir: float, response: str) -> None:
    assert target_response((Target("liver", now),), baseline, nadir).category == response


def test_a_node_below_ten_millimetres_is_gone_and_what_was_not_measured_is_not_evaluable() -> None:
    assert target_response((Target("liver", 0), Target("neck", 9.9, True)), 40, 40).category == "CR"
    assert target_response((Target("liver", 0), Target("neck", 10, True)), 40, 40).category == "PR"
    assert target_response((Target("liver", None),), 40, 40).category == "NE"


@pytest.mark.parametrize(
    "targets",
    [(), (Target("liver", 9.9),), (Target("neck", 14.9, True),), (Target("liver", 20),) * 3,
     tuple(Target(str(n), 20) for n in range(6))],
)  # fmt: skip
def test_what_may_not_be_a_target_is_said(targets: tuple[Target, ...]) -> None:
    with pytest.raises(ReaderError):
        baseline_sum_mm(targets)


def test_the_baseline_is_the_sum_of_the_targets() -> None:
    assert baseline_sum_mm((Target("liver", 30.5), Target("Liver", 12), Target("neck", 15, True))) == 57.5


@pytest.mark.parametrize(
    ("target", "others", "new", "overall"),
    [
        ("CR", "CR", False, "CR"), ("CR", "none", False, "CR"), ("CR", "non-CR/non-PD", False, "PR"),
        ("CR", "not evaluated", False, "PR"), ("PR", "non-CR/non-PD", False, "PR"), ("SD", "not evaluated", False, "SD"),
        ("NE", "non-CR/non-PD", False, "NE"), ("PD", "CR", False, "PD"), ("SD", "PD", False, "PD"), ("CR", "CR", True, "PD"),
    ],
)  # fmt: skip
def test_the_overall_response(target: str, others: str, new: bool, overall: str) -> None:
    assert overall_response(target, others, new).category == overall


def concerns(template_id: str, **fields: str) -> list[str]:
    made = draft(template(template_id), chest_ct(), (), READER, AT)
    for name, text in fields.items():
        made = made.write(name, text, AT)
    return [c.text for c in check(made, template(template_id), CaseView(chest_ct())) if c.rule == "score"]


def test_a_stated_score_that_its_parts_contradict_is_told() -> None:
    lesion = {"zone": "peripheral", "t2": "2", "dwi": "3", "dce": "positive"}
    assert concerns("mr-prostate", **lesion, pi_rads="4") == []
    assert "give 4" in concerns("mr-prostate", **lesion, pi_rads="3")[0]
    assert concerns("mr-prostate", zone="peripheral", t2="2", pi_rads="3") == []
    assert concerns("ct-head", aspects_regions="M1, M2, I", aspects="7") == []
    assert "give 7" in concerns("ct-head", aspects_regions="M1 M2 I", aspects="8")[0]
    assert concerns("ct-head", aspects_regions="insula and M1", aspects="3") == []
    nodule = {"composition": "solid", "echogenicity": "hypoechoic", "shape": "wider than tall", "margin": "smooth"}
    assert concerns("us-thyroid", **nodule, foci="none", nodule_size="12", ti_rads="TR4") == []
    assert "give TR5" in concerns("us-thyroid", **nodule, foci="punctate", nodule_size="12 mm", ti_rads="TR4")[0]
    assert concerns("us-thyroid", **nodule, foci="a few", nodule_size="12", ti_rads="TR1") == []
