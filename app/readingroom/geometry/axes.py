"""Letters of the patient axes: which way is left, posterior, head."""

from readingroom.record.study import Vector

_LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))
_OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "F": "H", "H": "F"}
THRESHOLD = 0.05
"""Components smaller than this share of the direction get no letter of their own."""


def letters(direction: Vector, most: int = 3) -> str:
    """The letters of a direction in LPS, strongest component first (PS3.3 C.7.6.1.1.1); "" for no direction."""
    parts = sorted(range(3), key=lambda n: -abs(direction[n]))
    return "".join(_LETTERS[n][direction[n] > 0] for n in parts[:most] if abs(direction[n]) > THRESHOLD)


def opposite(text: str) -> str:
    """The letters of the opposite direction: "AH" becomes "PF"; letters that are not axes stay."""
    return "".join(_OPPOSITE.get(letter, letter) for letter in text)


def plane_name(normal: Vector) -> str:
    """Which of the three planes an image is nearest to by the direction across it; "" for no direction."""
    strongest = max(range(3), key=lambda n: abs(normal[n]))
    return ("sagittal", "coronal", "axial")[strongest] if abs(normal[strongest]) > THRESHOLD else ""
