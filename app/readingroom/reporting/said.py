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
_PLACES = frozenset(terms.PLACES.split())


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
    sides = frozenset(sides_said(plain))
    named = frozenset(re.findall(r"[a-z]+", f"{plain} {title}".casefold())) & _PLACES
    for name, how in _FINDINGS:
        for match in how.finditer(plain):
            there = None if is_open else _there(plain, match.start(), match.end())
            yield Mention(name, there, sides, named, " ".join(clause.split()))


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
