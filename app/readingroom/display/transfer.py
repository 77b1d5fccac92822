"""How values become light in three dimensions: opacity and colour by HU or by percentile, as data that a reader edits."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display.colours import Rgb
from readingroom.pixels.voxels import Voxels

BLENDS = ("composite", "max")
MOST_POINTS = 32
SAMPLES = 400_000
"""Percentiles are taken of about so many voxels, evenly spread."""
BACKGROUND = 0.1
"""Voxels below this share of the brightest per cent are air around the patient, not tissue."""
OPAQUE_AT = 0.5
"""A ray has hit what it goes to when this share of its light is kept back."""

Point = tuple[float, float]
ColourPoint = tuple[float, Rgb]


@dataclass(frozen=True, slots=True)
class Shade:
    """Shares of light: from everywhere, from the viewer, as a gleam of a power."""

    ambient: float = 0.2
    diffuse: float = 0.75
    specular: float = 0.2
    power: float = 16.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """opacity: (value, share of light kept back by one millimetre) with rising values; colour: (value, sRGB).

    Values are modality values. blend: "composite" or "max"; shade: None for none. edited: no longer as the preset says.
    """

    name: str
    title: str
    blend: str
    opacity: tuple[Point, ...]
    colour: tuple[ColourPoint, ...]
    shade: Shade | None = None
    edited: bool = False

    def moved(self, index: int, value: float, opacity: float) -> "Transfer":
        """With one point elsewhere, never past its neighbours."""
        points = list(self.opacity)
        low = points[index - 1][0] + 1e-3 if index else -np.inf
        high = points[index + 1][0] - 1e-3 if index + 1 < len(points) else np.inf
        points[index] = float(min(max(value, low), high)), min(1.0, max(0.0, opacity))
        return replace(self, opacity=tuple(points), edited=True)

    def added(self, value: float, opacity: float) -> "Transfer":
        """With one point more."""
        if len(self.opacity) >= MOST_POINTS or any(abs(value - at) < 1e-3 for at, _ in self.opacity):
            return self
        points = sorted((*self.opacity, (value, min(1.0, max(0.0, opacity)))))
        return replace(self, opacity=tuple(points), edited=True)

    def removed(self, index: int) -> "Transfer":
        """Without one point; two are the least."""
        if len(self.opacity) <= 2:
            return self
        points = (*self.opacity[:index], *self.opacity[index + 1 :])
        return replace(self, opacity=points, edited=True)

    def shifted(self, by: float) -> "Transfer":
        """All points and colours moved along the values."""
        return replace(
            self, edited=True, opacity=tuple((at + by, share) for at, share in self.opacity),
            colour=tuple((at + by, rgb) for at, rgb in self.colour),
        )  # fmt: skip

    def opacity_of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share of light kept back by one millimetre of each value; the ends go on."""
        at, shares = zip(*self.opacity, strict=True)
        return np.asarray(np.interp(values, at, shares))


@dataclass(frozen=True, slots=True)
class VolumePreset:
    """A named transfer in HU, and in per cent of tissue voxels for volumes without HU."""

    in_hu: Transfer
    in_percentiles: Transfer

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return self.in_hu.name

    def for_volume(self, voxels: Voxels) -> Transfer:
        """The transfer for a volume, in its own modality values."""
        if voxels.facts.unit == "HU":
            return self.in_hu
        wanted = sorted({at for at, _ in self.in_percentiles.opacity} | {at for at, _ in self.in_percentiles.colour})
        value = dict(zip(wanted, tissue_percentiles(voxels, wanted), strict=True))
        opacity = _rising([(value[at], share) for at, share in self.in_percentiles.opacity])
        colour = _rising([(value[at], rgb) for at, rgb in self.in_percentiles.colour])
        return replace(self.in_percentiles, opacity=tuple(opacity), colour=tuple(colour))


def volume_presets(path: Path) -> tuple[VolumePreset, ...]:
    """The presets of a file, in its order; ReaderError when it cannot be read."""
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("preset", [])
        return tuple(_preset(table) for table in tables)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
        raise ReaderError(f"The volume presets in {path.name} cannot be read ({error}).", "Mend the file.") from error


def as_table(transfer: Transfer) -> str:
    """A transfer as one [[preset]] table that volume_presets reads back, for HU and percentiles alike."""
    points = ", ".join(f"[{at!r}, {share!r}]" for at, share in transfer.opacity)
    colours = ", ".join(f"[{at!r}, {r}, {g}, {b}]" for at, (r, g, b) in transfer.colour)
    s = transfer.shade
    shade = (
        f"shade = {{ ambient = {s.ambient!r}, diffuse = {s.diffuse!r}, specular = {s.specular!r}, power = {s.power!r} }}\n"
        if s is not None
        else ""
    )
    return (
        f'[[preset]]\nname = "{transfer.name}"\ntitle = "{transfer.title}"\nblend = "{transfer.blend}"\n{shade}'
        f"opacity = [{points}]\ncolour = [{colours}]\n"
    )


def tissue_percentiles(voxels: Voxels, wanted: Sequence[float]) -> list[float]:
    """Modality values at percentiles (0 to 100) of the voxels that are tissue, from an even sample."""
    here = [n for n, plane in enumerate(voxels.lattice.planes) if plane is not None]
    step = max(1, round((voxels.words[0].size * len(here) / SAMPLES) ** (1 / 3)))
    sample = voxels.values_of(np.stack([voxels.words[n, ::step, ::step] for n in here[::step]]))
    floor = float(sample.min())
    tissue = sample[sample - floor > BACKGROUND * (float(np.percentile(sample, 99)) - floor)]
    return [float(v) for v in np.percentile(tissue if tissue.size else sample, wanted)]


def _preset(table: dict[str, Any]) -> VolumePreset:
    shade = Shade(**{k: float(v) for k, v in table["shade"].items()}) if "shade" in table else None
    blend = str(table["blend"])
    if blend not in BLENDS:
        raise ValueError(f"blend “{blend}” is none of {', '.join(BLENDS)}")

    def made(prefix: str) -> Transfer:
        opacity = table.get(f"{prefix}opacity", table["opacity"])
        colour = table.get(f"{prefix}colour", table["colour"])
        points = [(float(at), float(share)) for at, share in opacity]
        colours = [(float(at), (int(r), int(g), int(b))) for at, r, g, b in colour]
        if len(points) < 2 or points != sorted(points) or not colours or not all(0 <= s <= 1 for _, s in points):
            raise ValueError(f"{table['name']} needs two or more points of rising value, opacity from 0 to 1")
        return Transfer(str(table["name"]), str(table["title"]), blend, tuple(points), tuple(colours), shade)

    return VolumePreset(made(""), made("percentile_"))


def _rising[T](points: list[tuple[float, T]]) -> list[tuple[float, T]]:
    """Percentiles may meet; values of a table may not."""
    made: list[tuple[float, T]] = []
    for at, what in points:
        made.append((max(at, made[-1][0] + 1e-3) if made else at, what))
    return made
