"""A presentation state shows what its author wanted, says that it does, and leaves the image's own facts alone."""

from dataclasses import replace

import numpy as np
import pytest
from pydicom.sequence import Sequence
from tests.unit.display.presentation_phantoms import annotation, area, grey_state, item, layer, reference, shape, window
from tests.unit.pixels.pixel_phantoms import header_for

from readingroom.base.errors import ReaderError
from readingroom.display.camera import Camera
from readingroom.display.colours import rgb_of_cielab
from readingroom.display.compose import Shown, camera_of, compose
from readingroom.display.picture import Badge, EllipseGraphic, LabelGraphic, PolylineGraphic, Tone
from readingroom.display.presentation_state import PresentationState, presentation_state
from readingroom.display.presenting import as_presented, badges, graphics, presented, window_of_state
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.geometry.grid import StackGeometry
from readingroom.pixels.facts import facts_of
from readingroom.pixels.frame import Frame
from readingroom.record.study import FramePlace
from readingroom.render.cpu import CpuEngine

PIXELS = np.arange(40 * 60, dtype=np.uint16).reshape(40, 60)


def image(**attributes: object) -> Frame:
    header = header_for(PIXELS, SOPInstanceUID="1.9", **{"RescaleSlope": 1, "RescaleIntercept": -1000, **attributes})
    return Frame(PIXELS, facts_of(header))


def state(**attributes: object) -> PresentationState:
    return presentation_state(grey_state(header_for(PIXELS, SOPInstanceUID="1.9"), **attributes))


def shown(of: PresentationState, view: ViewState | None = None, frame: Frame | None = None):
    frame = frame or image()
    stack = Stack(
        "s", "1.2.3", "1.2.3.4", "CT", "", "stack", (frame.facts.ref,), (FramePlace(),), 40, 60, StackGeometry(True)
    )
    view = replace(view or ViewState(), presentation=of.sop_uid)
    return compose(view, stack, frame, Shown(presentation=of), 600, 400, Tables())


def test_a_state_for_another_image_changes_nothing():
    other = state(ReferencedSeriesSequence=Sequence([item(ReferencedImageSequence=Sequence([reference("1.8")]))]))
    view = ViewState()
    assert presented(view, other, image().facts) is view
    assert not any("PRESENTATION" in badge.text for badge in shown(other).words.badges)


def test_the_window_of_a_state_may_be_for_some_images_only():
    first, second = window(10, 20, reference("1.8")), window(40, 400, reference("1.9"))
    voi = window_of_state(state(SoftcopyVOILUTSequence=Sequence([first, second])), image().facts)
    assert (voi.centre, voi.width) == (40, 400)


def test_without_a_window_everything_the_pixels_can_hold_is_shown():
    voi = window_of_state(state(RescaleSlope=1, RescaleIntercept=-1000), image(BitsStored=12).facts)
    assert (voi.centre - voi.width / 2, voi.centre + voi.width / 2) == (-1000, 3095)


def test_the_windows_of_the_reader_go_before_those_of_the_state():
    through = presented(
        ViewState().windowed(7, 70), state(SoftcopyVOILUTSequence=Sequence([window(40, 400)])), image().facts
    )
    assert (through.voi.centre, through.voi.width) == (7, 70)


def test_the_image_is_turned_and_then_mirrored_and_the_glass_says_so():
    picture = shown(state(ImageRotation=90, ImageHorizontalFlip="Y"))
    assert [b.text for b in picture.words.badges[:3]] == ["PRESENTATION STATE: TEACHING", "FLIPPED", "ROTATED 90°"]
    seen = CpuEngine().render(picture.layers, 600, 400)
    plain = np.flip(np.rot90(PIXELS, -1), axis=1)
    assert np.argmax(seen.max(axis=0)) > 300
    assert (np.diff(seen[200, 180:420].astype(int)) >= 0).all() == (np.diff(plain[20].astype(int)) >= 0).all()


def test_a_turn_of_the_reader_comes_on_top_of_that_of_the_state():
    facts = image().facts
    mirrored = state(ImageRotation=90, ImageHorizontalFlip="Y")
    turned = presented(ViewState().turned(90), mirrored, facts)
    assert (turned.rotation, turned.flipped) == (0, True)
    both = presented(ViewState().mirrored(), mirrored, facts)
    assert (both.rotation, both.flipped) == (90, False)


def test_the_displayed_area_fills_the_glass():
    cropped = state(DisplayedAreaSelectionSequence=Sequence([area((11, 11), (40, 30))]))
    view = presented(ViewState(), cropped, image().facts)
    camera = camera_of(view, image().facts, 600, 400)
    assert camera.to_screen(10, 10) == pytest.approx((0, 0))
    assert camera.to_screen(40, 30) == pytest.approx((600, 400))


def test_the_corners_of_a_turned_area_may_come_in_any_order():
    turned = state(ImageRotation=90, DisplayedAreaSelectionSequence=Sequence([area((11, 30), (40, 11))]))
    view = presented(ViewState(), turned, image().facts)
    camera = camera_of(view, image().facts, 200, 300)
    assert camera.to_screen(10, 30) == pytest.approx((0, 0))
    assert camera.to_screen(40, 10) == pytest.approx((200, 300))


def test_magnify_shows_so_many_screen_pixels_per_image_pixel_about_the_middle_of_the_area():
    wanted = area((11, 11), (40, 30), "MAGNIFY", PresentationPixelMagnificationRatio=3.0)
    view = presented(ViewState(), state(DisplayedAreaSelectionSequence=Sequence([wanted])), image().facts)
    camera = camera_of(view, image().facts, 600, 400)
    assert camera.zoom == 3.0
    assert camera.to_screen(25, 20) == pytest.approx((300, 200))


def test_true_size_is_not_claimed_where_the_monitor_is_not_known():
    wanted = area((1, 1), (60, 40), "TRUE SIZE", PresentationPixelSpacing=[0.5, 0.5])
    badges = shown(state(DisplayedAreaSelectionSequence=Sequence([wanted]))).words.badges
    assert Badge("The state asks for true size: the area is fitted instead", Tone.AMBER) in badges


def test_the_polarity_of_the_image_does_not_count_beside_that_of_a_state():
    white = image(PhotometricInterpretation="MONOCHROME1", RescaleIntercept=0)
    assert not as_presented(white, state()).facts.inverse
    assert as_presented(white, state(PresentationLUTShape="INVERSE")).facts.inverse


def test_numbers_are_measured_on_the_image_and_not_on_what_a_state_makes_of_it():
    frame = image()
    seen = as_presented(frame, state())
    assert (seen.facts.intercept, seen.facts.unit) == (0.0, "")
    assert frame.facts.intercept == -1000


def test_every_kind_of_graphic_is_drawn_where_it_belongs():
    shapes = [
        shape("POINT", [10, 10]), shape("POLYLINE", [0, 0, 10, 0, 10, 10, 0, 0], filled=True),
        shape("INTERPOLATED", [0, 0, 10, 5, 20, 0]), shape("CIRCLE", [30, 20, 33, 24]),
        shape("ELLIPSE", [20, 20, 40, 20, 30, 15, 30, 25], filled=True),
    ]  # fmt: skip
    drawn = _drawn(GraphicAnnotationSequence=Sequence([annotation("A", shapes)]))
    assert len([g for g in drawn if isinstance(g, PolylineGraphic)]) == 4
    triangle = next(g for g in drawn if isinstance(g, PolylineGraphic) and g.closed)
    assert (triangle.filled, triangle.points[2]) == (True, (10, 10))
    curve = drawn[3]
    assert all(any(np.allclose(p, q) for q in curve.points) for p in ((0, 0), (10, 5), (20, 0)))
    circle, ellipse = (g for g in drawn if isinstance(g, EllipseGraphic))
    assert (circle.centre, circle.first, circle.second) == ((30, 20), (5, 0), (0, 5))
    assert (ellipse.centre, ellipse.first, ellipse.second, ellipse.filled) == ((30, 20), (10, 0), (0, 5), True)


def test_display_units_are_parts_of_the_displayed_area_on_the_glass():
    drawn = _drawn(
        ImageRotation=180,
        GraphicAnnotationSequence=Sequence([annotation("A", [shape("POLYLINE", [0, 0, 0.5, 1], "DISPLAY")])]),
    )
    assert np.allclose(drawn[0].points, ((0, 0), (30, 40)))


def test_layers_are_drawn_in_their_order_and_in_their_colours():
    layers = [
        layer("TOP", 2, GraphicLayerRecommendedDisplayCIELabValue=[65535, 32896, 32896]),
        layer("LOW", 1, GraphicLayerRecommendedDisplayGrayscaleValue=0x8000),
    ]
    marks = [annotation("TOP", [shape("POLYLINE", [0, 0, 1, 1])]), annotation("LOW", [shape("POLYLINE", [2, 2, 3, 3])])]
    drawn = _drawn(GraphicLayerSequence=Sequence(layers), GraphicAnnotationSequence=Sequence(marks))
    assert [graphic.colour for graphic in drawn] == [(128, 128, 128), (255, 255, 255)]


def test_text_keeps_its_lines_and_its_backslashes():
    box = item(
        UnformattedTextValue="left\\right\r\nsecond", BoundingBoxAnnotationUnits="PIXEL",
        BoundingBoxTopLeftHandCorner=[5.0, 6.0], BoundingBoxBottomRightHandCorner=[20.0, 16.0],
        AnchorPointAnnotationUnits="PIXEL", AnchorPoint=[30.0, 30.0], AnchorPointVisibility="Y",
    )  # fmt: skip
    (label,) = _drawn(GraphicAnnotationSequence=Sequence([annotation("A", texts=[box])]))
    assert isinstance(label, LabelGraphic)
    assert label.lines == ("left\\right", "second")
    assert (label.anchor[0], label.foot) == (5.0, (30.0, 30.0))


def test_what_is_not_drawn_is_said():
    mark = annotation(
        "A",
        [shape("POLYLINE", [0, 0, 1, 1], "FURLONG")],
        CompoundGraphicSequence=Sequence([item(CompoundGraphicType="RULER")]),
    )
    found = state(GraphicAnnotationSequence=Sequence([mark]), ImageRotation=45)
    texts = [badge.text for badge in shown(found).words.badges]
    assert "Not drawn: compound graphic RULER" in texts
    assert any("FURLONG" in text for text in texts)
    assert any("45°" in text for text in texts)


def test_places_in_the_matrix_of_all_tiles_are_those_of_an_image_that_is_one_tile():
    mark = annotation("A", [shape("POLYLINE", [3, 4, 10, 20], "MATRIX")])
    of = state(GraphicAnnotationSequence=Sequence([mark]))
    camera = Camera.of(ViewState(zoom=1.0), 40, 60, 1.0, 60, 40)
    assert graphics(of, image().facts, camera)[0].points == ((3, 4), (10, 20))
    tile = replace(image().facts, frames=4)
    assert graphics(of, tile, camera) == ()
    assert any("1 graphics or texts placed on the whole slide" in b.text for b in badges(of, tile.ref, tile.frames))


def test_a_colour_state_turns_shows_a_part_and_annotates_and_leaves_the_colours_alone():
    rgb = np.zeros((40, 60, 3), np.uint8)
    rgb[:20], rgb[20:] = (200, 10, 30), (5, 100, 250)
    header = header_for(rgb, SOPInstanceUID="1.9")
    mark = annotation("A", [shape("POLYLINE", [0, 0, 10, 10])])
    of = presentation_state(
        grey_state(
            header, SOPClassUID="1.2.840.10008.5.1.4.1.1.11.2", ImageRotation=180, ImageHorizontalFlip="N",
            DisplayedAreaSelectionSequence=Sequence([area((1, 1), (60, 20))]),
            GraphicAnnotationSequence=Sequence([mark]),
        )
    )  # fmt: skip
    picture = shown(of, frame=Frame(rgb, facts_of(header)))
    seen = CpuEngine().render(picture.layers, 600, 400)
    assert tuple(seen[200, 300, 2::-1]) == (200, 10, 30)
    assert picture.graphics and "ROTATED 180°" in [badge.text for badge in picture.words.badges]


def test_a_blending_state_is_listed_and_never_applied():
    blending = state(SOPClassUID="1.2.840.10008.5.1.4.1.1.11.4")
    assert blending.kind == "blending"
    view = ViewState()
    assert presented(view, blending, image().facts) is view


def test_pseudo_colours_are_those_of_the_palette():
    colours = {"Red": [0, 255], "Green": [0, 128], "Blue": [255, 0]}
    tables = {}
    for name, entries in colours.items():
        tables[f"{name}PaletteColorLookupTableDescriptor"] = [2, 0, 8]
        tables[f"{name}PaletteColorLookupTableData"] = bytes(entries)
    hot = state(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.11.3", SoftcopyVOILUTSequence=Sequence([window(1200, 1)]), **tables
    )
    seen = CpuEngine().render(shown(hot).layers, 600, 400)
    assert tuple(seen[5, 5, 2::-1]) == (0, 0, 255)
    assert tuple(seen[395, 595, 2::-1]) == (255, 128, 0)


def test_an_image_is_not_a_presentation_state():
    with pytest.raises(ReaderError, match="not a presentation state"):
        presentation_state(header_for(PIXELS))


@pytest.mark.parametrize(
    ("encoded", "colour"),
    [((65535, 32896, 32896), (255, 255, 255)), ((0, 32896, 32896), (0, 0, 0)), ((35000, 53500, 50200), (255, 0, 0))],
)
def test_recommended_colours_come_out_as_meant(encoded, colour):
    assert rgb_of_cielab(encoded) == pytest.approx(colour, abs=8)


def _drawn(**attributes: object):
    of, frame = state(**attributes), image()
    view = replace(presented(ViewState(), of, frame.facts), zoom=1.0)
    wide, high = (60, 40) if view.rotation % 180 == 0 else (40, 60)
    return graphics(of, frame.facts, Camera.of(view, 40, 60, 1.0, wide, high))
