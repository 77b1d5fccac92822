"""A page of a PDF is drawn as it is, in a process of its own; one that cannot be drawn says so."""

import numpy as np
import pytest
from tests.unit.pixels.pdf_phantoms import pdf

from readingroom.base.errors import ReaderError
from readingroom.pixels import pdf as drawn_elsewhere
from readingroom.pixels.pdf import is_pdf, pdf_page
from readingroom.pixels.pdf_page import MOST_PIXELS, PREFIX, draw

RED_THEN_GREEN = pdf((1, 0, 0), (0, 1, 0))


def test_each_page_has_its_colours_where_they_belong() -> None:
    for number, colour in enumerate(((255, 0, 0), (0, 255, 0))):
        page = pdf_page(RED_THEN_GREEN, number, 400)
        assert (page.pixels.shape, page.number, page.pages) == ((200, 400, 3), number, 2)
        assert tuple(page.pixels[20, 20]) == colour
        assert tuple(page.pixels[20, 380]) == colour
        assert tuple(page.pixels[180, 20]) == (0, 0, 0)


def test_what_was_filled_into_a_form_is_seen() -> None:
    made = pdf((1, 1, 1), field="b")
    pages, columns, rows, stride = PREFIX.unpack_from(drawn := draw(made, 0, 200))
    picture = np.frombuffer(drawn, np.uint8, offset=PREFIX.size).reshape(rows, stride)[:, : columns * 3]
    assert (pages, tuple(picture.reshape(rows, columns, 3)[30, 170])) == (1, (0, 0, 255))


def test_a_page_of_absurd_size_is_drawn_within_bounds() -> None:
    _, columns, rows, _ = PREFIX.unpack_from(draw(pdf((1, 1, 1), size=(20, 14000)), 0, 6000))
    assert columns * rows <= MOST_PIXELS * 1.01


@pytest.mark.parametrize("document", [b"", b"%PDF-1.4 and no more", RED_THEN_GREEN[:200], b"\0" * 5000])
def test_a_damaged_pdf_is_refused_with_a_remedy(document: bytes) -> None:
    with pytest.raises(ReaderError, match="damaged") as refusal:
        pdf_page(document, 0, 200)
    assert "Save it" in refusal.value.remedy


def test_a_page_that_is_not_there_is_said() -> None:
    with pytest.raises(ReaderError, match="no page 3"):
        pdf_page(RED_THEN_GREEN, 2, 200)


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_elsewhere, "MOST_S", 0.001)
    with pytest.raises(ReaderError, match="not drawn within"):
        pdf_page(RED_THEN_GREEN, 0, 200)


def test_a_pdf_is_known_by_its_kind_or_by_its_beginning() -> None:
    assert is_pdf(RED_THEN_GREEN) and is_pdf(b"", "application/pdf")
    assert not is_pdf(b"<?xml", "text/xml")
