"""readingroom sr: measurements to DICOM SR (TID 1500), and back from anybody's."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.measure.calibration import UserCalibration
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import header
from readingroom.record.finding import Measurement
from readingroom.reporting.measurement_table import Listed, table_of
from readingroom.reporting.sr_measurements import (
    SrContent,
    SrGroup,
    measurement_report,
    read_measurements,
)
from readingroom.session.reported import as_measurement, source_of
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.verbs.files import bytes_of, written
from readingroom.verbs.front import Answer
from readingroom.verbs.measure import evaluated, value_fields
from readingroom.verbs.measurement_file import Drawn, read_drawn

_EPILOG = (
    'M.json is a list of measurements: {"tool": "length", "points": [[x, y], [x, y]], "frame": 1, "label": "…", '
    '"finding": [code, scheme, meaning], "site": [code, scheme, meaning], "tracking_uid": "…", '
    '"calibrate": "x,y x,y MM"}; only tool and points are needed, and points are written as measure takes them. '
    "The numbers are computed here, never taken from the file."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """write FILE, or read SR."""
    parser.epilog = _EPILOG
    parser.add_argument("action", choices=("write", "read"), help="make a report, or read one")
    parser.add_argument("file", metavar="FILE", help="write: the image measured on; read: the report")
    parser.add_argument("--measurements", metavar="M.json", help="write: what was measured, and where")
    parser.add_argument("--out", metavar="SR.dcm", help="write: the report's file")
    parser.add_argument("--csv", metavar="F.csv", help="read: every value as a row of a table for a spreadsheet")
    parser.add_argument("--previous", metavar="SR.dcm", help="write: the report that this one takes the place of")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Write a report of one image's measurements, or read any report's."""
    extra = [name for name in ("measurements", "out", "previous") if getattr(options, name) is not None]
    if options.action == "read":
        if extra:
            raise ReaderError(f"--{extra[0]} is not for sr read.", "It is for sr write.")
        part10 = bytes_of(Path(options.file))
        return _tabled(part10, Path(options.csv)) if options.csv is not None else _read(part10)
    if options.csv is not None:
        raise ReaderError("--csv is not for sr write.", "It is for sr read.")
    if options.measurements is None or options.out is None:
        raise ReaderError("sr write needs --measurements M.json and --out SR.dcm.", "See: readingroom sr --help")
    return _write(options, profile)


def _write(options: argparse.Namespace, profile: Profile) -> Answer:
    raw = bytes_of(Path(options.file))
    drawn = read_drawn(Path(options.measurements))
    if not drawn:
        raise ReaderError(f"{options.measurements} holds no measurements.", "Write at least one into it.")
    source = header(raw)
    reader, at = load(profile).reader, datetime.now().astimezone()
    made = [measured(raw, one, reader.name, at) for one in drawn]
    previous = (_report(Path(options.previous)),) if options.previous else ()
    part10 = measurement_report(made, {str(source.get("SOPInstanceUID", "")): source}, reader, at, previous)
    written(Path(options.out), lambda path: _save(path, part10))
    answer = _read(part10)
    return Answer({"out": options.out, **answer.fields}, (f"written to {options.out}", *answer.lines), answer.code)


def measured(raw: bytes, one: Drawn, author: str, at: datetime) -> Measurement:
    """One measurement of a file, computed on the image's bytes; ReaderError where it is on another image."""
    frame = decode(raw, one.frame)
    ref = frame.facts.ref
    if one.sop_uid and one.sop_uid != ref.sop_uid:
        raise ReaderError(
            f"The measurement “{one.label or one.tool}” is on another image, {one.sop_uid}.",
            "Write one report for each image.",
        )
    calibration = UserCalibration.parse(one.calibrate) if one.calibrate else None
    values, basis = evaluated(one.tool, one.points, frame, calibration)
    return Measurement(
        one.tool, ref, one.points, values, basis, one.label, one.tracking_uid, author, at, one.finding, one.site
    ).identified()


def _report(path: Path) -> Dataset:
    found = header(bytes_of(path))
    if found.get("Modality") != "SR" or not found.get("SOPInstanceUID") or not found.get("SeriesInstanceUID"):
        raise ReaderError(f"{path} is no report that another can take the place of.", "Name a structured report.")
    return found


def _save(path: Path, part10: bytes) -> None:
    path.write_bytes(part10)


def _read(part10: bytes) -> Answer:
    content = read_measurements(part10)
    fields = {
        "title": content.title,
        "sop_uid": content.sop_uid,
        "study_uid": content.study_uid,
        "author": content.author,
        "groups": [_fields(group) for group in content.groups],
        "problems": list(content.problems),
    }
    if content.marks:
        fields["marks"] = [_fields(mark) for mark in content.marks]
    return Answer(fields, tuple(_lines(content)), 1 if content.groups and content.problems else 0)


def _tabled(part10: bytes, path: Path) -> Answer:
    """The report, and its values as a table (reporting.measurement_table)."""
    answer, content = _read(part10), read_measurements(part10)
    groups = (*content.groups, *content.marks)
    source = source_of(content)
    rows = [Listed(one, one.label, _place(one), source) for one in (as_measurement(content, group) for group in groups)]
    if not rows:
        raise ReaderError("This report holds no measurements.", "Name one that does.")
    written(path, lambda unfinished: _save(unfinished, table_of(rows)))
    return Answer({**answer.fields, "csv": str(path)}, (*answer.lines, f"written to {path}"), answer.code)


def _place(one: Measurement) -> str:
    return f"frame {one.frame.frame}" if one.frame.sop_uid else "no image"


def _fields(group: SrGroup) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "tool": group.tool,
        "tracking_uid": group.tracking_uid,
        "tracking_id": group.tracking_id,
        "label": group.label,
        "finding": list(group.finding) if group.finding else None,
        "site": list(group.site) if group.site else None,
        "values": [value_fields(value) for value in group.values],
        "points": [list(point) for point in group.points],
        "frame": group.frame.frame if group.frame else None,
        "sop_uid": group.frame.sop_uid if group.frame else None,
        "basis": group.basis,
        "graphic": group.graphic,
        "read_only": group.read_only,
    }
    if group.problem:
        fields["problem"] = group.problem
    if group.remarks:
        fields["remarks"] = [{"concept": concept, "text": text} for concept, text in group.remarks]
    if group.points_mm:
        fields["points_mm"] = [list(point) for point in group.points_mm]
        fields["frame_of_reference_uid"] = group.frame_of_reference_uid
    return fields


def _lines(content: SrContent) -> Sequence[str]:
    lines = [content.title]
    for group in content.groups:
        name = group.label or (group.finding[2] if group.finding else "") or group.tracking_id or group.tool
        numbers = ", ".join(f"{value.concept} {words.amount(value)}" for value in group.values)
        lines.append(f"  {name}: {numbers or 'no numbers'}" + (f"  [{group.basis}]" if group.basis else ""))
        lines += [f"    {concept}: {text}" for concept, text in group.remarks]
        if group.read_only:
            lines.append(f"    shown only: {group.problem}")
    lines += [
        f"  mark: {mark.label or 'not named'}  ({mark.graphic.lower() or 'not on an image'})" for mark in content.marks
    ]
    return [*lines, *(f"  problem: {problem}" for problem in content.problems)]
