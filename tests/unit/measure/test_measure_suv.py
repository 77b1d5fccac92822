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
        ({"units": "GML"}, "Units"),
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
