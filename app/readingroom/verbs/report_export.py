"""readingroom report export: the signed report as its own object, FHIR, HL7, plain text or PDF."""

import argparse
from functools import partial
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.main import House
from readingroom.reporting.as_fhir import fhir_bundle
from readingroom.reporting.as_hl7 import hl7_message
from readingroom.reporting.as_pdf import pdf_file
from readingroom.reporting.as_text import text_file
from readingroom.reporting.issued import Rendered, issued
from readingroom.reporting.sr_read import newest
from readingroom.verbs.files import written
from readingroom.verbs.front import Answer
from readingroom.verbs.report_case import opened
from readingroom.verbs.report_way import standing

FORMS = ("sr", "fhir", "hl7", "text", "pdf")


def export(house: House, options: argparse.Namespace) -> Answer:
    """Write the report that stands into a file; what could not be said there is among the warnings."""
    if not options.form or not options.out:
        raise ReaderError("An export needs a form and a file.", f"Give --as {'|'.join(FORMS)} and --out F.")
    case = opened(house, options.study_uid)
    stored = standing(house, case)
    found = {report.sop_uid: raw for report, raw in stored}
    before = newest([report for report, _ in stored])
    if before is None:
        raise ReaderError("There is no signed report of this study.", "Sign it first: readingroom report sign")
    made = rendered(found[before.sop_uid], options.form)
    out = Path(options.out)
    written(out, partial(_put, made.content))
    warnings = [*made.warnings, *(f"{name} did not say whether it has a newer report" for name in case.silent)]
    fields = {
        "out": str(out),
        "warnings": warnings,
        "sop_uid": before.sop_uid,
        "state": before.state,
        "as": options.form,
    }
    return Answer(fields, (f"{before.state} report {before.sop_uid} → {out}", *warnings))


def rendered(part10: bytes, form: str) -> Rendered:
    """A stored report in one of FORMS."""
    if form == "sr":
        return Rendered(part10)
    report = issued(part10)
    makers = {"fhir": fhir_bundle, "hl7": hl7_message, "text": text_file, "pdf": pdf_file}
    return makers[form](report)


def _put(content: bytes, path: Path) -> None:
    path.write_bytes(content)
