"""What a check answers, and what it may know."""

from dataclasses import dataclass
from datetime import date

from readingroom.record.finding import Measurement
from readingroom.record.patient import Patient
from readingroom.record.study import Study
from readingroom.reporting.kept import KeptView, Star

STOP, WARN, NOTE = "stop", "warn", "note"


@dataclass(frozen=True, slots=True)
class Concern:
    """One reason to look again. where: a field id, or "" for the whole report.

    severity: "stop" must be mended, "warn" needs a reason to be waived, "note" is shown and never stops a signature.
    """

    rule: str
    text: str
    where: str = ""
    waivable: bool = True
    severity: str = WARN


@dataclass(frozen=True, slots=True)
class ReadSet:
    """What one reader has seen of one display set of the examination.

    of: its images; seen: how many at full quality for long enough; unseen: which not, as "4–9, 12", counted from 1;
    previews: how many as previews only. windows: (class, images); lacking: (class, which images) of those that the
    protocol wants seen in it.
    """

    display_set: str
    series_uid: str
    name: str
    of: int
    seen: int
    unseen: str = ""
    previews: int = 0
    windows: tuple[tuple[str, int], ...] = ()
    lacking: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """What a check may know of the case.

    seen_series: UIDs of series that were looked at, None where nobody watched (no window). received: (series UID, images
    here); a series that is not named has all that it expects. quality: (series UID, words), "PREVIEW of 3 images", "LOSSY 19:1".
    unshown: (series UID, images that are here and cannot be shown). gaps: (series UID, after which images slices miss).
    newer_report: "" or who wrote one since this draft began, and when. silent: archives that did not say whether there is
    one. other_patients: whoever else was open at this desk. opened_priors: prior study UIDs that were opened, None where
    nobody watched. prior_dates: (UID, day) of the examinations that the archives know of this patient. read: what was
    seen of each display set of images, None where nobody watched. stars, views: key images and views to go with the report.
    """

    study: Study
    measurements: tuple[Measurement, ...] = ()
    seen_series: frozenset[str] | None = None
    received: tuple[tuple[str, int], ...] = ()
    quality: tuple[tuple[str, str], ...] = ()
    unshown: tuple[tuple[str, int], ...] = ()
    gaps: tuple[tuple[str, str], ...] = ()
    newer_report: str = ""
    silent: tuple[str, ...] = ()
    other_patients: tuple[Patient, ...] = ()
    opened_priors: frozenset[str] | None = None
    prior_dates: tuple[tuple[str, date], ...] = ()
    read: tuple[ReadSet, ...] | None = None
    stars: tuple[Star, ...] = ()
    views: tuple[KeptView, ...] = ()
