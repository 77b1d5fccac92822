"""Hanging protocols to DICOM objects and back: nothing lost for us, everything that others lose is said, validators content."""

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from tests.unit.hanging.cases_to_hang import ct, every_stack, volume

from readingroom.base.errors import ReaderError
from readingroom.hanging.dicom_boxes import layouts_of
from readingroom.hanging.dicom_reading import imported
from readingroom.hanging.dicom_writing import exported
from readingroom.hanging.hang import hang
from readingroom.hanging.library import Protocols, protocol_in, usual_protocols
from readingroom.hanging.placing import Monitor
from readingroom.hanging.protocol import Protocol
from readingroom.hanging.writing import text_of

AT = datetime(2026, 11, 24, 9, 0)
PLAN = Path(__file__).resolve().parents[4] / "shared" / "data" / "hp" / "NeurosurgeryPlan.dcm"
SHIPPED = usual_protocols().usable


def through_a_file(dataset: Any) -> Dataset:
    """The object as another program would read it."""
    out = BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    out.seek(0)
    return pydicom.dcmread(out)


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.id)
def test_every_protocol_that_travels_comes_back_whole(one: Protocol) -> None:
    found = imported(through_a_file(exported(one, AT).dataset))
    assert replace(found.protocol, level=one.level, source=one.source) == one and not found.warnings


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.id)
def test_who_knows_the_standard_alone_gets_every_stage_and_viewport_and_the_rest_is_said(one: Protocol) -> None:
    made = exported(one, AT)
    found = imported(through_a_file(made.dataset), standard_only=True).protocol
    assert protocol_in(text_of(found), "user") == replace(found, source="protocol.yaml")
    assert [stage.name for stage in found.stages] == [stage.name[:64] for stage in one.stages]
    shapes = [[len(screen.grid) for screen in stage.layouts[0].screens] for stage in found.stages]
    wanted = [
        [len(s.grid) for s in next(x for x in stage.layouts if len(x.screens) == 1).screens] for stage in one.stages
    ]
    assert shapes == wanted
    if any(wanted.selector.score for wanted in one.sets):
        assert any("which of several series" in text for text in made.warnings)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy is not installed")
@pytest.mark.parametrize("name", ["ct-chest", "mammography", "mr-brain", "everything", "pet-ct", "xr-extremity"])
@pytest.mark.parametrize("screens", [1, 2])
def test_the_validator_finds_no_error(name: str, screens: int, tmp_path: Path) -> None:
    exported(usual_protocols().named(name), AT, screens=screens).dataset.save_as(
        tmp_path / "t.dcm", enforce_file_format=True
    )
    said = subprocess.run(["dciodvfy", str(tmp_path / "t.dcm")], capture_output=True, text=True, check=False).stderr
    assert not [line for line in said.splitlines() if line.startswith("Error")]


def test_private_attributes_stand_in_a_block_with_our_creator() -> None:
    dataset = through_a_file(exported(usual_protocols().named("ct-chest"), AT).dataset)
    private = [element for element in dataset.iterall() if element.tag.is_private]
    assert private and {element.tag.group for element in private} == {0x0073}
    assert dataset[0x0073, 0x0010].value == "READINGROOM HANGING 1"


def test_what_another_program_changed_counts_and_that_is_said() -> None:
    dataset = through_a_file(exported(usual_protocols().named("ct-chest"), AT).dataset)
    dataset.HangingProtocolDescription = "Ours now"
    found = imported(dataset)
    assert found.protocol.name == "Ours now" and "Another program changed" in found.warnings[0]


def test_an_imported_protocol_never_takes_the_id_of_another() -> None:
    dataset = exported(usual_protocols().named("ct-chest"), AT).dataset
    assert imported(dataset, ("ct-chest",)).protocol.id == "ct-chest-2"


def test_what_is_no_hanging_protocol_or_is_damaged_is_refused_with_a_remedy() -> None:
    other = Dataset()
    other.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    with pytest.raises(ReaderError, match="no hanging protocol"):
        imported(other)
    dataset = exported(usual_protocols().named("ct-chest"), AT).dataset
    for item in dataset.DisplaySetsSequence:
        del item.DisplaySetNumber
    with pytest.raises(ReaderError, match="damaged or not whole") as told:
        imported(dataset, standard_only=True)
    assert told.value.remedy
    dataset.DisplaySetsSequence = []
    with pytest.raises(ReaderError, match="shows no image set"):
        imported(dataset, standard_only=True)


def test_filters_of_others_become_rules() -> None:
    dataset = exported(usual_protocols().named("ct-any"), AT).dataset
    thin, given = Dataset(), Dataset()
    thin.SelectorAttribute, thin.SelectorAttributeVR, thin.SelectorDSValue = 0x00180050, "DS", "1.5"
    thin.FilterByOperator = "LESS_OR_EQUAL"
    given.SelectorAttribute, given.FilterByAttributePresence = 0x00180010, "PRESENT"
    dataset.DisplaySetsSequence[0].FilterOperationsSequence = [thin, given]
    words = [rule.words for rule in imported(dataset, standard_only=True).protocol.sets[0].selector.require]
    assert "thickness_mm at most 1.5" in words and "contrast is yes" in words


def test_a_procedure_code_that_ours_cannot_write_is_said_and_left_out() -> None:
    dataset = exported(usual_protocols().named("ct-any"), AT).dataset
    code = Dataset()
    code.CodingSchemeDesignator, code.CodeValue, code.CodeMeaning = "99LOCAL", "CT HEAD/NECK", "CT"
    dataset.HangingProtocolDefinitionSequence[0].ProcedureCodeSequence = [code]
    found = imported(dataset, standard_only=True)
    assert protocol_in(text_of(found.protocol), "user") and "99LOCAL:CT HEAD/NECK" in " ".join(found.warnings)


def test_boxes_anywhere_become_a_grid_or_that_is_said() -> None:
    lost: list[str] = []
    glass = [(0.0, 1.0, 1.0, 0.0)]
    boxes = [("a", (0.0, 1.0, 0.5, 0.0)), ("b", (0.5, 1.0, 1.0, 0.5)), ("c", (0.5, 0.5, 1.0, 0.0))]
    (layouts,) = layouts_of(boxes, glass, lost, "One")
    assert layouts[0].screens[0].grid == (("a", "b"), ("a", "c")) and not lost
    (layouts,) = layouts_of([*boxes, ("d", (0.2, 0.8, 0.8, 0.2))], glass, lost, "One")
    assert layouts[0].screens[0].grid == (("a", "b"), ("c", "d")) and "side by side" in lost[0]


@pytest.mark.realdata
@pytest.mark.skipif(not PLAN.exists(), reason="the real hanging protocol object is not here")
def test_a_real_object_hangs_a_head_on_one_and_on_two_monitors() -> None:
    found = imported(pydicom.dcmread(PLAN))
    assert len(found.protocol.stages) == 8 and any("3D rendering" in text for text in found.warnings)
    assert any("TILED" in text for text in found.warnings)
    head = ct("1", "CT head", ("Brain", "Hr40"))
    head = replace(head, series=(*head.series, volume("1.5", "MR", "T1 tra")))
    own = Protocols((found.protocol,))
    two = hang(head, every_stack(head), (), own, (Monitor(1024, 1024), Monitor(2048, 2560)))
    one = hang(head, every_stack(head), (), own)
    assert two.shown is not None and len(two.shown.grids) == 2 and two.shown.grids[0] == (2, 2)
    assert one.shown is not None and one.shown.grids == ((2, 2),)
