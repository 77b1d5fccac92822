"""The worklist window: what there is to read in the region, and who did not answer."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from readingroom.record.search import Silence
from readingroom.session.commands.registry import WORKLIST
from readingroom.session.desk import Desk
from readingroom.session.reading_list import ReadingList
from readingroom.ui.commanded import commanded
from readingroom.ui.keys import Does
from readingroom.ui.notices import NoticeBar
from readingroom.ui.polish import label
from readingroom.ui.theme import Theme
from readingroom.ui.windows.worklist_cells import WorklistCells
from readingroom.ui.windows.worklist_table import COLUMNS, EXAMINATION, WorklistModel
from readingroom.worklist.entry import DRAFT, SIGNED, UNREAD, Entry

_HINTS = {
    "list.open": "opens", "list.refresh": "refreshes", "list.filter": "filters", "window.palette": "finds a command",
    "window.help": "all keys",
}  # fmt: skip


class WorklistWindow(QMainWindow):
    """The region's examinations; Enter opens, typing filters, F5 asks the archives again."""

    def __init__(
        self,
        theme: Theme,
        desk: Desk,
        reading_list: ReadingList,
        open_entry: Callable[[Entry], None],
        show_outbox: Callable[[], None],
        may_leave: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._list, self._open, self._may_leave, self._leaving = reading_list, open_entry, may_leave, False
        self.actions_ = commanded(self, desk, WORKLIST, self._own(show_outbox))
        self._tipped: list[tuple[QPushButton, str]] = []
        self.setWindowTitle("Worklist – Reading Room")
        self.resize(1440, 860)
        ground = QWidget()
        ground.setObjectName("Ground")
        column = QVBoxLayout(ground)
        column.setContentsMargins(24, 18, 24, 14)
        column.setSpacing(12)
        self.setCentralWidget(ground)
        column.addLayout(self._head())
        self.model = WorklistModel(theme, self)
        self.table = self._table(theme)
        self._empty = QLabel()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setObjectName("Faint")
        self._empty.setWordWrap(True)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        column.addLayout(self._pages, 1)
        column.addLayout(self._foot(show_outbox))
        self.notices = NoticeBar()
        column.addWidget(self.notices)
        desk.keys.changed.listen(lambda _: self._tell_keys())
        self._tell_keys()
        self.refresh()
        self.table.setFocus()

    def _own(self, show_outbox: Callable[[], None]) -> dict[str, Does]:
        return {
            "list.open": self.open_current,
            "list.refresh": self._list.refresh,
            "list.filter": lambda: self.filter.setFocus(),
            "list.all": self._clear_filter,
            "list.outbox": show_outbox,
        }

    def _head(self) -> QHBoxLayout:
        title = QLabel("Worklist")
        title.setObjectName("Title")
        self.count = QLabel("")
        self.count.setObjectName("Faint")
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Type to filter: name, number, examination, modality, trust, state…")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(460)
        self.filter.textChanged.connect(self._filtered)
        self.filter.returnPressed.connect(self.open_current)
        self.filter.installEventFilter(self)
        refresh = self._button("list.refresh")
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(title)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.filter)
        row.addWidget(refresh)
        return row

    def _table(self, theme: Theme) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setItemDelegate(WorklistCells(theme, self.model, table.font(), self))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(34)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSortIndicatorShown(False)
        head.setSectionsClickable(True)
        head.sectionClicked.connect(self._sorted)
        for number, (_, width, _, _) in enumerate(COLUMNS):
            table.setColumnWidth(number, width)
        head.setSectionResizeMode(EXAMINATION, QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(40)
        table.doubleClicked.connect(lambda index: self._open_row(index.row()))
        table.installEventFilter(self)
        return table

    def _foot(self, show_outbox: Callable[[], None]) -> QHBoxLayout:
        self.answered = QLabel("")
        self.answered.setTextFormat(Qt.TextFormat.PlainText)
        self.answered.setObjectName("Faint")
        self.answered.setWordWrap(True)
        self.outbox = QPushButton("")
        self.outbox.setToolTip("Signed reports that no archive has confirmed yet")
        self.outbox.clicked.connect(show_outbox)
        self.outbox.hide()
        self._hint = label("", "Faint")
        row = QHBoxLayout()
        row.setSpacing(14)
        self.ahead = label("", "Faint")
        self._offers = QHBoxLayout()
        row.addWidget(self.answered, 1)
        row.addWidget(self.ahead)
        row.addLayout(self._offers)
        row.addWidget(self.outbox)
        row.addWidget(self._hint)
        return row

    def offer(self, command: str, run: Callable[[], None]) -> None:
        """A further thing that can be done here, as a button and by its keys: a command of the table, by its id."""
        self.actions_.bind(command, run)
        self._offers.addWidget(self._button(command))

    def _button(self, command: str) -> QPushButton:
        button = QPushButton(self.actions_.commands[command].title)
        button.setToolTip(self.actions_.tip(command))
        button.clicked.connect(partial(self.actions_.run, command))
        self._tipped.append((button, command))
        return button

    def _tell_keys(self) -> None:
        for button, command in self._tipped:
            button.setToolTip(self.actions_.tip(command))
        self._hint.setText(self.actions_.hint(_HINTS))

    def refresh(self) -> None:
        """Show the list as it is now, the selection staying on its study."""
        current = self.current()
        self.model.put(self._list.entries)
        row = self.model.row_of(current.row.study_uid) if current is not None else 0
        if self.model.rowCount():
            self.table.selectRow(max(0, row))
        self._say()

    def current(self) -> Entry | None:
        """The selected entry."""
        return self.model.entry(self.table.currentIndex().row())

    def open_current(self) -> None:
        """Open the selected examination, or the first that the filter left."""
        self._open_row(max(0, self.table.currentIndex().row()))

    def _open_row(self, row: int) -> None:
        entry = self.model.entry(row)
        if entry is not None:
            self._open(entry)

    def _filtered(self, text: str) -> None:
        self.model.filter(text)
        if self.model.rowCount():
            self.table.selectRow(0)
        self._say()

    def _clear_filter(self) -> None:
        self.filter.clear()
        self.table.setFocus()

    def _sorted(self, column: int) -> None:
        head = self.table.horizontalHeader()
        again = head.isSortIndicatorShown() and head.sortIndicatorSection() == column
        if again and head.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder:
            head.setSortIndicatorShown(False)
            self.model.sort(-1)
            return
        order = Qt.SortOrder.DescendingOrder if again else Qt.SortOrder.AscendingOrder
        head.setSortIndicatorShown(True)
        head.setSortIndicator(column, order)
        self.model.sort(column, order)

    def _say(self) -> None:
        shown, total, counts = self.model.rowCount(), self.model.total, self.model.counts
        words = f"{counts[UNREAD]} unread, {counts[DRAFT]} in draft, {counts[SIGNED]} signed"
        self.count.setText(words if shown == total else f"{shown} of {total} match")
        self._pages.setCurrentIndex(0 if shown else 1)
        self._empty.setText(self._why_empty())
        self._say_who_answered()

    def _why_empty(self) -> str:
        if self._list.problem is not None:
            return f"{self._list.problem.problem}\n{self._list.problem.remedy}"
        if self.filter.text().strip():
            return "Nothing matches the filter.\nPress Esc to see everything again."
        if self._list.answer is None:
            return "Asking the archives…"
        if not self._list.answer.asked:
            return "No archive is configured.\nAdd one [[archive]] table to settings.toml: readingroom settings"
        if not self._list.answer.answered:
            return "No archive answered: there may be examinations to read.\n" + "\n".join(
                f"{silence.problem} {silence.remedy}" for silence in self._list.answer.silent
            )
        return "Nothing to read in the days that the list covers.\nF5 asks the archives again."

    def _say_who_answered(self) -> None:
        answer = self._list.answer
        if answer is None:
            self._answer_words("Asking the archives…" if self._list.asking else "", "Faint")
            return
        parts = [f"{len(answer.answered)} of {len(answer.asked)} archives answered"]
        if answer.awaited:
            parts.append(f"Still awaited: {', '.join(answer.awaited)}")
        if answer.silent:
            parts.append("Silent: " + "; ".join(_silence(one) for one in answer.silent))
        parts += answer.warnings
        if len(parts) == 1 and answer.answered:
            self._answer_words(f"{parts[0]}: {', '.join(answer.answered)}", "Faint")
        else:
            self._answer_words(".  ".join(part.rstrip(".") for part in parts), "Amber" if len(parts) > 1 else "Faint")

    def _answer_words(self, words: str, name: str) -> None:
        self.answered.setText(words)
        self.answered.setToolTip(words)
        if self.answered.objectName() != name:
            self.answered.setObjectName(name)
            self.answered.style().unpolish(self.answered)
            self.answered.style().polish(self.answered)

    def show_ahead(self, words: str) -> None:
        """What is being fetched ahead of need."""
        self.ahead.setText(words)

    def show_waiting(self, count: int, failed: int) -> None:
        """How many signed objects wait in the outbox, and how many of them failed."""
        self.outbox.setVisible(count > 0)
        self.outbox.setText(f"Outbox: {count} waiting" + (f", {failed} not stored" if failed else ""))

    def closeEvent(self, event: QCloseEvent) -> None:
        """The last window to close asks first where something signed is not stored yet."""
        if not self._leaving and not self._may_leave():
            event.ignore()
            return
        super().closeEvent(event)

    def leave(self) -> None:
        """Close for good: the desk is being left."""
        self._leaving = True
        self.close()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows in the filter move the selection; letters in the table go to the filter."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.table and event.text().isprintable() and event.text().strip():
                self.filter.setFocus()
                self.filter.setText(self.filter.text() + event.text())
                return True
            if watched is self.filter and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = self.table.currentIndex().row() + step
                self.table.selectRow(max(0, min(row, self.model.rowCount() - 1)))
                return True
        return super().eventFilter(watched, event)


def _silence(one: Silence) -> str:
    """An archive's silence as part of a sentence, its name once."""
    words = one.problem.rstrip(".")
    return words if one.name in words else f"{one.name}: {words}"
