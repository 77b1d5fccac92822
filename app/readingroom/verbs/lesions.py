"""readingroom lesions: measurement reports of one patient over time, lesion by lesion, with growth and RECIST sums."""

import argparse
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.measure.growth import Growth
from readingroom.pixels.encoded import header
from readingroom.reporting.lesion_words import grown, sum_words
from readingroom.reporting.lesions import Lesion, Sight, lesions, response
from readingroom.reporting.sr_measurements import read_measurements, to_measurements
from readingroom.settings.places import Profile
from readingroom.verbs.files import bytes_of
from readingroom.verbs.front import Answer
from readingroom.verbs.measure import value_fields


def declare(parser: argparse.ArgumentParser) -> None:
    """SR… and which lesions are targets."""
    parser.epilog = (
        "lesions are paired by their Tracking Unique Identifier only; a change within the error is uncertain"
    )
    parser.add_argument("reports", nargs="+", metavar="SR.dcm", help="measurement reports of one patient, in any order")
    parser.add_argument("--targets", nargs="*", metavar="UID", help="target lesions for RECIST 1.1; without UIDs all")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Read, pair, compare; reports of several patients are refused."""
    sights = [sight for name, sights in _reports(options.reports) for sight in sights]
    found = lesions(sights)
    if not found:
        raise ReaderError("These reports hold no measurement that is understood.", "Read one with: readingroom sr read")
    fields: dict[str, Any] = {"lesions": [_fields(lesion) for lesion in found]}
    lines = [line for lesion in found for line in _lines(lesion)]
    if options.targets is not None:
        rows = response(_targets(found, options.targets))
        fields["recist"] = [
            {"date": day.isoformat(), "sum_mm": total, "response": score.category if score else "baseline"}
            for day, total, score in rows
        ]
        lines += [
            f"RECIST {words.day(day)}: {sum_words(total)}  {score.category if score else 'baseline'}"
            for day, total, score in rows
        ]
    return Answer(fields, tuple(lines))


def _targets(found: Sequence[Lesion], wanted: Sequence[str]) -> list[Lesion]:
    unknown = next((uid for uid in wanted if uid not in {lesion.tracking_uid for lesion in found}), None)
    if unknown is not None:
        raise ReaderError(f"No report holds a lesion {unknown}.", "Name one that this verb lists.")
    return [lesion for lesion in found if not wanted or lesion.tracking_uid in wanted]


def _reports(names: Sequence[str]) -> list[tuple[str, list[Sight]]]:
    patients, made = set(), []
    for name in names:
        raw = bytes_of(Path(name))
        content, top = read_measurements(raw), header(raw)
        patients.add((str(top.get("PatientID", "")), str(top.get("IssuerOfPatientID", ""))))
        on = _day(str(top.get("StudyDate", "") or ""), content.at)
        if on is None:
            raise ReaderError(f"{name} names no date, so it has no place in time.", "Leave it out.")
        made.append((name, [Sight(on, content.study_uid, one) for one in to_measurements(content)]))
    if len(patients) > 1:
        raise ReaderError("These reports are of several patients.", "Name those of one.")
    return made


def _day(text: str, at: datetime | None) -> date | None:
    try:
        return datetime.strptime(text.replace(".", ""), "%Y%m%d").date()
    except ValueError:
        return at.date() if at is not None else None


def _fields(lesion: Lesion) -> dict[str, Any]:
    sights = [
        {
            "date": sight.on.isoformat(), "study_uid": sight.study_uid, "tool": sight.measurement.tool,
            "size": value_fields(size) if size is not None else None,
            "values": [value_fields(value) for value in sight.measurement.values],
        }
        for sight, size in zip(lesion.sights, lesion.sizes, strict=True)
    ]  # fmt: skip
    return {
        "tracking_uid": lesion.tracking_uid, "label": lesion.label, "node": lesion.is_node, "sights": sights,
        "growth": [_growth(growth) for growth in lesion.growth()],
    }  # fmt: skip


def _growth(growth: Growth | None) -> dict[str, Any] | None:
    if growth is None:
        return None
    return {
        "days": growth.days, "change": growth.change, "percent": growth.percent, "unit": growth.unit,
        "plus_minus": growth.plus_minus, "certain": growth.certain, "doubling_days": growth.doubling_days,
    }  # fmt: skip


def _lines(lesion: Lesion) -> list[str]:
    lines = [lesion.label or lesion.tracking_uid]
    steps: tuple[Growth | None, ...] = (None, *lesion.growth())
    for sight, size, growth in zip(lesion.sights, lesion.sizes, steps, strict=True):
        said = words.amount(size) if size is not None else "not measured"
        lines.append(f"  {words.day(sight.on):<12} {said}{grown(growth)}")
    return lines
