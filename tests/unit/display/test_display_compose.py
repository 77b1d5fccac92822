"""What a viewport shows and says: the asked-for image or a message, whose it is, and everything that must not be missed."""

from dataclasses import replace
from datetime import date, time

import numpy as np
import pytest

from readingroom.base.errors import ReaderError
from readingroom.display import covers
from readingroom.display.camera import Letters
from readingroom.display.compose import ReferenceLine, Shown, compose
from readingroom.display.picture import Badge, LabelGraphic, Picture, PolylineGraphic, ReferenceLineGraphic, Role, Tone
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.geometry.grid import StackGeometry
from readingroom.geometry.plane import Plane
from readingroom.pixels.frame import Frame, FrameFacts, OverlayPlane, Shutter, SpacingTags, Voi
from readingroom.record.finding import Basis, Measurement, Value
from readingroom.record.patient import Patient
from readingroom.record.study import FramePlace, FrameRef, Series, Study
from readingroom.render.cpu import CpuEngine

ADA = Patient("9990000018", "NHS", "OKAFOR^Ada", date(1961, 2, 3), "F")
SERIES = Series("1.2", 3, "CT", "Thorax 1.0", slice_thickness_mm=1.0)
STUDY = Study("1", ADA, date(2026, 11, 24), time(2, 10), "CT chest", institution="St Elsewhere", series=(SERIES,))
REFS = tuple(FrameRef("1", "1.2", f"1.2.{n}") for n in range(5))
PLACES = tuple(FramePlace((-20.0, -20.0, 10.0 * n - 20), (1, 0, 0, 0, 1, 0), (0.5, 0.5)) for n in range(5))
STACK = Stack("s", "1", "1.2", "CT", "Thorax 1.0", "stack", REFS, PLACES, 40, 60, StackGeometry(True, 0.0, 10.0))


def frame(index: int = 0, **facts: object) -> Frame:
    """Forty rows of sixty columns at HU 41, the first pixel at HU -1000."""
    stored = np.full((40, 60), 1065, np.int16)
    stored[0, 0] = 24
    plane = Plane((-20.0, -20.0, 10.0 * index - 20), (1, 0, 0), (0, 1, 0), (0.5, 0.5), 40, 60)
    said = FrameFacts(
        REFS[index], "", "CT", "", 1, 40, 60, "MONOCHROME2", 16, 12, True, intercept=-1024.0, unit="HU",
        vois=(Voi(40, 400, explanation="SOFT"),), plane=plane, spacing=SpacingTags(pixel_spacing=(0.5, 0.5)),
    )  # fmt: skip
    return Frame(stored, replace(said, **facts))  # type: ignore[arg-type]


def shown(view: ViewState | None = None, of: Frame | None = None, **more: object) -> Picture:
    stack = more.pop("stack", STACK)
    known = Shown(**{"study": STUDY, **more})  # type: ignore[arg-type]
    return compose(view or ViewState(), stack, of or frame(), known, 600, 400, Tables())  # type: ignore[arg-type]


def texts(picture: Picture) -> list[str]:
    return [badge.text for badge in picture.words.badges]


def test_the_glass_says_whose_image_it_is_and_when_it_was_made() -> None:
    words = shown().words
    assert words.top_left == ("OKAFOR, Ada", "999 000 0018", "3 Feb 1961 (65 y)", "F")
    assert words.top_right == ("St Elsewhere", "24 Nov 2026 02:10", "CT chest", "Thorax 1.0")
    assert words.letters == Letters("R", "L", "A", "P")


def test_it_says_which_image_where_how_thick_and_through_which_window() -> None:
    words = shown(ViewState(index=3), frame(3)).words
    assert words.bottom_left[0] == "Series 3  Image 4 of 5"
    assert words.bottom_left[1] == "H 10.0 mm"
    assert words.bottom_left[2] == "thickness 1.0 mm, spacing 10.0 mm"
    assert words.bottom_left[3] == "zoom 1000 %"
    assert words.bottom_right == ("SOFT  C 40 W 400 HU",)
    below = shown().words
    assert below.bottom_left[1] == "F 20.0 mm"
    lung = shown(ViewState().windowed(-600, 1500, name="Lung")).words
    assert lung.bottom_right == ("Lung  C -600 W 1500 HU",)


def test_the_name_is_hidden_where_the_meeting_must_not_see_it() -> None:
    words = shown(identity_hidden=True).words
    assert words.top_left == ("identity hidden",)
    assert "OKAFOR" not in repr(words)


def test_a_small_viewport_still_says_whose_image_it_is() -> None:
    words = shown(brief=True).words
    assert words.top_left == ("OKAFOR, Ada", "999 000 0018")
    assert words.bottom_left == ("Series 3  Image 1 of 5",) and words.scale_bar is None


def test_with_the_text_switched_off_letters_and_warnings_stay() -> None:
    words = shown(ViewState(flipped=True), text_shown=False).words
    assert words.top_left == () and words.letters == Letters("L", "R", "A", "P")
    assert Badge("FLIPPED", Tone.AMBER) in words.badges


def test_what_was_done_to_the_image_is_said_in_amber() -> None:
    picture = shown(ViewState(rotation=90, flipped=True, inverted=True))
    assert texts(picture) == ["FLIPPED", "ROTATED 90°", "INV"]
    assert {badge.tone for badge in picture.words.badges} == {Tone.AMBER}
    assert texts(shown()) == []


def test_lossy_pixels_and_doubtful_headers_are_said() -> None:
    picture = shown(of=frame(lossy=True, quality="LOSSY 19:1", warnings=("spacing differs between tags",)))
    assert texts(picture) == ["LOSSY 19:1", "spacing differs between tags"]
    assert texts(shown(of=frame(lossy=True))) == ["LOSSY"]


def test_missing_images_are_red_once_nothing_more_is_on_its_way() -> None:
    assert shown(received=3, loading=True).words.badges == (Badge("3/5 images", Tone.CALM),)
    assert shown(received=3, loading=False).words.badges == (Badge("3/5 images", Tone.RED),)
    assert shown(received=5).words.badges == ()


def test_an_archive_that_described_fewer_images_than_it_holds_is_red_at_once() -> None:
    fewer = replace(STACK, expected=8, note="3 not here")
    assert shown(stack=fewer, received=2, loading=True).words.badges == (Badge("2/8 images", Tone.RED),)
    unplaced = replace(STACK, note="3 images of this series are not here")
    assert shown(stack=unplaced).words.badges == (Badge("3 images of this series are not here", Tone.RED),)


def test_a_gap_is_amber_and_red_beside_it() -> None:
    gap = replace(STACK, geometry=StackGeometry(False, 0.0, 10.0, (2,), 0, "gap after image 3: 1 missing", 1))
    assert shown(stack=gap).words.badges == (Badge("GAP after image 3", Tone.AMBER),)
    for index in (2, 3):
        beside = shown(ViewState(index=index), frame(index), stack=gap)
        assert beside.words.badges == (Badge("GAP after image 3", Tone.RED),)


def test_tilt_duplicates_and_disorder_are_said() -> None:
    tilted = replace(STACK, geometry=StackGeometry(False, 20.0, 10.0, (), 2, "gantry tilt 20.0°; 2 images …"))
    assert texts(shown(stack=tilted)) == ["2 at the position of another", "TILT 20.0°"]
    odd = replace(STACK, geometry=StackGeometry(False, note="several orientations"))
    assert texts(shown(stack=odd)) == ["several orientations"]
    cine = replace(STACK, kind="cine", geometry=StackGeometry(False, note="no positions"))
    assert texts(shown(stack=cine)) == []


def test_an_image_that_is_not_here_leaves_a_message_and_no_pixels() -> None:
    waiting = compose(ViewState(index=2), STACK, None, Shown(study=STUDY), 600, 400, Tables())
    assert waiting.layers == () and waiting.message is not None
    assert waiting.message.problem == "Waiting for image 3 of 5"
    assert waiting.words.top_left[0] == "OKAFOR, Ada"
    trouble = ReaderError("Cannot decode: JPEG 2000 is cut short.", "Fetch it again.")
    failed = compose(ViewState(), STACK, None, Shown(study=STUDY, trouble=trouble), 600, 400, Tables())
    assert failed.message is not None and failed.layers == ()
    assert (failed.message.problem, failed.message.remedy) == (trouble.problem, trouble.remedy)
    assert failed.message.tone is Tone.RED


def test_the_last_image_is_never_shown_for_another() -> None:
    stale = compose(ViewState(index=1), STACK, frame(0), Shown(study=STUDY), 600, 400, Tables())
    assert stale.layers == () and stale.message is not None and stale.message.tone is Tone.RED


def test_pixels_are_never_shown_under_the_name_of_another_examination() -> None:
    wrong = shown(study=replace(STUDY, uid="9"))
    assert wrong.layers == () and wrong.message is not None and wrong.message.tone is Tone.RED


def test_an_empty_viewport_says_what_to_do() -> None:
    empty = compose(ViewState(), None, None, Shown(), 600, 400, Tables())
    assert empty.message is not None and empty.message.remedy and empty.layers == ()


@pytest.mark.parametrize(
    ("cursor", "said"),
    [((0.5, 0.5), "HU -1000"), ((30.0, 20.0), "HU 41"), ((59.99, 39.99), "HU 41"), ((60.0, 1.0), ""), ((-0.1, 1), "")],
)
def test_the_cursor_reads_the_stored_value_of_its_pixel(cursor: tuple[float, float], said: str) -> None:
    assert shown(cursor=cursor).words.readout == said


def test_the_cursor_calls_padding_and_colour_by_their_names() -> None:
    assert shown(of=frame(padding=(24, 24)), cursor=(0.5, 0.5)).words.readout == "padding"
    rgb = Frame(np.full((40, 60, 3), (1, 2, 3), np.uint8), frame().facts)
    picture = shown(of=rgb, cursor=(5.0, 5.0))
    assert picture.words.readout == "red 1 green 2 blue 3"
    assert picture.words.bottom_right == () and picture.layers[0].table is None


def test_the_scale_bar_is_a_round_length_and_is_absent_without_a_spacing() -> None:
    bar = shown().words.scale_bar
    assert bar is not None and bar.text == "5 mm"
    assert bar.length_px == pytest.approx(5 * 10 / 0.5)
    film = shown(of=frame(modality="DX", plane=None, spacing=SpacingTags(imager_spacing=(0.5, 0.5)))).words.scale_bar
    assert film is not None and film.text == "5 mm at detector"
    assert shown(of=frame(plane=None, spacing=SpacingTags())).words.scale_bar is None


def test_overlays_and_shutter_lie_over_the_image_where_the_header_puts_them() -> None:
    bits = np.zeros((2, 3), bool)
    bits[0, 0] = True
    shutter = Shutter(("RECTANGULAR",), left=11, right=50, upper=6, lower=35)
    covered = frame(overlays=(OverlayPlane(0x6000, bits, (4, 7)),), shutter=shutter)
    picture = shown(ViewState(zoom=1.0), covered)
    drawn = CpuEngine().render(picture.layers, 600, 400)[180:220, 270:330, :3]
    assert texts(picture) == ["SHUTTER"]
    assert (drawn[:5] == 0).all() and (drawn[35:] == 0).all() and (drawn[:, :10] == 0).all()
    assert (drawn[5:35, 10:50] == drawn[20, 30]).all() and drawn[20, 30, 0] == 128
    uncovered = shown(ViewState(zoom=1.0), covered, shutter=False)
    bare = CpuEngine().render(uncovered.layers, 600, 400)[180:220, 270:330, 0]
    assert texts(uncovered) == [] and bare[3, 6] == 255 and bare[3, 7] == 128


def test_a_shutter_shows_as_many_pixels_as_its_shape_says() -> None:
    def visible(*shapes: str, **edges: object) -> int:
        return int((covers.shutter_words(Shutter(shapes, **edges), 128, 128) == 0).sum())  # type: ignore[arg-type]

    assert visible("RECTANGULAR", left=10, right=118, upper=12, lower=116) == 11445
    assert visible("CIRCULAR", centre=(64, 64), radius=40) == 5025
    square = ((12, 10), (12, 118), (116, 118), (116, 10))
    assert visible("POLYGONAL", vertices=square) == 11445
    assert visible("RECTANGULAR", "CIRCULAR", left=1, right=128, upper=1, lower=64, centre=(64, 64), radius=40) == 2553


def test_only_measurements_on_this_frame_are_drawn_and_the_selected_one_is_marked() -> None:
    basis = Basis("mm", "mm", "PixelSpacing")
    here = Measurement("length", REFS[0], ((1, 1), (9, 9)), (Value("Length", 5.7, "mm"),), basis, "", "2.25.1")
    there = replace(here, frame=REFS[1], tracking_uid="2.25.2")
    picture = shown(measurements=(here, there), selected="2.25.1")
    assert {g.owner for g in picture.graphics if isinstance(g, PolylineGraphic)} == {"2.25.1"}
    assert all(g.selected for g in picture.graphics if isinstance(g, LabelGraphic))
    moved = replace(here, points=((2, 2), (9, 9)))
    drawing = shown(measurements=(here,), drawing=moved)
    assert {g.role for g in drawing.graphics if isinstance(g, PolylineGraphic)} == {Role.DRAWING}


def test_reference_lines_lie_where_the_other_slice_cuts() -> None:
    picture = shown(reference_lines=(ReferenceLine((0, 20), (60, 20), "17", True), ReferenceLine((0, 5), (60, 5))))
    lines = [g for g in picture.graphics if isinstance(g, ReferenceLineGraphic)]
    assert (lines[0].start, lines[0].end, lines[0].name) == ((0.0, 200.0), (600.0, 200.0), "17")
    assert lines[0].role is Role.REFERENCE_CURRENT and not lines[0].dashed and lines[1].dashed


def test_frames_that_share_their_greys_share_one_table_and_others_do_not() -> None:
    tables, voi = Tables(), Voi(40, 400)
    first = tables.table(frame(0), voi, False)
    assert tables.table(frame(1), Voi(40, 400), False) is first
    assert tables.table(frame(0), Voi(40, 401), False) is not first
    assert tables.table(frame(0), voi, True) is not first
    assert tables.table(frame(0, intercept=0.0), voi, False) is not first
    assert tables.table(frame(0, padding=(24, 24)), voi, False) is not first
    eight = Frame(frame().stored.astype(np.int8), frame().facts)
    assert tables.pixels(eight) is tables.pixels(eight)
    grey = frame()
    assert tables.pixels(grey) is grey.stored


def test_floats_are_spread_by_their_own_range() -> None:
    tables, voi = Tables(), Voi(0.5, 1.0, "LINEAR_EXACT")
    ramp = np.linspace(0, 1, 2400, dtype=np.float32).reshape(40, 60)
    one, other = Frame(ramp, frame(intercept=0.0).facts), Frame(ramp * 2, frame(intercept=0.0).facts)
    for each in (one, other):
        grey = tables.table(each, voi, False)[tables.pixels(each).view(np.uint16)]
        wanted = np.floor(255 * each.stored.clip(0, 1) + 0.5)
        assert np.abs(grey - wanted).max() <= 1
