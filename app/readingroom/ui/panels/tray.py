"""Every series of the case, current and prior, with a small picture and how much of it has come: nothing is hidden."""

from functools import partial

from PySide6.QtCore import QByteArray, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from readingroom.display.stack import Stack
from readingroom.display.words import day
from readingroom.pixels.frame import Frame
from readingroom.pixels.thumbnail import thumbnail
from readingroom.record.study import FrameRef, Study
from readingroom.session.arranging import hang_stack
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.opening import open_prior
from readingroom.session.overlaying import show_segmentation
from readingroom.session.shown import received_frames, stack_marks, standing
from readingroom.ui.polish import label
from readingroom.ui.pulse import Pulse
from readingroom.ui.theme import Theme

STACK_MIME = "application/x-readingroom-stack"
SIDE = 76


class StackCard(QFrame):
    """One stack: picture, description, count; dragged into a viewport, or a double click hangs it in the active one."""

    document_wanted = Signal(object)

    def __init__(self, desk: Desk, theme: Theme, study: Study, stack: Stack) -> None:
        super().__init__()
        self._desk, self._theme, self._study, self.stack = desk, theme, study, stack
        self._picture: QImage | None = None
        self._words = ("", "", "")
        self._tone = "faint"
        self._hung = self._active = False
        self._pressed_at: object = None
        self.setFixedHeight(SIDE + 14)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(stack.note or stack.description)
        self.refresh(None)

    def thumbnail_ref(self) -> FrameRef | None:
        """The frame that stands for the stack: its middle one."""
        frames = self.stack.frames
        return frames[len(frames) // 2] if frames and self.stack.is_image else None

    def show_frame(self, frame: Frame) -> None:
        """Make the small picture."""
        pixels = thumbnail(frame, SIDE * 2)
        height, width = pixels.shape[:2]
        kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
        self._picture = QImage(pixels.tobytes(), width, height, width * (1 if pixels.ndim == 2 else 3), kind).copy()
        self.update()

    @property
    def has_picture(self) -> bool:
        """Whether the small picture is there."""
        return self._picture is not None

    def refresh(self, case: Case | None) -> None:
        """Words and colours as the case is now."""
        stack = self.stack
        here = received_frames(self._desk, self._study, stack)
        expected = max(stack.expected or 0, len(stack.frames))
        problem = self._desk.loader.problem(stack.series_uid)
        self._tone = "red" if problem is not None else "faint" if here >= expected else "amber"
        count = f"{expected} images" if here >= expected else f"{here} of {expected} images"
        document = stack.kind == "document"
        if document:
            count = "document"
        elif stack.kind == "segmentation":
            count = "B shows it"
        elif expected == 1:
            count = "1 image" if here else "0 of 1 image"
        self._hung = case is not None and any(t.stack_id == stack.id for t in case.tiles)
        self._active = case is not None and case.tiles[case.active].stack_id == stack.id
        seen = case is not None and (stack.id in case.seen or case.is_prior(stack) or not stack.is_read)
        marks = stack_marks(self._desk, case, stack)
        self._words = (
            stack.description or stack.modality,
            f"{stack.modality}   {count}",
            "   ".join((*(() if seen else ("not viewed",)), *(("double click opens",) if document else ()), *marks)),
        )
        self.setToolTip("\n".join((stack.note or stack.description, *marks)))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the tray."""
        return QSize(240, SIDE + 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture left, words right, a line at the edge while it hangs."""
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        theme, area = self._theme, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent-faint" if self._active else "raised" if self._hung else "panel"))
        painter.drawRoundedRect(area, 6, 6)
        box = QRectF(7, 7, SIDE, SIDE)
        painter.setBrush(theme.colour("glass"))
        painter.drawRoundedRect(box, 4, 4)
        if self._picture is not None:
            size = self._picture.size().scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio)
            corner = box.center().x() - size.width() / 2, box.center().y() - size.height() / 2
            painter.drawImage(QRectF(*corner, size.width(), size.height()), self._picture)
        x, room = SIDE + 18, self.width() - SIDE - 28
        metrics = painter.fontMetrics()
        for number, (text, ink) in enumerate(zip(self._words, ("bright", self._tone, "accent"), strict=True)):
            painter.setPen(theme.colour(ink))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(int(x), int(18 + metrics.ascent() / 2 + number * metrics.height() * 1.15), shown)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps a drag begins."""
        self._pressed_at = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag into a viewport."""
        if self._pressed_at is None or not self.stack.is_image:
            return
        carried = QMimeData()
        carried.setData(STACK_MIME, QByteArray(self.stack.id.encode()))
        drag = QDrag(self)
        drag.setMimeData(carried)
        self._pressed_at = None
        drag.exec(Qt.DropAction.CopyAction)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Hang it in the active viewport; a segmentation is laid over its images, a document opens."""
        if self._desk.case is not None and self.stack.kind == "segmentation":
            show_segmentation(self._desk, self.stack.frames[0].sop_uid)
        elif self._desk.case is not None and self.stack.is_image:
            hang_stack(self._desk, self._desk.case.active, self.stack.id)
        elif self._desk.case is not None:
            self.document_wanted.emit(self.stack)


class SeriesTray(QScrollArea):
    """The cards of the study and its opened priors, then the priors that can be opened."""

    document_wanted = Signal(object)

    def __init__(self, desk: Desk, theme: Theme, pulse: Pulse) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(262)
        self._desk, self._theme, self._pulse = desk, theme, pulse
        self.cards: list[StackCard] = []
        self._built: tuple[object, ...] = ()
        desk.case_changed.listen(lambda _: pulse.dirty(self, self.refresh))
        desk.counts_changed.listen(lambda _: pulse.soon(self, self.refresh))
        desk.frame_arrived.listen(self._arrived)
        self.refresh()

    def refresh(self) -> None:
        """Cards as the case is now."""
        case = self._desk.case
        built = (case.study.uid, case.stacks, tuple(r.study_uid for r in case.prior_rows)) if case is not None else ()
        if built != self._built:
            self._built = built
            self._build(case)
        for card in self.cards:
            card.refresh(case)
            self._picture(card)

    def _build(self, case: Case | None) -> None:
        self.cards = []
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 12, 10, 12)
        column.setSpacing(6)
        if case is not None:
            for study in (case.study, *case.priors):
                column.addWidget(self._heading(case, study))
                for stack in case.stacks:
                    if stack.study_uid == study.uid:
                        card = StackCard(self._desk, self._theme, study, stack)
                        card.document_wanted.connect(self.document_wanted)
                        self.cards.append(card)
                        column.addWidget(card)
            self._add_unopened(case, column)
        column.addStretch(1)
        self.setWidget(inside)

    def _heading(self, case: Case, study: Study) -> QLabel:
        if study.uid == case.study.uid:
            return label(f"CURRENT   {day(study.date)}", "Heading")
        return label(f"{standing(case.study, study)}   {day(study.date)}", "Heading")

    def _add_unopened(self, case: Case, column: QVBoxLayout) -> None:
        opened = {study.uid for study in case.priors}
        rows = [row for row in case.prior_rows if row.study_uid not in opened]
        if rows:
            column.addWidget(label("OTHER PRIORS", "Heading"))
        for row in rows:
            words = f"{day(row.date)}   {' '.join(row.modalities)}\n{row.description}"
            button = QPushButton(words)
            button.setStyleSheet("text-align: left;")
            button.setToolTip(f"Open beside the current study; held by {', '.join(row.held_by)}")
            button.clicked.connect(partial(open_prior, self._desk, row.study_uid, row.held_by))
            column.addWidget(button)

    def _arrived(self, ref: FrameRef) -> None:
        for card in self.cards:
            if card.thumbnail_ref() == ref:
                self._picture(card)

    def _picture(self, card: StackCard) -> None:
        ref = card.thumbnail_ref()
        if card.has_picture or ref is None:
            return
        frame = self._desk.frame(ref)
        if frame is not None:
            card.show_frame(frame)
