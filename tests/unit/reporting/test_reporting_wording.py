"""What a text says of a finding, and what may stand beside it without a contradiction."""

from dataclasses import replace
from datetime import date

import pytest
from tests.unit.reporting.reporting_cases import AT, READER, chest_ct, template

from readingroom.record.patient import Patient
from readingroom.reporting.check import CaseView, check
from readingroom.reporting.draft import draft
from readingroom.reporting.said import mentions

GENERAL = template("general")


def rules(
    findings: str, impression: str = "As above.", sex: str = "F", comparison: str = "No prior.", history: str = ""
) -> list[str]:
    patient = Patient("9990000018", "NHS", "Jones^Robin", date(1955, 2, 3), sex)
    study = replace(chest_ct("Imaging"), patient=patient)
    made = draft(GENERAL, study, (), READER, AT).write("technique", "Protocol.", AT).write("comparison", comparison, AT)
    made = made.write("findings", findings, AT).write("impression", impression, AT).write("history", history, AT)
    view = CaseView(
        study,
        opened_priors=frozenset({"1.2.9"}),
        prior_dates=(("1.2.9", date(2024, 3, 5)), ("1.2.8", date(2022, 7, 19))),
    )
    return [concern.rule for concern in check(made, GENERAL, view)]


@pytest.mark.parametrize(
    ("text", "finding", "there"),
    [
        ("No pneumothorax.", "pneumothorax", False), ("There is a pneumothorax.", "pneumothorax", True),
        ("No consolidation, effusion or pneumothorax.", "pneumothorax", False),
        ("No consolidation, small effusion on the right.", "effusion", True),
        ("No fracture and a small effusion.", "effusion", True), ("No fracture but dislocation.", "dislocation", True),
        ("Pneumothorax is not seen.", "pneumothorax", False), ("The effusion has resolved.", "effusion", False),
        ("A fracture cannot be excluded.", "fracture", None), ("Possible fracture.", "fracture", None),
        ("?fracture", "fracture", None), ("No other nodule.", "nodule", None), ("No acute fracture.", "fracture", None),
        ("No change in the nodule.", "nodule", True), ("Non-displaced fracture.", "fracture", True),
        ("Without evidence of dissection.", "dissection", False), ("Fracture without displacement.", "fracture", True),
        ("Mass effect on the ventricle.", "mass", None),
    ],
)  # fmt: skip
def test_what_a_sentence_says_of_a_finding(text: str, finding: str, there: bool | None) -> None:
    found = [mention.there for mention in mentions(text) if mention.finding == finding]
    assert found == ([] if text.startswith("Mass effect") else [there])


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        ("No pneumothorax on the left. Small right pneumothorax.", "Right pneumothorax."),
        ("No skull fracture. Ribs intact.", "Fracture of the left femur was seen on the film."),
        ("Old healed rib fractures.", "No fracture."), ("Nodule of 6 mm, unchanged since 2019.", "No new nodule."),
        ("Pericardial effusion.", "No pleural effusion. Pericardial effusion."), ("Simple hepatic cyst.", "No suspicious mass."),
        ("Moderate left effusion, right base clear.", "Left effusion. No effusion on the right."),
        ("No hydronephrosis on either side.", "Hydronephrosis cannot be excluded on the lower cuts."),
        ("Chronic subdural haematoma on the left.", "No acute haemorrhage."), ("No filling defect in the main arteries.", "No pulmonary embolism."),
        ("Left ventricular dilatation.", "Right hilar nodes."), ("Stable post-operative collection.", "No drainable collection."),
        ("Tiny nodules of 2 mm and 3 mm.", "Nodules below 4 mm."), ("Aorta of 3.1 cm.", "Aorta of 31 mm."),
    ],
)  # fmt: skip
def test_sound_reports_are_let_pass(findings: str, impression: str) -> None:
    assert not {"negation", "tenfold", "organ"} & set(rules(findings, impression))


@pytest.mark.parametrize(
    ("findings", "impression", "rule"),
    [
        ("There is a moderate pneumothorax.", "Clear lungs, pneumothorax excluded.", "negation"),
        ("No acute abnormality, no free gas.", "Free intraperitoneal gas: perforation.", "negation"),
        ("Occlusive thrombus in the left femoral vein.", "No thrombosis of the left femoral vein.", "negation"),
        ("Left hip: intact. Right hip: displaced fracture of the neck.", "Left hip fracture, displaced.", "side"),
        ("Lesion 1.4 cm.", "A lesion of 14 cm.", "tenfold"), ("The the liver is normal.", "Normal.", "leftover"),
        ("Delete as appropriate. Liver normal.", "Normal.", "leftover"),
    ],
)  # fmt: skip
def test_contradictions_are_told(findings: str, impression: str, rule: str) -> None:
    assert rule in rules(findings, impression)


@pytest.mark.parametrize(
    ("text", "sex", "expected"),
    [
        ("Uterus normal.", "M", True), ("Uterus normal.", "F", False), ("Prostate of 40 ml.", "F", True), ("His bladder is full.", "F", True),
        ("Her sister had ovarian cancer.", "M", False), ("Cervical spine normal.", "M", False), ("Female adaptor.", "O", False),
        ("Post cholecystectomy. Normal gallbladder.", "F", True), ("Post cholecystectomy. Normal gallbladder fossa.", "F", False),
        ("Previous partial splenectomy. The spleen is enlarged.", "F", False), ("Hysterectomy. The uterus is not enlarged.", "F", True),
    ],
)  # fmt: skip
def test_organs_that_the_patient_cannot_have_are_told(text: str, sex: str, expected: bool) -> None:
    assert ("organ" in rules(text, sex=sex)) is expected


def test_in_a_history_only_the_patient_is_meant() -> None:
    assert "organ" not in rules(
        "Normal.", sex="M", history="She says his mother had a hysterectomy. Uterine cancer in the family."
    )
    assert "organ" in rules("Normal.", sex="M", history="A 64-year-old woman with pain.")


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("Compared with CT of 5 Mar 2024.", False), ("Compared with CT of 05/03/24.", False), ("Compared with CT of 2024-03-05.", False),
        ("Compared with CT of 19.07.2022.", True), ("Compared with CT of 6 March 2024.", True), ("CT of 20 Nov 2027.", True),
        ("Compared with March 2024.", False), ("CT of 40.40.2024.", False),
    ],
)  # fmt: skip
def test_a_prior_named_by_its_day_was_opened(comparison: str, expected: bool) -> None:
    assert ("prior" in rules("Normal.", comparison=comparison)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient: Robin Jones.", False), ("Patient: Peter Ashworth.", True), ("NHS 999 000 0018.", False), ("NHS 999 000 0026.", True),
        ("DOB 3 Feb 1955.", False), ("DOB 03.02.1965", True), ("Accession 1234567890.", False), ("Telephone 0123456789", False),
    ],
)  # fmt: skip
def test_another_identity_in_the_text_is_told(text: str, expected: bool) -> None:
    assert ("name" in rules(text)) is expected
