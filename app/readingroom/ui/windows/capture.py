"""Capture: the layout on the glass as a hanging protocol, edited as a form, tried, simulated, saved; and the reader's own ones."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from readingroom.base.errors import ReaderError
from readingroom.hanging.drafting import Draft, RuleRef
from readingroom.hanging.own import SITE, USER, Before, duplicate
from readingroom.hanging.protocol import Protocol
from readingroom.session.capturing import (
    add_stage,
    capture,
    delete_protocol,
    hung_by,
    save_protocol,
    try_on_case,
    undo_change,
)
from readingroom.session.commands.registry import CAPTURE
from readingroom.session.desk import Desk
from readingroom.ui.commanded import commanded
from readingroom.ui.polish import label, name_widget
from readingroom.ui.windows.capture_rules import RuleTree
from readingroom.ui.windows.simulation import SimulationDialog

Glass = Callable[[], tuple[Sequence[tuple[int, int]], Sequence[float]]]
"""Each viewport's device pixels, and each image's row spacing over its column spacing."""


class CaptureWindow(QWidget):
    """A list of the desk's own protocols beside the form of one; Ctrl+S saves, Ctrl+Z takes back, Escape leaves."""

    def __init__(self, desk: Desk, glass: Glass, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Capture this layout – Reading Room")
        self.resize(1120, 760)
        self._desk, self._glass = desk, glass
        self.draft: Draft | None = None
        self._steps: list[Draft | Before | None] = []
        self._compose()
        own = {"capture.save": self.save, "capture.undo": self.undo, "capture.close": self.close}
        self.actions_ = commanded(self, desk, CAPTURE, own)
        self._stop = desk.case_opened.listen(lambda _: self._refresh())
        self._list_own()
        if desk.case is not None:
            self.capture_again()
        else:
            self._refresh()

    def _compose(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._own_side())
        split.addWidget(self._form_side())
        split.setSizes([270, 850])
        split.setCollapsible(1, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(label("Hanging protocols", "Title"))
        column.addWidget(split, 1)
        column.addLayout(self._foot())

    def _own_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 12, 0)
        column.addWidget(label("Your own and your site's", "Faint"))
        self.own = QListWidget()
        self.own.itemActivated.connect(lambda _: self.open_chosen())
        self.own.itemClicked.connect(lambda _: self.open_chosen())
        column.addWidget(self.own, 1)
        self.own_none = label("None yet: arrange images, name the layout, save it.", "Faint", wrap=True)
        column.addWidget(self.own_none)
        for words, run in (
            ("&Duplicate", self.duplicate_chosen), ("&Use / put out of use", self.toggle_chosen), ("De&lete", self.delete_chosen),
        ):  # fmt: skip
            column.addWidget(_button(words, run))
        self.hides = _button("", self._hide_shipped)
        column.addWidget(self.hides)
        return side

    def _form_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 0, 0, 0)
        form = QFormLayout()
        self.name = QLineEdit(maxLength=64)
        self.name.editingFinished.connect(lambda: self._edit(lambda d: d.named(self.name.text())))
        self.priority = QSpinBox(minimum=0, maximum=1000)
        self.priority.setMaximumWidth(120)
        self.priority.editingFinished.connect(lambda: self._edit(lambda d: d.ranked(self.priority.value())))
        self.stage = QComboBox()
        self.stage.currentIndexChanged.connect(lambda _: self._show_stage())
        self.stage_name = QLineEdit(maxLength=64)
        self.stage_text = QLineEdit(maxLength=200)
        self.stage_text.setPlaceholderText("told on coming to this stage, e.g. Look at the apices")
        for edit in (self.stage_name, self.stage_text):
            edit.editingFinished.connect(self._word_stage)
        for words, widget in (
            ("&Name", self.name), ("&Priority", self.priority), ("S&tage", self.stage), ("Stage's na&me", self.stage_name),
            ("Stage's te&xt", self.stage_text),
        ):  # fmt: skip
            form.addRow(words, widget)
        column.addLayout(form)
        self.rules = RuleTree(self._switch, lambda port, words: self._edit(lambda d: d.labelled(port, words)))
        column.addWidget(self.rules, 1)
        self.trial, self.notes = label("", "Faint", wrap=True), label("", "Amber", wrap=True)
        self.trouble = label("", "Red", wrap=True)
        for said in (self.trial, self.notes, self.trouble):
            column.addWidget(said)
        return side

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.further = _button("Add what is shown as a &further stage", self.add_shown)
        self.whole = _button("Capture with the &other stages", self.capture_with_stages)
        self.simulate = _button("&What would change…", self.show_simulation)
        self.back = _button("Undo", self.undo)
        self.level = QComboBox()
        self.level.addItem("for me", USER)
        self.level.addItem("for the site", SITE)
        self.go = _button("&Save", self.save)
        name_widget(self.go, "Primary")
        for widget in (self.further, self.whole, self.simulate):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.level)
        row.addWidget(self.go)
        return row

    def capture_again(self) -> None:
        """Start with what is on the glass now."""
        self._captured(keep_stages=False)

    def capture_with_stages(self) -> None:
        """What is on the glass in the place of the stage that hangs, the protocol's other stages kept."""
        self._captured(keep_stages=True)

    def _captured(self, keep_stages: bool) -> None:
        def run() -> None:
            sizes, aspects = self._glass()
            found = capture(self._desk, self.name.text(), keep_stages, sizes, aspects)
            self._begin(Draft(found.protocol), found.notes)

        self._try(run)

    def add_shown(self) -> None:
        """The protocol in the form with what is on the glass as a further stage."""

        def run() -> None:
            if self.draft is not None:
                sizes, aspects = self._glass()
                name = f"Stage {len(self.draft.protocol.stages) + 1}"
                found = add_stage(self._desk, self.draft.result, name, sizes, aspects)
                self._begin(Draft(found.protocol), found.notes)
                self.stage.setCurrentIndex(self.stage.count() - 1)

        self._try(run)

    def save(self) -> None:
        """Save the protocol in the form; it is used from the next hanging on."""

        def run() -> None:
            if self.draft is None:
                return
            self._word_stage()
            self._edit(lambda d: d.named(self.name.text()))
            level = str(self.level.currentData())
            kept = self.draft.result
            self._steps.append(save_protocol(self._desk, kept, level))
            path = f"{kept.id}.yaml" if kept.level != level or not kept.source else kept.source
            self.draft = Draft(replace(kept, level=level, source=path))
            self._list_own(kept.id)
            self._refresh(f"Saved as “{kept.name}”, {self.level.currentText()}. Ctrl+Z takes it back.")

        self._try(run)

    def open_chosen(self) -> None:
        """Show the protocol that is chosen in the list."""
        if (found := self._chosen()) is not None:
            self._begin(Draft(found), ())

    def duplicate_chosen(self) -> None:
        """A copy of the protocol in the form, to be saved under its own name."""
        if self.draft is not None:
            self._begin(Draft(duplicate(self.draft.result, self._desk.protocols())), ())

    def toggle_chosen(self) -> None:
        """Put the chosen protocol out of use, or in use again."""

        def run() -> None:
            found = self._chosen()
            if found is not None:
                self._steps.append(save_protocol(self._desk, replace(found, enabled=not found.enabled), found.level))
                self._list_own(found.id)
                self.open_chosen()

        self._try(run)

    def _hide_shipped(self) -> None:
        def run() -> None:
            found = hung_by(self._desk)
            if found is not None and found.level == "shipped":
                off = replace(found, enabled=False, level=USER, source="")
                self._steps.append(save_protocol(self._desk, off, USER))
                self._list_own(found.id)
                self._refresh(f"“{found.name}” is out of use for you. Ctrl+Z takes it back.")

        self._try(run)

    def delete_chosen(self) -> None:
        """Delete the chosen protocol; undo brings it back."""

        def run() -> None:
            found = self._chosen()
            if found is not None:
                self._steps.append(delete_protocol(self._desk, found))
                self._list_own()
                self._refresh(f"“{found.name}” is deleted. Ctrl+Z brings it back.")

        self._try(run)

    def undo(self) -> None:
        """Take back the last edit, or the last change of a file."""

        def run() -> None:
            if not self._steps:
                return
            step = self._steps.pop()
            if isinstance(step, Before):
                undo_change(self._desk, step)
                self._list_own(self.draft.protocol.id if self.draft is not None else "")
            else:
                self.draft = step
            self._show_draft()

        self._try(run)

    def show_simulation(self) -> None:
        """Which studies on this desk's disk would hang otherwise with this protocol saved."""
        if self.draft is not None:
            SimulationDialog(self, self._desk, self.draft.result).show()

    def _chosen(self) -> Protocol | None:
        item = self.own.currentItem()
        found = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return found if isinstance(found, Protocol) else None

    def _list_own(self, chosen: str = "") -> None:
        library = self._desk.protocols()
        self.own.clear()
        every = sorted((*library.usable, *library.disabled), key=lambda one: one.name.casefold())
        for one in every:
            if one.level == "shipped":
                continue
            state = "" if one.enabled else "   out of use"
            item = QListWidgetItem(f"{one.name}   ({'site' if one.level == SITE else 'yours'}){state}")
            item.setData(Qt.ItemDataRole.UserRole, one)
            self.own.addItem(item)
            if one.id == chosen:
                self.own.setCurrentItem(item)
        self.own_none.setVisible(self.own.count() == 0)

    def _begin(self, draft: Draft, notes: Sequence[str]) -> None:
        self._steps.append(self.draft)
        self.draft = draft
        self.notes.setText("\n".join(notes))
        self._show_draft()

    def _show_draft(self) -> None:
        draft = self.draft
        if draft is not None:
            self.name.setText(draft.protocol.name)
            self.priority.setValue(draft.protocol.priority)
            at = self.stage.currentIndex()
            self.stage.blockSignals(True)
            self.stage.clear()
            self.stage.addItems([stage.name for stage in draft.protocol.stages])
            self.stage.setCurrentIndex(max(0, min(at, self.stage.count() - 1)))
            self.stage.blockSignals(False)
            self.level.setCurrentIndex(1 if draft.protocol.level == SITE else 0)
            self._show_stage()
        self._refresh()

    def _show_stage(self) -> None:
        at = self.stage.currentIndex()
        if self.draft is not None and 0 <= at < len(self.draft.protocol.stages):
            stage = self.draft.protocol.stages[at]
            self.stage_name.setText(stage.name)
            self.stage_text.setText(stage.text)

    def _word_stage(self) -> None:
        at = self.stage.currentIndex()
        if self.draft is not None and 0 <= at < len(self.draft.protocol.stages):
            stage_id = self.draft.protocol.stages[at].id
            self._edit(lambda d: d.staged(stage_id, self.stage_name.text(), self.stage_text.text()))

    def _switch(self, ref: RuleRef, on: bool) -> None:
        self._edit(lambda d: d.switched(ref, on))

    def _edit(self, change: Callable[[Draft], Draft]) -> None:
        if self.draft is None:
            return
        changed = change(self.draft)
        if changed != self.draft:
            self._steps.append(self.draft)
            self.draft = changed
            self._show_draft()

    def _refresh(self, said: str = "") -> None:
        """Say what the draft would do here, and what can be done now."""
        trial = try_on_case(self._desk, self.draft.result) if self.draft is not None else None
        hung = hung_by(self._desk)
        if self.draft is not None:
            self.rules.show_draft(self.draft, trial)
        nothing = "Open an examination and arrange its images: they are captured here."
        self.trial.setText(said or (trial.words if trial is not None else "" if self.draft is not None else nothing))
        self.trouble.setText("")
        self.back.setEnabled(bool(self._steps))
        for widget in (self.go, self.simulate):
            widget.setEnabled(self.draft is not None)
        self.further.setEnabled(self.draft is not None and self._desk.case is not None)
        self.whole.setEnabled(hung is not None)
        self.hides.setVisible(hung is not None and hung.level == "shipped")
        self.hides.setText(f"Put “{hung.name}” out of use" if hung is not None else "")

    def _try(self, run: Callable[[], None]) -> None:
        """Do it; what goes wrong stands in the window with its remedy."""
        try:
            run()
        except ReaderError as error:
            self.trouble.setText(f"{error.problem} {error.remedy}")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Listen no more."""
        self._stop()
        super().closeEvent(event)


def _button(words: str, run: Callable[[], None]) -> QPushButton:
    made = QPushButton(words)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _=False: run())
    return made
