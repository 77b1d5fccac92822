"""A lossy picture that stands for an image until its pixels come: grey levels of the archive's choice, no numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.plane import Plane
from readingroom.pixels.frame import Frame, FrameFacts, SpacingTags, Voi
from readingroom.record.study import FrameRef

PREVIEW = "PREVIEW – not diagnostic"


def preview_frame(
    jpeg: bytes, ref: FrameRef, rows: int, columns: int, modality: str, spacing: tuple[float, float] | None, plane: Plane | None
) -> Frame:  # fmt: skip
    """A rendered image (PS3.18 10.4.1.1.3) as a frame whose grey levels are shown as they are.

    spacing: (between rows, between columns), for its shape only: a preview has no spacing that could be measured with.
    ReaderError where it is no picture, or not of the image's own rows and columns.
    """
    stored = _picture(jpeg)
    if stored.shape[:2] != (rows, columns):
        raise ReaderError("A preview came in another size than its image has.", "The image itself is on its way.")
    if stored.ndim == 3 and (stored == stored[..., :1]).all():
        stored = np.ascontiguousarray(stored[..., 0])
    stored.flags.writeable = False
    facts = FrameFacts(
        ref=ref, sop_class="", modality=modality, transfer_syntax="", frames=1, rows=rows, columns=columns,
        photometric="MONOCHROME2" if stored.ndim == 2 else "RGB", bits_allocated=8, bits_stored=8, signed=False,
        vois=(Voi(128.0, 256.0),), plane=plane, spacing=SpacingTags(aspect_ratio=spacing), lossy=True, quality=PREVIEW,
    )  # fmt: skip
    return Frame(stored, facts)


def _picture(jpeg: bytes) -> NDArray[Any]:
    import imagecodecs

    try:
        return np.array(imagecodecs.jpeg8_decode(jpeg))
    except (RuntimeError, ValueError) as error:
        raise ReaderError("A preview that came is no picture.", "The image itself is on its way.") from error


def is_preview(frame: Frame) -> bool:
    """Whether a frame is no image but stands for one that is still on its way."""
    return frame.facts.quality == PREVIEW
