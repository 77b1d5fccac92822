"""By which way objects come from each archive: what is known of its line, and whether it packs without loss.

Kept per archive as long as the desk is open; asked on the reader's thread only.
"""

from readingroom.base.errors import ReaderError
from readingroom.record.search import Received
from readingroom.record.study import Study
from readingroom.session.fetch import AHEAD
from readingroom.session.loader_jobs import Brought
from readingroom.session.packing import PLAIN, RATIO
from readingroom.session.ports import Distant, Metered, Region

SLOW_AT_ONCE = 3
"""So many requests fill a slow line although the archive takes its time to pack; with more, the one that is waited for
shares the line with those that are not."""
FAST_AT_ONCE = 4


class Ways:
    """What was learnt of each archive's line, and of how each series is stored."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._packs: dict[str, bool] = {}
        self._proving: set[str] = set()
        self._stored_as: dict[str, str] = {}

    def distant(self, study: Study) -> Distant | None:
        """The nearest holder of a study where it lies at the other end of a line that is measured, else None."""
        for name in study.held_by or self._region.names:
            try:
                archive = self._region.archive(name)
            except ReaderError:
                continue
            return archive if isinstance(archive, Distant) else None
        return None

    def left_bytes(self, study: Study) -> int | None:
        """What may still come this month over the line of a study; None where it is not metered."""
        return left_of(self.distant(study))

    def is_slow(self, study: Study) -> bool:
        """Whether a study comes over a slow line."""
        archive = self.distant(study)
        return archive is not None and archive.link.kind == "slow"

    def way(self, study: Study, here: int, broken: bool, anything: bool) -> str:
        """How a series comes: "stream", "singly", or "wait" until the first image tells how fast the line is.

        here: how many of its objects are here; broken: its stream broke off; anything: an object of the study is here.
        """
        archive = self.distant(study)
        kind = archive.link.kind if archive is not None else "LAN"
        if kind == "" and not anything:
            return "wait"
        return "singly" if kind == "slow" or broken or here > AHEAD else "stream"

    def most_at_once(self, study: Study, looked_at: bool = False) -> int:
        """How many objects may be on their way singly; for what is looked at one more goes ahead of them."""
        return SLOW_AT_ONCE + looked_at if self.is_slow(study) else FAST_AT_ONCE + 2 * looked_at

    def is_held(self, study: Study, series_uid: str, on_its_way: bool) -> bool:
        """Whether a series waits until it is known if its objects can come packed; on_its_way: one of them is."""
        archive = self.distant(study)
        if archive is None or archive.link.kind != "slow" or self._packs.get(archive.name) is False:
            return False
        known = self._stored_as.get(series_uid) or _as_listed(study, series_uid)
        unknown = not known or (known in PLAIN and archive.name not in self._packs)
        return archive.name in self._proving or (on_its_way and unknown)

    def packed_by(self, study: Study, series_uid: str) -> str:
        """The archive that is asked to pack the objects of a series for the way, or "" for as they are stored."""
        archive = self.distant(study)
        if archive is None or archive.link.kind != "slow" or not self._packs.get(archive.name):
            return ""
        stored_as = self._stored_as.get(series_uid) or _as_listed(study, series_uid)
        return archive.name if stored_as in PLAIN else ""

    def packs(self, study: Study) -> bool:
        """Whether the archive of a study was seen to pack without loss."""
        archive = self.distant(study)
        return archive is not None and self._packs.get(archive.name, False)

    def seconds_for(self, study: Study, size: int) -> float:
        """About how long so many bytes of stored objects take over the line of a study; 0 where it is not measured."""
        archive = self.distant(study)
        speed = archive.link.bytes_per_s if archive is not None else None
        return size * (RATIO if self.packs(study) else 1.0) / speed if speed else 0.0

    def learnt(self, study: Study, brought: Brought) -> None:
        """What an object that came tells of its series and of its archive."""
        received = brought.received
        if brought.unpacked and (archive := self.distant(study)) is not None:
            self._packs[archive.name] = False
        if received.transfer_syntax and not received.transcoded:
            self._stored_as[received.series_uid] = received.transfer_syntax

    def to_prove(self, study: Study, received: Received) -> bool:
        """Whether it is worth seeing how the archive packs, and this object would show it."""
        archive = self.distant(study)
        if archive is None or received.transcoded or received.transfer_syntax not in PLAIN:
            return False
        return archive.link.kind == "slow" and archive.name not in self._packs and archive.name not in self._proving

    def begin_proof(self, study: Study) -> Distant | None:
        """The archive to be seen packing; until that is over, only what is looked at is asked of it."""
        archive = self.distant(study)
        if archive is not None:
            self._proving.add(archive.name)
        return archive

    def end_proof(self, name: str, packs: bool) -> None:
        """What came of it."""
        self._proving.discard(name)
        self._packs[name] = packs

    def stopped(self) -> None:
        """The case was left: a proof that was under way gives no answer any more."""
        self._proving.clear()


def left_of(archive: object) -> int | None:
    """Bytes that may still come this month over the line of an archive; None where it is not metered."""
    return archive.left_bytes if isinstance(archive, Metered) else None


def _as_listed(study: Study, series_uid: str) -> str:
    series = study.series_named(series_uid)
    return series.instances[0].transfer_syntax if series is not None and series.instances else ""
