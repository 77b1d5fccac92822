"""Keys and mouse: other keys for any command, what clashes said at once, key maps brought in and taken along."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from readingroom.base.errors import ReaderError
from readingroom.session.commands.finding import fit
from readingroom.session.commands.registry import ROOMS, Command
from readingroom.session.commands.table import COMMANDS, claimed_by, with_keys
from readingroom.session.desk import Desk
from readingroom.session.mouse import ACTION_WORDS, DEFAULTS, may_do, mouse_of
from readingroom.session.own_keys import put_keys
from readingroom.settings.chords import chord
from readingroom.settings.key_map import KeyMap, as_text, read_key_map
from readingroom.settings.places import resources
from readingroom.settings.private_file import write_private
from readingroom.ui.keys import CommandActions, key_words
from readingroom.ui.polish import label, name_widget

_MODIFIERS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_unknown,
)
_LAYOUTS = (
    "Keys go by the character that they write, not by their place: on AZERTY and QWERTZ a command stays with its letter. "
    "A key that a text wants (a letter, a digit, Enter) means nothing else while one is written."
)
_OF = Qt.ItemDataRole.UserRole


class KeyEditor(QWidget):
    """One row per command of every window. What is pressed after “New key” is the key; nothing clashes silently."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keys and mouse – Reading Room")
        self.resize(980, 820)
        self._desk, self._waits = desk, False
        self.search, self.list, self.said = QLineEdit(), QTreeWidget(), label("", "Faint", wrap=True)
        self.search.setPlaceholderText("Search: what is done, or its id")
        self.search.textChanged.connect(lambda _: self._fill())
        self._compose_list()
        tabs = QTabWidget()
        tabs.addTab(self._key_page(), "Keys")
        self.mouse: dict[str, QComboBox] = {}
        tabs.addTab(self._mouse_page(), "Mouse")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        column.addWidget(label("Keys and mouse", "Title"))
        column.addWidget(tabs, 1)
        column.addWidget(self.said)
        column.addLayout(self._foot())
        self._stop = stop = desk.keys.changed.listen(lambda _: self._fill())
        # The window over which it was opened may go and take it along without closing it.
        self.destroyed.connect(lambda: stop())
        self._fill()
        self._say(_LAYOUTS)

    def _compose_list(self) -> None:
        self.list.setHeaderLabels(["Command", "Keys", "Usually"])
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.setColumnWidth(1, 220)
        self.list.setColumnWidth(2, 180)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.installEventFilter(self)
        self.list.itemDoubleClicked.connect(lambda *_: self.wait_for_key(True))

    def _key_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        for title, tip, run in (
            (
                "New key",
                "The next key that is pressed is the command's only one (Enter)",
                partial(self.wait_for_key, True),
            ),
            ("One more key", "The next key that is pressed is one more (Ins)", partial(self.wait_for_key, False)),
            ("No key", "Only the palette and the menus reach it (Del)", self.no_key),
            ("As usual", "The command's usual keys again (Backspace)", self.reset_one),
        ):
            button = QPushButton(title)
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(_do, run))
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return page

    def _mouse_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(
            label("Over an image. Two buttons are pressed together; a wheel turns while the button is held.", "Faint")
        )
        for gesture in dict.fromkeys((*DEFAULTS, *_MORE_GESTURES, *mouse_of(self._desk.keys.held))):
            row = QHBoxLayout()
            box = QComboBox()
            box.setMinimumWidth(380)
            for does in (
                "",
                *may_do(gesture),
                *(() if gesture.endswith("Wheel") else [c.id for c in _desk_commands()]),
            ):
                box.addItem(_mouse_words(does), does)
            box.activated.connect(partial(self._gesture_chosen, gesture))
            name = label(gesture.replace("+", " + "))
            name.setMinimumWidth(220)
            row.addWidget(name)
            row.addWidget(box)
            row.addStretch(1)
            column.addLayout(row)
            self.mouse[gesture] = box
        column.addStretch(1)
        return page

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        for title, tip, run in (
            (
                "Bring in…",
                "Lay a key map over these keys: a pad's, a pedal's, or your own from another desk",
                self._bring_in,
            ),
            ("Take along…", "Write your own keys to a file", self._take_along),
            ("All as usual", "Your own keys and mouse are given up", self.reset_all),
            ("Close", "", self.close),
        ):
            button = QPushButton(title)
            button.setToolTip(tip)
            button.clicked.connect(partial(_do, run))
            row.addWidget(button)
        return row

    def _fill(self) -> None:
        chosen, asked = self.chosen(), self.search.text()
        usual = {command.id: command.keys for command in with_keys(KeyMap())}
        self.list.clear()
        for command in with_keys(self._desk.keys.held):
            if fit(asked, command) is None:
                continue
            where = ROOMS[command.room]
            item = QTreeWidgetItem(
                [f"{command.title}   ·   {where}", key_words(command.keys), key_words(usual[command.id])]
            )
            item.setData(0, _OF, command.id)
            item.setToolTip(0, f"{command.says or command.title}   ({command.id})")
            if command.keys != usual[command.id]:
                font = item.font(1)
                font.setBold(True)
                item.setFont(1, font)
            self.list.addTopLevelItem(item)
            if chosen == command.id or (not chosen and self.list.topLevelItemCount() == 1):
                self.list.setCurrentItem(item)
        for gesture, box in self.mouse.items():
            box.setCurrentIndex(max(0, box.findData(mouse_of(self._desk.keys.held).get(gesture, ""))))

    def chosen(self) -> str:
        """The id of the command that is chosen, "" for none."""
        index = self.list.currentIndex()
        return str(index.siblingAtColumn(0).data(_OF) or "") if index.isValid() else ""

    def choose(self, command: str) -> None:
        """Choose the row of a command."""
        for item in (self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())):
            if item is not None and item.data(0, _OF) == command:
                self.list.setCurrentItem(item)

    def wait_for_key(self, only: bool) -> None:
        """The next key is the command's: its only one, or one more."""
        if self.chosen():
            self._waits, self._only = True, only
            self.list.setFocus()
            self._say(f"Press the key for “{self._title(self.chosen())}”; Escape leaves it as it is.", "Bright")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A key that is waited for means nothing else; otherwise Enter, Ins, Del and Backspace do what the buttons do."""
        if not isinstance(event, QKeyEvent) or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return super().eventFilter(watched, event)
        keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Return: partial(self.wait_for_key, True), Qt.Key.Key_Enter: partial(self.wait_for_key, True),
            Qt.Key.Key_Insert: partial(self.wait_for_key, False), Qt.Key.Key_Delete: self.no_key,
            Qt.Key.Key_Backspace: self.reset_one,
        }  # fmt: skip
        does = keys.get(Qt.Key(event.key()))
        if not self._waits and does is None:
            return super().eventFilter(watched, event)
        event.accept()
        if event.type() == QEvent.Type.KeyPress and not self._waits and does is not None:
            does()
        elif event.type() == QEvent.Type.KeyPress and Qt.Key(event.key()) not in _MODIFIERS:
            self._pressed(event)
        return True

    def _pressed(self, event: QKeyEvent) -> None:
        text = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
        # Shift is part of a character that it makes: “?” is a key of its own on every keyboard.
        if (
            text.startswith("Shift+")
            and len(event.text()) == 1
            and event.text().isprintable()
            and not event.text().isalpha()
        ):
            text = text.removeprefix("Shift+")
        read = chord(text)
        self._waits = False
        if text == "Esc":
            self._say(_LAYOUTS)
            return
        if read is None:
            self._say(f"“{text}” cannot be a key here. Press another after “New key”.", "Amber")
            return
        self.give(self.chosen(), read.text, self._only)

    def give(self, command: str, key: str, only: bool = True) -> None:
        """Give a key to a command, unless the reader gave it to another of the same window; what had it by default loses it."""
        had = claimed_by(key, command, with_keys(self._desk.keys.held))
        own = self._desk.keys.own
        before = () if only else next(c.keys for c in with_keys(self._desk.keys.held) if c.id == command)
        if self._put(own.with_keys(command, tuple(dict.fromkeys((*before, key))))):
            lost = (
                f" “{had.title}” had it and has {key_words(self._keys(had.id)) or 'no key'} now."
                if had is not None
                else ""
            )
            self._say(f"{key} is “{self._title(command)}”.{lost}", "Amber" if lost else "Green")

    def no_key(self) -> None:
        """The chosen command has no key."""
        if self.chosen() and self._put(self._desk.keys.own.with_keys(self.chosen(), ())):
            self._say(f"“{self._title(self.chosen())}” has no key; {self._palette()} finds it.")

    def reset_one(self) -> None:
        """The chosen command has its usual keys again."""
        if self.chosen() and self._put(self._desk.keys.own.with_keys(self.chosen(), None)):
            self._say(f"“{self._title(self.chosen())}” has its usual keys.")

    def reset_all(self) -> None:
        """Every command and gesture is as usual."""
        if self._put(KeyMap()):
            self._say("All keys and the mouse are as usual.", "Green")

    def bring_in(self, path: Path) -> None:
        """Lay a key map over the reader's own; where it cannot be used, nothing changes and why is said."""
        try:
            brought = read_key_map(path)
        except ReaderError as error:
            self._say(f"{error.problem} {error.remedy}", "Red")
            return
        if self._put(brought.over(self._desk.keys.own)):
            self._say(f"{brought.name or path.name} is in force.", "Green")

    def _bring_in(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Bring in a key map", str(resources() / "keys"), "Key maps (*.toml)"
        )
        if name:
            self.bring_in(Path(name))

    def _take_along(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Write the keys", "keys.toml", "Key maps (*.toml)")
        if name:
            try:
                write_private(Path(name), as_text(self._desk.keys.own).encode())
                self._say(f"Written to {name}.", "Green")
            except ReaderError as error:
                self._say(f"{error.problem} {error.remedy}", "Red")

    def _gesture_chosen(self, gesture: str, _: int) -> None:
        does = str(self.mouse[gesture].currentData())
        usual = DEFAULTS.get(gesture, "")
        if self._put(self._desk.keys.own.with_gesture(gesture, None if does == usual else does)):
            self._say(f"{gesture}: {_mouse_words(does)}.", "Green")

    def _put(self, own: KeyMap) -> bool:
        try:
            put_keys(self._desk, own)
        except ReaderError as error:
            self._say(f"{error.problem} {error.remedy}", "Amber")
            self._fill()
            return False
        return True

    def _keys(self, command: str) -> tuple[str, ...]:
        return next((c.keys for c in with_keys(self._desk.keys.held) if c.id == command), ())

    def _palette(self) -> str:
        return key_words(self._keys("window.palette")) or "a menu"

    def _title(self, command: str) -> str:
        return next((c.title for c in COMMANDS if c.id == command), command)

    def _say(self, words: str, tone: str = "Faint") -> None:
        self.said.setText(words)
        name_widget(self.said, tone)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Listen no more."""
        self._stop()
        super().closeEvent(event)


_MORE_GESTURES = (
    "Left+Middle",
    "Middle+Right",
    "Ctrl+Right",
    "Double Right",
    "Double Middle",
    "Alt+Wheel",
    "Middle+Wheel",
)


def show_keys(actions: CommandActions) -> KeyEditor:
    """Open the keys and the mouse over the window of these commands."""
    editor = KeyEditor(actions.desk, actions.window)
    editor.show()
    editor.activateWindow()
    editor.list.setFocus()
    return editor


def _desk_commands() -> list[Command]:
    return [command for command in COMMANDS if command.room == "reading"]


def _mouse_words(does: str) -> str:
    titles = {command.id: command.title for command in COMMANDS}
    return ACTION_WORDS.get(does, titles.get(does, does)) or "Nothing"


def _do(run: Callable[[], object], *_: object) -> None:
    run()
