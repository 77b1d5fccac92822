"""Lesions over time: the table of every lesion, its pictures at one scale, its growth, and the sums of the targets."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from readingroom.display import words
from readingroom.display.compose import Shown, compose
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.render.engine import Engine
from readingroom.session.commands.registry import LESIONS
from readingroom.session.desk import Desk
from readingroom.session.following import follow_lesion
from readingroom.session.lesions_of_case import (
    FIELD_MM,
    LesionPicture,
    Passport,
    PassportRow,
    passport,
    pictures_of,
    toggle_target,
)
from readingroom.session.measuring import go_to
from readingroom.ui.charts import growth
from readingroom.ui.commanded import commanded
from readingroom.ui.painter import PicturePainter
from readingroom.ui.polish import label
from readingroom.ui.pulse import Pulse
from readingroom.ui.qimage import as_image
from readingroom.ui.theme import Theme

THUMB_PX = 190
_COLOURS = ("accent", "measurement", "green", "read-only", "amber", "selected")


class LesionWindow(QWidget):
    """Follows the case; Space marks a target, F follows, Return goes to the image, Escape closes."""

    def __init__(self, desk: Desk, theme: Theme, engine: Engine, pulse: Pulse, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Lesions over time – Reading Room")
        self.resize(1180, 760)
        self._desk, self._theme, self._engine, self._pulse, self._closed = desk, theme, engine, pulse, False
        self._painter, self._tables = PicturePainter(theme, self.font()), Tables()
        self.passport = Passport((), ())
        self._drawn: tuple[object, ...] = ()
        self.chart: QWidget | None = None
        self._compose()
        self._stops = (
            desk.case_changed.listen(self._changed),
            desk.documents.changed.listen(self._changed),
            desk.case_opened.listen(self._other_case),
        )
        own = {
            "lesions.target": self.mark, "lesions.follow": self.follow, "lesions.go": self.go, "lesions.close": self.close
        }  # fmt: skip
        self.actions_ = commanded(self, desk, LESIONS, own)
        self.refresh()

    def _compose(self) -> None:
        self.table = QTableWidget()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.setWordWrap(True)
        self.table.itemSelectionChanged.connect(self._show_selected)
        self.table.cellDoubleClicked.connect(lambda *_: self.go())
        self.empty = label(
            "No lesion is measured yet.\nMeasure one, or open a prior with its report: what has the same tracking UID "
            "stands in one row. Shift+F makes the next measurement that of a prior's lesion.", "Faint", wrap=True,
        )  # fmt: skip
        self.sums = label("", "Bright", wrap=True)
        self.hint = label("Space: target   F: follow   Return: to the image   Esc: close", "Faint")
        self.pictures = QHBoxLayout()
        self.below = QHBoxLayout()
        self.below.addLayout(self.pictures)
        self.below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 12)
        for widget, stretch in ((self.empty, 1), (self.table, 2), (self.sums, 0)):
            column.addWidget(widget, stretch)
        column.addLayout(self.below, 3)
        column.addWidget(self.hint)

    def _changed(self, _: object) -> None:
        if not self._closed:
            self._pulse.dirty(self, self.refresh)

    def _other_case(self, case: object) -> None:
        self.close()

    def refresh(self) -> None:
        """The table as the case is now; the selected lesion stays selected."""
        case = self._desk.case
        if self._closed or case is None:
            return
        now = passport(case, self._desk.documents.reports)
        if now != self.passport:
            chosen = self.current()
            self.passport = now
            self._fill(chosen.lesion.tracking_uid if chosen is not None else case.selected)
        self._show_selected()

    def _fill(self, chosen: str) -> None:
        found = self.passport
        self.empty.setVisible(not found.rows)
        self.table.setVisible(bool(found.rows))
        self.table.blockSignals(True)
        self.table.clear()
        self.table.setRowCount(len(found.rows))
        self.table.setColumnCount(2 + len(found.days))
        self.table.setHorizontalHeaderLabels(["Target", "Lesion", *map(words.day, found.days)])
        for n, row in enumerate(found.rows):
            self._put(n, 0, "●" if row.target else "", True)
            self._put(n, 1, row.name, True)
            for column, cell in enumerate(row.cells):
                self._put(n, 2 + column, "\n".join(part for part in (cell.size, cell.change) if part), cell.certain)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.resizeRowsToContents()
        at = next((n for n, row in enumerate(found.rows) if row.lesion.tracking_uid == chosen), 0)
        self.table.selectRow(at) if found.rows else None
        self.table.blockSignals(False)
        sums = "   ".join(f"{words.day(day)}: {said}" for day, said in found.sums)
        self.sums.setText(found.problem or (f"Sum of targets (RECIST 1.1)   {sums}" if sums else ""))
        self.sums.setVisible(bool(self.sums.text()))

    def _put(self, row: int, column: int, text: str, certain: bool) -> None:
        item = QTableWidgetItem(text)
        if not certain:
            # A change within the error of measuring is no change that may be acted on.
            item.setForeground(self._theme.colour("faint"))
        self.table.setItem(row, column, item)

    def current(self) -> PassportRow | None:
        """The selected lesion."""
        n = self.table.currentRow()
        return self.passport.rows[n] if 0 <= n < len(self.passport.rows) else None

    def _show_selected(self) -> None:
        row = self.current()
        pictures = pictures_of(self._desk, row.lesion) if row is not None else ()
        drawn = (row, *((one.view, one.frame is None, one.problem) for one in pictures))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        while (item := self.pictures.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for one in pictures:
            self.pictures.addWidget(self._thumb(one))
        self._chart(row)

    def _chart(self, row: PassportRow | None) -> None:
        if self.chart is not None:
            self.chart.hide()
            self.chart.deleteLater()
            self.chart = None
        shown = [one for one in self.passport.rows if one.target] or ([row] if row is not None else [])
        if row is not None and row not in shown:
            shown = [row]
        unit = next((size.unit for one in shown[:1] for size in one.lesion.sizes if size is not None), "")
        lines = [
            (one.name, [(s.on, v) for s, v in zip(one.lesion.sights, one.lesion.sizes, strict=True) if v and v.unit == unit],
             _COLOURS[n % len(_COLOURS)])
            for n, one in enumerate(shown)
        ]  # fmt: skip
        if any(len(sizes) > 1 for _, sizes, _ in lines):
            self.chart = growth(self._theme, [line for line in lines if line[1]])
            self.below.insertWidget(1, self.chart, 1)

    def _thumb(self, one: LesionPicture) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 6, 0)
        picture = QLabel()
        picture.setFixedSize(THUMB_PX, THUMB_PX)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if one.frame is None or one.view is None:
            picture.setText(one.problem)
            picture.setWordWrap(True)
        else:
            picture.setPixmap(QPixmap.fromImage(self._image(one, one.view)))
        column.addWidget(picture)
        column.addWidget(
            label(f"{words.day(one.sight.on)}  {f'{FIELD_MM:.0f} mm wide' if one.scaled else 'no scale'}", "Faint")
        )
        column.addStretch(1)
        return made

    def _image(self, one: LesionPicture, view: ViewState) -> QImage:
        drawn_on = replace(one.sight.measurement, label="", values=())
        shown = Shown(measurements=(drawn_on,), text_shown=False, overlays=False)
        picture = compose(view, one.stack, one.frame, shown, THUMB_PX, THUMB_PX, self._tables)
        image = QImage(THUMB_PX, THUMB_PX, QImage.Format.Format_RGB32)
        drawn = as_image(self._engine.render(picture.layers, THUMB_PX, THUMB_PX)) if picture.layers else None
        with QPainter(image) as painter:
            self._painter.paint(painter, picture, drawn, THUMB_PX, THUMB_PX, 1.0)
        return image

    def mark(self) -> None:
        """The selected lesion is a target, or is none any more."""
        if (row := self.current()) is not None:
            toggle_target(self._desk, row.lesion.tracking_uid)

    def follow(self) -> None:
        """The next measurement that is drawn is of the selected lesion."""
        if (row := self.current()) is not None:
            follow_lesion(self._desk, row.lesion.sights[-1].measurement)

    def go(self) -> None:
        """Show the newest image of the selected lesion that is the reader's own."""
        if (row := self.current()) is not None:
            go_to(self._desk, row.lesion.tracking_uid)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Listen no more."""
        self._closed = True
        self._pulse.forget(self)
        for stop in self._stops:
            stop()
        super().closeEvent(event)
