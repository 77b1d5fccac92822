"""A large image made small keeps what is fine in it: lines turn grey, and none vanishes."""

import numpy as np
import pytest

from readingroom.display.camera import Camera
from readingroom.display.picture import Layer
from readingroom.display.view import ViewState
from readingroom.render.cpu import CpuEngine
from readingroom.render.pyramid import Pyramids, halved

TABLE = (np.arange(65536) >> 8).astype(np.uint8)


def layer(pixels: np.ndarray, zoom: float, width: int = 64, height: int = 64, **how: object) -> Layer:
    rows, columns = pixels.shape[:2]
    matrix = Camera.of(ViewState(zoom=zoom), rows, columns, 1.0, width, height).matrix
    return Layer(pixels, matrix, TABLE if pixels.dtype == np.uint16 else None, **how)  # type: ignore[arg-type]


def test_a_two_by_two_mean_is_exact_in_parts_of_a_unit_also_below_zero_and_at_an_odd_edge() -> None:
    assert halved(np.array([[1, 2], [3, 4]], np.int16)).tolist() == [[2.5 * 256]]
    assert halved(np.array([[-1, -2], [-3, -4]], np.int16)).tolist() == [[-2.5 * 256]]
    assert halved(np.array([[10, 20, 31]], np.uint16)).tolist() == [[15 * 256, 31 * 256]]
    assert halved(np.full((2, 2), 65535, np.uint16)).tolist() == [[65535 * 256]]
    assert halved(np.array([[1, 2], [3, 4]], np.int32)).tolist() == [[3]]
    assert halved(np.array([[[0, 100, 200]] * 2] * 2, np.uint8)).tolist() == [[[0, 100, 200]]]


@pytest.mark.parametrize(("zoom", "level"), [(2.0, 0), (0.6, 0), (0.5, 1), (0.3, 1), (0.25, 2), (0.12, 3)])
def test_the_level_follows_the_magnification(zoom: float, level: int) -> None:
    pixels = np.zeros((512, 384), np.uint16)
    fitted = Pyramids().fitted(layer(pixels, zoom))
    assert fitted.pixels.shape == (512 >> level, 384 >> level)


def test_smaller_copies_lie_where_the_image_lies() -> None:
    y, x = np.mgrid[0:512, 0:512]
    pixels = (40 * x + 60 * y).astype(np.uint16)
    zoom, width = 0.2, 90
    camera = Camera.of(ViewState(zoom=zoom, pan=(3.0, -5.0)), 512, 512, 1.0, width, width)
    box, values = CpuEngine().sample(Layer(pixels, camera.matrix, TABLE), width, width)
    for row, column in ((30, 30), (60, 44), (45, 70)):
        at = camera.to_image(column + 0.5, row + 0.5)
        wanted = 40 * (at[0] - 0.5) + 60 * (at[1] - 0.5)
        assert abs(float(values[row - box.top, column - box.left]) / 256 - wanted) <= 0.01


def test_padding_takes_no_part_in_a_smaller_copy() -> None:
    pixels = np.array([[-2000, 40, 50, 60], [-2000, 44, 54, -2000]], np.int16)
    made = halved(pixels, (-2000, -2000))
    assert made.tolist() == [[42 * 256, round(256 * (50 + 54 + 60) / 3)]]
    assert halved(np.array([[-2000, -2000], [-2000, 44]], np.int16), (-2000, -2000)).tolist() == [[1 << 25]]


def test_line_pairs_finer_than_the_screen_turn_grey_instead_of_vanishing() -> None:
    pixels = np.zeros((512, 512), np.uint16)
    pixels[:, ::2] = 60000
    drawn = CpuEngine().render([layer(pixels, 0.25)], 64, 64)
    assert (drawn == TABLE[30000]).all()


def test_unsmoothed_views_and_volumes_keep_every_pixel() -> None:
    pyramids, pixels = Pyramids(), np.zeros((512, 512), np.uint16)
    sharp = layer(pixels, 0.1, smooth=False)
    assert pyramids.fitted(sharp) is sharp
    volume = Layer(np.zeros((3, 64, 64), np.uint16), np.diag((9.0, 9.0, 1.0, 1.0)), TABLE)
    assert pyramids.fitted(volume) is volume


def test_levels_are_made_once_and_go_with_their_image() -> None:
    pyramids, pixels = Pyramids(), np.zeros((256, 256), np.uint16)
    first = pyramids.fitted(layer(pixels, 0.3))
    assert pyramids.fitted(layer(pixels, 0.4)).pixels is first.pixels
    for _ in range(5):
        pyramids.fitted(layer(np.zeros((256, 256), np.uint16), 0.3))
    assert len(pyramids._kept) <= 3


def test_a_colour_image_is_made_small_channel_by_channel() -> None:
    pixels = np.zeros((128, 128, 3), np.uint8)
    pixels[:, ::2] = (200, 100, 50)
    drawn = CpuEngine().render([layer(pixels, 0.5)], 64, 64)
    assert (drawn[..., :3] == (25, 50, 100)).all()
