"""Draws every case with both engines and prints, as JSON, by how many grey levels they differ. Run as a program."""

import json

import numpy as np
from tests.render import judge
from tests.render.cases import CASES

from readingroom.base.errors import ReaderError
from readingroom.render.choose import choose, difference
from readingroom.render.cpu import CpuEngine
from readingroom.render.gpu import GpuEngine


def main() -> None:
    cpu = CpuEngine()
    try:
        gpu = GpuEngine(cpu)
    except ReaderError as error:
        print(json.dumps({"absent": error.problem}))  # noqa: T201  (this is the program's answer)
        return
    answer: dict[str, object] = {"renderer": gpu.renderer, "self_check": difference(gpu, cpu)}
    answer["cases"] = {name: _differences(gpu, cpu, name) for name in CASES}
    answer["beyond_its_limits"] = _too_large(cpu)
    gpu.close()
    answer["chosen"] = {preference: choose(preference).engine.name for preference in ("auto", "cpu", "gpu")}
    print(json.dumps(answer))  # noqa: T201


def _differences(gpu: GpuEngine, cpu: CpuEngine, name: str) -> dict[str, int]:
    layers, width, height = CASES[name]()
    by_gpu, by_cpu = gpu.render(layers, width, height), cpu.render(layers, width, height)
    found = {"cpu": int(np.abs(by_gpu.astype(int) - by_cpu).max())}
    if not any(layer.outline for layer in layers):
        wanted = judge.drawn(layers, width, height)
        shown = by_gpu if wanted.ndim == 2 else by_gpu[..., :3]
        found["judge"] = int(np.abs(shown.astype(int) - wanted).max())
    return found


def _too_large(cpu: CpuEngine) -> int:
    """A card too small for the pixels must not be asked: the CPU draws the same picture."""
    layers, width, height = CASES["fitted"]()
    small = GpuEngine(cpu, budget_bytes=100)
    return int(np.abs(small.render(layers, width, height).astype(int) - cpu.render(layers, width, height)).max())


if __name__ == "__main__":
    main()
