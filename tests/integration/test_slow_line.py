"""A real archive at the other end of a slow line: previews, then every pixel, and what a cut leaves."""

from collections.abc import Iterator

import pytest
from tests.fakes.archives import MemoryShelf
from tests.fakes.desk import HandDesk
from tests.fakes.objects import SERIES, STUDY
from tests.fakes.orthanc import OrthancServer
from tests.fakes.phantom import slices, stored

from readingroom.archive.dicomweb import DicomWeb
from readingroom.base.jobs import Ticket
from readingroom.bench.slow_line import HOME, Pace, SlowLine
from readingroom.pixels.decode import decode
from readingroom.record.study import FrameRef
from readingroom.session.fetch_study import fetch_study
from readingroom.session.opening import open_case
from readingroom.settings.sections import ArchiveSettings

N, SIZE = 20, 256
TARDY = Pace(HOME.down_bytes_s / 10, HOME.up_bytes_s, HOME.one_way_s)
"""So slow that twenty small slices are worth their previews."""


@pytest.fixture
def stocked(orthanc: OrthancServer) -> Iterator[OrthancServer]:
    """Orthanc with one series."""
    for part10 in slices(N, size=SIZE):
        orthanc.put(part10)
    yield orthanc


def door_through(line: SlowLine) -> DicomWeb:
    settings = ArchiveSettings("RM3", "dicomweb", url=f"http://127.0.0.1:{line.port}/dicom-web")
    return DicomWeb(settings)


def every_pixel(shelf: MemoryShelf) -> bool:
    """Whether the shelf holds the series, each image with the pixels that were put into the archive."""
    return all((decode(shelf.objects[STUDY, f"{SERIES}.{n}"]).stored == stored(n, SIZE)).all() for n in range(1, N + 1))


@pytest.mark.orthanc
def test_from_home_previews_come_first_then_every_pixel_packed_and_proved(stocked: OrthancServer) -> None:
    with SlowLine(stocked.port, TARDY) as line:
        door = door_through(line)
        hand = HandDesk(door)  # type: ignore[arg-type]
        previewed: set[FrameRef] = set()
        hand.desk.loader.previews.arrived.listen(previewed.add)
        open_case(hand.desk, STUDY)
        hand.crank()
        door.close()
    assert every_pixel(hand.shelf)
    assert door.link.kind == "slow" and hand.desk.case is not None and hand.desk.loader.ways.packs(hand.desk.case.study)
    assert len(previewed) >= 10
    assert all(hand.desk.frame(ref) is not None for ref in previewed)
    assert line.brought < N * SIZE * SIZE * 2 * 0.8
    assert "changes images" not in hand.words


@pytest.mark.orthanc
@pytest.mark.parametrize("at", [60_000, 900_000, 2_500_000])
def test_a_cut_line_to_a_real_archive_loses_nothing(stocked: OrthancServer, at: int) -> None:
    hand = HandDesk()
    with SlowLine(stocked.port, Pace(1e9, 1e9, 0.0), cut_after=at) as line:
        door = door_through(line)
        region = HandDesk(door).region  # type: ignore[arg-type]
        for _ in range(2):
            outcome = fetch_study(region, hand.shelf, STUDY, from_archive="RM3", ticket=Ticket())
            if outcome.whole:
                break
        door.close()
        assert line.cuts == 1
    assert outcome.whole and every_pixel(hand.shelf)
