"""readingroom import: a folder, disc or USB stick into this desk's cache; what is refused is said, file by file."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.cache.shelf import Shelf, open_shelf
from readingroom.record.from_dicom import WANTED, patient_of, study_of
from readingroom.record.patient import differences
from readingroom.record.search import Received
from readingroom.record.study import Series, Study
from readingroom.record.tags import DatasetTags, Tags, text
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress

DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
CUT_SHORT = ReaderError("The file was cut short: its end is missing.", "Copy it again from where it came.")
QUARANTINE_REMEDY = "It was not taken in. Ask whoever made the disc which patient it belongs to."

Show = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Found:
    """One readable object: where it lies and the attributes that the record needs."""

    path: Path
    study_uid: str
    series_uid: str
    sop_uid: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class Refused:
    """One file that was not taken in, and why."""

    path: Path
    problem: str
    remedy: str


def declare(parser: argparse.ArgumentParser) -> None:
    """PATH…"""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a folder, a disc or a single file")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Take in everything below the paths that is a whole DICOM object of one patient per study."""
    from readingroom.audit import IMPORT, Audit

    settings, key = load(profile), open_secrets(profile).desk_key()
    paths = tuple(_files([Path(path).expanduser() for path in options.paths]))
    with closing(open_shelf(profile.cache, key, settings.disk)) as shelf, shown_progress("import") as show:
        found, refused = _looked_through(paths, show)
        audit = Audit(profile.audit, key)
        counts: dict[str, int] = {}
        for study_uid in dict.fromkeys(one.study_uid for one in found):
            kept, not_kept = take_in(shelf, study_uid, [one for one in found if one.study_uid == study_uid], show)
            refused += not_kept
            if kept:
                counts[study_uid] = kept
                audit.record(IMPORT, study_uid, f"{kept} objects from {options.paths[0]}", settings.reader.name)
        shelf.flush()
    return _answer(counts, refused, len(paths))


def take_in(shelf: Shelf, study_uid: str, found: Sequence[Found], show: Show) -> tuple[int, list[Refused]]:
    """Put one study's objects on the shelf; the number that lie there now, and what was refused."""
    before = shelf.study(study_uid)
    try:
        study, refused = _one_patient(study_uid, found, before)
    except ReaderError as error:
        return 0, [Refused(one.path, error.problem, error.remedy) for one in found]
    away = {one.path for one in refused}
    kept: set[str] = set()
    for number, one in enumerate(found, 1):
        show(Progress(number, len(found), "objects", study.description))
        if one.path in away:
            continue
        try:
            shelf.put(Received(one.study_uid, one.series_uid, one.sop_uid, _read(one.path)))
            kept.add(one.sop_uid)
        except ReaderError as error:
            refused.append(Refused(one.path, error.problem, error.remedy))
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
            refused.append(Refused(one.path, f"In quarantine. {problems[place]}", QUARANTINE_REMEDY))
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


def _looked_through(paths: Sequence[Path], show: Show) -> tuple[list[Found], list[Refused]]:
    found: list[Found] = []
    refused: list[Refused] = []
    for number, path in enumerate(paths, 1):
        show(Progress(number, len(paths), "files", "looking"))
        try:
            one = _looked_at(path)
        except ReaderError as error:
            refused.append(Refused(path, error.problem, error.remedy))
            continue
        if one is not None:
            found.append(one)
    return found, refused


def _looked_at(path: Path) -> Found | None:
    """The object in a file; None for a disc's directory, ReaderError where it is no whole object."""
    from pydicom.dataset import Dataset

    from readingroom.pixels.encoded import open_object

    opened = open_object(_read(path))
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
    return Found(path, *names, tags)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(below for below in path.rglob("*") if below.is_file())
        elif path.exists():
            yield path
        else:
            raise ReaderError(f"There is no file or folder {path}.", "Insert the disc, or correct the path.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReaderError(
            f"The file cannot be read: {error.strerror or error}.", "Check the disc, or the right to read it."
        ) from error


def _answer(counts: dict[str, int], refused: Sequence[Refused], files: int) -> Answer:
    imported = sum(counts.values())
    fields: dict[str, Any] = {
        "imported": imported,
        "studies": [{"study_uid": uid, "objects": count} for uid, count in counts.items()],
        "files": files,
        "refused": [{"path": str(one.path), "problem": one.problem, "remedy": one.remedy} for one in refused],
    }
    studies = "1 study" if len(counts) == 1 else f"{len(counts)} studies"
    lines = [f"{imported} objects of {studies} are on this desk now; {len(refused)} of {files} files were refused."]
    lines += [f"{one.path}: {one.problem} {one.remedy}" for one in refused]
    return Answer(fields, tuple(lines), 1 if refused or not imported else 0)
