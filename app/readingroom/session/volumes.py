"""A volume of the stack that the reader looks at: whole at once, or as it fills while its images come."""

from collections.abc import Callable

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress, Ticket
from readingroom.display.stack import Stack
from readingroom.session.desk import Desk
from readingroom.session.growing import GrowingVolume, Volume

__all__ = ["GrowingVolume", "Volume", "growing", "volume_of"]


def growing(
    desk: Desk, stack: Stack, changed: Callable[[GrowingVolume], None]
) -> tuple[GrowingVolume, Callable[[], None]]:
    """A stack's volume, shared by all who look at it and filled while its images come; and what leaves it.

    `changed` is called on the reader's thread whenever there is more to see. Once `look()` is called on it, what came
    meanwhile is put in.
    """
    shared = desk.volumes.of(stack)
    leave = shared.enter(lambda _: changed(shared))
    shared.begin(desk.volumes.budget_bytes())
    if shared.volume is not None:
        # Others look at it, or did a moment ago: there is something to see already.
        changed(shared)
    return shared, leave


def volume_of(
    desk: Desk, stack: Stack, ticket: Ticket, show: Callable[[Progress], None], done: Callable[[Volume], None],
    failed: Callable[[Exception], None],
) -> None:  # fmt: skip
    """Have a volume of what is at this desk; done or failed is called once, on the reader's thread, unless the ticket
    is cancelled first. One that others look at already is the same.
    """
    over = False

    def changed(_: object) -> None:
        nonlocal over
        if over or ticket.cancelled:
            return
        show(shared.progress)
        if shared.at_rest:
            over = True
            volume, failure = shared.volume, shared.failure
            desk.pools.home.bring(leave)
            if failure is not None or volume is None:
                failed(failure or _none_here())
            else:
                done(volume)

    shared = desk.volumes.of(stack)
    leave = shared.enter(changed)
    ticket.when_cancelled(lambda: desk.pools.home.bring(leave))
    shared.begin(desk.volumes.budget_bytes())
    if shared.at_rest:
        changed(None)


def _none_here() -> ReaderError:
    return ReaderError("None of the images are at this desk.", "Wait until some have come.")
