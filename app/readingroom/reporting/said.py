"""What a text says of a finding: that it is there, that it is not, on which side and where. No grammar, only tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from readingroom.reporting import check_terms as terms
from readingroom.reporting.sides import sides_said

_CLAUSE = re.compile(r"(?<!\d)\.|\.(?!\d)|[;\n!]|\b(?:but|however|although|whereas|while|though)\b", re.IGNORECASE)
_FINDINGS = tuple((name, re.compile(rf"(?<![\w-])(?:{how})(?![\w-])", re.IGNORECASE)) for name, how in terms.FINDINGS)
_ANY = re.compile("|".join(f"(?:{how})" for _, how in terms.FINDINGS), re.IGNORECASE)
_BEFORE = re.compile(rf"(?<![\w-])(?:{terms.NO_BEFORE})(?![\w-])", re.IGNORECASE)
_AFTER = re.compile(rf"^[^,;]{{0,40}}?\b(?:{terms.NO_AFTER})\b", re.IGNORECASE)
_ENDS = re.compile(terms.ENDS_NEGATION, re.IGNORECASE)
_OPEN = re.compile(terms.OPEN, re.IGNORECASE)
_PART = re.compile(terms.IN_PART, re.IGNORECASE)
_CHANGE = re.compile(terms.NO_CHANGE, re.IGNORECASE)
_JOINT = re.compile(r",|\b(?:with|and|plus)\b", re.IGNORECASE)
_BOTH = re.compile(r"\b(?:bilateral(?:ly)?|both|either side|biapical|bibasal)\b", re.IGNORECASE)
_PLACES = frozenset(terms.PLACES.split())
_NEAR = 5
"""So many words before and after a finding may say where it is."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One finding in a text. there: whether it is said to be; None where that stays open. words: as they stand there."""

    finding: str
    there: bool | None
    sides: frozenset[str]
    places: frozenset[str]
    words: str


def mentions(text: str, title: str = "") -> tuple[Mention, ...]:
    """Every finding that a text names; title: what the text stands under, which may say where."""
    return tuple(mention for clause in _CLAUSE.split(text) if clause.strip() for mention in _in_clause(clause, title))


def _in_clause(clause: str, title: str) -> Iterator[Mention]:
    plain = _CHANGE.sub(" ", clause)
    is_open = bool(_OPEN.search(plain))
    for name, how in _FINDINGS:
        for match in how.finditer(plain):
            start, end = match.span()
            there = None if is_open else _there(plain, start, end)
            around = " ".join([*plain[:start].split()[-_NEAR:], match[0], *plain[end:].split()[:_NEAR], title])
            places = frozenset(re.findall(r"[a-z]+", around.casefold())) & _PLACES
            yield Mention(name, there, _sides(plain, start, end), places, " ".join(clause.split()))


def _sides(clause: str, start: int, end: int) -> frozenset[str]:
    """The sides of what stands between two joints of a clause, else those of the whole clause."""
    before = [joint.end() for joint in _JOINT.finditer(clause, 0, start)]
    after = _JOINT.search(clause, end)
    part = clause[before[-1] if before else 0 : after.start() if after else len(clause)]
    return _named_sides(part) or _named_sides(clause)


def _named_sides(text: str) -> frozenset[str]:
    return frozenset({"left", "right"}) if _BOTH.search(text) else frozenset(sides_said(text))


def _there(clause: str, start: int, end: int) -> bool | None:
    if _AFTER.match(clause[end:]) and not _ANY.search(clause[end : end + 20]):
        return False
    negations = list(_BEFORE.finditer(clause[:start]))
    if not negations:
        return True
    between = clause[negations[-1].end() : start]
    if _ENDS.search(between):
        return True
    return None if _PART.search(between) or _PART.match(clause[start:]) else False
