"""Images that rejection notes withdraw leave the glass, and the case says which and why."""

from collections.abc import Sequence
from dataclasses import replace

from readingroom.display.key_objects import Hidden, KeySelection, without_rejected
from readingroom.display.stack import Stack, stacks
from readingroom.display.view import ViewState
from readingroom.session.case import Case


def withdrawn(case: Case, selections: Sequence[KeySelection]) -> Case:
    """The case without what is rejected, or with all of it where the reader asked for it; the same case where nothing is.

    A viewport keeps its image where that stays, else it shows the nearest that is left of its series.
    """
    notes = [one for one in selections if one.rejected]
    if not notes or (case.rejected_shown and not case.hidden):
        return case
    if not case.rejected_shown and not _any_on(case, notes):
        return case
    left: list[Stack] = []
    hidden: list[Hidden] = []
    for study in (case.study, *case.priors):
        kept, gone = without_rejected(study, () if case.rejected_shown else selections)
        left += stacks(kept)
        hidden += gone
    changed = replace(case, stacks=tuple(left), hidden=tuple(hidden))
    return replace(changed, tiles=tuple(_kept_in_place(view, case, changed) for view in case.tiles))


def _any_on(case: Case, notes: Sequence[KeySelection]) -> bool:
    """Whether a frame that can be shown is rejected."""
    uids = {target.sop_uid for note in notes for target in note.targets}
    shown = (ref for stack in case.stacks if stack.is_image for ref in stack.frames if ref.sop_uid in uids)
    return any(note.is_for(ref) for ref in shown for note in notes)


def _kept_in_place(view: ViewState, before: Case, after: Case) -> ViewState:
    old = before.stack(view.stack_id)
    series_uid = view.stack_id.partition("/")[0]
    shown = old.frames[min(view.index, len(old.frames) - 1)] if old is not None and old.frames else None
    of_series = [stack for stack in after.stacks if stack.series_uid == series_uid and stack.is_image]
    if not of_series:
        return view
    home = next((stack for stack in of_series if shown is not None and shown in stack.frames), None)
    home = home or after.stack(view.stack_id) or of_series[0]
    place = home.index_of(shown) if shown is not None else None
    return replace(view, stack_id=home.id, index=min(view.index, len(home.frames) - 1) if place is None else place)
