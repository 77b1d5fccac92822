"""A stored document as something to read: a structured report's whole tree, or an encapsulated file. Nothing is dropped."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.pixels.encoded import class_name
from readingroom.reporting import sr_tree as tree
from readingroom.reporting.sr_read import document_of

_DEEPEST = 60
_SHOWN_BYTES = 1 << 20
_PLAIN = {
    "TEXT": "TextValue", "PNAME": "PersonName", "DATE": "Date", "TIME": "Time", "DATETIME": "DateTime", "UIDREF": "UID",
}  # fmt: skip
_ENDINGS = {"application/pdf": "pdf", "text/xml": "xml", "text/plain": "txt", "model/stl": "stl"}


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a document. depth from 0; images: (SOP Instance UID, frame from 1) that it refers to."""

    depth: int
    label: str
    text: str = ""
    heading: bool = False
    images: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A document to read. attachment: the file it encapsulates, b"" for none; suffix: of its name."""

    title: str
    lines: tuple[Line, ...]
    state: str = ""
    attachment: bytes = b""
    mime: str = ""
    suffix: str = ""


def page_of(part10: bytes) -> Page:
    """A structured report or an encapsulated document; ReaderError where the object is neither."""
    document = document_of(part10)
    if "EncapsulatedDocument" in document:
        return _encapsulated(document)
    if not tree.children(document):
        name = class_name(tree.word(document, "SOPClassUID"))
        raise ReaderError(f"This object ({name}) is not a document that can be read.", "Look at its tags.")
    verified, complete = tree.word(document, "VerificationFlag"), tree.word(document, "CompletionFlag")
    state = ", ".join(word.lower() for word in (complete, verified) if word)
    title = tree.code(document)[2] or tree.word(document, "SeriesDescription") or "Structured report"
    return Page(title, tuple(_lines(document, 0)), state)


def _encapsulated(document: Dataset) -> Page:
    held = bytes(document.get("EncapsulatedDocument") or b"")
    length = document.get("EncapsulatedDocumentLength")
    if isinstance(length, int) and 0 < length <= len(held):
        held = held[:length]
    mime = tree.word(document, "MIMETypeOfEncapsulatedDocument").lower()
    title = tree.word(document, "DocumentTitle") or "Encapsulated document"
    lines = [Line(0, "Kind", mime or "not stated"), Line(0, "Size", f"{len(held):,} bytes")]
    if mime.startswith("text/"):
        text = held[:_SHOWN_BYTES].decode("utf-8", "replace").strip("\0")
        lines.append(Line(0, "Content", text))
        if len(held) > _SHOWN_BYTES:
            lines.append(Line(0, "", f"The first {_SHOWN_BYTES:,} bytes are shown; save it to read all."))
    return Page(title, tuple(lines), "", held, mime, _ENDINGS.get(mime, "bin"))


def _lines(item: Dataset, depth: int) -> Iterator[Line]:
    if depth > _DEEPEST:
        yield Line(depth, "", "What follows is nested too deeply to be shown.")
        return
    for child in tree.children(item):
        label = tree.code(child)[2] or tree.code(child)[0]
        heading = tree.kind(child) == "CONTAINER"
        yield Line(depth, label or ("" if not heading else "Section"), _said(child), heading, tuple(_images(child)))
        yield from _lines(child, depth + 1)


def _said(item: Dataset) -> str:
    kind = tree.kind(item)
    if kind == "CONTAINER":
        return ""
    if kind in _PLAIN:
        return tree.word(item, _PLAIN[kind])
    if kind == "CODE":
        value, scheme, meaning = tree.code(item, "ConceptCodeSequence")
        return meaning or f"{value} {scheme}".strip()
    if kind == "NUM":
        return _number(item)
    if kind in ("SCOORD", "SCOORD3D"):
        points = len(tree.numbers(item, "GraphicData") or ()) // (3 if kind == "SCOORD3D" else 2)
        return f"{tree.word(item, 'GraphicType').lower()} of {points} points"
    if kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        return {"IMAGE": "image", "COMPOSITE": "object", "WAVEFORM": "waveform"}[kind]
    if target := tree.word(item, "ReferencedContentItemIdentifier"):
        return f"refers to item {target}"
    # An item of a kind not known here is shown with whatever it holds rather than passed over.
    held = [f"{e.keyword or e.tag}: {e.value}" for e in item if e.VR != "SQ" and e.keyword not in ("RelationshipType",)]
    return f"[{kind or 'no kind'}] " + "; ".join(held)[:500]


def _number(item: Dataset) -> str:
    measured = tree.inside(item, "MeasuredValueSequence")
    if not measured:
        why = tree.code(item, "NumericValueQualifierCodeSequence")[2]
        return f"no value ({why})" if why else "no value"
    value, _, meaning = tree.code(measured[0], "MeasurementUnitsCodeSequence")
    unit = meaning if value in ("", "1") and meaning.startswith("px") else "" if value == "1" else value
    return f"{tree.word(measured[0], 'NumericValue')} {unit}".strip()


def _images(item: Dataset) -> Iterator[tuple[str, int]]:
    for reference in tree.inside(item, "ReferencedSOPSequence"):
        frames = tree.numbers(reference, "ReferencedFrameNumber") or (1.0,)
        if uid := tree.word(reference, "ReferencedSOPInstanceUID"):
            yield uid, max(1, int(frames[0]))
