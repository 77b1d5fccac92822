"""A protocol that is being edited: which of its rules are taken away, and what it would hang here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from readingroom.display.stack import Stack
from readingroom.hanging.hang import hang
from readingroom.hanging.library import Protocols
from readingroom.hanging.placing import Monitor
from readingroom.hanging.protocol import Protocol, Rule, Selector, Stage
from readingroom.record.study import Study

PARTS = ("require", "exclude", "score")
APPLIES = "applies_to"


@dataclass(frozen=True, slots=True, order=True)
class RuleRef:
    """A rule's place: owner is "applies_to", "prior:ID" or "set:ID"; part one of require, exclude, score; number from 0."""

    owner: str
    part: str
    number: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A protocol under the reader's hand; off: rules that were taken away, and can be put back until it is saved."""

    protocol: Protocol
    off: frozenset[RuleRef] = frozenset()

    @property
    def result(self) -> Protocol:
        """What would be saved."""
        return without(self.protocol, self.off)

    def switched(self, ref: RuleRef, on: bool) -> "Draft":
        """With a rule taken away or put back."""
        return replace(self, off=self.off - {ref} if on else self.off | {ref})

    def named(self, name: str) -> "Draft":
        """Under another name; an empty one changes nothing."""
        name = name.strip()[:64]
        return replace(self, protocol=replace(self.protocol, name=name)) if name else self

    def ranked(self, priority: int) -> "Draft":
        """With another priority, 0 to 1000."""
        return replace(self, protocol=replace(self.protocol, priority=max(0, min(1000, priority))))

    def staged(self, stage_id: str, name: str, text: str) -> "Draft":
        """With other words for a stage."""

        def worded(stage: Stage) -> Stage:
            if stage.id != stage_id:
                return stage
            return replace(stage, name=name.strip()[:64] or stage.name, text=text.strip()[:200])

        return replace(self, protocol=replace(self.protocol, stages=tuple(worded(s) for s in self.protocol.stages)))

    def labelled(self, port_id: str, label: str) -> "Draft":
        """With another label over a viewport."""
        ports = tuple(
            replace(port, label=label.strip()[:40]) if port.id == port_id else port for port in self.protocol.ports
        )
        return replace(self, protocol=replace(self.protocol, ports=ports))


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft does to the case that is open: whether that would hang by it, why not, and what each viewport shows."""

    is_chosen: bool
    words: str
    shows: tuple[tuple[str, str], ...]


def rules_of(protocol: Protocol) -> Iterator[tuple[RuleRef, Rule]]:
    """Every rule with its place, the protocol's own first."""
    for owner, selector in _owners(protocol):
        for part in PARTS:
            for number, rule in enumerate(getattr(selector, part)):
                yield RuleRef(owner, part, number), rule


def without(protocol: Protocol, off: frozenset[RuleRef]) -> Protocol:
    """The protocol without some of its rules."""
    return replace(
        protocol,
        applies_to=_less(protocol.applies_to, APPLIES, off),
        priors=tuple(
            replace(one, require=_less(Selector(one.require), f"prior:{one.id}", off).require)
            for one in protocol.priors
        ),
        sets=tuple(replace(one, selector=_less(one.selector, f"set:{one.id}", off)) for one in protocol.sets),
    )


def replaced_in(library: Protocols, protocol: Protocol) -> Protocols:
    """The protocols of a desk as they would be with this one saved."""
    others = tuple(one for one in library.usable if one.id != protocol.id)
    usable = sorted((*others, protocol), key=lambda one: one.id) if protocol.enabled else others
    return Protocols(tuple(usable), library.broken, library.disabled)


def tried(
    protocol: Protocol, library: Protocols, study: Study, stacks: Sequence[Stack], priors: Sequence[Study],
    monitors: Sequence[Monitor],
) -> Trial:  # fmt: skip
    """What a protocol would do to a case if it were saved now."""
    among = hang(study, stacks, priors, replaced_in(library, protocol), monitors)
    chosen, own = among.matched, hang(study, stacks, priors, Protocols((protocol,)), monitors, protocol.id).matched
    shows = []
    for port in protocol.ports:
        stack = own.picks[port.show[0]].stack if own is not None else None
        shows.append((port.id, (stack.description or stack.modality) if stack else "nothing of this case"))
    if chosen is not None and chosen.protocol.id == protocol.id:
        return Trial(True, f"This examination would hang by it: score {chosen.score}.", tuple(shows))
    against = next((one.why for one in among.rejected if one.protocol_id == protocol.id), "")
    other = f"“{chosen.protocol.name}” comes first" if chosen is not None else "nothing fits"
    return Trial(
        False, f"This examination would not hang by it: {other}{f' ({against})' if against else ''}.", tuple(shows)
    )


def _owners(protocol: Protocol) -> Iterator[tuple[str, Selector]]:
    yield APPLIES, protocol.applies_to
    for role in protocol.priors:
        yield f"prior:{role.id}", Selector(role.require)
    for one in protocol.sets:
        yield f"set:{one.id}", one.selector


def _less(selector: Selector, owner: str, off: frozenset[RuleRef]) -> Selector:
    return Selector(
        *(
            tuple(rule for n, rule in enumerate(getattr(selector, part)) if RuleRef(owner, part, n) not in off)
            for part in PARTS
        )
    )
