"""Whether a rule holds of a thing, whatever the thing is; and how well a selector fits it."""

from collections.abc import Iterator

from readingroom.hanging.protocol import Rule, Scalar, Selector
from readingroom.hanging.traits import Traits, Value

AS_CURRENT = "=current"


def holds(rule: Rule, traits: Traits, current: Traits | None = None) -> bool:
    """Whether all tests of a rule hold. An attribute that is not known holds of none but none_of and present: no.

    current: whose value stands for "=current".
    """
    value = traits[rule.attr]
    values = tuple(_values(value))
    if rule.present is not None and bool(values) is not rule.present:
        return False
    if rule.any_of and not any(_equal(one, want) for one in values for want in _wanted(rule.any_of, rule, current)):
        return False
    if rule.none_of and any(_equal(one, want) for one in values for want in _wanted(rule.none_of, rule, current)):
        return False
    texts = [one for one in values if isinstance(one, str)]
    if rule.contains and not any(rule.contains.casefold() in one.casefold() for one in texts):
        return False
    if rule.regex is not None and not any(rule.regex.search(one) for one in texts):
        return False
    if rule.codes and not set(rule.codes) & set(texts):
        return False
    return _within(rule, values)


def refused_by(selector: Selector, traits: Traits, current: Traits | None = None) -> str:
    """The first rule that speaks against a thing, in words, "" where it is admitted."""
    for rule in selector.require:
        if not holds(rule, traits, current):
            return f"{rule.words}: it is {said(traits[rule.attr])}"
    for rule in selector.exclude:
        if holds(rule, traits, current):
            return f"excluded: {rule.words}"
    return ""


def score_of(selector: Selector, traits: Traits, current: Traits | None = None) -> int:
    """The weights of the rules that hold, added up."""
    return sum(rule.weight for rule in selector.score if holds(rule, traits, current))


def said(value: Value) -> str:
    """A value in words."""
    if value is None or value == ():
        return "not said"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else value or "not said"


def _values(value: Value) -> Iterator[Scalar]:
    if isinstance(value, tuple):
        yield from value
    elif value is not None and value != "":
        yield value


def _wanted(wanted: tuple[Scalar, ...], rule: Rule, current: Traits | None) -> Iterator[Scalar]:
    for one in wanted:
        if one == AS_CURRENT:
            yield from _values(current[rule.attr] if current is not None else None)
        else:
            yield one


def _equal(one: Scalar, other: Scalar) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if isinstance(one, str) or isinstance(other, str) or isinstance(one, bool) is not isinstance(other, bool):
        return False
    return one == other


def _within(rule: Rule, values: tuple[Scalar, ...]) -> bool:
    if rule.gt is None and rule.ge is None and rule.lt is None and rule.le is None:
        return True
    numbers = [float(one) for one in values if isinstance(one, float | int) and not isinstance(one, bool)]
    return any(
        (rule.gt is None or one > rule.gt)
        and (rule.ge is None or one >= rule.ge)
        and (rule.lt is None or one < rule.lt)
        and (rule.le is None or one <= rule.le)
        for one in numbers
    )
