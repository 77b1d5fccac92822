"""The measurements of a case as rows of a list: named by place, sorted, filtered, each with its provenance."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import cbrt, sqrt

from readingroom.display import words
from readingroom.display.stack import Stack
from readingroom.record.finding import Measurement, Value
from readingroom.record.patient import display_name
from readingroom.record.study import FrameRef
from readingroom.reporting.measurement_table import Listed
from readingroom.reporting.sr_measurements_read import SrContent
from readingroom.session.case import Case
from readingroom.session.measuring import NAMES
from readingroom.session.reported import ReportedRow, rows

ORDERS = {"place": "By place", "size": "By size", "time": "By time", "name": "By name"}
WHOSE = {"": "All", "own": "Own", "reported": "Of reports"}
_NUMBERED = re.compile(r"\d+")
_LONGEST_LINE = 46
_SHORT = {"Standard Deviation": "SD", "Minimum": "Min", "Maximum": "Max", "Long Axis": "Long", "Short Axis": "Short"}
_SIZES = ("Long Axis", "Length", "Diameter", "Volume", "Area")
_IN_MM = {"cm": 10.0, "mm": 1.0, "px": 0.1}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are wanted, in which order: order of ORDERS, whose of WHOSE, tool "" for every one, text in any words."""

    order: str = "place"
    text: str = ""
    tool: str = ""
    whose: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One measurement in the list. key: its tracking UID, of a report's the key of session.reported.

    name: the reader's, else by place; lines: its numbers; place: "series 4, image 57"; said: by whom and when. spot: its
    stack and image in the order of the case; orders: what it is sorted by, by order; given: the name to be edited.
    """

    key: str
    own: bool
    measurement: Measurement
    name: str
    lines: tuple[str, ...]
    place: str
    said: str
    spot: tuple[int, int]
    orders: Mapping[str, tuple[object, ...]]
    given: str = ""


@dataclass(slots=True)
class MeasurementRows:
    """Makes the rows of the case again and again; a row whose measurement and images did not change is the same object."""

    _stacks: tuple[Stack, ...] = ()
    _places: dict[FrameRef, tuple[int, int]] = field(default_factory=dict)
    _own: dict[str, ListRow] = field(default_factory=dict)
    _asked_for: tuple[object, ...] = ()
    _of_reports: tuple[ListRow, ...] = ()

    def rows(self, case: Case, contents: Sequence[SrContent], asked: Asked) -> tuple[ListRow, ...]:
        """The rows that are asked for: the reader's own, below them those of the reports that are shown."""
        if case.stacks is not self._stacks:
            self._stacks, self._own, self._asked_for = case.stacks, {}, ()
            self._places = {
                ref: (n, index) for n, stack in enumerate(case.stacks) for index, ref in enumerate(stack.frames)
            }
        own = [self._row(case, one) for one in case.measurements]
        self._own = {row.key: row for row in own}
        reported, order = self._reported(case, contents), asked.order
        own.sort(key=lambda row: row.orders[order])
        shown = (*own, *sorted(reported, key=lambda row: row.orders[order]))
        return shown if asked == Asked(order) else tuple(row for row in shown if _wanted(row, asked))

    def _row(self, case: Case, one: Measurement) -> ListRow:
        held = self._own.get(one.tracking_uid)
        if held is not None and held.measurement is one:
            return held
        spot = self._places.get(one.frame)
        given = "" if is_numbered(one) else one.label
        name = given or place_name(one, *self._numbers(case, one, spot))
        at = spot or (len(case.stacks), 0)
        said, place = _said(one.author, one.at), self._place(case, one, spot)
        return ListRow(
            one.tracking_uid, True, one, name, _packed(one), place, said, at, _orders(one, name, at), given
        )  # fmt: skip

    def _numbers(self, case: Case, one: Measurement, spot: tuple[int, int] | None) -> tuple[int | None, int | None]:
        study = case.study_of(one.frame.study_uid)
        series = study.series_named(one.frame.series_uid) if study is not None else None
        return series.number if series is not None else None, spot[1] + 1 if spot is not None else None

    def _place(self, case: Case, one: Measurement, spot: tuple[int, int] | None) -> str:
        """Where it is: "series 3, image 57", with "prior" in front for another study."""
        series, image = self._numbers(case, one, spot)
        prior = "prior, " if spot is not None and case.is_prior(case.stacks[spot[0]]) else ""
        near = "plane near " if one.space is not None else ""
        return f"{prior}{f'series {series}, ' if series is not None else ''}{near}" + (
            f"image {image}" if image is not None else "image not loaded"
        )

    def _reported(self, case: Case, contents: Sequence[SrContent]) -> tuple[ListRow, ...]:
        own = frozenset(one.tracking_uid for one in case.measurements)
        asked = (case.reported, own, *map(id, contents)) if case.reported else ()
        if asked != self._asked_for:
            self._asked_for = asked
            made = (self._of_report(case, row) for row in rows(contents, case)) if case.reported else ()
            self._of_reports = tuple(made)
        return self._of_reports

    def _of_report(self, case: Case, row: ReportedRow) -> ListRow:
        spot = self._places.get(row.measurement.frame, (len(case.stacks), 0))
        name = row.measurement.label or "not named"
        one = row.measurement
        return ListRow(
            row.key, False, one, name, _packed(one), row.place, row.source, spot, _orders(one, name, spot)
        )  # fmt: skip


def is_numbered(one: Measurement) -> bool:
    """Whether a measurement has no name but the one that was counted for it ("Length 2")."""
    head, _, number = one.label.rpartition(" ")
    return not one.label or (head == NAMES.get(one.tool, one.tool.title()) and bool(_NUMBERED.fullmatch(number)))


def place_name(one: Measurement, series: int | None, image: int | None) -> str:
    """What a measurement is called by its place: "Liver, 23.1 mm, se 4 im 57"; by its tool where no site is known."""
    known = one.site or one.finding
    first = known[2] if known else one.label or NAMES.get(one.tool, one.tool.title())
    size = " × ".join(_sizes(one))
    place = " ".join(
        part
        for part in (f"se {series}" if series is not None else "", f"im {image}" if image is not None else "")
        if part
    )
    return ", ".join(part for part in (first, size, place) if part)


def _sizes(one: Measurement) -> list[str]:
    bare = [replace(value, plus_minus=None) for value in one.values]
    if one.tool == "bidirectional" and len(bare) == 2:
        long, short = bare
        return [f"{long.value:.1f}", words.amount(short)] if long.unit == short.unit else [words.amount(long)]
    return [words.amount(value) for value in bare[:1]]


def _packed(one: Measurement) -> tuple[str, ...]:
    """The numbers in lines that fit the list."""
    several = len(one.values) > 1
    said = [f"{_SHORT.get(v.concept, v.concept)} {words.amount(v)}" if several else words.amount(v) for v in one.values]
    basis = words.basis_words(one.basis)
    lines: list[str] = []
    for part in (*said, *((basis,) if basis else ())):
        if lines and len(lines[-1]) + len(part) + 3 <= _LONGEST_LINE:
            lines[-1] += f"   {part}"
        else:
            lines.append(part)
    return tuple(lines)


def _said(author: str, at: datetime | None) -> str:
    who = display_name(author).partition(",")[0] if author else "author unknown"
    return f"{who}, {words.moment(at.date(), at.time())}" if at is not None else who


def _wanted(row: ListRow, asked: Asked) -> bool:
    if asked.tool and row.measurement.tool != asked.tool:
        return False
    if asked.whose and (asked.whose == "own") != row.own:
        return False
    said = " ".join((row.name, row.measurement.label, *row.lines, row.place, row.said)).casefold()
    return all(word in said for word in asked.text.casefold().split())


def _orders(one: Measurement, name: str, spot: tuple[int, int]) -> dict[str, tuple[object, ...]]:
    """What a row is sorted by, in each order, told once: the list is sorted at every change."""
    time = one.at.timestamp() if one.at is not None else 0.0
    return {
        "place": (*spot, time), "size": (-size_of(one), *spot), "time": (time, *spot), "name": (_natural(name), *spot)
    }  # fmt: skip


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """So that "Length 2" comes before "Length 10"."""
    return tuple(
        (int(part), "") if part.isdigit() and part.isascii() else (-1, part)
        for part in re.split(r"(\d+)", name.casefold())
    )


def size_of(one: Measurement) -> float:
    """How large it is, to sort by: its longest diameter in mm, else what an equally large square or cube would have."""
    found = next((value for name in _SIZES if (value := one.value(name)) is not None), None)
    if found is None:
        return -1.0
    return _edge_mm(found)


def _edge_mm(value: Value) -> float:
    if value.unit == "ml":
        return cbrt(value.value * 1000)
    if value.unit.endswith("2"):
        return sqrt(max(0.0, value.value)) * _IN_MM.get(value.unit[:-1], 1.0)
    if value.unit.endswith("3"):
        return cbrt(value.value) * _IN_MM.get(value.unit[:-1], 1.0)
    return value.value * _IN_MM.get(value.unit, 1.0)


def tools_of(measurements: Iterable[Measurement]) -> tuple[tuple[str, str], ...]:
    """(id, title) of each tool that is used, by title."""
    used = {one.tool for one in measurements}
    return tuple(sorted(((tool, NAMES.get(tool, tool.title())) for tool in used), key=lambda pair: pair[1]))


def listed(found: Iterable[ListRow]) -> list[Listed]:
    """Rows as a table is made of them."""
    return [Listed(row.measurement, row.name, row.place, "own" if row.own else row.said) for row in found]
