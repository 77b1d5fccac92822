"""A report in writing: a frozen value, from which every keystroke makes a new one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.display import words as spoken
from readingroom.record.finding import Measurement, Value
from readingroom.record.search import StudyRow
from readingroom.record.study import Study
from readingroom.reporting.numbers import places, said
from readingroom.reporting.template import Field, Section, Template
from readingroom.settings.sections import ReaderSettings

STATES = ("draft", "sending", "stored", "failed", "signed")
ADDENDUM = Template(
    id="addendum",
    title="Addendum",
    sections=(Section("addendum", "Addendum", "impression", (Field("addendum", "Addendum", required="prohibit"),)),),
)
WITHDRAWAL = Template(
    id="withdrawal",
    title="Withdrawal",
    sections=(
        Section("withdrawal", "Report withdrawn", "impression", (Field("reason", "Reason", required="prohibit"),)),
    ),
)
OWN_TEMPLATES = {template.id: template for template in (ADDENDUM, WITHDRAWAL)}
"""What follows a signed report is written in these, whatever templates a site has."""

_BARE = re.compile(r"[+\-−–]?\d+(?:[.,]\d+)?")
_WITH = re.compile(r"\bwith (i\.?v\.? |intravenous )?contrast\b|\bcontrast[- ]enhanced\b|\bpost[- ]?contrast\b")
_WITHOUT = re.compile(
    r"\bwithout (i\.?v\.? |intravenous )?contrast\b|\bunenhanced\b|\bnon[- ]?contrast\b|\bno contrast\b"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A number of a measurement in a field: text is how it stands there, unit the field's unit ("" = its own)."""

    field: str
    tracking_uid: str
    concept: str
    text: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One report in writing.

    fields: (field id, text). stale: ids of fields whose numbers changed, or lost their measurement, after they were
    dictated. compared: UIDs of the prior studies it claims to compare with. predecessor: SOP Instance UID of the report
    that this one adds to, takes the place of or withdraws. reason: why a signed report is amended. state: one of STATES;
    only in "draft" may it be written to.
    """

    study_uid: str
    template_id: str
    author: str
    started: datetime
    changed: datetime
    fields: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    stale: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    state: str = "draft"
    predecessor: str = ""
    reason: str = ""

    @property
    def amends(self) -> bool:
        """Whether this is the changed body of a signed report."""
        return bool(self.predecessor) and self.template_id not in OWN_TEMPLATES

    def text(self, field_id: str) -> str:
        """What stands in a field; "" where nothing does."""
        return dict(self.fields).get(field_id, "")

    def write(self, field_id: str, text: str, at: datetime) -> "Draft":
        """This draft with a field's text; a link whose number is no longer in the text is let go."""
        self._must_be_open()
        fields = {**dict(self.fields), field_id: text}
        return replace(
            self,
            fields=tuple(fields.items()),
            links=_kept(self.links, field_id, text),
            stale=tuple(name for name in self.stale if name != field_id),
            changed=at,
        )

    def link(self, field: Field, measurement: Measurement, at: datetime, position: int | None = None) -> "Draft":
        """This draft with a measured number in a field, where it follows its measurement from now on.

        A number field is replaced; in a text the number goes in at `position` (default: its end). ReaderError where the
        measurement has no number that the field wants.
        """
        self._must_be_open()
        if not measurement.tracking_uid:
            raise ReaderError("This measurement has no identity yet.", "Finish drawing it first.")
        value = _wanted(field, measurement)
        link = Link(field.id, measurement.tracking_uid, value.concept, said(value, field.unit), field.unit)
        before = self.text(field.id)
        if field.kind == "number":
            text, held = link.text, tuple(other for other in self.links if other.field != field.id)
            links = (*held, link)
        else:
            text, start = _inserted(before, link.text, len(before) if position is None else position)
            links = _placed(self.links, link, before, start)
        fields = {**dict(self.fields), field.id: text}
        stale = tuple(name for name in self.stale if name != field.id or field.kind != "number")
        return replace(self, fields=tuple(fields.items()), links=links, stale=stale, changed=at)

    def confirmed(self, field_id: str, at: datetime) -> "Draft":
        """This draft after the reader saw that a number in the field had changed, and let it stand."""
        self._must_be_open()
        return replace(self, stale=tuple(name for name in self.stale if name != field_id), changed=at)

    def in_state(self, state: str, at: datetime) -> "Draft":
        """This draft in another of the STATES."""
        if state not in STATES:
            raise ReaderError(f"A report cannot be “{state}”.", f"Use one of: {', '.join(STATES)}.")
        return replace(self, state=state, changed=at)

    def _must_be_open(self) -> None:
        if self.state != "draft":
            raise ReaderError("This report is signed and cannot be changed.", "Write an addendum.")


def draft(
    template: Template,
    study: Study,
    priors: Sequence[Study | StudyRow],
    reader: ReaderSettings,
    at: datetime,
    known: Mapping[str, str] | None = None,
) -> Draft:
    """A new draft, its pre-filled texts completed from the examination and the priors it is to be compared with.

    known: what else fills placeholders, e.g. {"contrast": "with 90 ml of iohexol"}. What is not known stays as "[name]",
    which no check lets pass.
    """
    earlier = _earlier(study, priors)
    words = {**_words_for(study, earlier), **(known or {})}
    fields = tuple((field.id, _filled(field.text, words)) for field in template.fields() if field.text)
    compared = (_uid(earlier[0]),) if earlier and any("{comparison}" in f.text for f in template.fields()) else ()
    return Draft(study.uid, template.id, reader.name, at, at, fields, compared=compared)


def addendum_draft(study_uid: str, previous_sop_uid: str, reader: ReaderSettings, at: datetime) -> Draft:
    """A new addendum to a signed report, in the template ADDENDUM."""
    return Draft(study_uid, ADDENDUM.id, reader.name, at, at, predecessor=previous_sop_uid)


def normal(draft: Draft, template: Template, at: datetime, fields: Sequence[str] = ()) -> Draft:
    """The draft with the normal text in the named fields (default: all) that are still empty."""
    for field in template.fields():
        if field.normal and (not fields or field.id in fields) and not draft.text(field.id).strip():
            draft = draft.write(field.id, field.normal, at)
    return draft


def refreshed(draft: Draft, measurements: Sequence[Measurement], at: datetime) -> Draft:
    """The draft after measurements changed: linked numbers follow, and their fields are stale until looked at.

    The same draft where nothing changed or where it is signed. A number whose measurement is gone, or no longer has the
    field's unit, stays as it stands and is stale.
    """
    if draft.state != "draft":
        return draft
    by_uid = {measurement.tracking_uid: measurement for measurement in measurements}
    fields, links, stale = dict(draft.fields), list(draft.links), list(draft.stale)
    for field_id in dict.fromkeys(link.field for link in draft.links):
        here = [n for n, link in enumerate(links) if link.field == field_id]
        spans = _spans(fields.get(field_id, ""), [links[n] for n in here])
        for n, span in sorted(zip(here, spans, strict=True), key=lambda pair: pair[1] or (-1, -1), reverse=True):
            now = number_now(links[n], by_uid)
            if now == links[n].text:
                continue
            if now is not None and span is not None:
                text = fields[field_id]
                fields[field_id] = text[: span[0]] + now + text[span[1] :]
                links[n] = replace(links[n], text=now)
            stale.append(field_id)
    after = replace(
        draft, fields=tuple(fields.items()), links=tuple(links), stale=tuple(dict.fromkeys(stale)), changed=at
    )
    return draft if replace(after, changed=draft.changed) == draft else after


def number_now(link: Link, measurements: Mapping[str, Measurement]) -> str | None:
    """What a linked number ought to say today; None where its measurement is gone or has lost that number."""
    measurement = measurements.get(link.tracking_uid)
    value = measurement.value(link.concept) if measurement else None
    if value is None:
        return None
    try:
        return said(value, link.unit)
    except ReaderError:
        return None


def filled(draft: Draft, template: Template) -> Iterator[tuple[Section, tuple[tuple[Field, str], ...]]]:
    """Every section that says something, with its fields that do; texts of fields the template lacks come last."""
    for section in template.sections:
        said_here = tuple((field, text) for field in section.fields if (text := draft.text(field.id).strip()))
        if said_here:
            yield section, said_here
    lost = tuple((Field(name, name), text.strip()) for name, text in draft.fields if not template.field(name))
    lost = tuple((field, text) for field, text in lost if text)
    if lost:
        yield Section("further", "Further text", "findings", tuple(field for field, _ in lost)), lost


def paragraph(section: Section, field: Field, text: str) -> str:
    """A field's words as a report shows them: with its label, unless it is its section's only field.

    A number that was written without its unit gets it: what stands in a form beside "mm" must not leave it bare.
    """
    if field.kind == "number" and field.unit and _BARE.fullmatch(text):
        text = f"{text} {spoken.unit(field.unit)}"
    return text if len(section.fields) == 1 else f"{field.label}: {text}"


def plain_text(draft: Draft, template: Template) -> str:
    """The report as plain text: each section's title in capitals, then its words."""
    blocks: list[str] = []
    for section, fields in filled(draft, template):
        lines = [paragraph(section, field, text) for field, text in fields]
        blocks.append("\n".join([section.title.upper(), *lines]))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def as_json(draft: Draft) -> dict[str, Any]:
    """The draft as the journal keeps it."""
    return {
        "study_uid": draft.study_uid,
        "template_id": draft.template_id,
        "author": draft.author,
        "started": draft.started.isoformat(),
        "changed": draft.changed.isoformat(),
        "fields": [list(pair) for pair in draft.fields],
        "links": [[link.field, link.tracking_uid, link.concept, link.text, link.unit] for link in draft.links],
        "stale": list(draft.stale),
        "compared": list(draft.compared),
        "state": draft.state,
        "predecessor": draft.predecessor,
        "reason": draft.reason,
    }


def from_json(kept: Mapping[str, Any]) -> Draft:
    """The draft that as_json kept, or ReaderError where it is damaged."""
    try:
        if kept["state"] not in STATES:
            raise ValueError(f"state {kept['state']}")
        return Draft(
            study_uid=str(kept["study_uid"]),
            template_id=str(kept["template_id"]),
            author=str(kept["author"]),
            started=datetime.fromisoformat(kept["started"]),
            changed=datetime.fromisoformat(kept["changed"]),
            fields=tuple((str(name), str(text)) for name, text in kept["fields"]),
            links=tuple(Link(*(str(part) for part in link)) for link in kept["links"]),
            stale=tuple(str(name) for name in kept["stale"]),
            compared=tuple(str(uid) for uid in kept["compared"]),
            state=str(kept["state"]),
            predecessor=str(kept["predecessor"]),
            reason=str(kept.get("reason", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReaderError(
            f"The journal's draft of this report is damaged ({error!r}).", "Begin the report again."
        ) from error


def _wanted(field: Field, measurement: Measurement) -> Value:
    if field.kind == "choice":
        raise ReaderError(f"“{field.label}” takes one of its choices, not a number.", "Link a number field or a text.")
    if not field.link and measurement.values:
        return measurement.values[0]
    value = next((v for concept in field.link if (v := measurement.value(concept))), None)
    if value is None:
        wanted = " or ".join(field.link) or "a number"
        raise ReaderError(
            f"“{field.label}” takes {wanted}, and this measurement has none.", "Link another measurement."
        )
    return value


def _inserted(text: str, number: str, position: int) -> tuple[str, int]:
    """The text with a number put in between spaces, and where the number starts."""
    before, after = text[:position], text[position:]
    gap = " " if before and not before[-1].isspace() and before[-1] not in "([" else ""
    tail = " " if after and (after[0].isalnum()) else ""
    return before + gap + number + tail + after, len(before + gap)


def _placed(links: tuple[Link, ...], link: Link, before: str, start: int) -> tuple[Link, ...]:
    """Links with a new one, in the order of their numbers in the field's text."""
    here = [other for other in links if other.field == link.field]
    spans = _spans(before, here)
    ahead = sum(1 for span in spans if span is not None and span[1] <= start)
    here.insert(ahead, link)
    return (*(other for other in links if other.field != link.field), *here)


def _spans(text: str, links: Sequence[Link]) -> list[tuple[int, int] | None]:
    """Where each link's number stands in its field: links with the same words take them in order."""
    spans: list[tuple[int, int] | None] = []
    taken: dict[str, int] = {}
    for link in links:
        found = places(text, link.text)
        n = taken.get(link.text, 0)
        spans.append(found[n] if n < len(found) else None)
        taken[link.text] = n + 1
    return spans


def _kept(links: tuple[Link, ...], field_id: str, text: str) -> tuple[Link, ...]:
    here = [link for link in links if link.field == field_id]
    gone = {id(link) for link, span in zip(here, _spans(text, here), strict=True) if span is None}
    return tuple(link for link in links if id(link) not in gone)


def _earlier(study: Study, priors: Sequence[Study | StudyRow]) -> list[Study | StudyRow]:
    """The priors made before the study, newest first; those without a date last."""
    kept = [p for p in priors if _uid(p) != study.uid and not (p.date and study.date and p.date > study.date)]
    return sorted(kept, key=lambda prior: prior.date or date.min, reverse=True)


def _uid(study: Study | StudyRow) -> str:
    return study.uid if isinstance(study, Study) else study.study_uid


def _words_for(study: Study, earlier: Sequence[Study | StudyRow]) -> dict[str, str]:
    words = {
        "examination": study.description,
        "modality": ", ".join(study.modalities),
        "body_part": next((series.body_part.lower() for series in study.series if series.body_part), ""),
        "date": _day(study.date),
        "contrast": _contrast(study),
        "comparison": "No prior examination was found.",
    }
    if earlier:
        words["prior"] = earlier[0].description or ", ".join(earlier[0].modalities)
        words["prior_date"] = _day(earlier[0].date) or "unknown date"
        words["comparison"] = f"Compared with {words['prior'] or 'the examination'} of {words['prior_date']}."
    return words


def _day(day: date | None) -> str:
    return spoken.day(day) if day else ""


def _contrast(study: Study) -> str:
    """What the descriptions say of contrast medium; "" where they are silent or say both."""
    text = " / ".join([study.description, *(series.description for series in study.series)]).casefold()
    given, withheld = bool(_WITH.search(text)), bool(_WITHOUT.search(text))
    if given == withheld:
        return ""
    return "with contrast medium" if given else "without contrast medium"


def _filled(text: str, words: Mapping[str, str]) -> str:
    return re.sub(r"\{([^{}]*)\}", lambda match: words.get(match[1], "") or f"[{match[1]}]", text)
