"""Which stack hangs in which viewport, and why: pure, explained, and nothing is ever unreachable."""

from collections.abc import Sequence
from dataclasses import dataclass

from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.record.study import Study

MAMMOGRAM = ("R CC", "L CC", "R MLO", "L MLO")


@dataclass(frozen=True, slots=True)
class Hanging:
    """A layout (rows, columns) with one view per viewport, the reasons, and the stacks that wait in the tray."""

    layout: tuple[int, int]
    tiles: tuple[ViewState, ...]
    reasons: tuple[str, ...]
    unhung: tuple[str, ...]


def hang(study: Study, stacks: Sequence[Stack], priors: Sequence[Study] = ()) -> Hanging:
    """Hang a study and its opened priors: the current examination left, the prior right, stacks at their middle."""
    own = [s for s in stacks if s.study_uid == study.uid and s.is_read]
    old = [s for s in stacks if s.study_uid != study.uid and s.is_read]
    order = {p.uid: n for n, p in enumerate(priors)}
    old.sort(key=lambda s: order.get(s.study_uid, len(order)))
    layout, chosen, reasons = _chosen(study, own, old)
    count = layout[0] * layout[1]
    views = tuple(_view(s) for s in chosen[:count]) + (ViewState(),) * max(0, count - len(chosen))
    hung = {s.id for s in chosen[:count]}
    return Hanging(layout, views, reasons, tuple(s.id for s in stacks if s.id not in hung))


def _chosen(study: Study, own: list[Stack], old: list[Stack]) -> tuple[tuple[int, int], list[Stack], tuple[str, ...]]:
    modalities = set(study.modalities)
    if "MG" in modalities and len(own) >= 2:
        return (2, 2), _mammogram(own), ("mammogram: right views beside left, CC above MLO",)
    if {"PT", "CT"} <= modalities:
        both = [_main([s for s in own if s.modality == m]) for m in ("CT", "PT")]
        return (1, 2), [s for s in both if s is not None], ("PET-CT: CT left, PET right",)
    main = _main(own)
    if main is None:
        return (1, 1), [], ("no images in this study",)
    companion = _companion(main, old)
    if companion is not None:
        return (1, 2), [main, companion], ("a prior of the same kind: current left, prior right",)
    if main.modality == "MR" and len([s for s in own if s.kind == "stack"]) >= 3:
        sequences = [s for s in own if s.kind == "stack"][:4]
        return (2, 2), sequences, ("MR: up to four sequences side by side",)
    if main.modality in ("DX", "CR") and len(own) > 1:
        return (1, 2), own[:2], ("two projections side by side",)
    return (1, 1), [main], ("one examination without a comparable prior",)


def _main(own: Sequence[Stack]) -> Stack | None:
    """The stack that is read first: not a localizer, most images, soft kernel before sharp by series order."""
    readable = [s for s in own if s.kind != "localizer"] or list(own)
    return max(readable, key=lambda s: min(len(s.frames), 20), default=None)


def _companion(main: Stack, old: Sequence[Stack]) -> Stack | None:
    alike = [s for s in old if s.modality == main.modality and s.kind == main.kind]
    if not alike and main.modality in ("DX", "CR"):
        alike = [s for s in old if s.modality in ("DX", "CR")]
    first = alike[0].study_uid if alike else ""
    return _main([s for s in alike if s.study_uid == first])


def _mammogram(own: Sequence[Stack]) -> list[Stack]:
    ordered = [next((s for s in own if mammogram_view(s) == view), None) for view in MAMMOGRAM]
    left_over = [s for s in own if s not in ordered]
    return [s if s is not None else left_over.pop(0) for s in ordered if s is not None or left_over]


def mammogram_view(stack: Stack) -> str:
    """Side and view as read from the series description, e.g. "R MLO"; "" where it says neither."""
    words = stack.description.upper().replace("-", " ").split()
    side = (
        "R" if {"R", "RIGHT", "RCC", "RMLO"} & set(words) else "L" if {"L", "LEFT", "LCC", "LMLO"} & set(words) else ""
    )
    view = "MLO" if any("MLO" in w for w in words) else "CC" if any(w.endswith("CC") for w in words) else ""
    return f"{side} {view}".strip() if side and view else ""


def _view(stack: Stack) -> ViewState:
    middle = len(stack.frames) // 2 if stack.kind == "stack" else 0
    return ViewState(stack_id=stack.id, index=middle)
