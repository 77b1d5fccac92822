"""Previews over a slow line: marked, replaced by the image, never measured on, never counted as looked at."""

import pytest
from tests.fakes.desk import HandDesk
from tests.fakes.lines import FarArchive
from tests.fakes.objects import SERIES, STUDY
from tests.fakes.phantom import slices

from readingroom.base.errors import ReaderError
from readingroom.display.compose import compose
from readingroom.display.picture import Picture, Tone
from readingroom.display.tables import Tables
from readingroom.pixels.preview import PREVIEW, preview_frame
from readingroom.record.study import FrameRef
from readingroom.session.arranging import scroll_to
from readingroom.session.measuring import measure
from readingroom.session.opening import close_case, open_case
from readingroom.session.reporting_desk import begin, case_view, concerns
from readingroom.session.shown import shown_on

N, FIVE_SECONDS = 20, 20 * 64 * 64 * 2 / 5.0


def opened(archive: FarArchive) -> HandDesk:
    hand = HandDesk(archive)
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    return hand


def slow(seconds: float = 30.0) -> FarArchive:
    """An archive whose line takes so many seconds for the series."""
    return FarArchive("RM3", slices(N), bytes_per_s=FIVE_SECONDS * 5 / seconds)


def ref(number: int) -> FrameRef:
    return FrameRef(STUDY, SERIES, f"{SERIES}.{number}")


def until_preview(hand: HandDesk, number: int) -> FrameRef:
    """Scroll to an image whose pixels the archive keeps back, and turn the crank until its preview is here."""
    hand.region.archives[0].hidden |= {f"{SERIES}.{number}"}
    scroll_to(hand.desk, 0, number - 1)
    for _ in range(60):
        if hand.desk.loader.previews.frame(ref(number)) is not None:
            assert hand.desk.frame(ref(number)) is None
            return ref(number)
        assert hand.turn()
    raise AssertionError("no preview came")


def release(hand: HandDesk) -> None:
    """The archive gives what it kept back."""
    hand.region.archives[0].hidden = set()
    hand.later(5)
    hand.crank()


def on_glass(hand: HandDesk) -> Picture:
    """The first viewport as it is drawn now."""
    case = hand.desk.case
    assert case is not None
    at = case.frame_at(0)
    assert at is not None
    frame = hand.desk.shown_frame(at)
    shown = shown_on(hand.desk, case, 0, None, None, 400, 400)
    return compose(case.tiles[0], case.stack_at(0), frame, shown, 400, 400, Tables())


def test_every_fourth_image_has_its_preview_first_and_in_the_end_there_are_only_images() -> None:
    archive = slow()
    hand = opened(archive)
    shown = hand.desk.case.tiles[0].index + 1
    hand.crank()
    asked = [int(n) for n in archive.asked("preview")]
    among_first = [n for n in asked[:4] if (n - shown) % 4 == 0]
    assert len(among_first) == 4
    assert all(hand.desk.frame(ref(n)) is not None for n in range(1, N + 1))
    assert all(hand.desk.loader.previews.frame(ref(n)) is None for n in range(1, N + 1))


@pytest.mark.parametrize("seconds", [2.0, 4.9])
def test_what_is_here_within_five_seconds_has_no_previews(seconds: float) -> None:
    archive = slow(seconds)
    opened(archive).crank()
    assert archive.asked("preview") == []


def test_an_archive_that_renders_nothing_is_asked_once() -> None:
    archive = slow()
    archive.renders = False
    hand = opened(archive).crank()
    assert len(archive.asked("preview")) == 1 and hand.said == []
    assert all(hand.desk.frame(ref(n)) is not None for n in range(1, N + 1))


def test_a_preview_says_that_it_is_one_in_red_and_shows_no_number() -> None:
    hand = opened(slow())
    until_preview(hand, 3)
    picture = on_glass(hand)
    assert picture.layers
    assert (PREVIEW, Tone.RED) in {(badge.text, badge.tone) for badge in picture.words.badges}
    assert picture.words.readout == "" and picture.words.scale_bar is None
    assert any("preview" in line for line in picture.words.bottom_right)
    release(hand)
    badges = {badge.text for badge in on_glass(hand).words.badges}
    assert PREVIEW not in badges


def test_a_window_that_the_reader_sets_on_a_preview_is_said_to_come_later_and_is_not_faked() -> None:
    hand = opened(slow())
    until_preview(hand, 3)
    before = on_glass(hand)
    view = hand.desk.case.tiles[0]
    hand.desk.view(0, view.windowed(-600, 1500))
    hand.desk.loader.previews.on_glass(ref(3), True)
    after = on_glass(hand)
    assert (after.layers[0].table == before.layers[0].table).all()
    assert "Your window comes with the image" in {badge.text for badge in after.words.badges}


def test_nothing_can_be_measured_on_a_preview() -> None:
    hand = opened(slow())
    at = until_preview(hand, 3)
    on_glass(hand)
    assert measure(hand.desk, "length", at, ((1.0, 1.0), (20.0, 20.0))) is None
    assert hand.desk.case.measurements == ()


def test_a_series_seen_only_as_previews_is_not_looked_at_and_stops_a_signature_until_that_is_waived() -> None:
    archive = slow()
    hand = opened(archive)
    for number in (3, 5):
        until_preview(hand, number)
        on_glass(hand)
    begin(hand.desk)
    view = case_view(hand.desk, hand.desk.case)
    assert view.seen_series is not None and SERIES not in view.seen_series
    found = [concern for concern in concerns(hand.desk) if concern.rule == "preview"]
    assert [concern.waivable for concern in found] == [True] and "2 images" in found[0].text
    release(hand)
    for number in (3, 5):
        scroll_to(hand.desk, 0, number - 1)
        on_glass(hand)
    assert SERIES in case_view(hand.desk, hand.desk.case).seen_series
    assert not [concern for concern in concerns(hand.desk) if concern.rule == "preview"]


def test_leaving_forgets_the_previews() -> None:
    archive = slow()
    hand = opened(archive)
    until_preview(hand, 3)
    close_case(hand.desk)
    asked = len(archive.asked("preview"))
    hand.crank()
    assert hand.desk.loader.previews.frame(ref(3)) is None
    assert len(archive.asked("preview")) == asked


@pytest.mark.parametrize("jpeg", [b"", b"\xff\xd8\xff", b"<html>sign in</html>"])
def test_what_is_no_picture_is_no_preview(jpeg: bytes) -> None:
    with pytest.raises(ReaderError):
        preview_frame(jpeg, ref(1), 64, 64, "CT", None, None)


def test_a_preview_of_another_size_stands_for_nothing() -> None:
    from tests.fakes.lines import rendered

    with pytest.raises(ReaderError, match="another size"):
        preview_frame(rendered(slices(1)[0]), ref(1), 32, 32, "CT", None, None)


class MeteredArchive(FarArchive):
    """A far archive whose line may carry so much a month."""

    left_bytes: int | None = 0


def test_where_the_month_of_a_metered_line_is_spent_there_are_no_previews_and_the_case_comes_whole() -> None:
    archive = MeteredArchive("RM3", slices(N), bytes_per_s=FIVE_SECONDS * 5 / 30.0)
    hand = opened(archive).crank()
    assert not archive.asked("preview") and len(hand.shelf.sop_uids(STUDY)) == N
    archive.left_bytes = 1_000_000
    again = opened(archive).crank()
    assert archive.asked("preview") and len(again.shelf.sop_uids(STUDY)) == N
