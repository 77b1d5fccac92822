"""What hanging protocols ask of a display set and of a study: header attributes by keyword, derived ones by name.

CamelCase names are DICOM keywords, small ones are found out by the tables of resources/hanging-attributes.toml.
A value is text, a number, true or false, several texts, or None where the header does not say.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from readingroom.display.stack import Stack
from readingroom.geometry.axes import plane_name
from readingroom.geometry.grid import normal_of
from readingroom.hanging.breasts import MAMMOGRAPHY, head_of, is_magnified, kind_of
from readingroom.hanging.regions import regions_of, side_of
from readingroom.hanging.sequences import has_fat_suppression, weight_of
from readingroom.hanging.tables import Tables, first, plain
from readingroom.record.study import Instance, Series, Study

Value = str | float | bool | tuple[str, ...] | None
UNKNOWN = "unknown"
MAGNIFICATION = "magnification"
PROJECTIONS = {"PA": "frontal", "AP": "frontal", "LL": "lateral", "RL": "lateral", "LAT": "lateral", "XTL": "lateral"}
_SIDES = {"left": "L", "right": "R"}
_CAPTURE_CLASSES = "1.2.840.10008.5.1.4.1.1.7"
FOR_PROCESSING, FOR_PRESENTATION = "FOR PROCESSING", "FOR PRESENTATION"
FOR_PROCESSING_CLASSES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.1.1.1",
        "1.2.840.10008.5.1.4.1.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.1.3.1",
        "1.2.840.10008.5.1.4.1.1.13.1.5",
    }
)
"""Classes of objects that are made to be processed and not to be read (PS3.4 B.5)."""
_B_WORDS = re.compile(r"(?<![a-z0-9])b ?=? ?(\d{1,4})(?![0-9])")


class Traits:
    """The attributes of one thing by name, each found out when it is first asked for."""

    __slots__ = ("_find", "_found", "subject")

    def __init__(self, subject: object, find: Callable[[str], Value]) -> None:
        self.subject, self._find = subject, find
        self._found: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]


@dataclass(frozen=True, slots=True)
class SetFacts:
    """One display set with the study and series it comes from, ready to be asked.

    words: its description and protocol as the tables read them; of_pet: the frame of reference of the study's PET.
    to_read: answers the modalities of which the study has images that are made for reading.
    """

    stack: Stack
    study: Study
    series: Series
    instance: Instance | None
    study_traits: Traits
    tables: Tables
    words: str
    of_pet: str = ""
    to_read: Callable[[], frozenset[str]] = frozenset

    def find(self, name: str) -> Value:
        """An attribute by its name; None for one that there is not."""
        finder = _OF_SETS.get(name)
        return finder(self) if finder is not None else None

    @property
    def image_type(self) -> tuple[str, ...]:
        """The values of Image Type of the first image, in capitals."""
        found = self.instance.image_type if self.instance is not None else ()
        return tuple(part.strip().upper() for part in found)


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """One study, ready to be asked."""

    study: Study
    tables: Tables

    def find(self, name: str) -> Value:
        """An attribute by its name; None for one that there is not."""
        finder = _OF_STUDIES.get(name)
        return finder(self) if finder is not None else None


def study_traits(study: Study, tables: Tables) -> Traits:
    """What may be asked of a whole study."""
    return Traits(study, StudyFacts(study, tables).find)


RAW_FACTS = (
    "ContrastBolusAgent", "ScanningSequence", "SequenceVariant", "ScanOptions", "MRAcquisitionType", "SequenceName",
    "AcquisitionContrast", "PulseSequenceName", "AnatomicRegionSequence",
)  # fmt: skip


def _codes(study: Study) -> tuple[str, ...]:
    code = study.procedure_code
    return (f"{code[1]}:{code[0]}",) if code is not None else ()


def _study_regions(study: Study) -> tuple[str, ...]:
    parts = [s.body_part for s in study.series]
    codes = [code for s in study.series for code in s.fact("AnatomicRegionSequence").split("\\") if code]
    found = regions_of((study.description,), parts, codes)
    if found:
        return found
    return regions_of([text for s in study.series for text in (s.protocol, s.description) if text])


def _study_sites(study: Study, tables: Tables) -> tuple[str, ...]:
    texts = [study.description, *(s.protocol for s in study.series), *(s.description for s in study.series)]
    return _sites_of(plain(" | ".join(texts)), {s.body_part.upper() for s in study.series}, tables)


def _sites_of(words: str, parts: set[str], tables: Tables) -> tuple[str, ...]:
    return tuple(name for name, pattern, terms in tables.sites if terms & parts or pattern.search(words))


def _regions(facts: SetFacts) -> Value:
    codes = facts.series.fact("AnatomicRegionSequence").split("\\")
    texts = (facts.stack.description, facts.series.protocol)
    found = regions_of(texts, (facts.series.body_part,), codes)
    return found or facts.study_traits["body_region"]


def _sites(facts: SetFacts) -> Value:
    found = _sites_of(facts.words, {facts.series.body_part.upper()}, facts.tables)
    return found or facts.study_traits["site"]


def _laterality(facts: SetFacts) -> str:
    said = (facts.instance.laterality if facts.instance is not None else "") or facts.series.laterality
    if said.strip().upper() in ("L", "R", "B"):
        return said.strip().upper()
    words = facts.words.replace(" | ", " ").split()
    if facts.stack.modality == "MG":
        sides = {word[0].upper() for word in words if word in ("r", "l", "rcc", "lcc", "rmlo", "lmlo", "rml", "lml")}
        if len(sides) == 1:
            return sides.pop()
    return _SIDES.get(side_of(facts.stack.description) or side_of(facts.study.description), UNKNOWN)


def _view(facts: SetFacts) -> str:
    """The short name of the view: as the header says it, else as the description does."""
    table = facts.tables.breast_views if facts.stack.modality == "MG" else facts.tables.views
    said = facts.instance.view if facts.instance is not None else ""
    return first(table, plain(said)) or first(table, facts.words) or UNKNOWN


def _view_modifiers(facts: SetFacts) -> tuple[str, ...]:
    words = plain(" | ".join((*(facts.instance.view_modifiers if facts.instance is not None else ()), facts.words)))
    found = tuple(name for name, pattern in facts.tables.view_modifiers if pattern.search(words))
    by_factor = facts.stack.modality == MAMMOGRAPHY and is_magnified(facts.instance) and MAGNIFICATION not in found
    return (*found, MAGNIFICATION) if by_factor else found


def _breast_image(facts: SetFacts) -> str | None:
    """What a mammogram is: full_field, synthetic, tomosynthesis, slab or projection."""
    if facts.stack.modality != MAMMOGRAPHY:
        return None
    sop_class = facts.instance.sop_class if facts.instance is not None else ""
    return kind_of(sop_class, facts.image_type, len(facts.stack.frames))


def _plane(facts: SetFacts) -> str:
    place = facts.stack.places[0] if facts.stack.places else None
    if place is not None and place.orientation is not None and facts.stack.kind not in ("single", "document"):
        normal = normal_of(place.orientation)
        strongest = max(abs(part) for part in normal)
        return plane_name(normal) if strongest >= facts.tables.least_cosine else "oblique"
    return first(facts.tables.planes, facts.words) or UNKNOWN


def _kernel(facts: SetFacts) -> str:
    """lung, bone or soft, by words before the maker's name of the kernel; "sharp" is lung in the chest, else bone."""
    if facts.stack.modality != "CT":
        return UNKNOWN
    name = plain(facts.series.kernel.replace("\\", " ") or facts.series.fact("ConvolutionKernel"))
    by_name = first(facts.tables.kernels, name) if name else ""
    by_words = first(facts.tables.kernel_words, facts.words)
    if by_name in ("", "sharp") and by_words:
        return by_words
    if by_name == "sharp":
        regions = facts.study_traits["body_region"]
        return "lung" if isinstance(regions, tuple) and "chest" in regions else "bone"
    return by_name or UNKNOWN


def _contrast_words(words: str, tables: Tables, both: Value) -> Value:
    given, without = tables.with_contrast.search(words), tables.without_contrast.search(words)
    if given and without:
        return both
    return True if given else False if without else UNKNOWN


def _contrast(facts: SetFacts) -> Value:
    said = _contrast_words(facts.words, facts.tables, both=False)
    if said is not UNKNOWN:
        return said
    agent = plain(facts.series.fact("ContrastBolusAgent"))
    if agent:
        return agent not in ("none", "no", "n", "without", "oral", "0")
    return facts.study_traits["contrast"] if facts.stack.modality == "CT" else UNKNOWN


def _phase(facts: SetFacts) -> str:
    return first(facts.tables.phases, facts.words) or UNKNOWN


def _types(facts: SetFacts) -> frozenset[str]:
    marked = (
        next((value for key, value in facts.stack.places[0].marks if key == "image_type"), "")
        if facts.stack.places
        else ""
    )
    return frozenset({*facts.image_type, *marked.upper().split("\\")})


def _b_value(facts: SetFacts) -> float | None:
    """The b-value that the header gives, else the only one that the description names."""
    marked = [value for place in facts.stack.places[:1] for key, value in place.marks if key == "b_value"]
    if marked:
        try:
            return float(marked[0])
        except ValueError:
            return None
    named = set(_B_WORDS.findall(facts.words)) if facts.stack.modality == "MR" else set()
    return float(named.pop()) if len(named) == 1 else None


def _thickness(facts: SetFacts) -> float | None:
    if facts.series.slice_thickness_mm is not None:
        return facts.series.slice_thickness_mm
    try:
        return float(facts.series.fact("SliceThickness"))
    except ValueError:
        return facts.stack.geometry.spacing_mm


def _intent(facts: SetFacts) -> str | None:
    """FOR PROCESSING or FOR PRESENTATION, as the class of the object says where the attribute does not (PS3.4 B.5)."""
    return _intent_of(facts.instance, facts.series)


def is_for_processing(stack: Stack, study: Study) -> bool:
    """Whether a display set of a study was made to be processed and not to be read."""
    series, head = study.series_named(stack.series_uid), head_of(stack, study)
    return series is not None and _intent_of(head, series) == FOR_PROCESSING


def _intent_of(head: Instance | None, series: Series) -> str | None:
    if head is not None and head.sop_class in FOR_PROCESSING_CLASSES:
        return FOR_PROCESSING
    said = series.fact("PresentationIntentType") or None
    if said == FOR_PROCESSING and any(one.sop_class in FOR_PROCESSING_CLASSES for one in series.instances):
        # The attribute is the series' first object's, and this one is of another class.
        return FOR_PRESENTATION
    return said


def _is_for_reading(facts: SetFacts) -> bool:
    is_second_hand = facts.stack.kind == "localizer" or _is_capture(facts)
    return facts.stack.is_read and not is_second_hand and _intent(facts) != FOR_PROCESSING


def _is_raw_beside_ready(facts: SetFacts) -> bool:
    """Whether it is for processing, and the study has images of its modality that are made for reading."""
    return _intent(facts) == FOR_PROCESSING and facts.stack.modality in facts.to_read()


def _is_capture(facts: SetFacts) -> bool:
    sop_class = facts.instance.sop_class if facts.instance is not None else ""
    is_class = sop_class == _CAPTURE_CLASSES or sop_class.startswith(f"{_CAPTURE_CLASSES}.")
    return is_class or bool(facts.tables.capture.search(facts.words))


def _is_reformat(facts: SetFacts) -> bool:
    return bool(facts.tables.reformat_types & set(facts.image_type)) or bool(facts.tables.reformat.search(facts.words))


def sets_of(study: Study, stacks: Sequence[Stack], tables: Tables) -> tuple[Traits, ...]:
    """The display sets of one study among stacks, each ready to be asked, in their order."""
    traits = study_traits(study, tables)
    series = {one.uid: one for one in study.series}
    instances = {one.sop_uid: one for one in study.instances()}
    own = [stack for stack in stacks if stack.study_uid == study.uid]
    of_pet = next((s.frame_of_reference_uid for s in own if s.modality == "PT" and s.frame_of_reference_uid), "")
    found: list[SetFacts] = []

    @cache
    def to_read() -> frozenset[str]:
        # Asked only where there are raw images, for it looks at every display set.
        return frozenset(one.stack.modality for one in found if _is_for_reading(one))

    for stack in own:
        home = series.get(stack.series_uid) or Series(stack.series_uid, None, stack.modality, stack.description)
        head = instances.get(stack.frames[0].sop_uid) if stack.frames else None
        words = plain(f"{stack.description} | {home.protocol}")
        found.append(SetFacts(stack, study, home, head, traits, tables, words, of_pet, to_read))
    return tuple(Traits(one.stack, one.find) for one in found)


def _raw(keyword: str) -> Callable[[SetFacts], Value]:
    return lambda facts: facts.series.fact(keyword) or None


_OF_STUDIES: dict[str, Callable[[StudyFacts], Value]] = {
    "StudyDescription": lambda facts: facts.study.description,
    "InstitutionName": lambda facts: facts.study.institution,
    "ReferringPhysicianName": lambda facts: facts.study.referrer,
    "ProcedureCodeSequence": lambda facts: _codes(facts.study),
    "Modality": lambda facts: facts.study.modalities,
    "BodyPartExamined": lambda facts: tuple(dict.fromkeys(s.body_part for s in facts.study.series if s.body_part)),
    "SeriesDescription": lambda facts: tuple(s.description for s in facts.study.series if s.description),
    "PatientSex": lambda facts: facts.study.patient.sex or None,
    "modalities": lambda facts: facts.study.modalities,
    "body_region": lambda facts: _study_regions(facts.study),
    "site": lambda facts: _study_sites(facts.study, facts.tables),
    "laterality": lambda facts: _SIDES.get(side_of(facts.study.description), UNKNOWN),
    "contrast": lambda facts: _contrast_words(plain(facts.study.description), facts.tables, both=UNKNOWN),
    "n_images": lambda facts: float(sum(max(1, i.frames) for i in facts.study.instances() if i.is_image)),
    "n_series": lambda facts: float(len(facts.study.series)),
}
_OF_SETS: dict[str, Callable[[SetFacts], Value]] = {
    "Modality": lambda facts: facts.stack.modality,
    "SeriesDescription": lambda facts: facts.stack.description,
    "ProtocolName": lambda facts: facts.series.protocol,
    "BodyPartExamined": lambda facts: facts.series.body_part,
    "ConvolutionKernel": lambda facts: facts.series.kernel or facts.series.fact("ConvolutionKernel"),
    "SeriesNumber": lambda facts: None if facts.series.number is None else float(facts.series.number),
    "ImageType": lambda facts: facts.image_type,
    "StudyDescription": lambda facts: facts.study.description,
    "PresentationIntentType": lambda facts: _intent(facts),
    "CorrectedImage": lambda facts: tuple(filter(None, facts.series.fact("CorrectedImage").split("\\"))),
    "SOPClassUID": lambda facts: facts.instance.sop_class if facts.instance is not None else None,
    **{keyword: _raw(keyword) for keyword in RAW_FACTS},
    "kind": lambda facts: facts.stack.kind,
    "body_region": lambda facts: _regions(facts),
    "site": lambda facts: _sites(facts),
    "laterality": lambda facts: _laterality(facts),
    "view": lambda facts: _view(facts),
    "projection": lambda facts: PROJECTIONS.get(_view(facts), UNKNOWN),
    "view_modifier": lambda facts: _view_modifiers(facts),
    "breast_image": lambda facts: _breast_image(facts),
    "plane": lambda facts: _plane(facts),
    "kernel": lambda facts: _kernel(facts),
    "contrast": lambda facts: _contrast(facts),
    "phase": lambda facts: _phase(facts),
    "mr_weight": lambda facts: weight_of(
        facts.words, _types(facts), facts.series, facts.tables, _b_value(facts) is not None
    ),
    "fatsat": lambda facts: has_fat_suppression(facts.words, facts.series, facts.tables),
    "b_value": lambda facts: _b_value(facts),
    "thickness_mm": lambda facts: _thickness(facts),
    "spacing_mm": lambda facts: facts.stack.geometry.spacing_mm,
    "n_images": lambda facts: float(len(facts.stack.frames)),
    "rows": lambda facts: float(facts.stack.rows),
    "is_localizer": lambda facts: facts.stack.kind == "localizer" or bool(facts.tables.localizer.search(facts.words)),
    "is_capture": lambda facts: _is_capture(facts),
    "is_raw_beside_ready": lambda facts: _is_raw_beside_ready(facts),
    "is_reformat": lambda facts: _is_reformat(facts),
    "same_frame_of_reference_as_pet": lambda facts: (
        bool(facts.of_pet) and facts.stack.frame_of_reference_uid == facts.of_pet
    ),
}
SET_NAMES = frozenset(_OF_SETS)
"""Every attribute of a display set that a rule may ask for."""
STUDY_NAMES = frozenset(_OF_STUDIES)
"""Every attribute of a study that a rule may ask for."""
