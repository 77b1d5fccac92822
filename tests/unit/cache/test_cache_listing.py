"""The list of what the desk holds is read again exactly where something came, changed or went."""

from pathlib import Path

from tests.fakes.studies import KEY, ct, received

from readingroom.cache.shelf import Shelf


def _uids(shelf: Shelf) -> set[str]:
    return {row.study_uid for row in shelf.rows()}


def test_a_study_is_listed_when_it_is_put_changed_put_by_another_program_and_not_when_it_is_gone(
    tmp_path: Path,
) -> None:
    here, there = Shelf(tmp_path, KEY), Shelf(tmp_path, KEY)
    here.put_study(ct("1.2.1"))
    assert _uids(here) == _uids(there) == {"1.2.1"}
    there.put_study(ct("1.2.2"))
    here.put_studies([ct("1.2.3"), ct("1.2.1", slices=9)])
    assert _uids(here) == _uids(there) == {"1.2.1", "1.2.2", "1.2.3"}
    assert {row.study_uid: row.instances for row in there.rows()}["1.2.1"] == 9
    there.wipe("1.2.2")
    assert _uids(here) == _uids(there) == {"1.2.1", "1.2.3"}
    here.close()
    there.close()


def test_an_unchanged_list_is_not_opened_again_and_pixels_change_no_row(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, KEY)
    shelf.put_studies(ct(f"1.2.{n}") for n in range(5))
    first = shelf.rows()
    shelf.put(received(1, "1.2.3"))
    shelf.flush()
    assert shelf.rows() is first
    shelf.put_study(ct("1.2.9"))
    assert len(shelf.rows()) == 6
    assert {id(row) for row in first} <= {id(row) for row in shelf.rows()}
    shelf.close()


def test_studies_put_together_are_whole(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, KEY)
    shelf.put_study(ct("1.2.1"))
    shelf.put_studies([ct("1.2.1", slices=4), ct("1.2.2")])
    shelf.close()
    again = Shelf(tmp_path, KEY)
    study = again.study("1.2.1")
    assert study is not None and len(list(study.instances())) == 4 and again.study("1.2.2") == ct("1.2.2")
    again.close()
