"""RECIST 1.1: sums of target lesions and the response to treatment (Eisenhauer et al., Eur J Cancer 2009;45:228–47)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from readingroom.base.errors import ReaderError
from readingroom.reporting.scores.score import Score

SOURCE = "RECIST 1.1: Eisenhauer et al., Eur J Cancer 2009;45:228"
MOST_TARGETS, MOST_IN_AN_ORGAN, LEAST_MM, LEAST_NODE_MM, NORMAL_NODE_MM = 5, 2, 10.0, 15.0, 10.0
NON_TARGET = ("none", "CR", "non-CR/non-PD", "PD", "not evaluated")


@dataclass(frozen=True, slots=True)
class Target:
    """One target lesion; mm: longest diameter, or short axis of a lymph node. None where it was not measured."""

    organ: str
    mm: float | None
    node: bool = False


def baseline_sum_mm(targets: Sequence[Target]) -> float:
    """The sum at baseline; ReaderError where the lesions may not be targets (five, two in an organ, measurable)."""
    if not targets or len(targets) > MOST_TARGETS:
        raise ReaderError(f"There are {len(targets)} target lesions.", f"Choose one to {MOST_TARGETS}.")
    organ, count = Counter(target.organ.casefold() for target in targets).most_common(1)[0]
    if count > MOST_IN_AN_ORGAN:
        raise ReaderError(f"There are {count} target lesions in one organ: {organ}.", "Choose two at most.")
    for target in targets:
        least = LEAST_NODE_MM if target.node else LEAST_MM
        if target.mm is None or target.mm < least:
            raise ReaderError(f"A target in {target.organ} is not measurable.", f"It needs {least:g} mm or more.")
    return sum_mm(targets) or 0.0


def sum_mm(targets: Sequence[Target]) -> float | None:
    """The sum of all targets; None where one of them was not measured."""
    sizes = [target.mm for target in targets]
    return None if None in sizes else round(sum(size for size in sizes if size is not None), 6)


def target_response(targets: Sequence[Target], baseline_mm: float, nadir_mm: float) -> Score:
    """CR, PR, SD, PD or NE of the target lesions; nadir_mm: the smallest sum so far, the baseline among them."""
    now = sum_mm(targets)
    if now is None:
        return Score("NE", ("a target was not measured",), "", SOURCE)
    if not targets or nadir_mm > baseline_mm or baseline_mm <= 0:
        raise ReaderError("The smallest sum so far cannot exceed the baseline.", "Take the smaller of both.")
    reasons = (f"baseline {baseline_mm:g} mm", f"nadir {nadir_mm:g} mm", f"now {now:g} mm")
    gone = all(t.mm is not None and (t.mm < NORMAL_NODE_MM if t.node else t.mm == 0) for t in targets)
    if gone:
        return Score("CR", reasons, "", SOURCE)
    rise = round(now - nadir_mm, 6)
    if rise >= 5 and rise >= round(0.2 * nadir_mm, 6):
        return Score("PD", reasons, "", SOURCE)
    shrunk = round(baseline_mm - now, 6) >= round(0.3 * baseline_mm, 6)
    return Score("PR" if shrunk else "SD", reasons, "", SOURCE)


def overall_response(target: str, non_target: str, new_lesions: bool) -> Score:
    """The overall response at one time (Table 1): of patients with target lesions, and "none" or with others too."""
    if target not in ("CR", "PR", "SD", "PD", "NE") or non_target not in NON_TARGET:
        raise ReaderError("This is no response.", f"Use CR, PR, SD, PD or NE, and: {', '.join(NON_TARGET)}.")
    reasons = (f"targets {target}", f"non-targets {non_target}", "new lesions" if new_lesions else "no new lesions")
    if new_lesions or "PD" in (target, non_target):
        category = "PD"
    elif target == "CR":
        category = "CR" if non_target in ("CR", "none") else "PR"
    else:
        category = target
    return Score(category, reasons, "", SOURCE)
