"""A whole study onto the shelf: in which order, from which holder, how fast, and what is still missing afterwards."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress, Ticket
from readingroom.record.search import Received
from readingroom.record.study import Series, Study
from readingroom.session.fetch import Failure, bring_missing, open_study
from readingroom.session.ports import Region, Shelf

ORDERS = ("visible", "middle", "file")
"""visible: the middle image first, then series by series; middle: outward from each middle; file: as the archive sends."""
_SLICE_S = 0.1


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """What became of a fetch. Seconds count from its start; None where no image, or not every object, is here.

    expected: objects the archive lists; received: of these, on the shelf now; resumed: of these, there before;
    byte_count: brought over the line now.
    """

    study: Study
    expected: int
    received: int
    byte_count: int
    first_image_s: float | None
    complete_s: float | None
    resumed: int
    failed: tuple[Failure, ...]

    @property
    def whole(self) -> bool:
        """Whether everything that the archive lists is here."""
        return self.received >= self.expected and not self.failed


def fetch_study(
    region: Region,
    shelf: Shelf,
    study_uid: str,
    *,
    from_archive: str | None = None,
    order: str = "visible",
    limit_rate: float | None = None,
    ticket: Ticket,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> FetchOutcome:
    """Bring what the shelf lacks of a study from its nearest holder, the rest from the next, until nobody has more.

    limit_rate: bytes per second over the whole fetch. ReaderError where the study cannot be opened at all.
    """
    began = monotonic()
    if from_archive is not None:
        region.archive(from_archive)
    study = open_study(region, shelf, study_uid, (from_archive,) if from_archive else ())
    run = _Run(shelf, study, began, limit_rate, ticket, progress)
    failed: dict[str, Failure] = {}
    names = [from_archive] if from_archive else [name for name in study.held_by if name in region.names]
    for name in names or list(region.names):
        failed = {} if run.missing() else failed
        for series, wanted, singly in _batches(study, order):
            left = [uid for uid in wanted if uid in run.missing()]
            if left:
                for failure in bring_missing(
                    region.archive(name), shelf, study, series, left, ticket, run.arrived, singly
                ):
                    failed[failure.sop_uid] = failure
        if not run.missing():
            break
    return run.outcome(tuple(failed.values()))


@dataclass
class _Run:
    """The counting of one fetch; lives and dies with the call."""

    shelf: Shelf
    study: Study
    began: float
    limit_rate: float | None
    ticket: Ticket
    progress: Callable[[Progress], None]
    byte_count: int = 0
    first_image_s: float | None = None
    here: set[str] = field(default_factory=set)
    images: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    resumed: int = 0

    def __post_init__(self) -> None:
        self.listed = frozenset(one.sop_uid for one in self.study.instances())
        self.images = frozenset(one.sop_uid for one in self.study.instances() if one.is_image)
        self.here = set(self.shelf.sop_uids(self.study.uid) & self.listed)
        self.resumed = len(self.here)
        if self.here & self.images:
            self.first_image_s = monotonic() - self.began
        self.told()

    def missing(self) -> frozenset[str]:
        """What of the study is not here yet."""
        return self.listed - self.here

    def arrived(self, received: Received) -> None:
        """Count one object, and wait where the line is to be left to others."""
        self.here.add(received.sop_uid)
        self.byte_count += len(received.part10)
        if self.first_image_s is None and received.sop_uid in self.images:
            self.first_image_s = monotonic() - self.began
        self.told()
        while self.limit_rate and (wait := self.byte_count / self.limit_rate - (monotonic() - self.began)) > 0:
            self.ticket.checkpoint()
            sleep(min(wait, _SLICE_S))

    def told(self) -> None:
        """Say how far it is."""
        megabytes = self.byte_count / 1e6
        rate = megabytes / max(monotonic() - self.began, 1e-3)
        text = f"{megabytes:.1f} MB, {rate:.1f} MB/s"
        self.progress(Progress(len(self.here & self.listed), len(self.listed), "objects", text))

    def outcome(self, failed: tuple[Failure, ...]) -> FetchOutcome:
        """The count at the end; objects that the archive counts and does not list are failures without a name."""
        missing = self.missing()
        said = {failure.sop_uid for failure in failed}
        unsaid = tuple(Failure(uid, "It did not come.", "Fetch again.") for uid in sorted(missing - said))
        expected = max(len(self.listed), self.study.expected or 0)
        aside = tuple(Failure(one.sop_uid, one.problem, "It is not shown.") for one in self.study.set_aside)
        known = {one.sop_uid for one in self.study.set_aside}
        failed = tuple(failure for failure in failed if failure.sop_uid not in known)
        unlisted = expected - len(self.listed) - len(aside)
        uncounted = (
            (Failure("", f"The archive counts {unlisted} more objects than it lists.", "Ask its owner."),)
            if unlisted > 0
            else ()
        )
        received = len(self.listed - missing)
        whole = received == len(self.listed) and received > 0
        return FetchOutcome(
            self.study,
            expected,
            received,
            self.byte_count,
            self.first_image_s,
            monotonic() - self.began if whole else None,
            self.resumed,
            (*failed, *unsaid, *aside, *uncounted),
        )


def _batches(study: Study, order: str) -> Iterator[tuple[Series, Sequence[str], bool]]:
    """(series, its objects in the order to bring them, one by one?) in turn."""
    if order not in ORDERS:
        raise ReaderError(f"There is no order “{order}”.", f"Use one of: {', '.join(ORDERS)}.")
    pictures = [series for series in study.series if any(one.is_image for one in series.instances)]
    if order == "visible" and pictures:
        yield pictures[0], _middle_out(pictures[0])[:1], True
    for series in (*pictures, *(one for one in study.series if one not in pictures)):
        if order == "middle":
            yield series, _middle_out(series), True
        else:
            yield series, [one.sop_uid for one in series.instances], False


def _middle_out(series: Series) -> list[str]:
    uids = [one.sop_uid for one in series.instances]
    middle = len(uids) // 2
    return [uids[n] for n in sorted(range(len(uids)), key=lambda n: (abs(n - middle), n))]
