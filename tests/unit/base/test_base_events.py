"""News reaches whoever listens."""

import pytest

from readingroom.base.events import Event


def test_a_listener_that_fails_keeps_no_other_from_hearing_and_its_failure_is_raised():
    event: Event[int] = Event()
    heard: list[int] = []

    def fails(news: int) -> None:
        raise ZeroDivisionError

    event.listen(fails)
    event.listen(heard.append)
    with pytest.raises(ZeroDivisionError):
        event.tell(7)
    assert heard == [7]
