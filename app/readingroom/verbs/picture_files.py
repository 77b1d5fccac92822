"""Pictures and arrays that verbs write, and the sizes they are asked for in."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.reformat import MOST_SIDE


def size_of(text: str) -> tuple[int, int]:
    """(width, height) of a size such as 512x512; ReaderError for anything else."""
    match = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", text)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        raise ReaderError(f"“{text}” is no size of a picture.", f"Write e.g. 512x512, at most {MOST_SIDE} either way.")
    return width, height


def save_png(path: Path, picture: NDArray[np.uint8]) -> None:
    """Grey (height, width) or RGB (height, width, 3) as a PNG."""
    from PIL import Image

    Image.fromarray(np.ascontiguousarray(picture)).save(path, format="PNG")


def save_npy(path: Path, values: NDArray[Any]) -> None:
    """An array as numpy's own file, without pickles."""
    with path.open("wb") as file:
        np.save(file, values, allow_pickle=False)
