"""Reports with and without a seeded error, written as different readers write."""

import random
from dataclasses import dataclass, replace
from datetime import date

from tests.unit.reporting.reporting_cases import AT, READER, chest_ct, template

from readingroom.record.patient import Patient
from readingroom.record.study import Study
from readingroom.reporting.check import CaseView
from readingroom.reporting.draft import Draft, draft

GENERAL = template("general")
PRIOR_DAY, UNOPENED_DAY = date(2024, 3, 5), date(2022, 7, 19)
OTHER = Patient("9990000026", "NHS", "Whitcombe^Aldous", date(1948, 6, 1), "M")
RULES = {
    "side": {"side"}, "unit": {"tenfold"}, "sex": {"organ"}, "negation": {"negation"}, "leftover": {"leftover", "placeholder"},
    "date": {"prior"}, "name": {"name"}, "empty": {"impression"},
}  # fmt: skip


@dataclass(frozen=True)
class Base:
    """A sound report; @A and @Z become two different sides. denied: an impression that says the opposite of the findings."""

    sex: str
    findings: str
    impression: str
    denied: str


BASES = (
    Base("F", "The @A lower lobe shows a dense consolidation with air bronchograms. Small @A pleural effusion. The @Z lung is clear. No pneumothorax.",
         "@A lower lobe consolidation with a small effusion, in keeping with infection.", "@A lower lobe collapse. No consolidation."),
    Base("M", "Comminuted fracture of the @A distal radius with dorsal angulation. The ulna is intact. No dislocation of the carpus.",
         "Displaced fracture of the @A distal radius.", "No fracture. Soft tissue swelling only."),
    Base("F", "Solid lesion of 34 mm in the upper pole of the @A kidney, enhancing. A simple cyst of 12 mm lies in the @Z kidney. No hydronephrosis.",
         "34 mm enhancing mass of the @A kidney. Discussion at the urology meeting is advised.", "@A renal mass of 34 mm, with hydronephrosis."),
    Base("M", "No intracranial haemorrhage. Grey-white differentiation is preserved. Ventricles of normal size. No midline shift.",
         "Normal study. No intracranial haemorrhage.", "Intracranial haemorrhage."),
    Base("F", "Filling defects in the segmental arteries of the @A lower lobe. RV to LV ratio 0.8. Lungs otherwise clear, no effusion on the @Z.",
         "Acute segmental emboli on the @A without right heart strain.", "No pulmonary embolism."),
    Base("M", "Disc height is lost at L4/L5 with a broad @A paracentral disc protrusion of 7 mm which displaces the @A L5 root. @Z foramina are free. No cord compression.",
         "@A paracentral disc protrusion of 7 mm at L4/L5, displacing the L5 root.", "No disc protrusion. Degenerative change only."),
    Base("F", "Obstructing calculus of 6 mm at the @A vesicoureteric junction with moderate hydronephrosis. The @Z kidney is normal. No collection.",
         "6 mm calculus at the @A vesicoureteric junction causing hydronephrosis.", "Non-obstructing calculus, 6 mm, @A. No hydronephrosis."),
    Base("M", "The appendix measures 13 mm, is thick-walled and surrounded by fat stranding. No abscess, no free gas. @A inguinal hernia containing fat. @Z groin normal.",
         "Uncomplicated appendicitis; 13 mm appendix. @A inguinal hernia.", "Appendicitis, 13 mm, complicated by an abscess."),
    Base("F", "@A breast: spiculated mass of 18 mm in the upper outer quadrant, no calcification. @Z breast: scattered benign calcifications. No axillary lymphadenopathy.",
         "Suspicious mass, 18 mm, @A upper outer quadrant.", "Benign calcifications. Axillary lymphadenopathy."),
    Base("M", "Infrarenal aortic aneurysm of 56 mm, previously 51 mm. No dissection and no leak. @Z iliac artery 14 mm, @A iliac artery 21 mm.",
         "Infrarenal aortic aneurysm, 56 mm. Referral to the vascular team.", "Aortic aneurysm of 56 mm with dissection."),
    Base("F", "Lungs: no nodule. Mediastinum: no enlarged lymph nodes. Liver: a hypodense lesion of 9 mm in segment VII, too small to characterise. Bones: no deposits.",
         "No evidence of metastatic disease in the chest. 9 mm liver lesion, too small to characterise.", "Several pulmonary nodules. 9 mm liver lesion."),
    Base("M", "There is a full-thickness tear of the @A supraspinatus tendon measuring 22 mm, retracted to the level of the glenoid. The infraspinatus is intact. @Z shoulder not imaged.",
         "Full-thickness @A supraspinatus tear, 22 mm.", "Tendinopathy of the @A supraspinatus. No tear."),
    Base("F", "Portal vein patent. The gallbladder contains several stones, the largest 15 mm; wall not thickened. Common bile duct 5 mm. No free fluid.",
         "Gallstones, the largest 15 mm, without cholecystitis.", "No gallstones. Normal bile duct."),
    Base("M", "@A apical pneumothorax, depth 25 mm. The chest drain lies in the @A axilla. No mediastinal shift. @Z lung expanded. Old healed rib fractures.",
         "@A pneumothorax of 25 mm with the drain in place.", "No pneumothorax. Drain in place."),
)  # fmt: skip
ORGANS = {
    "M": ("The uterus is bulky.", "Both ovaries are normal.", "No adnexal lesion.", "The endometrium is thin.", "This woman has no fracture.",
          "A calcified fibroid is noted."),
    "F": ("The prostate is enlarged.", "Normal seminal vesicles.", "Both testes are normal.", "His bladder is thick-walled.", "No scrotal collection.",
          "The gentleman moved during the scan."),
}  # fmt: skip
LEFTOVERS = (
    "[level]",
    "***",
    "TBC",
    "___ mm",
    "XXX",
    "??",
    "<insert size>",
    "left/right",
    "dd/mm/yyyy",
    "{side}",
    "xx mm",
    "[ ]",
)
NAMES = (
    "Mrs Hollingsworth was scanned supine.", "Aldous Whitcombe was scanned supine.", "NHS number 999 000 0026.",
    "Mr Trevelyan tolerated the scan.", "Patient name: Peregrine Oakes.", "DOB 01/06/1948.",
)  # fmt: skip
ASIDES = (
    "", "Degenerative change of the spine.", "Small hiatus hernia.", "Vascular calcification.", "Motion artefact limits the lower slices.",
    "No other abnormality.", "Unchanged appearance of the adrenals.", "A few small mesenteric nodes, none enlarged by size.",
    "Correlate with the blood results.", "Thyroid unremarkable.", "No significant change in the lung bases.",
)  # fmt: skip


def written(seed: int, error: str) -> tuple[Draft, CaseView]:
    """A report with one error of a kind of RULES, or with none ("")."""
    chance = random.Random(seed)
    base = BASES[seed % len(BASES)] if not error else chance.choice([b for b in BASES if _takes(b, error)])
    side, other = chance.sample(["left", "right"], 2)
    findings = _sided(f"{base.findings} {chance.choice(ASIDES)}", side, other)
    impression = _sided(base.denied if error == "negation" else base.impression, side, other)
    day = PRIOR_DAY
    if error == "side":
        impression = _swapped(impression)
    elif error == "unit":
        impression = impression.replace(" mm", " cm", 1)
    elif error == "sex":
        findings = _put_in(findings, chance.choice(ORGANS[base.sex]), chance)
    elif error == "leftover":
        findings = _put_in(findings, f"{chance.choice(LEFTOVERS)}.", chance)
    elif error == "name":
        findings = _put_in(findings, chance.choice(NAMES), chance)
    elif error == "empty":
        impression = " "
    elif error == "date":
        day = chance.choice([UNOPENED_DAY, date(2024, 5, 3), date(2027, 3, 5)])
    form = chance.choice(["%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%-d %b %Y"])
    patient = Patient("9990000018", "NHS", "Jones^Robin", date(1955, 2, 3), base.sex)
    study: Study = replace(chest_ct("Imaging"), patient=patient)
    made = (
        draft(GENERAL, study, (), READER, AT)
        .write("technique", "As protocol.", AT)
        .write("history", "Pain, cause?", AT)
    )
    made = made.write("comparison", f"Compared with the examination of {day.strftime(form)}.", AT)
    made = made.write("findings", findings, AT).write("impression", impression, AT)
    known = (("1.2.9", PRIOR_DAY), ("1.2.8", UNOPENED_DAY))
    return made, CaseView(study, other_patients=(OTHER,), opened_priors=frozenset({"1.2.9"}), prior_dates=known)


def _takes(base: Base, error: str) -> bool:
    return (error != "side" or "@A" in base.impression) and (error != "unit" or " mm" in base.impression)


def _sided(text: str, side: str, other: str) -> str:
    return text.replace("@A", side).replace("@Z", other).strip()


def _swapped(text: str) -> str:
    return (
        text.replace("left", "#")
        .replace("right heart", "@")
        .replace("right", "left")
        .replace("#", "right")
        .replace("@", "right heart")
    )


def _put_in(text: str, sentence: str, chance: random.Random) -> str:
    sentences = text.split(". ")
    place = chance.randrange(1, len(sentences) + 1)
    return ". ".join([*sentences[:place], sentence.rstrip("."), *sentences[place:]])
