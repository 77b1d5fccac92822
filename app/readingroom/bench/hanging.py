"""Choosing a protocol and hanging a case of 100 series with 30 earlier examinations."""

from collections.abc import Iterator
from datetime import date, timedelta

from readingroom.bench.result import Result, result, timed_ms
from readingroom.display.stack import stacks
from readingroom.hanging.hang import hang
from readingroom.hanging.library import usual_protocols
from readingroom.record.patient import Patient
from readingroom.record.study import FramePlace, Instance, Series, Study

SERIES, PRIORS, OF_A_PRIOR, IMAGES = 100, 30, 6, 24
LIMIT_MS = 10.0
ADA = Patient("9990100006", "NHS", "Byron^Ada", date(1970, 1, 1), "F")
WORDS = (
    "T2 TSE ax",
    "FLAIR cor",
    "T1 MPRAGE sag",
    "DWI b1000",
    "ADC",
    "SWI",
    "T1 ax post",
    "TOF MIP",
    "Localizer",
    "PD FS",
)
KINDS = (
    ("MRI brain", "MR"),
    ("CT head", "CT"),
    ("MRI brain with contrast", "MR"),
    ("XR chest", "CR"),
    ("US abdomen", "US"),
)


def measured(name: str, runs: int) -> Iterator[Result]:
    """The whole answer each time, from display sets that are made: nothing is remembered from run to run."""
    current = _study(0, SERIES, "MRI brain and lumbar spine", "MR")
    priors = tuple(_study(n, OF_A_PRIOR, *KINDS[n % len(KINDS)]) for n in range(1, PRIORS + 1))
    everything = tuple(stack for study in (current, *priors) for stack in stacks(study))
    usual_protocols()
    values = [timed_ms(lambda: hang(current, everything, priors)) for _ in range(10 * runs + 1)][1:]
    words = f"{SERIES} series, {PRIORS} priors, {len(usual_protocols().usable)} protocols"
    yield result(name, values, "ms", LIMIT_MS, "the design's limit", 1.0, words)


def _study(number: int, series: int, description: str, modality: str) -> Study:
    uid = f"2.25.7.{number}"
    day = date(2026, 11, 24) - timedelta(days=97 * number)
    made = tuple(_series(f"{uid}.{n}", n, modality) for n in range(1, series + 1))
    return Study(uid, ADA, day, None, description, series=made)


def _series(uid: str, number: int, modality: str) -> Series:
    study_uid = uid.rpartition(".")[0]
    instances = tuple(
        Instance(
            study_uid, uid, f"{uid}.{n}", "1.2.840.10008.5.1.4.1.1.4", n, 256, 256, 1,
            (FramePlace((0.0, 0.0, 4.0 * n), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (0.8, 0.8)),),
            image_type=("ORIGINAL", "PRIMARY", "M"),
        )
        for n in range(1, IMAGES + 1)
    )  # fmt: skip
    facts = (("RepetitionTime", "4800"), ("EchoTime", "98"), ("ScanningSequence", "SE"))
    return Series(
        uid, number, modality, f"{WORDS[number % len(WORDS)]} {number}", "BRAIN", instances=instances, facts=facts,
        slice_thickness_mm=4.0,
    )  # fmt: skip
