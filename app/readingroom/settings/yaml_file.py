"""YAML that people write by hand: read strictly, and what is wrong said with its line and a remedy."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError

LARGEST_BYTES = 256 * 1024
Trouble = Callable[[Path, int, str, str], ReaderError]
"""(file, line from 1, problem, remedy) to the error that names the kind of file."""


def document_of(path: Path, kind: str, trouble: Trouble) -> Any:
    """The file as mappings that remember their lines: YAML 1.2 core, no key twice, UTF-8, at most 256 kB.

    kind: what the file should be, e.g. "a report template". What trouble makes is raised.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = _text(path, kind, trouble)
    try:
        return YAML(typ="rt", pure=True).load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise trouble(path, line, "a key stands there twice", "Keep one of the two.") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise trouble(path, mark.line + 1 if mark else 1, f"not YAML: {error.problem}", "Correct this line.") from error
    except (YAMLError, RecursionError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise trouble(path, 1, f"not YAML: {reason}", "Correct the file.") from error


def line_of(document: Any, steps: Sequence[Any]) -> int:
    """The line (from 1) of the deepest part of the path that remembers one."""
    line, part = 1, document
    for step in steps:
        places = getattr(part, "lc", None)
        try:
            line = (places.item(step) if isinstance(step, int) else places.key(step))[0] + 1 if places else line
            part = part[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return int(line)


def _text(path: Path, kind: str, trouble: Trouble) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise trouble(path, 1, f"it cannot be read ({error.strerror})", "Check the file's permissions.") from error
    if len(raw) > LARGEST_BYTES:
        raise trouble(path, 1, f"it is larger than {LARGEST_BYTES // 1024} kB", f"Is this {kind}?")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise trouble(path, line, "it is not UTF-8", "Save the file as UTF-8.") from error
    directive = re.search(r"^%YAML\s+(\S+)", text, re.MULTILINE)
    if directive and directive[1] != "1.2":
        line = text[: directive.start()].count("\n") + 1
        raise trouble(path, line, f"it is YAML {directive[1]}", "Write YAML 1.2 and remove the %YAML line.")
    return text
