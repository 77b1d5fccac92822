"""Draws a finished picture on a widget: the engine's pixels one to one, then lines and words with QPainter."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from readingroom.display.completeness import Seen, Strip
from readingroom.display.picture import (
    Badge,
    EllipseGraphic,
    Graphic,
    HandleGraphic,
    LabelGraphic,
    Message,
    Picture,
    PolylineGraphic,
    ReferenceLineGraphic,
    Role,
    Tone,
    Words,
)
from readingroom.ui.theme import Theme

MARGIN = 10.0
ROLE_COLOURS = {
    Role.MEASUREMENT: "measurement", Role.DRAWING: "drawing", Role.READ_ONLY: "read-only",
    Role.PRESENTATION: "image-text", Role.REFERENCE: "reference", Role.REFERENCE_CURRENT: "reference-current",
}  # fmt: skip
STRIP_MARGIN = 6.0
STRIP_COLOURS = {Seen.FULL: "seen", Seen.PREVIEW: "amber", Seen.UNSEEN: "raised", Seen.MISSING: "red"}
TONES = {Tone.CALM: ("image-text", "raised"), Tone.AMBER: ("amber", "amber-deep"), Tone.RED: ("bright", "red-deep")}


class PicturePainter:
    """Paints pictures in one theme; screen points of a picture are device pixels, ratio of them to a layout pixel."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self._theme = theme
        self._font = QFont(font)
        self._font.setPointSizeF(max(8.0, font.pointSizeF() * 0.92))
        self._letters = QFont(font)
        self._letters.setPointSizeF(font.pointSizeF() * 1.25)
        self._letters.setWeight(QFont.Weight.DemiBold)
        self._colours = {role: theme.colour(name) for role, name in ROLE_COLOURS.items()}
        self._selected = theme.colour("selected")
        self._text = theme.colour("image-text")

    def paint(
        self, painter: QPainter, picture: Picture, image: QImage | None, width: float, height: float, ratio: float
    ) -> None:
        """Everything of one viewport in layout pixels; image covers width × height exactly."""
        painter.fillRect(QRectF(0, 0, width, height), self._theme.colour("glass"))
        if image is not None:
            painter.save()
            painter.scale(1 / ratio, 1 / ratio)
            painter.drawImage(0, 0, image)
            painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        if picture.message is not None:
            self._message(painter, picture.message, width, height)
        for graphic in picture.graphics:
            self._graphic(painter, graphic, ratio)
        self._words(painter, picture.words, width, height, ratio)
        if picture.strip is not None:
            self._strip(painter, picture.strip, width, height)

    def _strip(self, painter: QPainter, strip: Strip, width: float, height: float) -> None:
        """What was read of the series, down the right edge, with the image that is shown."""
        top, length = STRIP_MARGIN, height - 2 * STRIP_MARGIN
        for start, end, what in strip.parts:
            colour = self._theme.colour(STRIP_COLOURS[what])
            painter.fillRect(QRectF(width - 5, top + start * length, 3, max(1.0, (end - start) * length)), colour)
        start, end = strip.here
        thumb = QRectF(width - 7, top + start * length - 1, 7, max(3.0, (end - start) * length + 2))
        painter.setPen(QPen(self._text, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(thumb)

    def _pen(self, role: Role, selected: bool, dashed: bool) -> QPen:
        colour = self._selected if selected else self._colours[role]
        pen = QPen(colour, 1.6 if selected else 1.3)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        if dashed:
            pen.setDashPattern([3.0, 3.0])
        return pen

    def _graphic(self, painter: QPainter, graphic: Graphic, ratio: float) -> None:
        match graphic:
            case PolylineGraphic():
                self._shape(painter, graphic, _polyline(graphic, ratio))
            case EllipseGraphic():
                self._shape(painter, graphic, _ellipse(graphic, ratio))
            case HandleGraphic():
                self._handle(painter, graphic, ratio)
            case LabelGraphic():
                self._label(painter, graphic, ratio)
            case ReferenceLineGraphic():
                path = QPainterPath(_point(graphic.start, ratio))
                path.lineTo(_point(graphic.end, ratio))
                painter.setPen(self._pen(graphic.role, False, graphic.dashed))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(path)

    def _shape(self, painter: QPainter, graphic: PolylineGraphic | EllipseGraphic, path: QPainterPath) -> None:
        pen = self._pen(graphic.role, graphic.selected, graphic.dashed)
        if graphic.colour is not None and not graphic.selected:
            pen.setColor(QColor(*graphic.colour))
        if graphic.filled:
            painter.fillPath(path, pen.color())
        self._stroke(painter, path, pen)

    def _stroke(self, painter: QPainter, path: QPainterPath, pen: QPen) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        shade = QColor(0, 0, 0, 150)
        painter.setPen(QPen(shade, pen.widthF() + 1.8))
        painter.drawPath(path)
        painter.setPen(pen)
        painter.drawPath(path)

    def _handle(self, painter: QPainter, handle: HandleGraphic, ratio: float) -> None:
        centre = _point(handle.at, ratio)
        painter.setPen(QPen(QColor(0, 0, 0, 170), 3.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, 3.6, 3.6)
        painter.setPen(QPen(self._selected if handle.selected else self._colours[handle.role], 1.4))
        painter.drawEllipse(centre, 3.6, 3.6)

    def _label(self, painter: QPainter, label: LabelGraphic, ratio: float) -> None:
        colour = QColor(*label.colour) if label.colour is not None else self._colours[label.role]
        colour = self._selected if label.selected else colour
        metrics = QFontMetricsF(self._font)
        anchor = _point(label.anchor, ratio)
        if label.foot is not None:
            pen = QPen(colour, 0.8)
            pen.setDashPattern([2.0, 3.0])
            painter.setPen(pen)
            painter.drawLine(_point(label.foot, ratio), anchor)
        for number, line in enumerate(label.lines):
            base = anchor.y() + metrics.ascent() / 2 - 1 + number * metrics.height()
            self._outlined(painter, line, anchor.x() + 2, base, self._font, colour)

    def _outlined(self, painter: QPainter, text: str, x: float, y: float, font: QFont, colour: QColor) -> None:
        painter.setFont(font)
        painter.setPen(QColor(0, 0, 0, 210))
        for dx, dy in ((1, 1), (-1, 0), (0, -1), (1, 0), (0, 1)):
            painter.drawText(QPointF(x + dx, y + dy), text)
        painter.setPen(colour)
        painter.drawText(QPointF(x, y), text)

    def _words(self, painter: QPainter, words: Words, width: float, height: float, ratio: float) -> None:
        metrics = QFontMetricsF(self._font)
        step = metrics.height() * 1.04
        top, bottom = MARGIN + metrics.ascent(), height - MARGIN - metrics.descent()
        self._lines(painter, words.top_left, top, step, False, width * 0.5)
        self._lines(painter, words.top_right, top, step, True, width, width * 0.5)
        readout = (words.readout,) if words.readout else ()
        left = (*words.bottom_left, *(readout if words.outer == "left" else ()))
        right = (*words.bottom_right, *(() if words.outer == "left" else readout))
        self._lines(painter, left, bottom - step * (len(left) - 1), step, False, width * 0.66)
        self._lines(painter, right, bottom - step * (len(right) - 1), step, True, width, width * 0.5)
        above = self._clear_of(words.letters.top, (words.top_left, words.top_right), width, width * 0.5) * step
        under = self._clear_of(words.letters.bottom, (left, right), width, width * 0.66) * step
        self._edges(painter, words, width, height, (above, under))
        below = max(len(words.top_right if words.outer == "right" else words.top_left), 1) * step + MARGIN + 8
        self._badges(painter, words.badges, below, width, words.outer == "right")
        self._scale(painter, words, width, height, ratio)

    def _lines(
        self, painter: QPainter, lines: tuple[str, ...], y: float, step: float, right: bool, width: float,
        share: float | None = None,
    ) -> None:  # fmt: skip
        """Lines that end at width on the right, or begin at the left and may take share of it."""
        metrics = QFontMetricsF(self._font)
        room = (width if share is None else share) - MARGIN * 1.5
        for number, line in enumerate(lines):
            text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
            x = width - MARGIN - metrics.horizontalAdvance(text) if right else MARGIN
            self._outlined(painter, text, x, y + number * step, self._font, self._text)

    def _clear_of(self, letter: str, corners: tuple[tuple[str, ...], ...], width: float, share: float) -> int:
        """How many lines a letter in the middle must stay away from the edge, so that no corner's words run over it."""
        middle = (width - QFontMetricsF(self._letters).horizontalAdvance(letter)) / 2 - MARGIN
        metrics = QFontMetricsF(self._font)
        room = share - MARGIN * 1.5
        long = [max((min(metrics.horizontalAdvance(one), room) for one in lines), default=0.0) for lines in corners]
        return max((len(lines) for lines, most in zip(corners, long, strict=True) if MARGIN + most > middle), default=0)

    def _edges(self, painter: QPainter, words: Words, width: float, height: float, away: tuple[float, float]) -> None:
        metrics = QFontMetricsF(self._letters)
        colour = self._theme.colour("letters")
        letters = words.letters
        places = (
            (letters.left, MARGIN, height / 2 + metrics.ascent() / 2),
            (
                letters.right,
                width - MARGIN - metrics.horizontalAdvance(letters.right),
                height / 2 + metrics.ascent() / 2,
            ),
            (letters.top, (width - metrics.horizontalAdvance(letters.top)) / 2, MARGIN + metrics.ascent() + away[0]),
            (
                letters.bottom,
                (width - metrics.horizontalAdvance(letters.bottom)) / 2,
                height - MARGIN - metrics.descent() - away[1],
            ),
        )
        for text, x, y in places:
            if text:
                self._outlined(painter, text, x, y, self._letters, colour)

    def _badges(self, painter: QPainter, badges: tuple[Badge, ...], top: float, width: float, right: bool) -> None:
        y = top
        for badge in badges:
            ink, ground = TONES[badge.tone]
            font = QFont(self._letters) if badge.large else self._font
            if badge.large:
                font.setPixelSize(min(34, max(15, round(width / 24))))
            metrics = QFontMetricsF(font)
            text = metrics.elidedText(badge.text, Qt.TextElideMode.ElideRight, width - 2 * MARGIN - 14)
            wide = metrics.horizontalAdvance(text) + 14
            box = QRectF(width - MARGIN - wide if right else MARGIN, y, wide, metrics.height() + 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour(ground))
            painter.drawRoundedRect(box, 4, 4)
            painter.setFont(font)
            painter.setPen(self._theme.colour(ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            y += box.height() + 4

    def _scale(self, painter: QPainter, words: Words, width: float, height: float, ratio: float) -> None:
        bar = words.scale_bar
        if bar is None:
            return
        length, left = bar.length_px / ratio, words.outer == "left"
        x = MARGIN + 32 if left else width - MARGIN - 26
        top = (height - length) / 2
        path = QPainterPath(QPointF(x, top))
        path.lineTo(x, top + length)
        for share in range(11):
            tick = 6 if share % 5 == 0 else 3.5
            path.moveTo(x - tick, top + length * share / 10)
            path.lineTo(x, top + length * share / 10)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 160), 2.6))
        painter.drawPath(path)
        painter.setPen(QPen(self._text, 1.0))
        painter.drawPath(path)
        metrics = QFontMetricsF(self._font)
        x_text = MARGIN if left else width - MARGIN - metrics.horizontalAdvance(bar.text)
        self._outlined(painter, bar.text, x_text, top + length + metrics.height(), self._font, self._text)

    def _message(self, painter: QPainter, message: Message, width: float, height: float) -> None:
        colour = {Tone.CALM: "faint", Tone.AMBER: "amber", Tone.RED: "red"}[message.tone]
        box = QRectF(width * 0.12, height * 0.3, width * 0.76, height * 0.4)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.setFont(self._letters if width > 360 else self._font)
        painter.setPen(self._theme.colour(colour))
        used = painter.boundingRect(box, int(flags), message.problem)
        painter.drawText(box, int(flags), message.problem)
        if message.remedy:
            painter.setFont(self._font)
            painter.setPen(self._theme.colour("image-text"))
            painter.drawText(box.adjusted(0, used.height() + 8, 0, 60), int(flags), message.remedy)


def _point(at: tuple[float, float], ratio: float) -> QPointF:
    return QPointF(at[0] / ratio, at[1] / ratio)


def _polyline(graphic: PolylineGraphic, ratio: float) -> QPainterPath:
    path = QPainterPath()
    if graphic.points:
        path.moveTo(_point(graphic.points[0], ratio))
        for point in graphic.points[1:]:
            path.lineTo(_point(point, ratio))
        if graphic.closed:
            path.closeSubpath()
    return path


def _ellipse(graphic: EllipseGraphic, ratio: float) -> QPainterPath:
    from math import cos, pi, sin

    path = QPainterPath()
    for step in range(73):
        turn = step * pi / 36
        point = QPointF(
            (graphic.centre[0] + cos(turn) * graphic.first[0] + sin(turn) * graphic.second[0]) / ratio,
            (graphic.centre[1] + cos(turn) * graphic.first[1] + sin(turn) * graphic.second[1]) / ratio,
        )
        path.lineTo(point) if step else path.moveTo(point)
    return path
