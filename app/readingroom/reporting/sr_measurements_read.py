"""Reading measurements back: our own, Cornerstone's, highdicom's, and what nobody understands, which stays visible."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.base.uid import is_uid
from readingroom.measure.evaluate import WORDS
from readingroom.record.finding import Basis, ImagePoint, InSpace, Measurement, Value
from readingroom.record.study import FrameRef, Vector
from readingroom.reporting import sr_tree as tree
from readingroom.reporting.sr_codes import UNITS
from readingroom.reporting.sr_graphics import SrGraphic, frame_of, graphics_of, pinned, places_of
from readingroom.reporting.sr_interop import concept_read, points_of, tool_named
from readingroom.reporting.sr_items import Code
from readingroom.reporting.sr_read import document_of
from readingroom.reporting.sr_space import space_read

_GROUP = "125007"
_DEEPEST = 60
_FREE_TEXT = "CORNERSTONEFREETEXT"
_UNCERTAIN = ("estimated", "unknown", "as stated", "as reported", "secondary capture", "scanned original", "projected")
_UNITS = {"[hnsf'u]": "HU", "{SUVbw}g/ml": "g/ml{SUVbw}"} | {code[0]: unit for unit, code in reversed(UNITS.items())}
_STATISTICS = ("Mean", "Standard Deviation", "Minimum", "Maximum")
_GEOMETRIC = ("mm", "cm", "m", "um", "px", "deg", "rad")


@dataclass(frozen=True, slots=True)
class SrGroup:
    """One measurement group of a report.

    tool: ours where it is understood, else the graphic in small letters ("none" without one). read_only: it may be
    shown and not edited, problem says why. space: where it was drawn on a plane through a volume, by this program; then
    frame is the image nearest to it. points: image coordinates on frame; points_mm: LPS millimetres of a graphic
    in space, in frame_of_reference_uid. remarks: (concept, words) of everything else that the group says. graphics: all
    that it draws, each once.
    """

    tool: str
    tracking_uid: str
    tracking_id: str
    values: tuple[Value, ...]
    points: tuple[ImagePoint, ...] = ()
    frame: FrameRef | None = None
    label: str = ""
    finding: Code | None = None
    site: Code | None = None
    basis: str = ""
    read_only: bool = False
    problem: str = ""
    graphic: str = ""
    points_mm: tuple[Vector, ...] = ()
    frame_of_reference_uid: str = ""
    remarks: tuple[tuple[str, str], ...] = ()
    graphics: tuple[SrGraphic, ...] = ()
    space: InSpace | None = None


@dataclass(frozen=True, slots=True)
class SrContent:
    """What a measurement report holds; problems are what could not be read, in words.

    marks: what stands at coordinates without being a measurement, a finding of a CAD for example; all read-only.
    """

    groups: tuple[SrGroup, ...]
    title: str
    problems: tuple[str, ...] = ()
    sop_uid: str = ""
    study_uid: str = ""
    author: str = ""
    at: datetime | None = None
    marks: tuple[SrGroup, ...] = ()


def read_measurements(part10: bytes) -> SrContent:
    """Every measurement group of a structured report; nothing is dropped, what is not understood is read-only.

    Groups of TID 1410, 1411 and 1501 are read; a number with coordinates outside any group is a group of its own.
    ReaderError where the bytes hold no structured report.
    """
    document = document_of(part10)
    if not tree.children(document) or "ValueType" not in document:
        raise ReaderError("This object is not a structured report.", "Open it as an image, or in another program.")
    places = places_of(document)
    problems: list[str] = []
    loose: list[Dataset] = []
    marked: list[Dataset] = []
    groups = tuple(_group(item, places, problems) for item in _measured(document, loose, marked, problems))
    if not groups:
        problems.append("The report holds no measurements.")
    if loose:
        count = "1 number" if len(loose) == 1 else f"{len(loose)} numbers"
        problems.append(f"The report also holds {count} outside any measurement group: read it as a report.")
    return SrContent(
        groups=groups,
        title=tree.code(document)[2] or "Structured report",
        problems=tuple(dict.fromkeys(problems)),
        sop_uid=tree.word(document, "SOPInstanceUID"),
        study_uid=tree.word(document, "StudyInstanceUID"),
        author=_author(document),
        at=_written(document),
        marks=tuple(_mark(item, places, problems) for item in marked),
    )


def to_measurements(content: SrContent) -> tuple[Measurement, ...]:
    """The groups that are understood, as measurements that may be shown, edited and followed.

    Their numbers are those of the report, not computed anew; a basis that the report does not state is said to be so.
    The remarks of a group stay with the report.
    """
    return tuple(
        Measurement(
            tool=group.tool, frame=group.frame, points=group.points, values=group.values, basis=basis_of(group),
            label=group.label, tracking_uid=group.tracking_uid, author=content.author, at=content.at,
            finding=group.finding, site=group.site, space=group.space,
        )
        for group in content.groups
        if not group.read_only and group.frame is not None
    )  # fmt: skip


def _measured(
    item: Dataset, loose: list[Dataset], marked: list[Dataset], problems: list[str], depth: int = 0
) -> Iterator[Dataset]:
    """The groups and the numbers with coordinates that stand alone; other numbers go into loose, what else is drawn into marked."""
    if depth > _DEEPEST:
        problems.append("Part of the report is nested too deeply and is not shown.")
        return
    for child in tree.children(item):
        is_group = tree.kind(child) == "CONTAINER" and (
            tree.code(child)[0] == _GROUP or tree.code(child)[2] == "Measurement Group"
        )
        drawn = pinned(child)
        if is_group or (drawn and tree.kind(child) == "NUM"):
            yield child
        else:
            if drawn:
                marked.append(child)
            elif tree.kind(child) == "NUM":
                loose.append(child)
            yield from _measured(child, loose, marked, problems, depth + 1)


def _mark(item: Dataset, places: dict[str, tuple[str, str]], problems: list[str]) -> SrGroup:
    """What is said at coordinates: "Single Image Finding: Mammography breast density"."""
    graphics = tuple(graphics_of(item, places, problems))
    said = ": ".join(part for part in (tree.code(item)[2], tree.said(item)) if part)
    made = SrGroup("none", "", "", (), label=said, read_only=True, problem="it is no measurement", graphics=graphics)
    flat = next((g for g in graphics if g.points), None)
    return (
        made
        if flat is None
        else replace(made, tool=flat.kind.lower(), frame=flat.frame, points=flat.points, graphic=flat.kind)
    )


def _group(item: Dataset, places: dict[str, tuple[str, str]], problems: list[str]) -> SrGroup:
    parts = tree.children(item) if tree.kind(item) == "CONTAINER" else (item,)
    named = parts if tree.kind(item) == "CONTAINER" else tree.children(item)
    identifier = _text(named, "112039")
    uid = next((tree.word(c, "UID") for c in named if tree.code(c)[0] == "112040"), "")
    tool = tool_named(identifier)
    graphics = [g for part in parts for g in graphics_of(part, places, problems)]
    values = tuple(value for part in parts for value in _values(part, tool, problems))
    finding, site = _coded(parts, "121071"), _coded(parts, "363698007", "G-C0E3")
    label = _text(parts, "121106") or _text(parts, "125309")
    said = tuple(_remarks(parts))
    if finding is not None and finding[0] == _FREE_TEXT:
        label, finding = label or finding[2], None
    if site is not None and site[0] == _FREE_TEXT:
        label, site = label or site[2], None
    made = SrGroup(
        tool=tool, tracking_uid=uid, tracking_id=identifier, values=_with_errors(values, _text(parts, "UNCERTAINTY")),
        label=label, finding=finding, site=site, basis=_text(parts, "BASIS"),
        remarks=tuple(one for one in said if one[1] != label),
    )  # fmt: skip
    pictured = next((p for p in parts if tree.kind(p) == "IMAGE"), None)
    made = made if pictured is None else replace(made, frame=frame_of(pictured, places))
    spatial = space_read(tool, graphics, _text(parts, "PLANE"))
    return _placed(made, graphics) if spatial is None else _in_space(made, graphics, *spatial)


def _in_space(group: SrGroup, graphics: Sequence[SrGraphic], tool: str, space: InSpace) -> SrGroup:
    """The group as this program drew it on a plane through a volume."""
    known = group.frame is not None and bool(group.values) and is_uid(group.tracking_uid)
    return replace(
        group, tool=tool, space=space, points_mm=space.points_mm, graphic=graphics[0].kind,
        frame_of_reference_uid=space.frame_of_reference_uid, graphics=tuple(dict.fromkeys(graphics)),
        read_only=not known, problem="" if known else "it lacks its image, its numbers or its identity",
    )  # fmt: skip


def _placed(group: SrGroup, graphics: Sequence[SrGraphic]) -> SrGroup:
    """The group with its geometry, and with the reason why it is read-only, if it is."""
    group = replace(group, graphics=tuple(dict.fromkeys(graphics)))
    flat = [g for g in graphics if g.points]
    first = flat[0] if flat else (graphics[0] if graphics else None)
    tool, points = points_of(group.tool, [(g.concept, g.kind, g.points) for g in flat])
    problem = ""
    if first is None:
        problem = "it has no coordinates"
    elif first.points_mm:
        problem = "it is drawn in space, not on an image"
    elif first.frame is None:
        problem = "it names no image"
    elif not group.tool:
        problem = f"its tool “{group.tracking_id or 'unnamed'}” is not known here"
    elif not tool:
        problem = f"its coordinates do not fit the tool {group.tool}"
    elif len({g.frame for g in flat}) > 1:
        problem = "it is drawn on several images"
    elif not group.values and tool not in WORDS:
        problem = "it has no numbers"
    elif not is_uid(group.tracking_uid):
        problem = "it has no identity (Tracking Unique Identifier)"
    if first is None:
        return replace(group, tool=group.tool or "none", read_only=True, problem=problem)
    return replace(
        group, tool=tool if not problem else (group.tool or first.kind.lower()),
        points=points if not problem else first.points, frame=first.frame, graphic=first.kind,
        points_mm=first.points_mm, frame_of_reference_uid=first.space, read_only=bool(problem), problem=problem,
    )  # fmt: skip


def _values(part: Dataset, tool: str, problems: list[str], depth: int = 0) -> Iterator[Value]:
    if depth < _DEEPEST:
        yield from _value(part, tool, problems)
        for child in tree.children(part):
            yield from _values(child, tool, problems, depth + 1)


def _value(part: Dataset, tool: str, problems: list[str]) -> Iterator[Value]:
    if tree.kind(part) != "NUM":
        return
    concept = concept_read(tool, tree.code(part))
    derivation = next(
        (tree.code(c, "ConceptCodeSequence") for c in tree.children(part) if tree.code(c)[0] == "121401"), None
    )
    measured = tree.inside(part, "MeasuredValueSequence")
    found = tree.numbers(measured[0], "NumericValue") if measured else None
    if not found:
        problems.append(f"{concept or 'A number'} has no value.")
        return
    unit = _unit(tree.code(measured[0], "MeasurementUnitsCodeSequence"), concept)
    if derivation is not None:
        derived = concept_read("", derivation)
        pixels = derived in _STATISTICS and unit.rstrip("23") not in _GEOMETRIC
        concept = derived if pixels or not concept else f"{concept} ({derived})"
    yield Value(concept, found[0], unit)


def _unit(unit: Code, concept: str) -> str:
    value, _, meaning = unit
    if value == "1" or not value:
        # Cornerstone also writes px for pixel values whose unit it does not know.
        if not meaning.startswith("px") or concept in _STATISTICS:
            return ""
        return "px2" if concept == "Area" else "px"
    if value == f"{{{meaning[:14]}}}":
        return meaning
    return _UNITS.get(value, value)


def _remarks(parts: Sequence[Dataset]) -> Iterator[tuple[str, str]]:
    """What a group says beside its numbers, its identity and what is named first: codes, texts, dates, modifiers."""
    known = {"112039", "112040", "BASIS", "UNCERTAINTY", "PLANE"}
    once = {"121071", "363698007", "G-C0E3", "121106", "125309"}
    for part in parts:
        code, _, meaning = tree.code(part)
        words = tree.said(part)
        if words and code in once:
            once.discard(code)
        elif words and code not in known:
            yield meaning or code, words
        if tree.kind(part) != "NUM":
            yield from ((tree.code(c)[2], words) for c in tree.children(part) if (words := tree.said(c)))


def _with_errors(values: tuple[Value, ...], said: str) -> tuple[Value, ...]:
    errors: dict[str, float] = {}
    for part in said.split(";"):
        concept, _, rest = part.partition("+/-")
        try:
            errors[concept.strip()] = float(rest.split()[0])
        except (ValueError, IndexError):
            continue
    return tuple(replace(v, plus_minus=errors.get(v.concept)) for v in values)


def _text(items: Sequence[Dataset], *codes: str) -> str:
    found = next((c for c in items if tree.kind(c) == "TEXT" and tree.code(c)[0] in codes), None)
    return "\n".join(tree.word(found, "TextValue").splitlines()) if found is not None else ""


def _coded(items: Sequence[Dataset], *codes: str) -> Code | None:
    found = next((c for c in items if tree.kind(c) == "CODE" and tree.code(c)[0] in codes), None)
    value = tree.code(found, "ConceptCodeSequence") if found is not None else tree.NO_CODE
    return value if value[2] or value[0] else None


def basis_of(group: SrGroup) -> Basis:
    """Why the group's numbers may be believed, as the report says it; that it does not say it, where it does not."""
    if not group.values and group.tool in WORDS:
        # Words measure nothing, so there is nothing to be uncertain of.
        return Basis("1", "", "annotation")
    unit = "px" if any(v.unit.startswith("px") for v in group.values) else "mm"
    if group.basis:
        unit = "mm" if group.basis.startswith("mm") else "px"
        return Basis(unit, group.basis, "report", not any(word in group.basis for word in _UNCERTAIN))
    return Basis(unit, f"{unit} (as reported)", "report", certain=False)


def _author(document: Dataset) -> str:
    """The person who observed, else the device that did: an algorithm signs with its name too (PS3.16 TID 1002)."""
    observers = {tree.code(c)[0]: c for c in reversed(tree.children(document))}
    found = next((observers[code] for code in ("121008", "121013") if code in observers), None)
    return (tree.word(found, "PersonName") or tree.word(found, "TextValue")) if found is not None else ""


def _written(document: Dataset) -> datetime | None:
    stamp = tree.word(document, "ContentDate") + tree.word(document, "ContentTime")[:6]
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S")
    except ValueError:
        return None
