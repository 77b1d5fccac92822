"""The cardiothoracic ratio: believed on an erect PA radiograph only, and the words say so.

Four points are two lines: the ends of the widest heart, then of the widest thorax inside the ribs. Eight points are
four half lines, each from the midline outwards: heart right, heart left, thorax right, thorax left.
"""

from collections.abc import Sequence
from math import atan2, degrees, hypot

from readingroom.plugin.api import Basis, FrameFacts, ImagePoint, Refused, Value, distance, spacing_of, spread

RADIOGRAPHS = frozenset({"CR", "DX", "RG"})
FRONTAL = {"PA": "PA", "POSTERO-ANTERIOR": "PA", "AP": "AP", "ANTERO-POSTERIOR": "AP"}
MOST_TURN_DEG = 15.0
_CAVEAT = "believe it on an erect PA radiograph in full inspiration only"


def cardiothoracic_ratio(points: Sequence[ImagePoint], facts: FrameFacts) -> tuple[tuple[Value, ...], Basis]:
    """The ratio (unit 1) with its ±, and the two widths; Refused on a view or a drawing that gives no true ratio."""
    view = _frontal_view(facts)
    lines = _lines(points)
    _check_lines(lines)
    spacing = spacing_of(facts, points)

    def width(pairs: Sequence[tuple[ImagePoint, ImagePoint]]) -> float:
        return sum(distance(start, end, spacing.scale) for start, end in pairs)

    def ratio(drawn: Sequence[ImagePoint]) -> float:
        heart, thorax = _lines(drawn)
        return width(heart) / width(thorax)

    heart, thorax = width(lines[0]), width(lines[1])
    if not 0 < heart < thorax:
        raise Refused(
            "The heart is drawn wider than the thorax.", "Draw the heart first, then the thorax inside the ribs."
        )
    if view == "PA":
        words = f"PA; {_CAVEAT}: the header does not say erect"
    elif view == "AP":
        words = f"AP, the heart looks larger than it is; {_CAVEAT}"
    else:
        words = f"view not stated; {_CAVEAT}"
    values = (
        Value("Cardiothoracic ratio", ratio(points), "1", spread(ratio, points)),
        Value("Cardiac width", heart, spacing.basis.unit),
        Value("Thoracic width", thorax, spacing.basis.unit),
    )
    return values, Basis(spacing.basis.unit, f"{spacing.basis.text}; {words}", spacing.basis.source, certain=False)


def _frontal_view(facts: FrameFacts) -> str:
    """ "PA", "AP" or "" where the header is silent; Refused where the view is not frontal."""
    if facts.modality not in RADIOGRAPHS:
        raise Refused(
            f"A cardiothoracic ratio is measured on a chest radiograph, and this is {facts.modality or 'unknown'}.",
            "Measure the heart with a length here.",
        )
    view = facts.view.strip().upper()
    edges = {letter for side in facts.patient_orientation[:1] for letter in side[:1].upper()}
    if (view and view not in FRONTAL) or edges & {"A", "P"}:
        raise Refused(
            f"This view ({view or 'by its orientation a lateral'}) is not frontal, so it has no cardiothoracic ratio.",
            "Open the PA view.",
        )
    return FRONTAL.get(view, "")


def _lines(
    points: Sequence[ImagePoint],
) -> tuple[list[tuple[ImagePoint, ImagePoint]], list[tuple[ImagePoint, ImagePoint]]]:
    """The pairs of the heart and those of the thorax: one each of four points, two each of eight."""
    if len(points) not in (4, 8):
        raise Refused(
            f"The cardiothoracic ratio needs 4 or 8 points and got {len(points)}.", "Give its points in order."
        )
    pairs = [(points[n], points[n + 1]) for n in range(0, len(points), 2)]
    return pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]


def _check_lines(
    lines: tuple[list[tuple[ImagePoint, ImagePoint]], list[tuple[ImagePoint, ImagePoint]]],
) -> None:
    """Refused where a line has no length, the lines are not parallel, or two halves go the same way."""
    ways = [(end[0] - start[0], end[1] - start[1]) for part in lines for start, end in part]
    if any(hypot(*way) < 1 for way in ways):
        raise Refused("A line is shorter than a pixel.", "Draw it over some distance.")
    first = ways[0]
    for way in ways[1:]:
        turn = abs(degrees(atan2(first[0] * way[1] - first[1] * way[0], first[0] * way[0] + first[1] * way[1])))
        if min(turn, 180 - turn) > MOST_TURN_DEG:
            raise Refused(
                f"The lines are turned by {min(turn, 180 - turn):.0f}° against each other.", "Draw them parallel."
            )
    if len(ways) == 4 and any(ways[n][0] * ways[n + 1][0] + ways[n][1] * ways[n + 1][1] > 0 for n in (0, 2)):
        raise Refused("Two halves go to the same side.", "Draw one from the midline to each side.")
