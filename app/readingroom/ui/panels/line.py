"""How fast the lines of the open case are, and when it can be read: one calm line at the foot of the window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from readingroom.session.desk import Desk
from readingroom.session.line_state import line_states
from readingroom.ui.polish import label
from readingroom.ui.pulse import Pulse


class LinePanel(QFrame):
    """One part for each archive that sends the case over a measured line; hidden where there is none."""

    def __init__(self, desk: Desk, pulse: Pulse) -> None:
        super().__init__()
        self._desk = desk
        self.setObjectName("Line")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = label("", "Faint")
        self.text.setToolTip("Measured on what came. The open case goes before its priors and before other cases.")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 3, 16, 3)
        row.addWidget(self.text)
        desk.case_changed.listen(lambda _: pulse.dirty(self, self.refresh))
        desk.counts_changed.listen(lambda _: pulse.soon(self, self.refresh))
        # Its place is kept while it is hidden: the images must not move, and be drawn anew, when the first bytes tell a speed.
        kept = self.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.setSizePolicy(kept)
        self.hide()

    def refresh(self) -> None:
        """Say how the lines stand now."""
        case = self._desk.case
        states = line_states(case, self._desk.loader) if case is not None else ()
        self.text.setText("      ".join(state.words for state in states if state.mbit_s is not None))
        self.setVisible(bool(self.text.text()))
