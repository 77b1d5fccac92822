"""By which way and in which order a case comes: over a fast line, a slow one, and one that breaks."""

from collections import Counter
from collections.abc import Iterator

from pydicom import dcmread
from pydicom.filebase import DicomBytesIO
from tests.fakes.archives import MemoryArchive, MemoryShelf
from tests.fakes.desk import HandDesk
from tests.fakes.lines import JPEG_LS, FarArchive
from tests.fakes.objects import SERIES, STUDY
from tests.fakes.phantom import slices, stored

from readingroom.base.jobs import Ticket
from readingroom.pixels.decode import decode
from readingroom.record.search import Received
from readingroom.record.study import FrameRef
from readingroom.session.arranging import scroll_to
from readingroom.session.opening import close_case, open_case

N = 20


def opened(archive: MemoryArchive, shelf: MemoryShelf | None = None) -> HandDesk:
    """A desk on which the case was clicked and its metadata came; no image was asked for yet."""
    hand = HandDesk(archive, shelf=shelf)
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    return hand


def whole(hand: HandDesk) -> bool:
    return hand.shelf.sop_uids(STUDY) == {f"{SERIES}.{n}" for n in range(1, N + 1)}


def test_over_a_slow_line_the_slice_on_screen_comes_first_and_then_outwards_from_it() -> None:
    archive = FarArchive("RM3", slices(N))
    hand = opened(archive)
    shown = hand.desk.case.tiles[0].index + 1
    hand.crank()
    assert whole(hand)
    asked = [int(n) for n in archive.asked("packed")]
    assert archive.asked("object") == [str(shown)] and "series" not in archive.calls
    # The first packed one is the proof; from then on the distance to the slice on screen only grows.
    assert asked[0] == shown
    away = [abs(n - shown) for n in asked[1:]]
    assert away == sorted(away) and Counter(asked[1:]) == Counter(set(range(1, N + 1)) - {shown})


def test_what_came_packed_is_on_the_shelf_as_it_came_and_has_the_archives_pixels() -> None:
    archive = FarArchive("RM3", slices(N))
    hand = opened(archive).crank()
    syntaxes = Counter(
        str(dcmread(DicomBytesIO(part10), stop_before_pixels=True).file_meta.TransferSyntaxUID)
        for part10 in hand.shelf.objects.values()
    )
    assert syntaxes[JPEG_LS] == N - 1
    for number in range(1, N + 1):
        kept = decode(hand.shelf.objects[STUDY, f"{SERIES}.{number}"])
        assert (kept.stored == stored(number)).all() and not kept.facts.lossy


def test_a_scroll_over_a_slow_line_is_the_next_thing_that_is_asked_for() -> None:
    archive = FarArchive("RM3", slices(N))
    hand = opened(archive)
    for _ in range(12):
        hand.turn()
    before = len(archive.asked("packed"))
    scroll_to(hand.desk, 0, 1)
    hand.io.turn()
    assert archive.asked("packed")[before] == "2"
    hand.crank()
    assert whole(hand)


def test_leaving_a_case_asks_for_nothing_more_of_it() -> None:
    archive = FarArchive("RM3", slices(N))
    hand = opened(archive)
    for _ in range(8):
        hand.turn()
    close_case(hand.desk)
    asked = len(archive.asked("packed")) + len(archive.asked("object"))
    hand.crank()
    assert len(archive.asked("packed")) + len(archive.asked("object")) == asked


def test_an_archive_that_packs_nothing_is_asked_once_and_everything_comes_as_it_is_stored() -> None:
    archive = FarArchive("RM3", slices(N))
    archive.packs = False
    hand = opened(archive).crank()
    assert whole(hand) and len(archive.asked("packed")) == 1
    assert all(hand.shelf.objects[STUDY, sop] == part10 for sop, part10 in archive.objects.items())
    assert hand.said == []


def test_an_archive_whose_packed_copies_differ_is_found_out_before_one_is_shown_or_kept() -> None:
    archive = FarArchive("RM3", slices(N))
    archive.alters = True
    hand = opened(archive).crank()
    assert whole(hand) and len(archive.asked("packed")) == 1
    assert all(hand.shelf.objects[STUDY, sop] == part10 for sop, part10 in archive.objects.items())
    assert "RM3 changes images when it compresses them" in hand.words


def test_an_archive_is_proved_once_and_a_series_is_known_when_it_is_opened_again() -> None:
    archive = FarArchive("RM3", slices(N))
    hand = opened(archive).crank()
    hand.shelf.objects.clear()
    close_case(hand.desk)
    archive.calls.clear()
    open_case(hand.desk, STUDY)
    hand.crank()
    assert whole(hand) and archive.asked("object") == [] and len(archive.asked("packed")) == N


def test_over_a_fast_line_a_series_is_one_stream_and_nothing_is_packed() -> None:
    archive = FarArchive("RM3", slices(N), kind="LAN")
    hand = opened(archive).crank()
    assert whole(hand) and archive.calls.count("series") == 1
    assert archive.asked("packed") == archive.asked("preview") == []
    assert len(archive.asked("object")) <= 1


def test_a_stream_over_a_line_that_turns_out_to_be_slow_ends_and_the_slice_on_screen_goes_first() -> None:
    class Slowing(FarArchive):
        hand: HandDesk

        def series_objects(self, study_uid: str, series_uid: str, ticket: Ticket) -> Iterator[Received]:
            for count, received in enumerate(super().series_objects(study_uid, series_uid, ticket)):
                yield received
                if count == 3:
                    self.link.kind = "slow"
                    self.hand.home.drain(10.0)

    archive = Slowing("RM3", slices(N), kind="LAN")
    archive.hand = opened(archive)
    archive.hand.crank()
    assert whole(archive.hand) and archive.calls.count("series") == 1
    assert len(archive.asked("packed")) >= N - 6
    assert max(Counter(archive.asked("object")).values()) == 1


def test_a_study_of_two_images_over_a_slow_line_comes_whole() -> None:
    archive = FarArchive("RM3", slices(2))
    hand = opened(archive).crank()
    assert len(hand.shelf.sop_uids(STUDY)) == 2


def test_while_nothing_is_known_of_the_line_only_the_image_on_screen_is_asked_for() -> None:
    archive = FarArchive("RM3", slices(N), kind="")
    hand = opened(archive)
    hand.io.turn()
    assert len(archive.asked("object")) == 1 and "series" not in archive.calls
    hand.crank()
    assert whole(hand) and archive.calls.count("series") == 1


def test_a_stream_that_breaks_off_goes_on_singly_at_once_and_no_image_comes_twice() -> None:
    archive = MemoryArchive("RM3", slices(N))
    archive.breaks_after = 7
    hand = opened(archive).crank()
    assert whole(hand) and archive.calls.count("series") == 1
    singly = Counter(call for call in archive.calls if call.startswith("object"))
    assert set(singly.values()) == {1}
    assert hand.said == []


def test_a_case_of_which_half_is_here_asks_for_the_other_half_only() -> None:
    shelf = MemoryShelf()
    archive = MemoryArchive("RM3", slices(N))
    for number in range(1, 11):
        shelf.put(archive.object(STUDY, SERIES, f"{SERIES}.{number}", Ticket()))
    archive.calls.clear()
    hand = opened(archive, shelf).crank()
    assert whole(hand) and "series" not in archive.calls
    assert {call for call in archive.calls if call.startswith("object")} == {
        f"object {SERIES}.{n}" for n in range(11, N + 1)
    }


def test_one_image_that_the_archive_does_not_give_keeps_no_other_from_coming() -> None:
    archive = FarArchive("RM3", slices(N))
    archive.hidden = {f"{SERIES}.4"}
    hand = opened(archive).crank()
    assert hand.shelf.sop_uids(STUDY) == {f"{SERIES}.{n}" for n in range(1, N + 1)} - {f"{SERIES}.4"}
    assert hand.desk.loader.problem(SERIES) is not None
    archive.hidden = set()
    hand.later(3)
    assert whole(hand) and hand.desk.loader.problem(SERIES) is None


def test_an_archive_that_is_gone_is_not_asked_for_every_image_of_a_series() -> None:
    archive = FarArchive("RM3", slices(N))
    hand = opened(archive)
    archive.calls.clear()
    archive.down = True
    hand.crank()
    assert len(archive.calls) <= 6 and "RM3 is down" in hand.words
    archive.down = False
    hand.later(20)
    assert whole(hand)


def test_what_just_came_is_decoded_without_reading_it_from_the_shelf_again() -> None:
    class CountedShelf(MemoryShelf):
        def __init__(self) -> None:
            super().__init__()
            self.read: list[str] = []

        def get(self, sop_uid: str, study_uid: str = "") -> bytes | None:
            self.read.append(sop_uid)
            return super().get(sop_uid, study_uid)

    shelf = CountedShelf()
    hand = opened(MemoryArchive("RM3", slices(N)), shelf).crank()
    assert all(hand.desk.book.has(FrameRef(STUDY, SERIES, f"{SERIES}.{n}")) for n in range(1, N + 1))
    assert shelf.read == []
