"""The audit trail: every event is there, in order, and what was changed or cut shows."""

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readingroom import audit
from readingroom.audit import Audit, Verdict
from readingroom.base.errors import ReaderError

KEY = bytes(range(32))
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def trail(folder: Path, events: int) -> Audit:
    found = Audit(folder / "audit.log", KEY, lambda: NOON)
    for number in range(1, events + 1):
        found.record(audit.INSTANCES_ACCESSED, "1.2.826.0.999", f"opened {number}", "Okafor^Ada")
    return found


def test_an_event_says_when_who_did_what_to_which_study(tmp_path: Path) -> None:
    found = trail(tmp_path, 1)
    (event,) = found.events()
    assert event == audit.AuditEvent(
        1, NOON, "110103", "DICOM Instances Accessed", "1.2.826.0.999", "opened 1", "Okafor^Ada"
    )
    assert found.verify() == Verdict(1, True)


def test_a_trail_without_events_is_whole(tmp_path: Path) -> None:
    assert Audit(tmp_path / "audit.log", KEY).verify() == Verdict(0, True)


def test_nothing_of_a_patient_or_reader_is_readable_in_the_trail(tmp_path: Path) -> None:
    trail(tmp_path, 2)
    plain = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"999" not in plain.replace(b"\n", b"") or b"1.2.826" not in plain
    assert b"Okafor" not in plain


def altered(lines: list[bytes], how: str) -> list[bytes]:
    if how == "a byte changed":
        middle = lines[2]
        return [*lines[:2], middle[:90] + (b"A" if middle[90:91] != b"A" else b"B") + middle[91:], *lines[3:]]
    if how == "a line taken out":
        return [*lines[:2], *lines[3:]]
    if how == "two lines exchanged":
        return [*lines[:2], lines[3], lines[2], *lines[4:]]
    if how == "a line written twice":
        return [*lines[:3], *lines[2:]]
    return [*lines[:2], b"3 not a line\n", *lines[3:]]


@pytest.mark.parametrize(
    ("how", "first_broken"),
    [
        ("a byte changed", 3),
        ("a line taken out", 3),
        ("two lines exchanged", 3),
        ("a line written twice", 4),
        ("a line of another making", 3),
    ],
)
def test_a_change_shows_where_it_begins_and_for_ever(tmp_path: Path, how: str, first_broken: int) -> None:
    found = trail(tmp_path, 5)
    path = tmp_path / "audit.log"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(altered(lines, how)))
    for _ in range(2):
        verdict = found.verify()
        assert not verdict.intact
        assert verdict.first_broken == first_broken
        found.record(audit.QUERY, "", "after it")
    assert found.events()[-1].detail == "after it"


def test_a_trail_that_was_cut_off_shows_it_even_after_more_events(tmp_path: Path) -> None:
    found = trail(tmp_path, 5)
    path = tmp_path / "audit.log"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    assert found.verify() == Verdict(3, False, 4)
    found.record(audit.QUERY, "")
    assert found.verify() == Verdict(4, False, 4)
    assert [event.number for event in found.events()] == [1, 2, 3, 6]
    path.unlink()
    assert found.verify() == Verdict(0, False, 1)


def test_a_trail_without_its_note_never_looks_whole_again(tmp_path: Path) -> None:
    found = trail(tmp_path, 3)
    (tmp_path / "audit.log.head").unlink()
    assert not found.verify().intact
    found.record(audit.QUERY, "")
    assert not found.verify().intact


def test_an_append_that_was_killed_is_no_event_and_no_fault(tmp_path: Path) -> None:
    found = trail(tmp_path, 2)
    path = tmp_path / "audit.log"
    with path.open("ab") as file:
        file.write(b"3 abcdef")
    assert found.verify() == Verdict(2, True)
    found.record(audit.EXPORT, "1.2")
    assert found.verify() == Verdict(3, True)


def test_an_event_whose_note_was_killed_is_still_whole(tmp_path: Path) -> None:
    found = trail(tmp_path, 1)
    note = (tmp_path / "audit.log.head").read_bytes()
    found.record(audit.QUERY, "")
    (tmp_path / "audit.log.head").write_bytes(note)
    assert found.verify() == Verdict(2, True)
    found.record(audit.QUERY, "")
    assert found.verify() == Verdict(3, True)


def test_programs_and_threads_append_at_once_without_a_gap(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\nfrom pathlib import Path\nfrom readingroom.audit import Audit\n"
        "audit = Audit(Path(sys.argv[1]), bytes(range(32)))\nfor n in range(10): audit.record('110112', str(n))\n"
    )
    app = str(Path(__file__).parents[2] / "app")
    programs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "audit.log"), app]) for _ in range(3)]
    found = trail(tmp_path, 0)
    threads = [threading.Thread(target=lambda: [found.record(audit.QUERY, "") for _ in range(10)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [program.wait() for program in programs] == [0, 0, 0]
    assert found.verify() == Verdict(50, True)
    assert len(found.events()) == 50


def test_a_trail_of_another_key_is_told(tmp_path: Path) -> None:
    trail(tmp_path, 1)
    before = (tmp_path / "audit.log").read_bytes()
    with pytest.raises(ReaderError, match="another key"):
        Audit(tmp_path / "audit.log", bytes(32)).record(audit.QUERY, "")
    assert (tmp_path / "audit.log").read_bytes() == before


def test_a_trail_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "audit.log").mkdir()
    with pytest.raises(ReaderError, match="audit trail"):
        Audit(tmp_path / "audit.log", KEY).record(audit.QUERY, "")
