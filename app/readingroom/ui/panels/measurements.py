"""Every measurement of the case as a list: a click goes to the image, a double click renames, a drag links it.

Below the reader's own stands what shown reports measured, from whom and when; that is only looked at.
"""

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QByteArray, QMimeData, QModelIndex, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QDrag, QHelpEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.measurement_list import ORDERS, WHOSE, Asked, ListRow, MeasurementRows, tools_of
from readingroom.session.measuring import deleted, go_to, labelled, select
from readingroom.session.provenance import provenance
from readingroom.session.reported import go_to_reported
from readingroom.ui.panels.fields import MEASUREMENT_MIME
from readingroom.ui.polish import label
from readingroom.ui.theme import Theme

KEY = Qt.ItemDataRole.UserRole
GIVEN = int(Qt.ItemDataRole.UserRole) + 1
_ROW_PADDING = 14
WORTH_FILTERING = 5
"""So many rows, and a filter stands above them."""


class _RowDelegate(QStyledItemDelegate):
    """What is edited of a row is the reader's name for it; what it says of itself is its provenance."""

    def __init__(self, parent: QWidget, card: Callable[[str], str]) -> None:
        super().__init__(parent)
        self._card = card

    def helpEvent(  # type: ignore[override]
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        """The provenance card of the row under the pointer."""
        words = self._card(str(index.data(KEY) or "")) if index.isValid() else ""
        QToolTip.showText(event.globalPos(), words, view)
        return bool(words)

    def setEditorData(self, editor: QWidget, index: QModelIndex) -> None:  # type: ignore[override]
        """Begin from the name that the reader gave."""
        if isinstance(editor, QLineEdit):
            editor.setPlaceholderText("named by its place")
            editor.setText(str(index.data(GIVEN) or ""))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex) -> None:  # type: ignore[override]
        """Keep the name; the list takes it from there."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text().strip(), GIVEN)


class MeasurementList(QListWidget):
    """The rows; a row carries its tracking UID."""

    def __init__(self, card: Callable[[str], str]) -> None:
        super().__init__()
        self.setDragEnabled(True)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_RowDelegate(self, card))
        self.setEditTriggers(QListWidget.EditTrigger.DoubleClicked | QListWidget.EditTrigger.EditKeyPressed)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """A row is dragged into the report."""
        if not self.selectedItems():
            return
        item = self.selectedItems()[0]
        if not item.flags() & Qt.ItemFlag.ItemIsDragEnabled:
            return
        carried = QMimeData()
        carried.setData(MEASUREMENT_MIME, QByteArray(str(item.data(KEY)).encode()))
        carried.setText(item.text())
        drag = QDrag(self)
        drag.setMimeData(carried)
        drag.exec(Qt.DropAction.CopyAction)


class MeasurementsPanel(QWidget):
    """The list with its filter, its order and its empty state."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._maker = MeasurementRows()
        self.rows: tuple[ListRow, ...] = ()
        self.list = MeasurementList(self.card)
        self.list.itemClicked.connect(self._clicked)
        self.list.itemActivated.connect(self._clicked)
        self.list.itemChanged.connect(self._renamed)
        self.filter, self.order, self.tool, self.whose = QLineEdit(), QComboBox(), QComboBox(), QComboBox()
        self._empty = label("Nothing measured yet.\nM draws a length, E an ellipse.", "Faint", wrap=True)
        self._compose()
        desk.case_changed.listen(self.refresh)
        desk.documents.changed.listen(lambda _: self.refresh(desk.case))
        self.refresh(desk.case)

    def _compose(self) -> None:
        self.filter.setPlaceholderText("Filter: name, place, author")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._again)
        for box, choices in ((self.order, ORDERS), (self.whose, WHOSE)):
            for name, title in choices.items():
                box.addItem(title, name)
            box.currentIndexChanged.connect(self._again)
        self.tool.addItem("Every tool", "")
        self.tool.currentIndexChanged.connect(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 8, 10)
        column.setSpacing(6)
        heading = label("MEASUREMENTS", "Heading")
        heading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._ask = QWidget()
        above, row = QHBoxLayout(), QHBoxLayout(self._ask)
        row.setContentsMargins(0, 0, 0, 0)
        for box, name in ((self.order, "Order"), (self.whose, "Whose"), (self.tool, "Tool")):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(7)
        above.addWidget(heading, 1)
        above.addWidget(self.order)
        above.addWidget(self.whose)
        row.addWidget(self.filter, 1)
        row.addWidget(self.tool)
        column.addLayout(above)
        column.addWidget(self._ask)
        column.addWidget(self._empty, 1)
        column.addWidget(self.list, 1)

    @property
    def asked(self) -> Asked:
        """What the reader asks the list for."""
        words = (self.order.currentData(), self.filter.text(), self.tool.currentData(), self.whose.currentData())
        return Asked(*(str(word or "") for word in words))

    def _again(self, *_: object) -> None:
        self.refresh(self._desk.case)

    def refresh(self, case: Case | None) -> None:
        """Show the measurements as the desk has them; a row that did not change is not touched."""
        contents = self._desk.documents.reports if case is not None and case.reported else ()
        rows = self._maker.rows(case, contents, self.asked) if case is not None else ()
        measured = case is not None and bool(case.measurements or (contents and case.reported))
        for widget in (self.order, self.whose):
            widget.setVisible(measured)
        self._ask.setVisible(measured and (self.asked != Asked(self.asked.order) or len(rows) >= WORTH_FILTERING))
        self._empty.setVisible(not measured)
        self.list.setVisible(measured)
        if case is not None and measured:
            self._offer_tools(case)
        if len(rows) != len(self.rows) or any(new is not old for new, old in zip(rows, self.rows, strict=True)):
            self._fill(rows)
        selected = case.selected if case is not None else ""
        current = self.list.selectedItems()
        if not current or current[0].data(KEY) != selected:
            self.list.setCurrentRow(next((n for n, row in enumerate(rows) if row.key == selected), -1))

    def _offer_tools(self, case: Case) -> None:
        used = tools_of(case.measurements)
        if [self.tool.itemData(n) for n in range(1, self.tool.count())] == [tool for tool, _ in used]:
            return
        chosen = self.tool.currentData()
        with QSignalBlocker(self.tool):
            while self.tool.count() > 1:
                self.tool.removeItem(1)
            for tool, title in used:
                self.tool.addItem(title, tool)
            self.tool.setCurrentIndex(max(0, self.tool.findData(chosen)))

    def _fill(self, rows: tuple[ListRow, ...]) -> None:
        """Put the rows in; what stands alike at both ends stays as it is."""
        before, self.rows = self.rows, rows
        same = next(
            (n for n, (a, b) in enumerate(zip(before, rows, strict=False)) if a is not b), min(len(before), len(rows))
        )
        rest = 0
        while rest < min(len(before), len(rows)) - same and before[-1 - rest] is rows[-1 - rest]:
            rest += 1
        with QSignalBlocker(self.list):
            old, new = len(before) - rest, len(rows) - rest
            for n in range(same, min(old, new)):
                self._dress(self.list.item(n), rows[n])
            for _ in range(old - new):
                self.list.takeItem(new)
            for n in range(old, new):
                item = QListWidgetItem()
                self._dress(item, rows[n])
                self.list.insertItem(n, item)

    def _dress(self, item: QListWidgetItem, row: ListRow) -> None:
        lines = [row.name, *row.lines, f"{row.said}; {row.place}" if not row.own else f"{row.place}; {row.said}"]
        item.setText("\n".join(lines))
        item.setData(KEY, row.key)
        item.setData(GIVEN, row.given)
        item.setSizeHint(QSize(10, len(lines) * self.list.fontMetrics().lineSpacing() + _ROW_PADDING))
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        own = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled
        item.setFlags(usual | own if row.own else usual)
        item.setForeground(self._theme.colour("text" if row.own else "read-only"))

    def row(self, key: str) -> ListRow | None:
        """The row of a key, if it is listed."""
        return next((row for row in self.rows if row.key == key), None)

    def card(self, key: str) -> str:
        """The provenance of a row, as its tooltip says it; "" where there is no such row."""
        row = self.row(key)
        if row is None:
            return ""
        lines = [f"{what}: {said}" for what, said in provenance(self._desk, row.measurement)]
        if not row.own:
            lines.append("Read-only: it belongs to another report. Shift+M hides it.")
        return "\n".join(lines)

    def current(self) -> ListRow | None:
        """The selected row."""
        items = self.list.selectedItems()
        return self.row(str(items[0].data(KEY))) if items else None

    def _clicked(self, item: QListWidgetItem) -> None:
        row = self.row(str(item.data(KEY)))
        if row is not None:
            (go_to if row.own else go_to_reported)(self._desk, row.key)
            select(self._desk, row.key)

    def _renamed(self, item: QListWidgetItem) -> None:
        labelled(self._desk, str(item.data(KEY)), str(item.data(GIVEN) or ""))

    def delete_current(self) -> None:
        """Delete the selected row's measurement."""
        for item in self.list.selectedItems():
            deleted(self._desk, str(item.data(KEY)))
