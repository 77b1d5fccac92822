"""The case of a report without a window: the study, its priors, its measurements, and what the archives hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.hanging.library import protocols_of_desk
from readingroom.hanging.priors import worth_opening
from readingroom.main import House
from readingroom.record.finding import Measurement
from readingroom.record.search import StudyRow
from readingroom.record.study import Study
from readingroom.reporting.check import CaseView, ReadSet
from readingroom.reporting.draft import Draft
from readingroom.reporting.kept import KeptView, Star
from readingroom.session import comparing
from readingroom.session.archived_reports import ArchivedReport, archived_reports, newer_report
from readingroom.session.fetch import open_study
from readingroom.session.memory import (
    case_as_json,
    kept_view_from_json,
    measurement_as_json,
    measurement_from_json,
    star_from_json,
)
from readingroom.session.opening import hung
from readingroom.session.priors import find_priors
from readingroom.session.reads import kept_reads, read_sets


@dataclass(frozen=True, slots=True)
class ReportCase:
    """What a report without a window rests on; silent: archives that did not answer, by name.

    known_days: (UID, day) of every earlier examination that the archives know of the patient.
    """

    study: Study
    priors: tuple[StudyRow, ...]
    silent: tuple[str, ...]
    archived: tuple[ArchivedReport, ...]
    known_days: tuple[tuple[str, date], ...] = ()


def opened(house: House, study_uid: str) -> ReportCase:
    """The study, its relevant priors, and the reports that the archives hold of it."""
    region, shelf = house.doors.region, house.doors.shelf
    study = open_study(region, shelf, study_uid)
    found = find_priors(region, shelf, study)
    silent = [silence.name for silence in found.silent]
    priors = tuple(prior.row for prior in worth_opening(found.priors))
    days = tuple((prior.row.study_uid, prior.row.date) for prior in found.priors if prior.row.date is not None)
    reports, mute = archived_reports(region, shelf, study, Ticket())
    return ReportCase(study, priors, tuple(dict.fromkeys([*silent, *(m.name for m in mute)])), reports, days)


def comparison(house: House, case: ReportCase) -> tuple[tuple[StudyRow, ...], dict[str, str]]:
    """The priors a draft may claim to compare with (those at this desk), and the words where it may claim none."""
    here = tuple(row for row in case.priors if house.doors.shelf.sop_uids(row.study_uid))
    return comparing.comparison(here, case.priors, case.silent)


def view_of(house: House, case: ReportCase, held: Draft, measurements: Sequence[Measurement]) -> CaseView:
    """What the checks may know without a window: what was looked at is what the journal keeps of it, if it does."""
    own = {item.sop_uid for item in (*house.doors.outbox.stored_for(case.study.uid), *house.doors.outbox.waiting())}
    stars, views = kept_of(house, case.study.uid)
    return CaseView(
        study=case.study,
        measurements=tuple(measurements),
        received=_received(house, case.study),
        newer_report=newer_report(case.archived, frozenset({*own, held.predecessor}), held.started),
        silent=case.silent,
        prior_dates=() if case.silent else case.known_days,
        read=read_of(house, case.study),
        stars=stars,
        views=views,
    )


def read_of(house: House, study: Study) -> tuple[ReadSet, ...] | None:
    """What this reader has seen of each display set at this desk, None where the journal has no word of it."""
    kept = kept_reads(house.doors.journal, study.uid, house.settings.reader.name)
    if not kept:
        return None
    case = hung(study, (), protocols_of_desk(house.profile.hanging, house.settings.hanging.site))
    return read_sets(case, kept)


def compared(house: House, held: Draft) -> tuple[Study, ...]:
    """The priors that the draft compares with, as this desk has them."""
    found = [house.doors.shelf.study(uid) for uid in held.compared]
    return tuple(study for study in found if study is not None)


def measurements_of(house: House, study_uid: str) -> tuple[Measurement, ...]:
    """The measurements that the journal keeps of a study."""
    kept = house.doors.journal.newest("case", study_uid) or {}
    try:
        return tuple(measurement_from_json(one) for one in kept.get("measurements", ()))
    except (KeyError, TypeError, ValueError) as error:
        raise ReaderError(
            f"The journal's measurements of this study are damaged ({error!r}).", "Measure again."
        ) from error


def kept_of(house: House, study_uid: str) -> tuple[tuple[Star, ...], tuple[KeptView, ...]]:
    """The key images and views that the journal keeps of a study."""
    kept = house.doors.journal.newest("case", study_uid) or {}
    try:
        stars = tuple(star_from_json(one) for one in kept.get("stars", ()))
        return stars, tuple(kept_view_from_json(one) for one in kept.get("views", ()))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        problem = f"The journal's key images of this study are damaged ({error!r})."
        raise ReaderError(problem, "Open it in the window and star them again.") from error


def keep_measurements(house: House, study: Study, measurements: Sequence[Measurement]) -> None:
    """Put measurements into the study's case in the journal, where the window finds them."""
    kept = house.doors.journal.newest("case", study.uid)
    if kept is None:
        kept = case_as_json(hung(study))
    kept = {**kept, "measurements": [measurement_as_json(measurement) for measurement in measurements]}
    house.doors.journal.write("case", study.uid, kept)


def with_reader(house: House, name: str, registration: str) -> House:
    """The house with another reader at its desk, as far as one is named."""
    reader = house.settings.reader
    reader = replace(reader, name=name or reader.name, registration=registration or reader.registration)
    if name and name != house.settings.reader.name and not registration:
        reader = replace(reader, registration="")
    return replace(house, settings=replace(house.settings, reader=reader))


def _received(house: House, study: Study) -> tuple[tuple[str, int], ...]:
    """How much of each series is at this desk, where it was fetched at all."""
    here = house.doors.shelf.sop_uids(study.uid)
    counts = [(s.uid, sum(1 for instance in s.instances if instance.sop_uid in here)) for s in study.series]
    # A single object is what was brought for its header, not a series that was cut short.
    return tuple((uid, count) for uid, count in counts if count > 1)
