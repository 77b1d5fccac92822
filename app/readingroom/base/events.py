"""Typed events: past tense, told on the reader's thread."""

from collections.abc import Callable


class Event[T]:
    """Something that happened; whoever listens is called in the order of listening."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def listen(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Call listener at every telling; the answer stops it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def tell(self, news: T) -> None:
        """Tell every listener, in order; a listener added meanwhile hears the next telling.

        One that fails keeps no other from hearing: the first failure is raised when all were told.
        """
        failure: Exception | None = None
        for listener in tuple(self._listeners):
            try:
                listener(news)
            except Exception as error:  # noqa: BLE001  (raised below, after those behind it were told)
                failure = failure or error
        if failure is not None:
            raise failure
