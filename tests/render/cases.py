"""The pictures on which both engines must agree: what a reader does to a view, on noise that hides nothing."""

from collections.abc import Callable
from dataclasses import replace
from math import cos, radians, sin, tan

import numpy as np
from numpy.typing import NDArray

from readingroom.display.camera import Camera
from readingroom.display.picture import Layer
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.record.study import FrameRef


def _image(rows: int, columns: int, kind: type = np.int16, seed: int = 7) -> NDArray[np.int16]:
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns]
    waves = 600 * np.sin(x / 5.0) * np.cos(y / 7.0) + random.normal(0, 150, (rows, columns))
    shift = 0 if kind is np.int16 else 2000
    return (waves + shift).clip(-2000 + shift, 2000 + shift).astype(kind)


def _volume() -> NDArray[np.int16]:
    random = np.random.default_rng(3)
    z, y, x = np.mgrid[0:24, 0:40, 0:48]
    ball = 700.0 * (((x - 24) / 15) ** 2 + ((y - 20) / 13) ** 2 + ((z - 12) / 8) ** 2 < 1)
    return (ball + 200 * np.sin(x / 3.0 + z / 2.0) + random.normal(0, 60, x.shape)).astype(np.int16)


def grey_table(
    centre: float = 0.0, width: float = 2048.0, signed: bool = True, function: str = "LINEAR"
) -> NDArray[np.uint8]:
    """A window over raw values (PS3.3 C.11.2.1.2, C.11.2.1.3), indexed by the raw 16-bit pattern."""
    raw = np.arange(65536, dtype=np.uint16)
    values = (raw.view(np.int16) if signed else raw).astype(np.float64)
    if function == "SIGMOID":
        share = 1 / (1 + np.exp(-4 * (values - centre) / width))
    elif function == "LINEAR_EXACT":
        share = (values - centre) / width + 0.5
    else:
        share = (values - (centre - 0.5)) / (width - 1) + 0.5
    return np.floor(255 * share.clip(0, 1) + 0.5).astype(np.uint8)


def _hot(alpha: int) -> NDArray[np.uint8]:
    grey = grey_table(200, 1400)
    return np.stack([grey // 4, grey // 2, grey, np.full_like(grey, alpha)], axis=1)


_WIDTH, _HEIGHT = 150, 110


def _flat(
    view: ViewState, rows: int = 64, columns: int = 80, aspect: float = 1.0, kind: type = np.int16, **how: object
) -> Layer:
    camera = Camera.of(view, rows, columns, aspect, _WIDTH, _HEIGHT)
    table = grey_table(0 if kind is np.int16 else 2000, 2048, kind is np.int16)
    return Layer(
        _image(rows, columns, kind), camera.matrix, how.get("table", table), smooth=bool(how.get("smooth", True))
    )


def _plane(
    turn_x: float, turn_y: float, slab: tuple[str, int], tilt: float = 0.0, step: float = 0.6, **how: object
) -> Layer:
    """A plane through the middle of a volume of 0.9 x 0.8 x 2 mm, sheared as a gantry tilt shears it."""
    a, b = radians(turn_x), radians(turn_y)
    u = np.array((cos(b), 0.0, -sin(b)))
    v = np.array((sin(a) * sin(b), cos(a), sin(a) * cos(b)))
    to_patient = np.diag((0.9, 0.8, 2.0, 1.0))
    to_patient[1, 2] = 2.0 * tan(radians(tilt))
    middle = (to_patient @ (24.0, 20.0, 12.0, 1.0))[:3]
    view = np.eye(4)
    view[:3, 0], view[:3, 1], view[:3, 2] = u * step, v * step, np.cross(u, v)
    view[:3, 3] = middle - u * step * (_WIDTH - 1) / 2 - v * step * (_HEIGHT - 1) / 2 + np.cross(u, v) * 0.31
    table = grey_table(100, 100 if how.pop("narrow", False) else 1200)
    return Layer(_volume(), np.linalg.inv(to_patient) @ view, table, slab, **how)  # type: ignore[arg-type]


def _hot_layer() -> Layer:
    return Layer(_image(64, 80, seed=9), _flat(ViewState()).matrix, _hot(150))


def _colour(view: ViewState) -> Layer:
    parts = [(_image(50, 70, seed=n) // 8 + 128).clip(0, 255).astype(np.uint8) for n in range(3)]
    camera = Camera.of(view, 50, 70, 1.0, _WIDTH, _HEIGHT)
    return Layer(np.stack(parts, axis=2), camera.matrix, None, smooth=view.smooth)


def _padded(
    view: ViewState, voi: Voi, inverted: bool, rows: int = 64, columns: int = 80, kind: type = np.int16
) -> Layer:
    """A frame whose round image lies in padding, through the tables that the glass uses."""
    y, x = np.mgrid[0:rows, 0:columns]
    stored = _image(rows, columns, kind)
    padding = -2000 if kind is np.int16 else 0
    stored[(y - rows / 2) ** 2 + (x - columns / 2) ** 2 > (0.4 * rows) ** 2] = padding
    facts = FrameFacts(
        FrameRef("1", "2", "3"), "", "CT", "", 1, rows, columns, "MONOCHROME2", 16, 16, kind is np.int16,
        padding=(padding, padding),
    )  # fmt: skip
    camera = Camera.of(view, rows, columns, 1.0, _WIDTH, _HEIGHT)
    return Tables().layer(Frame(stored, facts), voi, inverted, camera.matrix, smooth=True)


def _labels() -> Layer:
    y, x = np.mgrid[0:64, 0:80]
    labels = ((x - 30) ** 2 + (y - 30) ** 2 < 300).astype(np.uint16) + 2 * ((x > 45) & (y > 20) & (y < 50))
    camera = Camera.of(ViewState(), 64, 80, 1.0, _WIDTH, _HEIGHT)
    table = np.zeros((65536, 4), np.uint8)
    table[1:4] = (0, 0, 255, 255), (0, 255, 0, 255), (255, 0, 0, 200)
    return Layer(labels.astype(np.uint16), camera.matrix, table, smooth=False, outline=True)


def _hidden() -> NDArray[np.uint8]:
    return (np.add.outer(np.arange(_HEIGHT), np.arange(_WIDTH)) % 7 < 3).astype(np.uint8)


CASES: dict[str, Callable[[], tuple[list[Layer], int, int]]] = {
    name: (lambda make=make: (make(), _WIDTH, _HEIGHT))  # type: ignore[misc]
    for name, make in {
        "fitted": lambda: [_flat(ViewState())],
        "one to one": lambda: [_flat(ViewState(zoom=1.0))],
        "zoomed 3.3": lambda: [_flat(ViewState(zoom=3.3, pan=(13.0, -21.0)))],
        "zoomed 0.7": lambda: [_flat(ViewState(zoom=0.7))],
        "made small": lambda: [_flat(ViewState(zoom=0.21), 333, 471)],
        "rotated 90": lambda: [_flat(ViewState(rotation=90, zoom=1.37))],
        "rotated 180": lambda: [_flat(ViewState(rotation=180))],
        "rotated 270 flipped": lambda: [_flat(ViewState(rotation=270, flipped=True))],
        "flipped": lambda: [_flat(ViewState(flipped=True, zoom=2.2, pan=(40.0, 10.0)))],
        "tall pixels": lambda: [_flat(ViewState(), aspect=2.0)],
        "wide pixels turned": lambda: [_flat(ViewState(rotation=90), aspect=0.6)],
        "unsigned": lambda: [_flat(ViewState(zoom=1.9), kind=np.uint16)],
        "every pixel a square": lambda: [_flat(ViewState(zoom=4.0, smooth=False), smooth=False)],
        "squares made small": lambda: [_flat(ViewState(zoom=0.5, smooth=False), smooth=False)],
        "out of view": lambda: [_flat(ViewState(zoom=2.0, pan=(900.0, 0.0)))],
        "exact window": lambda: [_flat(ViewState(), table=grey_table(40, 900, function="LINEAR_EXACT"))],
        "sigmoid": lambda: [_flat(ViewState(), table=grey_table(40, 1600, function="SIGMOID"))],
        "inverted": lambda: [_flat(ViewState(), table=255 - grey_table(0, 3000))],
        "brain window": lambda: [_flat(ViewState(), table=grey_table(35, 80))],
        "stroke window unsigned": lambda: [
            _flat(ViewState(zoom=1.7), kind=np.uint16, table=grey_table(2035, 30, False))
        ],
        "brain window one to one": lambda: [_flat(ViewState(zoom=1.0), table=grey_table(35, 80))],
        "narrow inverted and turned": lambda: [_flat(ViewState(rotation=90), table=255 - grey_table(35, 60))],
        "narrow oblique mean": lambda: [_plane(33, 12, ("mean", 5), tilt=20.0, narrow=True)],
        "narrow beneath another": lambda: [_flat(ViewState(), table=grey_table(35, 80)), _hot_layer()],
        "hidden in part": lambda: [_flat(ViewState()), replace(_hot_layer(), hidden=_hidden())],
        "axial thin": lambda: [_plane(0, 0, ("thin", 1))],
        "axial max": lambda: [_plane(0, 0, ("max", 7))],
        "axial mean of four": lambda: [_plane(0, 0, ("mean", 4))],
        "coronal min": lambda: [_plane(90, 0, ("min", 5))],
        "sagittal mean": lambda: [_plane(0, 90, ("mean", 9))],
        "oblique thin": lambda: [_plane(25, 40, ("thin", 1))],
        "oblique max": lambda: [_plane(25, 40, ("max", 6))],
        "oblique squares": lambda: [_plane(23, 41, ("thin", 1), smooth=False)],
        "tilted thin": lambda: [_plane(90, 0, ("thin", 1), tilt=20.0)],
        "tilted oblique max": lambda: [_plane(33, 12, ("max", 8), tilt=20.0)],
        "tilted oblique min": lambda: [_plane(33, 12, ("min", 8), tilt=20.0)],
        "tilted oblique mean": lambda: [_plane(33, 12, ("mean", 8), tilt=20.0)],
        "colour": lambda: [_colour(ViewState())],
        "colour turned": lambda: [_colour(ViewState(rotation=90, zoom=2.6, flipped=True))],
        "colour squares": lambda: [_colour(ViewState(smooth=False))],
        "fused": lambda: [_flat(ViewState()), _plane(0, 0, ("thin", 1), step=0.9, alpha=0.4)],
        "fused hot": lambda: [_flat(ViewState()), _hot_layer()],
        "padding inverted": lambda: [_padded(ViewState(), Voi(0, 2048), True)],
        "padding turned": lambda: [_padded(ViewState(rotation=90, flipped=True, zoom=2.3), Voi(40, 400), True)],
        "padding made small": lambda: [_padded(ViewState(zoom=0.21), Voi(0, 2048), True, 333, 471)],
        "padding in a narrow window": lambda: [_padded(ViewState(zoom=1.7), Voi(20, 9), True)],
        "padding of zeros": lambda: [_padded(ViewState(zoom=0.4), Voi(2000, 90), False, 200, 260, np.uint16)],
        "very narrow": lambda: [_padded(ViewState(zoom=5.3), Voi(20.5, 2), False)],
        "narrow sigmoid": lambda: [_padded(ViewState(zoom=0.45), Voi(20, 30, "SIGMOID"), False, 150, 150)],
        "padding beneath another": lambda: [_padded(ViewState(), Voi(0, 2048), True), _hot_layer()],
        "outlined": lambda: [_flat(ViewState()), _labels()],
    }.items()
}
"""Name: a function that makes (layers, width, height)."""
