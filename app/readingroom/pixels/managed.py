"""Colours that mean the same on every glass: an image's own colour profile to sRGB."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from readingroom.base.log import LOG
from readingroom.pixels.attributes import Attributes, item, raw


def profile_of(dataset: Attributes) -> bytes:
    """The ICC input profile of a header (PS3.3 C.11.15), or of its first optical path (C.8.12.5); b"" where none is."""
    path = item(dataset, "OpticalPathSequence")
    return raw(dataset, "ICCProfile") or (raw(path, "ICCProfile") if path is not None else b"")


def srgb_profile() -> bytes:
    """The ICC profile of sRGB, which an object that carries or asks for colours must hold (PS3.3 C.11.15)."""
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def as_srgb(rgb: NDArray[np.uint8], profile: bytes) -> NDArray[np.uint8] | None:
    """RGB of shape (rows, columns, 3) in sRGB, the same array where it is already; None for a profile that is unusable.

    Relative colorimetric, so that white stays white.
    """
    from PIL import Image, ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" in str(ImageCms.getProfileDescription(source)):
            return rgb
        made = ImageCms.profileToProfile(
            Image.fromarray(np.ascontiguousarray(rgb)), source, ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB",
        )  # fmt: skip
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError) as error:
        LOG.warning("a colour profile of %d bytes is not used: %s", len(profile), error)
        return None
    return None if made is None else np.asarray(made, np.uint8)
