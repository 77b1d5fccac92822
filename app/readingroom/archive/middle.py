"""Which image of a study is likely to be looked at first, asked while the archive still writes the study's metadata."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from readingroom.record.tags import JsonTags, Tags, text, whole

STACKED = frozenset({"CT", "MR", "PT"})
LEAST = 10
"""Of shorter series, and of other modalities, the middle is not what is looked at first, or one object is everything."""

Rows = Callable[[str, Mapping[str, str]], Iterable[dict[str, Any]]]


def longest(series: Sequence[Tags]) -> tuple[str, int] | None:
    """UID and number of objects of the longest series that is a stack of slices, the first of several; None without one."""
    counted = [
        (text(row, 0x0020000E), whole(row, 0x00201209) or 0) for row in series if text(row, 0x00080060) in STACKED
    ]
    best = max(counted, key=lambda pair: pair[1], default=("", 0))
    return best if best[0] and best[1] >= LEAST else None


def middle_of(study_uid: str, rows: Rows) -> tuple[str, str] | None:
    """Series and SOP Instance UID of the middle image of a study's longest series, by InstanceNumber; None where unsure.

    rows: asks QIDO-RS (PS3.18 10.6) for the first rows under a path.
    """
    fields = {"includefield": "SeriesInstanceUID,Modality,NumberOfSeriesRelatedInstances"}
    series = longest([JsonTags(row) for row in rows(f"studies/{study_uid}/series", fields)])
    if series is None:
        return None
    uid, count = series
    number = count // 2 + 1
    asked = {"InstanceNumber": str(number), "limit": "1"}
    found = [JsonTags(row) for row in rows(f"studies/{study_uid}/series/{uid}/instances", asked)]
    # An archive that does not search by number answers any image.
    if not found or whole(found[0], 0x00200013) != number:
        return None
    sop_uid = text(found[0], 0x00080018)
    return (uid, sop_uid) if sop_uid else None
