"""A program of its own that draws one page of a PDF: what comes from outside may crash or swell it, and nothing else.

Run as `python -m readingroom.pixels.pdf_page PAGE WIDTH`, the document on standard input. On standard output: PREFIX
(pages, width, height, bytes per row), then the rows in RGB. Exit code 3 with a word on standard error where it cannot be.
"""

import contextlib
import struct
import sys

PREFIX = struct.Struct("<IIII")
LOCKED, BROKEN, NO_PAGE = "locked", "broken", "no page"
CANNOT = 3
MOST_PIXELS = 16_000_000
MOST_BYTES = 3 << 30
"""Address space that the program may take, where the system can hold it to that."""


def draw(document: bytes, page: int, width: int) -> bytes:
    """One page (from 0) about so many pixels wide, as it goes out; ValueError with one of the three words."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError as error:
        raise ValueError(LOCKED if "assword" in str(error) else BROKEN) from error
    if not 0 <= page < len(pdf):
        raise ValueError(NO_PAGE if len(pdf) else BROKEN)
    try:
        # What was filled into a form is no part of the page until its fields are asked for.
        pdf.init_forms()
        sheet = pdf[page]
        across, down = sheet.get_size()
        if across <= 0 or down <= 0:
            raise ValueError(BROKEN)
        scale = min(width / across, (MOST_PIXELS / (across * down)) ** 0.5)
        bitmap = sheet.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    except pypdfium2.PdfiumError as error:
        raise ValueError(BROKEN) from error
    return PREFIX.pack(len(pdf), bitmap.width, bitmap.height, bitmap.stride) + bytes(bitmap.buffer)


def main() -> int:
    """Exit code: 0, or CANNOT."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    try:
        drawn = draw(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    except (ValueError, IndexError, MemoryError) as error:
        sys.stderr.write(str(error) or BROKEN)
        return CANNOT
    sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
