"""The case's segmentations over planes: made when first shown, hidden again, and never of another space."""

import numpy as np
import pytest
from tests.fakes import petct
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.petct import OTHER_SPACE, STUDY
from tests.fakes.segmentations import SegGrid, seg, sphere

from readingroom.display.picture import LabelGraphic, Picture
from readingroom.geometry.plane import Plane
from readingroom.session.opening import open_case
from readingroom.session.segments_in_space import SegmentsInSpace

BALL = sphere((6.0, -9.0, 31.0), 12.0)
PLANE = Plane((-50.0, -9.0, 60.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (1.0, 1.0), 80, 110)


def opened(*segmentations: bytes) -> tuple[HandDesk, SegmentsInSpace]:
    images = petct.ct_grid().objects(petct.ball(60.0, -900.0))
    hand = HandDesk(archive_of("North", [*images, *segmentations]))
    open_case(hand.desk, STUDY)
    hand.crank().later(1.0)
    hand.crank()
    case = hand.desk.case
    assert case is not None
    stack = next(one for one in case.stacks if one.modality == "CT")
    return hand, SegmentsInSpace(hand.desk, stack)


def labels_of(picture: Picture) -> str:
    return " ".join(line for one in picture.graphics if isinstance(one, LabelGraphic) for line in one.lines)


def test_they_come_when_they_are_shown_and_go_when_they_are_hidden() -> None:
    hand, segments = opened(seg([BALL]))
    bare = Picture()
    assert segments.laid(bare, PLANE, 1.0, False, False) is bare
    segments.toggle()
    waiting = segments.laid(bare, PLANE, 1.0, False, False)
    assert "on their way" in waiting.words.badges[0].text
    hand.crank()
    made = segments.laid(bare, PLANE, 1.0, False, False)
    fill = made.layers[0].pixels
    y, x = np.mgrid[0:80, 0:110]
    inside = (x - 50 - 6) ** 2 + (60.0 - y - 31) ** 2 < 12**2
    assert np.count_nonzero((fill > 0) != inside) < 60
    assert "Ball 1 (automatic, Ruler)" in labels_of(made) and "ml ±" in labels_of(made)
    assert "segmentation: ORGANS" in made.words.bottom_right and not made.words.badges
    assert "middle of the slab" in segments.laid(bare, PLANE, 1.0, False, True).words.badges[-1].text
    segments.toggle()
    assert segments.laid(bare, PLANE, 1.0, False, False) is bare
    segments.close()


def test_one_of_another_space_is_not_shown_and_that_is_said() -> None:
    hand, segments = opened(seg([BALL], SegGrid(space=OTHER_SPACE)))
    said: list[str] = []
    hand.desk.noticed.listen(lambda error: said.append(str(error)))
    segments.toggle()
    assert not segments.shown and not segments.volumes and "Frame of Reference" in said[-1]


def test_a_coarse_picture_in_haste_lies_where_the_fine_one_does() -> None:
    hand, segments = opened(seg([BALL]))
    segments.toggle()
    assert not segments.volumes
    hand.crank()
    # Of pixels that are no multiple of the voxels: else the middle of each block lies on the border of two.
    plane = Plane((-30.0, -9.0, 60.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.37, 0.37), 180, 200)
    fine, coarse = (segments.laid(Picture(), plane, 1.0, draft, False).layers[0] for draft in (False, True))
    middles = []
    for layer in (fine, coarse):
        y, x = np.nonzero(layer.pixels)
        voxel = np.linalg.inv(layer.matrix) @ np.array([x.mean(), y.mean(), 0.0, 1.0])
        middles.append(voxel[:2])
    assert middles[0] == pytest.approx(middles[1], abs=0.35)
