"""What documents say of the images reaches the glass: offered, said, and applied only when the reader asks."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.sequence import Sequence
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY, as_part10
from tests.fakes.phantom import slices
from tests.unit.display.presentation_phantoms import grey_state, item, reference, window

from readingroom.session.arranging import hang_stack, scroll_to
from readingroom.session.commands.views import VIEW_COMMANDS
from readingroom.session.documents import Documents
from readingroom.session.opening import open_case
from readingroom.session.overlaying import show_segmentation
from readingroom.session.reporting_desk import case_view
from readingroom.session.shown import seen_view, shown_on, stack_marks

IMAGES = slices(6)
COMMANDS = {command.id: command.run for command in VIEW_COMMANDS}
WHO = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber")


def of_patient(document):
    first = dcmread(BytesIO(IMAGES[0]))
    document.SpecificCharacterSet, document.StudyInstanceUID = "ISO_IR 192", STUDY
    for keyword in WHO:
        setattr(document, keyword, first.get(keyword))
    return as_part10(document)


def state(label: str, made: str, **more: object) -> bytes:
    third = dcmread(BytesIO(IMAGES[2]))
    return of_patient(grey_state(third, ContentLabel=label, PresentationCreationDate=made, **more))


def note(code: str, meaning: str, *numbers: int) -> bytes:
    uids = [dcmread(BytesIO(IMAGES[n])).SOPInstanceUID for n in numbers]
    images = [item(ValueType="IMAGE", ReferencedSOPSequence=Sequence([reference(uid)])) for uid in uids]
    title = item(CodeValue=code, CodingSchemeDesignator="DCM", CodeMeaning=meaning)
    return of_patient(
        item(
            SOPClassUID="1.2.840.10008.5.1.4.1.1.88.59", SOPInstanceUID=f"{STUDY}.8.{code}", Modality="KO",
            SeriesInstanceUID=f"{STUDY}.8", SeriesNumber=8, ConceptNameCodeSequence=Sequence([title]),
            ContentSequence=Sequence(images),
        )
    )  # fmt: skip


def opened(*documents: bytes) -> HandDesk:
    hand = HandDesk(archive_of("North", [*IMAGES, *documents]))
    open_case(hand.desk, STUDY)
    hand.crank().later(1.0)
    return hand


def badges(hand: HandDesk) -> list[str]:
    return [badge.text for badge in shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600).notes]


def to_image(hand: HandDesk, number: int) -> None:
    scroll_to(hand.desk, 0, number)
    hand.crank()


def test_a_presentation_state_is_offered_and_never_applied_unasked() -> None:
    hand = opened(state("OLD", "20250101"), state("NEW", "20260101"))
    to_image(hand, 2)
    assert "Presentation state: NEW and 1 more (Y applies)" in badges(hand)
    assert shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600).presentation is None
    to_image(hand, 3)
    assert not any("Presentation" in text for text in badges(hand))


def test_one_key_looks_through_the_newest_state_and_back() -> None:
    voi = Sequence([window(7, 70)])
    hand = opened(state("OLD", "20250101"), state("NEW", "20260101", ImageRotation=90, SoftcopyVOILUTSequence=voi))
    to_image(hand, 2)
    COMMANDS["view.presentation"](hand.desk)
    assert shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600).presentation.label == "NEW"
    frame = hand.desk.frame(hand.desk.case.frame_at(0))
    seen = seen_view(hand.desk, hand.desk.case.tiles[0], frame)
    assert (seen.rotation, seen.voi.centre, hand.desk.case.tiles[0].rotation) == (90, 7, 0)
    COMMANDS["view.presentation"](hand.desk)
    assert hand.desk.case.tiles[0].presentation == ""


def test_a_key_image_has_a_star() -> None:
    hand = opened(note("113000", "Of Interest", 2))
    to_image(hand, 2)
    assert "★ KEY IMAGE  Of Interest" in badges(hand)
    assert stack_marks(hand.desk, hand.desk.case, hand.desk.case.stack_at(0)) == ("★ Of Interest",)
    to_image(hand, 3)
    assert badges(hand) == []


def test_what_is_rejected_leaves_the_glass_and_the_glass_says_so() -> None:
    hand = opened(note("113001", "Rejected for Quality Reasons", 1, 2, 3))
    (stack,) = [stack for stack in hand.desk.case.stacks if stack.is_image]
    assert len(stack.frames) == 3
    assert hand.desk.case.stack_at(0) == stack
    assert "3 images hidden: rejected for quality reasons (J shows)" in badges(hand)


def test_a_study_that_is_rejected_whole_is_said_to_be() -> None:
    hand = opened(note("113001", "Rejected for Quality Reasons", 0, 1, 2, 3, 4, 5))
    assert not any(stack.is_image for stack in hand.desk.case.stacks)
    assert "6 images hidden: rejected for quality reasons." in [notice.problem for notice in hand.said]


def test_the_reader_can_look_at_what_was_rejected_and_is_told_so_on_it() -> None:
    hand = opened(note("113001", "Rejected for Quality Reasons", 1, 2, 3))
    COMMANDS["view.rejected"](hand.desk)
    assert len(hand.desk.case.stack_at(0).frames) == 6
    to_image(hand, 2)
    assert "REJECTED: rejected for quality reasons" in badges(hand)
    COMMANDS["view.rejected"](hand.desk)
    assert len(hand.desk.case.stack_at(0).frames) == 3


def test_undo_never_brings_back_what_was_rejected() -> None:
    hand = opened(note("113001", "Rejected for Quality Reasons", 1, 2, 3))
    COMMANDS["view.turn"](hand.desk)
    hand.desk.undo()
    assert len(hand.desk.case.stack_at(0).frames) == 3


def segmentation() -> bytes:
    from highdicom.content import AlgorithmIdentificationSequence
    from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
    from pydicom.sr.codedict import codes

    sources = [dcmread(BytesIO(one)) for one in IMAGES]
    mask = np.zeros((len(sources), sources[0].Rows, sources[0].Columns), np.uint8)
    mask[:, 10:20, 5:15] = 1
    by = AlgorithmIdentificationSequence(name="Finder", version="1", family=codes.cid7162.ArtificialIntelligence)
    what = SegmentDescription(
        1,
        "Nodule",
        codes.SCT.MorphologicallyAbnormalStructure,
        codes.SCT.Nodule,
        SegmentAlgorithmTypeValues.AUTOMATIC,
        by,
    )
    made = Segmentation(
        sources, mask, SegmentationTypeValues.BINARY, [what], f"{STUDY}.66", 66, f"{STUDY}.66.1", 1, "phantom",
        "phantom", "1", "1", omit_empty_frames=False,
    )  # fmt: skip
    return as_part10(made)


def test_a_segmentation_is_in_the_tray_by_its_names_and_is_neither_hung_nor_waits_to_be_viewed() -> None:
    hand = opened(segmentation())
    case = hand.desk.case
    (marks,) = [stack for stack in case.stacks if stack.kind == "segmentation"]
    assert case.stack_at(0).modality == "CT"
    assert marks not in case.unseen()
    assert all(view.stack_id != marks.id for view in case.with_layout(2, 2).tiles)
    assert case_view(hand.desk, case).seen_series == frozenset({case.stack_at(0).series_uid, marks.series_uid})
    assert stack_marks(hand.desk, case, marks) == ("Nodule (automatic, Finder)",)
    assert "Segmentation (B shows)" in badges(hand)
    COMMANDS["view.segments"](hand.desk)
    shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600)
    hand.crank()
    (picture,) = shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600).segments
    assert int((picture.pixels > 0).sum()) == 100


def label_map() -> bytes:
    """Two segments that touch, 100 pixels of the first and 50 of the second on every slice."""
    from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
    from pydicom.sr.codedict import codes

    sources = [dcmread(BytesIO(one)) for one in IMAGES]
    mask = np.zeros((len(sources), sources[0].Rows, sources[0].Columns), np.uint8)
    mask[:, 10:20, 5:15], mask[:, 10:20, 15:20] = 1, 2
    what = [
        SegmentDescription(n, name, codes.SCT.MorphologicallyAbnormalStructure, codes.SCT.Nodule, SegmentAlgorithmTypeValues.MANUAL)
        for n, name in ((1, "Core"), (2, "Rim"))
    ]  # fmt: skip
    made = Segmentation(
        sources, mask, SegmentationTypeValues.LABELMAP, what, f"{STUDY}.67", 67, f"{STUDY}.67.1", 1, "phantom",
        "phantom", "1", "1", omit_empty_frames=False,
    )  # fmt: skip
    return as_part10(made)


def test_a_label_map_is_laid_over_by_its_numbers() -> None:
    hand = opened(label_map())
    (marks,) = [stack for stack in hand.desk.case.stacks if stack.kind == "segmentation"]
    assert stack_marks(hand.desk, hand.desk.case, marks) == ("Core (manual)", "Rim (manual)")
    COMMANDS["view.segments"](hand.desk)
    shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600)
    hand.crank()
    (picture,) = shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600).segments
    assert [int((picture.pixels == n).sum()) for n in (1, 2, 3)] == [100, 50, 0]


def test_a_segmentation_that_is_hung_on_request_says_what_it_is() -> None:
    hand = opened(segmentation())
    marks = next(stack for stack in hand.desk.case.stacks if stack.kind == "segmentation")
    hang_stack(hand.desk, 0, marks.id)
    hand.crank()
    assert "SEGMENTATION as it is stored: marks, no image of the patient" in badges(hand)


def test_from_the_tray_a_segmentation_leads_to_the_image_it_marks() -> None:
    hand = opened(segmentation())
    marks = next(stack for stack in hand.desk.case.stacks if stack.kind == "segmentation")
    to_image(hand, 0)
    show_segmentation(hand.desk, marks.frames[0].sop_uid)
    case = hand.desk.case
    assert (case.segments_shown, case.stack_at(0).modality) == (True, "CT")
    assert case.tiles[0].index in (2, 3)
    hand.desk.change(replace(case, stacks=(marks,)))
    show_segmentation(hand.desk, marks.frames[0].sop_uid)
    assert "The images that this segmentation marks are not in this case." in hand.words


def blending() -> tuple[list[bytes], bytes]:
    """A second series in the same space, and a state that lays its slices over the first ones."""
    from tests.unit.display.test_display_blending import state as blended

    over = slices(6, series=f"{STUDY}.4", description="Uptake")
    made = blended(0.5)
    for side, objects in zip(made.BlendingSequence, (over, IMAGES), strict=True):
        uids = [dcmread(BytesIO(one)).SOPInstanceUID for one in objects]
        side.ReferencedSeriesSequence[0].ReferencedImageSequence = Sequence([reference(uid) for uid in uids])
    del made.DisplayedAreaSelectionSequence
    return over, of_patient(made)


def test_a_blending_state_lays_the_slice_of_the_other_series_over_this_one() -> None:
    over, made = blending()
    hand = opened(*over, made)
    hang_stack(hand.desk, 0, next(s for s in hand.desk.case.stacks if s.series_uid != f"{STUDY}.4").id)
    to_image(hand, 2)
    COMMANDS["view.presentation"](hand.desk)
    shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600)
    hand.crank()
    shown = shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600)
    assert shown.presentation.kind == "blending"
    assert shown.superimposed.facts.ref.sop_uid == dcmread(BytesIO(over[2])).SOPInstanceUID


def test_single_frames_that_are_rejected_leave_the_glass() -> None:
    hand = opened(enhanced(), frame_note(1, 3))
    stack = next(stack for stack in hand.desk.case.stacks if stack.series_uid == f"{STUDY}.5")
    assert [ref.frame for ref in stack.frames] == [2, 4]
    hang_stack(hand.desk, 0, stack.id)
    hand.crank()
    assert "2 images hidden: rejected for quality reasons (J shows)" in badges(hand)
    COMMANDS["view.rejected"](hand.desk)
    assert [ref.frame for ref in hand.desk.case.stack_at(0).frames] == [1, 2, 3, 4]


def enhanced() -> bytes:
    ds = dcmread(BytesIO(IMAGES[0]))
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = (
        "1.2.840.10008.5.1.4.1.1.7.3",
        f"{STUDY}.5.1",
        f"{STUDY}.5",
    )
    ds.Modality, ds.SeriesNumber, ds.NumberOfFrames, ds.FrameTime = "OT", 5, 4, 40
    ds.PixelData = ds.PixelData * 4
    return as_part10(ds)


def frame_note(*frames: int) -> bytes:
    made = dcmread(BytesIO(note("113001", "Rejected for Quality Reasons", 0)))
    made.ContentSequence = Sequence(
        [item(ValueType="IMAGE", ReferencedSOPSequence=Sequence([reference(f"{STUDY}.5.1", *frames)]))]
    )
    return as_part10(made)


def test_the_documents_of_the_case_before_are_forgotten() -> None:
    hand = opened(state("NEW", "20260101"))
    documents: Documents = hand.desk.documents
    hand.desk.put_case(None)
    assert documents.states_for(hand_ref()) == ()


def hand_ref():
    from readingroom.record.study import FrameRef

    third = dcmread(BytesIO(IMAGES[2]))
    return FrameRef(STUDY, third.SeriesInstanceUID, third.SOPInstanceUID)


REAL = Path(__file__).parents[3].parent / "shared" / "data" / "seg"


@pytest.mark.realdata
@pytest.mark.skipif(not REAL.exists(), reason="the real segmentations are not here")
def test_a_liver_is_drawn_over_its_image_when_the_reader_asks() -> None:
    files = [*sorted((REAL / "source_ct").glob("*.dcm")), REAL / "liver.dcm"]
    hand = HandDesk(archive_of("North", [path.read_bytes() for path in files]))
    open_case(hand.desk, str(dcmread(files[0]).StudyInstanceUID))
    hand.crank().later(1.0)
    stack = next(stack for stack in hand.desk.case.stacks if stack.modality == "CT")
    hang_stack(hand.desk, 0, stack.id)
    hand.crank()
    assert "Segmentation (B shows)" in badges(hand)
    COMMANDS["view.segments"](hand.desk)
    shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600)
    hand.crank()
    (picture,) = shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600).segments
    assert int((picture.pixels > 0).sum()) > 30_000
    assert "Segmentation (B shows)" not in badges(hand)
    COMMANDS["view.segments"](hand.desk)
    assert shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600).segments == ()
