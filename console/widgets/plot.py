"""A chart as rows of text: plotext lays out frame, axes and labels, Raster draws what is between them.

plotext's own lines cost 20 ms more a thousand points, have one style each, and overwrite one another in a cell.
It keeps its figure in module globals, so one chart is drawn at a time. It takes 50 ms to import: inside `draw`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from math import isfinite
from operator import itemgetter
from threading import Lock

from rich.cells import cell_len

from .chartdata import ChartData, Series, position
from .raster import Raster
from .scale import Range, number_ticks, target_shown, x_range, x_ticks, y_range

Run = tuple[str, int]
"""Text, and the code of what it belongs to."""
AXIS, TARGET, BAND, MARKER, SERIES = 0, 1, 2, 3, 4
"""Codes; the series count on from SERIES."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ASCII = str.maketrans("│┤└┬─", "|+++-")
_LOCK = Lock()
LEAST_WIDTH, LEAST_HEIGHT = 24, 5
"""Below this a chart says nothing."""


def draw(chart: ChartData, width: int, height: int, *, braille: bool) -> tuple[tuple[Run, ...], ...]:
    """`height` rows of `width` characters each, top first. Blocks for milliseconds: call it in a thread."""
    ys, xs = y_range(chart), x_range(chart)
    labels = _labels(chart, ys, max(2, height // 4), width // 3)
    room = max((len(label) for _, label in labels), default=1)
    raster = Raster(max(1, width - room - 1), max(1, height - 2), braille)
    _fill(raster, chart, xs, ys)
    across, up = raster.width - 1, raster.height - 1
    x_labels = [(_share(tick, xs) * across, label) for tick, label in x_ticks(chart, xs, raster.width)]
    y_labels = [(_share(tick, ys) * up, f"{label:>{room}}") for tick, label in labels]
    # An axis without any label would take no room, and the canvas be larger than the raster.
    frame = _frame(width, height, tuple(x_labels) or ((0.0, " "),), tuple(y_labels) or ((0.0, " "),))
    if not braille:
        frame = tuple(line.translate(_ASCII) for line in frame)
    return _overlay(frame, raster, room + 1)


Labels = tuple[tuple[float, str], ...]


def _labels(chart: ChartData, ys: Range, most: int, widest: int) -> list[tuple[float, str]]:
    """Ticks of the vertical axis. Values that the format tells alike, such as 89.2 % and 89.4 %, share one tick."""
    for count in range(most, 1, -1):
        ticks = [(tick, chart.format_y(tick)[:widest]) for tick in number_ticks(*ys, count, seconds=chart.seconds)]
        if len({label for _, label in ticks}) == len(ticks) > 1:
            return ticks
    return [(tick, chart.format_y(tick)[:widest]) for tick in number_ticks(*ys, 2, seconds=chart.seconds)[:1]]


@lru_cache(8)
def _frame(width: int, height: int, x_labels: Labels, y_labels: Labels) -> tuple[str, ...]:
    """Axes with ticks and labels, at places counted in canvas cells, and nothing on the canvas."""
    import plotext

    with _LOCK:
        plotext.clear_figure()
        plotext.limit_size(False, False)  # without a terminal at stdout it would cut the chart to 80 columns
        plotext.plot_size(width, height)
        plotext.xaxes(True, False)
        plotext.yaxes(True, False)
        plotext.xlim(0, max(1, width - len(y_labels[0][1]) - 2))
        plotext.ylim(0, max(1, height - 3))
        plotext.xticks([place for place, _ in x_labels], [label for _, label in x_labels])
        plotext.yticks([place for place, _ in y_labels], [label for _, label in y_labels])
        plotext.scatter([0], [0], marker=" ")  # a figure without any data has no axes
        text = _COLOURS.sub("", plotext.build())
    return tuple(text.split("\n")[:height])


def _overlay(frame: tuple[str, ...], raster: Raster, left: int) -> tuple[tuple[Run, ...], ...]:
    """The frame with the raster's cells on its canvas, which begins at column `left` and ends two rows from below."""
    drawn: dict[int, list[tuple[int, str, int]]] = {}
    for row, column, char, code in raster.cells():
        drawn.setdefault(raster.height - 1 - row, []).append((left + column, char, code))
    return tuple(_runs(line, sorted(drawn.get(number, ()))) for number, line in enumerate(frame))


def _runs(line: str, cells: list[tuple[int, str, int]]) -> tuple[Run, ...]:
    """One line as runs of text with one code each."""
    runs: list[Run] = []
    place = 0
    for code, group in groupby(cells, key=itemgetter(2)):
        for column, char, _ in group:
            if column > place:
                runs.append((line[place:column], AXIS))
            if runs and runs[-1][1] == code:
                runs[-1] = (runs[-1][0] + char, code)
            else:
                runs.append((char, code))
            place = column + 1
    if place < len(line):
        runs.append((line[place:], AXIS))
    return tuple(runs)


# --- What is drawn on the canvas ------------------------------------------------------------------------------------


def _fill(raster: Raster, chart: ChartData, xs: Range, ys: Range) -> None:
    if chart.band is not None:
        places = [_share(position(x), xs) for x in chart.band.xs]
        lows = [(x, _share(y, ys)) for x, y in zip(places, chart.band.lows, strict=True)]
        highs = [(x, _share(y, ys)) for x, y in zip(places, chart.band.highs, strict=True)]
        raster.area(lows, highs, BAND)
    for number, series in enumerate(chart.series):
        points = _points(series, xs, ys)
        raster.line(points, SERIES + number, number)
        for x, y in _alone(points):
            raster.dot(x, y, SERIES + number, number)
    _draw_target(raster, chart, ys)
    _draw_markers(raster, chart, xs)


def _draw_target(raster: Raster, chart: ChartData, ys: Range) -> None:
    highest = max((y for series in chart.series for y in series.ys if y is not None), default=0.0)
    if chart.target is None or not target_shown(chart, highest):
        return
    row = round(_share(chart.target, ys) * (raster.height - 1))
    for column in range(raster.width):
        raster.under(row, column, "╌" if raster.braille else "-", TARGET)


def _draw_markers(raster: Raster, chart: ChartData, xs: Range) -> None:
    """Vertical lines, each with its text at the top as far as the next one leaves room."""
    across = raster.width - 1
    spots = [(round(_share(position(marker.x), xs) * across), _one_cell_each(marker.text)) for marker in chart.markers]
    spots = sorted(spot for spot in spots if 0 <= spot[0] < raster.width)
    for number, (column, text) in enumerate(spots):
        for row in range(raster.height):
            raster.under(row, column, "┊" if raster.braille else "|", MARKER)
        end = next((later for later, _ in spots[number + 1 :] if later > column), raster.width)
        room = end - column - 2
        if room >= 3:
            raster.text(raster.height - 1, column + 1, text if len(text) <= room else text[: room - 1] + "…", MARKER)


def _alone(points: list[tuple[float, float | None]]) -> Iterable[tuple[float, float]]:
    """Points between two gaps."""
    for number, (x, y) in enumerate(points):
        before = points[number - 1][1] if number else None
        after = points[number + 1][1] if number + 1 < len(points) else None
        if y is not None and before is None and after is None:
            yield x, y


def _one_cell_each(text: str) -> str:
    """Text for a canvas where each character has one cell: wide and combining characters become a dot."""
    return "".join(char if cell_len(char) == 1 else "·" for char in text)


def _points(series: Series, xs: Range, ys: Range) -> list[tuple[float, float | None]]:
    return [
        (_share(position(x), xs), _share(y, ys) if y is not None and isfinite(y) else None)
        for x, y in zip(series.xs, series.ys, strict=True)
    ]


def _share(value: float, shown: Range) -> float:
    """Where a value stands in a range, 0..1 when inside."""
    return (value - shown[0]) / (shown[1] - shown[0])
