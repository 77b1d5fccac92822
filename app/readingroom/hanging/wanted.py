"""Which of the priors that are listed a case's protocol has a role for: those are opened beside it."""

from collections.abc import Sequence

from readingroom.hanging.choosing import ranked
from readingroom.hanging.library import Protocols
from readingroom.hanging.priors import Prior, worth_opening
from readingroom.hanging.roles import earlier_of, roles_of
from readingroom.hanging.tables import usual_tables
from readingroom.hanging.traits import study_traits
from readingroom.record.search import StudyRow
from readingroom.record.study import Series, Study


def rows_to_open(study: Study, found: Sequence[Prior], protocols: Protocols) -> tuple[StudyRow, ...]:
    """What opens beside a study unasked: the most relevant prior, then those that its protocol has a role for."""
    nearest = (one.row for one in worth_opening(found)[:1])
    return tuple(dict.fromkeys((*nearest, *priors_with_roles(study, found, protocols))))


def priors_with_roles(study: Study, found: Sequence[Prior], protocols: Protocols) -> tuple[StudyRow, ...]:
    """The rows that take a role in the protocol that fits the study best, in the order of the protocol's roles."""
    tables = usual_tables()
    traits = study_traits(study, tables)
    candidates, _ = ranked(protocols.usable, traits)
    if not candidates:
        return ()
    rows = {prior.row.study_uid: prior.row for prior in found}
    earlier, _ = earlier_of(study, [_as_study(row) for row in rows.values()], tables)
    roles = roles_of(candidates[0][1].priors, traits, earlier, tables)
    wanted = [roles[role.id].uid for role in candidates[0][1].priors if role.id in roles]
    return tuple(rows[uid] for uid in wanted)


def _as_study(row: StudyRow) -> Study:
    """What a list says of a study, as far as the roles ask for it."""
    series = tuple(Series("", None, modality, "", row.body_part) for modality in row.modalities)
    return Study(row.study_uid, row.patient, row.date, row.time, row.description, series=series)
