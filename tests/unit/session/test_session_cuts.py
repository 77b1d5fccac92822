"""A line that is cut, wherever it is cut: in the end every object is the archive's, and next to nothing came twice."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.fakes.archives import MemoryShelf
from tests.fakes.desk import MemoryRegion
from tests.fakes.dicomweb_faults import FaultyArchive
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices

from readingroom.archive.dicomweb import DicomWeb
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.bench.slow_line import Pace, SlowLine
from readingroom.session.fetch_study import FetchOutcome, fetch_study
from readingroom.settings.sections import ArchiveSettings

N, SIZE = 12, 64
QUICK = Pace(1e9, 1e9, 0.0)
PLACES = (0.01, 0.5, 0.99, *(random.Random(20261124).random() for _ in range(20)))


@pytest.fixture(scope="module")
def archive() -> Iterator[FaultyArchive]:
    with FaultyArchive(slices(N, size=SIZE)) as server:
        yield server


def fetched(line: SlowLine, shelf: MemoryShelf) -> FetchOutcome:
    """The study through the line, asked for again while anything is missing, at most three times."""
    for attempt in range(3):
        door = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=f"http://127.0.0.1:{line.port}/dicom-web"))
        try:
            outcome = fetch_study(MemoryRegion(door), shelf, STUDY, from_archive="RM3", ticket=Ticket())  # type: ignore[arg-type]
        except ReaderError:
            assert attempt < 2
            continue
        finally:
            door.close()
        if outcome.whole:
            return outcome
    raise AssertionError("the study never came whole")


@pytest.mark.parametrize("place", PLACES)
def test_a_line_cut_anywhere_loses_no_object_and_brings_none_twice_but_the_one_in_flight(
    archive: FaultyArchive, place: float
) -> None:
    port = int(archive.url.split(":")[2].split("/")[0])
    everything = sum(map(len, archive.objects.values()))
    largest = max(map(len, archive.objects.values()))
    archive.asked.clear()
    shelf = MemoryShelf()
    with SlowLine(port, QUICK, cut_after=int(everything * place)) as line:
        fetched(line, shelf)
        assert line.cuts == 1
        assert {sop: shelf.objects[STUDY, sop] for sop in archive.objects} == archive.objects
        # Of the metadata as much again, should the cut fall into them; heads and boundaries; the object in flight.
        heads = 2 * 40_000 + 400 * N
        assert line.brought <= everything + largest + _ahead(archive) * largest + heads
    singly = Counter(path for _, path, _ in archive.asked if "/instances/" in path)
    assert all(count <= 2 for count in singly.values()) and sum(count == 2 for count in singly.values()) <= 1


def _ahead(archive: FaultyArchive) -> int:
    """Objects that came singly ahead of the stream of their series: the middle one, which is looked at first."""
    return sum(path.count("/instances/") == 0 and "/series/" in path for _, path, _ in archive.asked)


@pytest.mark.parametrize("fault", ["truncated", "no boundary", "drops", "stranger"])
def test_an_answer_without_its_end_is_no_whole_series_and_the_rest_is_asked_for(
    archive: FaultyArchive, fault: str
) -> None:
    shelf = MemoryShelf()
    archive.stranger = slices(1, study="1.2.3.4", series="1.2.3.4.5")[0]
    door = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=archive.url))
    archive.fault = fault
    try:
        fetch_study(MemoryRegion(door), shelf, STUDY, from_archive="RM3", ticket=Ticket())  # type: ignore[arg-type]
        archive.fault = ""
        outcome = fetch_study(MemoryRegion(door), shelf, STUDY, from_archive="RM3", ticket=Ticket())  # type: ignore[arg-type]
    finally:
        archive.fault = ""
        door.close()
    assert outcome.whole
    assert {sop: part10 for (_, sop), part10 in shelf.objects.items()} == archive.objects
