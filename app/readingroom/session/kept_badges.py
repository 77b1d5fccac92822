"""What a viewport says of its image being kept: the reader's star, and views of it."""

from readingroom.display.picture import Badge, Tone
from readingroom.record.study import FrameRef
from readingroom.reporting.kept import Star
from readingroom.session.case import Case


def star_of(case: Case, ref: FrameRef) -> Star | None:
    """The reader's star on an image, or None."""
    return next((one for one in case.stars if one.frame == ref), None)


def kept_badges(case: Case, ref: FrameRef, stored: tuple[str, ...]) -> tuple[Badge, ...]:
    """What the reader keeps of an image; stored: words of the selections that archives hold of it."""
    star_ = star_of(case, ref)
    views = sum(one.frame == ref for one in case.views)
    said = [] if star_ is None or star_.words in stored else [Badge(f"★ KEY IMAGE  {star_.words} (yours)")]
    if case.following is not None and ref.study_uid == case.study.uid:
        said.append(Badge(f"Next measurement: “{case.following.label or 'lesion of the prior'}” (Shift+F)", Tone.AMBER))
    if views:
        said.append(Badge("View kept" if views == 1 else f"{views} views kept"))
    return tuple(said)
