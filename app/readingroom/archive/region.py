"""All archives of a region as one: asked at once, each within its own limit, folded by study, identities checked."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Protocol

from readingroom.archive.nearness import Nearness
from readingroom.base.errors import ReaderError
from readingroom.base.log import LOG
from readingroom.record.door import Archive
from readingroom.record.patient import Patient, differences, doubt, evidence
from readingroom.record.search import Query, RegionAnswer, Silence, StudyRow

_USUAL_LIMIT_S = 8.0
_EARLY_S = 1.0
"""Seconds after which the answers that came are told early, beside who is still awaited."""


class Door(Archive, Protocol):
    """One archive of the region, behind whatever door."""

    def close(self) -> None:
        """Let go of what is open."""
        ...


class Region:
    """The archives nearest first, as one."""

    def __init__(self, archives: Sequence[Door], limits_s: Mapping[str, float] | None = None) -> None:
        self._archives = tuple(archives)
        self._limits_s = dict(limits_s or {})
        self._nearness = Nearness(self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The archives, nearest first."""
        return tuple(one.name for one in self._archives)

    @property
    def archives(self) -> tuple[Door, ...]:
        """Every door, nearest first."""
        return self._archives

    def archive(self, name: str) -> Door:
        """The archive of that name, or ReaderError."""
        for one in self._archives:
            if one.name == name:
                return one
        known = ", ".join(self.names) or "none is configured"
        raise ReaderError(f"No archive is called “{name}”.", f"The archives of this desk: {known}.")

    def search(self, query: Query, early: Callable[[RegionAnswer], None] | None = None) -> RegionAnswer:
        """Ask every archive at once; one that is silent after its limit is named and holds nobody up.

        early: told what has come after a second, and at each answer after that, while others are awaited.
        """
        answers: SimpleQueue[tuple[str, tuple[StudyRow, ...] | ReaderError]] = SimpleQueue()
        for one in self._archives:
            threading.Thread(target=_ask, args=(one, query, answers), name=f"ask-{one.name}", daemon=True).start()
        rows: dict[str, tuple[StudyRow, ...]] = {}
        silent: dict[str, Silence] = {}
        began = monotonic()
        waiting = {name: began + self._limits_s.get(name, _USUAL_LIMIT_S) for name in self.names}
        tell_at = began + _EARLY_S if early is not None else inf
        while waiting:
            try:
                name, found = answers.get(timeout=max(0.0, min(*waiting.values(), tell_at) - monotonic()))
            except Empty:
                if early is not None and monotonic() >= tell_at:
                    early(self._answer(query, rows, silent, tuple(waiting)))
                    tell_at = inf
                late = [name for name, end in waiting.items() if end <= monotonic()]
                silent |= {name: _late(name, waiting.pop(name) - began) for name in late}
                continue
            if waiting.pop(name, None) is None:
                continue
            self._nearness.saw(name, monotonic() - began)
            if isinstance(found, ReaderError):
                silent[name] = Silence(name, found.problem, found.remedy)
            else:
                rows[name] = found
            tell_at = max(monotonic(), began + _EARLY_S) if early is not None else inf
        return self._answer(query, rows, silent)

    def _answer(
        self,
        query: Query,
        rows: Mapping[str, tuple[StudyRow, ...]],
        silent: Mapping[str, Silence],
        awaited: tuple[str, ...] = (),
    ) -> RegionAnswer:
        answered = tuple(name for name in self.names if name in rows)
        folded, warnings = fold([rows[name] for name in self._nearness.sorted(answered)])
        if query.limit:
            folded = folded[: query.limit]
        unread = tuple(words for one in self._archives if one.name in rows for words in getattr(one, "remarks", ()))
        silence = tuple(silent[name] for name in self.names if name in silent)
        return RegionAnswer(folded, self.names, answered, silence, (*warnings, *unread), awaited)

    def close(self) -> None:
        """Close every door."""
        for one in self._archives:
            one.close()


def fold(answers: Sequence[Sequence[StudyRow]]) -> tuple[tuple[StudyRow, ...], tuple[str, ...]]:
    """Rows of several archives (nearest first) folded by study, newest first, and warnings in words.

    Under one Study Instance UID, rows are one study only where something speaks for one patient and nothing against;
    others are kept apart, each with the conflict. Where they lie in one archive and most objects are one patient's,
    only the strays are in conflict. Holders are nearest first; one that holds fewer objects comes after the others.
    """
    by_study: dict[str, list[list[StudyRow]]] = {}
    for row in (row for rows in answers for row in rows):
        people = by_study.setdefault(row.study_uid, [])
        same = next((group for group in people if all(_one_person(row.patient, r.patient) for r in group)), None)
        if same is None:
            people.append([row])
        else:
            same.append(row)
    folded: list[StudyRow] = []
    warnings: list[str] = []
    for people in by_study.values():
        merged = [_merged(group, warnings) for group in people]
        if len(merged) > 1:
            main = _main(merged)
            merged = [row if row is main else replace(row, conflict=_conflict(row, merged)) for row in merged]
            warnings.append(_two_patients(merged))
        folded += merged
    folded.sort(key=lambda r: (str(r.date or ""), str(r.time or ""), r.study_uid), reverse=True)
    return tuple(folded), (*warnings, *_doubts(answers))


def _one_person(one: Patient, other: Patient) -> bool:
    return one == other or (not differences(one, other) and bool(evidence(one, other)))


def _doubts(answers: Sequence[Sequence[StudyRow]]) -> tuple[str, ...]:
    """Identifiers that are said to be NHS numbers and are none: one sentence for each archive."""
    said: list[str] = []
    for rows in answers:
        found = dict.fromkeys(words for row in rows if (words := doubt(row.patient)))
        if found:
            more = f", and {len(found) - 1} more of its identifiers" if len(found) > 1 else ""
            said.append(f"{rows[0].held_by[0]}: {next(iter(found))}{more}.")
    return tuple(said)


def _ask(one: Door, query: Query, answers: "SimpleQueue[tuple[str, tuple[StudyRow, ...] | ReaderError]]") -> None:
    try:
        answers.put((one.name, one.search(query)))
    except ReaderError as error:
        answers.put((one.name, error))
    except Exception as error:  # noqa: BLE001  (a defect in one door is said as its silence and hides no other)
        LOG.exception("defect while asking an archive")
        problem = f"Asking {one.name} failed for an unforeseen reason ({type(error).__name__})."
        answers.put((one.name, ReaderError(problem, "The log tells more; please report it.")))


def _late(name: str, limit_s: float) -> Silence:
    return Silence(
        name, f"{name} did not answer within {limit_s:g} s.", "Try again, or allow it more time (timeout_s)."
    )


def _merged(group: Sequence[StudyRow], warnings: list[str]) -> StudyRow:
    nearest = group[0]
    if len(group) == 1:
        return nearest
    counts = {row.held_by[0]: row.instances for row in group if row.instances is not None}
    most = max(counts.values(), default=None)
    holders = tuple(dict.fromkeys(row.held_by[0] for row in group))
    whole = [name for name in holders if most is None or counts.get(name, most) == most]
    part = [name for name in holders if name not in whole]
    warnings += [f"{n} holds {counts[n]} of the {most} objects of a study that {whole[0]} holds." for n in part]

    def first(field: str) -> str:
        return next((value for row in group if (value := getattr(row, field))), "")

    return replace(
        nearest,
        patient=next((row.patient for row in group if row.patient.id), nearest.patient),
        date=next((row.date for row in group if row.date), None),
        time=next((row.time for row in group if row.time), None),
        modalities=tuple(dict.fromkeys(m for row in group for m in row.modalities)),
        instances=most,
        held_by=(*whole, *part),
        description=first("description"),
        accession=first("accession"),
        body_part=first("body_part"),
        institution=first("institution"),
        referrer=first("referrer"),
        priority=first("priority"),
    )


def _main(rows: Sequence[StudyRow]) -> StudyRow | None:
    """The row of the patient whose study it is: strays within one archive are set aside when it is opened."""
    total = sum(row.instances or 0 for row in rows)
    most = max(rows, key=lambda row: row.instances or 0)
    alone = len({name for row in rows for name in row.held_by}) == 1 and all(row.instances for row in rows)
    return most if alone and 2 * (most.instances or 0) > total else None


def _conflict(row: StudyRow, rows: Sequence[StudyRow]) -> str:
    other = next(r for r in rows if r is not row)
    where = ", ".join(other.held_by)
    against = "; ".join(differences(row.patient, other.patient))
    if not against and not evidence(row.patient, other.patient):
        return f"{where} has a study under the same identifier, and nothing says that it is the same patient's."
    words = against or "other patients share this identifier"
    return f"{where} has another patient under the same study identifier: {words}."


def _two_patients(rows: Sequence[StudyRow]) -> str:
    holders = ", ".join(dict.fromkeys(name for row in rows for name in row.held_by))
    return f"One study identifier stands for {len(rows)} patients ({holders}): kept apart, not to be read as one."
