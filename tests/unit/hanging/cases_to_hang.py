"""Studies for tests of hanging: headers made by hand, each of a known kind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from readingroom.display.stack import Stack, stacks
from readingroom.hanging.hang import Hanging, hang
from readingroom.hanging.placing import Monitor
from readingroom.record.patient import Patient
from readingroom.record.study import Cosines, FramePlace, Instance, Series, Study

ADA = Patient("9990100006", "NHS", "Byron^Ada", date(1970, 1, 1), "F")
BEN = Patient("9990000026", "NHS", "Cole^Ben", date(1961, 5, 5), "M")
AXIAL: Cosines = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL: Cosines = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
SAGITTAL: Cosines = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2", "MR": "1.2.840.10008.5.1.4.1.1.4", "DX": "1.2.840.10008.5.1.4.1.1.1.1",
    "MG": "1.2.840.10008.5.1.4.1.1.1.2", "PT": "1.2.840.10008.5.1.4.1.1.128", "SR": "1.2.840.10008.5.1.4.1.1.88.11",
    "SEG": "1.2.840.10008.5.1.4.1.1.66.4", "US": "1.2.840.10008.5.1.4.1.1.6.1", "OT": "1.2.840.10008.5.1.4.1.1.7",
}  # fmt: skip
_NORMALS = {AXIAL: (0.0, 0.0, 1.0), CORONAL: (0.0, 1.0, 0.0), SAGITTAL: (1.0, 0.0, 0.0)}


def volume(
    uid: str, modality: str, description: str, images: int = 20, orientation: Cosines | None = AXIAL,
    marks: tuple[tuple[str, str], ...] = (), image_type: tuple[str, ...] = ("ORIGINAL", "PRIMARY"), **more: object,
) -> Series:  # fmt: skip
    """A series of slices; more: fields of Series."""
    across = _NORMALS.get(orientation, (0.0, 0.0, 1.0)) if orientation is not None else (0.0, 0.0, 0.0)
    instances = tuple(
        Instance(
            uid.rsplit(".", 1)[0], uid, f"{uid}.{n}", CLASSES.get(modality, CLASSES["OT"]), n, 256, 256, 1,
            (FramePlace((across[0] * n, across[1] * n, across[2] * n), orientation, (0.7, 0.7), marks),),
            image_type=image_type,
        )
        for n in range(1, images + 1)
    )  # fmt: skip
    made = Series(uid, int(uid.rsplit(".", 1)[1]), modality, description, instances=instances)
    return replace(made, **more)  # type: ignore[arg-type]


def film(uid: str, modality: str, description: str, view: str = "", side: str = "", **more: object) -> Series:
    """A series of one projection; more: fields of its Instance, and facts of the series."""
    facts = more.pop("facts", ())
    instance = Instance(
        uid.rsplit(".", 1)[0], uid, f"{uid}.1", CLASSES[modality], 1, 2000, 1500, 1, view=view, laterality=side
    )
    instance = replace(instance, **more)  # type: ignore[arg-type]
    return Series(uid, int(uid.rsplit(".", 1)[1]), modality, description, instances=(instance,), facts=facts)  # type: ignore[arg-type]


def study(
    uid: str, description: str, *series: Series, day: date | None = date(2026, 11, 24), who: Patient = ADA
) -> Study:
    """A study with these series."""
    return Study(uid, who, day, time(9, 0), description, series=series)


def ct(
    uid: str, description: str, *named: tuple[str, str], day: date = date(2026, 11, 24), who: Patient = ADA
) -> Study:
    """A CT with a series of 30 axial slices for each (description, kernel)."""
    made = (volume(f"{uid}.{n}", "CT", words, 30, kernel=kernel) for n, (words, kernel) in enumerate(named, 1))
    return study(uid, description, *made, day=day, who=who)


def every_stack(*studies: Study) -> tuple[Stack, ...]:
    """The display sets of some studies."""
    return tuple(stack for one in studies for stack in stacks(one))


def hung(current: Study, *priors: Study, monitors: Sequence[Monitor] = (Monitor(),), stage: int = 0) -> Hanging:
    """The study with its priors, hung by the protocols that travel with the program."""
    return hang(current, every_stack(current, *priors), priors, monitors=monitors, stage=stage)


def shown(hanging: Hanging) -> list[str]:
    """What is on the glass in the order of reading: descriptions, "-" for an empty place."""
    assert hanging.shown is not None
    return [one.stack.description if one.stack is not None else "-" for one in hanging.shown.placed]
