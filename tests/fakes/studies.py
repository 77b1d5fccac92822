"""Studies and objects as values for tests of what lies on the disk: no pixels, no patient."""

from datetime import date, time

from readingroom.record.patient import Patient
from readingroom.record.search import Received
from readingroom.record.study import FramePlace, Instance, Series, Study

KEY = bytes(range(32))
PATIENT = Patient("9990000018", "NHS", "ZZTEST^PHI", date(1950, 2, 3), "F")


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def ct(study_uid: str = "1.2.826.0.999", slices: int = 3) -> Study:
    place = FramePlace((1.0, -2.5, 30.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (0.7, 0.7), (("b_value", "1000"),))
    instances = tuple(
        Instance(
            study_uid, f"{study_uid}.1", f"{study_uid}.1.{n}", "1.2.840.10008.5.1.4.1.1.2", n, 512, 512, 1, (place,)
        )
        for n in range(1, slices + 1)
    )
    series = Series(f"{study_uid}.1", 1, "CT", "Chest łung", "CHEST", instances=instances, expected=slices)
    return Study(study_uid, PATIENT, date(2026, 11, 24), time(12, 4), "CT chest", series=(series,), held_by=("North",))


def received(number: int, study_uid: str = "1.2.826.0.999", size: int = 2000) -> Received:
    body = f"ZZTEST^PHI {study_uid} slice {number} ".encode() * (size // 20)
    return Received(study_uid, f"{study_uid}.1", f"{study_uid}.1.{number}", body)
