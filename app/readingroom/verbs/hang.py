"""readingroom hang: which protocol a case gets, which image hangs where, and why."""

import argparse
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readingroom.archive.folder import FolderArchive
from readingroom.archive.learn import region_of
from readingroom.base.errors import ReaderError
from readingroom.base.uid import is_uid
from readingroom.cache.shelf import open_shelf
from readingroom.display.desk_plan import Place, Rect, planned
from readingroom.display.monitors import Screen
from readingroom.display.stack import Stack, stacks
from readingroom.display.view import ViewState
from readingroom.display.words import day
from readingroom.hanging.explaining import Line, explanation
from readingroom.hanging.hang import Hanging, hang, home_of, view_of, views_of
from readingroom.hanging.library import Protocols
from readingroom.hanging.own import OwnProtocols
from readingroom.hanging.placing import Monitor, Placed
from readingroom.hanging.priors import doubt
from readingroom.hanging.showing import missing_words
from readingroom.hanging.traits import is_for_processing
from readingroom.hanging.wanted import rows_to_open
from readingroom.record.search import Query
from readingroom.record.study import Study
from readingroom.session.fetch import open_study
from readingroom.session.priors import find_priors
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.settings.sections import MONITOR_ROLES, MonitorSettings
from readingroom.verbs import hang_more
from readingroom.verbs.front import Answer

MOST_MONITORS = 8
_SIZE = re.compile(r"([0-9]{2,5})[x×]([0-9]{2,5})(?::([a-z]+))?")


@dataclass(frozen=True, slots=True)
class Hung:
    """One study as it hangs with its priors, and what kept a prior or a study away."""

    study: Study
    priors: tuple[Study, ...]
    hanging: Hanging
    tree: tuple[Line, ...]


def declare(parser: argparse.ArgumentParser) -> None:
    """STUDY_UID | DIR, the monitors, and how much is explained; or what else is done with protocols."""
    words = "a study of the region, or a folder of DICOM files; or: list, simulate [DIR], export-dicom ID, import-dicom FILE"
    parser.add_argument("what", metavar="STUDY_UID|DIR", nargs="+", help=words)
    parser.add_argument(
        "--monitors",
        metavar="WxH,…",
        help=f"image area of each monitor in pixels, left to right, with its role or without: 1536x2048:diagnostic; roles: {', '.join(MONITOR_ROLES)}",
    )
    parser.add_argument("--protocol", metavar="ID", default="", help="this protocol, whether or not it fits best")
    parser.add_argument("--stage", metavar="N", default="1", help="which stage is shown, from 1")
    parser.add_argument("--explain", action="store_true", help="the whole tree: rules met, scores, what was rejected")
    hang_more.declare(parser)


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Hang one study, or every study of a folder; exit code 1 where something could not be read or asked."""
    own = hang_more.own_protocols(profile)
    monitors, library = _monitors(options.monitors), own.read()
    word, *rest = options.what
    if word in hang_more.WORDS:
        return _more(word, rest, options, profile, own, library, monitors)
    if rest:
        raise ReaderError(f"One study or folder at a time: “{rest[0]}” is one more.", "See: readingroom hang --help")
    if not options.stage.isdecimal() or int(options.stage) < 1:
        raise ReaderError(f"“{options.stage}” is no stage.", "Give a number from 1.")
    if options.protocol:
        library.named(options.protocol)
    path = Path(word)
    if path.exists() or not is_uid(word.strip()):
        cases, warnings = _of_folder(path)
    else:
        cases, warnings = _of_region(word.strip(), profile, library)
    found = []
    for study, priors in cases:
        every = [stack for one in (study, *priors) for stack in stacks(one)]
        hanging = hang(study, every, priors, library, monitors, options.protocol, int(options.stage) - 1)
        found.append(Hung(study, tuple(priors), hanging, explanation(hanging) if options.explain else ()))
        if len(found) == 1 and hanging.stages and int(options.stage) > len(hanging.stages):
            name = study.description or study.uid
            warnings.append(f"{name} has no stage {options.stage}: its last, {len(hanging.stages)}, is shown.")
    return _answer(found, library, warnings)


def _more(
    word: str, rest: Sequence[str], options: argparse.Namespace, profile: Profile, own: OwnProtocols, library: Protocols,
    monitors: Sequence[Monitor],
) -> Answer:  # fmt: skip
    """What is done with protocols beside hanging by them."""
    if word == hang_more.LIST:
        return hang_more.listed(library)
    if word == hang_more.SIMULATE:
        cases, warnings = _of_folder(Path(rest[0])) if rest else (None, [])
        found = hang_more.simulation(options, profile, library, monitors, cases)
        found.fields["warnings"] += warnings
        return found
    if len(rest) != 1:
        raise ReaderError(f"{word} needs one name.", f"Write: readingroom hang {word} NAME")
    if word == hang_more.EXPORT:
        return hang_more.to_dicom(options, library, rest[0])
    return hang_more.from_dicom(options, own, library, Path(rest[0]).expanduser())


def _monitors(text: str | None) -> tuple[Monitor, ...]:
    if not text:
        return (Monitor(),)
    found: list[tuple[int, int, str]] = []
    for part in text.split(","):
        size = _SIZE.fullmatch(part.strip().lower())
        if size is None:
            raise ReaderError(
                f"“{part}” is no size of a monitor.",
                "Write it as 1536x2048 or 1536x2048:diagnostic, one after a comma.",
            )
        if size[3] and size[3] not in MONITOR_ROLES:
            raise ReaderError(f"“{size[3]}” is no role of a monitor.", f"Write one of {', '.join(MONITOR_ROLES)}.")
        found.append((int(size[1]), int(size[2]), size[3] or ""))
    if len(found) > MOST_MONITORS:
        raise ReaderError(f"{len(found)} monitors are too many.", f"Name at most {MOST_MONITORS}.")
    places = tuple(
        Place(
            Screen(str(n), width_px=width, height_px=height), Rect(sum(one[0] for one in found[:n]), 0, width, height)
        )
        for n, (width, height, _) in enumerate(found)
    )
    roles = tuple(MonitorSettings(str(n), screen=str(n), role=role) for n, (_, _, role) in enumerate(found) if role)
    # Without a role every monitor that is named has images; with roles the desk decides, as in the windows.
    seats = planned(places, roles).images if roles else range(len(found))
    return tuple(Monitor(*found[n]) for n in seats)


def _of_folder(path: Path) -> tuple[list[tuple[Study, list[Study]]], list[str]]:
    """Every study of a folder, newest first, each with what else the folder holds of its patient."""
    if not path.is_dir():
        raise ReaderError(f"There is no study and no folder “{path}”.", "Name a Study Instance UID, or a folder.")
    archive = FolderArchive(path.name, path, store=False)
    rows = archive.search(Query())
    # What the folder has to say is known once it was looked through.
    studies, warnings = [], list(archive.remarks)
    for study_uid in dict.fromkeys(row.study_uid for row in rows):
        try:
            studies.append(archive.study(study_uid))
        except ReaderError as error:
            warnings.append(error.problem)
    if not studies:
        why = [*warnings, *(f"{one.path.name}: {one.problem}" for one in archive.unread)]
        because = f": {why[0]}" if why else "."
        raise ReaderError(f"{path} holds no study that can be read{because}", "Name a folder with DICOM files.")
    warnings += [f"{aside.sop_uid} was set aside: {aside.problem}" for study in studies for aside in study.set_aside]
    warnings += _withheld(studies)
    return [
        (study, [other for other in studies if other.uid != study.uid and not doubt(study.patient, other.patient)])
        for study in studies
    ], warnings


def _withheld(studies: Sequence[Study]) -> list[str]:
    """What is said of studies that carry one patient number and are not hung beside each other."""
    pairs = ((one, other) for n, one in enumerate(studies) for other in studies[n + 1 :])
    return [
        f"The examinations of {day(one.date)} and {day(other.date)} have one patient number and are not hung together: {why}."
        for one, other in pairs
        if one.patient.id and one.patient.id == other.patient.id and (why := doubt(one.patient, other.patient))
    ]


def _of_region(
    study_uid: str, profile: Profile, library: Protocols
) -> tuple[list[tuple[Study, list[Study]]], list[str]]:
    """A study of the region with the priors for which its protocol has a role, or that would be opened beside it."""
    settings, secrets = load(profile), open_secrets(profile)
    with (
        closing(region_of(profile, settings.archives, secrets)) as region,
        closing(open_shelf(profile.cache, secrets.desk_key(), settings.disk)) as shelf,
    ):
        study = open_study(region, shelf, study_uid)
        found = find_priors(region, shelf, study)
        warnings = [f"{silence.name} did not answer: its priors are not known." for silence in found.silent]
        priors = []
        for row in rows_to_open(study, found.priors, library):
            try:
                priors.append(open_study(region, shelf, row.study_uid, row.held_by))
            except ReaderError as error:
                warnings.append(f"The prior {row.description} of {day(row.date)} could not be opened: {error.problem}")
    return [(study, priors)], warnings


def _answer(found: Sequence[Hung], library: Protocols, warnings: Sequence[str]) -> Answer:
    fields = _fields(found[0])
    if len(found) > 1:
        fields["studies"] = [_fields(one) for one in found]
    fields["broken"] = [{"problem": error.problem, "remedy": error.remedy} for error in library.broken]
    fields["warnings"] = list(warnings)
    lines = [line for one in found for line in _lines(one)]
    lines += [f"! {error.problem} {error.remedy}" for error in library.broken] + [f"! {text}" for text in warnings]
    return Answer(fields, tuple(lines), 1 if warnings or library.broken else 0)


def _fields(one: Hung) -> dict[str, Any]:
    hanging, shown = one.hanging, one.hanging.shown
    protocol = hanging.matched.protocol if hanging.matched is not None else None
    fields: dict[str, Any] = {
        "study_uid": one.study.uid,
        "description": one.study.description,
        "date": one.study.date.isoformat() if one.study.date else None,
        "modalities": list(one.study.modalities),
        "priors": [prior.uid for prior in one.priors],
        "roles": {role: prior.uid for role, prior in hanging.matched.roles.items()} if hanging.matched else {},
        "protocol": protocol.id if protocol else None,
        "protocol_name": protocol.name if protocol else None,
        "level": protocol.level if protocol else None,
        "score": hanging.matched.score if hanging.matched else None,
        "stage": shown.id if shown else None,
        "stage_name": shown.name if shown else None,
        "stages": [{"id": stage.id, "name": stage.name} for stage in hanging.stages],
        "reasons": list(hanging.reasons),
        "grids": [{"monitor": n, "rows": r, "columns": c} for n, (r, c) in enumerate(shown.grids, 1)] if shown else [],
        "viewports": _viewports(one),
        "unhung": [{**_stack(waiting.stack), "why": waiting.why} for waiting in hanging.waiting],
        "rejected": [{"protocol": other.protocol_id, "why": other.why} for other in hanging.rejected],
    }
    return fields | ({"explanation": [{"depth": x.depth, "text": x.text} for x in one.tree]} if one.tree else {})


def _viewports(one: Hung) -> list[dict[str, Any]]:
    shown = one.hanging.shown
    if shown is None:
        return []
    views = views_of(shown, (one.study, *one.priors))
    return [_viewport(one, placed, view) for placed, view in zip(shown.placed, views, strict=True)]


def _viewport(one: Hung, placed: Placed, view: ViewState) -> dict[str, Any]:
    row, column, rows, columns = placed.area
    fields: dict[str, Any] = {
        "monitor": placed.monitor + 1,
        "area": {"name": placed.port.id, "row": row + 1, "column": column + 1, "rows": rows, "columns": columns},
        "label": placed.port.label,
    }
    if placed.stack is None:
        return fields | {"display_set": None, "why": f"nothing of this case is {' or '.join(placed.port.show)}"}
    window = None if view.voi is None else {"name": view.voi_name, "centre": view.voi.centre, "width": view.voi.width}
    return fields | {
        **_stack(placed.stack),
        "prior": placed.stack.study_uid != one.study.uid,
        "role": placed.why,
        "window": window or "default",
        "view": placed.stack.kind,
        "image": view.index + 1,
        "mirrored": view.flipped,
        "rotated": view.rotation,
        "chest_wall": view.anchor,
        "fit_mm": list(view.fit_mm) if view.fit_mm is not None else None,
        "inverted": view.inverted,
        "for_processing": _is_raw(one, placed.stack),
        "sync": list(placed.port.sync),
    }


def _is_raw(one: Hung, stack: Stack) -> bool:
    home = home_of(stack, (one.study, *one.priors))
    return home is not None and is_for_processing(stack, home)


def _stack(stack: Stack) -> dict[str, Any]:
    return {
        "display_set": stack.id,
        "study_uid": stack.study_uid,
        "series_uid": stack.series_uid,
        "modality": stack.modality,
        "description": stack.description,
        "images": len(stack.frames),
    }


def _lines(one: Hung) -> list[str]:
    """The case as a sketch: each monitor's grid with what hangs in it, the stages, what waits, and the tree."""
    hanging, shown = one.hanging, one.hanging.shown
    lines = [f"{one.study.description or one.study.uid}, {'/'.join(one.study.modalities)}, {day(one.study.date)}"]
    lines += [f"  {reason}" for reason in hanging.reasons]
    for number, (rows, columns) in enumerate(shown.grids if shown else ()):
        lines.append(f"  monitor {number + 1}: {rows} × {columns}")
        for placed in shown.placed if shown else ():
            if placed.monitor == number:
                lines.append(f"    {placed.area[0] + 1},{placed.area[1] + 1}  {_sketch(one, placed)}")
    if len(hanging.stages) > 1:
        lines.append("  stages: " + "; ".join(stage.name for stage in hanging.stages))
    lines += [f"  waits: {w.stack.description or w.stack.modality}: {w.why}" for w in hanging.waiting]
    return [*lines, *(f"  {'  ' * line.depth}{line.text}" for line in one.tree), ""]


def _sketch(one: Hung, placed: Placed) -> str:
    if placed.stack is None:
        return f"(empty. {missing_words(placed.port)})"
    view = view_of(placed, (one.study, *one.priors))
    window = f", C {view.voi.centre:g} W {view.voi.width:g} {view.voi_name}".rstrip() if view.voi else ""
    prior = next((p for p in one.priors if p.uid == placed.stack.study_uid), None)
    before = f", {day(prior.date)}" if prior is not None else ""
    label = f"{placed.port.label}: " if placed.port.label else ""
    name = placed.stack.description or placed.stack.modality
    raw = ", for processing: raw" if _is_raw(one, placed.stack) else ""
    return f"{label}{name} [{view.index + 1}/{len(placed.stack.frames)}]{window}{before}{raw}"
