"""One frame as finished pixels without a viewport: for key images, thumbnails in reports and the headless verbs."""

import numpy as np
from numpy.typing import NDArray

from readingroom.display.compose import camera_of
from readingroom.display.picture import Layer
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.pixels.frame import Frame, Voi
from readingroom.render.engine import Engine


def draw(
    frame: Frame,
    voi: Voi | None,
    inverted: bool,
    engine: Engine,
    width: int | None = None,
    height: int | None = None,
    tables: Tables | None = None,
) -> NDArray[np.uint8]:
    """A frame as grey (height, width) or RGB (height, width, 3).

    Without width and height one image pixel per output pixel, square or not, every pixel as stored; with both, the
    whole image fitted, its pixels true to their spacing. voi: None for the frame's own window; colour has none.
    """
    tables = tables or Tables()
    exact = width is None or height is None
    rows, columns = frame.stored.shape[:2]
    across, down = (columns, rows) if width is None or height is None else (width, height)
    matrix = np.eye(4) if exact else camera_of(ViewState(), frame.facts, across, down).matrix
    colour = tables.colour(frame, inverted) if frame.is_colour else None
    if frame.facts.supplemental is not None:
        colour = tables.composite(frame, voi or tables.own_window(frame), inverted)
    if colour is not None:
        layer = Layer(colour, matrix, None, smooth=not exact)
        return np.ascontiguousarray(engine.render([layer], across, down)[..., 2::-1])
    layer = tables.layer(frame, voi or tables.own_window(frame), inverted, matrix, smooth=not exact)
    return engine.render([layer], across, down)
