"""Results come home whatever happens to the ones before them."""

import pytest

from readingroom.base.jobs import Homecoming


def test_a_result_that_cannot_be_delivered_does_not_hold_up_those_behind_it():
    rung: list[int] = []
    came: list[str] = []
    home = Homecoming(lambda: rung.append(1))

    def breaks() -> None:
        raise ZeroDivisionError

    home.bring(breaks)
    home.bring(lambda: came.append("second"))
    with pytest.raises(ZeroDivisionError):
        home.drain()
    assert len(rung) == 2, "what waits behind is rung for again"
    home.drain()
    assert came == ["second"]
    home.bring(lambda: came.append("third"))
    assert len(rung) == 3, "and the bell still rings afterwards"
