"""How the images of a series were made, as their first object says: what tells a T1 from a T2, an arterial phase from a plain one."""

from readingroom.record.tags import Tags, text, texts

_PLAIN: tuple[tuple[str, int], ...] = (
    ("ContrastBolusAgent", 0x00180010),
    ("ScanningSequence", 0x00180020),
    ("SequenceVariant", 0x00180021),
    ("ScanOptions", 0x00180022),
    ("MRAcquisitionType", 0x00180023),
    ("SequenceName", 0x00180024),
    ("RepetitionTime", 0x00180080),
    ("EchoTime", 0x00180081),
    ("InversionTime", 0x00180082),
    ("EchoTrainLength", 0x00180091),
    ("FlipAngle", 0x00181314),
    ("AcquisitionContrast", 0x00089209),
    ("PulseSequenceName", 0x00189005),
    ("PresentationIntentType", 0x00080068),
    ("CorrectedImage", 0x00280051),
    ("SOPClassUID", 0x00080016),
    ("ImageType", 0x00080008),
)
_CONTRAST_SEQUENCE, _REGION_SEQUENCE, _SHARED, _PER_FRAME = 0x00180012, 0x00082218, 0x52009229, 0x52009230
_NESTED: tuple[tuple[str, int, int], ...] = (
    ("RepetitionTime", 0x00189112, 0x00180080),
    ("FlipAngle", 0x00189112, 0x00181314),
    ("EchoTime", 0x00189114, 0x00189082),
    ("InversionTime", 0x00189115, 0x00189079),
    ("ConvolutionKernel", 0x00189314, 0x00181210),
    ("SliceThickness", 0x00289110, 0x00180050),
)
"""(keyword, functional group, attribute) of enhanced objects (PS3.3 C.7.6.16.2, C.8.13.5, C.8.15.3)."""

MADE_WITH = (*(tag for _, tag in _PLAIN), _CONTRAST_SEQUENCE, _REGION_SEQUENCE)
"""Every attribute that this module reads outside the functional groups."""


def facts_of(tags: Tags) -> tuple[tuple[str, str], ...]:
    """(keyword, value) of what is there, several values joined by a backslash; SNOMED codes as AnatomicRegionSequence."""
    found = {name: "\\".join(texts(tags, tag)) for name, tag in _PLAIN}
    for name, group, tag in _NESTED:
        if not found.get(name):
            found[name] = _in_group(tags, group, tag)
    if not found["ContrastBolusAgent"]:
        agents = tags.items(_CONTRAST_SEQUENCE)
        found["ContrastBolusAgent"] = (text(agents[0], 0x00080104) or "given") if agents else ""
    found["AnatomicRegionSequence"] = "\\".join(text(item, 0x00080100) for item in tags.items(_REGION_SEQUENCE))
    return tuple((name, value) for name, value in found.items() if value)


def _in_group(tags: Tags, group: int, tag: int) -> str:
    """The value in the shared functional groups, else in the first frame's own."""
    for place in (_SHARED, _PER_FRAME):
        for functional in tags.items(place)[:1]:
            for item in functional.items(group)[:1]:
                if value := "\\".join(texts(item, tag)):
                    return value
    return ""
