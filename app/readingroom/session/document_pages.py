"""A document of the case brought from the shelf to be read, and the way from it to the images it names."""

from collections.abc import Callable

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.pixels.pdf import PdfPage, pdf_page
from readingroom.record.study import FrameRef
from readingroom.reporting.document import Page, page_of
from readingroom.session.arranging import hang_stack, scroll_to
from readingroom.session.desk import Desk
from readingroom.session.ports import Shelf


def read_page(desk: Desk, ref: FrameRef, show: Callable[[Page], None], trouble: Callable[[ReaderError], None]) -> None:
    """Read a document and show it, or say why it cannot be read; nothing where another case was opened meanwhile."""
    if desk.case is None:
        return
    uid = desk.case.study.uid

    def came(page: Page) -> None:
        if desk.case is not None and desk.case.study.uid == uid:
            show(page)

    def failed(error: Exception) -> None:
        trouble(error if isinstance(error, ReaderError) else unforeseen(error, "reading a document"))

    desk.pools.cpu.submit(page_job, desk.doors.shelf, ref, done=came, failed=failed, ticket=desk.ticket, lane=Lane.NOW)


def read_pdf_page(
    desk: Desk, document: bytes, number: int, width: int, show: Callable[[PdfPage], None],
    trouble: Callable[[ReaderError], None], ticket: Ticket,
) -> None:  # fmt: skip
    """Have a page (from 0) of a PDF drawn about so many pixels wide, and show it or say why it cannot be."""

    def failed(error: Exception) -> None:
        trouble(error if isinstance(error, ReaderError) else unforeseen(error, "drawing a page"))

    desk.pools.cpu.submit(pdf_page, document, number, width, done=show, failed=failed, ticket=ticket, lane=Lane.NOW)


def go_to(desk: Desk, sop_uid: str, frame: int) -> bool:
    """Show an image that a document names in the active viewport; False where the case does not hold it."""
    case = desk.case
    for stack in case.stacks if case is not None else ():
        for index, ref in enumerate(stack.frames):
            if stack.is_image and ref.sop_uid == sop_uid and ref.frame == frame and case is not None:
                if case.tiles[case.active].stack_id != stack.id:
                    hang_stack(desk, case.active, stack.id)
                scroll_to(desk, case.active, index)
                return True
    return False


def images_here(desk: Desk) -> frozenset[tuple[str, int]]:
    """(SOP Instance UID, frame from 1) of every image that the case can show."""
    stacks = desk.case.stacks if desk.case is not None else ()
    return frozenset((ref.sop_uid, ref.frame) for stack in stacks if stack.is_image for ref in stack.frames)


def page_job(shelf: Shelf, ref: FrameRef) -> Page:
    """The document's page."""
    part10 = shelf.get(ref.sop_uid, ref.study_uid)
    if part10 is None:
        raise ReaderError("This document is not here yet.", "Wait for it, or open the study again.")
    return page_of(part10)
