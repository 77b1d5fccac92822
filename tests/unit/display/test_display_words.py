"""The glass says numbers, dates and names one way, and never a number without its unit."""

from datetime import date, time

import numpy as np

from readingroom.display import words
from readingroom.pixels.frame import LookupTable, Voi
from readingroom.record.finding import Basis, Value
from readingroom.record.patient import Patient

ADA = Patient("9990000018", "NHS", "OKAFOR^Ada^^Dr", date(1961, 2, 3), "F")


def test_a_date_is_read_without_doubt_about_day_and_month() -> None:
    assert words.day(date(2026, 11, 24)) == "24 Nov 2026"
    assert words.moment(date(2026, 3, 4), time(2, 10)) == "4 Mar 2026 02:10"
    assert words.moment(None, None) == "date unknown"


def test_a_length_is_said_with_one_decimal_its_unit_and_its_error_bar() -> None:
    assert words.amount(Value("Length", 9.84, "mm", 0.38)) == "9.8 mm ± 0.4"
    assert words.amount(Value("Area", 329.897, "mm2")) == "329.9 mm²"
    assert words.amount(Value("Mean", 396.99, "[hnsf'U]")) == "397.0 HU"
    assert words.amount(Value("Cobb angle", 24.37, "deg")) == "24.4°"
    assert words.amount(Value("Length", 40.0, "px")) == "40.0 px"
    assert words.amount(Value("Mean", 2.413, "g/ml{SUVbw}")) == "2.41 SUVbw"


def test_a_basis_is_named_unless_it_is_plainly_millimetres() -> None:
    assert words.basis_words(Basis("mm", "mm", "PixelSpacing")) == ""
    assert words.basis_words(Basis("mm", "mm at detector", "ImagerPixelSpacing")) == "mm at detector"
    assert words.basis_words(Basis("mm", "mm", "guess", certain=False)) == "mm"


def test_the_cursor_names_what_it_reads() -> None:
    assert words.reading(41.0, "HU") == "HU 41"
    assert words.reading(40.6, "HU") == "HU 41"
    assert words.reading(512.25, "Bq/ml") == "Bq/ml 512.2"
    assert words.reading(87.0, "") == "value 87"


def test_a_window_is_said_with_name_numbers_and_unit() -> None:
    assert words.window(Voi(-600, 1500), "Lung", "HU") == "Lung  C -600 W 1500 HU"
    assert words.window(Voi(40.5, 400, "SIGMOID"), "", "HU") == "C 40.5 W 400 sigmoid HU"
    lut = LookupTable(0, 8, np.zeros(2, np.uint16), "HARD")
    assert words.window(Voi(table=lut), "", "") == "HARD"


def test_the_banner_says_who_is_on_the_glass() -> None:
    banner = words.patient_banner(ADA, date(2026, 11, 24))
    assert banner == "OKAFOR, Ada (Dr)  ·  999 000 0018  ·  3 Feb 1961 (65 y)  ·  F"
    unknown = Patient("", "", "", None, "")
    assert words.patient_banner(unknown, None) == "(no name)  ·  no identifier  ·  birth date unknown  ·  sex unknown"
