"""readingroom hang simulate | export-dicom | import-dicom | list: what is done with protocols beside hanging by them."""

import argparse
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.cache.shelf import open_shelf
from readingroom.hanging.dicom_reading import imported
from readingroom.hanging.dicom_writing import exported
from readingroom.hanging.drafting import replaced_in
from readingroom.hanging.library import Protocols, read_protocol
from readingroom.hanging.own import OwnProtocols
from readingroom.hanging.placing import Monitor
from readingroom.hanging.simulating import Changed, simulated
from readingroom.record.study import Study
from readingroom.session.simulating import Simulation, simulate
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress

SIMULATE, EXPORT, IMPORT, LIST = "simulate", "export-dicom", "import-dicom", "list"
WORDS = (SIMULATE, EXPORT, IMPORT, LIST)
MOST_SCREENS = 8


def declare(parser: argparse.ArgumentParser) -> None:
    """--with, --without, --to, --screens, --level, --standard-only."""
    parser.add_argument(
        "--with", dest="with_file", metavar="FILE.yaml", help="simulate: as if this protocol were saved"
    )
    parser.add_argument("--without", metavar="ID", help="simulate: as if this protocol were not there")
    parser.add_argument(
        "--to", metavar="FILE", help="export-dicom: the DICOM file; import-dicom: a YAML file, not the level's folder"
    )
    parser.add_argument("--screens", metavar="N", default="1", help="export-dicom: the layouts for so many screens")
    parser.add_argument("--level", choices=("user", "site"), default="user", help="import-dicom: for whom it is saved")
    parser.add_argument(
        "--standard-only", action="store_true", help="import-dicom: as a program reads it that knows no private block"
    )


def own_protocols(profile: Profile) -> OwnProtocols:
    """Where the desk's own protocols lie."""
    return OwnProtocols(profile.hanging, load(profile).hanging.site)


def listed(library: Protocols) -> Answer:
    """Every protocol with its level, and those out of use."""
    rows = [
        {"id": one.id, "name": one.name, "level": one.level, "file": one.source, "priority": one.priority, "in_use": one.enabled}
        for one in (*library.usable, *library.disabled)
    ]  # fmt: skip
    broken = [{"problem": error.problem, "remedy": error.remedy} for error in library.broken]
    lines = [
        f"{row['id']:26} {row['level']:8} {row['name']}{'' if row['in_use'] else '  (out of use)'}" for row in rows
    ]
    lines += [f"! {error.problem} {error.remedy}" for error in library.broken]
    return Answer({"protocols": rows, "broken": broken, "warnings": []}, tuple(lines), 1 if broken else 0)


def simulation(
    options: argparse.Namespace, profile: Profile, library: Protocols, monitors: Sequence[Monitor],
    cases: Sequence[tuple[Study, Sequence[Study]]] | None,
) -> Answer:  # fmt: skip
    """Hang studies by the protocols of the desk and by those after a change; cases: None for the desk's own disk.

    Without a change named, the desk's own protocols are compared with those that travel with the program.
    """
    before, after, words = _change(options, library)
    if cases is not None:
        changed = tuple(
            c for study, priors in cases if (c := simulated(study, priors, before, after, monitors)) is not None
        )
        found = Simulation(len(cases), changed)
    else:
        secrets = open_secrets(profile)
        with (
            closing(open_shelf(profile.cache, secrets.desk_key(), load(profile).disk)) as shelf,
            shown_progress("Simulating") as tell,
        ):
            found = simulate(shelf, before, after, monitors, Ticket(), tell)
    warnings = [f"The study {uid} could not be read." for uid in found.unread]
    fields: dict[str, Any] = {
        "change": words, "looked_at": found.looked_at, "changed": [_changed(one) for one in found.changed], "warnings": warnings,
    }  # fmt: skip
    lines = [f"{words}: {len(found.changed)} of {found.looked_at} studies would hang otherwise."]
    lines += [line for one in found.changed for line in (one.words, *(f"    {place}" for place in one.viewports))]
    return Answer(fields, (*lines, *(f"! {text}" for text in warnings)), 1 if warnings else 0)


def _change(options: argparse.Namespace, library: Protocols) -> tuple[Protocols, Protocols, str]:
    if options.with_file:
        new = read_protocol(Path(options.with_file), "user")
        return library, replaced_in(library, new), f"With “{new.name}” ({new.id})"
    if options.without:
        gone = library.named(options.without)
        return library, replaced_in(library, replace(gone, enabled=False)), f"Without “{gone.name}” ({gone.id})"
    from readingroom.hanging.library import usual_protocols

    return usual_protocols(), library, "With the desk's own protocols"


def _changed(one: Changed) -> dict[str, Any]:
    return {
        "study_uid": one.study.uid,
        "description": one.study.description,
        "date": one.study.date.isoformat() if one.study.date else None,
        "patient": one.study.patient.display_name,
        "before": one.before.matched.protocol.id if one.before.matched else None,
        "after": one.after.matched.protocol.id if one.after.matched else None,
        "why": one.why,
        "viewports": list(one.viewports),
    }


def to_dicom(options: argparse.Namespace, library: Protocols, protocol_id: str) -> Answer:
    """A protocol as a Hanging Protocol object in a file."""
    if not options.to:
        raise ReaderError("It is not said where to.", "Add: --to FILE.dcm")
    if not options.screens.isdecimal() or not 1 <= int(options.screens) <= MOST_SCREENS:
        raise ReaderError(f"“{options.screens}” is no number of screens.", f"Give 1 to {MOST_SCREENS}.")
    protocol = library.named(protocol_id)
    found = exported(protocol, datetime.now(), screens=int(options.screens))
    path = Path(options.to).expanduser()
    try:
        found.dataset.save_as(path, enforce_file_format=True)
    except OSError as error:
        raise ReaderError(f"{path} could not be written ({error.strerror or error}).", "Name another file.") from error
    fields = {
        "protocol": protocol.id,
        "file": str(path),
        "sop_uid": str(found.dataset.SOPInstanceUID),
        "warnings": list(found.warnings),
    }
    lines = [f"{protocol.name} to {path}. The object keeps all of it for Reading Room; for others it cannot say:"]
    return Answer(fields, (*lines, *(f"  {text}" for text in found.warnings)), 0)


def from_dicom(options: argparse.Namespace, own: OwnProtocols, library: Protocols, path: Path) -> Answer:
    """A Hanging Protocol object out of a file, saved as a protocol of the desk's own."""
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        dataset = pydicom.dcmread(path, force=False)
        taken = tuple(one.id for one in (*library.usable, *library.disabled))
        found = imported(dataset, taken, options.standard_only)
    except OSError as error:
        raise ReaderError(f"{path} cannot be read ({error.strerror or error}).", "Name a DICOM file.") from error
    except (InvalidDicomError, EOFError, NotImplementedError, RecursionError, UnicodeError) as error:
        raise ReaderError(
            f"{path} is no DICOM file that can be read ({error}).", "Name a hanging protocol object."
        ) from error
    saved = _saved(options, own, found.protocol)
    fields = {
        "protocol": found.protocol.id,
        "name": found.protocol.name,
        "file": str(saved),
        "warnings": list(found.warnings),
    }
    lines = [f"{found.protocol.name} ({found.protocol.id}) is in {saved}."]
    if found.warnings:
        lines += ["It does not do what the object asks for here:", *(f"  {text}" for text in found.warnings)]
    return Answer(fields, tuple(lines), 1 if found.warnings else 0)


def _saved(options: argparse.Namespace, own: OwnProtocols, protocol: Any) -> Path:
    if not options.to:
        return own.save(protocol, options.level).path
    path = Path(options.to).expanduser()
    return OwnProtocols(path.parent).save(replace(protocol, source=path.name), "user").path
