"""What is fetched is complete or said not to be, resumes where it stopped, and belongs to the patient who was asked for."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from tests.fakes.archives import MemoryArchive, MemoryShelf
from tests.fakes.objects import SERIES, STUDY, as_part10, ct_series, ct_slice

from readingroom.archive.folder import FolderArchive
from readingroom.archive.region import Region
from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.patient import Patient
from readingroom.record.search import Received
from readingroom.session.fetch import bring_missing, bring_object, bring_series, open_study

COLE = Patient("9990000026", "", "Cole^Ben", None, "M")


def _brought(
    archive: MemoryArchive, shelf: MemoryShelf, missing: set[str] | None = None
) -> tuple[list[str], list[str]]:
    study = archive.study(STUDY)
    (series,) = study.series
    wanted = missing if missing is not None else {i.sop_uid for i in series.instances} - shelf.sop_uids(STUDY)
    came: list[Received] = []
    failures = bring_missing(archive, shelf, study, series, wanted, Ticket(), came.append)
    return [r.sop_uid for r in came], [f.problem for f in failures]


def test_a_study_is_opened_from_the_nearest_holder_and_kept() -> None:
    near, far, shelf = MemoryArchive("A", ct_series(3)), MemoryArchive("B", ct_series(3)), MemoryShelf()
    study = open_study(Region([near, far]), shelf, STUDY)
    assert (study.held_by, shelf.study(STUDY)) == (("A", "B"), study)
    assert far.calls == ["search"]


def test_the_next_holder_is_asked_when_the_nearest_fails() -> None:
    near, far, shelf = MemoryArchive("A", ct_series(3)), MemoryArchive("B", ct_series(3)), MemoryShelf()
    near.down = True
    assert open_study(Region([near, far]), shelf, STUDY, held_by=("A", "B")).held_by == ("B", "A")


def test_without_any_archive_the_study_comes_from_the_shelf() -> None:
    archive, shelf = MemoryArchive("A", ct_series(3)), MemoryShelf()
    before = open_study(Region([archive]), shelf, STUDY)
    archive.down = True
    assert open_study(Region([archive]), shelf, STUDY) == before
    assert open_study(Region([archive]), shelf, STUDY, held_by=("this desk",)) == before


def test_a_study_that_nobody_has_is_said_with_every_silence() -> None:
    down = MemoryArchive("A")
    down.down = True
    with pytest.raises(ReaderError, match="A is down"):
        open_study(Region([down]), MemoryShelf(), STUDY)
    with pytest.raises(ReaderError, match="No archive of this desk has this study"):
        open_study(Region([MemoryArchive("B")]), MemoryShelf(), STUDY)


def test_a_study_of_two_patients_is_not_opened_until_one_is_chosen() -> None:
    reed = MemoryArchive("A", ct_series(3))
    cole = MemoryArchive("B", ct_series(3, patient=COLE.id, name=COLE.name))
    region = Region([reed, cole])
    with pytest.raises(ReaderError, match="2 patients"):
        open_study(region, MemoryShelf(), STUDY)
    assert open_study(region, MemoryShelf(), STUDY, patient=Patient(COLE.id, "", COLE.name, None, "")).held_by == ("B",)


def test_a_study_that_turns_out_to_be_somebody_elses_is_not_opened() -> None:
    shelf = MemoryShelf()
    with pytest.raises(ReaderError, match="belongs to another patient"):
        open_study(Region([MemoryArchive("A", ct_series(3))]), shelf, STUDY, held_by=("A",), patient=COLE)
    assert shelf.study(STUDY) is None


def test_every_object_of_a_series_comes_in_one_stream() -> None:
    archive, shelf = MemoryArchive("A", ct_series(5)), MemoryShelf()
    came, failures = _brought(archive, shelf)
    assert (len(came), failures, archive.calls) == (5, [], ["study", "series"])
    assert shelf.sop_uids(STUDY) == frozenset(archive.objects)


def test_what_is_here_is_not_asked_for_again() -> None:
    archive, shelf = MemoryArchive("A", ct_series(10)), MemoryShelf()
    _brought(archive, shelf, {f"{SERIES}.{n}" for n in range(1, 9)})
    archive.calls.clear()
    came, _ = _brought(archive, shelf)
    assert sorted(came) == [f"{SERIES}.10", f"{SERIES}.9"]
    assert sorted(archive.calls) == [f"object {SERIES}.10", f"object {SERIES}.9", "study"]


def test_a_stream_that_breaks_off_is_finished_object_by_object() -> None:
    archive, shelf = MemoryArchive("A", ct_series(5)), MemoryShelf()
    archive.breaks_after = 3
    came, failures = _brought(archive, shelf)
    assert (sorted(came), failures) == (sorted(archive.objects), [])


def test_an_object_that_the_archive_lists_and_does_not_send_is_named() -> None:
    archive, shelf = MemoryArchive("A", ct_series(5)), MemoryShelf()
    study = archive.study(STUDY)
    archive.hidden = {f"{SERIES}.3"}
    failures = bring_missing(
        archive, shelf, study, study.series[0], set(archive.objects), Ticket(), lambda received: None
    )
    assert [(f.sop_uid, f.problem) for f in failures] == [(f"{SERIES}.3", "A does not have this object.")]
    assert len(shelf.sop_uids(STUDY)) == 4


def test_an_archive_that_dies_is_not_asked_for_each_of_a_thousand_objects() -> None:
    archive, shelf = MemoryArchive("A", ct_series(50)), MemoryShelf()
    study = archive.study(STUDY)
    archive.down = True
    archive.calls.clear()
    failures = bring_missing(
        archive, shelf, study, study.series[0], list(archive.objects), Ticket(), lambda r: None, one_by_one=True
    )
    assert len(failures) == 50 and len(archive.calls) == 3


@pytest.mark.parametrize(
    ("stranger", "words"),
    [
        (ct_slice(3, patient=COLE.id, name=COLE.name), "another patient"),
        (ct_slice(3, study="1.9.9"), "another study"),
        (ct_slice(3, series="1.9.9.1"), "another series"),
    ],
)
def test_what_names_somebody_or_something_else_is_kept_apart_and_said(stranger: bytes, words: str) -> None:
    archive, shelf = MemoryArchive("A", ct_series(5)), MemoryShelf()
    study = archive.study(STUDY)
    archive.sends_instead = {f"{SERIES}.3": stranger}
    came: list[Received] = []
    failures = bring_missing(archive, shelf, study, study.series[0], set(archive.objects), Ticket(), came.append)
    assert len(came) == 4 and f"{SERIES}.3" not in shelf.sop_uids(STUDY) and not shelf.sop_uids("1.9.9")
    assert any(words in failure.problem for failure in failures)
    with pytest.raises(ReaderError, match=words):
        bring_series(archive, shelf, study, study.series[0], {f"{SERIES}.3"}, Ticket(), came.append)
    with pytest.raises(ReaderError, match=words):
        bring_object(Region([archive]), shelf, study, SERIES, f"{SERIES}.3", Ticket())


def test_an_object_that_came_into_the_series_since_it_was_opened_is_kept_too() -> None:
    archive, shelf = MemoryArchive("A", ct_series(3)), MemoryShelf()
    study = archive.study(STUDY)
    archive.add([ct_slice(4)])
    bring_series(archive, shelf, study, study.series[0], set(archive.objects), Ticket(), lambda received: None)
    assert f"{SERIES}.4" in shelf.sop_uids(STUDY)


def test_leaving_stops_the_stream_and_keeps_what_came() -> None:
    archive, shelf = MemoryArchive("A", ct_series(5)), MemoryShelf()
    study, ticket = archive.study(STUDY), Ticket()
    with pytest.raises(Cancelled):
        bring_series(archive, shelf, study, study.series[0], set(archive.objects), ticket, lambda r: ticket.cancel())
    assert len(shelf.sop_uids(STUDY)) == 1


def test_one_object_comes_from_the_next_holder_when_the_first_lacks_it() -> None:
    near, far, shelf = MemoryArchive("A", ct_series(3)), MemoryArchive("B", ct_series(3)), MemoryShelf()
    region = Region([near, far])
    study = open_study(region, shelf, STUDY)
    near.hidden = {f"{SERIES}.2"}
    assert bring_object(region, shelf, study, SERIES, f"{SERIES}.2", Ticket()).sop_uid == f"{SERIES}.2"
    assert f"{SERIES}.2" in shelf.sop_uids(STUDY)


def test_a_folder_with_two_files_of_one_identifier_still_gives_the_first(tmp_path: Path) -> None:
    other = dcmread(BytesIO(ct_slice(1)))
    other.SeriesDescription = "Other"
    for n, part10 in enumerate([*ct_series(3), as_part10(other)]):
        (tmp_path / f"{n}.dcm").write_bytes(part10)
    folder, shelf = FolderArchive("CD", tmp_path), MemoryShelf()
    study = open_study(Region([folder]), shelf, STUDY)
    assert len(study.set_aside) == 1
    bring_series(folder, shelf, study, study.series[0], {f"{SERIES}.{n}" for n in (1, 2, 3)}, Ticket(), lambda r: None)
    assert shelf.get(f"{SERIES}.1") == ct_slice(1)
