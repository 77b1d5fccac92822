"""Objects that were retrieved for their headers, held until they are asked for, so that none crosses the line twice."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from readingroom.record.search import Received
from readingroom.record.tags import Tags, text, whole

_MOST_BYTES = 768 * 1024 * 1024
_NO_PICTURES = frozenset({"SR", "PR", "KO", "DOC", "RTSTRUCT", "RTPLAN", "REG", "AU", "ECG", "PLAN", "RTRECORD"})
_ONE_HEADER_FOR_ALL_FRAMES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.3.1",
        "1.2.840.10008.5.1.4.1.1.12.1",
        "1.2.840.10008.5.1.4.1.1.12.2",
        "1.2.840.10008.5.1.4.1.1.7.1",
        "1.2.840.10008.5.1.4.1.1.7.2",
        "1.2.840.10008.5.1.4.1.1.7.3",
        "1.2.840.10008.5.1.4.1.1.7.4",
    }
)
"""Multi-frame ultrasound, angiography, fluoroscopy and secondary capture: no frame has a header of its own."""


class Held:
    """Objects in memory by series, the oldest series dropped first beyond 768 MiB: what is dropped is fetched again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: OrderedDict[str, dict[str, Received]] = OrderedDict()
        self._bytes = 0

    def hold(self, received: Received) -> None:
        """Keep one object."""
        with self._lock:
            self._series.setdefault(received.series_uid, {})[received.sop_uid] = received
            self._bytes += len(received.part10)
            while self._bytes > _MOST_BYTES and self._series:
                _, dropped = self._series.popitem(last=False)
                self._bytes -= sum(len(one.part10) for one in dropped.values())

    def one(self, series_uid: str, sop_uid: str) -> Received | None:
        """One object, which stays; None where it is not held."""
        with self._lock:
            return self._series.get(series_uid, {}).get(sop_uid)

    def taken(self, series_uid: str) -> list[Received]:
        """Every held object of a series, no longer held afterwards."""
        with self._lock:
            found = list(self._series.pop(series_uid, {}).values())
            self._bytes -= sum(len(one.part10) for one in found)
            return found


def tell_enough(answers: Sequence[Tags]) -> bool:
    """Whether the image-level answers of a series are what a viewport needs of its headers.

    Slices that share a place differ by something, a b-value or a time, that often stands in private attributes, and
    those C-FIND does not answer.
    """
    places = [place for one in answers if (place := one.values(0x00200032))]
    return len(set(places)) == len(places) and all(tells_enough(one) for one in answers)


def tells_enough(tags: Tags) -> bool:
    """Whether an image-level answer is the whole header as far as a viewport needs it.

    An archive that answers from a small index leaves out what every image must have (PS3.3 C.7.6.3, type 1), and then
    what it says nothing of - position, spacing, view - may well be there.
    """
    if not (text(tags, 0x00080018) and text(tags, 0x00080016)):
        return False
    if text(tags, 0x00080060) in _NO_PICTURES:
        return True
    must = (0x00280010, 0x00280011, 0x00280100, 0x00280103, 0x00280004)
    if not all(tags.values(tag) for tag in must):
        return False
    several = (whole(tags, 0x00280008) or 1) > 1
    return not several or bool(tags.items(0x52009230)) or text(tags, 0x00080016) in _ONE_HEADER_FOR_ALL_FRAMES
