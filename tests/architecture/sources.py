"""The repository's own Python files, read once, as syntax trees."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent.parent
PACKAGE = REPO / "app" / "readingroom"
FOLDERS = ("app", "installer", "plugins", "tests")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path from the repository's root, its text and its tree."""

    name: str
    text: str
    tree: ast.Module


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file under the folders; all of ours where none is named."""
    paths = sorted(path for folder in folders or FOLDERS for path in (REPO / folder).rglob("*.py"))
    return tuple(read(path) for path in paths if "__pycache__" not in path.parts)


def read(path: Path) -> Source:
    """One file."""
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(REPO).as_posix(), text, ast.parse(text))


def functions(source: Source) -> Iterator[Function]:
    """Every function and method of a file."""
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node


def imported_modules(source: Source) -> set[str]:
    """Every module that a file imports, wherever in the file; relative ones begin with a dot."""
    found = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git keeps; none where git is not here or this is no clone."""
    git = shutil.which("git")
    if git is None:
        return ()
    answer = subprocess.run([git, "ls-files", "-z"], cwd=REPO, capture_output=True, check=False)
    names = answer.stdout.decode().split("\0") if answer.returncode == 0 else []
    return tuple(path for name in names if name and (path := REPO / name).is_file())
