"""Whose object the tags belong to, and which object it is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from readingroom.display.words import moment, patient_banner
from readingroom.pixels.encoded import class_name
from readingroom.record.study import FrameRef
from readingroom.session.case import Case
from readingroom.ui.polish import label


class TagBanner(QWidget):
    """The patient at the left, the object and its examination at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name, self.facts = label("", "BannerName"), label("", "Bright")
        self.object, self.examination = label("", "Bright"), label("", "Faint")
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, widgets in ((left, (self.name, self.facts)), (right, (self.object, self.examination))):
            column.setSpacing(1)
            for widget in widgets:
                column.addWidget(widget)
        for widget in (self.object, self.examination):
            widget.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.addLayout(left, 1)
        row.addLayout(right, 1)

    def show_object(self, case: Case, ref: FrameRef | None, place: str = "") -> None:
        """Name the patient of the case and an object of it; place: "object 2 of 5" where it is no image."""
        self.name.setText(case.study.patient.display_name)
        self.facts.setText(patient_banner(case.study.patient, case.study.date).partition("  ·  ")[2])
        self.object.setText(_object(case, ref, place) if ref is not None else "")
        study = case.study_of(ref.study_uid) if ref is not None else None
        prior = "prior   " if study is not None and study.uid != case.study.uid else ""
        made = f"{prior}{study.description}   {moment(study.date, study.time)}" if study is not None else ""
        self.examination.setText(made.strip())


def _object(case: Case, ref: FrameRef, place: str) -> str:
    study = case.study_of(ref.study_uid)
    series = study.series_named(ref.series_uid) if study is not None else None
    instance = next((i for i in series.instances if i.sop_uid == ref.sop_uid), None) if series is not None else None
    stack = next((s for s in case.stacks if s.index_of(ref) is not None), None)
    parts = [class_name(instance.sop_class)] if instance is not None else []
    parts += [f"series {series.number}"] if series is not None and series.number is not None else []
    if stack is not None and stack.is_image and not place:
        place = f"image {(stack.index_of(ref) or 0) + 1} of {len(stack.frames)}"
    return "   ".join([*parts, *([place] if place else [])])
