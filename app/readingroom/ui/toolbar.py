"""The row of tools over the images: what the left button does, windows, layouts, and where the outbox stands."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QMenu, QToolButton, QWidget

from readingroom.display.presets import Preset, for_modality
from readingroom.session.case import Case
from readingroom.session.commands.cases import MORE_TOOLS, TOOLS
from readingroom.session.commands.views import apply_preset, apply_state
from readingroom.session.desk import Desk
from readingroom.session.staging import show_stage
from readingroom.ui.cine import Cine
from readingroom.ui.flow import FlowLayout
from readingroom.ui.keys import CommandActions, key_words

_STAGE_WORDS = (("stage.next", "next stage"), ("stage.previous", "stage before"), ("window.why", "why this layout"))
STAGE_LETTERS = 26
"""So much of a stage's name stands on its button."""


class ReadingToolbar(QFrame):
    """Everything here has a key, told in the tooltip."""

    def __init__(self, desk: Desk, actions: CommandActions, presets: tuple[Preset, ...], cine: Cine) -> None:
        super().__init__()
        self.setObjectName("Tools")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk, self._actions, self._presets, self._cine = desk, actions, presets, cine
        self._row = FlowLayout(self)
        self._row.setContentsMargins(10, 4, 10, 4)
        self._row.setSpacing(2)
        self._tipped: list[tuple[QToolButton, str]] = []
        self._action("window.worklist", "Worklist", checkable=False)
        self._menu_button("Case", lambda menu: menu.addActions(actions.groups["Case"]))
        self._gap()
        self._tool_buttons()
        self._gap()
        self.windows = self._menu_button("Window", self._fill_windows)
        self.layouts = self._menu_button("Layout", self._fill_layouts)
        self.views = self._menu_button("View", lambda menu: menu.addActions(actions.groups["View"]))
        self.presentations = self._menu_button("Presentation", self._fill_presentations)
        self._gap()
        self.link = self._action("view.link", "Linked")
        self.lines = self._action("view.lines", "Lines")
        self.play = self._action("window.cine", "Play")
        cine.changed.connect(lambda: self.refresh(desk.case))
        self._gap()
        self.undo = self._action("case.undo", "Undo", checkable=False)
        self.redo = self._action("case.redo", "Redo", checkable=False)
        self.outbox = self._action("window.outbox", "", checkable=False)
        self.outbox.hide()
        desk.case_changed.listen(self.refresh)
        desk.keys.changed.listen(lambda _: self._tell_keys())
        self.refresh(desk.case)

    def _tool_buttons(self) -> None:
        self.tools: dict[str, QToolButton] = {}
        for tool, title, _ in TOOLS:
            self.tools[tool] = self._action(f"tool.{tool}", title)
        self.more = self._more_button()

    def _more_button(self) -> QToolButton:
        more = self._menu_button("More", self._fill_more)
        more.setCheckable(True)
        more.setToolTip("More measurements")
        # As wide as its longest name: another tool in the hand must not move what is beside it.
        more.setText(f"{max((title for _, title, _ in MORE_TOOLS), key=len)}  ▾")
        more.ensurePolished()
        more.setFixedWidth(more.sizeHint().width())
        return more

    def _action(self, command: str, title: str, checkable: bool = True) -> QToolButton:
        button = QToolButton()
        button.setText(title)
        button.setToolTip(self._actions.tip(command))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._run, command))
        button.setCheckable(checkable)
        self._row.addWidget(button)
        self._tipped.append((button, command))
        return button

    def _run(self, command: str) -> None:
        self._actions.run(command)
        # A button that is pressed again flips by itself; what it shows is what is so.
        self.refresh(self._desk.case)

    def _tell_keys(self) -> None:
        for button, command in self._tipped:
            button.setToolTip(self._actions.tip(command))
        self.refresh(self._desk.case)

    def _menu_button(self, title: str, fill: Callable[[QMenu], object]) -> QToolButton:
        button = QToolButton()
        button.setText(f"{title}  ▾")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)

        def about() -> None:
            menu.clear()
            fill(menu)

        menu.aboutToShow.connect(about)
        button.setMenu(menu)
        self._row.addWidget(button)
        return button

    def _gap(self) -> None:
        gap = QWidget()
        gap.setFixedSize(6, 1)
        self._row.addWidget(gap)

    def _fill_more(self, menu: QMenu) -> None:
        held = self._desk.case.tool if self._desk.case is not None else ""
        for tool, title, _ in MORE_TOOLS:
            keys = key_words(self._actions.commands[f"tool.{tool}"].keys)
            action: QAction = menu.addAction(f"{title}\t{keys}")
            action.setCheckable(True)
            action.setChecked(tool == held)
            action.triggered.connect(partial(self._run, f"tool.{tool}"))

    def _fill_windows(self, menu: QMenu) -> None:
        menu.addAction(self._actions.actions["view.own-window"])
        menu.addAction(self._actions.actions["view.invert"])
        case = self._desk.case
        stack = case.stack_at(case.active) if case is not None else None
        own = for_modality(self._presets, stack.modality if stack is not None else "")
        if own:
            menu.addSeparator()
        for preset in own:
            words = f"{preset.name}   C {preset.centre:g}  W {preset.width:g}"
            keys = self._actions.commands.get(f"preset.{preset.key}")
            action: QAction = menu.addAction(f"{words}\t{key_words(keys.keys) if keys is not None else ''}")
            action.triggered.connect(partial(apply_preset(preset), self._desk))

    def _fill_layouts(self, menu: QMenu) -> None:
        case = self._desk.case
        stages = case.stages if case is not None else ()
        for number, name in enumerate(stages):
            action: QAction = menu.addAction(f"{number + 1}  {name}")
            action.setCheckable(True)
            action.setChecked(case is not None and case.is_as_hung and number == case.stage)
            action.triggered.connect(partial(show_stage, self._desk, number))
        menu.addSeparator()
        menu.addActions(self._actions.groups["Layout"])

    def _fill_presentations(self, menu: QMenu) -> None:
        case = self._desk.case
        ref = case.frame_at(case.active) if case is not None else None
        states = self._desk.documents.states_for(ref) if ref is not None else ()
        menu.addActions(
            [self._actions.actions[name] for name in ("view.presentation", "view.segments", "view.rejected")]
        )
        menu.addSeparator()
        if not states:
            menu.addAction("No presentation state for this image").setEnabled(False)
        for state in states:
            action: QAction = menu.addAction(f"{state.name}   {state.creator}".strip())
            action.setCheckable(True)
            action.setChecked(case is not None and case.tiles[case.active].presentation == state.sop_uid)
            action.triggered.connect(partial(self._look_through, state.sop_uid))

    def _look_through(self, sop_uid: str, on: bool) -> None:
        apply_state(sop_uid if on else "")(self._desk)

    def refresh(self, case: Case | None) -> None:
        """Show which tool is in the hand, and what can be undone."""
        self.setEnabled(case is not None)
        for tool, button in self.tools.items():
            button.setChecked(case is not None and case.tool == tool)
        held = next((title for tool, title, _ in MORE_TOOLS if case is not None and case.tool == tool), "")
        self.more.setText(f"{held or 'More'}  ▾")
        self.more.setChecked(bool(held))
        self._say_stage(case)
        self.link.setChecked(case is not None and case.linked)
        self.lines.setChecked(case is not None and case.reference_lines)
        self.play.setChecked(self._cine.playing)
        history = self._desk.history
        for button, name, word in ((self.undo, history.undo_name, "Undo"), (self.redo, history.redo_name, "Redo")):
            button.setEnabled(bool(name))
            keys = key_words(self._actions.commands[f"case.{word.lower()}"].keys)
            button.setToolTip(f"{word}: {name.rstrip('…')} ({keys})" if name else f"{word} ({keys})")

    def _say_stage(self, case: Case | None) -> None:
        """Which stage hangs, where there are several, and why, in the tooltip."""
        if case is None or len(case.stages) < 2:
            self.layouts.setText("Layout  ▾")
            self.layouts.setToolTip("")
            return
        name = case.stages[case.stage] if case.stage < len(case.stages) else ""
        short = name if len(name) <= STAGE_LETTERS else f"{name[: STAGE_LETTERS - 1].rstrip()}…"
        self.layouts.setText(f"{case.stage + 1}/{len(case.stages)}  {short}  ▾")
        self.layouts.setToolTip("\n".join((name, *case.hung_because, self._stage_keys())))

    def _stage_keys(self) -> str:
        tips = [
            f"{key_words(self._actions.commands[name].keys)}: {words}"
            for name, words in _STAGE_WORDS
            if self._actions.commands[name].keys
        ]
        return "; ".join(tips)

    def show_waiting(self, count: int, failed: int) -> None:
        """How many signed objects wait in the outbox."""
        self.outbox.setVisible(count > 0)
        self.outbox.setText(f"Outbox: {count}" + (f", {failed} not stored" if failed else ""))
