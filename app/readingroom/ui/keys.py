"""Keys: the commands of a window as its shortcuts, silent where a text is written, other ones as soon as the reader says."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from readingroom.session.commands.registry import Command
from readingroom.session.commands.table import commands_of, with_keys
from readingroom.session.desk import Desk
from readingroom.settings.chords import chord
from readingroom.settings.key_map import KeyMap

_TEXTS = (QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox, QKeySequenceEdit)
Does = Callable[[], object]


def is_writing() -> bool:
    """Whether the cursor is in a text, so that a letter is a letter."""
    widget = QApplication.focusWidget()
    read_only = isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit) and widget.isReadOnly()
    return isinstance(widget, _TEXTS) and not read_only


def key_words(keys: tuple[str, ...]) -> str:
    """Keys as a tooltip names them."""
    return " or ".join(keys)


class CommandActions(QObject):
    """One QAction per command of a room on its window; own: what the window itself does, by the id of the command.

    Keys follow the reader's key map as it changes. While a text is written, keys that the text wants mean only the text.
    """

    def __init__(self, window: QWidget, desk: Desk, room: str, own: Mapping[str, Does] | None = None) -> None:
        super().__init__(window)
        self.window, self.desk, self.room = window, desk, room
        self.actions: dict[str, QAction] = {}
        self.commands: dict[str, Command] = {}
        self.groups: dict[str, list[QAction]] = {}
        self.last_used: list[str] = []
        self._runs: dict[str, Does] = {}
        self._writing, self._has_case = False, desk.case is not None
        self._keys: dict[str, tuple[list[QKeySequence], list[QKeySequence]]] = {}
        for command in commands_of(room, with_keys(desk.keys.held)):
            self._declare(command)
        for name, does in (own or {}).items():
            self.bind(name, does)
        stops = (desk.keys.changed.listen(self._other_keys), desk.case_changed.listen(lambda _: self.judge()))
        window.destroyed.connect(lambda: [stop() for stop in stops])
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)
        self.judge()

    def _declare(self, command: Command) -> None:
        action = QAction(command.title, self.window)
        action.triggered.connect(partial(self.run, command.id))
        self.window.addAction(action)
        action.setProperty("needs_case", command.needs_case)
        self.actions[command.id], self.commands[command.id] = action, command
        self.groups.setdefault(command.group, []).append(action)
        if command.run is not None:
            self._runs[command.id] = partial(command.run, self.desk)
        action.setEnabled(self.can_run(command.id))
        self._put_keys(command.id)

    def bind(self, name: str, does: Does) -> None:
        """Say what a command does that its window does itself; KeyError where the table has no such command here."""
        if name not in self.actions:
            raise KeyError(name)
        self._runs[name] = does
        self.actions[name].setEnabled(self.can_run(name))

    @property
    def unbound(self) -> tuple[str, ...]:
        """Commands of this window that nobody does: a defect, or a window that is not whole yet."""
        return tuple(name for name in self.actions if name not in self._runs)

    def can_run(self, name: str) -> bool:
        """Whether a command can be done now."""
        return name in self._runs and (self.desk.case is not None or not self.commands[name].needs_case)

    def run(self, name: str) -> None:
        """Do a command, by whatever way it was asked for."""
        if self.can_run(name):
            self.last_used = [name, *(other for other in self.last_used if other != name)]
            self._runs[name]()

    def tip(self, name: str) -> str:
        """What a button of the command says: what it does, and its keys."""
        command = self.commands[name]
        keys = key_words(command.keys)
        return f"{command.says or command.title}" + (f" ({keys})" if keys else "")

    def hint(self, named: Mapping[str, str]) -> str:
        """One line of keys for a window: command id to what it does in a word or two."""
        told = [(self.commands[name].keys, does) for name, does in named.items() if name in self.commands]
        return "   ·   ".join(f"{keys[0]} {does}" for keys, does in told if keys)

    def menu(self, group: str, parent: QWidget) -> QMenu:
        """The commands of a group as a menu."""
        menu = QMenu(group, parent)
        menu.addActions(self.groups.get(group, []))
        return menu

    def judge(self) -> None:
        """Enable what can be done now; keys that a text wants only where none is written.

        Every image that is scrolled to comes through here: nothing is done where nothing is otherwise.
        """
        if self._has_case is not (self.desk.case is not None):
            self._has_case = not self._has_case
            for name, action in self.actions.items():
                action.setEnabled(self.can_run(name))
        if self._writing is not is_writing():
            self._writing = not self._writing
            for name, (every, quiet) in self._keys.items():
                if len(every) != len(quiet):
                    self.actions[name].setShortcuts(quiet if self._writing else every)

    def _put_keys(self, name: str) -> None:
        keys = self.commands[name].keys
        every = [QKeySequence(key, QKeySequence.SequenceFormat.PortableText) for key in keys]
        quiet = [one for one, key in zip(every, keys, strict=True) if not wanted_by_a_text(key)]
        self._keys[name] = every, quiet
        self.actions[name].setShortcuts(quiet if self._writing else every)

    def _other_keys(self, key_map: KeyMap) -> None:
        for command in commands_of(self.room, with_keys(key_map)):
            self.commands[command.id] = command
            self._put_keys(command.id)

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if isValid(self.window):
            self.judge()


def wanted_by_a_text(key: str) -> bool:
    """Whether a text that is written would take this key for itself."""
    read = chord(key)
    return read is not None and read.is_of_a_text
