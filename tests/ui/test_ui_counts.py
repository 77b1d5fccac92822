"""What changes with every object that comes is drawn ten times a second, and in the end it says how many are here."""

from PySide6.QtCore import QObject
from tests.fakes.windows import Windows

from readingroom.ui.pulse import Pulse


def test_what_is_wanted_soon_is_drawn_once_with_what_it_makes_dirty(glass: Windows) -> None:
    pulse, drawn = Pulse(), list[str]()
    panel, viewport = QObject(), QObject()

    def counts() -> None:
        drawn.append("counts")
        pulse.dirty(viewport, lambda: drawn.append("viewport"))

    for _ in range(300):
        pulse.soon(panel, counts)
    assert drawn == []
    pulse.draw_now()
    assert drawn == ["counts", "viewport"]
    pulse.draw_now()
    assert drawn == ["counts", "viewport"]
    pulse.stop()


def test_what_left_meanwhile_is_not_drawn(glass: Windows) -> None:
    pulse, drawn = Pulse(), list[str]()
    panel = QObject()
    pulse.soon(panel, lambda: drawn.append("counts"))
    pulse.forget(panel)
    pulse.draw_now()
    assert drawn == []
    pulse.stop()
