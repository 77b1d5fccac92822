"""The habits of the house, checked on every file: short, well named, nothing swallowed, nothing of one machine."""

import ast
import re

import pytest

from tests.architecture.sources import functions, imported_modules, sources, tracked_files

MODULE_LINES = 400
FUNCTION_LINES = 40
BANNED_PARTS = {"util", "utils", "helper", "helpers", "manager", "service", "handler", "common", "misc"}
BANNED_NAMES = {"data", "info", "process"}
# QAbstractItemModel calls its cells so.
NAMED_BY_QT = {"data"}
# A verb of the command line is named by the command line.
NAMED_BY_THE_COMMAND = {"app/readingroom/verbs/info.py"}
ONE_MACHINE = re.compile(r"/home/\w|/Users/\w|/root/|/work/|/opt/(wheels|pypi)|[A-Z]:\\Users")
TEXT = {".py", ".toml", ".md", ".lock", ".json", ".glsl", ".qss", ".svg", ".desktop", ".txt", ".typed", ""}


def words_of(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name, in small letters."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def is_banned(name: str) -> bool:
    """Whether a name says nothing."""
    return bool(words_of(name) & BANNED_PARTS) or name.strip("_").lower() in BANNED_NAMES


def test_the_ban_knows_both_ways_of_writing_a_name() -> None:
    assert is_banned("StudyManager") and is_banned("string_utils") and is_banned("process") and is_banned("Info")
    assert not is_banned("information_entropy") and not is_banned("processed_at") and not is_banned("served")


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = [f"{source.name}: {lines}" for source in sources() if (lines := source.text.count("\n")) > MODULE_LINES]
    assert long == []


def test_no_function_is_longer_than_forty_lines() -> None:
    long = [
        f"{source.name}:{function.lineno} {function.name}: {lines}"
        for source in sources("app", "installer", "plugins")
        for function in functions(source)
        if (lines := (function.end_lineno or function.lineno) - function.lineno + 1) > FUNCTION_LINES
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = [(source.name, part.removesuffix(".py")) for source in sources() for part in source.name.split("/")]
    assert sorted({name for name, part in parts if is_banned(part)} - NAMED_BY_THE_COMMAND) == []


def test_no_class_or_function_has_a_name_that_says_nothing() -> None:
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    wrong = [
        f"{source.name}:{node.lineno} {node.name}"
        for source in sources("app", "installer", "plugins")
        if source.name not in NAMED_BY_THE_COMMAND
        for node in ast.walk(source.tree)
        if isinstance(node, kinds) and is_banned(node.name)
        if not (source.name.startswith("app/readingroom/ui/") and node.name in NAMED_BY_QT)
    ]
    assert wrong == []


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Whether an except clause takes whatever comes."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in kinds)


def test_no_failure_is_swallowed() -> None:
    silent = (ast.Pass, ast.Continue)
    wrong = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler)
        if catches_everything(node) and all(isinstance(line, silent) for line in node.body)
    ]
    assert wrong == []


def test_no_module_changes_what_all_share() -> None:
    wrong = [
        f"{source.name}:{node.lineno}"
        for source in sources("app", "plugins")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Global)
    ]
    assert wrong == []


def test_the_whole_of_vtk_is_never_imported() -> None:
    # `import vtk` costs 2.5 times the six modules that are needed.
    assert [source.name for source in sources("app") if "vtk" in imported_modules(source)] == []


def test_no_tracked_file_names_a_place_on_one_machine() -> None:
    if not tracked_files():
        pytest.skip("git is not here, or this is no clone")
    wrong = [
        f"{path.name}:{number}"
        for path in tracked_files()
        if path.suffix in TEXT and path.name != "test_habits.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ONE_MACHINE.search(line)
    ]
    assert wrong == []
