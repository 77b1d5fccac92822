"""Key images carry their reason; what a rejection note withdraws is hidden, and said to be."""

from dataclasses import replace

import pytest
from pydicom.sequence import Sequence
from tests.unit.display.presentation_phantoms import item, reference

from readingroom.base.errors import ReaderError
from readingroom.display.key_objects import KEY_OBJECT_SELECTION, key_selection, without_rejected
from readingroom.display.stack import stacks
from readingroom.record.patient import Patient
from readingroom.record.study import FrameRef, Instance, Series, Study

IMAGES = tuple(Instance("1", "1.2", f"1.2.{n}", "", n, 8, 8, 1) for n in range(5))
STUDY = Study(
    "1",
    Patient("7", "", "OKAFOR^Ada", None, "F"),
    None,
    None,
    "",
    series=(Series("1.2", 1, "CT", "Thorax", instances=IMAGES, expected=5),),
)


def note(code: str, meaning: str, *sop_uids: str, **more: object):
    images = [item(ValueType="IMAGE", ReferencedSOPSequence=Sequence([reference(uid)])) for uid in sop_uids]
    words = item(
        ValueType="TEXT", TextValue="for the meeting", ConceptNameCodeSequence=Sequence([item(CodeValue="113012")])
    )
    return item(
        SOPClassUID=KEY_OBJECT_SELECTION, SOPInstanceUID="1.9",
        ConceptNameCodeSequence=Sequence([item(CodeValue=code, CodeMeaning=meaning)]),
        ContentSequence=Sequence([*images, words]), **more,
    )  # fmt: skip


def test_a_key_image_says_why_it_is_one():
    selection = key_selection(note("113000", "Of Interest", "1.2.3"))
    assert selection.words == "Of Interest: for the meeting"
    assert selection.is_for(FrameRef("1", "1.2", "1.2.3"))
    assert not selection.is_for(FrameRef("1", "1.2", "1.2.2"))
    assert without_rejected(STUDY, [selection]) == (STUDY, ())


@pytest.mark.parametrize("code", ["113001", "113037", "113038", "113039"])
def test_a_rejection_note_hides_what_it_rejects_and_says_so(code):
    left, hidden = without_rejected(STUDY, [key_selection(note(code, "Rejected", "1.2.1", "1.2.2", "1.2.3"))])
    assert [i.sop_uid for i in left.series[0].instances] == ["1.2.0", "1.2.4"]
    assert left.series[0].expected == 2
    assert hidden[0].words.startswith("3 images hidden: ")


def test_rejected_for_quality_is_said_in_these_words():
    _, (hidden,) = without_rejected(STUDY, [key_selection(note("113001", "Rejected", "1.2.1"))])
    assert hidden.words == "1 image hidden: rejected for quality reasons"


def test_a_note_that_names_single_frames_hides_those_and_no_other():
    run = replace(IMAGES[1], frames=5)
    study = replace(STUDY, series=(replace(STUDY.series[0], instances=(run, IMAGES[2]), expected=2),))
    rejection = key_selection(note("113037", "Rejected", "1.2.1"))
    frames = replace(rejection, targets=(replace(rejection.targets[0], frames=(2, 3, 99)),))
    left, (hidden,) = without_rejected(study, [frames])
    assert [ref.frame for ref in left.series[0].instances[0].frame_refs()] == [1, 4, 5]
    assert hidden.words == "2 images hidden: rejected for patient safety reasons"
    assert left.series[0].expected == 2
    assert sum(len(stack.frames) for stack in stacks(left)) == 4


def test_an_object_all_of_whose_frames_are_rejected_is_gone():
    run = replace(IMAGES[1], frames=2)
    study = replace(STUDY, series=(replace(STUDY.series[0], instances=(run, IMAGES[2]), expected=2),))
    rejection = key_selection(note("113001", "Rejected", "1.2.1"))
    both = tuple(replace(rejection.targets[0], frames=(n,)) for n in (1, 2))
    left, _ = without_rejected(study, [replace(rejection, targets=both)])
    assert [i.sop_uid for i in left.series[0].instances] == ["1.2.2"]
    assert left.series[0].expected == 1


def test_an_image_is_not_a_selection():
    with pytest.raises(ReaderError, match="not a key object"):
        key_selection(item(SOPClassUID="1.2"))
