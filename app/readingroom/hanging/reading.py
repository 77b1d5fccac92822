"""One hanging protocol out of its YAML 1.2 file, or an error with file, line and remedy."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.hanging.protocol import (
    CURRENT,
    Layout,
    Port,
    PriorRole,
    Protocol,
    Rule,
    Screen,
    Selector,
    Stage,
    WantedSet,
    Window,
)
from readingroom.hanging.traits import SET_NAMES, STUDY_NAMES

KIND = "a hanging protocol"
_DAYS = {"d": 1.0, "w": 7.0, "mo": 30.44, "y": 365.25}


class Wrong(Exception):
    """What a schema cannot say is wrong: where (steps into the document), what, and what to do."""

    def __init__(self, steps: Sequence[Any], problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.steps, self.problem, self.remedy = tuple(steps), problem, remedy


def trouble(path: Path, line: int, problem: str, remedy: str) -> ReaderError:
    """A protocol that cannot be used."""
    return ReaderError(f"The hanging protocol {path.name} cannot be used: line {line}, {problem}.", remedy)


def protocol_of(document: Mapping[str, Any], level: str, source: str, windows: frozenset[str]) -> Protocol:
    """The protocol that a document describes which its schema has passed; Wrong where its names do not fit together.

    windows: names of window presets that there are.
    """
    applies = document["applies_to"]
    roles = tuple(_role(one, n) for n, one in enumerate(document.get("priors", ())))
    if len({one.id for one in roles}) < len(roles):
        raise Wrong(["priors"], "a prior's id stands there twice", "Rename one.")
    sets = tuple(_wanted(document, name, {one.id for one in roles}) for name in document["display_sets"])
    names = {one.id for one in sets}
    ports = tuple(_port(name, one, names, windows) for name, one in document["viewports"].items())
    stages = tuple(_stage(one, n, names, {port.id for port in ports}) for n, one in enumerate(document["stages"]))
    if len({one.id for one in stages}) < len(stages):
        raise Wrong(["stages"], "a stage's id stands there twice", "Rename one.")
    return Protocol(
        id=str(document["id"]),
        name=str(document["name"]),
        applies_to=_selector(applies, ["applies_to"], STUDY_NAMES),
        sets=sets,
        ports=ports,
        stages=stages,
        priors=roles,
        priority=int(document.get("priority", 0)),
        level=level,
        source=source,
        description=str(document.get("description", "")),
        author=str(document.get("author", "")),
        enabled=bool(document.get("enabled", True)),
    )


def _rule(one: Mapping[str, Any], steps: list[Any], known: frozenset[str]) -> Rule:
    attr = str(one["attr"])
    if attr not in known:
        raise Wrong(steps, f"there is no attribute “{attr}” here", f"Use one of: {', '.join(sorted(known))}.")
    wanted = (one["is"],) if "is" in one else ()
    wanted += tuple(one.get("any_of", ()))
    try:
        pattern = re.compile(str(one["regex"]), re.IGNORECASE) if "regex" in one else None
    except re.error as error:
        raise Wrong(steps, f"“{one['regex']}” is no regular expression ({error})", "Correct it.") from error
    return Rule(
        attr=attr,
        any_of=tuple(_scalar(value) for value in wanted),
        none_of=tuple(_scalar(value) for value in one.get("none_of", ())),
        contains=str(one.get("contains", "")),
        regex=pattern,
        codes=tuple(str(code) for code in one.get("code", ())),
        present=bool(one["present"]) if "present" in one else None,
        weight=int(one.get("weight", 0)),
        **{name: float(one[name]) for name in ("gt", "ge", "lt", "le") if name in one},
    )


def _scalar(value: Any) -> str | float | bool:
    return bool(value) if isinstance(value, bool) else float(value) if isinstance(value, int | float) else str(value)


def _rules(table: Mapping[str, Any], name: str, steps: list[Any], known: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(_rule(one, [*steps, name, n], known) for n, one in enumerate(table.get(name, ())))


def _selector(table: Mapping[str, Any], steps: list[Any], known: frozenset[str]) -> Selector:
    return Selector(*(_rules(table, name, steps, known) for name in ("require", "exclude", "score")))


def _role(one: Mapping[str, Any], number: int) -> PriorRole:
    steps: list[Any] = ["priors", number]
    role = str(one.get("role", "nth"))
    if ("age" in one) is not (role == "nearest"):
        raise Wrong(steps, "age belongs to the role nearest, and to no other", "Add it, or take it away.")
    between = tuple(_days(str(age)) for age in one.get("between", ()))
    if between and between[0] > between[1]:
        raise Wrong(steps, "between names the older age first", "Write the younger age first.")
    return PriorRole(
        id=str(one["id"]),
        role=role,
        nth=int(one.get("nth", 1)),
        age_days=_days(str(one["age"])) if "age" in one else 0.0,
        between_days=(between[0], between[1]) if between else None,
        require=_rules(one, "require", steps, STUDY_NAMES),
    )


def _days(age: str) -> float:
    number, unit = re.fullmatch(r"([0-9]+)(d|w|mo|y)", age).groups()  # type: ignore[union-attr]  # the schema says so
    return int(number) * _DAYS[unit]


def _wanted(document: Mapping[str, Any], name: str, roles: set[str]) -> WantedSet:
    table = document["display_sets"]
    steps: list[Any] = ["display_sets", name]
    one = table[name] or {}
    source = str(one.get("from", CURRENT))
    if source != CURRENT and source not in roles:
        raise Wrong(steps, f"there is no prior “{source}”", "Name one of priors, or leave from out.")
    selector = _selector(one, steps, SET_NAMES)
    least = int(one.get("min_images", 1))
    if "like" in one:
        other = str(one["like"])
        if other not in table or "like" in table[other]:
            raise Wrong(steps, f"“{other}” is no display set with rules of its own", "Name one that has no like.")
        same = _selector(table[other], ["display_sets", other], SET_NAMES)
        selector = Selector(
            same.require + selector.require, same.exclude + selector.exclude, same.score + selector.score
        )
        least = int(one.get("min_images", table[other].get("min_images", 1)))
    for order in one.get("sort", ()):
        if order[1:] not in SET_NAMES:
            raise Wrong(steps, f"there is no attribute “{order[1:]}” to sort by", "Name another.")
    sort = tuple((str(order[1:]), order[0] == "-") for order in one.get("sort", ()))
    read_in = tuple(str(window) for window in one.get("read_in", ()))
    return WantedSet(name, source, selector, int(one.get("pick", 1)), sort, least, read_in)


def _port(name: str, one: Mapping[str, Any], sets: set[str], windows: frozenset[str]) -> Port:
    shows = (str(one["show"]), *(str(other) for other in one.get("or", ())))
    for show in shows:
        if show not in sets:
            raise Wrong(["viewports", name], f"there is no display set “{show}”", "Name one of display_sets.")
    window, wanted = None, one.get("window", "default")
    if isinstance(wanted, Mapping):
        window = Window("", float(wanted["center"]), float(wanted["width"]))
    elif wanted != "default":
        if str(wanted) not in windows:
            raise Wrong(
                ["viewports", name], f"there is no window “{wanted}”", f"Use one of: {', '.join(sorted(windows))}."
            )
        window = Window(str(wanted))
    return Port(
        id=name,
        show=shows,
        window=window,
        invert=bool(one.get("invert", False)),
        chest_wall=str(one.get("chest_wall", "")),
        start=str(one.get("start", "middle")),
        label=str(one.get("label", "")),
        keep_empty=bool(one.get("keep_empty", False)),
        repeat=bool(one.get("repeat", False)),
        rotation=int(one.get("rotate", 0)),
        mirror=bool(one.get("mirror", False)),
        zoom=float(one["zoom"]) if "zoom" in one else None,
        part=_part(one["part"], name) if "part" in one else None,
        sync=tuple(str(group) for group in one.get("sync", ())),
    )


def _part(one: Sequence[Any], name: str) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(edge) for edge in one)
    if left >= right or top >= bottom:
        raise Wrong(
            ["viewports", name], "its part of the image is empty", "Write left, top, right, bottom, from 0 to 1."
        )
    return left, top, right, bottom


def _stage(one: Mapping[str, Any], number: int, sets: set[str], ports: set[str]) -> Stage:
    steps: list[Any] = ["stages", number]
    for need in one.get("needs", ()):
        if need not in sets:
            raise Wrong(steps, f"there is no display set “{need}”", "Name one of display_sets.")
    if not any(len(layout["screens"]) == 1 for layout in one["layouts"]):
        raise Wrong(steps, "it has no layout for one monitor", "Add one with one screen.")
    return Stage(
        id=str(one["id"]),
        name=str(one.get("name", one["id"])),
        layouts=tuple(_layout(layout, [*steps, "layouts", n], ports) for n, layout in enumerate(one["layouts"])),
        needs=tuple(str(need) for need in one.get("needs", ())),
        fill_unmatched=bool(one.get("fill_unmatched", False)),
        tool=str(one.get("tool", "")),
        text=str(one.get("text", "")),
        always=bool(one.get("always", False)),
    )


def _layout(one: Mapping[str, Any], steps: list[Any], ports: set[str]) -> Layout:
    screens = []
    for screen in one["screens"]:
        grid = tuple(tuple(str(row).split()) for row in screen["areas"])
        for name in sorted({name for row in grid for name in row} - {"."}):
            if name not in ports:
                raise Wrong(steps, f"there is no viewport “{name}”", "Name one of viewports.")
            if not _is_rectangle(grid, name):
                raise Wrong(steps, f"the area of “{name}” is no rectangle", "Write it as one block.")
        if len({len(row) for row in grid}) > 1 or len(grid[0]) > 4:
            raise Wrong(steps, "rows are not equally long, or longer than four", "Use a dot for an empty place.")
        screens.append(Screen(grid, str(screen.get("role", "any"))))
    return Layout(tuple(screens), bool(one.get("turn", True)))


def _is_rectangle(grid: tuple[tuple[str, ...], ...], name: str) -> bool:
    cells = {(r, c) for r, row in enumerate(grid) for c, cell in enumerate(row) if cell == name}
    rows, columns = {r for r, _ in cells}, {c for _, c in cells}
    return len(cells) == (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)
