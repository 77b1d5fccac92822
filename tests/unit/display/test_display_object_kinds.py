"""What is not an image of the patient is listed by its name, and stills are what they are."""

import pytest

from readingroom.display.stack import Stack, stacks
from readingroom.record.patient import Patient
from readingroom.record.study import Instance, Series, Study

SC, ENDOSCOPY, PHOTO = (f"1.2.840.10008.5.1.4.1.1.{tail}" for tail in ("7", "77.1.1", "77.1.4"))
SLIDE, VIDEO_ES, ECG, DOSE, MAP, PLAN = (
    f"1.2.840.10008.5.1.4.1.1.{tail}" for tail in ("77.1.6", "77.1.1.1", "9.1.1", "481.2", "30", "481.5")
)


def of(sop_class: str, modality: str, count: int = 1, description: str = "", **more: object) -> tuple[Stack, ...]:
    sized = {"rows": 48, "columns": 64, "frames": 1} | more
    objects = [Instance("1", "1.2", f"1.2.{n}", sop_class, n, **sized) for n in range(1, count + 1)]  # type: ignore[arg-type]
    series = Series("1.2", 1, modality, description, instances=tuple(objects))
    return stacks(Study("1", Patient("7", "", "OKAFOR^Ada", None, "F"), None, None, "", series=(series,)))


@pytest.mark.parametrize(
    ("sop_class", "modality", "name"),
    [(SC, "OT", "Secondary Capture Image"), (ENDOSCOPY, "ES", "VL Endoscopic Image"), (PHOTO, "XC", "VL Photographic Image")],
)  # fmt: skip
def test_stills_are_one_stack_in_the_order_of_their_numbers(sop_class: str, modality: str, name: str) -> None:
    (stack,) = of(sop_class, modality, 3)
    assert (stack.kind, stack.description, stack.is_read) == ("stack", name, True)
    assert [ref.sop_uid for ref in stack.frames] == ["1.2.1", "1.2.2", "1.2.3"]
    (described,) = of(sop_class, modality, description="Left knee")
    assert described.description == "Left knee"


@pytest.mark.parametrize(
    ("sop_class", "name"),
    [(ECG, "12-lead ECG Waveform"), (PLAN, "RT Plan"), (SLIDE, "VL Whole Slide Microscopy Image")],
)
def test_what_has_no_room_yet_is_listed_by_the_name_of_its_class(sop_class: str, name: str) -> None:
    sized = {"rows": 256, "columns": 256, "frames": 25} if sop_class == SLIDE else {"rows": 0, "columns": 0}
    (stack,) = of(sop_class, "OT", 2, **sized)
    assert (stack.kind, stack.description) == ("document", name)
    assert {ref.sop_uid for ref in stack.frames} == {"1.2.1", "1.2.2"}


def test_a_video_stream_is_listed_and_never_waits_to_be_viewed() -> None:
    for syntax in ("1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.100.1"):
        (stack,) = of(VIDEO_ES, "ES", frames=900, transfer_syntax=syntax)
        assert (stack.kind, stack.description, stack.is_read) == ("document", "Video Endoscopic Image", False)
    (decodable,) = of(VIDEO_ES, "ES", frames=9, transfer_syntax="1.2.840.10008.1.2.4.50")
    assert (decodable.is_image, len(decodable.frames)) == (True, 9)


@pytest.mark.parametrize(("sop_class", "name"), [(DOSE, "RT Dose"), (MAP, "Parametric Map")])
def test_dose_and_parametric_maps_are_images_that_say_what_they_are(sop_class: str, name: str) -> None:
    (stack,) = of(sop_class, "RTDOSE", description="Plan 1", frames=4)
    assert (stack.is_image, stack.description, len(stack.frames)) == (True, f"Plan 1, {name}", 4)


def test_the_label_of_a_slide_is_an_image() -> None:
    (stack,) = of(SLIDE, "SM")
    assert stack.is_image
