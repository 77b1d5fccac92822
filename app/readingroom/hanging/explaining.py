"""Why this layout: the rules that were met and their weights, and for all that was not taken, what spoke against it."""

from collections.abc import Iterator
from dataclasses import dataclass

from readingroom.display.stack import Stack
from readingroom.display.words import day
from readingroom.hanging.choosing import Matched, Pick, against
from readingroom.hanging.hang import Hanging
from readingroom.hanging.roles import why_not
from readingroom.hanging.rules import holds, said
from readingroom.hanging.traits import Traits

MOST_REJECTED = 12
"""Of one display set, so many candidates that were not taken are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tree; depth 0 is a heading."""

    depth: int
    text: str


def explanation(hanging: Hanging) -> tuple[Line, ...]:
    """The whole tree, from the protocol to each display set, stage and waiting series."""
    return tuple(_lines(hanging))


def as_text(lines: tuple[Line, ...]) -> str:
    """The tree with two spaces for each depth."""
    return "\n".join(f"{'  ' * line.depth}{line.text}" for line in lines)


def _lines(hanging: Hanging) -> Iterator[Line]:
    found = hanging.matched
    if found is None:
        yield Line(0, hanging.reasons[0])
    else:
        yield from _of_protocol(found)
        yield from _of_priors(found)
        yield Line(0, "Display sets")
        for wanted in found.protocol.sets:
            yield from _of_set(found, found.picks[wanted.id])
    yield Line(0, "Stages")
    for number, stage in enumerate(hanging.stages):
        yield Line(1, f"{'▸ ' if number == hanging.stage else ''}{stage.name}")
    if found is not None:
        shown = {stage.id for stage in hanging.stages}
        for left_out in found.protocol.stages:
            if left_out.id not in shown:
                missing = [name for name in left_out.needs if found.picks[name].stack is None]
                why = f"no {', no '.join(missing)}" if missing else "nothing that an earlier stage does not show"
                yield Line(1, f"{left_out.name}: left out, {why}")
    if hanging.waiting:
        yield Line(0, "Not on the glass now")
        for one in hanging.waiting:
            yield Line(1, f"{_name(one.stack)}: {one.why}")
    yield Line(0, "Other protocols")
    for rejected in hanging.rejected:
        yield Line(1, f"{rejected.protocol_id}: {rejected.why}")


def _of_protocol(found: Matched) -> Iterator[Line]:
    protocol = found.protocol
    yield Line(0, f"{protocol.name} ({protocol.source}, {protocol.level}): score {found.score}")
    for rule in protocol.applies_to.require:
        mark = "✓" if holds(rule, found.study) else "✗"
        yield Line(1, f"{mark} {rule.words}: it is {said(found.study[rule.attr])}")
    for rule in protocol.applies_to.score:
        if holds(rule, found.study):
            yield Line(1, f"{rule.weight:+d} {rule.words}")


def _of_priors(found: Matched) -> Iterator[Line]:
    if not found.protocol.priors:
        return
    yield Line(0, "Earlier examinations")
    for role in found.protocol.priors:
        study = found.roles.get(role.id)
        if study is not None:
            yield Line(1, f"{role.id}: {study.description or 'examination'} of {day(study.date)}")
            continue
        yield Line(1, f"{role.id}: none")
        for one in found.earlier:
            why = why_not(role, found.study, one) or "it has another role, or is not the one counted"
            yield Line(2, f"not {one.study.description or 'examination'} of {day(one.study.date)}: {why}")


def _of_set(found: Matched, pick: Pick) -> Iterator[Line]:
    wanted = pick.wanted
    if pick.traits is None or pick.stack is None:
        yield Line(1, f"{wanted.id}: none")
    else:
        yield Line(1, f"{wanted.id}: {_name(pick.stack)}, score {pick.score}")
        for rule in wanted.selector.require:
            yield Line(2, f"✓ {rule.words}: it is {said(pick.traits[rule.attr])}")
        for rule in wanted.selector.score:
            if holds(rule, pick.traits, found.study):
                yield Line(2, f"{rule.weight:+d} {rule.words}")
    others = [one for one in found.candidates[wanted.id] if one is not pick.traits]
    for one in others[:MOST_REJECTED]:
        yield Line(2, f"not {_name(one.subject)}: {_why_not(found, pick, one)}")
    if len(others) > MOST_REJECTED:
        yield Line(2, f"nor {len(others) - MOST_REJECTED} more")


def _why_not(found: Matched, pick: Pick, one: Traits) -> str:
    refused = against(pick.wanted, one, found.study)
    if refused:
        return refused
    score = sum(rule.weight for rule in pick.wanted.selector.score if holds(rule, one, found.study))
    if pick.traits is None or pick.wanted.pick > 1:
        return f"score {score}; number {pick.wanted.pick} is asked for"
    return f"score {score}" if score != pick.score else f"score {score} as well, but later in order"


def _name(subject: object) -> str:
    if not isinstance(subject, Stack):
        return ""
    images = len(subject.frames)
    return f"{subject.description or subject.modality} ({images} image{'' if images == 1 else 's'})"
