"""A signed report as a PDF of A4 pages, its text embedded so that it can be searched, copied and read aloud."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from readingroom.reporting import as_text
from readingroom.reporting.issued import Issued, Rendered, lost
from readingroom.reporting.pdf_fonts import Face, Faces

_PAGE_PT = (595.28, 841.89)
_MARGIN_PT = 56.7
_SIZE_PT, _LEAD_PT = 10.0, 14.0


@dataclass(frozen=True, slots=True)
class _Row:
    """One printed row: its words, and whether they are a title."""

    text: str
    title: bool = False


def pdf_file(report: Issued, faces: Faces | None = None) -> Rendered:
    """The report as PDF; every page names the patient. A letter that no font here has is written as [U+6F22] and told."""
    faces = faces or Faces()
    warnings = [*report.report.warnings, *lost(report)]
    rows = [row for line, title in _lines(report) for row in _wrapped(line, title, faces)]
    shown = {letter for row in rows for letter in row.text}
    warnings += [
        f"No font here has “{letter}” (U+{ord(letter):04X}); it is written as its number." for letter in faces.missing
    ]
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in shown):
        warnings.append("Words in a script that runs from the right stand letter by letter: read them in another form.")
    return Rendered(_printed(report, rows, faces), tuple(warnings))


def _lines(report: Issued) -> Iterator[tuple[str, bool]]:
    titles = {title.upper() for title, _ in report.report.sections} | {report.title}
    before = ""
    for n, line in enumerate(as_text.lines(report)):
        yield line, (n == 0 or not before) and line in titles
        before = line


def _wrapped(line: str, title: bool, faces: Faces) -> list[_Row]:
    """A line in rows that fit between the margins, broken at spaces, and inside a word only where it must be."""
    width = _PAGE_PT[0] - 2 * _MARGIN_PT
    rows, row = [], ""
    for word in faces.written(line.replace("\t", "    ")).split(" "):
        longer = f"{row} {word}" if row else word
        if faces.width(longer, title, _SIZE_PT) <= width:
            row = longer
            continue
        if row:
            rows.append(row)
        while faces.width(word, title, _SIZE_PT) > width:
            fits = next(n for n in range(len(word), 0, -1) if faces.width(word[:n], title, _SIZE_PT) <= width)
            rows.append(word[:fits])
            word = word[fits:]
        row = word
    return [_Row(text, title) for text in (*rows, row)]


def _printed(report: Issued, rows: Sequence[_Row], faces: Faces) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    held = int((_PAGE_PT[1] - 3 * _MARGIN_PT) // _LEAD_PT)
    pages = [rows[start : start + held] for start in range(0, len(rows), held)] or [[]]
    target = BytesIO()
    canvas = Canvas(target, pagesize=_PAGE_PT, invariant=1, lang="en-GB")
    canvas.setTitle(report.title)
    canvas.setProducer("Reading Room")
    who = faces.written(f"{report.patient.display_name}, {report.patient.display_id or 'no identifier'}")
    for n, page in enumerate(pages, 1):
        for m, row in enumerate(page):
            _draw(canvas, faces, row, _PAGE_PT[1] - _MARGIN_PT - _LEAD_PT * (m + 1), _SIZE_PT)
        _draw(canvas, faces, _Row(f"Page {n} of {len(pages)}, {who}"), _MARGIN_PT, _SIZE_PT - 2)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _draw(canvas: Any, faces: Faces, row: _Row, y: float, size: float) -> None:
    text = canvas.beginText(_MARGIN_PT, y)
    for face, run in faces.runs(row.text, row.title):
        _set(text, face, size)
        text.textOut(run)
    canvas.drawText(text)


def _set(text: Any, face: Face, size: float) -> None:
    text.setFont(face.name, size)
