"""Previews over a slow line: lossy pictures that stand for images on their way. Never measured on, never counted.

They are kept apart from decoded frames, so that whoever asks for a frame to measure or to report on gets none.
"""

from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Lane, Pool, Ticket
from readingroom.base.log import LOG, unforeseen
from readingroom.display.stack import Stack
from readingroom.pixels.frame import Frame
from readingroom.record.study import FrameRef, Study
from readingroom.session.case import Case
from readingroom.session.fetch_plan import likely_bytes, preview_order, visible
from readingroom.session.frames import FrameBook
from readingroom.session.ports import Distant
from readingroom.session.way import Ways

WORTH_IT_S = 5.0
"""Only where what hangs takes longer than this are previews asked for."""
AT_ONCE, AT_ONCE_BEFORE = 12, 3
"""How many are asked for at once; and how many before the image that is looked at is here."""
MOST_PIXELS = 4 << 20


class Previews:
    """The previews of the open case. Lives on the reader's thread."""

    def __init__(self, io: Pool, ways: Ways, book: FrameBook) -> None:
        self._io, self._ways, self._book = io, ways, book
        self.arrived: Event[FrameRef] = Event()
        self._renders: dict[str, bool] = {}
        self.open(Ticket())

    def open(self, ticket: Ticket) -> None:
        """Forget the case before."""
        self._ticket = ticket
        self._frames: dict[FrameRef, Frame] = {}
        self._asked: set[FrameRef] = set()
        self._failed: set[FrameRef] = set()
        self._only: set[FrameRef] = set()
        self._with_pixels: set[str] = set()
        self._worth: dict[str, bool] = {}

    def frame(self, ref: FrameRef) -> Frame | None:
        """What may stand for an image, marked, until its pixels are here."""
        return self._frames.get(ref)

    @property
    def busy(self) -> bool:
        """Whether previews are on their way."""
        return bool(self._asked)

    def drop(self, ref: FrameRef) -> None:
        """The pixels came: nothing stands for them any more."""
        self._frames.pop(ref, None)

    def on_glass(self, ref: FrameRef, is_preview: bool) -> None:
        """What the reader was shown of an image: a preview, or the image itself."""
        if is_preview:
            self._only.add(ref)
        else:
            self._only.discard(ref)
            self._with_pixels.add(ref.series_uid)

    def only_seen(self) -> dict[str, int]:
        """Series UID → how many of its images were on the glass as previews only."""
        found: dict[str, int] = {}
        for ref in self._only:
            found[ref.series_uid] = found.get(ref.series_uid, 0) + 1
        return found

    def unread(self) -> frozenset[str]:
        """Series of which no image was on the glass, only previews."""
        return frozenset(ref.series_uid for ref in self._only) - self._with_pixels

    def look_at(self, case: Case, here: dict[str, set[str]]) -> None:
        """Ask for the next previews of what hangs, where it is worth it; here: study UID → objects on the shelf."""
        first_here = all(ref.sop_uid in here.get(ref.study_uid, ()) for ref in visible(case))
        most = AT_ONCE if first_here else AT_ONCE_BEFORE
        if len(self._asked) >= most or not any(self._ways.is_slow(study) for study in (case.study, *case.priors)):
            return
        for stack, index in preview_order(case):
            if len(self._asked) >= most:
                return
            ref = stack.frames[index]
            study = case.study_of(ref.study_uid)
            if ref.sop_uid in here.get(ref.study_uid, ()) or self._is_settled(ref) or study is None:
                continue
            left = self._ways.left_bytes(study)
            # They cost bytes on top of the images' own: not where a metered line has none to spare.
            if (left is None or left > 0) and self._is_worth_it(study, stack, here.get(study.uid, set())):
                self._ask(study, stack, index)

    def _is_settled(self, ref: FrameRef) -> bool:
        return ref in self._frames or ref in self._asked or ref in self._failed or self._book.has(ref)

    def _is_worth_it(self, study: Study, stack: Stack, here: set[str]) -> bool:
        if stack.id not in self._worth:
            series = study.series_named(stack.series_uid)
            images = series.instances if series is not None else ()
            left = sum(likely_bytes(one) for one in images if one.sop_uid not in here)
            single = all(one.frames <= 1 for one in images) and stack.rows * stack.columns <= MOST_PIXELS
            self._worth[stack.id] = single and self._ways.seconds_for(study, left) > WORTH_IT_S
        return self._worth[stack.id]

    def _ask(self, study: Study, stack: Stack, index: int) -> None:
        archive, ref = self._ways.distant(study), stack.frames[index]
        if archive is None or not self._renders.get(archive.name, True):
            return
        if archive.name not in self._renders and self._asked:
            return
        self._asked.add(ref)
        self._io.submit(
            preview_job, archive, stack, index, self._ticket,
            done=partial(self._came, archive.name, ref), failed=partial(self._not_came, ref),
            ticket=self._ticket, lane=Lane.NEXT,
        )  # fmt: skip

    def _came(self, name: str, ref: FrameRef, frame: Frame | None) -> None:
        self._asked.discard(ref)
        self._renders[name] = frame is not None
        if frame is not None and not self._book.has(ref):
            self._frames[ref] = frame
        self.arrived.tell(ref)

    def _not_came(self, ref: FrameRef, error: Exception) -> None:
        # The image itself is on its way, and if that fails the reader is told: a preview less is no loss.
        LOG.info("no preview: %s", error if isinstance(error, ReaderError) else unforeseen(error, "bringing previews"))
        self._asked.discard(ref)
        self._failed.add(ref)
        self.arrived.tell(ref)


def preview_job(archive: Distant, stack: Stack, index: int, ticket: Ticket) -> Frame | None:
    """The preview of one image, or None where the archive renders none."""
    from readingroom.pixels.preview import preview_frame

    ref = stack.frames[index]
    jpeg = archive.preview(ref.study_uid, ref.series_uid, ref.sop_uid, ticket)
    if jpeg is None:
        return None
    place = stack.places[index] if index < len(stack.places) else None
    spacing = place.spacing_mm if place is not None else None
    return preview_frame(jpeg, ref, stack.rows, stack.columns, stack.modality, spacing, stack.plane(index))
