"""The pages of a PDF, one at a time: next, previous, larger, smaller; drawn elsewhere, one picture kept."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.pixels.pdf import PdfPage
from readingroom.session.desk import Desk
from readingroom.session.document_pages import read_pdf_page
from readingroom.ui.polish import label

STEP, SMALLEST, LARGEST = 1.25, 0.4, 6.0
MOST_WIDTH_PX = 6000


class PdfView(QWidget):
    """One document. At magnification 1 a page is as wide as the view."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._document, self._ticket = desk, b"", Ticket()
        self.number, self.pages, self.magnification = 0, 0, 1.0
        self._drawn_px = 0
        self.sheet = QLabel()
        self.sheet.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sheet.setTextFormat(Qt.TextFormat.PlainText)
        self.sheet.setWordWrap(True)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        # A bar that comes and goes would change the width that the page is to fill.
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setWidget(self.sheet)
        self.place = label("", "Faint")
        self.back, self.on = QPushButton("Page back"), QPushButton("Page on")
        self.smaller, self.larger = QPushButton("Smaller"), QPushButton("Larger")
        row = QHBoxLayout()
        for widget in (self.back, self.on, self.smaller, self.larger, self.place):
            row.addWidget(widget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area, 1)
        column.addLayout(row)
        self._buttons()

    def _buttons(self) -> None:
        """What the buttons do; the window has the same by keys."""
        self.back.clicked.connect(lambda: self.go(self.number - 1))
        self.on.clicked.connect(lambda: self.go(self.number + 1))
        self.smaller.clicked.connect(lambda: self.magnify(self.magnification / STEP))
        self.larger.clicked.connect(lambda: self.magnify(self.magnification * STEP))

    def show_document(self, document: bytes) -> None:
        """Begin with the first page; b"" ends what is on its way."""
        self._document, self.number, self.pages, self.magnification = document, 0, 0, 1.0
        self._ask()

    def go(self, number: int) -> None:
        """Show another page (from 0), where there is one."""
        if 0 <= number < self.pages and number != self.number:
            self.number = number
            self._ask()

    def magnify(self, magnification: float) -> None:
        """Show the page larger or smaller, drawn anew."""
        wanted = max(SMALLEST, min(LARGEST, magnification))
        if self.pages and wanted != self.magnification:
            self.magnification = wanted
            self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another page: never a stretched one."""
        super().resizeEvent(event)
        if self._document and abs(self._wanted_px() - self._drawn_px) > 8:
            self._ask()

    def _wanted_px(self) -> int:
        room = max(200, self.area.viewport().width() - 4)
        return min(MOST_WIDTH_PX, round(room * self.magnification * self.devicePixelRatioF()))

    def _ask(self) -> None:
        self._ticket.cancel()
        self._ticket = Ticket()
        self._judge()
        if not self._document:
            self.sheet.clear()
            return
        self._drawn_px = self._wanted_px()
        if self.sheet.pixmap().isNull():
            self.sheet.setText("Drawing…")
        read_pdf_page(
            self._desk, self._document, self.number, self._drawn_px, self._came, self._not_drawn, self._ticket
        )

    def _came(self, page: PdfPage) -> None:
        rows, columns = page.pixels.shape[:2]
        image = QImage(page.pixels.tobytes(), columns, rows, columns * 3, QImage.Format.Format_RGB888).copy()
        picture = QPixmap.fromImage(image)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self.sheet.setPixmap(picture)
        self.sheet.setMinimumSize(QSize(0, 0) if self.magnification <= 1 else picture.deviceIndependentSize().toSize())
        if page.number != self.number or not self.pages:
            self.area.verticalScrollBar().setValue(0)
        self.number, self.pages = page.number, page.pages
        self._judge()

    def _not_drawn(self, error: ReaderError) -> None:
        self.sheet.setPixmap(QPixmap())
        self.sheet.setMinimumSize(QSize(0, 0))
        self.sheet.setText(f"{error.problem}\n\n{error.remedy}")
        self._judge()

    def _judge(self) -> None:
        self.back.setEnabled(self.number > 0)
        self.on.setEnabled(self.number + 1 < self.pages)
        for button in (self.smaller, self.larger):
            button.setEnabled(self.pages > 0)
        size = f"   {self.magnification * 100:.0f} %" if self.magnification != 1 else ""
        self.place.setText(f"Page {self.number + 1} of {self.pages}{size}" if self.pages else "")
