"""How one graphic of a presentation state is drawn, where it says so itself (PS3.3 C.10.5.1.4)."""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from readingroom.display.colours import Rgb, rgb_of_cielab
from readingroom.pixels.attributes import item, numbers, text


@dataclass(frozen=True, slots=True)
class GraphicStyle:
    """colour: in place of that of the layer, None for that one; dashed: broken by gaps."""

    colour: Rgb | None = None
    dashed: bool = False


def style_of(graphic: Dataset) -> GraphicStyle:
    """The style of a graphic's lines, else of its text."""
    line, words = item(graphic, "LineStyleSequence"), item(graphic, "TextStyleSequence")
    colour = rgb_of_cielab(numbers(line, "PatternOnColorCIELabValue")) if line is not None else None
    if colour is None and words is not None:
        colour = rgb_of_cielab(numbers(words, "TextColorCIELabValue"))
    return GraphicStyle(colour, line is not None and text(line, "LineDashingStyle").upper() == "DASHED")
