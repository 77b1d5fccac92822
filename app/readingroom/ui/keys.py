"""Keys: every command of the desk as a shortcut of a window, silent while the reader writes."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QPlainTextEdit, QTextEdit, QWidget

from readingroom.session.commands.registry import Command
from readingroom.session.desk import Desk


def is_writing() -> bool:
    """Whether the cursor is in a text, so that a letter is a letter."""
    return isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit | QTextEdit | QComboBox)


def plain_key(keys: tuple[str, ...]) -> bool:
    """Whether a shortcut is a bare key that a text would want for itself; Escape leaves the text."""
    return any(key == "F" or not key.startswith(("Ctrl+", "Alt+", "F", "Escape")) for key in keys)


class CommandActions:
    """One QAction per command, with its keys on a window; bare keys stay quiet while the reader writes."""

    def __init__(self, window: QWidget, desk: Desk, commands: Iterable[Command]) -> None:
        self._window, self._desk = window, desk
        self.actions: dict[str, QAction] = {}
        self.groups: dict[str, list[QAction]] = {}
        for command in commands:
            self.add(command)

    def add(self, command: Command, run: Callable[[], None] | None = None) -> QAction:
        """A command as an action of the window."""
        action = QAction(command.title, self._window)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.triggered.connect(run or partial(command.run, self._desk))
        self._window.addAction(action)
        self.actions[command.id] = action
        self.groups.setdefault(command.group, []).append(action)
        action.setProperty("needs_case", command.needs_case)
        action.setProperty("plain", plain_key(command.keys))
        return action

    def menu(self, group: str, parent: QWidget) -> QMenu:
        """The commands of a group as a menu."""
        menu = QMenu(group, parent)
        menu.addActions(self.groups.get(group, []))
        return menu

    def judge(self, writing: bool) -> None:
        """Enable what can be done now; bare keys only where no text would want them."""
        for action in self.actions.values():
            wanted = self._desk.case is not None or not action.property("needs_case")
            action.setEnabled(bool(wanted and not (writing and action.property("plain"))))
