"""Mammograms on the glass: back to back, on one scale, moved as mirror images, and nothing guessed."""

from dataclasses import replace

import pytest
from tests.fakes.breasts import BEFORE, NOW, breast, examination, view_code
from tests.fakes.desk import HandDesk, archive_of

from readingroom.display.camera import Camera
from readingroom.display.compose import camera_of, compose
from readingroom.display.tables import Tables
from readingroom.pixels.frame import Frame
from readingroom.render.cpu import CpuEngine
from readingroom.session.arranging import hang_stack
from readingroom.session.case import Case
from readingroom.session.opening import open_case
from readingroom.session.shown import shown_on
from readingroom.session.staging import show_stage
from readingroom.session.together import walked

WIDE, HIGH = 150, 200


def case_of(hand: HandDesk) -> Case:
    assert hand.desk.case is not None
    return hand.desk.case


def opened(*objects: list[bytes]) -> HandDesk:
    """A desk with the examination of today open and everything here."""
    hand = HandDesk(archive_of("North", *objects))
    open_case(hand.desk, NOW)
    return hand.crank()


def frame_at(hand: HandDesk, tile: int) -> Frame:
    ref = case_of(hand).frame_at(tile)
    frame = hand.desk.frame(ref) if ref is not None else None
    assert frame is not None
    return frame


def camera(hand: HandDesk, tile: int) -> Camera:
    return camera_of(case_of(hand).tiles[tile], frame_at(hand, tile).facts, WIDE, HIGH)


def pixels_per_mm(hand: HandDesk, tile: int) -> float:
    facts = frame_at(hand, tile).facts
    assert facts.spacing.imager_spacing is not None
    return camera(hand, tile).zoom / facts.spacing.imager_spacing[0]


def edges(hand: HandDesk, tile: int) -> tuple[float, float]:
    """The left and right end of the image on its viewport."""
    facts, at = frame_at(hand, tile).facts, camera(hand, tile)
    ends = [at.to_screen(x, y)[0] for x in (0, facts.columns) for y in (0, facts.rows)]
    return min(ends), max(ends)


def badges(hand: HandDesk, tile: int) -> str:
    return " | ".join(b.text for b in shown_on(hand.desk, case_of(hand), tile, None, None, WIDE, HIGH).notes)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_chest_walls_lie_on_the_inner_edges_however_the_images_were_stored(mirrored: bool) -> None:
    hand = opened(examination(mirrored=mirrored))
    assert case_of(hand).layout == (2, 2)
    for tile in (0, 2):
        assert edges(hand, tile)[1] == pytest.approx(WIDE)
        assert camera(hand, tile).letters(None, frame_at(hand, tile).facts.patient_orientation).right == "P"
    for tile in (1, 3):
        assert edges(hand, tile)[0] == pytest.approx(0.0)
        assert camera(hand, tile).letters(None, frame_at(hand, tile).facts.patient_orientation).left == "P"
    tops = [camera(hand, n).letters(None, frame_at(hand, n).facts.patient_orientation).top for n in range(4)]
    assert tops == ["R", "L", "HR", "HL"], "lateral side up in CC, head up in MLO"


def test_two_detectors_of_different_pitch_have_one_scale() -> None:
    views = examination()
    hand = opened([breast("R", "CC", 1, pitch_mm=0.05, size=(480, 300)), *views[1:]])
    scales = [pixels_per_mm(hand, tile) for tile in range(4)]
    assert scales == pytest.approx([scales[0]] * 4)
    # The largest image is 24 x 18 mm: 200 pixels for 24 mm, and 150 for 18.
    assert scales[0] == pytest.approx(min(WIDE / 18.0, HIGH / 24.0))


def test_priors_of_another_detector_have_the_scale_of_the_current_examination() -> None:
    hand = opened(examination(), examination(BEFORE, "20231103", 0.05))
    case = case_of(hand)
    assert [one.uid for one in case.priors] == [BEFORE]
    show_stage(hand.desk, case.stages.index("All views beside the prior"))
    hand.crank()
    assert case_of(hand).layout == (2, 4)
    scales = [pixels_per_mm(hand, tile) for tile in range(8)]
    assert scales == pytest.approx([scales[0]] * 8)


def test_a_pan_towards_the_nipple_is_towards_the_nipple_in_both_breasts() -> None:
    hand = opened(examination())
    view = case_of(hand).tiles[0]
    # The nipple of the right breast is on the left: the image goes right to show it.
    hand.desk.view(0, replace(view, pan=(40.0, -12.0)), "Pan…")
    assert [tile.pan for tile in case_of(hand).tiles] == [(40.0, -12.0), (-40.0, -12.0), (40.0, -12.0), (-40.0, -12.0)]


def test_a_magnification_is_the_same_in_millimetres_for_every_detector() -> None:
    hand = opened([breast("R", "CC", 1, pitch_mm=0.05, size=(480, 360)), *examination()[1:]])
    hand.desk.view(0, case_of(hand).tiles[0].zoomed(1.0), "Zoom…")
    assert [tile.zoom for tile in case_of(hand).tiles] == pytest.approx([1.0, 2.0, 2.0, 2.0])
    hand.desk.view(1, case_of(hand).tiles[1].zoomed(None), "Zoom…")
    assert [tile.zoom for tile in case_of(hand).tiles] == [None] * 4


def test_viewports_that_are_not_linked_move_alone() -> None:
    hand = opened(examination())
    hand.desk.change(replace(case_of(hand), linked=False))
    hand.desk.view(0, replace(case_of(hand).tiles[0], pan=(40.0, 0.0)), "Pan…")
    assert [tile.pan for tile in case_of(hand).tiles[1:]] == [(0.0, 0.0)] * 3


def test_the_walk_shows_every_pixel_of_the_image_once_magnified_one_to_one() -> None:
    hand = opened(examination(size=(400, 310)))
    seen = set()
    for _ in range(40):
        hand.desk.change(walked(case_of(hand), 0, WIDE, HIGH, 1))
        view = case_of(hand).tiles[0]
        if view.zoom is None:
            break
        assert view.zoom == 1.0 and case_of(hand).tiles[1].pan == (-view.pan[0], view.pan[1])
        at = camera(hand, 0)
        left, top = at.to_image(0.5, 0.5)
        right, bottom = at.to_image(WIDE - 0.5, HIGH - 0.5)
        seen |= {(x, y) for x in range(int(left), int(right) + 1) for y in range(int(top), int(bottom) + 1)}
    assert {(x, y) for x in range(310) for y in range(400)} <= seen
    assert case_of(hand).tiles[0].zoom is None, "after the last field comes the whole image"


def test_the_first_field_of_the_walk_is_at_the_chest_wall() -> None:
    hand = opened(examination(size=(400, 310)))
    hand.desk.change(walked(case_of(hand), 0, WIDE, HIGH, 1))
    assert edges(hand, 0)[1] == pytest.approx(WIDE) and edges(hand, 1)[0] == pytest.approx(0.0)


def test_a_view_that_does_not_say_where_the_chest_wall_is_hangs_as_stored_and_says_so() -> None:
    hand = opened([breast("R", "CC", 1, PatientOrientation=None), *examination()[1:]])
    view = case_of(hand).tiles[0]
    assert (view.anchor, view.rotation, view.flipped) == ("", 0, False)
    assert "Side of the chest wall not stated" in badges(hand, 0) and "not stated" not in badges(hand, 1)


def test_an_image_without_a_pixel_size_has_its_own_scale_and_says_so() -> None:
    hand = opened([breast("R", "CC", 1, ImagerPixelSpacing=None), *examination()[1:]])
    assert case_of(hand).tiles[0].fit_mm is None and "Own scale" in badges(hand, 0)
    hand.desk.view(1, case_of(hand).tiles[1].zoomed(2.0), "Zoom…")
    assert case_of(hand).tiles[0].zoom is None, "no millimetres, no common magnification"


def test_a_magnified_view_is_known_by_its_factor_and_takes_no_standard_place() -> None:
    spot = breast("R", "CC", 9, EstimatedRadiographicMagnificationFactor="1.8")
    hand = opened([*examination(), spot])
    standard = {case_of(hand).stack_at(n).series_uid for n in range(4)}  # type: ignore[union-attr]
    assert f"{NOW}.9" not in standard
    stack = next(s for s in case_of(hand).stacks if s.series_uid == f"{NOW}.9")
    hang_stack(hand.desk, 0, stack.id)
    assert "MAGNIFICATION ×1.8, own scale" in badges(hand, 0)
    assert case_of(hand).tiles[0].anchor == "right" and case_of(hand).tiles[0].fit_mm is None


def test_an_implant_displaced_view_says_so_and_has_a_stage_of_its_own() -> None:
    displaced = [
        breast(side, "CC", n, ViewCodeSequence=view_code("cranio-caudal", ("399209000", "Implant Displaced")))
        for n, side in ((8, "R"), (9, "L"))
    ]
    hand = opened([*displaced, *examination()])
    assert {case_of(hand).stack_at(n).series_uid for n in range(4)} == {f"{NOW}.{n}" for n in (1, 2, 3, 4)}  # type: ignore[union-attr]
    show_stage(hand.desk, case_of(hand).stages.index("Implants displaced"))
    assert "IMPLANT DISPLACED" in badges(hand, 0)


def test_an_image_for_processing_waits_behind_the_one_for_reading_and_says_what_it_is() -> None:
    raw = breast("R", "CC", 9, SOPClassUID="1.2.840.10008.5.1.4.1.1.1.2.1", PresentationIntentType="FOR PROCESSING")
    hand = opened([raw, *examination()])
    assert case_of(hand).stack_at(0).series_uid == f"{NOW}.1"  # type: ignore[union-attr]
    stack = next(s for s in case_of(hand).stacks if s.series_uid == f"{NOW}.9")
    hang_stack(hand.desk, 0, stack.id)
    assert "FOR PROCESSING" in badges(hand, 0)


def test_a_synthetic_image_takes_the_place_of_a_missing_one_and_says_so() -> None:
    made = breast("R", "CC", 1, ImageType=["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "GENERATED_2D"])
    hand = opened([made, *examination()[1:]])
    assert case_of(hand).stack_at(0).series_uid == f"{NOW}.1" and "SYNTHETIC 2D" in badges(hand, 0)  # type: ignore[union-attr]
    real = breast("R", "CC", 8)
    assert case_of(opened([made, real, *examination()[1:]])).stack_at(0).series_uid == f"{NOW}.8"  # type: ignore[union-attr]


def test_a_reset_view_goes_back_to_its_hanging_and_not_to_how_it_was_stored() -> None:
    hand = opened(examination(mirrored=True))
    before = case_of(hand).tiles[0]
    assert before.flipped
    hand.desk.view(0, replace(before.turned(90).zoomed(3.0), pan=(5.0, 5.0)).fitted())
    assert case_of(hand).tiles[0] == before


def test_no_text_stands_over_the_tissue_at_the_chest_wall() -> None:
    hand = opened(examination())
    for tile, (words_side, bare_side) in enumerate([("left", "right"), ("right", "left")]):
        case = case_of(hand)
        shown = shown_on(hand.desk, case, tile, None, None, 600, 800)
        picture = compose(case.tiles[tile], case.stack_at(tile), frame_at(hand, tile), shown, 600, 800, Tables())
        words = picture.words
        assert words.outer == words_side
        assert getattr(words, f"top_{bare_side}") == getattr(words, f"bottom_{bare_side}") == ()
        assert "REED, Anna" in getattr(words, f"top_{words_side}")


def test_air_that_is_padding_stays_black_when_the_image_is_inverted() -> None:
    hand = opened(examination())
    case = case_of(hand)
    for inverted in (False, True):
        view = replace(case.tiles[0], inverted=inverted)
        shown = shown_on(hand.desk, case, 0, None, None, WIDE, HIGH)
        layer = compose(view, case.stack_at(0), frame_at(hand, 0), shown, WIDE, HIGH, Tables()).layers[0]
        made = CpuEngine().render((layer,), WIDE, HIGH)
        assert int(made[5, 5]) == 0, "outside the breast"
        assert int(made[HIGH // 2, WIDE - 5]) > 60, "tissue"


def test_raw_mammograms_alone_hang_back_to_back_and_each_says_that_it_is_raw() -> None:
    raw = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.2.1", "PresentationIntentType": "FOR PROCESSING"}
    ready, hand = opened(examination()), opened(examination(**raw))
    assert [v.anchor for v in case_of(hand).tiles] == [v.anchor for v in case_of(ready).tiles]
    assert case_of(hand).hung_because[0] == case_of(ready).hung_because[0]
    assert all("FOR PROCESSING: raw" in badges(hand, tile) for tile in range(len(case_of(hand).tiles)))
    assert "FOR PROCESSING" not in badges(ready, 0)
