"""From headers to the record: patient, instance, series, study and search row out of a header's attributes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from readingroom.base.errors import ReaderError
from readingroom.record.making import MADE_WITH, facts_of
from readingroom.record.patient import Patient, differences
from readingroom.record.places import places_of
from readingroom.record.search import StudyRow
from readingroom.record.study import Instance, Series, SetAside, Study
from readingroom.record.tags import Tags, clock, code, day, number, numbers, text, texts, whole

WANTED = (
    *(0x00020010, 0x00080005, 0x00080008, 0x00080016, 0x00080018, 0x00080020, 0x00080030, 0x00080032, 0x00080033),
    *(0x00080050, 0x00080060, 0x00080061, 0x00080080, 0x00080090, 0x00081030, 0x00081032, 0x0008103E, 0x00081115),
    *(0x00082144, 0x00083002, 0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x00180015, 0x00180040),
    *(0x00180050, 0x00180081, 0x00180086, 0x00181030, 0x00181060, 0x00181063, 0x00181065, 0x00181090, 0x00181210),
    *(0x00185101, 0x00189087, 0x00190010, 0x00190011, 0x0019100C, 0x0019110C, 0x0020000D, 0x0020000E, 0x00200011),
    *(0x00200012, 0x00200013, 0x00200020, 0x00200032, 0x00200037, 0x00200052, 0x00200060, 0x00200062, 0x00200100),
    *(0x00209056, 0x00209241, 0x00280008, 0x00280010, 0x00280011, 0x00280030, 0x00401003, 0x00430010, 0x00430011),
    *(
        0x00431039,
        0x00431139,
        0x00180088,
        0x00540010,
        0x00540020,
        0x00540022,
        0x00540030,
        0x00540060,
        0x00540070,
        0x00540080,
        0x00541300,
        0x00540220,
        0x20010010,
        0x20010011,
        0x20011003,
        0x20011103,
        0x3004000C,
    ),
    *(0x52009229, 0x52009230, 0x00181164, 0x00181114),
    *MADE_WITH,
)
"""Every attribute that this module reads: what a quick reading of a header may be limited to."""


@dataclass(frozen=True, slots=True)
class _Named:
    tags: Tags
    patient: Patient
    study_uid: str
    series_uid: str
    sop_uid: str


def patient_of(tags: Tags, issuer: str = "") -> Patient:
    """The patient a header names; issuer: of the archive's identifiers, where the header names none."""
    return Patient(
        id=text(tags, 0x00100020),
        issuer=text(tags, 0x00100021) or issuer,
        name=text(tags, 0x00100010).rstrip("="),
        birth_date=day(tags, 0x00100030),
        sex=text(tags, 0x00100040).upper(),
    )


def instance_of(tags: Tags) -> Instance:
    """One object as its header describes it, with a place for each frame that has one."""
    frames = max(1, whole(tags, 0x00280008) or 1)
    return Instance(
        study_uid=text(tags, 0x0020000D),
        series_uid=text(tags, 0x0020000E),
        sop_uid=text(tags, 0x00080018),
        sop_class=text(tags, 0x00080016),
        number=whole(tags, 0x00200013),
        rows=whole(tags, 0x00280010) or 0,
        columns=whole(tags, 0x00280011) or 0,
        frames=frames,
        places=places_of(tags, frames),
        image_type=texts(tags, 0x00080008),
        acquisition_number=whole(tags, 0x00200012),
        content_time=text(tags, 0x00080033) or text(tags, 0x00080032),
        view=_view(tags),
        laterality=text(tags, 0x00200062) or text(tags, 0x00200060) or _shared(tags, 0x00209071, 0x00209072)[:1],
        patient_orientation=texts(tags, 0x00200020) or tuple(_shared(tags, 0x00209450, 0x00200020).split("\\"))[:2],
        frame_time_ms=_frame_time_ms(tags),
        transfer_syntax=text(tags, 0x00020010) or text(tags, 0x00083002),
        series_of_reference=next((text(item, 0x0020000E) for item in tags.items(0x00081115)), ""),
        view_modifiers=_view_modifiers(tags),
        detector_spacing_mm=_pair_mm(tags, 0x00181164),
        magnification=number(tags, 0x00181114),
        frame_of_reference_uid=text(tags, 0x00200052),
    )


def series_of(tags: Tags, instances: Sequence[Instance] = (), expected: int | None = None) -> Series:
    """The series that a header of one of its objects describes; expected: the archive's own count."""
    return Series(
        uid=text(tags, 0x0020000E),
        number=whole(tags, 0x00200011),
        modality=text(tags, 0x00080060),
        description=text(tags, 0x0008103E),
        body_part=text(tags, 0x00180015),
        laterality=text(tags, 0x00200060),
        frame_of_reference_uid=text(tags, 0x00200052),
        protocol=text(tags, 0x00181030),
        kernel="\\".join(texts(tags, 0x00181210)),
        slice_thickness_mm=number(tags, 0x00180050),
        instances=tuple(instances),
        expected=expected,
        facts=facts_of(tags),
    )


def study_of(
    study_uid: str,
    headers: Sequence[Tags],
    held_by: Sequence[str] = (),
    issuer: str = "",
    expected: Mapping[str, int] | None = None,
) -> Study:
    """The study that its objects' headers describe, series by number and objects by number.

    expected: the archive's own count of objects by Series Instance UID. An object that names another study or another
    patient than most is set aside; ReaderError where no patient is named by more than half, or there is no object.
    """
    ours, aside = _sorted_out(study_uid, [_named(tags, study_uid, issuer) for tags in headers])
    if not ours:
        raise ReaderError("There is no image in this study.", "Ask the archive that lists it to send it again.")
    first = ours[0].tags
    series = _series(ours, expected or {})
    counts = [s.expected for s in series if s.expected is not None]
    return Study(
        uid=study_uid,
        patient=Counter(one.patient for one in ours).most_common(1)[0][0],
        date=day(first, 0x00080020),
        time=clock(first, 0x00080030),
        description=text(first, 0x00081030),
        accession=text(first, 0x00080050),
        institution=text(first, 0x00080080),
        referrer=text(first, 0x00080090),
        procedure_code=code(first, 0x00081032),
        series=series,
        expected=sum(counts) if len(counts) == len(series) else None,
        held_by=tuple(held_by),
        set_aside=tuple(aside),
    )


def row_of(tags: Tags, archive: str, issuer: str = "") -> StudyRow | None:
    """One study-level answer of QIDO-RS (PS3.18 10.6.3) as a row, or None where it names no study."""
    study_uid = text(tags, 0x0020000D)
    if not study_uid:
        return None
    return StudyRow(
        study_uid=study_uid,
        patient=patient_of(tags, issuer),
        date=day(tags, 0x00080020),
        time=clock(tags, 0x00080030),
        description=text(tags, 0x00081030),
        modalities=tuple(dict.fromkeys(texts(tags, 0x00080061) or texts(tags, 0x00080060))),
        accession=text(tags, 0x00080050),
        body_part=text(tags, 0x00180015),
        instances=whole(tags, 0x00201208),
        held_by=(archive,),
        institution=text(tags, 0x00080080),
        referrer=text(tags, 0x00080090),
        priority=text(tags, 0x00401003),
    )


def _named(tags: Tags, study_uid: str, issuer: str) -> _Named:
    return _Named(
        tags,
        patient_of(tags, issuer),
        text(tags, 0x0020000D) or study_uid,
        text(tags, 0x0020000E),
        text(tags, 0x00080018),
    )


def _sorted_out(study_uid: str, named: Sequence[_Named]) -> tuple[list[_Named], list[SetAside]]:
    """Objects of this study and of the patient whom most of them name; the others with the reason."""
    aside = [SetAside(n.series_uid, n.sop_uid, "It names another study.") for n in named if n.study_uid != study_uid]
    here = [n for n in named if n.study_uid == study_uid]
    unnamed = [n for n in here if not (n.sop_uid and n.series_uid)]
    aside += [SetAside(n.series_uid, n.sop_uid, "It has no identifier of its own.") for n in unnamed]
    here = [n for n in here if n.sop_uid and n.series_uid]
    counts = Counter(n.patient for n in here)
    people = list(counts)
    if len(people) < 2:
        return here, aside
    support = {one: sum(counts[o] for o in people if not differences(one, o)) for one in people}
    main = max(people, key=lambda one: (support[one], counts[one]))
    against = {one: differences(main, one) for one in people}
    if 2 * support[main] <= len(here):
        raise ReaderError(
            f"Under this study's identifier lie objects of different patients: {'; '.join(next(filter(None, against.values())))}.",
            "Do not read it. Ask the archive to correct the identities.",
        )
    aside += [
        SetAside(n.series_uid, n.sop_uid, f"It names another patient: {'; '.join(against[n.patient])}.")
        for n in here
        if against[n.patient]
    ]
    return [n for n in here if not against[n.patient]], aside


def _series(ours: Sequence[_Named], expected: Mapping[str, int]) -> tuple[Series, ...]:
    by_series: dict[str, dict[str, _Named]] = {}
    for one in ours:
        by_series.setdefault(one.series_uid, {}).setdefault(one.sop_uid, one)
    found = []
    for uid, objects in by_series.items():
        instances = [instance_of(one.tags) for one in objects.values()]
        study_uid = next(iter(objects.values())).study_uid
        whole_ones = [i if i.study_uid else replace(i, study_uid=study_uid) for i in instances]
        whole_ones.sort(key=lambda i: (i.number is None, i.number or 0, i.sop_uid))
        head = next(iter(objects.values())).tags
        found.append(series_of(head, whole_ones, expected.get(uid)))
    return tuple(sorted(found, key=lambda s: (s.number is None, s.number or 0, s.uid)))


def _view(tags: Tags) -> str:
    position = text(tags, 0x00185101)
    if position:
        return position
    view = code(tags, 0x00540220)
    return view[2] or view[0] if view else ""


def _view_modifiers(tags: Tags) -> tuple[str, ...]:
    """The codes and meanings of what changes a view, e.g. spot compression (PS3.16 CID 4015)."""
    items = (item for view in tags.items(0x00540220)[:1] for item in view.items(0x00540222))
    return tuple(word for item in items for tag in (0x00080100, 0x00080104) if (word := text(item, tag)))


def _shared(tags: Tags, group: int, tag: int) -> str:
    """A value of the shared functional groups (PS3.3 C.7.6.16), several joined by a backslash; "" where it is not there."""
    for place in tags.items(0x52009229)[:1]:
        for item in place.items(group)[:1]:
            return "\\".join(texts(item, tag))
    return ""


def _pair_mm(tags: Tags, tag: int) -> tuple[float, float] | None:
    pair = numbers(tags, tag, 2)
    return (pair[0], pair[1]) if pair is not None and min(pair) > 0 else None


def _frame_time_ms(tags: Tags) -> float | None:
    """Milliseconds between frames (PS3.3 C.7.6.5): Frame Time, its vector's mean, else the rate to show it at."""
    single = number(tags, 0x00181063)
    if single is not None and single > 0:
        return single
    steps = [float(v) for v in texts(tags, 0x00181065)[1:] if v.replace(".", "", 1).isdecimal()]
    if steps and sum(steps) > 0:
        return sum(steps) / len(steps)
    rate = number(tags, 0x00082144) or number(tags, 0x00180040)
    return 1000.0 / rate if rate is not None and rate > 0 else None
