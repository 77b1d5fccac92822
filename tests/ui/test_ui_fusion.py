"""A PET over a CT and a mask off an angiogram, by key, in the windows that are read in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from tests.fakes import angiogram, petct
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.pointer import drag, press
from tests.fakes.segmentations import seg, sphere
from tests.fakes.windows import Windows

from readingroom.display.picture import LabelGraphic
from readingroom.session.arranging import scroll_to
from readingroom.ui.viewport import Viewport
from readingroom.ui.windows.fusion import FusionWindow
from readingroom.ui.windows.mpr import MprWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
RUN = "1.2.826.0.1.3680043.10.8"


def opened(folder: Path, study: str, *series: list[bytes]) -> Windows:
    glass = Windows(folder / "profile", region=MemoryRegion(archive_of("North", *series))).show()
    glass.open_whole(study)
    glass.station.reading.showNormal()
    glass.station.reading.resize(1400, 900)
    glass.station.reading.grid.viewports[0].setFocus()
    glass.wait(lambda: glass.station.reading.grid.viewports[0].hasFocus())
    return glass


def pet_ct(folder: Path, space: str = petct.SPACE, *more: bytes) -> Windows:
    ct = petct.ct_grid().objects(petct.ball(60.0, -900.0))
    pet = petct.pet_grid(space).objects(petct.ball(20_000.0, 2_000.0), lambda _: 0.5)
    return opened(folder, petct.STUDY, ct, pet, *([list(more)] if more else []))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Windows]:
    with pet_ct(tmp_path) as glass:
        yield glass
        assert not glass.raised, glass.raised


def words(viewport: Viewport) -> str:
    said = viewport.picture.words
    return " | ".join((*(badge.text for badge in said.badges), *said.bottom_right, said.readout))


def test_a_key_lays_the_pet_over_the_ct_and_says_how(pair: Windows) -> None:
    viewport = pair.station.reading.grid.viewports[0]
    pair.wait(lambda: viewport.picture.layers)
    assert pair.desk.case is not None and pair.desk.case.stacks[0].modality == "CT"
    press(viewport, Qt.Key.Key_F, CTRL)
    pair.wait(lambda: len(viewport.picture.layers) == 2)
    assert "over: PT PET AC" in words(viewport) and "C 3.5 W 7 exact SUVbw" in words(viewport)
    assert "Hot iron  ·  α 50%" in words(viewport) and "Attenuation corrected" in words(viewport)
    press(viewport, Qt.Key.Key_BracketRight)
    press(viewport, Qt.Key.Key_Slash)
    pair.wait(lambda: "PET  ·  α 60%" in words(viewport))
    camera, frame = viewport.camera(), viewport.frame()
    assert camera is not None and frame is not None and frame.facts.plane is not None
    viewport.cursor_at = frame.facts.plane.to_image(petct.CENTRE)
    viewport.refresh()
    assert "HU" in words(viewport) and "PT SUVbw 5.5" in words(viewport)
    press(viewport, Qt.Key.Key_F, CTRL)
    pair.wait(lambda: len(viewport.picture.layers) == 1)
    assert "over:" not in words(viewport)


def test_the_planes_of_a_volume_have_the_pet_over_them(pair: Windows) -> None:
    viewport = pair.station.reading.grid.viewports[0]
    press(viewport, Qt.Key.Key_D)
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MprWindow) and w.isVisible())
    pair.wait(lambda: window.volume is not None)
    press(window.panes["axial"], Qt.Key.Key_F, CTRL)
    pair.wait(lambda: all(len(pane.picture.layers) == 2 for pane in window.panes.values()))
    assert "PT SUVbw" in window.reading(petct.CENTRE) and "HU" in window.reading(petct.CENTRE)
    fusing, stack = window._fusing, window.over
    first = fusing.how(stack)
    middle = window.panes["axial"].rect().center()
    drag(window.panes["axial"], middle, middle + QPoint(60, 40), Qt.MouseButton.RightButton, CTRL)
    dragged = fusing.how(stack)
    assert first is not None and dragged is not None
    assert dragged.alpha > first.alpha and dragged.voi.width > first.voi.width
    assert dragged.voi.centre - dragged.voi.width / 2 == pytest.approx(first.voi.centre - first.voi.width / 2)
    before = window.grab().toImage()
    press(window.panes["axial"], Qt.Key.Key_BracketLeft)
    pair.turn()
    assert before != window.grab().toImage()
    window.close()


def test_six_panes_are_at_one_place_and_the_projection_turns(pair: Windows) -> None:
    press(pair.station.reading.grid.viewports[0], Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, FusionWindow) and w.isVisible())
    pair.wait(lambda: window.ready)
    said = {name: pane.picture.words for name, pane in window.panes.items()}
    assert {name: len(pane.picture.layers) for name, pane in window.panes.items()} == {
        "ct-axial": 1, "pet-axial": 1, "fused-axial": 2, "pet-coronal": 1, "fused-coronal": 2, "pet-mip": 1,
    }  # fmt: skip
    assert said["pet-axial"].bottom_right == ("C 3.5 W 7 exact SUVbw",) and "HU" in said["ct-axial"].bottom_right[0]
    assert said["ct-axial"].bottom_left == said["pet-axial"].bottom_left == said["fused-axial"].bottom_left
    press(window, Qt.Key.Key_Down)
    pair.turn()
    assert window.panes["pet-axial"].picture.words.bottom_left != said["pet-axial"].bottom_left
    press(window, Qt.Key.Key_Right)
    pair.wait(lambda: any("turned 10°" in badge.text for badge in window.panes["pet-mip"].picture.words.badges))
    assert "HU" in window.reading(petct.CENTRE) and "PT SUVbw 5.5" in window.reading(petct.CENTRE)
    window.close()


def test_another_space_is_said_in_red_until_a_registration_joins_it(tmp_path: Path) -> None:
    with pet_ct(tmp_path / "apart", petct.OTHER_SPACE) as glass:
        viewport = glass.station.reading.grid.viewports[0]
        press(viewport, Qt.Key.Key_F, CTRL)
        glass.wait(lambda: "NOT FUSED: The two series have different Frames of Reference" in words(viewport))
        assert len(viewport.picture.layers) == 1
    with pet_ct(tmp_path / "joined", petct.OTHER_SPACE, petct.registration(7.0, (5.0, -3.0, 4.0))) as glass:
        viewport = glass.station.reading.grid.viewports[0]
        glass.wait(lambda: glass.desk.documents.registrations)
        press(viewport, Qt.Key.Key_F, CTRL)
        glass.wait(lambda: len(viewport.picture.layers) == 2)
        assert "REGISTERED by an object of 4 Nov 2026 (Weber Ute)" in words(viewport)


def test_one_key_takes_the_mask_off_and_others_choose_and_move_it(tmp_path: Path) -> None:
    with opened(tmp_path, RUN, [angiogram.as_bytes(angiogram.run(angiogram.logarithmic()))]) as glass:
        viewport = glass.station.reading.grid.viewports[0]
        scroll_to(glass.desk, 0, 4)
        glass.wait(lambda: viewport.frame() is not None and viewport.frame().facts.ref.frame == 5)  # type: ignore[union-attr]
        press(viewport, Qt.Key.Key_Minus)
        glass.wait(lambda: "SUBTRACTED, mask frame 1, shift 0.00, 0.00 px" in words(viewport))
        assert "frame 1: the header names none" in words(viewport)
        press(viewport, Qt.Key.Key_Right, SHIFT)
        press(viewport, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        glass.wait(lambda: "shift 0.10, −1.00 px" in words(viewport))
        scroll_to(glass.desk, 0, 2)
        press(viewport, Qt.Key.Key_Equal)
        scroll_to(glass.desk, 0, 4)
        glass.wait(lambda: "SUBTRACTED, mask frame 3, shift 0.10, −1.00 px" in words(viewport))
        press(viewport, Qt.Key.Key_Minus)
        glass.wait(lambda: "SUBTRACTED" not in words(viewport))
        assert not glass.raised


def test_b_outlines_the_segmentations_of_the_case_over_the_planes(tmp_path: Path) -> None:
    ct = petct.ct_grid().objects(petct.ball(60.0, -900.0))
    with opened(tmp_path, petct.STUDY, ct, [seg([sphere(petct.CENTRE, 12.0)])]) as glass:
        press(glass.station.reading.grid.viewports[0], Qt.Key.Key_D)
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MprWindow) and w.isVisible())
        glass.wait(lambda: all(pane.picture.layers for pane in window.panes.values()))
        pane = window.panes["coronal"]
        bare = len(pane.picture.layers)
        glass.wait(lambda: glass.desk.documents.segmentations)
        press(pane, Qt.Key.Key_B)
        glass.wait(lambda: len(pane.picture.layers) == bare + 2)
        assert "segmentation: ORGANS" in pane.picture.words.bottom_right
        named = [line for one in pane.picture.graphics if isinstance(one, LabelGraphic) for line in one.lines]
        assert any("Ball 1 (automatic, Ruler)" in line for line in named)
        window.grab().save(str(tmp_path / "b.png"))
        press(pane, Qt.Key.Key_B)
        glass.wait(lambda: len(pane.picture.layers) == bare)
        window.close()
        assert not glass.raised, glass.raised
