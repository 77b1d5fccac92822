"""Whether a rule holds of a thing, whatever the thing is; and how well a selector fits it."""

from readingroom.hanging.protocol import Rule, Scalar, Selector
from readingroom.hanging.traits import Traits, Value

AS_CURRENT = "=current"
REGION, TITLE = "body_region", "StudyDescription"


def holds(rule: Rule, traits: Traits, current: Traits | None = None) -> bool:
    """Whether all tests of a rule hold. An attribute that is not known holds of none but none_of and present: no.

    current: whose value stands for "=current".
    """
    value = traits[rule.attr]
    values: tuple[Scalar, ...] = value if isinstance(value, tuple) else () if value is None or value == "" else (value,)
    if rule.present is not None and bool(values) is not rule.present:
        return False
    if rule.any_of and not _any_equal(values, rule.any_of, rule, traits, current):
        return False
    if rule.none_of and _any_equal(values, rule.none_of, rule, traits, current):
        return False
    return _reads(rule, values) and _within(rule, values)


def admits(selector: Selector, traits: Traits, current: Traits | None = None) -> bool:
    """Whether all of require hold and none of exclude."""
    return all(holds(rule, traits, current) for rule in selector.require) and not any(
        holds(rule, traits, current) for rule in selector.exclude
    )


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


def _reads(rule: Rule, values: tuple[Scalar, ...]) -> bool:
    """Whether the texts contain, match or are what the rule wants of texts."""
    if not rule.contains and rule.regex is None and not rule.codes:
        return True
    texts = [one for one in values if isinstance(one, str)]
    if rule.contains and not any(rule.contains.casefold() in one.casefold() for one in texts):
        return False
    if rule.regex is not None and not any(rule.regex.search(one) for one in texts):
        return False
    return not rule.codes or bool(set(rule.codes) & set(texts))


def _any_equal(
    values: tuple[Scalar, ...], wanted: tuple[Scalar, ...], rule: Rule, traits: Traits, current: Traits | None
) -> bool:
    """Whether a value is wanted; texts without case, and true is not the number 1."""
    if AS_CURRENT in wanted:
        same = current[rule.attr] if current is not None else None
        here = same if isinstance(same, tuple) else () if same is None or same == "" else (same,)
        wanted = (*(one for one in wanted if one != AS_CURRENT), *here)
        # A region that no word names is the same where the whole examination is called the same.
        unnamed = rule.attr == REGION and not (here and values)
        if unnamed and current is not None and current[TITLE] and current[TITLE] == traits[TITLE]:
            return True
    for one in values:
        for want in wanted:
            if one == want:
                if isinstance(one, bool) is isinstance(want, bool):
                    return True
            elif isinstance(one, str) and isinstance(want, str) and one.casefold() == want.casefold():
                return True
    return False


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
