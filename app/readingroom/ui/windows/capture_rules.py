"""The proposed rules of a protocol as a tree: each with a box to take it away, each series with what it is here."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from readingroom.hanging.drafting import APPLIES, Draft, RuleRef, Trial, rules_of
from readingroom.hanging.protocol import Port, Protocol, Rule

_REF = Qt.ItemDataRole.UserRole
_PARTS = {"require": "must hold", "exclude": "must not hold", "score": "weighs"}


class RuleTree(QTreeWidget):
    """Arrow keys walk, Space takes a rule away or puts it back, F2 or a double click words a viewport's label.

    switched is told (rule, on); labelled (viewport's id, label).
    """

    def __init__(self, switched: Callable[[RuleRef, bool], None], labelled: Callable[[str, str], None]) -> None:
        super().__init__()
        self._switched, self._labelled, self._filling = switched, labelled, False
        self.setEditTriggers(QTreeWidget.EditTrigger.NoEditTriggers)
        self.itemDoubleClicked.connect(self._word)
        self.setColumnCount(3)
        self.setHeaderLabels(["Rule", "How it counts", "In this examination"])
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        for column, width in ((1, 130), (2, 260)):
            self.setColumnWidth(column, width)
        self.itemChanged.connect(self._changed)

    def show_draft(self, draft: Draft, trial: Trial | None) -> None:
        """Show every rule; the place that the reader is at stays."""
        held = self.currentItem()
        at = held.data(0, _REF) if held is not None else None
        self._filling = True
        self.clear()
        shows = dict(trial.shows) if trial is not None else {}
        groups: dict[str, QTreeWidgetItem] = {}
        for owner, title, here in _groups(draft.protocol, shows):
            groups[owner] = QTreeWidgetItem(self, [title, "", here])
            groups[owner].setFirstColumnSpanned(False)
        for ref, rule in rules_of(draft.protocol):
            item = QTreeWidgetItem(groups[ref.owner], [rule.words, _counts(ref, rule), ""])
            item.setData(0, _REF, ref)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Unchecked if ref in draft.off else Qt.CheckState.Checked)
            if ref == at:
                self.setCurrentItem(item)
        places = QTreeWidgetItem(self, ["Viewports", "label (F2)", ""])
        for port in draft.protocol.ports:
            item = QTreeWidgetItem(places, [f"{port.id}: {_how(port)}", port.label, shows.get(port.id, "")])
            item.setData(0, _REF, port.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            if port.id == at:
                self.setCurrentItem(item)
        self.expandAll()
        self._filling = False

    def item_of(self, ref: RuleRef) -> QTreeWidgetItem | None:
        """The line of a rule."""
        for top in range(self.topLevelItemCount()):
            group = self.topLevelItem(top)
            for n in range(group.childCount() if group is not None else 0):
                item = group.child(n) if group is not None else None
                if item is not None and item.data(0, _REF) == ref:
                    return item
        return None

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        ref = item.data(0, _REF)
        if self._filling:
            return
        # The tree is filled anew by what is told: not while the item is still at it.
        if isinstance(ref, RuleRef):
            on = item.checkState(0) is Qt.CheckState.Checked
            QTimer.singleShot(0, self, lambda: self._switched(ref, on))
        elif isinstance(ref, str) and column == 1:
            words = item.text(1)
            QTimer.singleShot(0, self, lambda: self._labelled(ref, words))

    def _word(self, item: QTreeWidgetItem, column: int) -> None:
        if isinstance(item.data(0, _REF), str):
            self.editItem(item, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 words the label of the viewport that is chosen."""
        item = self.currentItem()
        if event.key() == Qt.Key.Key_F2 and item is not None:
            self._word(item, 1)
            return
        super().keyPressEvent(event)


def _groups(protocol: Protocol, shows: dict[str, str]) -> list[tuple[str, str, str]]:
    """(owner, title, what it is here): the examination, the priors, each series with the viewports that show it."""
    found = [(APPLIES, "The examination", "")]
    found += [(f"prior:{one.id}", f"Earlier examination: {one.id}", "") for one in protocol.priors]
    for one in protocol.sets:
        ports = [port for port in protocol.ports if port.show[0] == one.id]
        here = next((shows[port.id] for port in ports if port.id in shows), "")
        number = f", number {one.pick} of these" if one.pick > 1 else ""
        found.append((f"set:{one.id}", f"Series “{one.id}”{number}", here))
    return found


def _counts(ref: RuleRef, rule: Rule) -> str:
    return f"weighs {rule.weight:+d}" if ref.part == "score" else _PARTS[ref.part]


def _how(port: Port) -> str:
    """How a viewport shows its series, in words."""
    said = [" or ".join(port.show)]
    if port.window is not None:
        said.append(f"window {port.window.name or f'C {port.window.centre:g} W {port.window.width:g}'}")
    if port.invert:
        said.append("inverted")
    if port.rotation:
        said.append(f"turned {port.rotation}°")
    if port.mirror:
        said.append("mirrored")
    if port.chest_wall:
        said.append(f"chest wall {port.chest_wall}")
    if port.zoom is not None:
        said.append(f"{port.zoom:g} : 1")
    if port.part is not None:
        said.append("a part, magnified")
    if port.start != "middle":
        said.append(f"from the {port.start} image")
    return ", ".join((*said, *port.sync))
