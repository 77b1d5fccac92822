"""Who the patient is: numbers that cannot be, what speaks for one person, and what speaks against."""

from dataclasses import replace
from datetime import date

import pytest

from readingroom.record.patient import Patient, differences, doubt, evidence, is_nhs_number

REED = Patient("9990000018", "NHS", "Reed^Anna", date(1951, 2, 3), "F")


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("943 476 5919", True),
        ("9434765919", True),
        ("943-476-5919", True),
        ("9434765918", False),
        ("943476591", False),
        ("0000000000", False),
        ("943476591X", False),
    ],
)
def test_an_nhs_number_has_ten_digits_and_the_right_last_one(number: str, valid: bool) -> None:
    # 943 476 5919 is the example of the NHS Data Dictionary.
    assert is_nhs_number(number) is valid


def test_a_valid_number_is_read_three_three_four_and_an_invalid_one_is_said() -> None:
    assert REED.display_id == "999 000 0018" and doubt(REED) == ""
    assert doubt(replace(REED, id="9990000019")) == "999 000 0019 is no NHS number: its check digit is wrong"
    assert doubt(replace(REED, id="A123")) == "A123 is no NHS number: it has not ten digits"
    assert doubt(replace(REED, id="A123", issuer="RM3")) == doubt(replace(REED, id="")) == ""


def test_evidence_is_an_identifier_under_its_issuer_or_a_whole_name() -> None:
    assert evidence(REED, REED) == ("identifier 999 000 0018", "REED, Anna, born 03 Feb 1951")
    elsewhere = replace(REED, id="77", issuer="RM3", birth_date=None)
    assert evidence(REED, elsewhere) == ("REED, Anna",)
    assert evidence(replace(elsewhere, name=""), replace(elsewhere, name="", issuer="RJE")) == ()
    assert evidence(replace(REED, name="Reed"), replace(REED, id="", name="Reed")) == ()


def test_the_nhs_under_any_of_its_names_is_one_issuer() -> None:
    other = replace(REED, issuer="https://fhir.nhs.uk/Id/nhs-number", id="999 000 0018")
    assert differences(REED, other) == () and evidence(REED, other)[0] == "identifier 999 000 0018"
    assert "identifier" in differences(REED, replace(other, id="9990000026"))[0]
