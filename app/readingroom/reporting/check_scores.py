"""Whether a score that is stated is the one that its own parts in the form give; nothing is filled in."""

import re
from collections.abc import Iterator

from readingroom.base.errors import ReaderError
from readingroom.reporting.concern import CaseView, Concern
from readingroom.reporting.draft import Draft
from readingroom.reporting.numbers import stated
from readingroom.reporting.scores.aspects import REGIONS, aspects
from readingroom.reporting.scores.pirads import pi_rads
from readingroom.reporting.scores.score import Score
from readingroom.reporting.scores.tirads import FOCI, ti_rads
from readingroom.reporting.template import Template


def scores(draft: Draft, template: Template, _: CaseView) -> Iterator[Concern]:
    """A concern for each stated score that its parts contradict; where a part is missing or unclear, none."""
    for field_id, compute in (("pi_rads", _pi_rads), ("ti_rads", _ti_rads), ("aspects", _aspects)):
        field, said = template.field(field_id), draft.text(field_id).strip()
        if field is None or not said:
            continue
        try:
            found = compute(draft)
        except ReaderError:
            # What no publication gives a category is the reader's own decision.
            continue
        if found is not None and found.category != said:
            parts = ", ".join(found.reasons)
            yield Concern(
                "score", f"“{field.label}” says {said}, and its parts give {found.category}: {parts}.", field_id
            )


def _pi_rads(draft: Draft) -> Score | None:
    zone, t2, dwi = draft.text("zone"), draft.text("t2"), draft.text("dwi")
    if not zone or not t2.isdigit() or not dwi.isdigit():
        return None
    return pi_rads(zone, int(t2), int(dwi), {"positive": True, "negative": False}.get(draft.text("dce")))


def _ti_rads(draft: Draft) -> Score | None:
    features = [draft.text(name) for name in ("composition", "echogenicity", "shape", "margin")]
    size = stated(draft.text("nodule_size"), "mm")
    foci = [word.strip() for word in re.split(r",|;|\band\b", draft.text("foci").casefold()) if word.strip()]
    if size is None or not foci or any(word not in FOCI for word in foci):
        return None
    composition, echogenicity, shape, margin = features
    return ti_rads(composition, echogenicity, shape, margin, foci, size)


def _aspects(draft: Draft) -> Score | None:
    regions = [word for word in re.split(r"[\s,;]+", draft.text("aspects_regions").upper().strip(". ")) if word]
    return aspects(regions) if regions and all(word in REGIONS for word in regions) else None
