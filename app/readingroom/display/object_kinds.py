"""What an object is to a reader: an image to be looked at, or something that is listed by its name until it has a room."""

from readingroom.pixels.encoded import class_name
from readingroom.record.study import Instance

_SLIDES = "1.2.840.10008.5.1.4.1.1.77.1.6"
_NAMED = frozenset(
    {
        _SLIDES, "1.2.840.10008.5.1.4.1.1.481.2", "1.2.840.10008.5.1.4.1.1.481.1", "1.2.840.10008.5.1.4.1.1.30",
        "1.2.840.10008.5.1.4.1.1.77.1.1.1", "1.2.840.10008.5.1.4.1.1.77.1.2.1", "1.2.840.10008.5.1.4.1.1.77.1.4.1",
    }
)  # fmt: skip
"""Images that must not be taken for the examination itself: slides, dose, RT image, parametric map, video."""
_NAMED_WHERE_NAMELESS = ("1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.77.1")
_VIDEO = tuple(
    [f"1.2.840.10008.1.2.4.{n}" for n in range(100, 109)] + [f"1.2.840.10008.1.2.7.{n}" for n in range(1, 4)]
)
"""Transfer syntaxes of video streams (PS3.5 A.4.5 to A.4.12), also in their fragmentable forms."""


def is_picture(instance: Instance) -> bool:
    """Whether an object's frames are images each to be looked at: no tiles of a slide, and no video stream."""
    tiled = instance.sop_class == _SLIDES and instance.frames > 1
    return instance.is_image and not tiled and not is_video(instance.transfer_syntax)


def is_video(transfer_syntax: str) -> bool:
    """Whether pixels are a video stream."""
    return any(transfer_syntax == one or transfer_syntax.startswith(f"{one}.") for one in _VIDEO)


def kind_name(instance: Instance, description: str) -> str:
    """What an image is called beside its series' description; "" where that is enough."""
    nameless = not description and instance.sop_class.startswith(_NAMED_WHERE_NAMELESS)
    return class_name(instance.sop_class) if nameless or instance.sop_class in _NAMED else ""
