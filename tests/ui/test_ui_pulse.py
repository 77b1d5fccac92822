"""The beat of the glass: what changed is drawn once, and nothing keeps anything else from being drawn."""

import pytest
from tests.fakes.windows import Windows

from readingroom.ui.pulse import Pulse


def test_one_view_that_cannot_be_drawn_keeps_no_other_from_being_drawn(glass: Windows) -> None:
    pulse, drawn = Pulse(), list[int]()

    def fails() -> None:
        raise ValueError("the first")

    pulse.dirty(1, fails)
    pulse.dirty(2, lambda: drawn.append(2))
    with pytest.raises(ValueError, match="the first"):
        pulse.draw_now()
    assert drawn == [2]
    pulse.stop()
