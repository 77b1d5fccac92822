"""A hanging protocol as values: what it is for, what it wants, and where it hangs, stage by stage."""

import re
from dataclasses import dataclass

Scalar = str | float | bool
CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Rule:
    """Tests of one attribute that must all hold; weight is added to a score where they do."""

    attr: str
    any_of: tuple[Scalar, ...] = ()
    none_of: tuple[Scalar, ...] = ()
    contains: str = ""
    regex: re.Pattern[str] | None = None
    codes: tuple[str, ...] = ()
    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None
    present: bool | None = None
    weight: int = 0

    @property
    def words(self) -> str:
        """The rule as a reader understands it: "plane is axial", "thickness_mm at most 1.5"."""
        found = []
        if self.any_of:
            found.append(f"is {' or '.join(_said(one) for one in self.any_of)}")
        if self.none_of:
            found.append(f"is not {' or '.join(_said(one) for one in self.none_of)}")
        if self.contains:
            found.append(f"contains “{self.contains}”")
        if self.regex is not None:
            found.append(f"matches {self.regex.pattern}")
        if self.codes:
            found.append(f"has code {' or '.join(self.codes)}")
        limits = (("above", self.gt), ("at least", self.ge), ("below", self.lt), ("at most", self.le))
        found += [f"{word} {value:g}" for word, value in limits if value is not None]
        if self.present is not None:
            found.append("is there" if self.present else "is not there")
        return f"{self.attr} {' and '.join(found)}"


def _said(value: Scalar) -> str:
    return (
        {True: "yes", False: "no"}[value]
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else value
    )


@dataclass(frozen=True, slots=True)
class Selector:
    """All of require, none of exclude; score adds the weights of those that hold."""

    require: tuple[Rule, ...] = ()
    exclude: tuple[Rule, ...] = ()
    score: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class PriorRole:
    """What one of the earlier examinations is for: role is nth, oldest, nearest (to age_days) or baseline.

    between_days: youngest and oldest age that counts, None where any does.
    """

    id: str
    role: str = "nth"
    nth: int = 1
    age_days: float = 0.0
    between_days: tuple[float, float] | None = None
    require: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedSet:
    """A display set that a protocol asks for; source: "current" or a prior's role; sort: (attribute, falling).

    read_in: classes of windows (display.completeness) in which every image of it is to be seen.
    """

    id: str
    source: str
    selector: Selector
    pick: int = 1
    sort: tuple[tuple[str, bool], ...] = ()
    min_images: int = 1
    read_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A window by the name of a preset, or by numbers in modality units with name ""."""

    name: str = ""
    centre: float = 0.0
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Port:
    """One viewport of a protocol: what it shows, in order of preference, and how; window None is the image's own.

    rotation: clockwise degrees, then mirror. zoom: screen pixels per image pixel, None to fit. part: left, top, right and
    bottom, as shares of the image from 0 to 1, of what is fitted; None for the whole image.
    """

    id: str
    show: tuple[str, ...]
    window: Window | None = None
    invert: bool = False
    chest_wall: str = ""
    start: str = "middle"
    label: str = ""
    keep_empty: bool = False
    repeat: bool = False
    rotation: int = 0
    mirror: bool = False
    zoom: float | None = None
    part: tuple[float, float, float, float] | None = None
    sync: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """One monitor's grid: rows of viewport ids, "." for none; an id that is repeated spans."""

    grid: tuple[tuple[str, ...], ...]
    role: str = "any"


@dataclass(frozen=True, slots=True)
class Layout:
    """The screens of a stage, one for each monitor; turns: one row may become one column on an upright monitor."""

    screens: tuple[Screen, ...]
    turns: bool = True


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of reading; needs: display sets without which it is left out; always: though an earlier one shows it all."""

    id: str
    name: str
    layouts: tuple[Layout, ...]
    needs: tuple[str, ...] = ()
    fill_unmatched: bool = False
    tool: str = ""
    text: str = ""
    always: bool = False


@dataclass(frozen=True, slots=True)
class Protocol:
    """One hanging protocol; level is shipped, site or user, source the file it came from; what is not enabled is not used."""

    id: str
    name: str
    applies_to: Selector
    sets: tuple[WantedSet, ...]
    ports: tuple[Port, ...]
    stages: tuple[Stage, ...]
    priors: tuple[PriorRole, ...] = ()
    priority: int = 0
    level: str = "shipped"
    source: str = ""
    description: str = ""
    author: str = ""
    enabled: bool = True

    def port(self, port_id: str) -> Port:
        """The viewport of this id; KeyError where there is none, which loading rules out."""
        for one in self.ports:
            if one.id == port_id:
                return one
        raise KeyError(port_id)
