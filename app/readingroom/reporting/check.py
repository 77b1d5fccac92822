"""What would stop a radiologist from signing, found before the signature and not after it. Pure and quick."""

import itertools
import re
from collections.abc import Callable, Iterator

from readingroom.record.patient import Patient
from readingroom.record.study import Series
from readingroom.reporting import check_terms as terms
from readingroom.reporting.check_scores import scores
from readingroom.reporting.check_words import WORD_RULES
from readingroom.reporting.concern import NOTE as NOTE
from readingroom.reporting.concern import STOP as STOP
from readingroom.reporting.concern import WARN as WARN
from readingroom.reporting.concern import CaseView as CaseView
from readingroom.reporting.concern import Concern as Concern
from readingroom.reporting.concern import ReadSet as ReadSet
from readingroom.reporting.draft import WITHDRAWAL, Draft, filled, number_now
from readingroom.reporting.numbers import sizes, stated
from readingroom.reporting.sides import sides_of_study, sides_said
from readingroom.reporting.template import Field, Template

_ONCE = ("side", "tenfold")
"""What two rules may find in one field is told once."""


def check(draft: Draft, template: Template, case: CaseView) -> tuple[Concern, ...]:
    """Every concern about a draft, those that cannot be waived first; empty where it may be signed."""
    rules = _RULES_OF_WITHDRAWAL if template.id == WITHDRAWAL.id else _RULES
    found: list[Concern] = []
    for concern in (concern for rule in rules for concern in rule(draft, template, case)):
        if concern.rule not in _ONCE or not any((c.rule, c.where) == (concern.rule, concern.where) for c in found):
            found.append(concern)
    order = {STOP: 0, WARN: 1, NOTE: 2}
    return tuple(sorted(found, key=lambda concern: order[concern.severity]))


def _another_study(draft: Draft, _: Template, case: CaseView) -> Iterator[Concern]:
    if draft.study_uid != case.study.uid:
        yield Concern("study", "This draft belongs to another examination.", "", False, STOP)


def _amended(draft: Draft, _: Template, __: CaseView) -> Iterator[Concern]:
    if draft.amends and not draft.reason.strip():
        yield Concern("reason", "The amendment of a signed report gives no reason.", "", False, STOP)


def _impression(draft: Draft, template: Template, _: CaseView) -> Iterator[Concern]:
    fields = [field for section in template.sections if section.role == "impression" for field in section.fields]
    if not any(draft.text(field.id).strip() for field in fields):
        where = fields[0].id if fields else ""
        yield Concern("impression", "The impression is empty.", where, False, STOP)


def _required(draft: Draft, template: Template, _: CaseView) -> Iterator[Concern]:
    impressions = {f.id for section in template.sections if section.role == "impression" for f in section.fields}
    for field in template.fields():
        if field.required == "none" or draft.text(field.id).strip() or field.id in impressions:
            continue
        stops = field.required == "prohibit"
        yield Concern("required", f"“{field.label}” is empty.", field.id, not stops, STOP if stops else WARN)


_OURS = re.compile(r"\[(?:examination|modality|body_part|date|contrast|prior|prior_date|comparison)\]|\{[a-z_]+\}")
_LEFT = re.compile(rf"{terms.LEFTOVERS}|{terms.TWICE}", re.IGNORECASE)


def _leftovers(draft: Draft, template: Template, _: CaseView) -> Iterator[Concern]:
    for field, text in _texts(draft, template):
        if ours := _OURS.search(text):
            name = ours[0].strip("[]{}").replace("_", " ")
            words = f"“{field.label}” still says {ours[0]}: state the {name}."
            yield Concern("placeholder", words, field.id, False, STOP)
        elif left := _LEFT.search(text):
            yield Concern("leftover", f"“{field.label}” still contains “{left[0][:40].strip()}”.", field.id)


def _form(draft: Draft, template: Template, _: CaseView) -> Iterator[Concern]:
    for field, text in _texts(draft, template):
        if field.kind == "choice" and text not in field.choices:
            yield Concern("choice", f"“{field.label}”: “{text}” is not one of its choices.", field.id)
        if field.kind != "number":
            continue
        number = stated(text, field.unit)
        if number is None:
            unit = f" in {field.unit}" if field.unit else ""
            yield Concern("number", f"“{field.label}”: “{text}” is not one number{unit}.", field.id)
        elif field.bounds and not field.bounds[0] <= number <= field.bounds[1]:
            low, high = field.bounds
            words = f"“{field.label}”: {text} is outside {low:g} to {high:g} {field.unit}."
            yield Concern("range", words.replace(" .", "."), field.id)


def _side(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    side = sides_of_study(case.study)
    findings: set[str] = set()
    for section, fields in filled(draft, template):
        if section.role not in ("findings", "impression", "recommendation"):
            continue
        for field, text in fields:
            spoken = sides_said(text)
            other = spoken - {side}
            if side and other:
                words = f"“{field.label}” says {_or(other)}, and the examination is of the {side}."
                yield Concern("side", words, field.id)
            elif section.role == "findings":
                findings |= spoken
            elif findings and spoken - findings:
                words = f"“{field.label}” says {_or(spoken - findings)}, and the findings say only {_or(findings)}."
                yield Concern("side", words, field.id)


def _stale(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    measured = {measurement.tracking_uid: measurement for measurement in case.measurements}
    for field_id in dict.fromkeys([*draft.stale, *(link.field for link in draft.links)]):
        label = field.label if (field := template.field(field_id)) else field_id
        wrong = [link for link in draft.links if link.field == field_id and number_now(link, measured) != link.text]
        if wrong:
            now = number_now(wrong[0], measured)
            words = f"its measurement now says {now}" if now else "its measurement is gone"
            yield Concern("stale", f"“{label}” says {wrong[0].text}, and {words}.", field_id)
        elif field_id in draft.stale:
            yield Concern("stale", f"A number in “{label}” changed after it was dictated.", field_id)


def _tenfold(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    """Centimetres said for millimetres, or the other way round: a size ten times, or a tenth of, a linked one."""
    linked = {link.tracking_uid for link in draft.links}
    measured = [
        value.value for m in case.measurements if m.tracking_uid in linked for value in m.values if value.unit == "mm"
    ]
    if not measured:
        return
    for field, text in _texts(draft, template):
        whole = f"{text} {field.unit}" if field.kind == "number" and text[-1:].isdigit() else text
        for size in sizes(whole):
            if any(_near(size.millimetres, mm) for mm in measured):
                continue
            source = next((mm for mm in measured for ten in (10, 0.1) if _near(size.millimetres, mm * ten)), None)
            if source is not None:
                words = f"“{field.label}” says {size.words}, and the measurement says {source:.1f} mm."
                yield Concern("tenfold", words, field.id)


def _unread(_: Draft, __: Template, case: CaseView) -> Iterator[Concern]:
    if case.seen_series is None:
        return
    unread = [s for s in case.study.series if s.uid not in case.seen_series and any(i.is_image for i in s.instances)]
    if unread:
        yield Concern("unread", f"{_count(len(unread), 'series', 'series')} not viewed: {_named(unread)}.")


def _slices(_: Draft, __: Template, case: CaseView) -> Iterator[Concern]:
    """Images that were not seen in series of which others were, and those not seen in the windows that are wanted.

    Without a window nobody knows how the reader looked at the rest: it is noted, and stops no signature.
    """
    severity = NOTE if case.seen_series is None else WARN
    for one in case.read or ():
        if one.seen < one.of and (one.seen or (case.seen_series is not None and one.series_uid in case.seen_series)):
            left = _count(one.of - one.seen, "image", "images")
            previews = f", {one.previews} of them as previews only" if one.previews else ""
            words = f"{left} of {one.of} of {one.name} not seen{previews}: {one.unseen}."
            yield Concern("slices", words, severity=severity)
        for window, which in one.lacking if one.seen else ():
            yield Concern("window", f"{one.name} not seen in a {window} window: images {which}.", severity=severity)


def _incomplete(_: Draft, __: Template, case: CaseView) -> Iterator[Concern]:
    received = dict(case.received)
    for series in case.study.series:
        expected = max(series.expected or 0, len(series.instances))
        here = received.get(series.uid, expected)
        if here < expected:
            yield Concern("incomplete", f"{here} of {expected} images of {_named([series])} are here.")
    whole, listed = case.study.expected or 0, sum(1 for _ in case.study.instances())
    if whole > max(listed, sum(series.expected or 0 for series in case.study.series)):
        yield Concern("incomplete", f"The archive counts {whole} objects in this examination and lists {listed}.")


def _holes(_: Draft, __: Template, case: CaseView) -> Iterator[Concern]:
    """What is missing although everything that the archive lists came."""
    for uid, count in case.unshown:
        series = case.study.series_named(uid)
        images = _count(count, "image", "images")
        yield Concern("unshown", f"{images} of {_named([series]) if series else 'a series'} cannot be shown.")
    for uid, after in case.gaps:
        series = case.study.series_named(uid)
        yield Concern("gap", f"Slices are missing in {_named([series]) if series else 'a series'} after image {after}.")


def _set_aside(_: Draft, __: Template, case: CaseView) -> Iterator[Concern]:
    if case.study.set_aside:
        aside, reason = _count(len(case.study.set_aside), "object", "objects"), case.study.set_aside[0].problem
        yield Concern("set_aside", f"{aside} of this examination kept apart and not shown: {reason}", severity=NOTE)


def _quality(_: Draft, __: Template, case: CaseView) -> Iterator[Concern]:
    for uid, words in case.quality:
        series = case.study.series_named(uid)
        name = _named([series]) if series else "a series"
        if "PREVIEW" in words.upper():
            of = words.partition(" of ")[2]
            what = f"{of} of {name}" if of else name
            yield Concern("preview", f"Of {what} only previews were looked at; the full images were not.")
        elif words:
            yield Concern("lossy", f"{name}: {words}.", severity=NOTE)


def _newer(_: Draft, __: Template, case: CaseView) -> Iterator[Concern]:
    if case.newer_report:
        yield Concern("newer", f"There is a newer report: {case.newer_report}.")
    if case.silent:
        silent = ", ".join(case.silent)
        yield Concern("silent", f"No answer whether there is a newer report: {silent}.", severity=NOTE)


_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Master)\.?\s+((?:[^\W\d_]|['’-])+)")
_COLLEAGUE = re.compile(
    r"\b(?:discuss|refer|inform|phone|telephone|told|under|seen by|consultant|surgeon)[^.]*$", re.IGNORECASE
)


def _wrong_name(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    own = _name_parts(case.study.patient)
    known = " ".join((case.study.patient.name, case.study.referrer, draft.author))
    mine = set(re.findall(r"[^\W\d_]+", known.casefold()))
    for field, text in _texts(draft, template):
        words = re.findall(r"[^\W\d_]+", text.casefold())
        pairs = set(itertools.pairwise(words))
        for other in case.other_patients:
            family, given = _name_parts(other)
            if family and given and {(family, given), (given, family)} & pairs and (family, given) != own:
                words_for = (
                    f"“{field.label}” names {other.display_name}, and this is {case.study.patient.display_name}."
                )
                yield Concern("name", words_for, field.id)
        for match in _TITLED.finditer(text):
            if not own[0] or not match[1][0].isupper() or _COLLEAGUE.search(text[: match.start()]):
                continue
            if not set(re.findall(r"[^\W\d_]+", match[1].casefold())) & mine:
                name = case.study.patient.display_name
                yield Concern("name", f"“{field.label}” says “{match[0]}”, and this is {name}.", field.id)


def _priors(draft: Draft, _: Template, case: CaseView) -> Iterator[Concern]:
    unopened = set(draft.compared) - (case.opened_priors if case.opened_priors is not None else set(draft.compared))
    if unopened:
        yield Concern("prior", "The report claims a comparison, and that prior was not opened.", "comparison")


_RULES: tuple[Callable[[Draft, Template, CaseView], Iterator[Concern]], ...] = (
    _another_study,
    _amended,
    _impression,
    _required,
    _leftovers,
    _form,
    _side,
    _stale,
    _tenfold,
    _unread,
    _slices,
    _incomplete,
    _holes,
    _set_aside,
    _quality,
    _newer,
    _wrong_name,
    _priors,
    *WORD_RULES,
    scores,
)

# A report that must not be relied on is withdrawn at once, whatever was not looked at.
_RULES_OF_WITHDRAWAL = (_another_study, _impression, _leftovers, _newer, _wrong_name)


def _texts(draft: Draft, template: Template) -> Iterator[tuple[Field, str]]:
    for _, fields in filled(draft, template):
        yield from fields


def _near(one: float, other: float) -> bool:
    """Whether two sizes say the same once rounded as a reader rounds: within a tenth."""
    return abs(one - other) <= 0.1 * abs(other)


def _or(sides: set[str]) -> str:
    return " and ".join(sorted(sides))


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _named(series: list[Series]) -> str:
    names = [f"{s.number if s.number is not None else ''} {s.description or s.modality}".strip() for s in series]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _name_parts(patient: Patient) -> tuple[str, str]:
    family, given = ([*patient.name.split("=")[0].split("^"), ""])[:2]
    return family.strip().casefold(), given.strip().split(" ")[0].casefold()
