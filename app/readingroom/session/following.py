"""A lesion that was measured before is measured again: the new number takes its identity, and so they compare."""

from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.base.uid import is_uid
from readingroom.record.finding import Measurement
from readingroom.reporting.draft import Draft
from readingroom.reporting.lesions import Followed
from readingroom.session.case import Case
from readingroom.session.desk import Desk, Notice
from readingroom.session.measuring import as_lesion, followed, go_to
from readingroom.session.reported import as_measurement, group_named


def follow(desk: Desk) -> None:
    """With a measurement of a report selected: the next one that is drawn is of its lesion; again, and it is not.

    With an own one selected, while a lesion is followed: that one is of it, in one undoable step.
    """
    case = desk.case
    if case is None:
        return
    own = next((one for one in case.measurements if one.tracking_uid == case.selected), None)
    found = group_named(desk, case.selected) if own is None else None
    if found is not None:
        follow_lesion(desk, as_measurement(*found))
    elif own is not None and case.following is not None:
        _identify(desk, case, own, case.following)
    elif case.following is not None:
        desk.change(replace(case, following=None))
    else:
        remedy = "Show the prior's report (Shift+M), click its measurement in the list, then press this key."
        desk.notice(ReaderError("No lesion to follow is selected.", remedy), "calm")


def follow_lesion(desk: Desk, lesion: Measurement) -> None:
    """The next measurement that is drawn is of this lesion; one that is measured in this case already is shown instead."""
    case = desk.case
    if case is None:
        return
    uid = lesion.tracking_uid
    if not is_uid(uid):
        problem = "That measurement has no identity (Tracking Unique Identifier), so nothing can follow it."
        desk.notice(ReaderError(problem, "Measure it anew on the prior: that one can be followed."))
        return
    if any(one.tracking_uid == uid for one in case.measurements):
        desk.notice(ReaderError("This lesion is measured already.", "Move its handles, or delete it first."), "calm")
        go_to(desk, uid)
        return
    if case.following is not None and case.following.tracking_uid == uid:
        desk.change(replace(case, following=None))
        return
    wanted = Followed(uid, lesion.label, lesion.finding, lesion.site)
    desk.change(replace(case, following=wanted))
    remedy = "Draw it now; or select your own and press the same key. Again, and it is not followed."
    desk.noticed.tell(Notice(f"The next measurement is of “{lesion.label or 'this lesion'}”.", remedy))


def _identify(desk: Desk, case: Case, own: Measurement, lesion: Followed) -> None:
    if own.frame.study_uid != case.study.uid:
        desk.notice(ReaderError("This measurement is on another examination.", "Select one of the current images."))
        return
    made = as_lesion(own, lesion)
    measurements = tuple(made if one is own else one for one in case.measurements)
    draft = _relinked(case.draft, own.tracking_uid, made.tracking_uid) if case.draft is not None else None
    changed = replace(
        case, measurements=measurements, selected=made.tracking_uid, following=None, draft=draft,
        targets=tuple(uid for uid in case.targets if uid != own.tracking_uid),
    )  # fmt: skip
    desk.change(followed(changed, desk), "Follow a lesion")


def _relinked(draft: Draft, before: str, after: str) -> Draft:
    """The draft with its numbers of a measurement linked to its new identity."""
    if draft.state != "draft" or not any(link.tracking_uid == before for link in draft.links):
        return draft
    links = tuple(replace(link, tracking_uid=after) if link.tracking_uid == before else link for link in draft.links)
    return replace(draft, links=links)
