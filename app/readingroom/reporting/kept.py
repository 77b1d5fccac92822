"""What a reader keeps of a case beside numbers and words: starred images and views, until the report is signed."""

from dataclasses import dataclass
from datetime import datetime

from readingroom.display.view import ViewState
from readingroom.pixels.frame import Voi
from readingroom.record.finding import Measurement
from readingroom.record.study import FrameRef
from readingroom.reporting.key_selection import TITLES


@dataclass(frozen=True, slots=True)
class Star:
    """A key image: title is a key of reporting.key_selection.TITLES, note why it is kept, in the reader's words."""

    frame: FrameRef
    title: str
    note: str
    at: datetime

    @property
    def words(self) -> str:
        """As a key object selection says it."""
        meaning = TITLES[self.title][2] if self.title in TITLES else self.title
        return f"{meaning}: {self.note}" if self.note else meaning


@dataclass(frozen=True, slots=True)
class KeptView:
    """An image as it was seen: the view (already through any other state), its window, what the glass showed of it.

    voi: None for a colour image, and where the image's own table is used. area: left, top, right, bottom in image
    coordinates, None for the whole image. measurements: as they were drawn then.
    """

    frame: FrameRef
    name: str
    view: ViewState
    voi: Voi | None
    area: tuple[float, float, float, float] | None
    measurements: tuple[Measurement, ...]
    at: datetime
