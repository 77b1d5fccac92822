"""A signed report as a FHIR R4 bundle: DiagnosticReport with patient, reader, organisation, study and numbers."""

import base64
import json
from html import escape
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from readingroom.record.patient import NHS_ISSUERS, display_name
from readingroom.reporting import sr_codes as codes
from readingroom.reporting.as_text import text_file
from readingroom.reporting.issued import Issued, Rendered, name_parts, printable
from readingroom.reporting.sr_read import ReportNumber

STATUS = {
    "provisional": "preliminary", "signed": "final", "addendum": "appended", "amended": "amended",
    "withdrawn": "entered-in-error",
}  # fmt: skip
"""R4 diagnostic-report-status, by the state of a stored report."""
_GENDER = {"M": "male", "F": "female", "O": "other"}
_SYSTEMS = {
    "LN": "http://loinc.org", "SCT": "http://snomed.info/sct", "DCM": "http://dicom.nema.org/resources/ontology/DCM",
}  # fmt: skip
_UCUM = "http://unitsofmeasure.org"
_REPLACES = "http://hl7.org/fhir/StructureDefinition/diagnosticReport-replaces"
_V2 = "http://terminology.hl7.org/CodeSystem/v2-"
Resource = dict[str, Any]


def fhir_bundle(report: Issued) -> Rendered:
    """The bundle as JSON (R4, type collection); every reference is to an entry of the bundle, ids follow from UIDs."""
    patient, reader, organisation, study = _patient(report), _reader(report), _organisation(report), _study(report)
    numbers = [_observation(report, number, n) for n, number in enumerate(report.report.numbers, 1)]
    main = _diagnostic_report(report, numbers, text_file(report).content)
    entries = [resource for resource in (main, patient, reader, organisation, study, *numbers) if resource]
    bundle = {
        "resourceType": "Bundle",
        "id": _id(report, "Bundle"),
        "type": "collection",
        **({"timestamp": report.verified.isoformat(timespec="seconds")} if report.verified else {}),
        "entry": [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in entries],
    }
    missing = [] if report.verified else ["The report does not say when it was signed, so “issued” is absent."]
    missing += [] if reader else ["The report does not say who signed it, so “resultsInterpreter” is absent."]
    content = json.dumps(bundle, ensure_ascii=False, indent=1).encode("utf-8")
    return Rendered(content, (*text_file(report).warnings, *missing))


def _diagnostic_report(report: Issued, numbers: list[Resource], text: bytes) -> Resource:
    read = report.report
    impressions = [printable(words) for title, words in read.sections if title in ("Impressions", "Report withdrawn")]
    made: Resource = {
        "resourceType": "DiagnosticReport",
        "id": _id(report, "DiagnosticReport"),
        "text": {"status": "generated", "div": _narrative(report)},
        "identifier": [_uid_identifier(read.sop_uid)],
        "status": STATUS[read.state],
        "category": [_concept(f"{_V2}0074", "RAD", "Radiology")],
        "code": _concept(_SYSTEMS["LN"], codes.TITLE[0], codes.TITLE[2]),
        "subject": _to(report, "Patient", report.patient.display_name),
    }
    if report.examined:
        made["effectiveDateTime"] = report.examined.isoformat()
    if report.verified:
        made["issued"] = report.verified.isoformat(timespec="seconds")
    if read.organisation:
        made["performer"] = [_to(report, "Organization", read.organisation)]
    if read.author:
        made["resultsInterpreter"] = [_to(report, "Practitioner", read.author)]
    if numbers:
        made["result"] = [{"reference": f"urn:uuid:{number['id']}"} for number in numbers]
    made["imagingStudy"] = [_to(report, "ImagingStudy", report.description)]
    if impressions:
        made["conclusion"] = "\n".join(impressions)
    made["presentedForm"] = [
        {
            "contentType": "text/plain; charset=utf-8",
            "language": "en-GB",
            "data": base64.b64encode(text).decode(),
            "title": report.title,
        }
    ]
    replaced = [
        {"url": _REPLACES, "valueReference": {"type": "DiagnosticReport", "identifier": _uid_identifier(uid)}}
        for uid in read.predecessors
    ]
    return {**made, **({"extension": replaced} if replaced else {})}


def _patient(report: Issued) -> Resource:
    who = report.patient
    family, given, middle, prefix, suffix = name_parts(who.name)
    made: Resource = {"resourceType": "Patient", "id": _id(report, "Patient")}
    if who.id:
        made["identifier"] = [_patient_identifier(who.id, who.issuer)]
    made["name"] = [_name(family, given, middle, prefix, suffix, who.display_name)]
    made["gender"] = _GENDER.get(who.sex, "unknown")
    if who.birth_date:
        made["birthDate"] = who.birth_date.isoformat()
    return made


def _patient_identifier(number: str, issuer: str) -> Resource:
    if issuer in NHS_ISSUERS:
        return {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}
    if issuer and all(part.isdigit() for part in issuer.split(".")) and "." in issuer:
        return {"system": f"urn:oid:{issuer}", "value": number}
    return {"value": number, **({"assigner": {"display": issuer}} if issuer else {})}


def _reader(report: Issued) -> Resource:
    read = report.report
    if not read.author:
        return {}
    family, given, middle, prefix, suffix = name_parts(read.verified_by)
    made: Resource = {"resourceType": "Practitioner", "id": _id(report, "Practitioner")}
    if read.registration:
        scheme = codes.registration_code(read.registration)[1]
        own = {"system": "https://fhir.hl7.org.uk/Id/gmc-number"} if scheme == "99GMC" else {}
        made["identifier"] = [{**own, "value": read.registration}]
    made["name"] = [_name(family, given, middle, prefix, suffix, display_name(read.verified_by))]
    return made


def _organisation(report: Issued) -> Resource:
    if not report.report.organisation:
        return {}
    return {
        "resourceType": "Organization", "id": _id(report, "Organization"), "name": report.report.organisation,
    }  # fmt: skip


def _study(report: Issued) -> Resource:
    made: Resource = {
        "resourceType": "ImagingStudy",
        "id": _id(report, "ImagingStudy"),
        "identifier": [_uid_identifier(report.report.study_uid)],
        "status": "available",
        "subject": _to(report, "Patient", report.patient.display_name),
    }
    if report.report.accession:
        kind = _concept(f"{_V2}0203", "ACSN", "Accession ID")
        made["identifier"].append({"type": kind, "value": report.report.accession})
    if report.examined:
        made["started"] = report.examined.isoformat()
    return {**made, **({"description": report.description} if report.description else {})}


def _observation(report: Issued, number: ReportNumber, n: int) -> Resource:
    value, scheme, meaning = codes.concept_code(number.concept)
    unit = codes.unit_code(number.unit)
    coding = {"coding": [{"system": _SYSTEMS[scheme], "code": value, "display": meaning}]} if scheme in _SYSTEMS else {}
    made: Resource = {
        "resourceType": "Observation",
        "id": _id(report, f"Observation {n}"),
        "status": "amended" if report.report.state == "amended" else "final",
        "category": [_concept("http://terminology.hl7.org/CodeSystem/observation-category", "imaging", "Imaging")],
        "code": {**coding, "text": meaning},
        "subject": _to(report, "Patient", report.patient.display_name),
        "valueQuantity": {"value": number.value, "unit": unit[2], "system": _UCUM, "code": unit[0]},
    }
    return {**made, **({"identifier": [_uid_identifier(number.tracking_uid)]} if number.tracking_uid else {})}


def _narrative(report: Issued) -> str:
    parts = [f"<h1>{escape(report.title)}</h1>"]
    for title, text in report.report.sections:
        lines = "<br/>".join(escape(line) for line in printable(text).splitlines())
        parts.append(f"<h2>{escape(title)}</h2><p>{lines}</p>")
    return f'<div xmlns="http://www.w3.org/1999/xhtml" lang="en-GB" xml:lang="en-GB">{"".join(parts)}</div>'


def _name(family: str, given: str, middle: str, prefix: str, suffix: str, text: str) -> Resource:
    made: Resource = {"text": text}
    for key, found in (
        ("family", family),
        ("given", [g for g in (given, middle) if g]),
        ("prefix", prefix and [prefix]),
        ("suffix", suffix and [suffix]),
    ):
        if found:
            made[key] = found
    return made


def _concept(system: str, code: str, display: str) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _uid_identifier(uid: str) -> Resource:
    return {"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}


def _to(report: Issued, kind: str, display: str) -> Resource:
    made = {"reference": f"urn:uuid:{_id(report, kind)}"}
    return {**made, "display": display} if display else made


def _id(report: Issued, kind: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"{report.report.sop_uid} {kind}"))
