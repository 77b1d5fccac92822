"""Key object selections: images that somebody marked, with the reason, and rejection notes that withdraw images."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.display.targets import Target
from readingroom.pixels.attributes import item, items, numbers, text
from readingroom.record.study import FrameRef, Instance, Study

KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
REJECTIONS = {
    "113001": "rejected for quality reasons",
    "113037": "rejected for patient safety reasons",
    "113038": "made under a wrong worklist entry",
    "113039": "kept beyond their retention period",
}
"""Document titles (PS3.16 CID 7011) whose images must not be shown as part of the examination (IHE RAD IOCM)."""
_REASON, _DESCRIPTION = "113011", "113012"
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class KeySelection:
    """One key object selection (PS3.3 A.35.4, PS3.16 TID 2010).

    title: why, as its code says ("Of Interest"); reason: its modifiers and the description written to it. rejected:
    what is wrong with the images, "" where they were not withdrawn.
    """

    sop_uid: str
    title: str
    reason: str = ""
    rejected: str = ""
    targets: tuple[Target, ...] = ()
    created: str = ""

    def is_for(self, ref: FrameRef) -> bool:
        """Whether a frame is marked."""
        return any(target.is_frame(ref) for target in self.targets)

    @property
    def words(self) -> str:
        """Title and reason in one line."""
        return f"{self.title}: {self.reason}" if self.reason else self.title


@dataclass(frozen=True, slots=True)
class Hidden:
    """Images that a rejection note withdrew from a series: how many and why, in words."""

    study_uid: str
    series_uid: str
    images: int
    reason: str

    @property
    def words(self) -> str:
        """As the glass says it: "3 images hidden: rejected for quality reasons"."""
        return f"{self.images} image{'s' if self.images != 1 else ''} hidden: {self.reason}"


def key_selection(dataset: Dataset) -> KeySelection:
    """The selection in an object's header; ReaderError where the object is of another class."""
    if text(dataset, "SOPClassUID") != KEY_OBJECT_SELECTION:
        raise ReaderError("This object is not a key object selection.", "Open it as what it is.")
    title = item(dataset, "ConceptNameCodeSequence") or Dataset()
    content = list(_content(dataset, 0))
    modifiers = [_meaning(one, "ConceptCodeSequence") for one in content if _code(one) == _REASON]
    described = [text(one, "TextValue") for one in content if _code(one) == _DESCRIPTION]
    targets = [target for one in content for target in _referenced(one)] or list(_evidence(dataset))
    return KeySelection(
        sop_uid=text(dataset, "SOPInstanceUID"),
        title=text(title, "CodeMeaning") or "Key images",
        reason=". ".join(words for words in (*modifiers, *described) if words),
        rejected=REJECTIONS.get(text(title, "CodeValue"), ""),
        targets=tuple(dict.fromkeys(targets)),
        created=text(dataset, "ContentDate") + text(dataset, "ContentTime"),
    )


def without_rejected(study: Study, selections: Sequence[KeySelection]) -> tuple[Study, tuple[Hidden, ...]]:
    """The study without the objects that rejection notes withdraw, and what was hidden; nothing is hidden unsaid.

    A note may name single frames of an object: those leave, the others stay.
    """
    notes = [selection for selection in selections if selection.rejected]
    hidden: list[Hidden] = []
    kept = []
    for series in study.series:
        left, gone, counts = [], 0, Counter[str]()
        for instance in series.instances:
            why = _rejected_frames(instance, notes)
            counts.update(why.values())
            if why and len(why) == max(1, instance.frames):
                gone += 1
            else:
                left.append(replace(instance, withdrawn=tuple(sorted(why))) if why else instance)
        hidden += [Hidden(study.uid, series.uid, count, reason) for reason, count in counts.items()]
        expected = None if series.expected is None else series.expected - gone
        kept.append(replace(series, instances=tuple(left), expected=expected) if counts else series)
    return (replace(study, series=tuple(kept)) if hidden else study), tuple(hidden)


def _rejected_frames(instance: Instance, notes: Sequence[KeySelection]) -> dict[int, str]:
    """Frames (from 1) of an image that notes withdraw, each with what is wrong with it."""
    found: dict[int, str] = {}
    for note in notes if instance.is_image else ():
        for target in note.targets:
            if target.sop_uid == instance.sop_uid:
                every = range(1, max(1, instance.frames) + 1)
                found |= dict.fromkeys((n for n in every if not target.frames or n in target.frames), note.rejected)
    return found


def _content(dataset: Dataset, depth: int) -> Iterator[Dataset]:
    if depth > _DEEPEST:
        return
    for one in items(dataset, "ContentSequence"):
        yield one
        yield from _content(one, depth + 1)


def _referenced(one: Dataset) -> Iterator[Target]:
    if text(one, "ValueType").upper() in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        for reference in items(one, "ReferencedSOPSequence"):
            yield _target(reference)


def _evidence(dataset: Dataset) -> Iterator[Target]:
    for study in items(dataset, "CurrentRequestedProcedureEvidenceSequence"):
        for series in items(study, "ReferencedSeriesSequence"):
            for reference in items(series, "ReferencedSOPSequence"):
                yield _target(reference)


def _target(reference: Dataset) -> Target:
    frames = tuple(int(number) for number in numbers(reference, "ReferencedFrameNumber"))
    return Target(text(reference, "ReferencedSOPInstanceUID"), frames)


def _code(one: Dataset) -> str:
    name = item(one, "ConceptNameCodeSequence")
    return text(name, "CodeValue") if name is not None else ""


def _meaning(one: Dataset, keyword: str) -> str:
    code = item(one, keyword)
    return text(code, "CodeMeaning") if code is not None else ""
