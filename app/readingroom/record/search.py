"""Questions to archives and their answers, as values."""

from dataclasses import dataclass
from datetime import date, time

from readingroom.record.patient import Patient


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; empty fields match everything. Names and descriptions match as "contains", case ignored."""

    patient_id: str = ""
    name: str = ""
    accession: str = ""
    date_from: date | None = None
    date_to: date | None = None
    modality: str = ""
    description: str = ""
    study_uid: str = ""
    limit: int = 0


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One study as search answers it; held_by: names of the archives that have it, nearest first.

    conflict: "" or, in words, why two archives must not be believed to mean the same patient under this UID.
    """

    study_uid: str
    patient: Patient
    date: date | None
    time: time | None
    description: str
    modalities: tuple[str, ...]
    accession: str
    body_part: str
    instances: int | None
    held_by: tuple[str, ...]
    institution: str = ""
    referrer: str = ""
    priority: str = ""
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """An archive that did not answer, and why, in the reader's words."""

    name: str
    problem: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RegionAnswer:
    """The answer of several archives: rows folded by study UID, and always who was asked and who stayed silent.

    awaited: archives that may still answer, in an answer that is told early.
    """

    rows: tuple[StudyRow, ...]
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    silent: tuple[Silence, ...]
    warnings: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """What became of one object sent to an archive: stored only if listed in the answer and read back equal."""

    sop_uid: str
    verified: bool
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One object as an archive sent it: Part 10 bytes, as they came; patient: whose its own header says it is.

    transfer_syntax: of these bytes, "" where nobody looked. transcoded: whether the archive packed them anew without
    loss for the way; else they are what it stores.
    """

    study_uid: str
    series_uid: str
    sop_uid: str
    part10: bytes
    patient: Patient | None = None
    transfer_syntax: str = ""
    transcoded: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """One signed object that no archive has confirmed yet; since is an ISO 8601 time."""

    sop_uid: str
    study_uid: str
    kind: str
    archive: str
    since: str
    attempts: int
    problem: str
    part10: bytes
    remedy: str = ""
