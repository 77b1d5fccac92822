"""Which display set of an earlier examination shows the same as one of this: the same view, plane, kernel, weighting."""

from collections.abc import Sequence

from readingroom.display.stack import Stack
from readingroom.hanging.tables import usual_tables
from readingroom.hanging.traits import UNKNOWN, Traits, sets_of
from readingroom.record.study import Study

MUST = ("Modality", "kind", "laterality", "view", "breast_image", "plane", "is_localizer", "is_capture")
"""Attributes in which two display sets that are compared may not differ, where both are known."""
WEIGHED = (
    ("kernel", 40), ("mr_weight", 60), ("fatsat", 20), ("contrast", 25), ("phase", 20), ("b_value", 30),
    ("view_modifier", 40), ("body_region", 30), ("PresentationIntentType", 20), ("SeriesDescription", 15),
)  # fmt: skip


def alike(stack: Stack, study: Study, others: Sequence[Study], stacks: Sequence[Stack]) -> Stack | None:
    """The display set of the first of these examinations that holds one of the same kind; None where none does.

    others: newest first. Of several the one that agrees in most, then that of most similar slice thickness.
    """
    tables = usual_tables()
    own = next((one for one in sets_of(study, stacks, tables) if one.subject is stack), None)
    if own is None:
        return None
    for other in others:
        found = [one for one in sets_of(other, stacks, tables) if _same_kind(own, one)]
        if found:
            best = max(found, key=lambda one: (_agreement(own, one), -_thinner(own, one)))
            return best.subject if isinstance(best.subject, Stack) else None
    return None


def _same_kind(one: Traits, other: Traits) -> bool:
    subject = other.subject
    if not isinstance(subject, Stack) or not subject.is_read or not subject.frames:
        return False
    return all(
        one[name] == other[name] or (name in ("laterality", "view", "plane") and UNKNOWN in (one[name], other[name]))
        for name in MUST
    )


def _agreement(one: Traits, other: Traits) -> int:
    return sum(weight for name, weight in WEIGHED if one[name] == other[name])


def _thinner(one: Traits, other: Traits) -> float:
    mine, theirs = one["thickness_mm"], other["thickness_mm"]
    return abs(mine - theirs) if isinstance(mine, float) and isinstance(theirs, float) else 0.0
