"""Cases with a truth known beforehand, for the tests of reporting."""

from datetime import UTC, date, datetime, time
from pathlib import Path

from readingroom.record.finding import Basis, Measurement, Value
from readingroom.record.patient import Patient
from readingroom.record.study import FrameRef, Instance, Series, Study
from readingroom.reporting.template import Template, templates
from readingroom.settings.sections import ReaderSettings

AT = datetime(2026, 11, 24, 9, 30, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 9, 45, 0, tzinfo=UTC)
READER = ReaderSettings("Okafor^Ada^^Dr", "1234567", "Northern Trust")
CT = "1.2.840.10008.5.1.4.1.1.2"
FOLDER = Path(__file__).resolve().parents[3] / "resources" / "templates"
BASIS = Basis("mm", "mm", "PixelSpacing")


def template(name: str) -> Template:
    return templates(FOLDER).named(name)


def chest_ct(description: str = "CT chest", uid: str = "1.2.3", day: date | None = date(2026, 11, 20)) -> Study:
    lung = Series(f"{uid}.1", 3, "CT", "Lung 1.0", "CHEST", instances=images(f"{uid}.1", uid, 3), expected=3)
    scout = Series(f"{uid}.2", 1, "CT", "Topogram", "CHEST", instances=images(f"{uid}.2", uid, 1), expected=1)
    patient = Patient("9990000018", "NHS", "Jones^Mary", date(1955, 2, 3), "F")
    return Study(
        uid, patient, day, time(8, 15), description, "ACC7", "Northern Hospital", "Patel^R", series=(lung, scout)
    )


def images(series: str, study: str, number: int) -> tuple[Instance, ...]:
    return tuple(Instance(study, series, f"{series}.{n}", CT, n, 512, 512, 1) for n in range(1, number + 1))


def nodule(mm: float = 9.8, uid: str = "2.25.7") -> Measurement:
    frame = FrameRef("1.2.3", "1.2.3.1", "1.2.3.1.2")
    points = ((100.5, 120.5), (110.5, 120.5))
    return Measurement("length", frame, points, (Value("Length", mm, "mm"),), BASIS, "nodule", uid)
