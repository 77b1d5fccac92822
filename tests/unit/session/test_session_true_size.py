"""True size is the patient's: never the detector's, never a guess."""

import pytest

from readingroom.base.errors import ReaderError
from readingroom.display.monitors import Monitor
from readingroom.geometry.plane import Plane
from readingroom.pixels.frame import FrameFacts, SpacingTags
from readingroom.record.study import FrameRef
from readingroom.session.true_size import true_zoom

LEFT = Monitor("Left", pitch_mm=0.2, pitch_measured=True)


def facts(modality: str = "CT", **spacing: object) -> FrameFacts:
    place = {"plane": Plane((0.0, 0.0, 0.0), (1, 0, 0), (0, 1, 0), (0.7, 0.7), 64, 64)} if modality == "CT" else {}
    tags = SpacingTags(**spacing)  # type: ignore[arg-type]
    return FrameFacts(
        FrameRef("1", "2", "3"), "", modality, "", 1, 64, 64, "MONOCHROME2", 16, 12, False, spacing=tags, **place
    )


def test_a_millimetre_of_the_patient_is_one_on_the_glass() -> None:
    assert true_zoom(facts(pixel_spacing=(0.7, 0.7)), LEFT) == pytest.approx(3.5)
    assert true_zoom(facts(pixel_spacing=(1.4, 0.7)), LEFT) == pytest.approx(3.5)
    calibrated = facts("DX", pixel_spacing=(0.14, 0.14), imager_spacing=(0.15, 0.15), calibration_type="FIDUCIAL")
    assert true_zoom(calibrated, LEFT) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("seen", "monitor", "words"),
    [
        (facts(pixel_spacing=(0.7, 0.7)), None, "how large its pixels are"),
        (facts(pixel_spacing=(0.7, 0.7)), Monitor("Left"), "how large its pixels are"),
        (facts("DX", imager_spacing=(0.15, 0.15)), LEFT, "mm at detector"),
        (facts("DX", pixel_spacing=(0.15, 0.15)), LEFT, "mm at detector"),
        (facts("DX", imager_spacing=(0.15, 0.15), magnification=1.1), LEFT, "estimated"),
        (facts("OT"), LEFT, "no pixel spacing"),
        (facts(pixel_spacing=(500.0, 500.0)), LEFT, "magnification of"),
    ],
)
def test_it_is_refused_where_the_size_is_not_the_patients(
    seen: FrameFacts, monitor: Monitor | None, words: str
) -> None:
    with pytest.raises(ReaderError) as told:
        true_zoom(seen, monitor)
    assert words in told.value.problem
    assert told.value.remedy
