"""The body regions, the side and the contrast that an examination names: in words, terms or codes."""

from collections.abc import Iterable

from readingroom.hanging.relevance import Relevance, usual_relevance
from readingroom.record.patient import without_accents


def regions_of(
    texts: Iterable[str], parts: Iterable[str] = (), codes: Iterable[str] = (), rules: Relevance | None = None
) -> tuple[str, ...]:
    """Every region that is named, in the order of the rules; () where none is.

    texts: descriptions; parts: Body Part Examined (PS3.16 Annex L); codes: SNOMED CT codes of anatomy.
    """
    rules = rules or usual_relevance()
    terms = {part.strip().upper() for part in parts} - {""}
    known = {code.strip() for code in codes}
    found = {one.name for one in rules.regions if terms & one.parts or known & one.codes}
    # A part that is no defined term may still be a word: "Knee left".
    unknown = [part for part in terms if not any(part in one.parts for one in rules.regions)]
    for text in (*texts, *unknown):
        found |= _named(text, rules)
    return tuple(one.name for one in rules.regions if one.name in found)


def region_of(*texts: str) -> str:
    """The first region that the texts name, or ""."""
    return next(iter(regions_of(texts)), "")


def side_of(*texts: str, laterality: Iterable[str] = ()) -> str:
    """ "left", "right", or "" where none or both are named; laterality: L, R or B as headers say it (PS3.3 C.7.3.1)."""
    words = usual_relevance().words
    plain = " ".join(without_accents(text) for text in texts)
    if words["both"].search(plain):
        return ""
    sides = {side for side in ("left", "right") if words[side].search(plain)}
    if not sides:
        sides = {{"L": "left", "R": "right"}.get(one.strip().upper(), "") for one in laterality} - {""}
    return sides.pop() if len(sides) == 1 else ""


def contrast_of(text: str) -> str:
    """ "with contrast", "without contrast", or "" where a description says neither or both."""
    words, plain = usual_relevance().words, without_accents(text)
    without = words["without_contrast"].search(plain)
    given = words["with_contrast"].search(plain)
    if bool(without) == bool(given):
        return ""
    return "without contrast" if without else "with contrast"


def is_oncology(*texts: str) -> bool:
    """Whether an examination says that it belongs to a cancer pathway."""
    pattern = usual_relevance().words["oncology"]
    return any(pattern.search(without_accents(text)) for text in texts)


def _named(text: str, rules: Relevance) -> set[str]:
    plain, found = without_accents(text), set()
    # A word may name several regions at once (CAP: chest, abdomen and pelvis): it stays for each. Any other is read
    # once: the spine that "thoracic spine" names leaves no chest behind.
    names: dict[str, set[str]] = {}
    for one in rules.regions:
        for match in one.words.finditer(plain):
            names.setdefault(match.group(), set()).add(one.name)
    for one in rules.regions:
        for match in reversed(list(one.words.finditer(plain))):
            found.add(one.name)
            if len(names.get(match.group(), ())) < 2:
                plain = f"{plain[: match.start()]} {plain[match.end() :]}"
    if not found:
        found = {one.name for one in rules.regions if one.alone is not None and one.alone.search(plain)}
    return found
