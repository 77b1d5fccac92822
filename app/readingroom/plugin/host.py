"""The host of plug-ins: finds them, imports them at first use, and goes on without one that fails."""

import ast
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from math import isfinite
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.log import LOG
from readingroom.measure.refused import Refused
from readingroom.pixels.frame import FrameFacts
from readingroom.plugin.manifest import Manifest, MeasurementEntry, read_manifest
from readingroom.record.finding import Basis, ImagePoint, Value

_FRONT_DOOR = "readingroom.plugin.api"
Formula = Callable[[Sequence[ImagePoint], FrameFacts], tuple[tuple[Value, ...], Basis]]


class PluginMeasurement:
    """One measurement that a plug-in adds; its code is imported when it is first evaluated."""

    def __init__(self, host: "Host", plugin: Manifest, entry: MeasurementEntry) -> None:
        self._host = host
        self._plugin = plugin
        self._entry = entry
        self.id = entry.id
        self.title = entry.title
        self.points = entry.points
        self.modalities = entry.modalities
        self.hint = entry.hint
        self.plugin_id = plugin.id

    def evaluate(self, points: Sequence[ImagePoint], facts: FrameFacts) -> tuple[tuple[Value, ...], Basis]:
        """Its values and their basis; Refused where a number would not be true, ReaderError where the plug-in fails.

        points: image coordinates on the image, as many as `points` says; facts: of the frame they lie on.
        """
        _check_points(self._entry, points, facts)
        if self._entry.modalities and facts.modality not in self._entry.modalities:
            kinds = ", ".join(self._entry.modalities)
            raise Refused(
                f"{self.title} is for {kinds}, and this is {facts.modality or 'unknown'}.", "Open such an image."
            )
        return self._host.run(self._plugin, self._entry, points, facts)


class Host:
    """The plug-ins of a folder. One reader's thread only; a plug-in that fails is out until the next start."""

    def __init__(self, folder: Path) -> None:
        """Read every manifest below folder; nothing of a plug-in is imported. A folder that is not there has none."""
        self._troubles: list[ReaderError] = []
        self._off: dict[str, ReaderError] = {}
        self._made: dict[str, Formula] = {}
        self._measurements: dict[str, PluginMeasurement] = {}
        self.plugins: tuple[Manifest, ...] = tuple(self._found(folder))

    def measurements(self) -> tuple[PluginMeasurement, ...]:
        """Every measurement of a plug-in that has not failed."""
        return tuple(m for m in self._measurements.values() if m.plugin_id not in self._off)

    def measurement(self, tool_id: str) -> PluginMeasurement:
        """The measurement with this id, or ReaderError saying why there is none."""
        found = self._measurements.get(tool_id)
        if found is None:
            names = ", ".join(m.id for m in self.measurements()) or "none"
            raise ReaderError(f"No plug-in has a measurement “{tool_id}”.", f"There are: {names}.")
        if found.plugin_id in self._off:
            raise self._off[found.plugin_id]
        return found

    def notices(self) -> tuple[ReaderError, ...]:
        """Why a plug-in is not used, each once, oldest first."""
        return (*self._troubles, *self._off.values())

    def run(
        self, plugin: Manifest, entry: MeasurementEntry, points: Sequence[ImagePoint], facts: FrameFacts
    ) -> tuple[tuple[Value, ...], Basis]:
        """What the plug-in answers; a plug-in that breaks is switched off and its ReaderError raised."""
        if plugin.id in self._off:
            raise self._off[plugin.id]
        try:
            formula = self._made.get(entry.id) or _load(plugin, entry)
            self._made[entry.id] = formula
            return _answer(formula(tuple(points), facts))
        except Refused:
            raise
        except (Exception, SystemExit) as error:
            LOG.exception("plug-in %s failed", plugin.id)
            reason = (str(error).splitlines() or [""])[0][:200]
            trouble = ReaderError(
                f"The plug-in {plugin.title} failed and is switched off ({type(error).__name__}: {reason}).",
                "Measure by hand; tell whoever wrote the plug-in.",
            )
            self._off[plugin.id] = trouble
            raise trouble from error

    def _found(self, folder: Path) -> list[Manifest]:
        plugins: dict[str, Manifest] = {}
        for path in sorted(folder.glob("*/plugin.toml")):
            try:
                manifest = read_manifest(path)
                self._check_free(manifest, plugins, path)
            except ReaderError as error:
                self._troubles.append(error)
                continue
            plugins[manifest.id] = manifest
            for entry in manifest.measurements:
                self._measurements[entry.id] = PluginMeasurement(self, manifest, entry)
        return list(plugins.values())

    def _check_free(self, manifest: Manifest, plugins: dict[str, Manifest], path: Path) -> None:
        ids = [entry.id for entry in manifest.measurements]
        taken = [name for name in ids if name in self._measurements or ids.count(name) > 1]
        if manifest.id in plugins or taken:
            name = taken[0] if taken else manifest.id
            raise ReaderError(
                f"The plug-in {path.parent.name} cannot be used: “{name}” is taken by another.",
                "Remove one of the two.",
            )


def _check_points(entry: MeasurementEntry, points: Sequence[ImagePoint], facts: FrameFacts) -> None:
    if len(points) not in entry.points:
        needed = " or ".join(str(n) for n in entry.points)
        raise Refused(f"{entry.title} needs {needed} points and got {len(points)}.", "Give its points in order.")
    for x, y in points:
        if not (isfinite(x) and isfinite(y) and 0 <= x <= facts.columns and 0 <= y <= facts.rows):
            raise Refused(f"The point {x:g},{y:g} lies outside the image.", "Put every point on the image.")


def _load(plugin: Manifest, entry: MeasurementEntry) -> Formula:
    """Import the package under a name of its own, and find the function; other plug-ins never see its modules."""
    folder = plugin.folder / plugin.package
    _check_imports(folder)
    name = f"readingroom_plugin_{plugin.id}"
    if name not in sys.modules:
        spec = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
        if spec is None or spec.loader is None:
            raise ImportError(f"{folder} is not a package")
        package = module_from_spec(spec)
        sys.modules[name] = package
        try:
            spec.loader.exec_module(package)
        except BaseException:
            del sys.modules[name]
            raise
    module, function = entry.make.split(":")
    made: Formula = getattr(import_module(f"{name}.{module}"), function)
    return made


def _check_imports(folder: Path) -> None:
    """ImportError where the package reaches past the front door."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for name in _imported(node):
                if name.split(".")[0] == "readingroom" and name != _FRONT_DOOR:
                    raise ImportError(f"{path.name} imports {name}; a plug-in may import {_FRONT_DOOR} only")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def _answer(given: Any) -> tuple[tuple[Value, ...], Basis]:
    """The plug-in's answer, or TypeError or ValueError where it is none."""
    values, basis = given
    if not isinstance(basis, Basis) or not values or not all(isinstance(value, Value) for value in values):
        raise TypeError("it did not answer with values and a basis")
    if not all(isfinite(value.value) for value in values):
        raise ValueError("it answered with a number that is none")
    return tuple(values), basis
