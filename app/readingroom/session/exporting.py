"""A study for others: everything of it fetched first, then written to a folder or disc, with or without its patient."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress, Ticket
from readingroom.hanging.regions import regions_of
from readingroom.record.deidentify import REMOVED, Deidentifier, burned_in_problem
from readingroom.record.media import FOLDER
from readingroom.record.study import Study
from readingroom.session.fetch import open_study
from readingroom.session.fetch_study import fetch_study
from readingroom.session.ports import Region, Shelf
from readingroom.session.targets import OpenMedia

BURNED_IN_REMEDY = "Look at each of these images; if no name stands on them, export again and say that they were seen."
_FACES = frozenset({"CT", "MR", "PT"})


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is exported and how; kind: one of record.media.KINDS, dates: one of record.deidentify.DATES.

    burned_in_seen: the reader looked at the images that may name the patient in their pixels, and takes them along.
    """

    study_uid: str
    to: Path
    kind: str = FOLDER
    deidentify: bool = False
    dates: str = REMOVED
    burned_in_seen: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported. files: relative to the target; case: the name of the teaching case; left_out: objects."""

    study: Study
    files: tuple[str, ...]
    deidentified: bool
    warnings: tuple[str, ...]
    left_out: int
    case: str = ""


@dataclass
class _Run:
    """The counting of one export; lives and dies with the call."""

    shelf: Shelf
    study: Study
    order: ExportOrder
    ticket: Ticket
    progress: Callable[[Progress], None]
    cleaner: Deidentifier | None
    problems: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def part10s(self) -> Iterator[bytes]:
        """Every object as it goes out; what cannot go is counted with its reason."""
        instances = tuple(self.study.instances())
        for number, instance in enumerate(instances, 1):
            self.ticket.checkpoint()
            self.progress(Progress(number, len(instances), "objects", "writing"))
            part10 = self.shelf.get(instance.sop_uid, self.study.uid)
            if part10 is None:
                self.problems["It did not come from any archive."] += 1
                continue
            try:
                yield self._cleaned(part10) if self.cleaner is not None else part10
            except ReaderError as error:
                self.problems[f"{error.problem} {error.remedy}"] += 1

    def _cleaned(self, part10: bytes) -> bytes:
        from pydicom import dcmread
        from pydicom.errors import InvalidDicomError

        try:
            dataset = dcmread(BytesIO(part10))
        except (InvalidDicomError, ValueError, KeyError, AttributeError) as error:
            raise ReaderError("It cannot be read as DICOM.", "It is left out.") from error
        seen = burned_in_problem(dataset)
        if seen and not self.order.burned_in_seen:
            raise ReaderError(f"It may show the patient's name: {seen}.", BURNED_IN_REMEDY)
        if seen:
            self.warnings.append(f"Taken along on the reader's word: {seen}.")
        assert self.cleaner is not None
        self.cleaner.clean(dataset)
        out = BytesIO()
        try:
            dataset.save_as(out, enforce_file_format=True)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ReaderError("It cannot be written anew without its patient.", "It is left out.") from error
        return out.getvalue()


def export_study(
    region: Region, shelf: Shelf, media: OpenMedia, order: ExportOrder, ticket: Ticket,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Exported:  # fmt: skip
    """Fetch what is missing, then write; ReaderError where nothing could be written, and then nothing is left behind."""
    target = media(order.to, order.kind)
    target.check()
    known = shelf.study(order.study_uid) or open_study(region, shelf, order.study_uid)
    target.check(_likely_bytes(known))
    outcome = fetch_study(region, shelf, order.study_uid, ticket=ticket, progress=progress)
    cleaner = Deidentifier(order.dates) if order.deidentify else None
    run = _Run(shelf, outcome.study, order, ticket, progress, cleaner)
    going = _at_least_one(run)
    written = target.write(going)
    said = [f"{count} object{'s' if count > 1 else ''} left out: {why}" for why, count in run.problems.items()]
    said += [f"Set aside and left out: {one.problem}" for one in outcome.study.set_aside]
    warnings = (*said, *written.warnings, *run.warnings, *_face_warning(outcome.study, order))
    left_out = sum(run.problems.values()) + len(outcome.study.set_aside)
    case = cleaner.case if cleaner is not None else ""
    return Exported(outcome.study, written.files, order.deidentify, tuple(dict.fromkeys(warnings)), left_out, case)


def _at_least_one(run: _Run) -> Iterator[bytes]:
    sent = False
    for part10 in run.part10s():
        sent = True
        yield part10
    if not sent:
        why = " ".join(run.problems) or "The study has no object."
        raise ReaderError(f"Nothing of this study can be exported. {why}", "Nothing was written.")


def _likely_bytes(study: Study) -> int:
    return sum(one.rows * one.columns * max(1, one.frames) * 2 + 4096 for one in study.instances())


def _face_warning(study: Study, order: ExportOrder) -> tuple[str, ...]:
    """PS3.15 E.3.2 Clean Recognizable Visual Features: nothing is done to faces, so it is said."""
    regions = regions_of([study.description], (series.body_part for series in study.series))
    if order.deidentify and _FACES & set(study.modalities) and {"head", "neck", "whole body"} & set(regions):
        return ("A face can be made from these slices: a teaching case of a head is not anonymous to who knows it.",)
    return ()
