"""The journal: what was written is there, whatever became of the program that wrote it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from readingroom.base.errors import ReaderError
from readingroom.cache.desk_lock import DeskLock
from readingroom.cache.journal import Journal

KEY = bytes(range(32))

WRITER = """
import sys
from pathlib import Path
from readingroom.cache.journal import Journal
journal = Journal(Path(sys.argv[1]), bytes(range(32)))
number = 0
while True:
    number += 1
    journal.write("case", sys.argv[2], {"half a sentence": "x" * 500, "number": number})
    print(number, flush=True)
"""


def started(code: str, *arguments: str) -> "subprocess.Popen[str]":
    app = str(Path(__file__).parents[3] / "app")
    return subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {app!r})\n{code}", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_newest_value_is_what_the_desk_finds_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", KEY)
    journal.write("case", "1.2", {"slice": 3})
    journal.write("case", "1.2", {"slice": 4, "text": "No pneumothorax – ł漢"})
    journal.write("desk", "1.2", {"open": ["1.2"]})
    journal.close()
    again = Journal(tmp_path / "journal.sqlite", KEY)
    assert again.newest("case", "1.2") == {"slice": 4, "text": "No pneumothorax – ł漢"}
    assert again.newest("desk", "1.2") == {"open": ["1.2"]}
    assert again.newest("case", "1.3") is None
    again.close()


def test_keys_come_with_the_newest_written_last(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", KEY)
    for key in ("a", "b", "c", "a"):
        journal.write("case", key, {})
    journal.write("desk", "z", {})
    assert journal.keys("case") == ("b", "c", "a")
    assert journal.keys("none") == ()
    journal.close()


def test_every_acknowledged_write_is_there_after_kill_minus_nine(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    for turn in range(3):
        writer = started(WRITER, str(path), f"study {turn}")
        assert writer.stdout is not None
        acknowledged = 0
        for line in writer.stdout:
            acknowledged = int(line)
            if acknowledged == 5 + 7 * turn:
                break
        writer.kill()
        acknowledged = max([acknowledged, *(int(line) for line in writer.stdout.read().split())])
        writer.stdout.close()
        writer.wait()
        journal = Journal(path, KEY)
        newest = journal.newest("case", f"study {turn}")
        assert newest is not None
        # One more may be there: written and killed before it could say so.
        assert newest["number"] in (acknowledged, acknowledged + 1)
        journal.close()


def test_two_programs_write_into_one_journal_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    code = WRITER.replace("while True", "while number < 20")
    writers = [started(code, str(path), f"study {n}") for n in range(3)]
    for writer in writers:
        assert writer.communicate()[0].split()[-1] == "20"
        assert writer.returncode == 0
    journal = Journal(path, KEY)
    assert sorted(journal.keys("case")) == ["study 0", "study 1", "study 2"]
    assert all((journal.newest("case", f"study {n}") or {})["number"] == 20 for n in range(3))
    journal.close()


def test_threads_may_write_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", KEY)

    def write(name: str) -> None:
        for number in range(10):
            journal.write("case", name, {"number": number})

    threads = [threading.Thread(target=write, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(journal.newest("case", str(n)) == {"number": 9} for n in range(4))
    journal.close()


def test_compacting_keeps_the_newest_and_frees_the_rest(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", KEY)
    for number in range(30):
        journal.write("case", str(number % 3), {"number": number})
    assert journal.compact() == 27
    assert [journal.newest("case", str(n)) for n in range(3)] == [{"number": 27}, {"number": 28}, {"number": 29}]
    assert journal.keys("case") == ("0", "1", "2")
    journal.close()


def test_nothing_of_a_patient_is_readable_in_the_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", KEY)
    journal.write("case", "1.2.826.999", {"name": "ZZTEST^PHI"})
    plain = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"ZZTEST" not in plain
    assert b"1.2.826.999" not in plain
    journal.close()


def test_a_journal_of_another_key_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", KEY)
    journal.write("case", "1", {"number": 1})
    journal.close()
    with pytest.raises(ReaderError, match="another key"):
        Journal(tmp_path / "journal.sqlite", bytes(32))
    again = Journal(tmp_path / "journal.sqlite", KEY)
    assert again.newest("case", "1") == {"number": 1}
    again.close()


def test_a_file_that_is_no_journal_is_told_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a database" * 500)
    with pytest.raises(ReaderError, match="damaged"):
        Journal(tmp_path / "journal.sqlite", KEY)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReaderError):
        Journal(tmp_path / "folder", KEY)


def test_a_full_disk_is_named_and_what_was_written_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", KEY)
    journal.write("case", "1", {"number": 1})
    with journal._database.change() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    journal._database.rows(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(ReaderError, match="disk is full"):
        for number in range(2, 50):
            journal.write("case", "1", {"number": number, "text": "x" * 4000})
    newest = journal.newest("case", "1")
    assert newest is not None
    assert newest["number"] >= 1
    journal.close()


def test_a_second_workstation_on_one_profile_is_told_that_the_desk_is_open(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nfrom readingroom.cache.desk_lock import DeskLock\n"
        "lock = DeskLock(Path(sys.argv[1])); lock.take(); print('open', flush=True); sys.stdin.read()"
    )
    app = str(Path(__file__).parents[3] / "app")
    first = subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {app!r})\n{code}", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "open\n"
    with pytest.raises(ReaderError, match="already open"):
        DeskLock(tmp_path).take()
    first.kill()
    first.communicate()
    with DeskLock(tmp_path), pytest.raises(ReaderError, match="already open"):
        DeskLock(tmp_path).take()
