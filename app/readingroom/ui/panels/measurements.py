"""Every measurement of the case as a list: a click goes to the image, a double click renames, a drag links it.

Below the reader's own stands what shown reports measured, from whom and when; that is only looked at.
"""

from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from readingroom.display.annotate import text_lines
from readingroom.record.finding import Measurement
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.measuring import deleted, go_to, labelled
from readingroom.session.reported import ReportedRow, go_to_reported
from readingroom.session.reported import rows as rows_of
from readingroom.ui.panels.fields import MEASUREMENT_MIME
from readingroom.ui.polish import label
from readingroom.ui.theme import Theme


class MeasurementList(QListWidget):
    """The rows; a row carries its tracking UID."""

    def __init__(self) -> None:
        super().__init__()
        self.setDragEnabled(True)
        self.setWordWrap(True)
        self.setEditTriggers(QListWidget.EditTrigger.DoubleClicked | QListWidget.EditTrigger.EditKeyPressed)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """A row is dragged into the report."""
        if not self.selectedItems():
            return
        item = self.selectedItems()[0]
        if not item.flags() & Qt.ItemFlag.ItemIsDragEnabled:
            return
        carried = QMimeData()
        carried.setData(MEASUREMENT_MIME, QByteArray(str(item.data(Qt.ItemDataRole.UserRole)).encode()))
        carried.setText(item.text())
        drag = QDrag(self)
        drag.setMimeData(carried)
        drag.exec(Qt.DropAction.CopyAction)


class MeasurementsPanel(QWidget):
    """The list with its empty state."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._quiet = False
        self._rows: tuple[tuple[Measurement, str], ...] = ()
        self._reported: tuple[ReportedRow, ...] = ()
        self.list = MeasurementList()
        self.list.itemClicked.connect(self._clicked)
        self.list.itemChanged.connect(self._renamed)
        self._empty = label("Nothing measured yet.\nM draws a length, E an ellipse.", "Faint", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 8, 10)
        column.setSpacing(6)
        heading = label("MEASUREMENTS", "Heading")
        heading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(heading)
        column.addWidget(self._empty, 1)
        column.addWidget(self.list, 1)
        desk.case_changed.listen(self.refresh)
        desk.documents.changed.listen(lambda _: self.refresh(desk.case))
        self.refresh(desk.case)

    def refresh(self, case: Case | None) -> None:
        """Show the measurements as the desk has them."""
        rows = tuple((m, _place(case, m)) for m in case.measurements) if case is not None else ()
        reported = rows_of(self._desk.documents.reports, case) if case is not None and case.reported else ()
        self._empty.setVisible(not rows and not reported)
        self.list.setVisible(bool(rows or reported))
        if rows != self._rows or reported != self._reported:
            self._rows, self._reported = rows, reported
            self._fill()
        selected = case.selected if case is not None else ""
        current = self.list.selectedItems()
        if not current or current[0].data(Qt.ItemDataRole.UserRole) != selected:
            found = next((n for n, (m, _) in enumerate(rows) if m.tracking_uid == selected), -1)
            self.list.setCurrentRow(found)

    def _fill(self) -> None:
        self._quiet = True
        self.list.clear()
        for measurement, place in self._rows:
            item = QListWidgetItem("\n".join([measurement.label, *_numbers(measurement), place]))
            item.setData(Qt.ItemDataRole.UserRole, measurement.tracking_uid)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled)
            item.setToolTip(f"{measurement.basis.text}\n{measurement.author}")
            self.list.addItem(item)
        for row in self._reported:
            self.list.addItem(self._reported_item(row))
        self._quiet = False

    def _reported_item(self, row: ReportedRow) -> QListWidgetItem:
        """A row that can be clicked, and neither renamed nor dragged into the report."""
        name, *numbers = row.lines or ("not named",)
        item = QListWidgetItem(
            "\n".join([name, *(["   ".join(numbers)] if numbers else []), f"{row.source}; {row.place}"])
        )
        item.setData(Qt.ItemDataRole.UserRole, row.key)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        item.setForeground(self._theme.colour("read-only"))
        item.setToolTip("Read-only: it belongs to another report. Shift+M hides it.")
        return item

    def _clicked(self, item: QListWidgetItem) -> None:
        key = str(item.data(Qt.ItemDataRole.UserRole))
        (go_to_reported if any(row.key == key for row in self._reported) else go_to)(self._desk, key)

    def _renamed(self, item: QListWidgetItem) -> None:
        if not self._quiet:
            name = item.text().splitlines()[0] if item.text().strip() else ""
            self._rows = ()
            labelled(self._desk, str(item.data(Qt.ItemDataRole.UserRole)), name)
            self.refresh(self._desk.case)

    def delete_current(self) -> None:
        """Delete the selected row's measurement."""
        for item in self.list.selectedItems():
            deleted(self._desk, str(item.data(Qt.ItemDataRole.UserRole)))


def _numbers(measurement: Measurement) -> list[str]:
    lines = text_lines(measurement)
    return ["   ".join(lines[1:] if measurement.label else lines)]


def _place(case: Case | None, measurement: Measurement) -> str:
    """Where it is: "series 3, image 57", with PRIOR in front for another study."""
    if case is None:
        return ""
    stack = next((s for s in case.stacks if s.index_of(measurement.frame) is not None), None)
    study = case.study_of(measurement.frame.study_uid)
    series = study.series_named(measurement.frame.series_uid) if study is not None else None
    number = f"series {series.number}, " if series is not None and series.number is not None else ""
    plane = "plane near " if measurement.space is not None else ""
    image = f"{plane}image {(stack.index_of(measurement.frame) or 0) + 1}" if stack is not None else "image not loaded"
    return f"{'prior, ' if stack is not None and case.is_prior(stack) else ''}{number}{image}"
