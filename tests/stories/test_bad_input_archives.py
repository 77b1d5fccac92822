"""Archives that are down, slow, broken or mixed up: said in place, nothing of another patient shown, nothing lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.archives import MemoryArchive
from tests.fakes.dicomweb_faults import FaultyArchive
from tests.fakes.objects import SERIES, STUDY, ct_series, ct_slice
from tests.fakes.windows import Windows

from readingroom.archive.region import Region
from readingroom.session import reporting_desk
from readingroom.session.arranging import scroll_to
from readingroom.session.case import Case
from readingroom.settings.sections import ArchiveSettings

OTHER = "1.2.826.0.1.3680043.10.7"
STONE = {"patient": "9990000026", "name": "Stone^Bert"}


@pytest.fixture
def north() -> MemoryArchive:
    return MemoryArchive("North", ct_series(8) + ct_series(6, series=f"{SERIES}.2"))


@pytest.fixture
def glass(tmp_path: Path, north: MemoryArchive) -> Iterator[Windows]:
    with Windows(tmp_path, region=Region([north])) as windows:
        yield windows
    assert windows.raised == []


def test_a_list_without_any_answer_does_not_say_that_there_is_nothing_to_read(
    glass: Windows, north: MemoryArchive
) -> None:
    north.down = True
    glass.show().rest(0.1)
    worklist = glass.station.worklist
    assert "No archive answered" in worklist._empty.text() and "North is down" in worklist._empty.text()
    assert worklist.answered.text().startswith("0 of 1 archives answered")
    north.down = False
    glass.station.reading_list.refresh()
    glass.wait(lambda: worklist.model.rowCount() == 1)


def test_rows_of_an_archive_that_fell_silent_stay_listed_and_its_silence_is_said(
    glass: Windows, north: MemoryArchive
) -> None:
    glass.show()
    north.down = True
    glass.station.reading_list.refresh()
    glass.wait(lambda: "Silent: North" in glass.station.worklist.answered.text())
    assert glass.station.worklist.model.rowCount() == 1


def test_fast_archives_are_listed_while_a_slow_one_is_awaited(tmp_path: Path, north: MemoryArchive) -> None:
    slow = MemoryArchive("Slow", ct_series(3, study=OTHER, series=f"{OTHER}.1", **STONE))
    slow.holds_back_s = 30.0
    with Windows(tmp_path, region=Region([north, slow])) as glass:
        glass.show(answered=False)
        worklist = glass.station.worklist
        glass.wait(lambda: worklist.model.rowCount() == 1)
        assert "Still awaited: Slow" in worklist.answered.text()
        slow.released.set()
        glass.wait(lambda: worklist.model.rowCount() == 2)
        assert worklist.answered.text() == "2 of 2 archives answered: North, Slow"


def test_a_study_that_does_not_open_says_why_where_its_images_would_be(glass: Windows, north: MemoryArchive) -> None:
    glass.show()
    north.down = True
    glass.open(STUDY)
    glass.wait(lambda: glass.desk.refused is not None)
    glass.rest(0.1)
    assert "North is down" in glass.station.reading.grid.viewports[0].picture.message.problem  # type: ignore[union-attr]
    assert glass.station.reading.banner.name.text() == "Not opened"
    north.down = False
    glass.open_whole(STUDY)
    assert glass.message() == "" and glass.station.reading.banner.name.text() == "REED, Anna"


@pytest.mark.parametrize("fault", ["401", "404", "406", "500", "wrong type", "no boundary", "garbage", "empty"])
def test_an_archive_that_fails_while_a_case_is_open_is_said_once_in_place_and_asked_again(
    tmp_path: Path, fault: str
) -> None:
    with FaultyArchive(ct_series(8) + ct_series(6, series=f"{SERIES}.2")) as archive:
        web = ArchiveSettings("Web", "dicomweb", url=archive.url, timeout_s=2.0)
        with Windows(tmp_path, (web,)) as glass:
            glass.show()
            opened: list[Case] = []
            put = glass.desk.put_case

            def fail_after_metadata(case: Case | None, opening: str = "") -> None:
                archive.fault = fault if case is not None else ""
                opened.extend([case] if case is not None else [])
                put(case, opening)

            glass.desk.put_case = fail_after_metadata  # type: ignore[method-assign]
            glass.open(STUDY)
            glass.wait(lambda: opened and glass.settled)
            assert glass.message().startswith("Web ") and "0/8 images" in glass.badges()
            about_images = [n for n in glass.said if "priors" not in n.problem]
            assert len(about_images) == 1, "two series of one archive that fails are one thing to say"
            archive.fault = ""
            glass.wait(lambda: glass.station.reading.banner.complete.text().startswith("complete"))
            glass.wait(lambda: glass.message() == "")
        assert glass.raised == []


def test_an_archive_that_breaks_off_in_a_series_is_asked_for_the_rest_and_the_count_is_red_meanwhile(
    glass: Windows, north: MemoryArchive
) -> None:
    north.hidden = {f"{SERIES}.3", f"{SERIES}.4"}
    glass.show().open_whole(STUDY)
    assert "6/8 images" in glass.badges() and "12 of 14 objects" in glass.station.reading.banner.complete.text()
    assert {card.stack.series_uid: card._tone for card in glass.station.reading.tray.cards}[SERIES] == "red"
    north.hidden = set()
    glass.wait(lambda: glass.station.reading.banner.complete.text().startswith("complete"))


def test_what_comes_along_of_another_patient_is_kept_apart_and_said_though_nothing_is_missing(tmp_path: Path) -> None:
    with FaultyArchive(ct_series(8)) as archive:
        archive.stranger, archive.fault = ct_slice(9, **STONE), "stranger"  # type: ignore[arg-type]
        with Windows(tmp_path, (ArchiveSettings("Web", "dicomweb", url=archive.url),)) as glass:
            # Over a fast line the series comes as one stream, whatever else this machine is doing just now.
            glass.desk.doors.region.archive("Web").link.saw(100_000_000, 1.0)  # type: ignore[attr-defined]
            glass.show().open_whole(STUDY)
            glass.wait(lambda: "1 object set aside" in glass.station.reading.banner.complete.text())
            assert "red: An object that came for this study was kept apart: it names another patient" in glass.words
            assert glass.house.doors.shelf.get(f"{SERIES}.9") is None
        assert glass.raised == []


def test_a_study_that_is_somebody_elses_than_the_row_said_is_not_opened(glass: Windows, north: MemoryArchive) -> None:
    glass.show()
    north.objects.clear()
    north.add(ct_series(8, **STONE))
    glass.open(STUDY)
    glass.wait(lambda: glass.desk.refused is not None)
    assert "belongs to another patient" in glass.message() and glass.desk.case is None


def test_a_folder_with_rubbish_shows_its_study_and_says_what_it_left_out(tmp_path: Path) -> None:
    disc = tmp_path / "disc"
    disc.mkdir()
    for number, part10 in enumerate(ct_series(8), 1):
        (disc / f"{number}.dcm").write_bytes(part10)
    whole = ct_slice(9)
    (disc / "cut pixels.dcm").write_bytes(whole[:-200])
    (disc / "cut header.dcm").write_bytes(whole[:500])
    (disc / "empty.dcm").write_bytes(b"")
    (disc / "readme.txt").write_text("nothing here", encoding="utf-8")
    (disc / "stranger.dcm").write_bytes(ct_slice(10, **STONE))  # type: ignore[arg-type]
    (disc / "z rival.dcm").write_bytes(ct_slice(1)[:-2] + b"\x01\x02")
    with Windows(tmp_path / "profile", (ArchiveSettings("Disc", "folder", path=str(disc)),)) as glass:
        glass.show().rest(0.1)
        assert "Disc: 2 files cannot be read" in glass.station.worklist.answered.text()
        rows = {e.row.patient.display_name: e.row.conflict for e in glass.station.reading_list.entries}
        assert rows["REED, Anna"] == "" and "another patient" in rows["STONE, Bert"]
        entry = next(e for e in glass.station.reading_list.entries if e.row.patient.name == "Reed^Anna")
        glass.station.open_entry(entry)
        glass.wait(lambda: glass.settled)
        complete = glass.station.reading.banner.complete
        glass.wait(lambda: "9 of 9 objects are here, 2 objects set aside" in complete.text())
        assert "names another patient" in glass.words and "same identifier and other content" in glass.words
        scroll_to(glass.desk, 0, 8)
        glass.wait(lambda: glass.settled)
        assert "The pixels stop early" in glass.message()
    assert glass.raised == []


def test_two_archives_with_two_patients_under_one_study_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    box = "readingroom.ui.windows.workstation.QMessageBox.warning"
    monkeypatch.setattr(box, lambda parent, title, text: shown.append(text))
    region = Region([MemoryArchive("A", ct_series(2)), MemoryArchive("B", ct_series(2, **STONE))])
    with Windows(tmp_path, region=region) as glass:
        glass.show()
        for entry in glass.station.reading_list.entries:
            glass.station.open_entry(entry)
        glass.rest(0.1)
        assert len(shown) == 2 and all("not one patient's" in text for text in shown)
        assert glass.desk.case is None and not glass.desk.opening


def test_cases_opened_in_fast_succession_never_show_the_other_patients_pixels_or_name(tmp_path: Path) -> None:
    studies = {STUDY: ("REED, Anna", 1), OTHER: ("STONE, Bert", 40)}
    archive = MemoryArchive("North", ct_series(8))
    archive.add([ct_slice(n, study=OTHER, series=f"{OTHER}.1", **STONE) for n in range(40, 52)])  # type: ignore[arg-type]
    archive.holds_back_s = 0.004
    with Windows(tmp_path, region=Region([archive])) as glass:
        glass.show()
        seen = 0
        for turn in range(50):
            uid = tuple(studies)[turn % 2]
            glass.open(uid)
            glass.rest((0.0, 0.01, 0.03, 0.08, 0.15)[turn % 5])
            for viewport in glass.station.reading.grid.viewports:
                viewport.refresh()
                words, layers = viewport.picture.words, viewport.picture.layers
                name, first = studies[uid]
                if words.top_left:
                    assert words.top_left[0] == name
                if layers:
                    seen += 1
                    assert first <= int(layers[0].pixels[0, 0]) - 1000 < first + 12
            glass.station.reading.banner.refresh()
            assert glass.station.reading.banner.name.text() in ("Opening…", studies[uid][0])
        glass.wait(lambda: glass.settled)
        assert seen and glass.message() == ""
    assert glass.raised == []


def test_what_was_written_for_one_patient_is_not_shown_when_the_archive_names_another(tmp_path: Path) -> None:
    north = MemoryArchive("North", ct_series(4))
    with Windows(tmp_path, region=Region([north])) as glass:
        glass.show().open_whole(STUDY)
        reporting_desk.write(glass.desk, "impression", "Of Anna Reed.")
    north.objects.clear()
    north.add(ct_series(4, **STONE))
    with Windows(tmp_path, region=Region([north])) as again:
        again.show()
        again.wait(lambda: again.desk.case is not None)
        assert again.desk.case is not None and again.desk.case.draft is None
        assert "red: What was measured and written under this study's identifier was somebody else's" in again.words
        assert again.station.reading.windowTitle().startswith("STONE, Bert")
