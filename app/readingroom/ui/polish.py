"""Names that the style sheet knows widgets by."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


def name_widget(widget: QWidget, name: str) -> None:
    """Give a widget another name in the style sheet and dress it anew."""
    if widget.objectName() != name:
        widget.setObjectName(name)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def label(text: str, name: str = "", wrap: bool = False) -> QLabel:
    """A label in one of the style sheet's roles: Title, Heading, Faint, Bright, Amber, Red, Green."""
    made = QLabel(text)
    # A patient's name or an archive's words are never markup.
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if name:
        name_widget(made, name)
    return made
