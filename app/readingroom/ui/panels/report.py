"""The report beside the images: fields of its template, live numbers, checks, the signature and what became of it."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from readingroom.base.errors import ReaderError
from readingroom.display.annotate import text_lines
from readingroom.record.finding import Measurement
from readingroom.reporting.check import NOTE, Concern
from readingroom.reporting.draft import WITHDRAWAL, Draft
from readingroom.reporting.template import Template
from readingroom.session import reporting_desk
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.outgoing import send
from readingroom.ui.panels.concerns import ConcernsBox
from readingroom.ui.panels.fields import FieldEditor
from readingroom.ui.polish import label, name_widget

STATES = {
    "draft": ("Draft", "Faint"), "sending": ("Sending", "Amber"), "stored": ("Stored (verified)", "Green"),
    "failed": ("Not stored – in the outbox", "Red"), "signed": ("Signed", "Green"),
}  # fmt: skip


class _Same:
    """Equal only to what holds the very same value."""

    __slots__ = ("_held",)

    def __init__(self, held: object) -> None:
        self._held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._held is self._held

    __hash__ = None  # type: ignore[assignment]


class ReportPanel(QWidget):
    """Writes the draft of the open case through the desk; shows it as the desk has it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._shown = ""
        self._checking = False
        self.editors: dict[str, FieldEditor] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(self._head())
        self._form = QWidget()
        self._fields = QVBoxLayout(self._form)
        self._fields.setContentsMargins(0, 0, 8, 0)
        self._fields.setSpacing(12)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._form)
        self._scroll = scroll
        column.addWidget(scroll, 1)
        self.concerns = ConcernsBox(self._sign_waived, self.go_to_field)
        column.addWidget(self.concerns)
        column.addLayout(self._foot())
        self._drawn: tuple[object, ...] | None = None
        desk.case_changed.listen(self.refresh)
        self.refresh(desk.case)

    def _head(self) -> QHBoxLayout:
        self.state = label("", "Faint")
        self.templates = QComboBox()
        for template in self._desk.templates.usable:
            self.templates.addItem(template.title, template.id)
        self.templates.activated.connect(
            lambda n: reporting_desk.begin_with(self._desk, str(self.templates.itemData(n)))
        )
        row = QHBoxLayout()
        row.addWidget(label("Report", "Title"))
        row.addStretch(1)
        row.addWidget(self.state)
        row.addWidget(self.templates)
        return row

    def _foot(self) -> QHBoxLayout:
        self.normal = QPushButton("Normal")
        self.normal.setToolTip("The normal text in every field that is still empty")
        self.normal.clicked.connect(self._fill_normal)
        self.insert = QToolButton()
        self.insert.setText("Insert measurement")
        self.insert.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.insert)
        self._menu.aboutToShow.connect(self._list_measurements)
        self.insert.setMenu(self._menu)
        self.addendum = QPushButton("Addendum")
        self.addendum.clicked.connect(lambda: reporting_desk.begin_addendum(self._desk))
        self.amend = QPushButton("Amend…")
        self.amend.setToolTip("Change the signed report, with a reason; the one before stays as it is")
        self.amend.clicked.connect(self._amend)
        self.withdraw = QPushButton("Withdraw…")
        self.withdraw.setToolTip("Say that the signed report must not be relied on, and why; nothing is deleted")
        self.withdraw.clicked.connect(lambda: reporting_desk.begin_withdrawal(self._desk))
        self.send = QPushButton("Send again")
        self.send.clicked.connect(self._send_again)
        self.sign = QPushButton("Sign")
        self.sign.setObjectName("Primary")
        self.sign.setToolTip("Check, sign, store and read back (Ctrl+Return)")
        self.sign.clicked.connect(self.sign_or_check)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.normal, self.insert):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.addendum, self.amend, self.withdraw, self.send, self.sign):
            row.addWidget(button)
        return row

    def refresh(self, case: Case | None) -> None:
        """Show the draft as the desk has it; scrolling and windowing change nothing of it."""
        drawn_of = self._drawn_of(case)
        if drawn_of == self._drawn and not self.concerns.isVisible():
            return
        self._drawn = drawn_of
        self.setEnabled(case is not None)
        if case is None:
            self._build(None, None)
            name_widget(self.state, "Faint")
            self.state.setText("")
            return
        try:
            template = reporting_desk.template_for(self._desk, case)
        except ReaderError as error:
            self._refuse(error)
            return
        draft = case.draft
        key = f"{case.study.uid}/{template.id}/{draft.predecessor if draft else ''}"
        if key != self._shown:
            self._build(template, key)
            self.concerns.show_concerns(())
        held = reporting_desk.begun(self._desk, case)
        for field_id, editor in self.editors.items():
            editor.show_text(held.text(field_id))
        self._show_state(held)
        if held.state != "draft":
            self.concerns.show_concerns(())
        elif self.concerns.isVisible() or self._desk.stopped_by:
            self._check()

    def _drawn_of(self, case: Case | None) -> tuple[object, ...]:
        """All that the panel shows, cheap to compare; values are kept, so that no identity comes again."""
        desk = self._desk
        if case is None:
            return ()
        return _Same(case.draft), _Same(case.study), _Same(case.priors), _Same(case.prior_rows), case.silent, (
            desk.signing, _Same(desk.stopped_by), desk.outgoing.waiting
        )  # fmt: skip

    def _refuse(self, error: ReaderError) -> None:
        """Without a template no report can be written: why stands where the state of the draft would be."""
        self._build(None, None)
        self.setEnabled(False)
        name_widget(self.state, "Red")
        self.state.setText(error.problem)
        self.state.setToolTip(error.remedy)

    def _build(self, template: Template | None, key: str | None) -> None:
        self._shown = key or ""
        self.editors = {}
        while (item := self._fields.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if template is None:
            return
        for section in template.sections:
            self._fields.addWidget(label(section.title.upper(), "Heading"))
            beside: FieldEditor | None = None
            for field in section.fields:
                editor = FieldEditor(field, partial(reporting_desk.write, self._desk), self._link)
                self.editors[field.id] = editor
                beside = self._place(editor, beside)
        self._fields.addStretch(1)
        # An addendum and a withdrawal are none of the site's templates: their own title stands there.
        self.templates.setPlaceholderText(template.title)
        self.templates.setCurrentIndex(self.templates.findData(template.id))

    def _place(self, editor: FieldEditor, beside: FieldEditor | None) -> FieldEditor | None:
        """Put an editor into the form: short ones in pairs; the answer is one that still has room beside it."""
        if editor.field.kind == "text":
            self._fields.addWidget(editor)
            return None
        if beside is not None and (pair := beside.parentWidget()) is not None and (row := pair.layout()) is not None:
            row.addWidget(editor)
            return None
        pair = QWidget()
        made = QHBoxLayout(pair)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(12)
        made.addWidget(editor)
        self._fields.addWidget(pair)
        return editor

    def _show_state(self, draft: Draft) -> None:
        words, name = ("Signing…", "Amber") if self._desk.signing else STATES[draft.state]
        self.state.setText(words)
        name_widget(self.state, name)
        writable = draft.state == "draft" and not self._desk.signing
        told = {c.where: c.text for c in self.concerns.concerns}
        for field_id, editor in self.editors.items():
            editor.show_state(field_id in draft.stale, told.get(field_id, ""), writable)
        for widget in (self.normal, self.insert):
            widget.setEnabled(writable)
        self.templates.setEnabled(writable and not draft.predecessor)
        self.sign.setVisible(writable)
        for button in (self.addendum, self.amend, self.withdraw):
            button.setVisible(draft.state == "stored" and draft.template_id != WITHDRAWAL.id)
        for widget in (self.normal, self.insert):
            widget.setVisible(writable)
        self.send.setVisible(draft.state == "failed")

    def _measurements(self) -> tuple[Measurement, ...]:
        return self._desk.case.measurements if self._desk.case is not None else ()

    def _list_measurements(self) -> None:
        self._menu.clear()
        for measurement in self._measurements():
            words = "  ".join(text_lines(measurement))
            self._menu.addAction(words, partial(self._insert, measurement.tracking_uid))
        if not self._measurements():
            self._menu.addAction("Nothing was measured yet").setEnabled(False)

    def _insert(self, tracking_uid: str) -> None:
        editor = self.focused()
        if editor is not None:
            self._link(editor.field.id, tracking_uid, editor.position())

    def focused(self) -> FieldEditor | None:
        """The field that the cursor is in, else the first that takes numbers."""
        widget = self.focusWidget()
        for editor in self.editors.values():
            if widget is editor.editor:
                return editor
        return next((e for e in self.editors.values() if e.field.link), None)

    def _link(self, field_id: str, tracking_uid: str, position: int | None) -> None:
        measurement = next((m for m in self._measurements() if m.tracking_uid == tracking_uid), None)
        if measurement is not None:
            reporting_desk.link(self._desk, self.editors[field_id].field, measurement, position)

    def _fill_normal(self) -> None:
        for editor in self.editors.values():
            editor.fill_normal()

    def go_to_field(self, field_id: str) -> None:
        """Put the cursor into a field."""
        editor = self.editors.get(field_id)
        if editor is not None:
            self._scroll.ensureWidgetVisible(editor)
            editor.take_focus()

    def take_focus(self) -> None:
        """Put the cursor where writing goes on: the first empty field, else the last one."""
        editors = list(self.editors.values())
        empty = next((e for e in editors if not e.text().strip() and e.field.kind == "text"), None)
        if (target := empty or (editors[-1] if editors else None)) is not None:
            self._scroll.ensureWidgetVisible(target)
            target.take_focus()

    def _check(self) -> tuple[Concern, ...]:
        """What stands against a signature: what can be seen here, and what the archives said at the last try."""
        found = reporting_desk.concerns(self._desk)
        known = {(concern.rule, concern.where) for concern in found}
        found += tuple(c for c in self._desk.stopped_by if c.rule == "newer" and (c.rule, c.where) not in known)
        self.concerns.show_concerns(found)
        return found

    def sign_or_check(self) -> None:
        """Sign, or show what stands against it."""
        if self._desk.case is None or self.sign.isHidden():
            return
        if any(concern.severity != NOTE for concern in self._check()):
            self._drawn = None
            self.refresh(self._desk.case)
            return
        self._sign_waived({})

    def _sign_waived(self, waived: dict[str, str]) -> None:
        self.concerns.show_concerns(())
        reporting_desk.sign_now(self._desk, waived)
        self._drawn = None
        self.refresh(self._desk.case)

    def _amend(self) -> None:
        """Ask why the signed report is changed; without a reason nothing begins."""
        reason, said = QInputDialog.getText(self, "Amend the report", "Why is the signed report changed?")
        if said:
            reporting_desk.begin_amendment(self._desk, reason)

    def _send_again(self) -> None:
        if self._desk.case is not None:
            send(self._desk, self._desk.case.study.uid)
