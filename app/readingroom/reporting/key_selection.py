"""Key images as a DICOM object: a Key Object Selection with its title, its note and what it points at (PS3.3 A.35.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.base.uid import new_uid
from readingroom.display.key_objects import KEY_OBJECT_SELECTION
from readingroom.pixels.attributes import whole
from readingroom.reporting import sr_codes as codes
from readingroom.reporting import sr_items as items
from readingroom.reporting.sr_header import begun, evidence, limited, part10, requested
from readingroom.reporting.sr_items import Code
from readingroom.settings.sections import ReaderSettings

TITLES: Mapping[str, Code] = {
    "of-interest": ("113000", "DCM", "Of Interest"),
    "referring-provider": ("113002", "DCM", "For Referring Provider"),
    "surgery": ("113003", "DCM", "For Surgery"),
    "teaching": ("113004", "DCM", "For Teaching"),
    "conference": ("113005", "DCM", "For Conference"),
    "therapy": ("113006", "DCM", "For Therapy"),
    "patient": ("113007", "DCM", "For Patient"),
    "peer-review": ("113008", "DCM", "For Peer Review"),
    "research": ("113009", "DCM", "For Research"),
    "quality": ("113010", "DCM", "Quality Issue"),
    "best": ("113013", "DCM", "Best In Set"),
}
"""Why images are kept (PS3.16 CID 7010). Notes that withdraw images are not made here: an archive acts on them."""
MOST_NOTE = 1024


@dataclass(frozen=True, slots=True)
class Marked:
    """One image to be kept: its header, the frame (from 1) of several, and the state it is seen through.

    state: (SOP Class UID, SOP Instance UID, Series Instance UID) of a presentation state of the same examination.
    """

    header: Dataset
    frame: int = 1
    state: tuple[str, str, str] | None = None


def key_selection_object(
    marked: Sequence[Marked], title: str, note: str, reader: ReaderSettings, at: datetime
) -> bytes:
    """Images of one examination as a Key Object Selection, Part 10 bytes, in ISO_IR 192, with a new SOP Instance UID.

    title: a key of TITLES; note: why, in the reader's words, at most 1024 characters. Images keep the order in which
    they were marked, each frame once. ReaderError where nothing is marked, an image names no examination, or two are of
    different ones.
    """
    kept = _checked(marked)
    if title not in TITLES:
        raise ReaderError(f"“{title}” is no reason to keep an image.", f"Use one of: {', '.join(TITLES)}.")
    if len(note.strip()) > MOST_NOTE:
        raise ReaderError(f"The note has {len(note.strip())} characters, and {MOST_NOTE} are kept.", "Shorten it.")
    source = kept[0].header
    document = begun(source, new_uid(), at)
    del document.PerformedProcedureCodeSequence
    document.SOPClassUID, document.Modality = KEY_OBJECT_SELECTION, "KO"
    document.SeriesNumber, document.SeriesDescription = 9003, "Key images"
    requested(document, source)
    document.CurrentRequestedProcedureEvidenceSequence = evidence(_named(kept))
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "2010"
    document.ContentTemplateSequence = [template]
    document.ValueType, document.ContinuityOfContent = "CONTAINER", "SEPARATE"
    document.ConceptNameCodeSequence = [items.coded(TITLES[title])]
    document.ContentSequence = [*_context(reader, note), *(_image(one) for one in kept)]
    return part10(document)


def _checked(marked: Sequence[Marked]) -> list[Marked]:
    if not marked:
        raise ReaderError("No image is marked.", "Mark one first.")
    needed = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    if not all(one.header.get(keyword) for one in marked for keyword in needed):
        raise ReaderError("An image names no class or no UIDs, so nothing can refer to it.", "Have it sent again.")
    if len({(str(one.header.StudyInstanceUID), str(one.header.get("PatientID", ""))) for one in marked}) > 1:
        raise ReaderError("The images are of several patients or examinations.", "Keep one selection for each.")
    frames = {(str(one.header.SOPInstanceUID), one.frame): one for one in reversed(marked)}
    for one in marked:
        if not 1 <= one.frame <= whole(one.header, "NumberOfFrames", 1):
            raise ReaderError(f"An image has no frame {one.frame}.", "Count frames from 1.")
    kept = list(frames.values())
    return sorted(kept, key=lambda one: next(n for n, each in enumerate(marked) if each is one))


def _named(kept: Sequence[Marked]) -> list[tuple[str, str, str, str]]:
    found = []
    for one in kept:
        study = str(one.header.StudyInstanceUID)
        found.append(
            (study, str(one.header.SeriesInstanceUID), str(one.header.SOPClassUID), str(one.header.SOPInstanceUID))
        )
        if one.state is not None:
            found.append((study, one.state[2], one.state[0], one.state[1]))
    return found


def _context(reader: ReaderSettings, note: str) -> list[Dataset]:
    """Who chose, and why (PS3.16 TID 2010)."""
    made = [items.code_item(items.HAS_CONCEPT_MOD, codes.LANGUAGE, codes.ENGLISH)]
    if reader.name.strip():
        made.append(items.code_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_TYPE, codes.PERSON))
        name = limited(reader.name, 64, "The reader's name")
        made.append(items.name_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_NAME, name))
    if note.strip():
        made.append(items.text_item(items.CONTAINS, codes.KEY_OBJECT_DESCRIPTION, note.strip()))
    return made


def _image(one: Marked) -> Dataset:
    several = whole(one.header, "NumberOfFrames", 1) > 1
    made = items.image_item(
        items.CONTAINS, str(one.header.SOPClassUID), str(one.header.SOPInstanceUID), one.frame if several else None
    )
    if one.state is not None:
        state = Dataset()
        state.ReferencedSOPClassUID, state.ReferencedSOPInstanceUID = one.state[:2]
        made.ReferencedSOPSequence[0].ReferencedSOPSequence = [state]
    return made
