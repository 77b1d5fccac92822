"""A lesion that a prior's report measured, and the current examination that has not measured it yet."""

from datetime import datetime
from io import BytesIO

from pydicom import dcmread
from tests.fakes.phantom import PRIOR, PRIOR_SERIES, prior_slices, slices

from readingroom.record.finding import Basis, Measurement, Value
from readingroom.record.study import FrameRef
from readingroom.reporting.sr_measurements import measurement_report
from readingroom.settings.sections import ReaderSettings

LESION = "1.2.826.0.1.3680043.10.1.99.77"
SITE = ("10200004", "SCT", "Liver")
BEFORE_MM = 14.0
ON = 4
"""The image (from 1) of the prior that it was measured on."""


def current_and_prior(images: int = 6) -> tuple[list[bytes], list[bytes]]:
    """The objects of both; the prior's with its report of a length of 14.0 ± 0.5 mm."""
    prior = prior_slices(images)
    header = dcmread(BytesIO(prior[ON - 1]))
    ref = FrameRef(PRIOR, PRIOR_SERIES, str(header.SOPInstanceUID))
    one = Measurement(
        "length", ref, ((10.0, 10.0), (30.0, 10.0)), (Value("Length", BEFORE_MM, "mm", 0.5),), Basis("mm", "mm", "image"),
        "Segment VI", LESION, site=SITE,
    )  # fmt: skip
    author = ReaderSettings("Lind^Eva", "7", "North")
    report = measurement_report([one], {ref.sop_uid: header}, author, datetime(2023, 11, 3, 9, 30))
    return slices(images), [*prior, report]
