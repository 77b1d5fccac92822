"""Left and right: which side an examination is of, and which sides a text names."""

import re

from readingroom.record.study import Study

_WORDS = re.compile(
    r"\b(?:(left)|(right))(?:[- ]?(?:sided|hand(?:ed)?|ward))?\b|\b(?:(lt)|(rt))\b|\b(?:(l)|(r))\s+(?!spine|sp\b)(?=[a-z])",
    re.IGNORECASE,
)
_NOT_A_SIDE = re.compile(
    r"\bleft (?:to do|for|with|in|over|behind|unchanged|ventric\w*|atri\w*|heart|coronary|anterior descending|circumflex|main (?:stem|coronary|artery))\b"
    r"|\bright (?:ventric\w*|atri\w*|heart|coronary|away|angle\w*|hand(?:ed)? side of the (?:image|picture|screen))\b"
    r"|\bis left\b|\bto the right of\b|\bto the left of\b|\bright[- ]left\b|\bleft[- ]right\b|\bleft[- ]to[- ]right\b",
    re.IGNORECASE,
)


def sides_said(text: str) -> set[str]:
    """The sides a text names: a subset of {"left", "right"}; chambers of the heart and idioms name none."""
    plain = _NOT_A_SIDE.sub(" ", text)
    found: set[str] = set()
    for match in _WORDS.finditer(plain):
        letter = match[5] or match[6]
        if letter and not letter.isupper():
            continue
        found.add("left" if match[1] or match[3] or match[5] else "right")
    return found


def sides_of_study(study: Study) -> str:
    """The side that the whole examination is of, "left" or "right"; "" where it is of both, of neither, or unsaid.

    Laterality of every image (PS3.3 C.7.3.1, C.7.6.1) counts first, then words of the study's own description.
    """
    marked = {
        {"L": "left", "R": "right"}.get(letter, "both")
        for series in study.series
        for letter in {series.laterality, *(instance.laterality for instance in series.instances)}
        if letter
    }
    said = sides_said(study.description)
    for series in study.series:
        said |= sides_said(series.description) | sides_said(series.body_part)
    if re.search(r"\b(?:both|bilateral|bilat)\b", study.description, re.IGNORECASE):
        return ""
    every = marked | said
    return next(iter(every)) if len(every) == 1 and "both" not in every else ""
