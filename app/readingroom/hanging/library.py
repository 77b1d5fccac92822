"""The hanging protocols of a desk: those that travel with the program, over them the site's, over them the reader's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.display.presets import presets
from readingroom.hanging.protocol import Protocol
from readingroom.hanging.reading import KIND, Wrong, protocol_of, trouble
from readingroom.settings.parsed import NAME, SCHEMA, Parsed, parsed, text_of
from readingroom.settings.places import resources
from readingroom.settings.yaml_file import document_of, line_of

LEVELS = ("shipped", "site", "user")


@dataclass(frozen=True, slots=True)
class Protocols:
    """The protocols that can be used, by id, what is wrong with the others, and those that were put out of use."""

    usable: tuple[Protocol, ...]
    broken: tuple[ReaderError, ...] = ()
    disabled: tuple[Protocol, ...] = ()

    def named(self, protocol_id: str) -> Protocol:
        """The protocol with this id, or ReaderError."""
        found = next((one for one in self.usable if one.id == protocol_id), None)
        if found is None:
            why = "".join(f" {error.problem}" for error in self.broken)
            names = ", ".join(one.id for one in self.usable) or "none can be used"
            raise ReaderError(f"There is no hanging protocol “{protocol_id}”.{why}", f"Use one of: {names}.")
        return found


@cache
def usual_protocols() -> Protocols:
    """The protocols that travel with the program, read once."""
    return protocols(((resources() / "hanging", "shipped"),))


def protocols_of_desk(user: Path, site: str = "") -> Protocols:
    """The program's protocols, over them those of a site's folder, over them the reader's.

    A site's folder that is named and not there is among `broken`; the reader's own may be missing.
    """
    shared = Path(site).expanduser() if site else None
    own = tuple((folder, level) for folder, level in ((shared, "site"), (user, "user")) if folder and folder.is_dir())
    found = protocols(((resources() / "hanging", "shipped"), *own)) if own else usual_protocols()
    if shared is None or shared.is_dir():
        return found
    gone = ReaderError(
        f"The site's hanging protocols are not there: no folder {shared}.", "See [hanging] in settings.toml."
    )
    return Protocols(found.usable, (*found.broken, gone), found.disabled)


def protocols(folders: Sequence[tuple[Path, str]]) -> Protocols:
    """Every protocol (*.yaml) of some folders, each with its level; of one id, the last folder's counts.

    A broken file is named among `broken` and hinders no other: what it would have replaced stays in use. One that is not
    enabled puts what it would have replaced out of use as well.
    """
    usable: dict[str, Protocol] = {}
    broken: list[ReaderError] = []
    try:
        windows = frozenset(preset.name for preset in presets(resources() / "presets.toml"))
    except ReaderError as error:
        windows = frozenset()
        broken.append(error)
    known = parsed(resources() / "hanging")
    for folder, level in folders:
        for path in sorted(folder.glob("*.yaml")):
            try:
                found = _read(path, level, known, windows)
                before = usable.get(found.id)
                if before is not None and before.level == level:
                    raise trouble(path, 1, f"its id “{found.id}” is taken by {before.source}", "Rename one.")
                usable[found.id] = found
            except ReaderError as error:
                broken.append(error)
    every = [usable[name] for name in sorted(usable)]
    in_use, out = [one for one in every if one.enabled], [one for one in every if not one.enabled]
    return Protocols(tuple(in_use), tuple(broken), tuple(out))


def read_protocol(path: Path, level: str) -> Protocol:
    """One protocol out of its file, as the schema and its own names allow; ReaderError with file, line and remedy."""
    return _read(path, level, Parsed(), frozenset(preset.name for preset in presets(resources() / "presets.toml")))


def protocol_in(text: str, level: str) -> Protocol:
    """One protocol out of YAML text, judged as a file is; ReaderError with line and remedy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "protocol.yaml"
        path.write_text(text, encoding="utf-8")
        return read_protocol(path, level)


def judged(path: Path) -> Any:
    """What a file holds where the schema has nothing against it; else ReaderError with file, line and remedy."""
    import jsonschema

    document = document_of(path, KIND, trouble)
    worst = jsonschema.exceptions.best_match(_judge().iter_errors(document))
    if worst is not None:
        steps = list(worst.absolute_path)
        place = ".".join(str(step) for step in steps) or "the file"
        message = worst.message if len(worst.message) <= 200 else f"{worst.message[:200]}…"
        raise trouble(path, line_of(document, steps), f"{place}: {message}", "See resources/hanging/schema.json.")
    return document


def _read(path: Path, level: str, known: Parsed, windows: frozenset[str]) -> Protocol:
    document = known.document(path)
    if document is None:
        document = judged(path)
    try:
        return protocol_of(document, level, path.name, windows)
    except Wrong as wrong:
        line = line_of(document_of(path, KIND, trouble), wrong.steps)
        raise trouble(path, line, wrong.problem, wrong.remedy) from wrong


@cache
def _judge() -> Any:
    import jsonschema

    path = resources() / "hanging" / SCHEMA
    try:
        return jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        problem = f"Hanging protocols cannot be judged: {path.name} cannot be read ({error})."
        raise ReaderError(problem, "Install Reading Room again; until then every case hangs plainly.") from error


def parsed_text(folder: Path) -> str:
    """Every protocol of a folder, read and judged, as the text of its parsed.json; ReaderError where one is broken."""
    return text_of(folder, judged)


if __name__ == "__main__":
    (resources() / "hanging" / NAME).write_text(parsed_text(resources() / "hanging"), encoding="utf-8")
