"""The workstation: its windows introduced to each other; opening, leaving, the outbox, and what ticks."""

from functools import partial
from time import monotonic
from typing import Any

from PySide6.QtWidgets import QMessageBox

from readingroom.render.engine import Engine
from readingroom.session.case import Case
from readingroom.session.desk import Desk, Notice
from readingroom.session.fetch_plan import visible
from readingroom.session.opening import open_case, resume
from readingroom.session.outgoing import send
from readingroom.session.prefetching import Prefetcher
from readingroom.session.reading_list import ReadingList
from readingroom.ui.notices import NoticeBar
from readingroom.ui.pulse import Pulse
from readingroom.ui.screens import ConnectedScreens, Screens
from readingroom.ui.windows.images import ImageWindow
from readingroom.ui.windows.media_commands import MediaCommands
from readingroom.ui.windows.outbox import OutboxWindow
from readingroom.ui.windows.reading import ReadingWindow
from readingroom.ui.windows.spread import Spread
from readingroom.ui.windows.worklist import WorklistWindow
from readingroom.worklist.entry import Entry

SEND_EVERY_S = 60.0


class Workstation:
    """Both windows of one desk. show() opens the case that was left open, if there was one."""

    def __init__(
        self, application: Any, desk: Desk, engine: Engine, pulse: Pulse, screens: Screens | None = None
    ) -> None:
        self.desk, self.pulse = desk, pulse
        self.reading_list = ReadingList(desk)
        theme = application.theme
        there: Screens = screens if screens is not None else ConnectedScreens()
        self.worklist = WorklistWindow(
            theme, desk, self.reading_list, self.open_entry, self.show_outbox, self.may_leave
        )
        self.reading = ReadingWindow(theme, desk, engine, pulse, self.show_worklist, self.show_outbox, there)
        self.spread = Spread(
            desk, self.reading, there,
            partial(ImageWindow, theme, desk, engine, pulse, there, self.reading.close, self.reading.grid.seeing),
        )  # fmt: skip
        self.ahead = Prefetcher(desk, lambda: self.reading_list.entries)
        self.ahead.changed.listen(self.worklist.show_ahead)
        self.media = MediaCommands(desk, self.reading_list, self.worklist, self.reading)
        self.worklist.actions_.bind("list.images", self._show_reading)
        self.outbox: OutboxWindow | None = None
        self._sent_at = monotonic()
        self._looked_at = ""
        desk.worklist_changed.listen(lambda _: pulse.dirty(self.worklist, self.worklist.refresh))
        desk.outbox_changed.listen(lambda _: self._outbox_changed())
        desk.case_opened.listen(self._case_opened)
        desk.frame_arrived.listen(lambda _: self._first_look())
        desk.noticed.listen(self._noticed)
        desk.keys.wanted.listen(self.reading.actions_.run)
        pulse.every_tick(desk.tick)
        pulse.every_tick(self.reading_list.tick)
        pulse.every_tick(self._retry)
        pulse.every_tick(self.ahead.tick)
        pulse.every_tick(application.sweeper.tick)

    def show(self, study_uid: str = "") -> None:
        """Open the worklist, and a study: the one that is named, else the one that was open when the desk was left."""
        self.spread.put_home(self.worklist)
        self.worklist.show()
        self.reading_list.refresh(monotonic())
        if self.reading.trouble is not None:
            self.desk.notice(self.reading.trouble)
        if self.desk.keys.trouble is not None:
            self.desk.notice(self.desk.keys.trouble)
        if study_uid:
            self._open_uid(study_uid)
        else:
            resume(self.desk)
        send(self.desk)

    def open_entry(self, entry: Entry) -> None:
        """Open an examination from the list; a row that stands for two patients is refused."""
        if entry.row.conflict:
            text = f"This row is not one patient's: {entry.row.conflict}"
            QMessageBox.warning(self.worklist, "Not opened", f"{text}\nTell the trusts that hold it.")
            return
        case = self.desk.case
        if case is None or case.study.uid != entry.row.study_uid:
            open_case(self.desk, entry.row.study_uid, entry.row.held_by, entry.row.patient)
        self._show_reading()

    def asked_to_open(self, study_uid: str) -> None:
        """Another program hands over a study; over an open case the reader is asked, so that no patient changes unasked."""
        case = self.desk.case
        if case is not None and case.study.uid != study_uid:
            entry = self._entry(study_uid)
            what = f"{entry.row.patient.display_name}, {entry.row.description}" if entry else f"the study {study_uid}"
            text = f"Another program asks to open {what}."
            box = QMessageBox(QMessageBox.Icon.Question, "Open another examination?", text, parent=self.reading)
            box.setInformativeText(f"Open now is {case.study.patient.display_name}; that case is kept as it is.")
            yes = box.addButton("Open it", QMessageBox.ButtonRole.AcceptRole)
            no = box.addButton("Stay here", QMessageBox.ButtonRole.RejectRole)
            box.setDefaultButton(no)
            box.setEscapeButton(no)
            box.exec()
            if box.clickedButton() is not yes:
                return
        self._open_uid(study_uid)

    def _entry(self, study_uid: str) -> Entry | None:
        return next((entry for entry in self.reading_list.entries if entry.row.study_uid == study_uid), None)

    def _open_uid(self, study_uid: str) -> None:
        entry = self._entry(study_uid)
        if entry is not None:
            self.open_entry(entry)
            return
        if self.desk.case is None or self.desk.case.study.uid != study_uid:
            open_case(self.desk, study_uid)
        self._show_reading()

    def show_worklist(self) -> None:
        """Bring the worklist to the front; the case stays open."""
        self.worklist.show()
        self.worklist.raise_()
        self.worklist.activateWindow()

    def show_outbox(self) -> None:
        """What waits, and why."""
        if self.outbox is not None:
            self.outbox.close()
            self.outbox.deleteLater()
        parent = self.reading if self.reading.isActiveWindow() else self.worklist
        self.outbox = OutboxWindow(parent, lambda: self.desk.outgoing, lambda: send(self.desk))
        self.outbox.show()

    def may_leave(self) -> bool:
        """Whether the program may end now: where signed objects wait in the outbox, the reader is asked (hazard H4)."""
        count = len(self.desk.outgoing.waiting)
        if not count or self.reading.isVisible():
            return True
        send(self.desk)
        what = f"{count} signed object{'s are' if count > 1 else ' is'} not stored in an archive yet."
        box = QMessageBox(QMessageBox.Icon.Warning, "Not everything is stored", what, parent=self.worklist)
        box.setInformativeText("They are safe on this desk and are sent again at the next start, but not before.")
        stay = box.addButton("Stay and send", QMessageBox.ButtonRole.RejectRole)
        box.addButton("Close all the same", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.exec()
        return box.clickedButton() is not stay

    def close(self) -> None:
        """Close the windows; the desk is closed by who made it."""
        self.pulse.stop()
        self.ahead.stop()
        self.spread.leave()
        for window in (self.reading, self.worklist):
            window.leave()

    def _show_reading(self) -> None:
        if not self.reading.isVisible():
            self.reading.showMaximized()
        self.reading.raise_()
        self.reading.activateWindow()

    def _case_opened(self, case: Case | None) -> None:
        if case is None:
            self.reading.notices.clear()
        if case is not None or self.desk.opening:
            self._show_reading()
        self._first_look()

    def _first_look(self) -> None:
        """The first images of a case are painted as soon as they are here, before the rest of it takes up the machine."""
        case = self.desk.case
        if case is None or case.study.uid == self._looked_at:
            self._looked_at = case.study.uid if case is not None else ""
            return
        refs = visible(case)
        if refs and all(self.desk.book.has(ref) for ref in refs) and self.reading.isVisible():
            self._looked_at = case.study.uid
            self.reading.paint_images()

    def _outbox_changed(self) -> None:
        waiting = self.desk.outgoing.waiting
        failed = sum(bool(item.problem) for item in waiting)
        self.worklist.show_waiting(len(waiting), failed)
        self.reading.show_waiting(len(waiting), failed)
        if self.outbox is not None and self.outbox.isVisible():
            self.outbox.refresh()

    def _noticed(self, notice: Notice) -> None:
        bars: tuple[NoticeBar, ...] = (self.reading.notices, self.worklist.notices)
        shown = [bar for bar in bars if bar.window().isVisible()] or [self.worklist.notices]
        for bar in shown[:1]:
            bar.say(notice)

    def _retry(self, now_s: float) -> None:
        if now_s - self._sent_at >= SEND_EVERY_S:
            self._sent_at = now_s
            if self.desk.outgoing.waiting:
                send(self.desk)
