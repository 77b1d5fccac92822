"""The selected measurement in full: its provenance card, and the histogram of its region or the profile of its line."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from readingroom.display import words
from readingroom.record.finding import Measurement
from readingroom.session.commands.registry import MEASURED
from readingroom.session.desk import Desk
from readingroom.session.provenance import provenance
from readingroom.session.reported import as_measurement, group_named
from readingroom.session.values_shown import values_shown
from readingroom.ui.charts import histogram, profile
from readingroom.ui.commanded import commanded
from readingroom.ui.polish import label
from readingroom.ui.pulse import Pulse
from readingroom.ui.theme import Theme


def selected_of(desk: Desk) -> Measurement | None:
    """The measurement that is selected: the reader's own, or one of a report."""
    case = desk.case
    if case is None or not case.selected:
        return None
    own = next((one for one in case.measurements if one.tracking_uid == case.selected), None)
    if own is not None:
        return own
    found = group_named(desk, case.selected)
    return as_measurement(*found) if found is not None else None


class MeasuredWindow(QWidget):
    """Follows what is selected; Escape closes it."""

    def __init__(self, desk: Desk, theme: Theme, pulse: Pulse, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle("Values of the measurement – Reading Room")
        self.resize(900, 500)
        self._desk, self._theme, self._pulse, self._closed = desk, theme, pulse, False
        self._shown: tuple[object, ...] = ()
        self.plot: QWidget | None = None
        self.title = label("", "Bright", wrap=True)
        self.said = label("", wrap=True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.why = label("", "Faint", wrap=True)
        self._row = QHBoxLayout(self)
        column = QVBoxLayout()
        for widget in (self.title, self.said):
            column.addWidget(widget)
        column.addStretch(1)
        self._row.addLayout(column, 2)
        self._row.addWidget(self.why, 3)
        self._stops = (
            desk.case_changed.listen(lambda _: None if self._closed else pulse.dirty(self, self.refresh)),
            desk.case_opened.listen(self._other_case),
        )
        self.actions_ = commanded(self, desk, MEASURED, {"measured.close": self.close})
        self.refresh()

    def refresh(self) -> None:
        """Show the selected measurement as it is now."""
        one = selected_of(self._desk)
        case = self._desk.case
        shown = (one, self._desk.frame(one.frame) is not None, case.calibrations) if one and case else ()
        if self._closed or (shown and shown == self._shown):
            return
        self._shown = shown
        if self.plot is not None:
            self.plot.hide()
            self.plot.deleteLater()
            self.plot = None
        if one is None:
            self.title.setText("Nothing is selected.")
            self.said.setText("")
            self._say("Select a measurement: click it on the image or in the list.")
            return
        self._show(one)

    def _show(self, one: Measurement) -> None:
        found = values_shown(self._desk, one)
        more = [(value.concept, words.amount(value)) for value in found.values]
        self.title.setText(one.label or one.tool)
        self.said.setText("\n".join(f"{what}: {said}" for what, said in (*more, *provenance(self._desk, one))))
        self._say(found.problem)
        if found.line is not None:
            self.plot = profile(self._theme, found.line)
        elif found.spread is not None:
            self.plot = histogram(self._theme, found.spread, found.unit)
        if self.plot is not None:
            self._row.addWidget(self.plot, 3)

    def _say(self, problem: str) -> None:
        self.why.setText(problem)
        self.why.setVisible(bool(problem))

    def _other_case(self, case: object) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Listen no more."""
        self._closed = True
        self._pulse.forget(self)
        for stop in self._stops:
            stop()
        super().closeEvent(event)
