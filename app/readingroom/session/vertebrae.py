"""The names of vertebrae, and which one comes next when the reader clicks on."""

from collections.abc import Sequence

NAMES: tuple[str, ...] = (
    *(f"C{n}" for n in range(1, 8)), *(f"T{n}" for n in range(1, 13)), *(f"L{n}" for n in range(1, 6)), "S1", "S2",
)  # fmt: skip
"""From head to foot. A transitional vertebra is named by hand ("L6", "T13"): nothing is counted past it unasked."""


def next_name(labelled: Sequence[tuple[str, float]], at: float) -> str:
    """The name of a vertebra at a height, by the nearest one that is named; "" where none is.

    labelled: (name, height), at: height; heights grow towards the head, in any one unit. One above the nearest is the
    next towards the head, one below it the next towards the foot; "" past the ends of the spine, and where the nearest
    has a name that is not in the list.
    """
    if not labelled:
        return ""
    name, height = min(labelled, key=lambda one: abs(one[1] - at))
    if name not in NAMES or height == at:
        return ""
    place = NAMES.index(name) + (-1 if at > height else 1)
    wanted = NAMES[place] if 0 <= place < len(NAMES) else ""
    return "" if wanted in {taken for taken, _ in labelled} else wanted
