"""A report from its first word to the archive: never lost, never doubled, never called stored before it is."""

from collections.abc import Sequence

import pytest
from tests.fakes.archives import MemoryArchive
from tests.fakes.desk import HandDesk, MemoryJournal, MemoryOutbox, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import OTHER, other_slices, slices

from readingroom.archive.header import identity_of
from readingroom.record.search import StoreAnswer
from readingroom.reporting.sr_read import read_report
from readingroom.session.measuring import deleted, measure, moved
from readingroom.session.opening import open_case
from readingroom.session.outgoing import send
from readingroom.session.reporting_desk import begin, link, sign_now, template_for, write

IMPRESSION = "A nodule of 7 mm in the right upper lobe."


class Forgetful(MemoryArchive):
    """Says yes to what it is given, and keeps nothing, while it is forgetful."""

    forgetful = True

    def store(self, part10s: Sequence[bytes]) -> tuple[StoreAnswer, ...]:
        if not self.forgetful:
            return super().store(part10s)
        self.calls.append("store")
        problem = f"{self.name} said that it stored the report, and does not give it back."
        return tuple(StoreAnswer(identity_of(p).sop_uid, False, problem, "Tell its owner.") for p in part10s)


class Died(BaseException):
    """The process is gone: nothing after this line was done."""


def _reading(*archives: MemoryArchive) -> HandDesk:
    hand = HandDesk(*archives)
    open_case(hand.desk, STUDY)
    hand.crank()
    return hand


def _written(hand: HandDesk) -> HandDesk:
    case = hand.desk.case
    assert case is not None
    ref = case.frame_at(0)
    assert ref is not None
    measure(hand.desk, "length", ref, ((10.5, 10.5), (20.5, 10.5)))
    begin(hand.desk)
    write(hand.desk, "impression", IMPRESSION)
    write(hand.desk, "technique", "CT of the chest without contrast medium.")
    return hand


def _signed(hand: HandDesk, crank: bool = True) -> HandDesk:
    sign_now(hand.desk, {})
    return hand.crank() if crank else hand


def _state(hand: HandDesk) -> str:
    case = hand.desk.case
    assert case is not None and case.draft is not None
    return case.draft.state


def _reports(archive: MemoryArchive) -> list[str]:
    return [uid for uid, part10 in archive.objects.items() if identity_of(part10).sop_uid and b"SR" in part10[:2000]]


def test_a_signed_report_and_its_measurements_are_in_the_archive() -> None:
    archive = archive_of("North", slices(20))
    hand = _signed(_written(_reading(archive)))
    assert _state(hand) == "stored" and not hand.outbox.waiting()
    stored = [archive.objects[item.sop_uid] for item in hand.outbox.stored_for(STUDY)]
    assert [item.kind for item in hand.outbox.stored_for(STUDY)] == ["measurements", "report"]
    report = read_report(stored[1])
    assert report.state != "draft" and report.author
    assert any("stored" in detail for _, _, detail in hand.audit.events)


def test_a_report_without_an_impression_is_not_signed_and_the_reader_is_told() -> None:
    hand = _reading(archive_of("North", slices(20)))
    begin(hand.desk)
    _signed(hand)
    assert _state(hand) == "draft" and not hand.outbox.waiting()
    assert any(concern.rule == "impression" for concern in hand.desk.stopped_by)
    assert "cannot be signed yet" in hand.words


def test_an_archive_that_says_yes_and_keeps_nothing_is_not_believed() -> None:
    archive = Forgetful("North", slices(20))
    hand = _signed(_written(_reading(archive)))
    assert _state(hand) == "failed"
    waiting = hand.outbox.waiting()
    assert [item.kind for item in waiting] == ["measurements", "report"]
    assert all(item.attempts == 1 and "does not give it back" in item.problem for item in waiting)
    assert "It waits in the outbox" in hand.words and hand.said[-1].tone == "red"
    archive.forgetful = False
    send(hand.desk)
    hand.crank()
    assert _state(hand) == "stored" and not hand.outbox.waiting()
    assert {item.sop_uid for item in waiting} == {item.sop_uid for item in hand.outbox.stored_for(STUDY)}


def test_an_archive_that_is_down_leaves_the_report_in_the_outbox() -> None:
    archive = archive_of("North", slices(20))
    hand = _written(_reading(archive))
    archive.down = True
    _signed(hand)
    assert _state(hand) == "failed" and len(hand.outbox.waiting()) == 2
    archive.down = False
    send(hand.desk, STUDY)
    hand.crank()
    assert _state(hand) == "stored" and len(archive.objects) == 22


def test_a_report_whose_process_dies_between_outbox_and_journal_is_neither_lost_nor_doubled() -> None:
    archive = archive_of("North", slices(20))

    class Dying(MemoryJournal):
        def write(self, kind: str, key: str, value: object) -> None:  # type: ignore[override]
            if kind == "draft" and isinstance(value, dict) and value["state"] != "draft":
                raise Died
            super().write(kind, key, value)  # type: ignore[arg-type]

    journal, outbox = Dying(), MemoryOutbox()
    first = HandDesk(archive, journal=journal, outbox=outbox)
    open_case(first.desk, STUDY)
    first.crank()
    _written(first).later(1.0)
    with pytest.raises(Died):
        _signed(first)
    kept = journal.newest("draft", STUDY)
    assert kept is not None and kept["state"] == "draft" and len(outbox.waiting()) == 2

    after = MemoryJournal()
    after.entries = journal.entries
    second = HandDesk(archive, shelf=first.shelf, journal=after, outbox=outbox)
    open_case(second.desk, STUDY)
    second.crank()
    assert _state(second) == "sending"
    _signed(second)
    assert len(outbox.waiting()) == 2
    send(second.desk)
    second.crank()
    assert _state(second) == "stored" and len(outbox.stored_for(STUDY)) == 2 and len(archive.objects) == 22


def test_a_report_that_was_stored_before_the_desk_could_note_it_is_not_stored_twice() -> None:
    archive = archive_of("North", slices(20))

    class Dying(MemoryOutbox):
        def stored(self, sop_uid: str, archive: str) -> None:
            raise Died

    dying = Dying()
    first = HandDesk(archive, outbox=dying)
    open_case(first.desk, STUDY)
    first.crank()
    with pytest.raises(Died):
        _signed(_written(first))
    assert len(archive.objects) == 21
    after = MemoryOutbox()
    after.items = dying.items
    second = HandDesk(archive, shelf=first.shelf, journal=first.journal, outbox=after)
    open_case(second.desk, STUDY)
    send(second.desk)
    second.crank()
    assert _state(second) == "stored" and len(archive.objects) == 22


def test_what_cannot_be_written_beside_a_signature_does_not_make_it_be_given_twice() -> None:
    archive = archive_of("North", slices(20))
    hand = _written(_reading(archive))
    hand.audit.full = True
    archive.down = True
    _signed(hand)
    assert _state(hand) == "failed" and "The report is signed and waits in the outbox" in hand.words
    _signed(hand)
    assert [item.kind for item in hand.outbox.waiting()] == ["measurements", "report"]
    archive.down = False
    send(hand.desk)
    hand.crank()
    assert _state(hand) == "stored" and hand.said[-1].tone == "red" and "audit trail" in hand.said[-1].problem


def test_a_full_disk_leaves_the_report_unsigned_with_nothing_half_done() -> None:
    hand = _written(_reading(archive_of("North", slices(20))))
    hand.outbox.full = True
    _signed(hand)
    assert _state(hand) == "draft" and not hand.outbox.waiting() and "the disk is full" in hand.words
    hand.outbox.full = False
    _signed(hand)
    assert _state(hand) == "stored" and len(hand.outbox.stored_for(STUDY)) == 2


def test_signing_while_the_reader_goes_to_the_next_patient_signs_the_report_that_was_meant() -> None:
    archive = archive_of("North", slices(20), other_slices(3))
    hand = _signed(_written(_reading(archive)), crank=False)
    open_case(hand.desk, OTHER)
    hand.crank()
    case = hand.desk.case
    assert case is not None and case.study.uid == OTHER and case.draft is None
    assert [item.study_uid for item in hand.outbox.stored_for(STUDY)] == [STUDY, STUDY]
    open_case(hand.desk, STUDY)
    hand.crank()
    assert _state(hand) == "stored"


def test_a_signed_report_cannot_be_written_to() -> None:
    hand = _signed(_written(_reading(archive_of("North", slices(20)))))
    write(hand.desk, "impression", "Something else.")
    case = hand.desk.case
    assert case is not None and case.draft is not None and case.draft.text("impression") == IMPRESSION
    assert case.draft.state == "stored"


def _linked(hand: HandDesk) -> str:
    case = hand.desk.case
    assert case is not None
    field = template_for(hand.desk, case).field("nodule_diameter")
    assert field is not None
    link(hand.desk, field, case.measurements[0])
    return case.measurements[0].tracking_uid


def _diameter(hand: HandDesk) -> str:
    assert hand.desk.case is not None and hand.desk.case.draft is not None
    return hand.desk.case.draft.text("nodule_diameter")


def test_a_number_in_the_report_follows_its_measurement_and_what_undo_gives_back() -> None:
    hand = _written(_reading(archive_of("North", slices(20))))
    uid = _linked(hand)
    assert _diameter(hand) == "7.0 mm"
    moved(hand.desk, uid, ((10.5, 10.5), (30.5, 10.5)))
    assert _diameter(hand) == "14.0 mm"
    hand.desk.undo()
    assert _diameter(hand) == "7.0 mm"
    hand.desk.redo()
    assert _diameter(hand) == "14.0 mm"


def test_a_number_whose_measurement_was_deleted_stops_the_signature() -> None:
    hand = _written(_reading(archive_of("North", slices(20))))
    deleted(hand.desk, _linked(hand))
    _signed(hand)
    assert _state(hand) == "draft" and any(concern.rule == "stale" for concern in hand.desk.stopped_by)


def test_someone_elses_newer_report_is_seen_before_signing() -> None:
    archive = archive_of("North", slices(20))
    colleague = _written(_reading(archive))
    hand = _written(_reading(archive))
    _signed(colleague)
    _signed(hand)
    assert _state(hand) == "draft" and [c.rule for c in hand.desk.stopped_by] == ["newer"]
    sign_now(hand.desk, {"newer": "Both readers agreed."})
    hand.crank()
    assert _state(hand) == "stored"


def test_no_archive_to_store_in_is_said_before_anything_is_signed() -> None:
    hand = _written(_reading(archive_of("North", slices(20))))
    hand.region.archives = ()
    _signed(hand)
    assert _state(hand) == "draft" and not hand.outbox.waiting()
    assert "No archive is configured" in hand.words


def test_an_error_that_nobody_foresaw_while_signing_is_said_and_nothing_is_lost() -> None:
    hand = _written(_reading(archive_of("North", slices(20))))

    def broken(waiting: object) -> None:
        raise ValueError("boom")

    hand.outbox.put_all = broken  # type: ignore[method-assign]
    _signed(hand)
    assert _state(hand) == "draft" and not hand.desk.signing and "unforeseen" in hand.words
