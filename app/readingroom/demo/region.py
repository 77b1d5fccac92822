"""The demo region: three trusts, their patients and studies as files, with the truth beside them."""

import json
import shutil
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.demo.patients import REFERENCE_DAY, TRUSTS, Trust

if TYPE_CHECKING:
    from readingroom.demo.pen import Case, Tally, Truth

VERSION = 2
# Written out, so that asking whether a region is there does not load what makes one.
CASES: tuple[str, ...] = (
    "chest-nodule-current", "chest-nodule-prior", "head-bleed", "mr-brain", "dx-chest-current", "dx-chest-prior",
    "dx-chest-pneumonia", "dx-chest-child", "pet-ct", "ct-abdomen", "mg-4view", "us-abdomen", "us-cine",
    "xa-coronary", "dx-hand", "mr-lumbar",
)  # fmt: skip
TRUTH_NAME = "truth.json"
MARKER_NAME = "demo-region.json"
_MAKING = ".in-the-making"


@dataclass(frozen=True, slots=True)
class DemoObject:
    """One object: the trust that holds it, its study, and its path relative to the region's folder."""

    trust: str
    study_uid: str
    path: Path


@dataclass(frozen=True, slots=True)
class RegionWritten:
    """What was written: counts, the truth file, the trusts."""

    studies: int
    objects: int
    truth: Path
    trusts: tuple[Trust, ...]


def write_region(
    folder: Path,
    progress: Callable[[Progress], None] | None = None,
    only: Collection[str] | None = None,
    checkpoint: Callable[[], None] | None = None,
) -> RegionWritten:
    """Make the region in a folder: <trust>/<study>/<series>/IMxxxx.dcm and truth.json.

    `only` names the cases to make (all when None). Everything is made aside and moved into place at the end, so that
    a making that was cut short never looks finished. Raises ReaderError for an unknown case, a folder that holds
    something else, or a full disk; lets Cancelled from `checkpoint` through.
    """
    from readingroom.demo.pen import Tally

    chosen = _chosen(only)
    marker = folder / MARKER_NAME
    _refuse_foreign(folder, marker)
    making = folder / _MAKING
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget(making)
        making.mkdir()
        marker.write_text(json.dumps({"version": VERSION, "state": "making"}), encoding="utf-8")
        truth = _make(making, chosen, Tally(sum(case.objects for case in chosen), progress, checkpoint))
        _put_in_place(folder, making, truth)
        marker.write_text(
            json.dumps({"version": VERSION, "state": "finished", "cases": [case.key for case in chosen]}),
            encoding="utf-8",
        )
    except OSError as error:
        raise ReaderError(
            f"The demo region could not be written to {folder}: {error.strerror or error}.",
            "Make room on the disk (about 500 MB), or choose another folder, and start again.",
        ) from error
    finally:
        _forget(making)
    objects = sum(series["objects"] for case in truth["cases"].values() for series in case["series"])
    return RegionWritten(len(chosen), objects, folder / TRUTH_NAME, TRUSTS)


def region_is_complete(folder: Path) -> bool:
    """Whether a making by this version of the generator was finished in a folder, with all it was asked for."""
    try:
        marker = json.loads((folder / MARKER_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (
        isinstance(marker, dict)
        and marker.get("version") == VERSION
        and marker.get("state") == "finished"
        and (folder / TRUTH_NAME).is_file()
        and all((folder / trust.folder).is_dir() for trust in TRUSTS)
    )


def region_objects(folder: Path) -> tuple[DemoObject, ...]:
    """Every object of a finished region, in the order of its making; ReaderError where there is none."""
    truth = read_truth(folder)
    return tuple(
        DemoObject(case["trust"], case["study_uid"], Path(series["folder"]) / f"IM{number:04d}.dcm")
        for case in truth["cases"].values()
        for series in case["series"]
        for number in range(1, series["objects"] + 1)
    )


def read_truth(folder: Path) -> dict[str, Any]:
    """The truth beside a region; ReaderError where it is missing or unreadable."""
    try:
        truth = json.loads((folder / TRUTH_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReaderError(
            f"There is no finished demo region in {folder}.", "Make it with: readingroom demo --to DIR"
        ) from error
    return dict(truth)


def _chosen(only: Collection[str] | None) -> "tuple[Case, ...]":
    from readingroom.demo.cases import ALL_CASES

    unknown = sorted(set(only or ()) - set(CASES))
    if unknown:
        raise ReaderError(f"The demo region has no case {', '.join(unknown)}.", f"Choose from: {', '.join(CASES)}.")
    return tuple(case for case in ALL_CASES if only is None or case.key in only)


def _refuse_foreign(folder: Path, marker: Path) -> None:
    """Never write over folders that this generator did not make."""
    taken = [trust.folder for trust in TRUSTS if (folder / trust.folder).exists()]
    if (taken or (folder / TRUTH_NAME).exists()) and not marker.exists():
        raise ReaderError(
            f"{folder} already holds something else under {', '.join(taken) or TRUTH_NAME}.",
            "Choose an empty folder for the demo region.",
        )


def _make(making: Path, chosen: "tuple[Case, ...]", tally: "Tally") -> "Truth":
    tally.look()
    for trust in TRUSTS:
        (making / trust.folder).mkdir()
    cases = {case.key: _make_case(making, case, tally) for case in chosen}
    return {
        "version": VERSION, "reference_date": REFERENCE_DAY.isoformat(),
        "trusts": [asdict(trust) for trust in TRUSTS], "cases": cases,
    }  # fmt: skip


def _make_case(making: Path, case: "Case", tally: "Tally") -> "Truth":
    from readingroom.demo.pen import StudyPen

    pen = StudyPen(case, making, tally)
    found = case.make(pen)
    person = case.person
    return {
        "patient": {
            "name": person.name, "id": person.nhs, "issuer": "NHS", "local_id": person.local_id(case.trust),
            "birth_date": person.birth.isoformat(), "sex": person.sex,
        },
        "trust": case.trust.key, "study_uid": case.study_uid, "date": case.day.isoformat(), "time": case.time,
        "modality": case.modality, "description": case.description, "accession": case.accession,
        "objects": sum(len(series.sop_uids) for series in pen.series),
        "series": [series.summary() for series in pen.series], **found,
    }  # fmt: skip


def _put_in_place(folder: Path, making: Path, truth: "Truth") -> None:
    (folder / TRUTH_NAME).unlink(missing_ok=True)
    for trust in TRUSTS:
        _forget(folder / trust.folder)
        (making / trust.folder).rename(folder / trust.folder)
    (folder / TRUTH_NAME).write_text(json.dumps(truth, indent=1, ensure_ascii=False), encoding="utf-8")


def _forget(path: Path) -> None:
    if path.exists():
        shutil.rmtree(path)
