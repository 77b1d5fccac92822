"""Uptake by body weight: the QIBA numbers, and what is refused by name."""

from dataclasses import replace
from typing import Any

import pytest

from readingroom.measure.refused import Refused
from readingroom.measure.suv import suv_of
from readingroom.pixels.frame import SuvTags

SCAN = SuvTags(
    units="BQML", corrected=("NORM", "DTIM", "ATTN", "SCAT", "DECY", "RAN"), decay_correction="START", weight_kg=70.0,
    dose_bq=370e6, half_life_s=6586.2, injected_at="20250102120000", series_date="20250102", series_time="130000",
    acquired_date="20250102", acquired_time="130000",
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({}, 2.7633668171764324e-4),
        ({"series_time": "133000", "acquired_time": "133000"}, 3.339716862522159e-4),
        ({"series_time": "150000"}, 2.7633668171764324e-4),
        ({"decay_correction": "ADMIN"}, 1.891891891891892e-4),
        ({"injected_at": "", "injected_time": "120000.000"}, 2.7633668171764324e-4),
    ],
)
def test_the_factor_is_that_of_the_profile(change: dict[str, Any], factor: float) -> None:
    assert suv_of(replace(SCAN, **change)).factor == pytest.approx(factor, rel=1e-9)


def test_five_thousand_becquerels_per_millilitre_are_an_uptake_of_1_38() -> None:
    assert 5000 * suv_of(SCAN).factor == pytest.approx(1.3817, abs=1e-4)


def test_an_injection_before_midnight_counts_as_yesterday() -> None:
    night = replace(
        SCAN, injected_at="", injected_time="233000", series_date="20250103", series_time="003000",
        acquired_date="20250103", acquired_time="003000",
    )  # fmt: skip
    assert suv_of(night).factor == pytest.approx(2.7633668171764324e-4, rel=1e-9)


def test_a_redated_ge_series_is_decayed_to_its_scan_time() -> None:
    late = replace(
        SCAN, series_time="150000", acquired_time="132000", private=(("0009,100D", "20250102130000.00"),)
    )  # fmt: skip
    assert suv_of(late).factor == pytest.approx(2.7633668171764324e-4, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"weight_kg": None}, "PatientWeight"),
        ({"weight_kg": 0.0}, "PatientWeight"),
        ({"dose_bq": None}, "RadionuclideTotalDose"),
        ({"dose_bq": 370.0}, "RadionuclideTotalDose"),
        ({"half_life_s": None}, "RadionuclideHalfLife"),
        ({"half_life_s": 0.0}, "RadionuclideHalfLife"),
        ({"decay_correction": "NONE"}, "DecayCorrection"),
        ({"decay_correction": ""}, "DecayCorrection"),
        ({"corrected": ("DECY",)}, "ATTN"),
        ({"corrected": ("ATTN",)}, "DECY"),
        ({"units": "CNTS"}, "7053,1000"),
        ({"units": "PCNT"}, "Units"),
        ({"units": "GML", "suv_type": "LBMMORGAN"}, "SUVType"),
        ({"units": "GML", "suv_type": "BSA"}, "SUVType"),
        ({"units": ""}, "Units"),
        ({"injected_at": ""}, "RadiopharmaceuticalStartDateTime"),
        ({"injected_at": "20250102120000+0000"}, "RadiopharmaceuticalStartDateTime"),
        ({"injected_at": "19000102120000"}, "RadiopharmaceuticalStartDateTime"),
        ({"injected_at": "20250102140000"}, "before the injection"),
        ({"acquired_time": ""}, "AcquisitionTime"),
        ({"injected_at": "", "injected_time": "noon"}, "RadiopharmaceuticalStartTime"),
    ],
)
def test_a_missing_or_absurd_tag_is_refused_by_name(change: dict[str, Any], word: str) -> None:
    with pytest.raises(Refused, match=word):
        suv_of(replace(SCAN, **change))


def test_philips_counts_need_the_philips_factor() -> None:
    assert suv_of(replace(SCAN, units="CNTS", private=(("7053,1000", 0.0005),))).factor == 0.0005
    activity = suv_of(replace(SCAN, units="CNTS", private=(("7053,1009", 2.0),)))
    assert activity.factor == pytest.approx(2 * 2.7633668171764324e-4, rel=1e-9)


def test_a_frame_without_any_pet_tags_has_no_uptake() -> None:
    with pytest.raises(Refused):
        suv_of(None)


MAN = replace(SCAN, height_m=1.75, sex="M")
LEAN_KG, SURFACE_CM2, IDEAL_KG = 57.8, 18_481.43018, 72.38
"""Of a man of 70 kg and 1.75 m: 1.10 W - 120 (W/H)²; 0.007184 W^0.425 H^0.725 in m²; 48.0 + 1.06 (H - 152)."""
JAMES_KG, JANMA_KG = 56.52, 55.85710
"""Of the same man: 1.10 W - 128 (W/H)² = 77 - 20.48; 9270 W / (6680 + 216 BMI) = 648 900 / 11 617.142857."""


@pytest.mark.parametrize(
    ("by", "divisor", "unit"),
    [
        ("bw", 70_000.0, "g/ml{SUVbw}"),
        ("lbm", LEAN_KG * 1000, "g/ml{SUVlbm}"),
        ("lbm-james128", JAMES_KG * 1000, "g/ml{SUVlbm(James128)}"),
        ("lbm-janma", JANMA_KG * 1000, "g/ml{SUVlbm(Janma)}"),
        ("bsa", SURFACE_CM2, "cm2/ml{SUVbsa}"),
        ("ibw", IDEAL_KG * 1000, "g/ml{SUVibw}"),
    ],
)
def test_uptake_is_divided_by_what_the_reader_asks_for(by: str, divisor: float, unit: str) -> None:
    found = suv_of(MAN, by)
    assert found.factor == pytest.approx(2.7633668171764324e-4 * divisor / 70_000, rel=2e-5)
    assert found.unit == unit


def test_a_woman_has_another_lean_mass_and_ideal_weight() -> None:
    woman = replace(MAN, sex="F")
    assert suv_of(woman, "lbm").factor / suv_of(woman).factor == pytest.approx((1.07 * 70 - 148 * 0.16) / 70, rel=1e-9)
    assert suv_of(woman, "ibw").factor / suv_of(woman).factor == pytest.approx((45.5 + 0.91 * 23) / 70, rel=1e-9)
    assert suv_of(woman, "bsa").factor == suv_of(MAN, "bsa").factor
    assert suv_of(woman, "lbm-james128").factor == suv_of(woman, "lbm").factor
    assert suv_of(woman, "lbm-janma").factor / suv_of(woman).factor == pytest.approx(45.19701 / 70, rel=1e-6)


@pytest.mark.parametrize(("sex", "lean_kg"), [("M", 67.52), ("F", 61.92)])
def test_james_formula_gives_the_lean_mass_that_others_publish_for_two_metres_and_eighty_kilograms(
    sex: str, lean_kg: float
) -> None:
    tall = replace(MAN, weight_kg=80.0, height_m=2.0, sex=sex)
    assert suv_of(tall, "lbm-james128").factor / suv_of(tall).factor == pytest.approx(lean_kg / 80, rel=1e-9)


@pytest.mark.parametrize(
    ("stored", "grams"),
    [("BW", 70_000), ("LBM", 57_800), ("LBMJAMES128", 56_520), ("LBMJANMA", JANMA_KG * 1000), ("IBW", 72_380)],
)
def test_uptake_that_the_scanner_stored_by_one_measure_is_shown_by_another(stored: str, grams: float) -> None:
    ready = replace(MAN, units="GML", suv_type=stored)
    assert suv_of(ready, "bw").factor == pytest.approx(70_000 / grams, rel=1e-6)


@pytest.mark.parametrize(
    ("by", "change", "word"),
    [
        ("lbm", {"height_m": None}, "PatientSize"),
        ("bsa", {"height_m": 0.0}, "PatientSize"),
        ("ibw", {"height_m": 175.0}, "PatientSize"),
        ("ibw", {"height_m": 0.9}, "ideal weight"),
        ("lbm", {"sex": ""}, "PatientSex"),
        ("ibw", {"sex": "O"}, "PatientSex"),
        ("lbm", {"weight_kg": None}, "PatientWeight"),
        ("lbm", {"weight_kg": 400.0, "height_m": 1.2}, "lean body mass"),
        ("bmi", {}, "bmi"),
    ],
)
def test_what_a_kind_of_uptake_lacks_is_named(by: str, change: dict[str, Any], word: str) -> None:
    with pytest.raises(Refused, match=word):
        suv_of(replace(MAN, **change), by)


def test_ideal_weight_does_not_need_the_weight_and_surface_not_the_sex() -> None:
    assert suv_of(replace(MAN, weight_kg=None), "ibw").factor > 0
    assert suv_of(replace(MAN, sex=""), "bsa").factor > 0


def test_pixels_that_are_uptake_already_stay_or_are_turned_into_another_kind() -> None:
    assert suv_of(replace(MAN, units="GML")).factor == 1.0
    assert suv_of(replace(MAN, units="GML", suv_type="LBM"), "lbm").factor == 1.0
    assert suv_of(replace(MAN, units="GML", suv_type="LBM")).factor == pytest.approx(70 / LEAN_KG, rel=1e-6)
    assert suv_of(replace(MAN, units="CM2ML"), "bsa").factor == 1.0
    assert suv_of(replace(MAN, units="CM2ML")).factor == pytest.approx(70_000 / SURFACE_CM2, rel=2e-5)
