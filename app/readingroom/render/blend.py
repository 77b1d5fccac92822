"""One layer of colour over another, and the borders of labels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def blended(below: NDArray[np.uint8], over: NDArray[np.uint8], alpha: float, where: NDArray[np.bool_] | None) -> None:
    """Mix `over` (blue, green, red, alpha; not premultiplied) into `below` in place, both (rows, columns, 4).

    alpha: share that multiplies the colours' own; where: pixels that take part, None for all.
    """
    if where is None and int(over[..., 3].min(initial=255)) == 255:
        # The same arithmetic without picking pixels: a fusion covers most of the glass.
        whole = below[..., :3].astype(np.float32)
        every = over[..., :3].astype(np.float32)
        every -= whole
        every *= np.float32(255.0) * np.float32(alpha / 255.0)
        every += whole
        every += np.float32(0.5)
        below[..., :3] = every.astype(np.uint8)
        return
    touched = over[..., 3] > 0
    if where is not None:
        touched &= where
    colours, old = over[touched], below[touched]
    share = colours[:, 3:].astype(np.float32) * np.float32(alpha / 255.0)
    mixed = old[:, :3] + (colours[:, :3].astype(np.float32) - old[:, :3]) * share
    old[:, :3] = (mixed + np.float32(0.5)).astype(np.uint8)
    below[touched] = old


def borders(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Which labelled pixels (not 0) differ from one of their four neighbours; the outermost ring is left off."""
    middle = labels[1:-1, 1:-1]
    differs: NDArray[np.bool_] = (labels[:-2, 1:-1] != middle) | (labels[2:, 1:-1] != middle)
    differs |= (labels[1:-1, :-2] != middle) | (labels[1:-1, 2:] != middle)
    differs &= middle != 0
    return differs
