"""Checks of what the words of a report say against each other, and against whom and what they are about."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from readingroom.display import words as spoken
from readingroom.record.patient import is_nhs_number
from readingroom.reporting import check_terms as terms
from readingroom.reporting.concern import CaseView, Concern
from readingroom.reporting.draft import Draft, filled
from readingroom.reporting.numbers import sizes
from readingroom.reporting.said import Mention, mentions
from readingroom.reporting.sides import sides_said
from readingroom.reporting.template import Field, Template

Rule = Callable[[Draft, Template, CaseView], Iterator[Concern]]
_FEMALE = re.compile(rf"\b(?:{terms.FEMALE})\b", re.IGNORECASE)
_MALE = re.compile(rf"\b(?:{terms.MALE})\b", re.IGNORECASE)
_WOMAN = re.compile(rf"\b(?:{terms.WOMAN})\b", re.IGNORECASE)
_MAN = re.compile(rf"\b(?:{terms.MAN})\b", re.IGNORECASE)
_AGED = r"\b\d{1,3}[\s-]*(?:year[\s-]*old|y/?o|yr[\s-]*old)\s+"
_AGED_WOMAN = re.compile(rf"{_AGED}(?:{terms.WOMAN})\b", re.IGNORECASE)
_AGED_MAN = re.compile(rf"{_AGED}(?:{terms.MAN})\b", re.IGNORECASE)
_RELATIVES = re.compile(terms.RELATIVES, re.IGNORECASE)
_NOT_REMOVED = re.compile(terms.NOT_REMOVED, re.IGNORECASE)
_SENTENCE = re.compile(r"(?<!\d)\.|\.(?!\d)|[;\n]")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY = re.compile(
    r"\b(?:(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)|(?P<d2>\d\d?)[./](?P<m2>\d\d?)[./](?P<y2>\d{4}|\d\d)"
    r"|(?P<d3>\d\d?)(?:st|nd|rd|th)?\s+(?P<m3>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?P<y3>\d{4}))\b",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"\b(?:compar\w+|previous\w*|prior|earlier|last|since)\b", re.IGNORECASE)
_BORN = re.compile(r"\b(?:DOB|D\.O\.B\.?|date of birth|born(?: on)?)\b[:\s]*$", re.IGNORECASE)
_TEN_DIGITS = re.compile(
    r"(?<![\d.])(?:(?<=NHS )|(?<=number )|(?<=no\. )|(?=\d{3}[ -]))(\d{3}[ -]?\d{3}[ -]?\d{4})(?!\d|\.\d)"
)
_CALLED = re.compile(
    r"\b(?:patient|pt|name)(?:\'s)?(?: name)?\s*[:=-]\s*(?P<one>[^\W\d_][\w\'’-]+(?:,? +[^\W\d_][\w\'’-]+){1,2})",
    re.IGNORECASE,
)


def _flips(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    """What the findings affirm and the impression denies, or the other way round; other places are no contradiction."""
    before = [m for _, _, found in _mentioned(draft, template, "findings") for m in found]
    for field, _, found in _mentioned(draft, template, "impression"):
        for name in dict.fromkeys(mention.finding for mention in found):
            here, there = _of(found, name), _of(before, name)
            if not _one_way(here) or not _one_way(there) or here[0].there == there[0].there:
                continue
            if _elsewhere(here, there):
                continue
            says, said = (
                ("says there is", "say there is none") if here[0].there else ("says there is no", "say there is")
            )
            words = f"“{field.label}” {says} {name}, and the findings {said}: “{there[0].words[:80]}”."
            yield Concern("negation", words, field.id)


def _sides(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    """One finding on one side in the findings and on the other in the impression."""
    before = [m for _, _, found in _mentioned(draft, template, "findings") for m in found]
    both = {side for _, text in _texts(draft, template, ("findings",)) for side in sides_said(text)}
    for field, _, found in _mentioned(draft, template, "impression"):
        for name in dict.fromkeys(mention.finding for mention in found):
            here = {side for m in _of(found, name) if m.there for side in m.sides}
            there = {side for m in _of(before, name) if m.there for side in m.sides}
            # Where the findings name only one side, the other is told already.
            if here and there and not here & there and here <= both:
                words = f"“{field.label}” says {name} on the {_or(here)}, and the findings say on the {_or(there)}."
                yield Concern("side", words, field.id)


def _tenfold_within(draft: Draft, template: Template, _: CaseView) -> Iterator[Concern]:
    """Millimetres in the findings that are centimetres in the impression."""
    before = {round(s.millimetres, 3) for _, text in _texts(draft, template, ("findings",)) for s in sizes(text)}
    for field, text in _texts(draft, template, ("impression",)):
        for size in sizes(text):
            mm = round(size.millimetres, 3)
            other = {round(mm / 10, 3), round(mm * 10, 3)} & before
            if other and mm not in before:
                words = f"“{field.label}” says {size.words}, and the findings say {other.pop():g} mm."
                yield Concern("tenfold", words, field.id)


def _sex(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    """Organs and words of the other sex than the patient's (PS3.3 C.7.1.1); what is said of relatives does not count."""
    wrong = {"M": (_FEMALE, _WOMAN, _AGED_WOMAN, "male"), "F": (_MALE, _MAN, _AGED_MAN, "female")}
    if case.study.patient.sex not in wrong:
        return
    organs, persons, aged, sex = wrong[case.study.patient.sex]
    for section, fields in filled(draft, template):
        for field, text in fields:
            for sentence in _SENTENCE.split(text):
                if _RELATIVES.search(sentence):
                    continue
                # A history is often about others too; there only the patient's own description counts.
                found = (
                    aged.search(sentence)
                    if section.role == "history"
                    else organs.search(sentence) or persons.search(sentence)
                )
                if found:
                    yield Concern("organ", f"“{field.label}” says “{found[0]}”, and the patient is {sex}.", field.id)
                    break


def _removed(draft: Draft, template: Template, _: CaseView) -> Iterator[Concern]:
    """An organ that was taken out, and is described."""
    said = [(field, s) for field, text in _texts(draft, template) for s in _SENTENCE.split(f"{field.label}: {text}")]
    for organ, operation, how in terms.REMOVED:
        gone = next((s for _, s in said if re.search(rf"\b{operation}\b", s, re.I) and not _NOT_REMOVED.search(s)), "")
        described = re.compile(
            rf"\b{how}\b(?! bed| fossa)[^,;]{{0,40}}\b(?:{terms.DESCRIBED})|\b(?:normal|unremarkable|enlarged) (?:{how})\b(?! bed| fossa)",
            re.I,
        )
        there = next((field for field, s in said if s != gone and described.search(s)), None) if gone else None
        if there is not None:
            yield Concern("organ", f"“{there.label}” describes the {organ}: “{gone.strip()[:60]}”.", there.id)


def _dates(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    """A prior that is named by its day, and is not known, was not opened, or lies after this examination."""
    known: dict[date, set[str]] = {}
    for uid, day in case.prior_dates:
        known.setdefault(day, set()).add(uid)
    for section, fields in filled(draft, template):
        for field, text in fields:
            for sentence in _SENTENCE.split(text):
                if section.role != "comparison" and not _EARLIER.search(sentence):
                    continue
                for day in (d for match in _DAY.finditer(sentence) if (d := _day(match)) is not None):
                    if why := _unfit(day, known, case):
                        yield Concern("prior", f"“{field.label}” names {spoken.day(day)}, and {why}.", field.id)


def _unfit(day: date, known: dict[date, set[str]], case: CaseView) -> str:
    if case.study.date is not None and day > case.study.date:
        return "that is after this examination"
    if day == case.study.date or not known:
        return ""
    if day not in known:
        return "no prior of that day is known"
    opened = case.opened_priors
    return "that prior was not opened" if opened is not None and not known[day] & opened else ""


def _identity(draft: Draft, template: Template, case: CaseView) -> Iterator[Concern]:
    """Another patient's number, birth date or name in the text."""
    who = case.study.patient
    own = re.sub(r"\D", "", who.id)
    mine = set(re.findall(r"[^\W\d_]+", who.name.casefold()))
    for field, text in _texts(draft, template):
        for match in _TEN_DIGITS.finditer(text):
            if is_nhs_number(match[1]) and own and re.sub(r"\D", "", match[1]) != own:
                yield Concern("name", f"“{field.label}” has {match[1]}, and the patient is {who.display_id}.", field.id)
        for match in _DAY.finditer(text):
            born = _day(match)
            if born and who.birth_date and born != who.birth_date and _BORN.search(text[: match.start()]):
                yield Concern("name", f"“{field.label}” says born {match[0]}, and the patient was not.", field.id)
        for match in _CALLED.finditer(text):
            if mine and match["one"][0].isupper() and not set(re.findall(r"[^\W\d_]+", match["one"].casefold())) & mine:
                yield Concern("name", f"“{field.label}” says “{match[0]}”, and this is {who.display_name}.", field.id)


WORD_RULES: tuple[Rule, ...] = (_flips, _sides, _tenfold_within, _sex, _removed, _dates, _identity)


def _mentioned(draft: Draft, template: Template, role: str) -> Iterator[tuple[Field, str, list[Mention]]]:
    for field, text in _texts(draft, template, (role,)):
        yield field, text, list(mentions(text, field.label if role == "findings" else ""))


def _texts(draft: Draft, template: Template, roles: tuple[str, ...] = ()) -> Iterator[tuple[Field, str]]:
    for section, fields in filled(draft, template):
        if not roles or section.role in roles:
            yield from fields


def _of(found: list[Mention], name: str) -> list[Mention]:
    return [mention for mention in found if mention.finding == name]


def _one_way(found: list[Mention]) -> bool:
    """Whether all that is said of a finding is the same, and certain."""
    return len({mention.there for mention in found}) == 1 and found[0].there is not None


def _elsewhere(here: list[Mention], there: list[Mention]) -> bool:
    """Whether two accounts of a finding are of other places, or of other sides."""
    places, others = {p for m in here for p in m.places}, {p for m in there for p in m.places}
    sides, opposite = {s for m in here for s in m.sides}, {s for m in there for s in m.sides}
    return bool((places and others and not places & others) or (sides and opposite and not sides & opposite))


def _day(match: re.Match[str]) -> date | None:
    """The day that was found; two digits of a year are of this century."""
    year, month, day = (match["y"], match["m"], match["d"]) if match["y"] else (match["y2"], match["m2"], match["d2"])
    if match["y3"]:
        year, month, day = match["y3"], str(_MONTHS.index(match["m3"].casefold()) + 1), match["d3"]
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def _or(sides: set[str]) -> str:
    return " and ".join(sorted(sides))
