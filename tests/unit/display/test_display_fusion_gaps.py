"""Where images of a PET are missing no colour is shown that was made of nothing: what lies below is seen, under stripes."""

from dataclasses import replace

import numpy as np
import pytest

from readingroom.display.fusion import (
    GAP_EVERY_PX,
    GAP_PX,
    Fusion,
    Over,
    colours_of,
    laid,
    over_of,
    over_pane,
    overlaid,
    plane_layer,
    plane_slab,
    without_gaps,
)
from readingroom.display.mpr import HATCH_GREY, MprView, Said, first_view, pane_picture, pane_plane
from readingroom.display.palettes import palette_named
from readingroom.display.picture import Layer
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.geometry.grid import StackGeometry
from readingroom.geometry.joined import joined
from readingroom.geometry.lattice import lattice_of
from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.pixels.voxels import Voxels, pattern_of, voxels_of
from readingroom.record.study import FramePlace, FrameRef
from readingroom.render.cpu import CpuEngine
from readingroom.render.engine import Engine

SIZE = (120, 120)
HOW = Fusion(palette_named("hot-iron"), Voi(5000.0, 10000.0, "LINEAR_EXACT"))


def stack_of(heights: list[float], value: float, modality: str, unit: str) -> Voxels:
    """40 × 40 × 2 mm pixels, all of one value."""
    facts = FrameFacts(
        FrameRef("1", "1.1", "1.1.1"), "1.2.840.10008.5.1.4.1.1.2", modality, "1.2.840.10008.1.2.1", 1, 40, 40,
        "MONOCHROME2", 16, 16, True, unit=unit,
    )  # fmt: skip
    where = [FramePlace((-40.0, -40.0, z), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (2.0, 2.0)) for z in heights]
    lattice = lattice_of(where, 40, 40)
    return voxels_of(lattice, lambda n: Frame(np.full((40, 40), round(value), np.int16), facts))


def pet_without(missing: tuple[int, ...]) -> Over:
    """Uptake of 6 000 everywhere, in 20 planes 4 mm apart of which some are missing."""
    voxels = stack_of([4.0 * n for n in range(20) if n not in missing], 6000.0, "PT", "Bq/ml")
    ref = (FrameRef("1", "1.2", "1.2.1"),)
    stack = Stack("pet", "1", "1.2", "PT", "AC", "stack", ref, (FramePlace(),), 40, 40, StackGeometry(False))
    return over_of(voxels, stack, joined("1.9", "1.9", ()))


@pytest.fixture
def engine() -> Engine:
    return CpuEngine()


@pytest.mark.parametrize("slab_mm", [0.0, 12.0])
@pytest.mark.parametrize("draft", [False, True])
def test_no_colour_rests_on_a_plane_that_is_not_there(engine: Engine, slab_mm: float, draft: bool) -> None:
    base, over = stack_of([2.0 * n for n in range(40)], 100.0, "CT", "HU"), pet_without((9, 10))
    laid_over = overlaid(over, HOW)
    view = replace(first_view(base.lattice), slab_mm=slab_mm, voi=Voi(100.0, 400.0))
    bare = pane_picture(view, "coronal", base, pattern_of(base), SIZE, Tables(), Said(), draft)
    picture = over_pane(bare, laid_over, view, "coronal", base.lattice, SIZE, draft)
    drawn = engine.render(picture.layers, *SIZE)[..., :3].astype(int)
    below = engine.render(bare.layers, *SIZE).astype(int)
    plane = pane_plane(view, "coronal", base.lattice, *SIZE)
    heights = np.array([plane.to_patient(60.0, float(y))[2] for y in range(SIZE[1])])
    spared = 2 if draft else 0
    gone = (heights > 32.0 + 1e-3) & (heights < 44.0 - 1e-3)
    here = (heights > 0) & (heights < 76) & ((heights < 31.99 - spared) | (heights > 44.01 + spared))
    middle = slice(30, 90)
    y, x = np.indices(SIZE[::-1])
    striped = ((x + y) % GAP_EVERY_PX < GAP_PX)[gone, middle]
    inside, grey = drawn[gone, middle], below[gone, middle]
    assert np.abs(inside[~striped] - grey[~striped][:, None]).max() <= 1 and (inside[striped] == HATCH_GREY).all()
    wanted = laid(below[here, middle].astype(np.uint8), colours_of(np.full(grey[:1].shape, 6000.0), HOW)[0], HOW.alpha)
    assert np.abs(drawn[here, middle][..., ::-1] - wanted).max() <= 1


def test_a_plane_that_does_not_touch_what_is_missing_has_all_its_colours() -> None:
    over = pet_without((9,))
    view = MprView((0.0, 0.0, 60.0), (0.0, 0.0, 60.0))
    for height, count in ((60.0, 1), (36.0, 2), (38.0, 2), (32.0, 1)):
        plane = pane_plane(replace(view, point_mm=(0.0, 0.0, height)), "axial", over.voxels.lattice, *SIZE)
        slab = plane_slab(over, plane, 0.0, "max")
        layers = without_gaps(plane_layer(overlaid(over, HOW), plane, slab), over, SIZE, slab)
        assert len(layers) == count, height
        assert count == 1 or bool(layers[0].hidden is not None and layers[0].hidden.any())


def test_where_a_layer_is_hidden_lies_what_is_below_it(engine: Engine) -> None:
    random = np.random.default_rng(4)
    table = random.integers(0, 256, (65536, 4)).astype(np.uint8)
    below = Layer(random.integers(0, 900, (30, 30)).astype(np.int16), np.diag((0.5, 0.5, 1, 1)), table[:, 0].copy())
    hidden = (random.random((50, 60)) < 0.4).astype(np.uint8)
    above = Layer(np.full((30, 30), 7, np.uint16), np.diag((0.5, 0.5, 1, 1)), table, alpha=1.0, hidden=hidden)
    plain = engine.render([below, replace(above, alpha=0.0)], 60, 50)
    whole = engine.render([below, replace(above, hidden=None)], 60, 50)
    seen = engine.render([below, above], 60, 50)
    assert (seen[hidden > 0] == plain[hidden > 0]).all() and (seen[hidden == 0] == whole[hidden == 0]).all()
