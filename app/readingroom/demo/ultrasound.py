"""B-mode of the right upper abdomen: liver, gallbladder with a stone, kidney, diaphragm, as a curved probe shows them.

Image-plane coordinates in cm: u across (to the right of the image), v deep from the skin.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from readingroom.demo.texture import Floats

COLUMNS, ROWS = 800, 600
CM_PER_PX = 0.0300
APEX_PX = (400.0, -60.0)  # of the fan, in pixels
PROBE_CM, DEEP_CM, HALF_ANGLE = 4.6, 15.6, np.radians(34)
STONE_CM = 1.20
_LINES, _SAMPLES = 300, 640


@dataclass(frozen=True, slots=True)
class Fan:
    """The lookup from the screen to beam lines and depth."""

    lines: Floats
    samples: Floats
    inside: NDArray[np.bool_]

    @classmethod
    def curved(cls) -> "Fan":
        """The fan of a curved probe."""
        x = (np.arange(COLUMNS) - APEX_PX[0])[None, :] * CM_PER_PX
        y = (np.arange(ROWS) - APEX_PX[1])[:, None] * CM_PER_PX
        radius, angle = np.hypot(x, y), np.arctan2(x, y)
        depth = radius - PROBE_CM
        inside = (np.abs(angle) <= HALF_ANGLE) & (depth >= 0) & (depth <= DEEP_CM)
        lines = (angle / HALF_ANGLE + 1) / 2 * (_LINES - 1)
        samples = depth / DEEP_CM * (_SAMPLES - 1)
        return cls(lines.astype(np.float32), samples.astype(np.float32), inside)

    def shown(self, beams: Floats) -> NDArray[np.uint8]:
        """Beams (samples, lines), 0 to 1, as the fan on a black screen."""
        picture = ndimage.map_coordinates(beams, [self.samples, self.lines], order=1, mode="nearest")
        return np.asarray(np.where(self.inside, np.clip(picture * 255, 0, 255), 0), np.uint8)


def place_cm() -> tuple[Floats, Floats]:
    """u and v (cm) of every beam sample, shape (samples, lines)."""
    angle = np.linspace(-HALF_ANGLE, HALF_ANGLE, _LINES)[None, :]
    depth = np.linspace(0, DEEP_CM, _SAMPLES)[:, None]
    radius = depth + PROBE_CM
    return (radius * np.sin(angle)).astype(np.float32), (radius * np.cos(angle) - PROBE_CM).astype(np.float32)


class Scene:
    """What the probe sees; breath moves it (cm, deeper and to the right)."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        self._u, self._v = place_cm()
        wide = (_SAMPLES + 200, _LINES + 200)
        # Fully developed speckle: the length of a complex Gaussian, longer across the beam than along it.
        parts = [ndimage.gaussian_filter(random.standard_normal(wide, dtype=np.float32), (1.1, 1.35)) for _ in range(2)]
        speckle = np.hypot(*parts)
        self._speckle = (speckle / speckle.mean()).astype(np.float32)
        cloud = ndimage.gaussian_filter(random.standard_normal(wide, dtype=np.float32), (16, 9))
        self._cloud = (cloud / cloud.std()).astype(np.float32)
        bent = ndimage.gaussian_filter(random.standard_normal((2, *wide), dtype=np.float32), (0, 42, 20))
        self._bent = (bent / bent.std()).astype(np.float32)
        self._veins = [
            (random.uniform(-5.5, 5.5), random.uniform(2.5, 9.0), random.uniform(0.10, 0.24), random.uniform(0.6, 2.0), random.uniform(-0.7, 0.7))
            for _ in range(11)
        ]  # fmt: skip

    def beams(self, breath_cm: float) -> NDArray[np.float32]:
        """One frame before scan conversion, 0 to 1, shape (samples, lines)."""
        u, v = self._u - 0.25 * breath_cm, self._v - breath_cm
        shift = round(breath_cm / DEEP_CM * _SAMPLES)
        rows = slice(100 - shift, 100 - shift + _SAMPLES)
        speckle, cloud = self._speckle[rows, 100 : 100 + _LINES], self._cloud[rows, 100 : 100 + _LINES]
        bent = self._bent[:, rows, 100 : 100 + _LINES]
        echo, loss = self._echo(u + 0.11 * bent[0], v + 0.11 * bent[1], cloud)
        echo, loss = self._stone(u, v, echo, loss)
        shadow = np.cumsum(loss, axis=0)
        strength = np.log10(np.maximum(echo * speckle**0.95, 1e-4)) * 20
        strength -= shadow + 0.30 * self._v
        gain = 0.30 * self._v
        level = (strength + gain + 46) / 60
        near = np.clip(self._v / 0.25, 0, 1)
        return np.asarray(np.clip(level * near + (1 - near) * 0.8, 0, 1), np.float32)

    def _echo(self, u: Floats, v: Floats, cloud: Floats) -> tuple[Floats, Floats]:
        """Brightness of every sample, and what it takes from those behind it (dB; negative: enhancement)."""
        liver = 0.16 * (1 + 0.10 * cloud)
        echo = np.asarray(liver, np.float32)
        loss = np.zeros_like(echo)
        for vu, vv, radius, length, tilt in self._veins:
            along = (u - vu) * np.cos(tilt) + (v - vv) * np.sin(tilt)
            across = -(u - vu) * np.sin(tilt) + (v - vv) * np.cos(tilt) - 0.07 * along * along
            gap = np.hypot(np.maximum(np.abs(along) - length, 0), across) - radius * (1 - 0.3 * along / length)
            echo = np.where(gap < 0.055, np.where(gap < 0, 0.012, 0.30), echo)
        echo, loss = self._kidney(u, v, cloud, echo, loss)
        echo, loss = self._gallbladder(u, v, echo, loss)
        dome = np.hypot((u - 0.5) / 9.6, (v - 0.2) / 12.6)
        echo = np.where(dome > 1, 0.05 * (1 + 0.3 * cloud), echo)
        echo = np.where(np.abs(dome - 1) < 0.010, 1.4, echo)
        wall_v = self._v
        skin = 0.20 * (1 + 0.25 * cloud) + 0.5 * np.exp(-(((wall_v - 0.55 - 0.02 * cloud) / 0.05) ** 2))
        skin = (
            skin
            + 0.5 * np.exp(-(((wall_v - 1.15 - 0.05 * cloud) / 0.05) ** 2))
            + 0.7 * np.exp(-(((wall_v - 1.7) / 0.05) ** 2))
        )
        echo = np.where(wall_v < 1.75, skin, echo)
        return np.asarray(echo, np.float32), np.asarray(loss, np.float32)

    @staticmethod
    def _kidney(u: Floats, v: Floats, cloud: Floats, echo: Floats, loss: Floats) -> tuple[Floats, Floats]:
        du, dv = u - 3.2, v - 9.4
        along, across = du * np.cos(0.35) + dv * np.sin(0.35), dv * np.cos(0.35) - du * np.sin(0.35)
        size = np.hypot(along / 4.6, across / 2.15)
        echo = np.where(np.abs(size - 1.03) < 0.035, 0.55, echo)
        echo = np.where(size < 1, 0.085 * (1 + 0.12 * cloud), echo)
        sinus = np.hypot(along / 3.0, across / 0.85) + 0.10 * cloud
        echo = np.where(sinus < 1, 0.42 * (1.1 - 0.5 * sinus), echo)
        for n in range(5):
            pyramid = np.hypot((along + 2.6 - 1.3 * n) / 0.42, (across + (1.15 if n % 2 else -1.15)) / 0.36)
            echo = np.where(pyramid < 1, 0.045, echo)
        return echo, loss

    @staticmethod
    def _gallbladder(u: Floats, v: Floats, echo: Floats, loss: Floats) -> tuple[Floats, Floats]:
        du, dv = u + 2.4, v - 5.6
        along, across = du * np.cos(-0.45) + dv * np.sin(-0.45), dv * np.cos(-0.45) - du * np.sin(-0.45)
        wide = 1.25 * (1 - 0.10 * along)
        size = np.hypot(along / 3.1, across / wide)
        echo = np.where((size >= 1) & (size < 1.09), 0.50, echo)
        echo = np.where(size < 1, 0.006, echo)
        step = DEEP_CM / _SAMPLES
        loss = loss - np.where(size < 1, 1.6 * step, 0)
        return echo, loss

    @staticmethod
    def _stone(u: Floats, v: Floats, echo: Floats, loss: Floats) -> tuple[Floats, Floats]:
        step = DEEP_CM / _SAMPLES
        stone = np.hypot(u - STONE_AT[0], v - STONE_AT[1]) - STONE_CM / 2
        face = stone + 0.10 * (v - STONE_AT[1])
        echo = np.where(stone < 0, np.where(face > -0.22, 1.6, 0.5), echo)
        loss = loss + np.where(stone < 0, 34.0 * step, 0)
        return echo, loss


STONE_AT = (-2.9, 6.45)  # u and v in cm when the breath is at rest


def stone_on_screen() -> tuple[float, float]:
    """The middle of the stone at rest in image coordinates (the middle of the first pixel is 0.5, 0.5)."""
    x = STONE_AT[0] / CM_PER_PX + APEX_PX[0]
    y = (STONE_AT[1] + PROBE_CM) / CM_PER_PX + APEX_PX[1]
    return x + 0.5, y + 0.5


def doppler_strip(columns: int, rows: int, seed: int, seconds: float, cm_per_s: float) -> NDArray[np.uint8]:
    """A spectral trace of a renal artery: velocity upwards from a baseline at three quarters of its height."""
    random = np.random.default_rng(seed)
    t = np.linspace(0, seconds, columns)[None, :]
    phase = (t * 1.15) % 1.0
    peak = (
        28
        + 52 * np.exp(-(((phase - 0.13) / 0.06) ** 2))
        + 26 * np.exp(-np.clip(phase - 0.13, 0, 1) * 3.2) * (phase > 0.1)
    )
    base = int(rows * 0.75)
    velocity = (base - np.arange(rows))[:, None] * cm_per_s
    inside = np.clip((peak - velocity) / 4, 0, 1) * np.clip(velocity / 5, 0, 1)
    rim = np.exp(-(((velocity - 0.88 * peak) / (0.14 * peak)) ** 2))
    grain = np.hypot(random.standard_normal((rows, columns)), random.standard_normal((rows, columns)))
    strip = (0.25 * inside + 0.75 * inside * rim) * ndimage.gaussian_filter(grain, (0.8, 0.5)) * 150
    strip += 9 * grain * (np.abs(velocity) > 1)
    strip[base - 1 : base + 1] = 170
    return np.asarray(np.clip(strip, 0, 255), np.uint8)
