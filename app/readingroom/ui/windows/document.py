"""A window that shows a document: a report with links to its images, or a file to be saved."""

from collections.abc import Callable
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.display.stack import Stack
from readingroom.pixels.pdf import is_pdf
from readingroom.record.study import FrameRef
from readingroom.reporting.document import Line, Page
from readingroom.session.case import Case
from readingroom.session.commands.registry import DOCUMENT
from readingroom.session.desk import Desk
from readingroom.session.document_pages import go_to, images_here, read_page
from readingroom.session.reported import toggle_reported
from readingroom.ui.commanded import commanded
from readingroom.ui.keys import Does
from readingroom.ui.polish import name_widget
from readingroom.ui.theme import Theme
from readingroom.ui.windows.pdf_view import STEP, PdfView
from readingroom.ui.windows.tags import TagWindow

INDENT_PX = 18

NO_END = 1_000_000


class DocumentWindow(QWidget):
    """The documents of one stack, one at a time."""

    def __init__(self, desk: Desk, theme: Theme, stack: Stack, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 860)
        self._desk, self._theme, self._stack = desk, theme, stack
        self._refs, self._at, self._closed = objects_of(stack), 0, False
        self._page: Page | None = None
        # A document of one patient never stays open beside the images of another.
        self._stops: tuple[Callable[[], None], ...] = (
            desk.case_opened.listen(self._other_case), desk.case_changed.listen(lambda _: self._judge()),
            desk.documents.changed.listen(lambda _: self._judge()),
        )  # fmt: skip
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.pdf = PdfView(desk)
        self.pdf.hide()
        self.text.anchorClicked.connect(self._follow)
        self.before, self.after, self.save = QPushButton("Previous"), QPushButton("Next"), QPushButton("Save as…")
        self.on_images = QPushButton("Show on images")
        self.on_images.clicked.connect(self._toggle_on_images)
        self.before.clicked.connect(lambda: self._show(self._at - 1))
        self.after.clicked.connect(lambda: self._show(self._at + 1))
        self.save.clicked.connect(self._save)
        self.tags = QPushButton("Tags")
        self.tags.clicked.connect(self._show_tags)
        row = QHBoxLayout()
        for button in (self.before, self.after, self.on_images, self.save):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.tags)
        column = QVBoxLayout(self)
        column.addWidget(self.text)
        column.addWidget(self.pdf, 1)
        column.addLayout(row)
        self.actions_ = commanded(self, desk, DOCUMENT, self._own())
        self._tell_keys()
        self._stops = (*self._stops, desk.keys.changed.listen(lambda _: self._tell_keys()))
        self._show(0)

    def _own(self) -> dict[str, Does]:
        """What the command table has this window do; pages are those of a PDF, or of the text that is shown."""
        pdf = self.pdf
        return {
            "document.previous": lambda: self._show(self._at - 1),
            "document.next": lambda: self._show(self._at + 1),
            "document.on-images": lambda: self._toggle_on_images() if self.on_images.isVisible() else None,
            "document.save": lambda: self._save() if self.save.isVisible() else None,
            "document.tags": self._show_tags,
            "document.page-back": lambda: self._page_by(-1),
            "document.page-on": lambda: self._page_by(1),
            "document.first-page": lambda: self._page_by(-NO_END),
            "document.last-page": lambda: self._page_by(NO_END),
            "document.smaller": lambda: pdf.magnify(pdf.magnification / STEP),
            "document.larger": lambda: pdf.magnify(pdf.magnification * STEP),
            "document.whole-page": lambda: pdf.magnify(1.0),
            "document.close": self.close,
        }

    def _tell_keys(self) -> None:
        named = {
            "document.previous": self.before, "document.next": self.after, "document.on-images": self.on_images,
            "document.save": self.save, "document.tags": self.tags, "document.page-back": self.pdf.back,
            "document.page-on": self.pdf.on, "document.smaller": self.pdf.smaller, "document.larger": self.pdf.larger,
        }  # fmt: skip
        for command, button in named.items():
            button.setToolTip(self.actions_.tip(command))

    def _page_by(self, pages: int) -> None:
        if self.pdf.isVisible():
            self.pdf.go(max(0, min(self.pdf.number + pages, self.pdf.pages - 1)))
            return
        bar = self.text.verticalScrollBar()
        bar.setValue(max(0, min(bar.value() + pages * bar.pageStep(), bar.maximum())))

    def _toggle_on_images(self) -> None:
        toggle_reported(self._desk, self._refs[self._at].sop_uid)

    def _other_case(self, case: Case | None) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing more is told to a window that is gone."""
        for stop in self._stops:
            stop()
        self._closed = True
        self.pdf.show_document(b"")
        super().closeEvent(event)

    def _show(self, at: int) -> None:
        self._at = max(0, min(at, len(self._refs) - 1))
        self.before.setVisible(len(self._refs) > 1)
        self.after.setVisible(len(self._refs) > 1)
        self.before.setEnabled(self._at > 0)
        self.after.setEnabled(self._at < len(self._refs) - 1)
        self._page = None
        name_widget(self.tags, "")
        self.save.hide()
        self._judge()
        self._show_pages(b"")
        self.text.setPlainText("Reading…")
        asked: FrameRef = self._refs[self._at]
        read_page(self._desk, asked, lambda page: self._came(asked, page), lambda error: self._not_read(asked, error))

    def _judge(self) -> None:
        """The button says what it would do, and is there only where the document measured something."""
        uid, case = self._refs[self._at].sop_uid, self._desk.case
        self.on_images.setVisible(any(one.sop_uid == uid for one in self._desk.documents.reports))
        self.on_images.setText("Hide on images" if case is not None and uid in case.reported else "Show on images")

    def _came(self, asked: FrameRef, page: Page) -> None:
        if self._closed or asked != self._refs[self._at]:
            return
        self._page = page
        place = f" ({self._at + 1} of {len(self._refs)})" if len(self._refs) > 1 else ""
        self.setWindowTitle(f"{page.title}{place}")
        self.save.setVisible(bool(page.attachment))
        self._show_pages(page.attachment if is_pdf(page.attachment, page.mime) else b"")
        here = images_here(self._desk)
        state = f"<p><i>{escape(page.state)}</i></p>" if page.state else ""
        self.text.setHtml(f"<h2>{escape(page.title)}</h2>{state}{''.join(_html(line, here) for line in page.lines)}")

    def _show_pages(self, document: bytes) -> None:
        """A PDF's pages in place of the text, or the text again."""
        self.text.setVisible(not document)
        self.pdf.setVisible(bool(document))
        self.pdf.show_document(document)

    def _not_read(self, asked: FrameRef, error: ReaderError) -> None:
        if not self._closed and asked == self._refs[self._at]:
            self.setWindowTitle(self._stack.description or "Document")
            name_widget(self.tags, "Primary")
            self.text.setPlainText(f"{self._stack.description}\n\n{error.problem}\n\n{error.remedy}")

    def _show_tags(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            TagWindow(self._desk, self._theme, parent, self._stack, self._at).come_forward()

    def _follow(self, url: QUrl) -> None:
        sop_uid, _, frame = url.toString().partition("#")
        if not go_to(self._desk, sop_uid, int(frame or 1)):
            self._desk.notice(ReaderError("The image that the document names is not in this case.", "Open its study."))

    def _save(self) -> None:
        if self._page is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, "Save the document", f"document.{self._page.suffix}")
        if not name:
            return
        try:
            Path(name).write_bytes(self._page.attachment)
        except OSError as error:
            reason = error.strerror or str(error)
            self._desk.notice(
                ReaderError(f"The document could not be saved ({reason}).", "Choose another place."), "red"
            )


def objects_of(stack: Stack) -> tuple[FrameRef, ...]:
    """One reference for each object of a stack, whatever its number of frames."""
    once: dict[str, FrameRef] = {}
    for ref in stack.frames:
        once.setdefault(ref.sop_uid, ref)
    return tuple(once.values())


def _html(line: Line, here: frozenset[tuple[str, int]]) -> str:
    links = " ".join(
        f'<a href="{escape(uid)}#{frame}">go to image</a>' if (uid, frame) in here else "<i>(not in this case)</i>"
        for uid, frame in line.images
    )
    text = escape(line.text).replace("\n", "<br>")
    label = f"<b>{escape(line.label)}</b>" if line.heading else escape(line.label)
    joined = f"{label}: {text}" if label and text else label or text
    return f'<p style="margin: 2px 0 2px {line.depth * INDENT_PX}px">{joined} {links}</p>'
