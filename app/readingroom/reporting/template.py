"""Report templates: what a kind of examination is reported in, and which template an examination gets.

A template is a YAML 1.2 file judged by a JSON Schema; each failure names its file, its line and its remedy.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.record.study import Study
from readingroom.settings.parsed import NAME, SCHEMA, Parsed, parsed, text_of
from readingroom.settings.places import resources
from readingroom.settings.yaml_file import document_of, line_of

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = frozenset(
    {"examination", "modality", "body_part", "date", "contrast", "prior", "prior_date", "comparison"}
)
ROLES = ("history", "technique", "comparison", "findings", "impression", "recommendation")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a template.

    kind: "text", "number" (in unit, bounds inclusive) or "choice". required: "none", "alert" (sign asks) or
    "prohibit" (sign refuses). normal: what a normal examination says here. text: what a draft begins with, with
    {placeholders}. link: the concepts of a measurement that may fill it, most wanted first.
    """

    id: str
    label: str
    kind: str = "text"
    unit: str = ""
    bounds: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    required: str = "none"
    normal: str = ""
    text: str = ""
    link: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One section; role is one of ROLES and decides where its words lie in the DICOM report (PS3.16 CID 7001)."""

    id: str
    title: str
    role: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Applies:
    """Which examinations a template is for; words and body parts are compared without case, as whole words.

    An entry of several words asks for all of them, in any order. procedure_codes: code values that name it outright.
    """

    modalities: tuple[str, ...] = ()
    without_modalities: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    without_words: tuple[str, ...] = ()
    procedure_codes: tuple[str, ...] = ()

    def score(self, study: Study) -> int | None:
        """How well an examination fits: 0 when this is for any, more the more that was asked for, None when not."""
        modalities = set(study.modalities)
        code, _, meaning = study.procedure_code or ("", "", "")
        if code and code in self.procedure_codes:
            return 8
        said = _words(f"{study.description} {meaning}")
        parts = {word for series in study.series for word in _words(series.body_part)}
        if modalities & set(self.without_modalities) or _named(self.without_words, said):
            return None
        if self.modalities and not modalities & set(self.modalities):
            return None
        region, words = _named(self.body_parts, parts), _named(self.words, said)
        if (self.body_parts or self.words) and not (region or words):
            return None
        # What the examination is called says more than the body part that a modality was set to.
        return bool(self.modalities) + (3 if words else 2 if region else 0)


@dataclass(frozen=True, slots=True)
class Template:
    """One template; source names the file it came from."""

    id: str
    title: str
    sections: tuple[Section, ...]
    applies: Applies = Applies()
    source: str = ""

    def fields(self) -> Iterator[Field]:
        """Every field in reading order."""
        for section in self.sections:
            yield from section.fields

    def field(self, field_id: str) -> Field | None:
        """The field with this id, or None."""
        return next((field for field in self.fields() if field.id == field_id), None)

    def section_of(self, field_id: str) -> Section | None:
        """The section that holds a field, or None."""
        return next((section for section in self.sections if any(f.id == field_id for f in section.fields)), None)


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of a folder that can be used, and what is wrong with the others."""

    usable: tuple[Template, ...]
    broken: tuple[ReaderError, ...] = ()

    def named(self, template_id: str) -> Template:
        """The template with this id, or ReaderError."""
        found = next((template for template in self.usable if template.id == template_id), None)
        if found is None:
            names = ", ".join(template.id for template in self.usable) or "none is usable"
            broken = "".join(f" {error.problem}" for error in self.broken)
            raise ReaderError(f"There is no report template “{template_id}”.{broken}", f"Use one of: {names}.")
        return found

    def for_study(self, study: Study) -> Template:
        """The template that asks for most of what the examination is; equal ones by id. ReaderError if none fits."""
        scored = [(score, t) for t in self.usable if (score := t.applies.score(study)) is not None]
        if not scored:
            raise ReaderError(
                f"No report template is for “{study.description or 'this examination'}”.",
                "Put general.yaml back into the templates folder.",
            )
        return min(scored, key=lambda pair: (-pair[0], pair[1].id))[1]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


def _named(entries: tuple[str, ...], said: set[str]) -> bool:
    return any(_words(entry) <= said for entry in entries)


def templates(folder: Path) -> Templates:
    """Every template of a folder (*.yaml, judged by its schema.json), in the order of their names.

    A broken file is named among `broken` and hinders no other. ReaderError where the folder itself cannot be read.
    """
    schema, known = _schema(folder / SCHEMA), parsed(folder)
    usable: dict[str, Template] = {}
    broken: list[ReaderError] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            template = read_template(path, schema, known)
            if template.id in usable:
                raise _trouble(
                    path, 1, f"its id “{template.id}” is taken by {usable[template.id].source}", "Rename one."
                )
        except ReaderError as error:
            broken.append(error)
        else:
            usable[template.id] = template
    return Templates(tuple(usable.values()), tuple(broken))


def read_template(path: Path, schema: Mapping[str, Any], known: Parsed | None = None) -> Template:
    """One template file, or ReaderError with file, line and remedy; known: what was read and judged beforehand."""
    document = known.document(path) if known is not None else None
    if document is None:
        document = _judged(path, schema)
    applies = document.get("applies", {})
    return Template(
        id=document["id"],
        title=document["title"],
        sections=tuple(_section(section) for section in document["sections"]),
        applies=Applies(**{name: tuple(str(word) for word in words) for name, words in applies.items()}),
        source=path.name,
    )


def parsed_text(folder: Path) -> str:
    """Every template of a folder, read and judged, as the text of its parsed.json; ReaderError where one is broken."""
    schema = _schema(folder / SCHEMA)
    return text_of(folder, lambda path: _judged(path, schema))


def _judged(path: Path, schema: Mapping[str, Any]) -> Any:
    document = document_of(path, "a report template", _trouble)
    _judge(path, document, schema)
    _judge_meaning(path, document)
    return document


def _schema(path: Path) -> dict[str, Any]:
    try:
        schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReaderError(
            f"The report templates cannot be judged: {path} cannot be read ({error}).", "Install Reading Room again."
        ) from error
    return schema


def _judge(path: Path, document: Any, schema: Mapping[str, Any]) -> None:
    import jsonschema

    worst = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(document))
    if worst is None:
        return
    place = ".".join(str(step) for step in worst.absolute_path) or "the file"
    message = worst.message if len(worst.message) <= 200 else f"{worst.message[:200]}…"
    raise _trouble(
        path, line_of(document, list(worst.absolute_path)), f"{place}: {message}", "See schema.json beside it."
    )


def _judge_meaning(path: Path, document: Any) -> None:
    """What a schema cannot say: ids once, ranges the right way round, only placeholders that can be filled."""
    seen: set[str] = set()
    for s, section in enumerate(document["sections"]):
        for f, field in enumerate(section["fields"]):
            line = line_of(document, ["sections", s, "fields", f])
            if field["id"] in seen:
                raise _trouble(path, line, f"the field “{field['id']}” stands there twice", "Rename one.")
            seen.add(field["id"])
            low, high = field.get("range", (0, 0))
            if low > high:
                raise _trouble(path, line, f"the range {low} to {high} is empty", "Write the smaller number first.")
            for name in _PLACEHOLDER.findall(field.get("text", "")):
                if name not in PLACEHOLDERS:
                    known = ", ".join(sorted(PLACEHOLDERS))
                    raise _trouble(path, line, f"nothing fills {{{name}}}", f"Use one of: {known}.")
    if not any(section["role"] == "impression" for section in document["sections"]):
        raise _trouble(path, 1, "it has no section with the role impression", "A report needs a conclusion: add one.")


def _section(section: Mapping[str, Any]) -> Section:
    fields = tuple(_field(field) for field in section["fields"])
    return Section(str(section["id"]), str(section["title"]), str(section["role"]), fields)


def _field(field: Mapping[str, Any]) -> Field:
    bounds = field.get("range")
    return Field(
        id=str(field["id"]),
        label=str(field["label"]),
        kind=str(field.get("kind", "text")),
        unit=str(field.get("unit", "")),
        bounds=(float(bounds[0]), float(bounds[1])) if bounds else None,
        choices=tuple(str(choice) for choice in field.get("choices", ())),
        required=str(field.get("required", "none")),
        normal=str(field.get("normal", "")).strip(),
        text=str(field.get("text", "")).strip(),
        link=tuple(str(concept) for concept in field.get("link", ())),
    )


def _trouble(path: Path, line: int, problem: str, remedy: str) -> ReaderError:
    return ReaderError(f"The report template {path.name} cannot be used: line {line}, {problem}.", remedy)


if __name__ == "__main__":
    (resources() / "templates" / NAME).write_text(parsed_text(resources() / "templates"), encoding="utf-8")
