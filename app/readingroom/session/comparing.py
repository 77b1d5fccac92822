"""Which priors a draft may claim to compare with, and the words where it may claim none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from readingroom.display import words
from readingroom.record.search import StudyRow
from readingroom.record.study import Study
from readingroom.reporting.draft import Draft, draft
from readingroom.reporting.template import Template
from readingroom.session.case import Case
from readingroom.settings.sections import ReaderSettings


def comparison[Prior: (Study, StudyRow)](
    here: Sequence[Prior], known: Sequence[StudyRow], silent: Sequence[str] = ()
) -> tuple[tuple[Prior, ...], dict[str, str]]:
    """The priors to claim (only those that are here), and what to say where there are none.

    known: priors that the region lists; silent: archives that could not say whether they hold one.
    """
    if here:
        return tuple(here), {}
    if known:
        prior = known[0]
        name = prior.description or ", ".join(prior.modalities)
        return (), {"comparison": f"Not compared with the prior {name} of {words.day(prior.date)}."}
    if silent:
        return (), {"comparison": f"No prior examination was found; no answer from {', '.join(silent)}."}
    return (), {}


def fresh_draft(case: Case, template: Template, reader: ReaderSettings, at: datetime) -> Draft:
    """A new draft of a case, its comparison as the opened priors allow."""
    priors, known = comparison(case.priors, case.prior_rows, case.silent)
    return draft(template, case.study, priors, reader, at, known)


def with_priors(before: Case, after: Case, template: Template, reader: ReaderSettings) -> Case:
    """The case after priors came: sentences that nobody touched say what is true now, the reader's own stay."""
    held = after.draft
    if held is None or held.state != "draft":
        return after
    old = fresh_draft(before, template, reader, held.started)
    new = fresh_draft(after, template, reader, held.started)
    changed = held
    for field_id, text in new.fields:
        if text != old.text(field_id) and held.text(field_id) == old.text(field_id):
            changed = changed.write(field_id, text, held.changed)
    if changed is not held:
        changed = replace(changed, compared=new.compared)
    return replace(after, draft=changed)
