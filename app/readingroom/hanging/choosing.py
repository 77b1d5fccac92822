"""Which protocol an examination gets, and which display set each of its names stands for: pure and explained."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from readingroom.display.stack import Stack
from readingroom.hanging.library import LEVELS
from readingroom.hanging.protocol import CURRENT, Protocol, WantedSet
from readingroom.hanging.roles import Earlier, roles_of
from readingroom.hanging.rules import admits, refused_by, score_of
from readingroom.hanging.tables import Tables
from readingroom.hanging.traits import Traits, Value
from readingroom.record.study import Study

SET_APART = ("is_localizer", "is_capture")
"""What no display set stands for unless one of its rules asks for it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A protocol that was not taken, and why."""

    protocol_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Pick:
    """The display set that a name stands for, None where there is none; score: of its rules."""

    wanted: WantedSet
    traits: Traits | None = None
    score: int = 0

    @property
    def stack(self) -> Stack | None:
        """What hangs."""
        found = self.traits.subject if self.traits is not None else None
        return found if isinstance(found, Stack) else None


@dataclass(frozen=True, slots=True)
class Matched:
    """A protocol with all that it found: the priors in their roles and the display sets under their names.

    study, earlier, candidates: what it was asked of; candidates by the name of the display set.
    """

    protocol: Protocol
    score: int
    roles: Mapping[str, Study]
    picks: Mapping[str, Pick]
    study: Traits
    earlier: tuple[Earlier, ...]
    candidates: Mapping[str, Sequence[Traits]]


def ranked(protocols: Iterable[Protocol], study: Traits) -> tuple[list[tuple[int, Protocol]], list[Rejected]]:
    """The protocols that apply, best first: by score, level, priority, number of rules, id; and the others with why."""
    found, rejected = [], []
    for protocol in protocols:
        against = refused_by(protocol.applies_to, study)
        if against:
            rejected.append(Rejected(protocol.id, against))
        else:
            found.append((score_of(protocol.applies_to, study), protocol))
    found.sort(key=_rank)
    return found, sorted(rejected, key=lambda one: one.protocol_id)


def matched(
    protocol: Protocol,
    score: int,
    study: Traits,
    sets: Callable[[Study], Sequence[Traits]],
    earlier: Sequence[Earlier],
    tables: Tables,
) -> Matched:
    """A protocol with its display sets found; sets: those of a study, the current one or a prior."""
    roles = roles_of(protocol.priors, study, earlier, tables)
    candidates: dict[str, Sequence[Traits]] = {}
    for wanted in protocol.sets:
        own = study.subject if wanted.source == CURRENT else roles.get(wanted.source)
        candidates[wanted.id] = sets(own) if isinstance(own, Study) else ()
    picks = {wanted.id: picked(wanted, candidates[wanted.id], study) for wanted in protocol.sets}
    return Matched(protocol, score, roles, picks, study, tuple(earlier), candidates)


def picked(wanted: WantedSet, candidates: Sequence[Traits], study: Traits) -> Pick:
    """The display set with the best score; of equal ones by the protocol's order, then most images, then as they come."""
    fitting = [(score_of(wanted.selector, one, study), one) for one in candidates if _fits(wanted, one, study)]
    if len(fitting) < wanted.pick:
        return Pick(wanted)
    for attribute, falling in reversed((*wanted.sort, ("n_images", True))):
        fitting.sort(key=lambda pair: _sortable(pair[1][attribute], falling))
    fitting.sort(key=lambda pair: -pair[0])
    score, best = fitting[wanted.pick - 1]
    return Pick(wanted, best, score)


def _fits(wanted: WantedSet, one: Traits, study: Traits) -> bool:
    return not _set_apart(wanted, one) and admits(wanted.selector, one, study)


def against(wanted: WantedSet, one: Traits, study: Traits) -> str:
    """What speaks against a display set under a name, in words; "" where nothing does."""
    return _set_apart(wanted, one) or refused_by(wanted.selector, one, study)


def _set_apart(wanted: WantedSet, one: Traits) -> str:
    """What keeps a display set from standing under any name that does not ask for it."""
    stack = one.subject
    assert isinstance(stack, Stack)
    if not stack.is_read:
        return "it is no image of the patient"
    if len(stack.frames) < wanted.min_images:
        return f"it has fewer than {wanted.min_images} images"
    asked = {rule.attr for rule in (*wanted.selector.require, *wanted.selector.exclude)}
    for attribute in SET_APART:
        if attribute not in asked and one[attribute] is True:
            return f"{attribute} is yes, and no rule asks for that"
    if "PresentationIntentType" not in asked and one["is_raw_beside_ready"] is True:
        return "it is for processing, not for reading"
    return ""


def _rank(pair: tuple[int, Protocol]) -> tuple[int, int, int, int, str]:
    score, protocol = pair
    rules = len(protocol.applies_to.require) + len(protocol.applies_to.exclude)
    return -score, -LEVELS.index(protocol.level), -protocol.priority, -rules, protocol.id


def _sortable(value: Value, falling: bool) -> tuple[int, float, str]:
    """Numbers, rising or falling, before texts before what is not known."""
    if isinstance(value, bool | float):
        return 0, -float(value) if falling else float(value), ""
    if value is None:
        return 2, 0.0, ""
    return 1, 0.0, value if isinstance(value, str) else ", ".join(value)
