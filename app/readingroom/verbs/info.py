"""readingroom info: what objects are, how they hang, and what may be measured on them."""

import argparse
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.display.segmentation import SEGMENTATION_CLASSES
from readingroom.display.stack import Stack, stacks
from readingroom.geometry.axes import plane_name
from readingroom.measure.calibration import spacing_of
from readingroom.measure.refused import Refused
from readingroom.measure.suv import UNITS, suv_of
from readingroom.pixels.attributes import text, whole
from readingroom.pixels.decode import decode_frame
from readingroom.pixels.encoded import Encoded, class_name, has_pixels, open_object
from readingroom.pixels.facts import facts_of
from readingroom.pixels.frame import FrameFacts
from readingroom.record.from_dicom import WANTED, study_of
from readingroom.record.study import Study
from readingroom.record.tags import DatasetTags
from readingroom.settings.places import Profile
from readingroom.verbs.files import bytes_of, files_below, path_of
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress
from readingroom.verbs.segments import object_fields, object_lines
from readingroom.verbs.tag_lines import TagAsk, tag_lines

_UID = re.compile(r"[0-9]+(\.[0-9]+)+")
_OF_A_PATIENT = "1.2.840.10008.5.1.4.1.1."
"""What the storage classes of a patient's objects begin with (PS3.4 B.5); hanging protocols and palettes have no study."""
_DIRECTORY = "1.2.840.10008.1.3.10"


@dataclass(frozen=True, slots=True)
class Seen:
    """One object looked at: its fields for the answer, and its header's tags where it belongs to a study."""

    fields: dict[str, Any]
    tags: DatasetTags | None = None
    study_uid: str = ""


def declare(parser: argparse.ArgumentParser) -> None:
    """FILE… | DIR | STUDY_UID [--tags [TEXT]]."""
    parser.add_argument("what", metavar="FILE|DIR|STUDY_UID", nargs="+", help="files, folders, or a study at this desk")
    parser.add_argument(
        "--tags", metavar="TEXT", nargs="?", const="",
        help="every tag, or those whose number, keyword, name or value holds TEXT; stands behind the files",
    )  # fmt: skip


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Look at every object; exit 1 where one cannot be read or shown, 2 where there is none."""
    objects: list[dict[str, Any]] = []
    sets: list[dict[str, Any]] = []
    warnings: list[str] = []
    headers: dict[str, list[DatasetTags]] = {}
    ask = TagAsk(options.tags)
    for name in options.what:
        path = path_of(name)
        if not path.exists() and _UID.fullmatch(name):
            found, study_sets = _at_this_desk(name, profile, ask)
            objects += found
            sets += study_sets
            continue
        for seen in _looked_at(path, ask, alone=len(options.what) == 1):
            objects.append(seen.fields)
            if seen.tags is not None:
                headers.setdefault(seen.study_uid, []).append(seen.tags)
    for study_uid, tags in headers.items():
        try:
            study = study_of(study_uid, tags)
        except ReaderError as error:
            warnings.append(str(error))
            continue
        warnings += [f"{aside.sop_uid} was set aside: {aside.problem}" for aside in study.set_aside]
        sets += [_set_fields(stack) for stack in stacks(study)]
    return _answer(objects, sets, warnings)


def _looked_at(path: Path, ask: TagAsk, alone: bool) -> Iterator[Seen]:
    """Each file below a folder, or the one file; a file that is no object is refused outright where it is alone."""
    if not path.is_dir():
        yield _seen(bytes_of(path), str(path), ask) if alone else _seen_or_said(path, ask)
        return
    files = tuple(files_below(path))
    if not files:
        raise ReaderError(f"{path} is an empty folder.", "Name a folder with DICOM files.")
    with shown_progress("info") as show:
        for number, file in enumerate(files, 1):
            show(Progress(number, len(files), "files"))
            yield _seen_or_said(file, ask)


def _seen_or_said(file: Path, ask: TagAsk) -> Seen:
    try:
        return _seen(bytes_of(file), str(file), ask)
    except ReaderError as error:
        return Seen({"path": str(file), "problem": error.problem, "remedy": error.remedy})


def _seen(part10: bytes, path: str | None, ask: TagAsk) -> Seen:
    opened = open_object(part10)
    fields = _object_fields(opened, path) | _segment_fields(opened, part10) | ask.fields(part10)
    study_uid = text(opened.header, "StudyInstanceUID")
    named = study_uid and text(opened.header, "SeriesInstanceUID") and text(opened.header, "SOPInstanceUID")
    if not named and str(fields["sop_class"]).startswith(_OF_A_PATIENT):
        nameless = {"problem": "The object does not say which study and series it belongs to."}
        return Seen(nameless | {"remedy": "It may be cut short: ask where it came from for a whole copy."} | fields)
    if not named or text(opened.header, "SOPClassUID") == _DIRECTORY:
        return Seen(fields)
    # A folder may hold tens of thousands of objects: only what the record reads is kept of each header.
    small = type(opened.header)({tag: opened.header.get_item(tag) for tag in WANTED if tag in opened.header})
    small.file_meta = opened.header.file_meta
    small.set_original_encoding(*opened.header.original_encoding, opened.header.original_character_set)
    return Seen(fields, DatasetTags(small), study_uid)


def _object_fields(opened: Encoded, path: str | None) -> dict[str, Any]:
    header = opened.header
    sop_class = text(header, "SOPClassUID") or text(header.file_meta, "MediaStorageSOPClassUID")
    fields: dict[str, Any] = {} if path is None else {"path": path}
    fields |= {
        "study_uid": text(header, "StudyInstanceUID"), "series_uid": text(header, "SeriesInstanceUID"),
        "sop_uid": text(header, "SOPInstanceUID"), "sop_class": sop_class, "class_name": class_name(sop_class),
        "modality": text(header, "Modality"), "transfer_syntax": opened.transfer_syntax,
        "rows": whole(header, "Rows"), "columns": whole(header, "Columns"),
        "frames": opened.frames if has_pixels(header) else 0,
        "photometric": text(header, "PhotometricInterpretation"), "bits_stored": whole(header, "BitsStored"),
    }  # fmt: skip
    if not has_pixels(header):
        return fields | {"lossy": False, "unit": "", "spacing": None, "warnings": list(opened.warnings)}
    facts, problem = _decoded_facts(opened)
    fields |= _image_fields(facts)
    return fields | ({"problem": problem.problem, "remedy": problem.remedy} if problem is not None else {})


def _segment_fields(opened: Encoded, part10: bytes) -> dict[str, Any]:
    """What a segmentation marks, and how large that is; nothing for anything else."""
    if text(opened.header, "SOPClassUID") not in SEGMENTATION_CLASSES:
        return {}
    try:
        return object_fields(part10)
    except ReaderError as error:
        return {"segments": [], "segments_note": error.problem}


def _decoded_facts(opened: Encoded) -> tuple[FrameFacts, ReaderError | None]:
    """The facts of the first frame, and why the first or the last cannot be shown."""
    facts, problem = None, None
    for frame in dict.fromkeys((1, opened.frames)):
        try:
            decoded = decode_frame(opened, frame).facts
            facts = facts or decoded
        except ReaderError as error:
            problem = problem or error
    return facts or facts_of(opened.header, 1), problem


def _image_fields(facts: FrameFacts) -> dict[str, Any]:
    spacing = spacing_of(facts)
    basis = spacing.basis
    return {
        "rows": facts.rows, "columns": facts.columns,
        "lossy": facts.lossy, "quality": facts.quality,
        "unit": "px" if basis.unit == "px" else basis.text, "values_unit": facts.unit,
        "spacing": {"row": spacing.row_mm, "column": spacing.column_mm, "source": basis.source, "unit": basis.unit,
                    "basis": basis.text, "certain": basis.certain},
        "bits_allocated": facts.bits_allocated, "signed": facts.signed,
        "rescale": {"slope": facts.slope, "intercept": facts.intercept, "table": facts.modality_lut is not None},
        "windows": [_voi_words(facts, number) for number in range(len(facts.vois))],
        "inverse": facts.inverse, "padding": facts.padding,
        "overlays": len(facts.overlays), "shutter": list(facts.shutter.shapes) if facts.shutter else [],
        "suv": _suv(facts) if facts.suv is not None else None,
        "regions": len(facts.regions), "placed": facts.plane is not None, "frame_time_ms": facts.frame_time_ms,
        "warnings": list(facts.warnings),
    }  # fmt: skip


def _suv(facts: FrameFacts) -> dict[str, Any]:
    """For each kind of SUV its factor, or why it cannot be given."""
    found: dict[str, Any] = {}
    for by, unit in UNITS.items():
        try:
            suv = suv_of(facts.suv, by)
            found[by] = {"factor": suv.factor, "unit": unit, "reference": suv.reference}
        except Refused as refused:
            found[by] = {"problem": refused.problem, "remedy": refused.remedy}
    return found


def _voi_words(facts: FrameFacts, number: int) -> str:
    voi = facts.vois[number]
    if voi.table is not None:
        return f"{number + 1}: table {voi.explanation}".strip()
    return f"{number + 1}: {voi.centre:g}, {voi.width:g} {voi.function} {voi.explanation}".strip()


def _at_this_desk(study_uid: str, profile: Profile, ask: TagAsk) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The objects of a study in the cache, and its display sets with what is here of what should be."""
    from readingroom.cache.shelf import open_shelf
    from readingroom.settings.load import load
    from readingroom.settings.secrets import open_secrets

    key = open_secrets(profile).desk_key()
    with closing(open_shelf(profile.cache, key, load(profile).disk)) as shelf, shown_progress("info") as show:
        study: Study | None = shelf.study(study_uid)
        here = shelf.sop_uids(study_uid)
        if study is None or not here:
            raise ReaderError(f"The study {study_uid} is not on this desk.", "Fetch it first: readingroom fetch.")
        objects = []
        for number, sop_uid in enumerate(sorted(here), 1):
            show(Progress(number, len(here), "objects", study.description))
            try:
                part10 = shelf.get(sop_uid, study_uid)
                if part10 is not None:
                    objects.append(_seen(part10, None, ask).fields)
            except ReaderError as error:
                objects.append(
                    {"study_uid": study_uid, "sop_uid": sop_uid, "problem": error.problem, "remedy": error.remedy}
                )
    sets = [_set_fields(stack, sum(ref.sop_uid in here for ref in stack.frames)) for stack in stacks(study)]
    return objects, sets


def _set_fields(stack: Stack, frames: int | None = None) -> dict[str, Any]:
    geometry = stack.geometry
    return {
        "id": stack.id, "study_uid": stack.study_uid, "series_uid": stack.series_uid, "modality": stack.modality,
        "description": stack.description, "kind": stack.kind,
        "frames": len(stack.frames) if frames is None else frames,
        "expected": stack.expected if frames is None else stack.expected or len(stack.frames),
        "rows": stack.rows, "columns": stack.columns, "note": stack.note, "plane": _plane_name(stack),
        "geometry": {
            "regular": geometry.regular, "tilt_deg": geometry.tilt_deg, "spacing_mm": geometry.spacing_mm,
            "gaps": list(geometry.gaps), "missing": geometry.missing, "duplicates": geometry.duplicates,
            "note": geometry.note,
        },
    }  # fmt: skip


def _plane_name(stack: Stack) -> str:
    plane = stack.plane(0)
    return plane_name(plane.normal) if plane is not None else ""


def _answer(objects: list[dict[str, Any]], sets: list[dict[str, Any]], warnings: list[str]) -> Answer:
    troubled = [one for one in objects if "problem" in one]
    if objects and not any("sop_class" in one for one in objects):
        raise ReaderError(f"None of {len(objects)} files is a DICOM object.", "Name a folder with DICOM files.")
    if any("tags_cut" in one for one in objects):
        warnings = [*warnings, "Not all tags are listed: search for the wanted ones, or name fewer objects."]
    lines = [f"{len(objects)} objects, {len(sets)} display sets"]
    lines += [_set_line(one) for one in sets]
    if len(objects) == 1:
        lines += _object_lines(objects[0])
    lines += [f"problem: {one.get('path') or one.get('sop_uid')}: {one['problem']} {one['remedy']}" for one in troubled]
    lines += [f"note: {warning}" for warning in warnings]
    lines += tag_lines(objects)
    fields = {"objects": objects, "display_sets": sets, "warnings": warnings}
    return Answer(fields, tuple(lines), 1 if troubled or warnings else 0)


def _set_line(one: dict[str, Any]) -> str:
    count = f"{one['frames']}" if one["expected"] in (None, one["frames"]) else f"{one['frames']} of {one['expected']}"
    spacing = one["geometry"]["spacing_mm"]
    parts = [one["modality"], one["description"] or "(no description)", one["kind"], f"{count} frames"]
    parts += [f"{one['columns']} × {one['rows']}"] if one["rows"] else []
    parts += [f"every {spacing:.4g} mm"] if spacing else []
    parts += [one["note"] or one["geometry"]["note"]] if one["note"] or one["geometry"]["note"] else []
    return " · ".join(parts)


def _object_lines(one: dict[str, Any]) -> list[str]:
    lines = [
        f"{one.get('class_name', '')}, {one.get('modality', '')}, transfer syntax {one.get('transfer_syntax', '')}"
    ]
    if one.get("spacing"):
        lines.append(
            f"lengths in: {one['spacing']['basis']}"
            + (f"; values in {one['values_unit']}" if one["values_unit"] else "")
        )
        lines += [f"window {window}" for window in one["windows"]]
        lines += [f"quality: {one['quality']}"] if one["quality"] else []
    return lines + object_lines(one) + [f"note: {warning}" for warning in one.get("warnings", ())]
