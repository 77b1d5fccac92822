"""The keys of one window at a glance: every command, in its group, made of the same table as the keys themselves."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from readingroom.session.commands.registry import ROOMS, Command
from readingroom.session.mouse import ACTION_WORDS, mouse_of
from readingroom.ui.keys import CommandActions, key_words
from readingroom.ui.polish import label

_COLUMNS = 3


class KeyHelp(QWidget):
    """What the keys do, over the window that they are of; any of F1, Escape, Enter or Space closes it."""

    def __init__(self, actions: CommandActions) -> None:
        super().__init__(actions.window, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Keys: {ROOMS[actions.room]}")
        self.resize(1180, 820)
        self.text = QTextBrowser()
        self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text.setHtml(_page(actions))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.addWidget(label(f"Keys: {ROOMS[actions.room]}", "Title"))
        column.addWidget(self.text, 1)
        hint = actions.hint({"window.palette": "finds a command by a few letters", "window.keys": "gives other keys"})
        column.addWidget(label(f"{hint}   ·   Esc closes", "Faint", wrap=True))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Seen is seen."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Return, Qt.Key.Key_Space):
            self.close()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown):
            self.text.verticalScrollBar().triggerAction(self.text.verticalScrollBar().SliderAction.SliderPageStepAdd)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_PageUp):
            self.text.verticalScrollBar().triggerAction(self.text.verticalScrollBar().SliderAction.SliderPageStepSub)
        else:
            super().keyPressEvent(event)


def show_help(actions: CommandActions) -> KeyHelp:
    """Show the keys of the window of these commands."""
    shown = KeyHelp(actions)
    shown.show()
    shown.activateWindow()
    return shown


def _page(actions: CommandActions) -> str:
    groups: dict[str, list[Command]] = {}
    for command in actions.commands.values():
        groups.setdefault(command.group, []).append(command)
    parts = [_table(name, [(c.title, key_words(c.keys) or "–") for c in group]) for name, group in groups.items()]
    if actions.room == "reading":
        does = mouse_of(actions.desk.keys.held)
        titles = {command.id: command.title for command in actions.commands.values()}
        rows = [(ACTION_WORDS.get(what, titles.get(what, what)), gesture) for gesture, what in does.items() if what]
        parts.append(_table("Mouse", rows))
    lengths = [part.count("<tr>") + 2 for part in parts]
    columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for part, length in sorted(zip(parts, lengths, strict=True), key=lambda pair: -pair[1]):
        lowest = heights.index(min(heights))
        columns[lowest].append(part)
        heights[lowest] += length
    cells = "".join(f'<td width="33%" valign="top">{"".join(column)}</td>' for column in columns)
    return f'<table width="100%" cellspacing="14"><tr>{cells}</tr></table>'


def _table(name: str, rows: list[tuple[str, str]]) -> str:
    lines = "".join(
        f"<tr><td>{escape(words)}</td><td align='right'><b>{escape(keys)}</b></td></tr>" for words, keys in rows
    )
    return f"<h3>{escape(name)}</h3><table width='100%' cellpadding='2'>{lines}</table>"
