"""What each monitor is for: a small window, kept by the monitor's own identity, in force at once."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from readingroom.display.desk_plan import Place, role_of
from readingroom.display.monitors import judged, table_for
from readingroom.session.desk import Desk
from readingroom.session.measured_monitors import keep_monitor
from readingroom.settings.sections import MonitorSettings
from readingroom.ui.polish import label
from readingroom.ui.screens import Screens

ROLES = (
    ("", "not said"),
    ("diagnostic", "diagnostic: images"),
    ("colour", "colour: colour images, and panels"),
    ("report", "report: worklist and panels"),
    ("projector", "projector: nothing of a patient"),
    ("other", "other: nothing"),
)


class MonitorsWindow(QDialog):
    """One row for each connected monitor, from left to right: what it is, how it stands, what it is for."""

    def __init__(self, desk: Desk, screens: Screens, parent: QWidget, kept: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Monitors")
        self._desk, self._kept = desk, kept
        self.places = tuple(sorted(screens.present(), key=lambda place: (place.room.left, place.room.top)))
        self.roles: list[QComboBox] = []
        rows = QGridLayout()
        rows.setHorizontalSpacing(18)
        rows.setVerticalSpacing(12)
        for number, place in enumerate(self.places):
            self._row(rows, number, place)
        rows.setColumnStretch(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(14)
        column.addWidget(label("What each monitor is for", "Title"))
        words = "Images hang on every diagnostic monitor. Roles are kept by the monitor's serial number, else by its socket."
        column.addWidget(label(words, "Faint", wrap=True))
        column.addLayout(rows)
        column.addWidget(buttons)
        self.setMinimumWidth(640)

    def _row(self, rows: QGridLayout, number: int, place: Place) -> None:
        screen, on_file = place.screen, self._desk.settings.monitors
        known = ", ".join(part for part in (screen.screen, f"serial {screen.serial}" if screen.serial else "") if part)
        size = f"{screen.width_px} × {screen.height_px}" + ("" if place.ratio == 1 else f", scaled by {place.ratio:g}")
        present = tuple(one.screen for one in self.places)
        stands = judged(screen, present, on_file, self._desk.now().date()).verdict
        rows.addWidget(label(str(number + 1), "Title"), 2 * number, 0, 2, 1)
        rows.addWidget(label(f"{screen.title}   {size}", "Bright"), 2 * number, 1)
        rows.addWidget(label(f"{known}   {stands}".strip(), "Faint", wrap=True), 2 * number + 1, 1)
        role = QComboBox()
        for name, words in ROLES:
            role.addItem(words, name)
        role.setCurrentIndex(max(0, role.findData(role_of(screen, on_file))))
        role.setAccessibleName(f"What monitor {number + 1} is for")
        rows.addWidget(role, 2 * number, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        self.roles.append(role)

    def _save(self) -> None:
        on_file = self._desk.settings.monitors
        wanted: list[MonitorSettings] = []
        for place, role in zip(self.places, self.roles, strict=True):
            chosen = str(role.currentData())
            if chosen and chosen != role_of(place.screen, on_file):
                table = table_for(place.screen, (*on_file, *wanted))
                wanted.append(replace(table, role=chosen))
        for table in wanted:
            keep_monitor(self._desk, table, self._kept)
        self.close()
