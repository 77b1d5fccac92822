"""Small diagrams in the theme's colours: a histogram, values along a line, a lesion's growth."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from readingroom.display import words
from readingroom.measure.distribution import Distribution
from readingroom.measure.profile import LineProfile
from readingroom.record.finding import Value
from readingroom.ui.theme import Theme

_DAY_S = 86_400.0


def histogram(theme: Theme, found: Distribution, unit: str) -> QWidget:
    """How many pixels have which value, with median and percentiles as lines."""
    import pyqtgraph as pg

    plot = _plot(theme, words.unit(unit) or "value", "pixels")
    plot.addItem(
        pg.PlotCurveItem(
            found.edges, found.counts, stepMode="center", fillLevel=0, pen=pg.mkPen(theme.colour("accent")),
            brush=pg.mkBrush(theme.colour("accent-deep")),
        )
    )  # fmt: skip
    marks = [("median", found.median, "measurement"), *((f"{n:g} %", at, "faint") for n, at in found.percentiles)]
    for name, at, colour in marks:
        words_at = {
            "color": theme.colour(colour),
            "position": 0.98 if name == "median" else 0.92,
            "fill": theme.colour("sunken"),
        }
        pen = pg.mkPen(theme.colour(colour), style=Qt.PenStyle.DashLine)
        line = pg.InfiniteLine(at, 90, pen, label=name, labelOpts=words_at)
        plot.addItem(line)
    plot.setYRange(0, float(found.counts.max()) * 1.2)
    return _widget(plot)


def profile(theme: Theme, found: LineProfile) -> QWidget:
    """The values along a line; broken where a pixel is no picture."""
    import pyqtgraph as pg

    plot = _plot(theme, found.at_unit, words.unit(found.unit) or "value")
    plot.plot(found.at, found.values, pen=pg.mkPen(theme.colour("measurement"), width=1.5), connect="finite")
    return _widget(plot)


def growth(theme: Theme, lines: Sequence[tuple[str, Sequence[tuple[date, Value]], str]]) -> QWidget:
    """Sizes over time with their error bars; lines: (name, its sizes by day, colour); all in one unit."""
    import numpy as np
    import pyqtgraph as pg

    unit = next((value.unit for _, sizes, _ in lines for _, value in sizes), "")
    plot = _plot(theme, "", words.unit(unit), pg.DateAxisItem(orientation="bottom", utcOffset=0))
    for _, sizes, name in lines:
        x = np.array([_seconds(day) for day, _ in sizes])
        y = np.array([value.value for _, value in sizes])
        error = np.array([value.plus_minus or 0.0 for _, value in sizes])
        colour = theme.colour(name)
        plot.addItem(pg.ErrorBarItem(x=x, y=y, top=error, bottom=error, beam=5 * _DAY_S, pen=pg.mkPen(colour)))
        plot.plot(x, y, pen=pg.mkPen(colour, width=1.5), symbol="o", symbolSize=6, symbolBrush=colour, symbolPen=colour)
    plot.setYRange(
        0, max((v.value + (v.plus_minus or 0.0) for _, sizes, _ in lines for _, v in sizes), default=1.0) * 1.1
    )
    return _widget(plot)


def _seconds(day: date) -> float:
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * _DAY_S


def _plot(theme: Theme, below: str, left: str, axis: object = None):  # type: ignore[no-untyped-def]
    import pyqtgraph as pg

    made = pg.PlotWidget(background=theme.colour("sunken"), axisItems={} if axis is None else {"bottom": axis})
    made.setMenuEnabled(False)
    made.hideButtons()
    made.showGrid(x=True, y=True, alpha=0.12)
    for side, text in (("bottom", below), ("left", left)):
        made.setLabel(side, text, color=theme.colour("faint").name())
        made.getAxis(side).setPen(theme.colour("line-strong"))
        made.getAxis(side).setTextPen(theme.colour("text"))
        made.getAxis(side).enableAutoSIPrefix(False)
    return made


def _widget(plot: object) -> QWidget:
    assert isinstance(plot, QWidget)
    plot.setMinimumSize(320, 220)
    return plot
