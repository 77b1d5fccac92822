"""The patient's examinations in the order of time, across trusts: one mark each, and a grey band for who was silent."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from readingroom.display.words import day
from readingroom.session.arranging import hang_stack
from readingroom.session.desk import Desk, Notice
from readingroom.session.opening import open_prior
from readingroom.session.timeline import CURRENT, DOUBTFUL, MODALITY_COLOURS, OPENED, Mark, Timeline, timeline
from readingroom.ui.pulse import Pulse
from readingroom.ui.theme import Theme

HEIGHT, MARK, GAP, EDGE, BAND = 60, 226, 62, 16, 272
_KEYS = frozenset(
    {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Enter}
)


class TimelineStrip(QWidget):
    """Left and Right choose a mark, Enter opens it beside the current study; a mark's words say why it matters."""

    def __init__(self, desk: Desk, theme: Theme, pulse: Pulse) -> None:
        super().__init__()
        self._desk, self._theme = desk, theme
        self._trusts = {archive.name: archive.trust for archive in desk.settings.archives if archive.trust}
        self.line = Timeline()
        self.chosen = ""
        self._shift = 0
        self._case_uid = ""
        self.setObjectName("Panel")
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Examinations of this patient in the order of time")
        desk.case_changed.listen(lambda _: pulse.dirty(self, self.refresh))
        self.refresh()

    def refresh(self) -> None:
        """Show the marks of the case that is open; nothing stands here without one."""
        case = self._desk.case
        self.setVisible(case is not None)
        fresh = timeline(case, self._trusts) if case is not None else Timeline()
        study_uid = case.study.uid if case is not None else ""
        if fresh == self.line and study_uid == self._case_uid:
            return
        self.line = fresh
        known = {mark.study_uid for mark in fresh.marks}
        if study_uid != self._case_uid or self.chosen not in known:
            self.chosen = study_uid
        self._case_uid = study_uid
        self._choose(self.chosen)

    def mark(self, study_uid: str) -> Mark | None:
        """The mark of a study."""
        return next((mark for mark in self.line.marks if mark.study_uid == study_uid), None)

    def open_chosen(self) -> None:
        """Open the chosen examination beside the current one; a doubtful one says why it is not opened."""
        mark, case = self.mark(self.chosen), self._desk.case
        if mark is None or case is None or mark.kind == CURRENT:
            return
        if mark.kind == DOUBTFUL:
            words = mark.words.splitlines()
            self._desk.noticed.tell(
                Notice(f"{words[0]} is not opened. {words[-1]}", "Ask the trust that holds it.", "amber")
            )
        elif mark.kind == OPENED:
            images = [s for s in case.stacks if s.study_uid == mark.study_uid and s.is_image]
            if images:
                hang_stack(self._desk, case.active, max(images, key=lambda s: len(s.frames)).id)
        else:
            open_prior(self._desk, mark.study_uid, mark.held_by)

    def take_focus(self) -> None:
        """Let the strip have the keys."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def step(self, by: int) -> None:
        """Choose the mark so many places later."""
        uids = [mark.study_uid for mark in self.line.marks]
        if uids:
            at = uids.index(self.chosen) if self.chosen in uids else 0
            self._choose(uids[max(0, min(len(uids) - 1, at + by))])

    def _choose(self, study_uid: str) -> None:
        self.chosen = study_uid
        mark, place = self.mark(study_uid), self._place(study_uid)
        silent = "; ".join(silence.name for silence in self.line.silent)
        words = mark.words if mark is not None else ""
        self.setAccessibleDescription(f"{words}\nNo answer from: {silent}" if silent else words)
        if place is not None:
            room = self._room()
            if place.left() < EDGE:
                self._shift += place.left() - EDGE
            elif place.right() > room:
                self._shift += place.right() - room
        self.update()

    def _room(self) -> int:
        return self.width() - EDGE - (BAND + EDGE if self.line.silent else 0)

    def _place(self, study_uid: str) -> QRect | None:
        """Where a mark stands, in device-independent pixels; newest at the right end, older ones left of it."""
        uids = [mark.study_uid for mark in self.line.marks]
        if study_uid not in uids:
            return None
        x = EDGE + uids.index(study_uid) * (MARK + GAP) - self._shift
        return QRect(x, 7, MARK, HEIGHT - 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Marks on a line, time between them, the band at the right."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), self._theme.colour("panel"))
            painter.fillRect(QRect(0, HEIGHT - 1, self.width(), 1), self._theme.colour("line"))
            painter.save()
            painter.setClipRect(QRect(0, 0, self._room() + EDGE, HEIGHT))
            for mark in self.line.marks:
                self._paint_mark(painter, mark)
            painter.restore()
            self._paint_rest(painter)
            self._paint_more(painter)

    def _paint_more(self, painter: QPainter) -> None:
        """An arrow at the edge beyond which there are more marks."""
        ends = [place for mark in self.line.marks if (place := self._place(mark.study_uid)) is not None]
        painter.setPen(self._theme.colour("bright"))
        if ends and ends[0].left() < 0:
            painter.drawText(QRect(2, 0, EDGE, HEIGHT), Qt.AlignmentFlag.AlignVCenter, "‹")
        if ends and ends[-1].right() > self._room() + EDGE:
            painter.drawText(QRect(self._room() + 4, 0, EDGE, HEIGHT), Qt.AlignmentFlag.AlignVCenter, "›")

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        place = self._place(mark.study_uid)
        if place is None or not place.adjusted(-GAP, 0, 0, 0).intersects(self.rect()):
            return
        theme, chosen = self._theme, mark.study_uid == self.chosen
        if mark is not self.line.marks[0]:
            self._paint_gap(painter, place, mark.apart)
        edge = {CURRENT: "accent", OPENED: "accent-deep", DOUBTFUL: "amber"}.get(mark.kind, "line-strong")
        pen = QPen(
            theme.colour("selected" if chosen and self.hasFocus() else edge), 2 if chosen or mark.kind == CURRENT else 1
        )
        if mark.kind == DOUBTFUL:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.colour({CURRENT: "accent-faint", OPENED: "raised"}.get(mark.kind, "sunken")))
        painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), 6, 6)
        colour = theme.colour(MODALITY_COLOURS.get(mark.modality.split("/")[0], "modality-other"))
        painter.fillRect(QRect(place.left() + 4, place.top() + 8, 4, place.height() - 16), colour)
        self._write(painter, place, mark, colour)

    def _write(self, painter: QPainter, place: QRect, mark: Mark, colour: QColor) -> None:
        metrics, left, room = painter.fontMetrics(), place.left() + 15, place.width() - 24
        label = f"? {mark.modality}" if mark.kind == DOUBTFUL else mark.modality
        first, second = place.top() + metrics.ascent() + 5, place.bottom() - metrics.descent() - 5
        painter.setPen(colour)
        painter.drawText(left, first, label)
        used = metrics.horizontalAdvance(f"{label}  ")
        elide = Qt.TextElideMode.ElideRight
        painter.setPen(self._theme.colour("bright" if mark.kind != DOUBTFUL else "amber"))
        words = mark.description.removeprefix(f"{mark.modality} ") or "–"
        painter.drawText(left + used, first, metrics.elidedText(words, elide, room - used))
        painter.setPen(self._theme.colour("text" if mark.kind == CURRENT else "faint"))
        when = "current" if mark.kind == CURRENT else day(mark.on)
        painter.drawText(left, second, metrics.elidedText(f"{when}  {mark.place}", elide, room))

    def _paint_gap(self, painter: QPainter, place: QRect, apart: str) -> None:
        middle = place.center().y()
        painter.setPen(QPen(self._theme.colour("line-strong"), 1))
        painter.drawLine(place.left() - GAP, middle + 9, place.left(), middle + 9)
        painter.setPen(self._theme.colour("faint"))
        area = QRect(place.left() - GAP, middle - 14, GAP, 20)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, apart)

    def _paint_rest(self, painter: QPainter) -> None:
        theme, marks = self._theme, self.line.marks
        if self.line.line and marks:
            place = self._place(marks[-1].study_uid)
            left = (place.right() if place is not None else 0) + 22
            painter.setPen(theme.colour("faint"))
            area = QRect(left, 0, self._room() - left, HEIGHT)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self.line.line)
        if self.line.silent:
            band = self._band()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(band, 6, 6)
            painter.setBrush(QBrush(theme.colour("line-strong"), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(band, 6, 6)
            painter.setPen(theme.colour("bright"))
            names = ", ".join(self._trusts.get(one.name, one.name) for one in self.line.silent)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(
                band.adjusted(8, 2, -8, -2), flags, f"No answer: {names}.\nExaminations there are not shown."
            )

    def _band(self) -> QRect:
        return QRect(self.width() - BAND - EDGE // 2, 6, BAND, HEIGHT - 12)

    def _at(self, point: QPoint) -> Mark | None:
        if point.x() > self._room() + EDGE:
            return None
        places = ((mark, self._place(mark.study_uid)) for mark in self.line.marks)
        return next((mark for mark, place in places if place is not None and place.contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a mark."""
        mark = self._at(event.position().toPoint())
        if mark is not None:
            self._choose(mark.study_uid)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a mark."""
        if self._at(event.position().toPoint()) is not None:
            self.open_chosen()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move along where there are more marks than fit."""
        most = max(0, len(self.line.marks) * (MARK + GAP) - GAP + EDGE - self._room())
        turned = event.angleDelta().x() or event.angleDelta().y()
        self._shift = max(0, min(most, self._shift - turned // 2))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right, Home, End and Enter."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -10_000, Qt.Key.Key_End: 10_000}
        if event.key() in steps:
            self.step(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_chosen()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The strip's own keys are its own while it has the focus; a mark's words stand beside the pointer."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in _KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                event.accept()
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        return super().event(event)

    def words_at(self, point: QPoint) -> str:
        """What is said of the mark, or of the band, at a point of the strip."""
        mark = self._at(point)
        if mark is not None:
            return mark.words
        if self.line.silent and self._band().contains(point):
            return "\n".join(f"{one.name}: {one.problem} {one.remedy}" for one in self.line.silent)
        return ""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys act."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keys act elsewhere."""
        self.update()
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        """As wide as the window."""
        return QSize(600, HEIGHT)
