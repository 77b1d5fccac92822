"""readingroom demo: the demo region written to a folder, or stored in an archive and read back."""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.demo.region import RegionWritten, write_region
from readingroom.record.search import StoreAnswer
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress

BATCH = 15


def declare(parser: argparse.ArgumentParser) -> None:
    """--to DIR or --stow URL."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="DIR", help="write one folder per study, with truth.json")
    where.add_argument("--stow", metavar="URL", help="store in the archive at this DICOMweb root")
    parser.add_argument("--only", metavar="CASE", action="append", help="only this case; repeat for more")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Write or store the region."""
    only = frozenset(options.only) if options.only else None
    if options.to:
        with shown_progress("demo region") as progress:
            written = write_region(Path(options.to), progress, only)
        fields = {"studies": written.studies, "objects": written.objects, "truth": str(written.truth)}
        return Answer(fields, (f"{written.studies} studies, {written.objects} objects in {options.to}",))
    with tempfile.TemporaryDirectory(prefix="readingroom-demo-") as folder:
        with shown_progress("demo region") as progress:
            written = write_region(Path(folder), progress, only)
        truth = profile.folder / "demo-truth.json"
        truth.parent.mkdir(parents=True, exist_ok=True)
        truth.write_bytes(written.truth.read_bytes())
        return _stow(options.stow, replace(written, truth=truth), Path(folder))


def _stow(url: str, written: RegionWritten, folder: Path) -> Answer:
    from readingroom.archive.dicomweb import DicomWeb

    archive = DicomWeb(ArchiveSettings(name=url, kind="dicomweb", url=url, timeout_s=60.0), None)
    not_stored: list[StoreAnswer] = []
    stored = 0
    with shown_progress("storing") as progress:
        for batch in _batches(sorted(folder.rglob("*.dcm"))):
            for answer in archive.store([path.read_bytes() for path in batch]):
                stored += answer.verified
                not_stored += [] if answer.verified else [answer]
            progress(Progress(stored + len(not_stored), written.objects, "objects"))
    failed = [{"sop_uid": a.sop_uid, "problem": a.problem} for a in not_stored]
    fields = {
        "studies": written.studies, "objects": stored, "truth": str(written.truth), "failed": failed,
    }  # fmt: skip
    if stored == 0 and failed:
        raise ReaderError(f"Nothing was stored: {failed[0]['problem']}", not_stored[0].remedy or "Look at the archive.")
    lines = (f"{stored} of {written.objects} objects stored and read back equal", *(f["problem"] for f in failed[:5]))
    return Answer(fields, lines, 1 if failed else 0)


def _batches(paths: list[Path]) -> Iterator[list[Path]]:
    for start in range(0, len(paths), BATCH):
        yield paths[start : start + BATCH]
