"""Renderings made away from the reader's thread: one thread owns the scene; what was asked for last comes next."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import Cancelled
from readingroom.base.jobs import Homecoming, Pool, Ticket
from readingroom.display.solid import SolidView
from readingroom.geometry.plane import Plane
from readingroom.pixels.drawn import MOST_VOXELS, drawn_of, patient_of
from readingroom.pixels.voxels import Voxels
from readingroom.render.solid import HASTY, Solid, let_go_of_memory


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture: what is seen, the plane that it fills, and whether it is drawn in haste."""

    view: SolidView
    plane: Plane
    hasty: bool


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A picture that was made, RGB (rows, columns, 3), what was wanted, and what a reader must know of its voxels."""

    wanted: Wanted
    picture: NDArray[np.uint8]
    note: str


class SolidWork:
    """A hasty picture is finished before the next begins, so that a drag always shows something; one at rest gives way.

    shown and failed are called on the reader's thread, and not after `close`.
    """

    def __init__(
        self, voxels: Voxels, home: Homecoming, shown: Callable[[Made], None], failed: Callable[[Exception], None]
    ) -> None:
        self._voxels, self._shown, self._failed = voxels, shown, failed
        self._pool, self._ticket = Pool("rendering", 1, home), Ticket()
        self._solid: Solid | None = None
        self._without_bed = False
        self._next: Wanted | None = None
        self._running: Wanted | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a picture is on its way."""
        return self._running is not None

    def ask(self, wanted: Wanted) -> None:
        """Have a picture made; one that waited before is forgotten."""
        self._next = wanted
        if self._running is None:
            self._begin()
        elif not self._running.hasty and self._solid is not None:
            self._solid.abort()

    def close(self) -> None:
        """Stop, give back the scene on its own thread, and let the thread go."""
        self._ticket.cancel()
        self._next = None
        if self._solid is not None:
            self._solid.abort()
        leaving = Ticket()
        self._pool.submit(
            self._give_back, done=lambda _: self._pool.close(), failed=lambda _: self._pool.close(), ticket=leaving
        )

    def _begin(self) -> None:
        wanted, self._next = self._next, None
        if wanted is not None:
            self._running = wanted
            self._pool.submit(self._draw, wanted, done=self._done, failed=self._broken, ticket=self._ticket)

    def _done(self, made: Made | None) -> None:
        self._running = None
        if made is not None:
            self._shown(made)
        self._begin()

    def _broken(self, error: Exception) -> None:
        self._running = None
        self._failed(error)

    def _draw(self, wanted: Wanted) -> Made | None:
        solid = self._scene(wanted.view.without_bed)
        try:
            picture = solid.render(wanted.view, wanted.plane, HASTY if wanted.hasty else None)
        except Cancelled:
            return None
        return Made(wanted, picture, solid.note)

    def _scene(self, without_bed: bool) -> Solid:
        if self._solid is None or self._without_bed != without_bed:
            self._give_back()
            patient = patient_of(self._voxels) if without_bed else None
            drawn = drawn_of(self._voxels, MOST_VOXELS, patient)
            self._solid = Solid(drawn, self._voxels.slope, self._voxels.intercept)
            self._without_bed = without_bed
        return self._solid

    def _give_back(self) -> None:
        solid, self._solid = self._solid, None
        if solid is not None:
            solid.close()
            del solid
            let_go_of_memory()
