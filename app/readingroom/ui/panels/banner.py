"""Whose case this is: one banner, composed from the same case as the pixels."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from readingroom.display.words import moment, patient_banner
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.ui.polish import label, name_widget
from readingroom.ui.pulse import Pulse


class PatientBanner(QWidget):
    """Name, identifier, birth date, age and sex; the examination; how much of it is here."""

    def __init__(self, desk: Desk, pulse: Pulse) -> None:
        super().__init__()
        self._desk = desk
        self.setObjectName("Banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = label("", "BannerName")
        self.facts = label("", "Bright")
        self.examination = label("", "Bright")
        self.examination.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.complete = label("", "Faint")
        self.complete.setAlignment(Qt.AlignmentFlag.AlignRight)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, widgets in ((left, (self.name, self.facts)), (right, (self.examination, self.complete))):
            column.setSpacing(1)
            for widget in widgets:
                column.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        self._pulse = pulse
        self._stops = (
            desk.case_changed.listen(lambda _: pulse.dirty(self, self.refresh)),
            desk.counts_changed.listen(lambda _: pulse.soon(self, self.refresh)),
        )
        self.refresh()

    def leave(self) -> None:
        """Listen no more: the window goes."""
        for stop in self._stops:
            stop()
        self._pulse.forget(self)

    def refresh(self) -> None:
        """Show whose case is open."""
        case = self._desk.case
        if case is None:
            refused = "Not opened" if self._desk.refused is not None else "No case is open"
            self.name.setText("Opening…" if self._desk.opening else refused)
            for widget in (self.facts, self.examination, self.complete):
                widget.setText("")
            return
        study = case.study
        self.name.setText(study.patient.display_name)
        self.facts.setText(patient_banner(study.patient, study.date).partition("  ·  ")[2])
        made = "   ".join(
            part for part in (study.description, moment(study.date, study.time), study.institution) if part
        )
        self.examination.setText(made)
        self._say_complete(case)

    def _say_complete(self, case: Case) -> None:
        series = [s for s in case.study.series if s.instances or s.expected]
        expected = sum(max(s.expected or 0, len(s.instances)) for s in series)
        here = sum(self._desk.loader.received(s) for s in series)
        accession = f"   accession {case.study.accession}" if case.study.accession else ""
        aside = [one.problem for one in case.study.set_aside] + [one.problem for one in self._desk.loader.strays]
        if aside:
            words = f"{len(aside)} object{'s' if len(aside) > 1 else ''} set aside"
            self.complete.setText(f"{here} of {expected} objects are here, {words}{accession}")
            self.complete.setToolTip("\n".join(dict.fromkeys(aside)))
            name_widget(self.complete, "Red")
            return
        self.complete.setToolTip("")
        if here >= expected:
            self.complete.setText(f"complete: {expected} objects{accession}")
            name_widget(self.complete, "Faint")
            return
        troubled = any(self._desk.loader.problem(s.uid) for s in series)
        self.complete.setText(f"{here} of {expected} objects are here{accession}")
        name_widget(self.complete, "Red" if troubled else "Amber")
