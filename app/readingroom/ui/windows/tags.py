"""Every tag of the image in the active viewport, or of an object that has no image, with a search."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from readingroom.base.errors import ReaderError
from readingroom.display.stack import Stack
from readingroom.display.tag_search import Searchable
from readingroom.record.study import FrameRef
from readingroom.session.case import Case
from readingroom.session.commands.registry import TAGS
from readingroom.session.desk import Desk
from readingroom.session.tag_reading import ObjectTags, TagReading
from readingroom.ui.commanded import commanded
from readingroom.ui.keys import Does
from readingroom.ui.polish import label, name_widget
from readingroom.ui.theme import Theme
from readingroom.ui.windows.tag_banner import TagBanner
from readingroom.ui.windows.tag_tree import TagTree

FOLLOW_MS = 120
SAY_BUSY_MS = 500


class TagWindow(QWidget):
    """Follows the active viewport; with a stack, shows that stack's objects one at a time instead."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget, stack: Stack | None = None, at: int = 0) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Tags – Reading Room")
        self.resize(1180, 860)
        self.closed = False
        self._desk, self._theme, self._stack, self._at = desk, theme, stack, at
        self._ref: FrameRef | None = None
        self._asked: FrameRef | None = None
        self._waiting = False
        self._shown: ObjectTags | None = None
        self._reading = TagReading(desk, self._came, self._not_read, self._busy)
        self.destroyed.connect(self._reading.stop)
        self._follow = self._timer(FOLLOW_MS, self._read)
        self._slow = self._timer(SAY_BUSY_MS, lambda: self._busy(0))
        self._compose()
        self._keys()
        # The tags of one patient never stay open beside the images of another.
        self._stops = (
            desk.case_opened.listen(self._other_case),
            desk.case_changed.listen(lambda _: self._look()),
            desk.counts_changed.listen(lambda _: self._counted()),
        )
        self._look(at_once=True)

    def come_forward(self) -> None:
        """Show the window in front, ready for typing."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.setFocus()
        self.search.selectAll()

    def _other_case(self, case: Case | None) -> None:
        self.close()

    def _timer(self, after_ms: int, run: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(run)
        return timer

    def _compose(self) -> None:
        self.tree = TagTree(self._theme)
        self.state, self.hint = (
            label("", "Faint", wrap=True),
            label("Ctrl+C copies   ·   Esc clears, then closes", "Faint"),
        )
        self.stop = QPushButton("Stop")
        self.stop.clicked.connect(self._stopped)
        self.stop.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        foot.addWidget(self.stop)
        foot.addWidget(self.hint)
        body = QVBoxLayout()
        body.setContentsMargins(16, 12, 16, 12)
        body.setSpacing(10)
        body.addLayout(self._search_row())
        body.addWidget(self.tree, 1)
        body.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.banner = TagBanner()
        column.addWidget(self.banner)
        column.addLayout(body, 1)

    def _search_row(self) -> QHBoxLayout:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search: 0028,0010, keyword, name or value")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._refill())
        self.search.returnPressed.connect(lambda: self.tree.next_hit())
        self.search.installEventFilter(self)
        self.count = label("", "Faint")
        self.differs = QCheckBox("Only what differs from the object before")
        self.differs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.differs.toggled.connect(lambda _: self._read())
        self.before, self.after = QPushButton("Previous"), QPushButton("Next")
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        many = self._stack is not None and len(self._objects()) > 1
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.search, 1)
        for widget in (self.count, self.differs, self.before, self.after):
            row.addWidget(widget)
        for button in (self.before, self.after):
            button.setVisible(many)
        return row

    def _keys(self) -> None:
        own: dict[str, Does] = {
            "tags.search": lambda: self.search.setFocus(),
            "tags.next-hit": lambda: self.tree.next_hit(),
            "tags.previous": lambda: self._go(-1),
            "tags.next": lambda: self._go(1),
            "tags.differs": lambda: self.differs.toggle() if self.differs.isEnabled() else None,
            "tags.copy": lambda: self.tree.copy(),
            "tags.close": self._escape,
        }
        self.actions_ = commanded(self, self._desk, TAGS, own)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows in the search move in the tree; Ctrl+C without a selected text copies the row."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            moves = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
            if event.key() in moves:
                self.tree.setFocus()
                QGuiApplication.sendEvent(self.tree, event)
                return True
            if event.matches(QKeySequence.StandardKey.Copy) and not self.search.hasSelectedText():
                self.tree.copy()
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing more is told to a window that is gone, and nothing of the patient stays in it."""
        self.closed = True
        for stop in self._stops:
            stop()
        self._reading.stop()
        self._follow.stop()
        self._slow.stop()
        self.tree.empty()
        super().closeEvent(event)

    def _escape(self) -> None:
        if self.search.text():
            self.search.clear()
            self.search.setFocus()
        else:
            self.close()

    def _objects(self) -> tuple[FrameRef, ...]:
        """The objects of the stack, each by its first frame here."""
        case = self._desk.case
        stack = self._stack or (case.stack_at(case.active) if case is not None else None)
        once: dict[str, FrameRef] = {}
        for ref in stack.frames if stack is not None else ():
            once.setdefault(ref.sop_uid, ref)
        return tuple(once.values())

    def _wanted(self) -> FrameRef | None:
        case = self._desk.case
        if case is None:
            return None
        if self._stack is None:
            return case.frame_at(case.active)
        objects = self._objects()
        return objects[min(self._at, len(objects) - 1)] if objects else None

    def _go(self, step: int) -> None:
        self._at = max(0, min(self._at + step, len(self._objects()) - 1))
        self._look(at_once=True)

    def _look(self, at_once: bool = False) -> None:
        ref = self._wanted()
        if ref == self._ref and not at_once:
            return
        same = ref is not None and self._shown is not None and ref.sop_uid == self._shown.ref.sop_uid
        self._ref = ref
        if same:
            # Another frame of the same object: its tags are here.
            self._follow.stop()
            self._drop_other(ref)
            self._name_object()
        elif at_once:
            self._read()
        else:
            self._follow.start()

    def _drop_other(self, ref: FrameRef | None) -> None:
        """Another object is not wanted any more although it is on its way."""
        if self._asked is not None and ref is not None and self._asked.sop_uid != ref.sop_uid:
            self._reading.stop()
            self._settle()
            self._refill()

    def _counted(self) -> None:
        """An object that was waited for has come."""
        if self._waiting and self._ref is not None and self._desk.loader.is_here(self._ref):
            self._read()

    def _read(self) -> None:
        self._follow.stop()
        self._reading.stop()
        self._settle()
        if self._ref is None:
            remedy = "Click into one that shows an image, or open a document and its tags."
            self._not_read(ReaderError("No image is in the active viewport.", remedy))
            return
        self._asked = self._ref
        self._slow.start()
        self._reading.read(self._ref, self._object_before() if self.differs.isChecked() else None)

    def _object_before(self) -> FrameRef | None:
        objects = self._objects()
        at = next((n for n, one in enumerate(objects) if self._ref is not None and one.sop_uid == self._ref.sop_uid), 0)
        return objects[at - 1] if at > 0 else None

    def _busy(self, rows: int) -> None:
        if rows and self._slow.isActive():
            return
        self.stop.show()
        self._say(f"Reading the tags… {rows:,} so far" if rows else "Reading the tags…")

    def _stopped(self) -> None:
        self._reading.stop()
        self._not_read(ReaderError("Reading the tags was stopped.", "Scroll, or open the window again."))

    def _came(self, tags: ObjectTags) -> None:
        self._settle()
        self._shown = tags
        self._name_object()
        self._refill()

    def _not_read(self, error: ReaderError) -> None:
        self._settle()
        self._waiting = self._ref is not None and not self._desk.loader.is_here(self._ref)
        self._shown = None
        self.tree.empty()
        self.count.setText("")
        self._name_object()
        self._say(f"{error.problem} {error.remedy}", "Amber")

    def _settle(self) -> None:
        """Nothing is on its way."""
        self._asked, self._waiting = None, False
        self._slow.stop()
        self.stop.hide()

    def _say(self, text: str, tone: str = "Faint") -> None:
        self.state.setText(text)
        name_widget(self.state, tone)

    def _name_object(self) -> None:
        """Say whose object this is, and which: the one whose rows are shown, never the one that is on its way."""
        case = self._desk.case
        if case is None:
            return
        same = self._shown is None or (self._ref is not None and self._ref.sop_uid == self._shown.ref.sop_uid)
        ref = self._ref if same or self._shown is None else self._shown.ref
        many = len(self._objects())
        place = f"object {self._at + 1} of {many}" if self._stack is not None and many > 1 else ""
        self.banner.show_object(case, ref, place)
        self.setWindowTitle(f"Tags – {case.study.patient.display_name} – Reading Room")
        self.differs.setEnabled(self.differs.isChecked() or self._object_before() is not None)
        self.before.setEnabled(self._at > 0)
        self.after.setEnabled(self._at < many - 1)

    def _refill(self) -> None:
        """The rows that are wanted of those that were read: all, what differs, what is searched."""
        if self._shown is not None:
            only = self.differs.isChecked()
            within = (self._shown.differing or Searchable()) if only else self._shown.every
            hits = self.tree.fill(within, self.search.text().strip(), only)
            self._count(len(within.tags.rows), hits)

    def _count(self, rows: int, hits: int | None) -> None:
        assert self._shown is not None
        self.count.setText(f"{rows:,} rows" if hits is None else f"{hits:,} of {rows:,} match")
        tags = self._shown.every.tags
        notes = [*tags.notes, *(["Only the first rows are listed: the object holds more."] if tags.cut else [])]
        if self.differs.isChecked() and self._shown.differing is None:
            self._say("There is no object before this one that could be read to compare with.", "Amber")
        elif self.differs.isChecked():
            self._say(" ".join([*notes, "Pixels are not compared."]), "Amber" if notes else "Faint")
        else:
            self._say(" ".join(notes) or f"{self._shown.size:,} bytes", "Amber" if notes else "Faint")
