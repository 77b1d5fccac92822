"""All that a plug-in may import. What stands here keeps its meaning as long as API stays the same number.

A measurement is a function (points, facts) -> (values, basis): points are image coordinates, the centre of the first
pixel at (0.5, 0.5); facts say what the header says; values carry their unit (UCUM, or "px"); basis says why a
millimetre may be believed. It raises Refused where a number would not be true.
"""

from readingroom.measure.calibration import Spacing, spacing_of
from readingroom.measure.length import distance
from readingroom.measure.refused import Refused
from readingroom.measure.uncertainty import spread
from readingroom.pixels.frame import FrameFacts, SpacingTags
from readingroom.record.finding import Basis, ImagePoint, Measurement, Value
from readingroom.record.study import FrameRef

__all__ = [
    "Basis",
    "FrameFacts",
    "FrameRef",
    "ImagePoint",
    "Measurement",
    "Refused",
    "Spacing",
    "SpacingTags",
    "Value",
    "distance",
    "spacing_of",
    "spread",
]
