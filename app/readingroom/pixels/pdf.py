"""Pages of an encapsulated PDF as pictures, drawn by a process of their own."""

import subprocess
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.pixels.pdf_page import CANNOT, LOCKED, NO_PAGE, PREFIX

MOST_S = 30.0
_REMEDY = "Save it, and open it in a PDF reader."
# A window of a console would flash up on Windows.
_NO_CONSOLE = 0x08000000 if sys.platform == "win32" else 0


@dataclass(frozen=True, slots=True, eq=False)
class PdfPage:
    """One page: pixels (rows, columns, 3) in RGB, its number from 0, and how many pages there are."""

    pixels: NDArray[np.uint8]
    number: int
    pages: int


def is_pdf(document: bytes, mime: str = "") -> bool:
    """Whether bytes are meant to be a PDF: by their kind, or by how they begin (ISO 32000-1 7.5.2)."""
    return mime == "application/pdf" or b"%PDF-" in document[:1024]


def pdf_page(document: bytes, number: int, width: int) -> PdfPage:
    """A page (from 0) about so many pixels wide; ReaderError where it cannot be drawn, or not within MOST_S seconds."""
    command = [sys.executable, "-m", "readingroom.pixels.pdf_page", str(number), str(max(1, width))]
    try:
        done = subprocess.run(
            command, input=document, capture_output=True, timeout=MOST_S, check=False, creationflags=_NO_CONSOLE
        )
    except subprocess.TimeoutExpired as error:
        raise ReaderError(f"The page was not drawn within {MOST_S:g} seconds.", _REMEDY) from error
    except OSError as error:
        raise ReaderError(f"The program that draws pages does not start ({error.strerror}).", _REMEDY) from error
    if done.returncode != 0 or len(done.stdout) < PREFIX.size:
        raise _cannot(done.returncode, done.stderr.decode("utf-8", "replace").strip(), number)
    pages, columns, rows, stride = PREFIX.unpack_from(done.stdout)
    flat = np.frombuffer(done.stdout, np.uint8, offset=PREFIX.size)
    if columns * 3 > stride or flat.size < rows * stride:
        raise _cannot(0, "", number)
    return PdfPage(
        flat[: rows * stride].reshape(rows, stride)[:, : columns * 3].reshape(rows, columns, 3), number, pages
    )


def _cannot(code: int, word: str, number: int) -> ReaderError:
    if code == CANNOT and word == LOCKED:
        return ReaderError("This PDF is locked with a password.", _REMEDY)
    if code == CANNOT and word == NO_PAGE:
        return ReaderError(f"This PDF has no page {number + 1}.", "Go back a page.")
    return ReaderError("This PDF is damaged and cannot be drawn.", "Save it, and try another PDF reader.")
