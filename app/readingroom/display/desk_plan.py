"""What is shown on which monitor of a desk, and where a window must lie to be seen: pure, by role, size and place."""

from collections.abc import Sequence
from dataclasses import dataclass

from readingroom.display.monitors import Screen, matching
from readingroom.settings.sections import MonitorSettings

UPRIGHT = 1.15
AWAY = ("projector", "other")
"""Roles of monitors that show nothing of a patient while there is any other."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of the desk in layout pixels."""

    left: int
    top: int
    width: int
    height: int

    def overlap(self, other: "Rect") -> int:
        """How many layout pixels two rectangles share."""
        across = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        down = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return max(0, across) * max(0, down)


@dataclass(frozen=True, slots=True)
class Place:
    """A connected monitor where it stands. room: the part of it that windows may take; ratio: device pixels per layout pixel."""

    screen: Screen
    room: Rect
    ratio: float = 1.0
    primary: bool = False

    @property
    def is_upright(self) -> bool:
        """Whether it is so much higher than wide that it is read on upright."""
        return self.room.height > UPRIGHT * self.room.width


@dataclass(frozen=True, slots=True)
class Plan:
    """home: number of the place with worklist, panels and report. images: those with images, from left to right."""

    home: int
    images: tuple[int, ...]


def role_of(screen: Screen, on_file: Sequence[MonitorSettings]) -> str:
    """What a monitor is for by its [[monitor]] table, "" where it has none."""
    filed = matching(screen, on_file)
    return filed.role if filed is not None else ""


def planned(places: Sequence[Place], on_file: Sequence[MonitorSettings]) -> Plan:
    """Images on every diagnostic monitor; worklist, panels and report on the report monitor, else on the colour one.

    A colour monitor has colour images as well. Of monitors without a role, the large or the upright ones have the images.
    """
    roles = [role_of(place.screen, on_file) for place in places]
    order = sorted(range(len(places)), key=lambda n: (places[n].room.left, places[n].room.top))
    shown = [n for n in order if roles[n] not in AWAY] or order
    images = [n for n in shown if roles[n] == "diagnostic"]
    colour = [n for n in shown if roles[n] == "colour"]
    report = [n for n in shown if roles[n] == "report"]
    unnamed = [n for n in shown if n not in (*images, *colour, *report)]
    if not images:
        images = _for_images(unnamed, places, bool(report or colour)) or colour or shown
    spare = [n for n in unnamed if n not in images]
    home = _first(report, places) or _first(colour, places) or _first(spare, places) or _first(images, places) or [0]
    seats = {*images, *colour}
    return Plan(home[0], tuple(n for n in order if n in seats) or (home[0],))


def _for_images(unnamed: Sequence[int], places: Sequence[Place], has_home: bool) -> list[int]:
    """Which of the monitors without a role are read on: an upright pair, else the largest; one stays for the worklist."""
    upright = [n for n in unnamed if places[n].is_upright]
    if has_home or len(unnamed) < 2 or len(upright) > 1:
        return upright if len(upright) > 1 else list(unnamed)
    most = max(_pixels(places[n]) for n in unnamed)
    large = [n for n in unnamed if _pixels(places[n]) == most]
    if len(large) < len(unnamed):
        return large
    home = _first(unnamed, places)
    return [n for n in unnamed if n not in home]


def _first(numbers: Sequence[int], places: Sequence[Place]) -> list[int]:
    """The primary one of these, else the leftmost; [] of none."""
    return [n for n in numbers if places[n].primary][:1] or list(numbers[:1])


def _pixels(place: Place) -> int:
    return place.screen.width_px * place.screen.height_px


def held(window: Rect, places: Sequence[Place], home: int = 0) -> Rect:
    """Where a window must lie to be wholly on a monitor: on the one that it is on most, else on the home place."""
    if not places:
        return window
    best = max(places, key=lambda place: window.overlap(place.room))
    room = best.room if window.overlap(best.room) else places[min(home, len(places) - 1)].room
    width, height = min(window.width, room.width), min(window.height, room.height)
    left = max(room.left, min(window.left, room.left + room.width - width))
    top = max(room.top, min(window.top, room.top + room.height - height))
    return Rect(left, top, width, height)
