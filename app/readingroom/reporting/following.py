"""What may follow a signed report, in writing: its words back in their fields, and what an amendment changes in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.record.finding import Measurement, Value
from readingroom.reporting import sr_codes as codes
from readingroom.reporting import sr_tree as tree
from readingroom.reporting.draft import WITHDRAWAL, Draft, Link
from readingroom.reporting.numbers import places, said
from readingroom.reporting.sr_read import document_of
from readingroom.reporting.template import Field, Section, Template
from readingroom.settings.sections import ReaderSettings

_ROLES = {container[0]: role for role, (container, _) in codes.SECTIONS.items()}
_NOTES = frozenset({codes.ADDENDUM[0], codes.AMENDMENT[0], codes.WITHDRAWAL[0]})
_TITLES = {
    "history": "Clinical history", "technique": "Technique", "comparison": "Comparison", "findings": "Findings",
    "impression": "Impression", "recommendation": "Recommendation",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """One number of a stored report: the field it stands in, and its content item as it is stored."""

    field: str
    item: Dataset

    @property
    def tracking_uid(self) -> str:
        """The identity of the measurement, "" where the report names none."""
        found = (c for c in tree.children(self.item) if tree.code(c)[0] == codes.TRACKING_UID[0])
        return next((tree.word(c, "UID") for c in found), "")

    @property
    def value(self) -> Value | None:
        """What it says; None where it has no value."""
        measured = tree.inside(self.item, "MeasuredValueSequence")
        number = tree.numbers(measured[0], "NumericValue") if measured else None
        if not number:
            return None
        unit, _, meaning = tree.code(measured[0], "MeasurementUnitsCodeSequence")
        return Value(tree.code(self.item)[2], number[0], meaning if unit == "1" and meaning[:2] == "px" else unit)


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a stored report in the fields of the template that it was written in."""

    template: Template
    fields: tuple[tuple[str, str], ...]
    numbers: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an amendment changes; before or after are "" where it was or becomes empty."""

    field: str
    label: str
    before: str
    after: str


def amendment_draft(
    previous: bytes,
    templates: Iterable[Template],
    measurements: Sequence[Measurement],
    reader: ReaderSettings,
    at: datetime,
) -> Draft:
    """A draft with the words of a signed report, to be changed; numbers of measurements at this desk are live again.

    ReaderError where the report cannot be taken apart without loss.
    """
    document = document_of(previous)
    if any(tree.code(child)[0] == codes.WITHDRAWAL[0] for child in tree.children(document)):
        raise ReaderError("This report is withdrawn, and nothing can follow it.", "Write a new report.")
    body = body_of(document, templates)
    made = Draft(
        tree.word(document, "StudyInstanceUID"), body.template.id, reader.name, at, at, body.fields,
        predecessor=tree.word(document, "SOPInstanceUID"),
    )  # fmt: skip
    return replace(made, links=tuple(_links(body, made, measurements)))


def withdrawal_draft(study_uid: str, previous_sop_uid: str, reader: ReaderSettings, at: datetime) -> Draft:
    """A new withdrawal of a signed report, in the template WITHDRAWAL."""
    return Draft(study_uid, WITHDRAWAL.id, reader.name, at, at, predecessor=previous_sop_uid)


def body_of(document: Dataset, templates: Iterable[Template]) -> Body:
    """The words of a stored report in the fields of the template it names, else of one by its roles alone.

    ReaderError where a part of it is of a kind that fields cannot hold, so that an amendment would lose it.
    """
    parts = _parts(document)
    if not parts:
        raise ReaderError("This report holds no words that could be amended.", "Write an addendum.")
    name = next((tree.said(c) for c in tree.children(document) if tree.code(c)[0] == codes.TEMPLATE[0]), "")
    named = next((template for template in templates if template.id == name), None)
    held = _in_fields(parts, named) if named is not None else None
    return held or _in_roles(parts)


def changes(before: Body, draft: Draft, template: Template) -> tuple[Change, ...]:
    """The fields whose words an amendment changes, in reading order."""
    earlier, now = dict(before.fields), dict(draft.fields)
    found = []
    for field_id in dict.fromkeys([*(f.id for f in template.fields()), *earlier, *now]):
        field = template.field(field_id) or before.template.field(field_id)
        was, will = _plain(earlier.get(field_id, "")), _plain(now.get(field_id, ""))
        if was != will:
            found.append(Change(field_id, field.label if field else field_id, was, will))
    return tuple(found)


def number_stands(number: Held, text: str, unit: str) -> bool:
    """Whether a number of a stored report is still said in a text."""
    value = number.value
    if value is None:
        return False
    try:
        return bool(places(text, said(value, unit)))
    except ReaderError:
        return False


@dataclass(frozen=True, slots=True)
class _Part:
    role: str
    text: str
    numbers: tuple[Dataset, ...] = ()


def _parts(document: Dataset) -> list[_Part]:
    parts: list[_Part] = []
    for child in tree.children(document):
        code = tree.code(child)[0]
        if tree.word(child, "RelationshipType") != "CONTAINS" or code in _NOTES:
            continue
        role = _ROLES.get(code, "")
        if tree.kind(child) != "CONTAINER" or not role:
            raise _lossy(tree.code(child)[2] or tree.kind(child))
        for item in tree.children(child):
            kind = tree.kind(item)
            if kind == "TEXT":
                parts.append(_Part(role, _plain(tree.word(item, "TextValue"))))
            elif kind == "NUM" and parts and parts[-1].role == role:
                parts[-1] = replace(parts[-1], numbers=(*parts[-1].numbers, item))
            elif tree.word(item, "RelationshipType") != "HAS OBS CONTEXT":
                raise _lossy(tree.code(item)[2] or kind)
    return parts


def _lossy(what: str) -> ReaderError:
    problem = f"This report was made elsewhere and holds “{what}”, which an amendment here would lose."
    return ReaderError(problem, "Write an addendum, or amend it in the program that made it.")


def _in_fields(parts: Sequence[_Part], template: Template) -> Body | None:
    """The parts in the fields of their own template; None where one of them fits none, so that nothing is lost."""
    fields: dict[str, str] = {}
    numbers: list[Held] = []
    for part in parts:
        found = next(
            (
                (field.id, text)
                for section in template.sections
                if section.role == part.role
                for field in section.fields
                if field.id not in fields and (text := _without_label(section, field, part.text)) is not None
            ),
            None,
        )
        if found is None:
            return None
        fields[found[0]] = found[1]
        numbers += [Held(found[0], item) for item in part.numbers]
    return Body(template, tuple(fields.items()), tuple(numbers))


def _without_label(section: Section, field: Field, text: str) -> str | None:
    if len(section.fields) == 1:
        return text
    start = f"{field.label}: "
    return text[len(start) :] if text.startswith(start) else None


def _in_roles(parts: Sequence[_Part]) -> Body:
    """The parts in one field for each role, as the general template has them."""
    fields: dict[str, list[str]] = {}
    numbers: list[Held] = []
    for part in parts:
        fields.setdefault(part.role, []).append(part.text)
        numbers += [Held(part.role, item) for item in part.numbers]
    return Body(GENERAL, tuple((role, "\n".join(lines)) for role, lines in fields.items()), tuple(numbers))


GENERAL = Template(
    id="general",
    title="General",
    sections=tuple(Section(role, title, role, (Field(role, title),)) for role, title in _TITLES.items()),
)


def _links(body: Body, draft: Draft, measurements: Sequence[Measurement]) -> Iterable[Link]:
    here = {measurement.tracking_uid: measurement for measurement in measurements}
    for number in body.numbers:
        field, value = body.template.field(number.field), number.value
        measurement = here.get(number.tracking_uid)
        if field is None or value is None or measurement is None or measurement.value(value.concept) is None:
            continue
        if number_stands(number, draft.text(field.id), field.unit):
            yield Link(field.id, number.tracking_uid, value.concept, said(value, field.unit), field.unit)


def _plain(text: str) -> str:
    return "\n".join(text.strip().splitlines())
