"""Bringing a study from the archives to the shelf: which holder, which objects are missing, and what may be kept.

What an archive sends is kept only where its own header names the study, the series and the patient that were asked for.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.patient import Patient, differences
from readingroom.record.search import Query, Received
from readingroom.record.study import Series, Study
from readingroom.session.ports import Archive, Region, Shelf

Arrived = Callable[[Received], None]
AHEAD = 2
"""So many objects may have been brought singly ahead of their series; with more here, nothing is streamed again."""
_GIVE_UP_AFTER = 3
"""Objects that fail one after the other until the archive is taken to be gone."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One object that did not come, or came and was not kept, and why."""

    sop_uid: str
    problem: str
    remedy: str = ""


def open_study(
    region: Region, shelf: Shelf, study_uid: str, held_by: Sequence[str] = (), patient: Patient | None = None
) -> Study:
    """The study's metadata from the first holder that gives it, put on the shelf; without any, as the shelf has it."""
    study, news = find_study(region, shelf, study_uid, held_by, patient)
    if news:
        shelf.put_study(study)
    return study


def find_study(
    region: Region, shelf: Shelf, study_uid: str, held_by: Sequence[str] = (), patient: Patient | None = None
) -> tuple[Study, bool]:
    """The study's metadata from the first holder that gives it, and True; without any, as the shelf has it, and False.

    held_by: holders in the order to try, as search answered them; empty asks the region. patient: whom the reader
    chose. ReaderError where nobody has it, where the region holds two patients under its identifier, or where the
    study turns out to be somebody else's.
    """
    known = set(region.names)
    holders = [name for name in held_by if name in known]
    troubles: list[ReaderError] = []
    if not holders:
        holders, troubles = _holders(region, study_uid, patient)
    for name in holders:
        try:
            study = region.archive(name).study(study_uid)
        except ReaderError as error:
            troubles.append(error)
            continue
        _check_patient(study, patient, name)
        study = replace(study, held_by=tuple(dict.fromkeys((name, *holders))))
        return study, True
    kept = shelf.study(study_uid)
    if kept is not None:
        _check_patient(kept, patient, "this desk")
        return kept, False
    if troubles:
        raise troubles[0] if len(troubles) == 1 else _together(troubles)
    raise ReaderError("No archive of this desk has this study.", "Check the identifier, or ask the trust that made it.")


def bring_object(region: Region, shelf: Shelf, study: Study, series_uid: str, sop_uid: str, ticket: Ticket) -> Received:
    """One object from the first holder that gives it, put on the shelf."""
    troubles: list[ReaderError] = []
    for name in study.held_by or region.names:
        try:
            received = region.archive(name).object(study.uid, series_uid, sop_uid, ticket)
            shelve(shelf, study, series_uid, received)
        except ReaderError as error:
            troubles.append(error)
            continue
        return received
    if troubles:
        raise troubles[0] if len(troubles) == 1 else _together(troubles)
    raise ReaderError("No archive is configured that could send this image.", "Add one to the settings.")


def bring_series(
    archive: Archive,
    shelf: Shelf,
    study: Study,
    series: Series,
    missing: Collection[str],
    ticket: Ticket,
    arrived: Arrived,
) -> None:
    """Put the missing objects of a series on the shelf; `arrived` is told each, on this thread.

    ReaderError where any did not come or may not be kept, after all others came.
    """
    failures = bring_missing(archive, shelf, study, series, missing, ticket, arrived)
    if failures:
        raise ReaderError(failures[0].problem, failures[0].remedy)


def bring_missing(
    archive: Archive,
    shelf: Shelf,
    study: Study,
    series: Series,
    missing: Collection[str],
    ticket: Ticket,
    arrived: Arrived,
    one_by_one: bool = False,
    rest_singly: bool = True,
) -> tuple[Failure, ...]:
    """As bring_series, with a failure per object instead of an error.

    A series of which next to nothing is here comes as one stream; of others, what is missing is asked singly, as is
    what a stream left out (unless not rest_singly, and it brought anything) and all with one_by_one, in order.
    """
    left, failures = dict.fromkeys(missing), dict[str, Failure]()

    def keep(received: Received) -> None:
        if received.sop_uid not in left and received.sop_uid in _uids(series):
            return
        try:
            shelve(shelf, study, series.uid, received)
        except ReaderError as error:
            failures[received.sop_uid] = Failure(received.sop_uid, error.problem, error.remedy)
            left.pop(received.sop_uid, None)
            return
        left.pop(received.sop_uid, None)
        arrived(received)

    trouble: ReaderError | None = None
    before = len(left)
    if not one_by_one and len(series.instances) - before <= AHEAD and 2 * before > len(series.instances):
        trouble = _stream(archive, study, series, ticket, keep)
        if trouble is not None and len(left) == before:
            return (*failures.values(), *(Failure(uid, trouble.problem, trouble.remedy) for uid in left))
        if not rest_singly and len(left) < before:
            return tuple(failures.values())
    singly = _singly(archive, study, series, tuple(left), ticket, keep)
    return (*failures.values(), *singly)


def unlike(study: Study, series_uid: str, received: Received) -> str:
    """Why an object that an archive sent may not be kept with this study, in words; "" where it may."""
    if received.study_uid != study.uid:
        return "it names another study"
    if received.patient is not None and (against := differences(study.patient, received.patient)):
        return f"it names another patient: {'; '.join(against)}"
    if received.series_uid != series_uid:
        return "it names another series"
    series = study.series_named(series_uid)
    aside = any(one.sop_uid == received.sop_uid for one in study.set_aside)
    if aside and not (series is not None and received.sop_uid in _uids(series)):
        return "it was set aside when the study was opened"
    return ""


def shelve(shelf: Shelf, study: Study, series_uid: str, received: Received) -> None:
    """Put an object that came on the shelf; ReaderError where it does not belong to this study and series."""
    against = unlike(study, series_uid, received)
    if against:
        raise ReaderError(
            f"An object that came for this study was kept apart: {against}.",
            "It is not shown. Ask the archive to correct it.",
        )
    shelf.put(received)


def _stream(
    archive: Archive, study: Study, series: Series, ticket: Ticket, keep: Callable[[Received], None]
) -> ReaderError | None:
    stream: Iterator[Received] = archive.series_objects(study.uid, series.uid, ticket)
    try:
        for received in stream:
            keep(received)
            ticket.checkpoint()
    except ReaderError as error:
        return error
    finally:
        close = getattr(stream, "close", None)
        if close is not None:
            close()
    return None


def _singly(
    archive: Archive,
    study: Study,
    series: Series,
    sop_uids: Sequence[str],
    ticket: Ticket,
    keep: Callable[[Received], None],
) -> list[Failure]:
    failures: list[Failure] = []
    in_a_row = 0
    for n, sop_uid in enumerate(sop_uids):
        ticket.checkpoint()
        try:
            received = archive.object(study.uid, series.uid, sop_uid, ticket)
        except ReaderError as error:
            in_a_row += 1
            failures.append(Failure(sop_uid, error.problem, error.remedy))
            if in_a_row >= _GIVE_UP_AFTER:
                return failures + [Failure(uid, error.problem, error.remedy) for uid in sop_uids[n + 1 :]]
            continue
        in_a_row = 0
        if received.sop_uid != sop_uid:
            said = f"{archive.name} sent another object than was asked for."
            failures.append(Failure(sop_uid, said, "Tell the archive's owner."))
        keep(received)
    return failures


def _uids(series: Series) -> frozenset[str]:
    return frozenset(instance.sop_uid for instance in series.instances)


def _holders(region: Region, study_uid: str, patient: Patient | None) -> tuple[list[str], list[ReaderError]]:
    answer = region.search(Query(study_uid=study_uid))
    rows = [row for row in answer.rows if patient is None or not differences(patient, row.patient)]
    whose = [row for row in rows if not row.conflict] or rows
    if len(whose) > 1:
        raise ReaderError(
            f"This identifier stands for examinations of {len(whose)} patients: {whose[0].conflict}",
            "Choose one of them in the worklist, or name the archive to fetch it from.",
        )
    troubles = [ReaderError(silence.problem, silence.remedy) for silence in answer.silent]
    return list(whose[0].held_by) if whose else [], troubles


def _check_patient(study: Study, patient: Patient | None, name: str) -> None:
    against = differences(patient, study.patient) if patient is not None else ()
    if against:
        raise ReaderError(
            f"The study that {name} sent belongs to another patient: {'; '.join(against)}.",
            "It was not opened. Tell the archive's owner.",
        )


def _together(troubles: Sequence[ReaderError]) -> ReaderError:
    return ReaderError(" ".join(dict.fromkeys(t.problem for t in troubles)), troubles[0].remedy)
