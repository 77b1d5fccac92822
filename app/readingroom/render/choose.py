"""Which engine draws on this machine, and why."""

from dataclasses import dataclass

import numpy as np

from readingroom.base.errors import ReaderError
from readingroom.base.log import LOG
from readingroom.display.picture import Layer
from readingroom.render.cpu import CpuEngine
from readingroom.render.engine import Engine

_SIDE = 64


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that draws, and the reason in a reader's words."""

    engine: Engine
    reason: str


def choose_engine(preference: str = "auto") -> Engine:
    """The engine for a preference "auto", "cpu" or "gpu"; the CPU engine wherever the other may not be trusted."""
    return choose(preference).engine


def choose(preference: str = "auto") -> Choice:
    """The engine for a preference, with the reason.

    "auto" takes the GPU engine only on a real graphics card; "gpu" also where OpenGL is drawn by software. Either way
    it must first show the same pixels as the CPU engine.
    """
    cpu = CpuEngine()
    choice = Choice(cpu, "the settings ask for it") if preference == "cpu" else _gpu_or(cpu, preference)
    LOG.info("engine %s: %s", choice.engine.name, choice.reason)
    return choice


def warm(engine: Engine) -> None:
    """Draw once with the CPU engine's own code off the glass: what it imports takes a tenth of a second the first time."""
    if engine.name == CpuEngine().name:
        CpuEngine().render([Layer(np.zeros((2, 2), np.int16), np.eye(4), np.zeros(65536, np.uint8))], 2, 2)


def _gpu_or(cpu: CpuEngine, preference: str) -> Choice:
    try:
        from readingroom.render.gpu import GpuEngine
    except ImportError as error:
        return Choice(cpu, f"Qt's OpenGL is not installed ({error})")
    try:
        gpu = GpuEngine(cpu)
        if gpu.is_software and preference != "gpu":
            gpu.close()
            return Choice(cpu, f"OpenGL is drawn by software here ({gpu.renderer})")
        worst = difference(gpu, cpu)
    except ReaderError as error:
        return Choice(cpu, error.problem)
    if worst > 1:
        gpu.close()
        return Choice(cpu, f"{gpu.renderer} shows other pixels than the CPU engine (by {worst} of 255)")
    return Choice(gpu, gpu.renderer)


def difference(one: Engine, other: Engine) -> int:
    """The most grey levels by which two engines differ on a few small pictures of known noise."""
    return max(
        int(np.abs(one.render([layer], _SIDE, _SIDE).astype(int) - other.render([layer], _SIDE, _SIDE)).max())
        for layer in _trials()
    )


def _trials() -> tuple[Layer, ...]:
    random = np.random.default_rng(20)
    volume = random.integers(-500, 500, (8, 48, 40)).astype(np.int16)
    table = np.clip(np.arange(65536).astype(np.uint16).view(np.int16) // 8 + 128, 0, 255).astype(np.uint8)
    zoomed = np.diag((0.63, 0.71, 1.0, 1.0))
    oblique = np.array(((0.5, 0.2, 0.1, 2.0), (-0.1, 0.6, 0.2, 3.0), (0.02, 0.05, 0.6, 3.0), (0.0, 0.0, 0.0, 1.0)))
    colour = random.integers(0, 256, (40, 48, 3)).astype(np.uint8)
    return (
        Layer(volume[0], zoomed, table),
        Layer((volume[1] + 500).astype(np.uint16), zoomed, table, smooth=False),
        Layer(volume, oblique, table, ("max", 4)),
        Layer(volume, oblique, table, ("mean", 3)),
        Layer(colour, zoomed, None),
    )
