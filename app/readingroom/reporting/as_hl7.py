"""A signed report as an HL7 v2.4 ORU^R01 message, read back number by number before it is given away."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha256

from readingroom.base.errors import ReaderError
from readingroom.record.patient import NHS_ISSUERS
from readingroom.reporting import sr_codes as codes
from readingroom.reporting.issued import Issued, Rendered, lost, name_parts, printable

STATUS = {"provisional": "P", "signed": "F", "addendum": "C", "amended": "C", "withdrawn": "X"}
"""OBR-25 (HL7 table 0123), by the state of a stored report."""
RESULT = {**STATUS, "withdrawn": "D"}
"""OBX-11 (HL7 table 0085)."""
_ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}
_PLAIN = {escaped[1]: letter for letter, escaped in _ESCAPES.items()}
_TITLES = {container[2]: container for container, _ in codes.SECTIONS.values()}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def hl7_message(report: Issued) -> Rendered:
    """The message in UTF-8, segments ended by CR; ReaderError naming the field that is too long for it."""
    segments = [_msh(report), _pid(report), "PV1|1|N", _obr(report), *_results(report)]
    content = ("\r".join(segments) + "\r").encode("utf-8")
    _compare(report, content)
    warnings = [*report.report.warnings, *lost(report)]
    if report.report.state == "withdrawn":
        warnings.append("The receiver must take OBR-25 X and OBX-11 D as a withdrawal; the reason stands in NTE.")
    return Rendered(content, tuple(warnings))


def fields_of(content: bytes) -> tuple[tuple[str, ...], ...]:
    """A message taken apart again: its segments as fields, still escaped; MSH-1 is the separator, as in the standard."""
    found = []
    for segment in content.decode("utf-8").split("\r"):
        if segment:
            fields = segment.split("|")
            found.append(("MSH", "|", *fields[1:]) if fields[0] == "MSH" else tuple(fields))
    return tuple(found)


def unescaped(text: str) -> str:
    """A field's text as it was before it was escaped (HL7 v2.4, 2.10)."""
    return re.sub(r"\\([EFSTR])\\", lambda match: _PLAIN[match[1]], text)


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in printable(text).replace("\n", " "))


def _msh(report: Issued) -> str:
    at = f"{report.verified:%Y%m%d%H%M%S%z}" if report.verified else ""
    control = sha256(report.report.sop_uid.encode()).hexdigest()[:20]
    sender = _fits("MSH-4 sending facility", _escaped(report.report.organisation), 180)
    return f"MSH|^~\\&|READINGROOM|{sender}|||{at}||ORU^R01|{control}|P|2.4||||||UNICODE UTF-8"


def _pid(report: Issued) -> str:
    who = report.patient
    authority, kind = ("NHS", "NH") if who.issuer in NHS_ISSUERS else (_escaped(who.issuer), "PI")
    family, given, middle, prefix, suffix = (_escaped(part) for part in name_parts(who.name))
    number = _fits("PID-3 patient identifier", f"{_escaped(who.id)}^^^{authority}^{kind}", 250)
    name = _fits("PID-5 patient name", f"{family}^{given}^{middle}^{suffix}^{prefix}", 250)
    born = f"{who.birth_date:%Y%m%d}" if who.birth_date else ""
    return f"PID|1||{number}||{name}||{born}|{who.sex if who.sex in ('M', 'F', 'O') else 'U'}"


def _obr(report: Issued) -> str:
    read = report.report
    fields = [""] * 33
    fields[0], fields[1] = "OBR", "1"
    fields[2] = _fits("OBR-2 placer order number", _escaped(report.placer), 22)
    fields[3] = _fits("OBR-3 filler order number", _escaped(read.accession or report.filler), 22)
    code, scheme, meaning = report.procedure
    text = _escaped(meaning or report.description or "Imaging examination")
    fields[4] = _fits("OBR-4 examination", f"{_escaped(code)}^{text}^{_escaped(scheme)}", 250)
    fields[7] = f"{report.examined:%Y%m%d}" if report.examined else ""
    family, given, middle, prefix, suffix = (_escaped(part) for part in name_parts(report.referrer))
    if family or given:
        fields[16] = _fits("OBR-16 referrer", f"^{family}^{given}^{middle}^{suffix}^{prefix}", 250)
    fields[22] = f"{report.verified:%Y%m%d%H%M%S%z}" if report.verified else ""
    fields[24], fields[25] = "RAD", STATUS[read.state]
    parts = [_escaped(part) for part in name_parts(read.verified_by)]
    family, given, middle, prefix, suffix = parts
    if family or given:
        who = f"{_escaped(read.registration)}&{family}&{given}&{middle}&{suffix}&{prefix}"
        fields[32] = _fits("OBR-32 principal interpreter", who, 200)
    return "|".join(fields)


def _results(report: Issued) -> Iterator[str]:
    status = RESULT[report.report.state]
    lines = [(title, line) for title, text in report.report.sections for line in (printable(text).splitlines() or [""])]
    if report.report.state == "withdrawn":
        for n, (_, line) in enumerate(lines, 1):
            yield f"NTE|{n}|L|{_fits('NTE-3 the reason', _escaped(line), 65536)}"
    yield f"OBX|1|HD|113014^DICOM Study^DCM||{report.report.study_uid}||||||{status}"
    n = 2
    for title, line in lines if report.report.state != "withdrawn" else ():
        code, scheme, meaning = _section(title)
        words = _fits(f"OBX-5 of “{title}”", _escaped(line), 65536)
        concept = _fits("OBX-3 section", f"{code}^{meaning}^{scheme}", 250)
        yield f"OBX|{n}|TX|{concept}|{n - 1}|{words}||||||{status}"
        n += 1
    for number in report.report.numbers:
        code, scheme, meaning = (_escaped(part) for part in codes.concept_code(number.concept))
        unit, system, named = (_escaped(part) for part in codes.unit_code(number.unit))
        concept = _fits("OBX-3 number", f"{code}^{meaning}^{scheme}", 250)
        yield f"OBX|{n}|NM|{concept}|{n - 1}|{_decimal(number.value)}|{unit}^{named}^{system}|||||{status}"
        n += 1


def _section(title: str) -> tuple[str, str, str]:
    value, scheme, meaning = _TITLES.get(title, ("", "L", title))
    return value or _escaped(title)[:20], scheme, _escaped(meaning)


def _decimal(value: float) -> str:
    """A number as NM has it: no exponent (HL7 v2.4, 2.9.29)."""
    return f"{Decimal(repr(value)):f}"


def _fits(field: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise ReaderError(
            f"{field} has {len(text)} characters, and HL7 v2.4 holds {limit}.", "Shorten it, or export another form."
        )
    return text


def _compare(report: Issued, content: bytes) -> None:
    """ReaderError unless every number of the report comes back from the message as it was."""
    fields = fields_of(content)
    values = [float(unescaped(one[5])) for one in fields if one[0] == "OBX" and one[2] == "NM"]
    spoken = [unescaped(one[5]) for one in fields if one[0] == "OBX" and one[2] == "TX"]
    spoken += [unescaped(one[3]) for one in fields if one[0] == "NTE"]
    wanted = [number.value for number in report.report.numbers]
    if values != wanted or _numbers(spoken) != _numbers([printable(text) for _, text in report.report.sections]):
        raise ReaderError("A number of this report would not survive as HL7.", "Export another form.")


def _numbers(texts: Sequence[str]) -> list[str]:
    return [number for text in texts for number in _NUMBER.findall(text)]
