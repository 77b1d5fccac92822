"""The tags of one object as a tree that Qt asks for row by row, so that tens of thousands stay smooth."""

from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from readingroom.display.tag_rows import TagList, TagRow
from readingroom.display.tag_search import Searchable, found, narrowed
from readingroom.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
COLUMNS = (("Tag", 190), ("Name", 300), ("VR", 52), ("VM", 52), ("Value", 420), ("Before", 300))
TAG, NAME, VR, VM, VALUE, BEFORE = range(len(COLUMNS))
MOST_OPENED = 100
"""Rows that are opened for the reader: the rest open with a click."""
_TOP = -1


class TagModel(QAbstractItemModel):
    """A list of tags; what lies in a row is looked up when the row is opened."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tags = TagList()
        self.hits: frozenset[int] = frozenset()
        self._inside: dict[int, list[int]] = {}
        self._places: dict[int, int] = {}

    def put(self, tags: TagList, hits: frozenset[int] = frozenset()) -> None:
        """Show other tags; hits: indices of rows that were searched for."""
        self.beginResetModel()
        self.tags, self.hits = tags, hits
        self._inside, self._places = {}, {}
        self.endResetModel()

    def row_at(self, index: Index) -> TagRow | None:
        """The row under an index."""
        return self.tags.rows[index.internalId()] if index.isValid() else None

    def index_of(self, at: int, column: int = TAG) -> QModelIndex:
        """The index of the row with this number in the list."""
        self._children(self.tags.parents[at])
        return self.createIndex(self._places[at], column, at)

    def _children(self, at: int) -> list[int]:
        if at not in self._inside:
            ends = self.tags.ends
            one, end = (0, len(ends)) if at == _TOP else (at + 1, ends[at])
            found: list[int] = []
            while one < end:
                self._places[one] = len(found)
                found.append(one)
                one = ends[one]
            self._inside[at] = found
        return self._inside[at]

    def _number(self, index: Index | None) -> int:
        return index.internalId() if index is not None and index.isValid() else _TOP

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        """Qt's question."""
        inside = self._children(self._number(parent))
        if 0 <= row < len(inside) and 0 <= column < len(COLUMNS):
            return self.createIndex(row, column, inside[row])
        return QModelIndex()

    def parent(self, index: Index | None = None) -> Any:
        """Qt's question; without an index, whose this model is."""
        if index is None:
            return super().parent()
        around = self.tags.parents[index.internalId()] if index.isValid() else _TOP
        return QModelIndex() if around == _TOP else self.index_of(around)

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        if parent is not None and parent.column() > 0:
            return 0
        return len(self._children(self._number(parent)))

    def hasChildren(self, parent: Index | None = None) -> bool:
        """Qt's question, answered without looking inside."""
        at = self._number(parent)
        return bool(self.tags.rows) if at == _TOP else self.tags.ends[at] > at + 1

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's question."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's question."""
        row = self.tags.rows[index.internalId()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(row, index.column(), index.internalId() in self.hits)
        if role == Qt.ItemDataRole.ToolTipRole:
            return whole(row)
        return None

    def _ink(self, row: TagRow, column: int, hit: bool) -> QColor:
        if row.problem and column == VALUE:
            return self._theme.colour("amber")
        if column == VALUE and not row.is_item and row.vr != "SQ":
            return self._theme.colour("bright")
        if column == NAME and not row.is_item:
            return self._theme.colour("selected" if hit else "faint" if row.private else "text")
        return self._theme.colour("faint")


def _cell(row: TagRow, column: int) -> str:
    if column == TAG:
        return row.number
    if column == NAME and row.is_item:
        return ""
    if column == NAME:
        return f"{row.name.strip('[]')}   {row.creator}" if row.creator else row.name
    if column == VR:
        return row.vr
    if column == VM:
        return str(row.count) if row.vr and row.vr != "SQ" and row.count != 1 else ""
    if column == BEFORE:
        return row.before or ""
    return f"{row.value}   –   {row.problem}" if row.problem else row.value


def whole(row: TagRow) -> str:
    """Everything of a row, a line for each part."""
    lines = [row.path, f"{row.name}  {row.keyword}".strip()]
    if row.creator:
        lines.append(f"Private, by {row.creator}")
    if row.length is not None:
        values = f", {row.count:,} values" if row.count > 1 else ""
        lines.append(f"{row.vr}, {row.length:,} bytes{values}")
    lines += [part for part in (row.value, row.problem) if part]
    if row.before is not None:
        lines.append(f"Before: {row.before}")
    return "\n".join(lines)


def copied(row: TagRow) -> str:
    """A row as it goes to the clipboard: path, name, VR and value, between them tabs."""
    parts = (row.path, row.keyword or row.name, row.vr, row.value, row.problem)
    return "\t".join(parts).rstrip("\t")


class TagTree(QTreeView):
    """The tree; what the reader opened stays open from object to object, and so does the row he stands on."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.rows = TagModel(theme, self)
        self._open: set[tuple[int, ...]] = set()
        self._opening = False
        self.setModel(self.rows)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(16)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        font = self.font()
        font.setFeature(font.Tag("tnum"), 1)
        self.setFont(font)
        self.header().setSectionsMovable(False)
        self.header().setMinimumSectionSize(40)
        for number, (_, width) in enumerate(COLUMNS):
            self.header().resizeSection(number, width)
        self.setColumnHidden(BEFORE, True)
        self.expanded.connect(lambda index: self._remember(index, True))
        self.collapsed.connect(lambda index: self._remember(index, False))

    def empty(self) -> None:
        """Nothing of any patient."""
        self.rows.put(TagList())

    def copy(self) -> None:
        """The current row to the clipboard."""
        row = self.rows.row_at(self.currentIndex())
        if row is not None:
            QGuiApplication.clipboard().setText(copied(row))

    def fill(self, within: Searchable, text: str, before: bool) -> int | None:
        """Show all tags, or those that match text; before: with what stood there before. How many match, if searched."""
        current, scrolled = self.rows.row_at(self.currentIndex()), self.verticalScrollBar().value()
        search = found(within, text)
        shown = narrowed(within.tags, search.shown) if text else within.tags
        places = {at: number for number, at in enumerate(search.shown)} if text else {}
        hits = [places[at] for at in search.hits]
        self._make_room(before)
        self.rows.put(shown, frozenset(hits))
        self._unfold(shown, hits, everything=before)
        if hits:
            self.setCurrentIndex(self.rows.index_of(hits[0]))
        elif current is not None:
            self._back_to(shown, current.key)
            self.verticalScrollBar().setValue(scrolled)
        return len(search.hits) if text else None

    def _make_room(self, before: bool) -> None:
        """The value and what stood there before share the width that one value has otherwise."""
        if before == self.isColumnHidden(BEFORE):
            self.setColumnHidden(BEFORE, not before)
            used = sum(self.columnWidth(column) for column in (TAG, NAME, VR, VM))
            half = max(160, (self.viewport().width() - used) // 2)
            self.setColumnWidth(VALUE, half if before else COLUMNS[VALUE][1])
            self.setColumnWidth(BEFORE, half)
            # Two identifiers differ at their ends.
            self.setTextElideMode(Qt.TextElideMode.ElideMiddle if before else Qt.TextElideMode.ElideRight)

    def next_hit(self) -> None:
        """Go to the next row that matches, round the end."""
        hits = sorted(self.rows.hits)
        if hits:
            here = self.currentIndex()
            at = here.internalId() if here.isValid() else -1
            self.setCurrentIndex(self.rows.index_of(next((hit for hit in hits if hit > at), hits[0])))

    def _unfold(self, shown: TagList, hits: list[int], everything: bool) -> None:
        wanted: dict[int, None] = {}
        if not hits:
            open_ones = (at for at, row in enumerate(shown.rows) if everything or row.key in self._open)
            wanted = dict.fromkeys(islice((at for at in open_ones if shown.ends[at] > at + 1), MOST_OPENED))
        for hit in hits:
            if len(wanted) >= MOST_OPENED:
                break
            line, at = [], shown.parents[hit]
            while at >= 0 and at not in wanted:
                line.append(at)
                at = shown.parents[at]
            wanted |= dict.fromkeys(reversed(line))
        self._opening = True
        for at in wanted:
            self.expand(self.rows.index_of(at))
        self._opening = False

    def _remember(self, index: QModelIndex, opened: bool) -> None:
        row = self.rows.row_at(index)
        if row is not None and not self._opening:
            (self._open.add if opened else self._open.discard)(row.key)

    def _back_to(self, shown: TagList, key: tuple[int, ...]) -> None:
        at = next((at for at, row in enumerate(shown.rows) if row.key == key), None)
        if at is not None and (shown.parents[at] < 0 or self.isExpanded(self.rows.index_of(shown.parents[at]))):
            self.setCurrentIndex(self.rows.index_of(at))
