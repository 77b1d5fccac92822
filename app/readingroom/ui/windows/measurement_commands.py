"""What the reading window does with measurements beside drawing them: their values, their table."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from readingroom.session.desk import Desk
from readingroom.session.table_export import export_table
from readingroom.ui.keys import Does
from readingroom.ui.panels.measurements import MeasurementsPanel
from readingroom.ui.pulse import Pulse
from readingroom.ui.theme import Theme
from readingroom.ui.windows.measured import MeasuredWindow


class MeasurementCommands:
    """Opens the windows and forms over the reading window."""

    def __init__(self, desk: Desk, theme: Theme, pulse: Pulse, window: QWidget, panel: MeasurementsPanel) -> None:
        self._desk, self._theme, self._pulse, self._window, self._panel = desk, theme, pulse, window, panel

    @property
    def own(self) -> dict[str, Does]:
        """What is done here, by the ids of the command table."""
        return {"window.values": self.show_values, "window.table": self.ask_table}

    def show_values(self) -> None:
        """The selected measurement in full."""
        if self._desk.case is not None:
            MeasuredWindow(self._desk, self._theme, self._pulse, self._window).show()

    def ask_table(self) -> None:
        """Ask for a file and write the list into it."""
        case = self._desk.case
        if case is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Measurements as a table", str(Path.home() / "measurements.csv"), "Table (*.csv)"
        )
        if name:
            export_table(self._desk, Path(name), self._panel.asked)
