"""The shelf: fetched studies as they came, sealed on the local disk and found again without the network."""

import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.base.log import LOG
from readingroom.cache import study_pages as pages
from readingroom.cache.crypt import StudyKeys
from readingroom.cache.evict import to_evict
from readingroom.cache.index import Entry, Index, Usage
from readingroom.cache.listing import Listing
from readingroom.cache.pack import Packs, PackTorn
from readingroom.cache.study_keys import KeyRing, StudyKey
from readingroom.record.search import Received, StudyRow
from readingroom.record.study import Study
from readingroom.settings.seal import MOST_BYTES, Unsealable
from readingroom.settings.sections import DiskSettings

FLUSH_S, FLUSH_BYTES = 1.0, 512 * 2**20
"""What waits is no memory, only bytes that the disk need not have yet: a line must not stand still for it."""
STRAY_S = 3600.0
_MISMATCH = "Keep the archive's copy: look at the study there, and ask its owner which object is right."


class Shelf:
    """Fetched studies in a folder, sealed with the desk key; used from any thread and by several processes at once.

    An object that was put is at once seen by this process. It is on the disk, and seen by others and after a restart,
    at the next flush: within about a second, or when `flush` or `close` returns. kill -9 may so take the last second
    of what was fetched, never a part of an object: a record counts once its index row is committed, after its bytes.

    budget_bytes: at most so much is kept, beyond pinned studies; keep_free_bytes: so much of the disk stays free.
    """

    def __init__(
        self,
        folder: Path,
        key: bytes,
        budget_bytes: int | None = None,
        keep_free_bytes: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._budget_bytes = budget_bytes
        self._keep_free_bytes = keep_free_bytes
        self._clock = clock
        self._marks = StudyKeys(key)
        self._index = Index(folder / "index.sqlite", self._marks)
        self._packs = Packs(folder / "packs")
        self._turn = threading.RLock()
        self._flushing = threading.Lock()
        self._keys = KeyRing(self._marks, self._index)
        self._listing = Listing(self._marks, self._index)
        self._pending: dict[tuple[bytes, bytes], tuple[Entry, StudyKey]] = {}
        self._touched: dict[bytes, float] = {}
        self._armed_at: float | None = None
        self._timer: threading.Timer | None = None
        self._closed, self._waiting_bytes = False, 0
        self._sweep()

    def put_study(self, study: Study) -> None:
        """Keep the metadata of a study, in place of older metadata; durable when this returns."""
        mark = self._marks.study_mark(study.uid)
        plain_row, plain_body = pages.row_page(study), pages.study_page(study)
        while True:
            key = self._keys.key_or_new(mark, self._clock())
            row, body = key.seal.seal(plain_row, b"row" + mark), key.seal.seal(plain_body, b"body" + mark)
            if self._index.describe(mark, key.wrapped, row, body, self._clock()):
                return
            self._keys.forget(mark)

    def put_studies(self, studies: Iterable[Study]) -> None:
        """Keep the metadata of many studies in one go; durable when this returns."""
        sealed = []
        for study in studies:
            mark = self._marks.study_mark(study.uid)
            wrapped = self._index.wrapped(mark) or self._marks.new_wrapped(mark)
            seal = self._marks.unwrapped(wrapped, mark)
            row = seal.seal(pages.row_page(study), b"row" + mark)
            sealed.append((mark, wrapped, row, seal.seal(pages.study_page(study), b"body" + mark)))
        self._index.describe_all(sealed, self._clock())

    def study(self, study_uid: str) -> Study | None:
        """The kept metadata, or None; ReaderError where it is damaged."""
        mark = self._marks.study_mark(study_uid)
        body = self._index.body(mark)
        if body is None:
            return None
        try:
            return pages.study_from(self._keys.opened(mark, body, b"body" + mark))
        except (Unsealable, pages.Unreadable) as error:
            raise ReaderError(
                "What this desk knows of the study is damaged.", "Fetch the study again from its archive."
            ) from error

    def rows(self) -> tuple[StudyRow, ...]:
        """Every study on the shelf as search would answer it, held by "this desk", last used first."""
        return self._listing.rows()

    def put(self, received: Received) -> None:
        """Keep one object; on the disk within about a second. The same object again changes nothing.

        Another object under the same SOP Instance UID in the same study is refused with ReaderError: the first stays.
        ReaderError too where the disk is full; what was kept before stays.
        """
        if len(received.part10) > MOST_BYTES:
            raise ReaderError(
                "This object is larger than 2 GB and cannot be kept on this desk.", "Read it in its archive."
            )
        mark, study = self._marks.object_mark(received.sop_uid), self._marks.study_mark(received.study_uid)
        if self._is_here(mark, study, received):
            return
        self._make_room(len(received.part10))
        key = self._keys.key_or_new(study, self._clock())
        series = self._marks.series_mark(received.study_uid, received.series_uid)
        record = key.seal.seal(received.part10, b"object" + mark)
        pack, offset = self._packs.append(series, record)
        uids = key.seal.seal(pages.names_page(received), b"uids" + mark)
        if not self._await_flush(Entry(mark, study, series, pack, offset, len(record), uids), key):
            self._is_here(mark, study, received)

    def get(self, sop_uid: str, study_uid: str = "") -> bytes | None:
        """The Part 10 bytes as received, or None; ReaderError where the record is damaged.

        A SOP Instance UID held under two studies needs study_uid to say which.
        """
        mark = self._marks.object_mark(sop_uid)
        entries = self._find(mark, self._marks.study_mark(study_uid) if study_uid else None)
        if len(entries) > 1:
            raise ReaderError(
                "Two studies on this desk hold an object with the same identifier.", "Open it from its study."
            )
        if not entries:
            return None
        with self._turn:
            self._touched[entries[0].study] = self._clock()
        try:
            return self._part10(entries[0])
        except (PackTorn, Unsealable) as error:
            self._condemn(entries[0])
            raise ReaderError(
                "This image is damaged on this desk's disk.", "Fetch the study again; the archive still has it."
            ) from error

    def sop_uids(self, study_uid: str) -> frozenset[str]:
        """What of a study is here, undamaged."""
        return frozenset(names.sop_uid for names in self._names_of(self._marks.study_mark(study_uid)))

    def transcoded(self, study_uid: str) -> frozenset[str]:
        """What of a study was packed without loss for the way here: the archive's pixels, not its bytes."""
        return frozenset(one.sop_uid for one in self._names_of(self._marks.study_mark(study_uid)) if one.transcoded)

    def received_count(self, study_uid: str, series_uid: str = "") -> int:
        """How many objects of a study, or of one of its series, are here."""
        study = self._marks.study_mark(study_uid)
        series = self._marks.series_mark(study_uid, series_uid) if series_uid else None
        return sum(1 for entry in self._entries(study) if series in (None, entry.series))

    def flush(self) -> None:
        """Put everything received so far on the disk; where that fails it is told, kept waiting and tried again."""
        with self._flushing:
            try:
                flushed = self._flush_pending()
            finally:
                self._arm()
        if flushed and self._budget_bytes is not None and self._index.usage().bytes > self._budget_bytes:
            self.evict()

    def pin(self, study_uids: Collection[str]) -> None:
        """These studies, and no others, are never evicted."""
        self._index.pin([self._marks.study_mark(uid) for uid in study_uids])

    def evict(self, over_bytes: int = 0) -> int:
        """Drop what is above the budget, or at least over_bytes if they are more; the number of studies dropped."""
        self.flush()
        held = self._index.held()
        beyond = sum(study.bytes for study in held) - self._budget_bytes if self._budget_bytes is not None else 0
        over = max(over_bytes, beyond)
        leaving = to_evict(held, over, self._clock()) if over > 0 else ()
        for study in leaving:
            self._drop(study.mark)
        return len(leaving)

    def wipe(self, study_uid: str | None = None) -> int:
        """Shred one study, or all: their keys are lost and their packs deleted; the number of studies shredded."""
        self.flush()
        wanted = self._marks.study_mark(study_uid) if study_uid is not None else None
        marks = [mark for mark, _ in self._index.studies() if wanted in (None, mark)]
        for mark in marks:
            self._drop(mark)
        self._index.tidy()
        return len(marks)

    def usage(self) -> Usage:
        """What the shelf holds."""
        self.flush()
        return self._index.usage()

    def verify(self, progress: Callable[[int, int], None] | None = None) -> tuple[pages.Damaged, ...]:
        """Read every record again; what is damaged may be put again from then on. progress hears (done, total)."""
        self.flush()
        total, done = self._index.usage().objects, 0
        damaged: list[pages.Damaged] = []
        for mark, described in self._index.studies():
            study_uid, trouble = self._described(mark) if described else ("", None)
            damaged += [trouble] if trouble else []
            for entry in self._index.objects(mark):
                trouble = self._trouble(entry, study_uid)
                damaged += [trouble] if trouble else []
                done += 1
                if progress is not None:
                    progress(done, max(done, total))
        return tuple(damaged)

    def close(self) -> None:
        """Flush, and close every file."""
        self._closed = True
        try:
            self.flush()
        finally:
            if self._timer is not None:
                self._timer.join()
            self._packs.close()
            self._index.close()

    def _find(self, mark: bytes, study: bytes | None) -> tuple[Entry, ...]:
        # Pending before index: what leaves the one is in the other already.
        with self._turn:
            places = [(mark, study)] if study is not None else [place for place in self._pending if place[0] == mark]
            pending = {place[1]: self._pending[place][0] for place in places if place in self._pending}
        found = {entry.study: entry for entry in self._index.find(mark) if study in (None, entry.study)}
        return tuple((found | pending).values())

    def _entries(self, study: bytes) -> list[Entry]:
        with self._turn:
            pending = {entry.mark: entry for entry, _ in self._pending.values() if entry.study == study}
        kept = {entry.mark: entry for entry in self._index.objects(study) if not entry.damaged}
        return list((kept | pending).values())

    def _names_of(self, study: bytes) -> list[pages.Names]:
        found: list[pages.Names] = []
        for entry in self._entries(study):
            try:
                found.append(self._names(entry))
            except (Unsealable, ValueError):
                self._condemn(entry)
        return found

    def _names(self, entry: Entry) -> pages.Names:
        return pages.names_from(self._keys.opened(entry.study, entry.uids, b"uids" + entry.mark))

    def _part10(self, entry: Entry) -> bytes:
        record = self._packs.read(entry.pack, entry.offset, entry.length)
        return self._keys.opened(entry.study, record, b"object" + entry.mark)

    def _is_here(self, mark: bytes, study: bytes, received: Received) -> bool:
        for entry in self._find(mark, study):
            try:
                same = not entry.damaged and self._part10(entry) == received.part10
                packed = self._names(entry).transcoded and not received.transcoded
            except (PackTorn, Unsealable, ValueError):
                self._condemn(entry)
                return False
            if entry.damaged or (packed and not same):
                # What the archive stores takes the place of its copy that was packed for the way.
                self._condemn(entry)
                return False
            if not same and not received.transcoded:
                raise ReaderError(
                    f"Another object with the identifier {received.sop_uid} is already on this desk; the first is kept.",
                    _MISMATCH,
                )
            return True
        return False

    def _condemn(self, entry: Entry) -> None:
        with self._turn:
            held = self._pending.get((entry.mark, entry.study))
            if held is not None and held[0] is entry:
                del self._pending[entry.mark, entry.study]
        self._index.condemn(entry)

    def _await_flush(self, entry: Entry, key: StudyKey) -> bool:
        """Let the entry count from now on; False where the same place was taken a moment before."""
        with self._turn:
            if not self._keys.in_force(entry.study, key):
                raise ReaderError("This study was wiped while it was being received.", "Fetch it again.")
            ours = self._pending.setdefault((entry.mark, entry.study), (entry, key))[0] is entry
            self._waiting_bytes += entry.length if ours else 0
            self._touched[entry.study] = self._clock()
            overdue = self._armed_at is not None and time.monotonic() - self._armed_at > 2 * FLUSH_S
        if self._waiting_bytes > FLUSH_BYTES or overdue:
            self.flush()
        else:
            self._arm()
        return ours

    def _arm(self) -> None:
        """See to it that what waits is flushed within FLUSH_S."""
        with self._turn:
            if self._armed_at is not None or not self._pending or self._closed:
                return
            self._armed_at = time.monotonic()
            self._timer = threading.Timer(FLUSH_S, self._flush_quietly)
            self._timer.name, self._timer.daemon = "shelf flush", True
            self._timer.start()

    def _flush_pending(self) -> bool:
        with self._turn:
            pending, touched = dict(self._pending), dict(self._touched)
            self._armed_at = None
            if self._timer is not None:
                self._timer.cancel()
        if pending:
            self._packs.sync({entry.pack for entry, _ in pending.values()})
        if pending or touched:
            self._index.add([(entry, key.wrapped) for entry, key in pending.values()], touched)
        self._notice_wiped(pending.values())
        with self._turn:
            for place, kept in pending.items():
                if self._pending.get(place) is kept:
                    del self._pending[place]
            self._waiting_bytes = sum(entry.length for entry, _ in self._pending.values())
            self._touched = {mark: at for mark, at in self._touched.items() if touched.get(mark) != at}
        return bool(pending)

    def _flush_quietly(self) -> None:
        try:
            self.flush()
        except ReaderError as error:
            # What waits is tried again, and told, by the next put or flush.
            LOG.warning("The cache could not be written: %s", error)

    def _notice_wiped(self, pending: Collection[tuple[Entry, StudyKey]]) -> None:
        for study, key in {entry.study: key for entry, key in pending}.items():
            if not self._keys.still_kept(study, key):
                LOG.warning("A study was wiped by another program while it was being received; fetch it again.")

    def _make_room(self, needed_bytes: int) -> None:
        if not self._keep_free_bytes:
            return
        short = self._keep_free_bytes + needed_bytes - shutil.disk_usage(self._folder).free
        if short <= 0:
            return
        self.evict(short)
        free = shutil.disk_usage(self._folder).free
        if self._keep_free_bytes + needed_bytes > free:
            raise ReaderError(
                f"The disk with the cache ({self._folder}) is nearly full: {free / 1e9:.1f} GB are free,"
                f" {self._keep_free_bytes / 1e9:.1f} GB are kept free.",
                "Free space there, or wipe studies with: readingroom cache --wipe. Nothing that was kept is lost.",
            )

    def _drop(self, study: bytes) -> None:
        with self._turn:
            gone = [place for place in self._pending if place[1] == study]
            packs = {self._pending.pop(place)[0].pack for place in gone}
        packs |= self._index.drop(study)
        self._keys.forget(study)
        try:
            self._packs.remove(packs)
        except ReaderError as error:
            LOG.warning("%s", error)

    def _sweep(self) -> None:
        """Remove packs that a killed process left without an index row."""
        strays = self._packs.strays(self._index.packs(), STRAY_S, time.time())
        if strays:
            self._packs.remove(strays)

    def _described(self, study: bytes) -> tuple[str, pages.Damaged | None]:
        body = self._index.body(study)
        try:
            return pages.study_from(self._keys.opened(study, body or b"", b"body" + study)).uid, None
        except (Unsealable, pages.Unreadable, ReaderError):
            return "", pages.Damaged("", "", "", "What this desk knows of a study cannot be read.")

    def _trouble(self, entry: Entry, study_uid: str) -> pages.Damaged | None:
        try:
            names = self._names(entry)
        except (Unsealable, ReaderError, ValueError):
            self._condemn(entry)
            return pages.Damaged(study_uid, "", "", "An object's identifiers cannot be read.")
        try:
            self._part10(entry)
        except (PackTorn, Unsealable) as error:
            self._condemn(entry)
            lost = isinstance(error, PackTorn)
            problem = "Its bytes are missing on the disk." if lost else "Its bytes were changed on the disk."
            return pages.Damaged(study_uid, names.series_uid, names.sop_uid, problem)
        return None


def open_shelf(folder: Path, key: bytes, disk: DiskSettings) -> Shelf:
    """The shelf of a desk, with the budget of its settings."""
    return Shelf(folder, key, int(disk.budget_gb * 1e9), int(disk.keep_free_gb * 1e9))
