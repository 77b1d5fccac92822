"""The palette: a few letters of what is to be done, Enter does it, Escape gives the keys back to where they were."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from readingroom.session.commands.finding import found
from readingroom.session.commands.registry import Command
from readingroom.ui.keys import CommandActions, key_words
from readingroom.ui.polish import label

WIDTH, HEIGHT = 620, 420
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class Palette(QFrame):
    """Every command of one window with its keys; what was done last stands first."""

    def __init__(self, actions: CommandActions) -> None:
        super().__init__(actions.window)
        self.setObjectName("Palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions, self._before = actions, QApplication.focusWidget()
        self._shown: tuple[Command, ...] = ()
        self.asked = QLineEdit()
        self.asked.setPlaceholderText("What is to be done? A few letters…")
        self.asked.textChanged.connect(self._refill)
        self.asked.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(2)
        self.list.setRootIsDecorated(False)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemClicked.connect(lambda _: self.do())
        self.none = label("No command of this window fits. Fewer letters find more.", "Faint", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for widget in (self.asked, self.list, self.none):
            column.addWidget(widget)
        self.resize(WIDTH, HEIGHT)
        self._refill("")

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of a window."""
        self.resize(min(WIDTH, window.width()), min(HEIGHT, window.height()))
        self.move(
            (window.width() - self.width()) // 2, max(0, min(window.height() // 8, window.height() - self.height()))
        )
        self.show()
        self.raise_()
        self.asked.setFocus()

    @property
    def shown(self) -> tuple[str, ...]:
        """The ids of the commands that are listed, in their order."""
        return tuple(command.id for command in self._shown)

    def _refill(self, asked: str) -> None:
        can = [command for name, command in self._actions.commands.items() if self._actions.can_run(name)]
        self._shown = found(asked, [c for c in can if c.id != "window.palette"], self._actions.last_used)
        self.list.clear()
        for command in self._shown:
            item = QTreeWidgetItem([command.title, key_words(command.keys)])
            item.setToolTip(0, command.says or command.title)
            item.setForeground(1, self.palette().placeholderText())
            self.list.addTopLevelItem(item)
        self.list.setVisible(bool(self._shown))
        self.none.setVisible(not self._shown)
        self._choose(0)

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self.list.model().index(row, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows choose, Enter does, Escape leaves; whoever looks elsewhere has left."""
        if event.type() == QEvent.Type.FocusOut and QApplication.focusWidget() is not self.asked:
            self.close()
        if not isinstance(event, QKeyEvent) or event.key() not in (*_MOVES, *_ENTER, Qt.Key.Key_Escape):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride:
            # These keys mean something to the window as well, and not while this is asked.
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            self._key(event)
        return True

    def _key(self, event: QKeyEvent) -> None:
        if event.key() in _MOVES:
            QApplication.sendEvent(self.list, event)
        elif event.key() in _ENTER:
            self.do()
        else:
            self.leave()

    def do(self) -> None:
        """Do what is chosen, with the keys back where they were before."""
        at = self.list.currentIndex().row()
        self.leave()
        if 0 <= at < len(self._shown):
            self._actions.run(self._shown[at].id)

    def leave(self) -> None:
        """Close, and give the keys back."""
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.close()


def show_palette(actions: CommandActions) -> Palette:
    """Open the palette over the window of these commands."""
    palette = Palette(actions)
    palette.open_over(actions.window)
    return palette
