"""The worklist as a table: rows of the region, filtered as the reader types; made for tens of thousands of rows."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from readingroom.display.words import clock, day
from readingroom.ui.theme import Theme
from readingroom.worklist.entry import DRAFT, FAILED, SENDING, SIGNED, UNREAD, Entry, urgency
from readingroom.worklist.filter import narrowed, searchable, words_of

Index = QModelIndex | QPersistentModelIndex
STATE_WORDS = {UNREAD: "Unread", DRAFT: "Draft", SENDING: "Sending", SIGNED: "Signed", FAILED: "Not stored"}

Column = tuple[str, int, Callable[[Entry], str], Callable[[Entry], Any]]


def _age(entry: Entry) -> str:
    return entry.row.patient.age_at(entry.row.date)


def _when(entry: Entry) -> str:
    return f"{day(entry.row.date)}  {clock(entry.row.time)}".strip()


def _examination(entry: Entry) -> str:
    words = entry.row.description or "(no description)"
    return f"CONFLICT – {words}" if entry.row.conflict else words


def _birth(entry: Entry) -> date:
    return entry.row.patient.birth_date or date.min


COLUMNS: tuple[Column, ...] = (
    ("Report", 108, lambda e: STATE_WORDS[e.state], lambda e: list(STATE_WORDS).index(e.state)),
    ("Priority", 84, lambda e: e.row.priority.capitalize(), urgency),
    ("Patient", 270, lambda e: e.row.patient.display_name, lambda e: e.row.patient.display_name),
    ("Identifier", 128, lambda e: e.row.patient.display_id, lambda e: e.row.patient.id),
    ("Age", 60, _age, _birth),
    ("Sex", 44, lambda e: e.row.patient.sex, lambda e: e.row.patient.sex),
    ("Examination", 240, _examination, lambda e: e.row.description.casefold()),
    ("Modality", 88, lambda e: " ".join(e.row.modalities), lambda e: e.row.modalities),
    ("When", 158, _when, lambda e: e.when),
    ("Images", 66, lambda e: "" if e.row.instances is None else str(e.row.instances), lambda e: e.row.instances or 0),
    ("Made at", 190, lambda e: e.row.institution or ", ".join(e.row.held_by), lambda e: e.row.institution.casefold()),
    ("Accession", 130, lambda e: e.row.accession, lambda e: e.row.accession),
)
STATE, PATIENT, EXAMINATION, WHEN, IMAGES = 0, 2, 6, 8, 9


class WorklistModel(QAbstractTableModel):
    """Entries in reading order, or sorted by a column, narrowed to those that match the filter."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._all: tuple[Entry, ...] = ()
        self._shown: list[Entry] = []
        self._words: tuple[str, ...] = ()
        self.counts: Counter[str] = Counter()
        self._sort: tuple[int, bool] | None = None
        self._strong = QFont()
        self._strong.setWeight(QFont.Weight.DemiBold)

    def put(self, entries: tuple[Entry, ...]) -> None:
        """Other entries; counts: how many are in each state."""
        self._all = tuple(map(searchable, entries))
        self.counts = Counter(entry.state for entry in self._all)
        self._arrange()

    def filter(self, text: str) -> None:
        """Show only entries in which every word of text is found."""
        self._words = words_of(text)
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a negative column gives the reading order back."""
        self._sort = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        shown = narrowed(self._all, self._words)
        if self._sort is not None:
            column, down = self._sort
            shown.sort(key=COLUMNS[column][3], reverse=down)
        self._shown = shown
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """The entry of a row on the glass."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, study_uid: str) -> int:
        """The row of a study, -1 where it is not shown."""
        return next((n for n, e in enumerate(self._shown) if e.row.study_uid == study_uid), -1)

    @property
    def total(self) -> int:
        """How many entries there are without the filter."""
        return len(self._all)

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's question."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's question."""
        entry = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[index.column()][2](entry)
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(self._theme.colour(ink(entry, index.column())))
        if role == Qt.ItemDataRole.FontRole and index.column() == PATIENT and entry.state == UNREAD:
            return self._strong
        if role == Qt.ItemDataRole.ToolTipRole:
            return _whole(entry)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == IMAGES:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def ink(entry: Entry, column: int) -> str:
    """The theme's colour for a cell: what is urgent, done, or in conflict stands out."""
    if entry.row.conflict:
        return "red"
    if column == 1 and urgency(entry) <= 2:
        return "amber"
    if entry.state == SIGNED:
        return "faint"
    if column == PATIENT:
        return "bright"
    return "text" if column in (STATE, EXAMINATION, WHEN) else "faint"


def _whole(entry: Entry) -> str:
    row = entry.row
    lines = [
        f"{row.patient.display_name}  {row.patient.display_id}",
        row.description,
        f"Held by {', '.join(row.held_by)}",
    ]
    if row.referrer:
        lines.append(f"Referred by {row.referrer}")
    if row.conflict:
        lines.append(f"CONFLICT: {row.conflict}")
    return "\n".join(lines)
