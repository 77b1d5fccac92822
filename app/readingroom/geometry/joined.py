"""How two frames of reference lie to each other: one and the same, or joined by a registration that somebody made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.lattice import Lattice
from readingroom.record.study import Vector

APART = "The two series have different Frames of Reference, and no registration in the study joins them."


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """A Spatial Registration object (PS3.3 C.20.2): matrices take LPS mm of each frame of reference into one more.

    matrices: (Frame of Reference UID, 4 x 4). by: who or what made it, "" where it does not say.
    """

    sop_uid: str
    on: date | None
    matrices: tuple[tuple[str, NDArray[np.float64]], ...]
    by: str = ""

    def between(self, source: str, target: str) -> NDArray[np.float64] | None:
        """4 x 4 from LPS mm of one frame of reference to those of another; None where it does not join them."""
        into = dict(self.matrices)
        if source not in into or target not in into:
            return None
        return np.asarray(np.linalg.inv(into[target]) @ into[source])


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """matrix: LPS mm of one frame of reference to those of another, None for one and the same; by: what says so."""

    matrix: NDArray[np.float64] | None = None
    by: Registration | None = None


def joined(source: str, target: str, registrations: Sequence[Registration]) -> Join:
    """How a frame of reference lies in another: the same, else by the newest registration; ReaderError for neither."""
    found = joined_or_none(source, target, registrations)
    if found is not None:
        return found
    if not source or not target:
        raise ReaderError(
            "A series names no Frame of Reference: where it lies to the other is not known.",
            "Read them side by side.",
        )
    raise ReaderError(
        "The two series have different Frames of Reference, and no registration in the study joins them.",
        "Read them side by side; where they lie to each other is not guessed.",
    )


def joined_or_none(source: str, target: str, registrations: Sequence[Registration]) -> Join | None:
    """The same, with None for neither."""
    if not source or not target:
        return None
    if source == target:
        return Join()
    for one in sorted(registrations, key=lambda one: (one.on or date.min, one.sop_uid), reverse=True):
        matrix = one.between(source, target)
        if matrix is not None:
            return Join(matrix, one)
    return None


def in_space(lattice: Lattice, join: Join) -> Lattice:
    """A lattice in the frame of reference that a join leads to."""
    if join.matrix is None:
        return lattice
    moved = join.matrix @ lattice.to_patient
    return replace(
        lattice, origin_mm=_vector(moved[:, 3]), across=_vector(moved[:, 0]), down=_vector(moved[:, 1]),
        deep=_vector(moved[:, 2]),
    )  # fmt: skip


def _vector(a: NDArray[np.float64]) -> Vector:
    return float(a[0]), float(a[1]), float(a[2])
