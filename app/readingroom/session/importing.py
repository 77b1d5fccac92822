"""Objects from a folder, a disc, a USB stick or a ZIP file onto the shelf; what is refused is said, file by file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress, Ticket
from readingroom.record.from_dicom import WANTED, patient_of, study_of
from readingroom.record.patient import differences
from readingroom.record.search import Received
from readingroom.record.study import Series, Study
from readingroom.record.tags import DatasetTags, Tags, text
from readingroom.session.disc import Piece, missing_files, pieces_of
from readingroom.session.ports import Shelf

DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
CUT_SHORT = ReaderError("The file was cut short: its end is missing.", "Copy it again from where it came.")
QUARANTINE_REMEDY = "It was not taken in. Ask whoever made the disc which patient it belongs to."

Show = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Found:
    """One readable object: where it lies and the attributes that the record needs."""

    piece: Piece
    study_uid: str
    series_uid: str
    sop_uid: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class Refused:
    """One file that was not taken in, and why."""

    path: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken in: objects by study, the files that were looked at, and what was refused."""

    studies: dict[str, int] = field(default_factory=dict)
    files: int = 0
    refused: tuple[Refused, ...] = ()

    @property
    def objects(self) -> int:
        """How many objects lie on this desk now."""
        return sum(self.studies.values())


def import_paths(shelf: Shelf, paths: Sequence[Path], show: Show, ticket: Ticket) -> Imported:
    """Take in everything below the paths that is a whole DICOM object of one patient per study.

    What a disc's directory names and the disc does not hold is among the refused, so that nothing is lost unsaid.
    ReaderError where a path does not exist.
    """
    pieces = tuple(pieces_of(paths))
    found, refused = _looked_through(pieces, show, ticket)
    refused += [Refused(name, problem, remedy) for name, problem, remedy in missing_files(pieces)]
    studies: dict[str, int] = {}
    for study_uid in dict.fromkeys(one.study_uid for one in found):
        ticket.checkpoint()
        kept, not_kept = take_in(shelf, study_uid, [one for one in found if one.study_uid == study_uid], show)
        refused += not_kept
        if kept:
            studies[study_uid] = kept
    return Imported(studies, len(pieces), tuple(refused))


def take_in(shelf: Shelf, study_uid: str, found: Sequence[Found], show: Show) -> tuple[int, list[Refused]]:
    """Put one study's objects on the shelf; the number that lie there now, and what was refused."""
    before = shelf.study(study_uid)
    try:
        study, refused = _one_patient(study_uid, found, before)
    except ReaderError as error:
        return 0, [Refused(one.piece.name, error.problem, error.remedy) for one in found]
    away = {one.path for one in refused}
    kept: set[str] = set()
    for number, one in enumerate(found, 1):
        show(Progress(number, len(found), "objects", study.description))
        if one.piece.name in away:
            continue
        try:
            shelf.put(Received(one.study_uid, one.series_uid, one.sop_uid, one.piece.read()))
            kept.add(one.sop_uid)
        except ReaderError as error:
            refused.append(Refused(one.piece.name, error.problem, error.remedy))
    if kept:
        shelf.put_study(_joined(before, _only(study, kept)))
    return len(kept), refused


def _one_patient(study_uid: str, found: Sequence[Found], before: Study | None) -> tuple[Study, list[Refused]]:
    """The study that these objects describe, and those that name another patient, in quarantine."""
    study = study_of(study_uid, [one.tags for one in found], before.held_by if before else ())
    against = differences(before.patient, study.patient) if before else ()
    if against:
        raise ReaderError(
            f"Another patient's study has this identifier on this desk: {'; '.join(against)}.", QUARANTINE_REMEDY
        )
    problems = {(aside.series_uid, aside.sop_uid): aside.problem for aside in study.set_aside}
    named = {(i.series_uid, i.sop_uid) for i in study.instances()}
    refused: list[Refused] = []
    for one in found:
        place = one.series_uid, one.sop_uid
        # Two patients' objects may share even the object's identifier: then only the patient tells them apart.
        if place in problems and (place not in named or differences(study.patient, patient_of(one.tags))):
            refused.append(Refused(one.piece.name, f"In quarantine. {problems[place]}", QUARANTINE_REMEDY))
    return replace(study, set_aside=()), refused


def _only(study: Study, sop_uids: set[str]) -> Study:
    """The study with just these objects; a disc may hold a part of it, so no count is expected."""
    series = [
        replace(s, instances=tuple(i for i in s.instances if i.sop_uid in sop_uids), expected=None)
        for s in study.series
    ]
    return replace(study, series=tuple(s for s in series if s.instances), expected=None)


def _joined(before: Study | None, study: Study) -> Study:
    """What the desk knew of the study, with the objects that are new."""
    if before is None:
        return study
    joined = before
    for series in study.series:
        known = before.series_named(series.uid)
        joined = joined.with_series(series if known is None else _with_new(known, series))
    return joined


def _with_new(known: Series, series: Series) -> Series:
    here = {instance.sop_uid for instance in known.instances}
    new = tuple(instance for instance in series.instances if instance.sop_uid not in here)
    instances = sorted((*known.instances, *new), key=lambda i: (i.number is None, i.number or 0, i.sop_uid))
    return replace(known, instances=tuple(instances))


def _looked_through(pieces: Sequence[Piece], show: Show, ticket: Ticket) -> tuple[list[Found], list[Refused]]:
    found: list[Found] = []
    refused: list[Refused] = []
    for number, piece in enumerate(pieces, 1):
        ticket.checkpoint()
        show(Progress(number, len(pieces), "files", "looking"))
        try:
            one = _looked_at(piece)
        except ReaderError as error:
            refused.append(Refused(piece.name, error.problem, error.remedy))
            continue
        if one is not None:
            found.append(one)
    return found, refused


def _looked_at(piece: Piece) -> Found | None:
    """The object in a file; None for a disc's directory, ReaderError where it is no whole object."""
    from pydicom.dataset import Dataset

    from readingroom.pixels.encoded import open_object

    opened = open_object(piece.read())
    header = opened.header
    if header.file_meta.get("MediaStorageSOPClassUID") == DIRECTORY_CLASS or "DirectoryRecordSequence" in header:
        return None
    pixels = opened.pixels
    native_end = 0 if pixels is None or pixels.length is None else pixels.start + pixels.length
    if opened.cut_short or native_end > len(opened.source) or any("in the middle" in w for w in opened.warnings):
        raise CUT_SHORT
    # The rest of a header would only fill the memory: a disc may hold tens of thousands.
    small = Dataset({tag: header.get_item(tag) for tag in WANTED if tag in header})
    small.file_meta = header.file_meta
    small.set_original_encoding(*header.original_encoding, header.original_character_set)
    tags = DatasetTags(small)
    names = text(tags, 0x0020000D), text(tags, 0x0020000E), text(tags, 0x00080018)
    if not all(names):
        raise ReaderError(
            "The object does not say which study and series it belongs to.", "Ask whoever made the disc for it again."
        )
    return Found(piece, *names, tags)
