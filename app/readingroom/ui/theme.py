"""Dark and calm: the colours, fonts and style sheet of every window, from resources/theme."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from readingroom.base.errors import ReaderError


@dataclass(frozen=True, slots=True)
class Theme:
    """Named colours as "#rrggbb", font families in order of preference, base size in points."""

    colours: dict[str, str]
    families: tuple[str, ...]
    size_pt: float

    def colour(self, name: str) -> QColor:
        """The colour of a role; an unknown role is a defect and shows as magenta."""
        return QColor(self.colours.get(name, "#ff00ff"))


def read_theme(folder: Path) -> tuple[Theme, str]:
    """The theme and its style sheet with the colours put in."""
    try:
        table = tomllib.loads((folder / "dark.toml").read_text("utf-8"))
        sheet = (folder / "dark.qss").read_text("utf-8")
        theme = Theme(dict(table["colours"]), tuple(table["font"]["families"]), float(table["font"]["size_pt"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReaderError(f"The theme cannot be read ({error}).", "Install Reading Room again.") from error
    for name, colour in sorted(theme.colours.items(), key=lambda pair: -len(pair[0])):
        sheet = sheet.replace(f"@{name}", colour)
    return theme, sheet


def apply_theme(application: QApplication, folder: Path) -> Theme:
    """Dress the whole application."""
    theme, sheet = read_theme(folder)
    application.setStyle("Fusion")
    known = set(QFontDatabase.families())
    font = QFont()
    font.setFamilies([f for f in theme.families if f in known] or [font.defaultFamily()])
    font.setPointSizeF(theme.size_pt)
    application.setFont(font)
    palette = QPalette()
    for role, name in (
        (QPalette.ColorRole.Window, "ground"), (QPalette.ColorRole.WindowText, "text"),
        (QPalette.ColorRole.Base, "sunken"), (QPalette.ColorRole.AlternateBase, "panel"),
        (QPalette.ColorRole.Text, "text"), (QPalette.ColorRole.Button, "raised"),
        (QPalette.ColorRole.ButtonText, "text"), (QPalette.ColorRole.Highlight, "accent-deep"),
        (QPalette.ColorRole.HighlightedText, "bright"), (QPalette.ColorRole.ToolTipBase, "raised"),
        (QPalette.ColorRole.ToolTipText, "text"), (QPalette.ColorRole.PlaceholderText, "faint"),
        (QPalette.ColorRole.Link, "accent"), (QPalette.ColorRole.LinkVisited, "accent"),
    ):  # fmt: skip
        palette.setColor(role, theme.colour(name))
    application.setPalette(palette)
    application.setStyleSheet(sheet)
    return theme
