"""A command of the desk: a verb with a name, keys and a condition; everything that runs verbs reads these."""

from collections.abc import Callable
from dataclasses import dataclass

from readingroom.session.desk import Desk

EVERYWHERE, READING, WORKLIST, MPR = "everywhere", "reading", "worklist", "mpr"
FUSION, SOLID = "fusion", "solid"
TAGS, DOCUMENT, PATTERNS, PHOTOMETER, WHY = "tags", "document", "patterns", "photometer", "why"
CAPTURE = "capture"
MEASURED, LESIONS = "measured", "lesions"
ROOMS: dict[str, str] = {
    EVERYWHERE: "Every window",
    READING: "Reading",
    WORKLIST: "Worklist",
    MPR: "Planes through the volume",
    FUSION: "PET-CT in six panes",
    SOLID: "In three dimensions",
    TAGS: "Tags",
    DOCUMENT: "Documents",
    PATTERNS: "Test patterns",
    PHOTOMETER: "Measuring a monitor",
    WHY: "Why this layout?",
    CAPTURE: "Capturing a layout",
    MEASURED: "Values of a measurement",
    LESIONS: "Lesions over time",
}
"""The windows that commands belong to, as the reader calls them; keys of one window never meet those of another."""


@dataclass(frozen=True, slots=True)
class Command:
    """One verb. id: "view.invert"; title: as menus and the manual show it; keys: Qt key sequences as text.

    run: None where the window does it that binds the id. needs_case: disabled while no study is open. group: the menu it
    stands in. room: the window whose command it is. says: what it does, where the title does not say it all.
    """

    id: str
    title: str
    run: Callable[[Desk], None] | None
    keys: tuple[str, ...] = ()
    group: str = "View"
    needs_case: bool = True
    room: str = READING
    says: str = ""
