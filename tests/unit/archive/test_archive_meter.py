"""What a line carried is counted by month, survives the program, and its speed is known at the next start."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.fakes.dicomweb_faults import FaultyArchive
from tests.fakes.objects import SERIES, STUDY, ct_series

from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.learn import region_of
from readingroom.archive.link import Link
from readingroom.archive.meter import OFTEN_BYTES, LineBook, Meter
from readingroom.base.jobs import Ticket
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings

HOME = ArchiveSettings("RM3", "dicomweb", url="https://rm3.example/dicom-web", month_gb=0.02)
NOVEMBER, DECEMBER = datetime(2026, 11, 24, 9), datetime(2026, 12, 1, 0, 1)


class Calendar:
    """The time as the test says."""

    def __init__(self) -> None:
        self.at = NOVEMBER

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def server() -> Iterator[FaultyArchive]:
    with FaultyArchive(ct_series(5)) as running:
        yield running


def test_bytes_are_counted_by_month_and_known_after_the_program_was_killed(tmp_path: Path, calendar: Calendar) -> None:
    path = tmp_path / "lines.jsonl"
    meter = Meter(HOME, LineBook(path, calendar.now))
    for _ in range(3):
        meter.count(OFTEN_BYTES, lambda: 2.4e6)
    # Nothing was closed: what is in the file is what a killed program leaves.
    again = Meter(HOME, LineBook(path, calendar.now))
    assert again.left_bytes == meter.left_bytes == 20_000_000 - 3 * OFTEN_BYTES
    assert again.speed_before == 2.4e6
    again.count(2 * OFTEN_BYTES)
    assert again.left_bytes is not None and again.left_bytes < 0
    calendar.at = DECEMBER
    assert again.left_bytes == 20_000_000
    assert Meter(HOME, LineBook(path, calendar.now)).left_bytes == 20_000_000


def test_a_line_cut_short_and_another_address_count_for_nothing(tmp_path: Path, calendar: Calendar) -> None:
    path = tmp_path / "lines.jsonl"
    Meter(HOME, LineBook(path, calendar.now)).count(OFTEN_BYTES, lambda: 2.4e6)
    with path.open("ab") as file:
        file.write(b'{"name": "RM3", "at": "https://rm3.exam')
    moved = ArchiveSettings("RM3", "dicomweb", url="https://elsewhere.example/dicom-web", month_gb=0.02)
    assert Meter(HOME, LineBook(path, calendar.now)).left_bytes == 20_000_000 - OFTEN_BYTES
    assert Meter(moved, LineBook(path, calendar.now)).left_bytes == 20_000_000
    assert Meter(moved, LineBook(path, calendar.now)).speed_before is None


def test_a_book_that_grew_is_folded_and_says_the_same(tmp_path: Path, calendar: Calendar) -> None:
    path = tmp_path / "lines.jsonl"
    book = LineBook(path, calendar.now)
    row = {"name": "RM3", "at": HOME.url, "month": "2026-11", "bytes": 1000, "speed": 2e6}
    path.write_bytes(b"".join(json.dumps(row).encode() + b"\n" for _ in range(4000)))
    book.add(HOME, 500, None)
    folded = LineBook(path, calendar.now)
    assert folded.carried(HOME) == 4_000_500 and folded.speed(HOME) == 2e6
    assert len(path.read_bytes().splitlines()) == 1


def test_a_line_without_a_budget_is_never_spent(tmp_path: Path) -> None:
    free = ArchiveSettings("RM1", "dicomweb", url="https://rm1.example")
    meter = Meter(free, LineBook(tmp_path / "lines.jsonl"))
    meter.count(10**12)
    assert meter.left_bytes is None


def test_the_speed_of_the_last_session_holds_until_something_large_has_come() -> None:
    link = Link(before=2.4e6)
    assert link.kind == "slow" and link.measured is None
    link.saw(500_000, 0.004)
    assert link.kind == "LAN"
    assert Link().kind == ""


def test_every_byte_of_a_fetch_is_counted_and_a_desk_opens_with_what_it_learnt(
    server: FaultyArchive, tmp_path: Path
) -> None:
    settings = ArchiveSettings("RM3", "dicomweb", url=server.url, month_gb=1.0)
    book = LineBook(tmp_path / "lines.jsonl")
    door = DicomWeb(settings, book=book)
    objects = [one.part10 for one in door.series_objects(STUDY, SERIES, Ticket())]
    door.study(STUDY)
    left = door.left_bytes
    door.close()
    carried = 10**9 - (left or 0)
    assert sum(map(len, objects)) < carried == book.carried(settings)
    region = region_of(Profile(tmp_path), (settings,), NoSecrets())
    door_again = region.archive("RM3")
    assert isinstance(door_again, DicomWeb) and door_again.left_bytes == left


class NoSecrets:
    """Whoever keeps no secrets."""

    def get(self, name: str) -> str | None:
        return None
