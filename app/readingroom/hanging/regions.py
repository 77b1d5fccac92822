"""The body region and side that a description or BodyPartExamined names."""

import re

_WORDS: tuple[tuple[str, str], ...] = (
    ("head", r"head|brain|skull|cerebr|crani|stroke|neuro"),
    ("breast", r"breast|mammo"),
    ("heart", r"heart|cardiac|coronar"),
    ("chest", r"chest|thorax|lung|nodule|ctpa|pulmonary"),
    ("abdomen", r"abdom|liver|pancrea|kidney|renal|gallbladder|bilia|kub|urogr"),
    ("pelvis", r"pelvi|prostate|uter|rectum"),
    ("spine", r"spine|lspine|cspine|tspine|lumbar|cervical|thoracic spine"),
    ("hip", r"\bhips?\b"),
    ("knee", r"\bknees?\b"),
    ("hand", r"hand|wrist|finger|scaphoid"),
    ("foot", r"foot|feet|ankle|toe"),
    ("shoulder", r"shoulder|humerus|clavicle"),
    ("whole body", r"whole ?body|skull base to|vertex|pet"),
    ("neck", r"neck|thyroid|larynx"),
)
NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "chest": ("abdomen", "whole body", "heart", "neck", "spine"),
    "abdomen": ("pelvis", "chest", "whole body"),
    "pelvis": ("abdomen", "hip", "whole body"),
    "head": ("neck", "whole body"),
    "neck": ("head", "chest"),
    "heart": ("chest",),
    "whole body": ("chest", "abdomen", "pelvis", "head"),
    "spine": ("chest", "abdomen"),
}


def region_of(*texts: str) -> str:
    """The first region that any of the texts names, or ""."""
    for text in texts:
        for region, pattern in _WORDS:
            if re.search(pattern, text.casefold()):
                return region
    return ""


def side_of(text: str) -> str:
    """ "left", "right", or "" where none or both are named."""
    words = text.casefold()
    left = bool(re.search(r"\bleft\b|\blt\b|\(l\)", words))
    right = bool(re.search(r"\bright\b|\brt\b|\(r\)", words))
    return "left" if left and not right else "right" if right and not left else ""
