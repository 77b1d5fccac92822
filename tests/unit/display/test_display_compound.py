"""Compound graphics lie where the standard puts them, once each; what is not drawn is said."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.unit.display.presentation_phantoms import annotation, grey_state, item, shape
from tests.unit.pixels.pixel_phantoms import header_for

from readingroom.display.camera import Camera
from readingroom.display.picture import EllipseGraphic, Graphic, LabelGraphic, PolylineGraphic
from readingroom.display.presentation_state import PresentationState, presentation_state
from readingroom.display.presenting import graphics
from readingroom.display.view import ViewState
from readingroom.pixels.facts import facts_of

PIXELS = np.zeros((40, 60), np.uint16)
HEADER = header_for(PIXELS, SOPInstanceUID="1.9")


def compound(kind: str, points: list[float], **more: object) -> Dataset:
    units = more.pop("CompoundGraphicUnits", "PIXEL")
    return item(
        CompoundGraphicType=kind, GraphicData=points, CompoundGraphicUnits=units, CompoundGraphicInstanceID=7,
        GraphicDimensions=2, NumberOfGraphicPoints=len(points) // 2, **more,
    )  # fmt: skip


def state(*compounds: Dataset, simple: list[Dataset] = (), **more: object) -> PresentationState:  # type: ignore[assignment]
    marks = annotation("A", list(simple), CompoundGraphicSequence=Sequence(compounds))
    return presentation_state(grey_state(HEADER, GraphicAnnotationSequence=Sequence([marks]), **more))


def drawn(of: PresentationState, view: ViewState | None = None) -> tuple[Graphic, ...]:
    return graphics(of, facts_of(HEADER), Camera.of(view or ViewState(), 40, 60, 1.0, 60, 40))


def lines(of: PresentationState, view: ViewState | None = None) -> list[list[tuple[float, float]]]:
    found = [g.points for g in drawn(of, view) if isinstance(g, PolylineGraphic)]
    return [[(round(x, 3), round(y, 3)) for x, y in points] for points in found]


def test_a_rectangle_has_its_corners_and_may_be_filled() -> None:
    (box,) = drawn(state(compound("RECTANGLE", [10, 5, 30, 15], GraphicFilled="Y")))
    assert isinstance(box, PolylineGraphic)
    assert (box.points, box.closed, box.filled) == (((10, 5), (30, 5), (30, 15), (10, 15)), True, True)


def test_a_box_turns_counterclockwise_about_its_pivot() -> None:
    turned = compound("RECTANGLE", [10, 5, 30, 15], RotationAngle=90.0, RotationPoint=[10, 15])
    assert lines(state(turned)) == [[(0, 15), (0, -5), (10, -5), (10, 15)]]


def test_an_ellipse_touches_the_sides_of_its_box() -> None:
    (ring,) = drawn(state(compound("ELLIPSE", [10, 5, 30, 15])))
    assert isinstance(ring, EllipseGraphic)
    assert (ring.centre, ring.first, ring.second) == ((20, 10), (10, 0), (0, 5))


def test_an_infinite_line_reaches_both_edges_with_a_gap_of_its_share_of_the_area() -> None:
    assert lines(state(compound("INFINITELINE", [10, 20, 20, 20]))) == [[(0, 20), (60, 20)]]
    split = compound("INFINITELINE", [10, 20, 20, 20], GapLength=0.1, RotationPoint=[30, 20])
    assert lines(state(split)) == [[(0, 20), (27, 20)], [(33, 20), (60, 20)]]


def test_the_arrows_of_a_cut_line_come_from_its_right_to_the_middle_of_each_half() -> None:
    line, *arrows = lines(state(compound("CUTLINE", [10, 20, 20, 20])))
    assert line == [(0, 20), (60, 20)]
    shafts = [arrow for arrow in arrows if len(arrow) == 2]
    assert [shaft[1] for shaft in shafts] == [(15, 20), (45, 20)]
    assert all(shaft[0][1] > 20 for shaft in shafts)


def test_they_stay_on_its_right_in_the_image_when_that_is_mirrored() -> None:
    _, *arrows = lines(state(compound("CUTLINE", [10, 20, 20, 20])), ViewState(flipped=True))
    assert all(arrow[0][1] > 20 for arrow in arrows if len(arrow) == 2)


def test_a_ruler_has_its_ticks_and_labels_on_the_side_it_says() -> None:
    ticks = Sequence([item(TickPosition=0.0, TickLabel="0"), item(TickPosition=0.5, TickLabel="5")])
    ruler = state(
        compound("RULER", [10, 20, 30, 20], MajorTicksSequence=ticks, TickAlignment="TOP", ShowTickLabel="Y", TickLabelAlignment="TOP")
    )  # fmt: skip
    line, first, second = lines(ruler)
    assert line == [(10, 20), (30, 20)]
    assert (first[0], second[0]) == ((10, 20), (20, 20))
    assert first[1][1] < 20 and second[1][1] < 20
    labels = [g for g in drawn(ruler) if isinstance(g, LabelGraphic)]
    assert [(label.lines, label.anchor[1] < 20) for label in labels] == [(("0",), True), (("5",), True)]


def test_a_crosshair_runs_to_the_edges_or_as_far_as_it_is_to_be_seen() -> None:
    assert lines(state(compound("CROSSHAIR", [30, 20]))) == [[(0, 20), (60, 20)], [(30, 0), (30, 40)]]
    near = compound("CROSSHAIR", [30, 20], DiameterOfVisibility=0.2, GapLength=0.1)
    assert lines(state(near)) == [
        [(24, 20), (27, 20)], [(33, 20), (36, 20)], [(30, 14), (30, 17)], [(30, 23), (30, 26)],
    ]  # fmt: skip


def test_points_may_be_parts_of_the_displayed_area() -> None:
    assert lines(state(compound("AXIS", [0, 0.5, 1, 0.5], CompoundGraphicUnits="DISPLAY"))) == [[(0, 20), (60, 20)]]


def test_a_compound_graphic_is_not_drawn_a_second_time_by_its_stand_ins() -> None:
    stand_in = shape("POLYLINE", [10, 5, 30, 5])
    stand_in.CompoundGraphicInstanceID = 7
    of = state(compound("RECTANGLE", [10, 5, 30, 15]), simple=[stand_in])
    assert (len(drawn(of)), of.unread) == (1, ())


@pytest.mark.parametrize("kind", ["ARROW", "MULTILINE", "RANGELINE", "PRIVATE_STAR"])
def test_what_only_a_figure_defines_is_drawn_as_its_author_wrote_it_out(kind: str) -> None:
    stand_in = shape("POLYLINE", [10, 5, 30, 5])
    stand_in.CompoundGraphicInstanceID = 7
    of = state(compound(kind, [10, 5, 30, 5]), simple=[stand_in])
    assert (lines(of), of.unread) == ([[(10, 5), (30, 5)]], ())
    assert state(compound(kind, [10, 5, 30, 5])).unread == (f"compound graphic {kind}",)


@pytest.mark.parametrize(
    "broken", [compound("RULER", [1, 1]), compound("AXIS", [1, 1, 2, 2], CompoundGraphicUnits="MATRIX"), compound("RECTANGLE", [1, 1, 2, 2], RotationAngle=5.0)]
)  # fmt: skip
def test_one_that_cannot_be_placed_is_said(broken: Dataset) -> None:
    assert state(broken).unread == (f"compound graphic {broken.CompoundGraphicType}",)


def test_a_graphic_has_its_own_colour_and_dashes_before_those_of_its_layer() -> None:
    style = item(PatternOnColorCIELabValue=[35000, 53500, 50200], LineDashingStyle="DASHED")
    (box,) = drawn(state(compound("RECTANGLE", [10, 5, 30, 15], LineStyleSequence=Sequence([style]))))
    assert isinstance(box, PolylineGraphic) and box.colour is not None
    assert box.dashed and box.colour[0] > 240 and box.colour[1] < 20
