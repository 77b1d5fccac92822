"""Shipped YAML read beforehand: it takes seconds, so what was read is kept beside it, bound by digests.

A document counts only where the digests of its file and of the schema that judged it are those of today; any other file
is read and judged as if there were nothing here. `python -m readingroom.hanging.library` and
`python -m readingroom.reporting.template` write it anew.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

NAME = "parsed.json"
SCHEMA = "schema.json"


@dataclass(frozen=True, slots=True)
class Parsed:
    """Documents by the digest of the bytes that they were read from."""

    documents: Mapping[str, Any] = field(default_factory=dict)

    def document(self, path: Path) -> Any:
        """What a file holds, or None where it is not known or cannot be read."""
        try:
            return self.documents.get(digest(path)) if self.documents else None
        except OSError:
            return None


def parsed(folder: Path) -> Parsed:
    """What was read beforehand; nothing where the schema is another or the file is not there or damaged."""
    try:
        kept = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if kept["schema"] != digest(folder / SCHEMA):
            return Parsed()
        return Parsed(dict(kept["documents"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Parsed()


def text_of(folder: Path, judged: Callable[[Path], Any]) -> str:
    """Every file of a folder (*.yaml), read and judged, as the text of its parsed.json; ReaderError where one is broken."""
    documents = {digest(path): judged(path) for path in sorted(folder.glob("*.yaml"))}
    kept = {"schema": digest(folder / SCHEMA), "documents": documents}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n"


def digest(path: Path) -> str:
    """Of a file's bytes, whatever its line ends."""
    return sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
