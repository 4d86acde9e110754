"""A chart that costs the terminal nothing until its data or its size changes."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from .chartdata import Band, ChartData, Marker, Series, X
from .colours import style
from .legend import legend, summary
from .plot import AXIS, BAND, LEAST_HEIGHT, LEAST_WIDTH, MARKER, SERIES, TARGET, Run, draw

__all__ = ["Band", "Chart", "ChartData", "Marker", "Series", "X"]

_VARIABLES = {AXIS: "foreground", TARGET: "target", BAND: "band", MARKER: "critical"}
COLOURS = 6
"""Series of their own colour; from then on they differ by pattern."""
Glyphs = Literal["auto", "braille", "ascii"]


def shows_utf8(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the locale says that the terminal shows UTF-8, and so braille."""
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environment.get(name))), "")
    return "utf-8" in locale.lower() or "utf8" in locale.lower()


class Chart(Widget):
    """Draws a ChartData. It is drawn in a thread, the newest wins, and kept as strips: only rows that differ from
    what is on screen are sent."""

    DEFAULT_CSS = "Chart { height: 1fr; width: 1fr; color: $foreground; background: $background; }"
    glyphs: ClassVar[Glyphs] = "auto"
    """What lines are made of, set from the config once for all charts."""

    @dataclass
    class NumbersRequested(Message):
        """The operator wants to see the numbers behind the chart."""

        chart: ChartData

    @dataclass
    class Drawn(Message):
        """The newest data is on screen."""

        changed_rows: int

    def __init__(self, data: ChartData | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._data = data
        self._drawing: tuple[tuple[Run, ...], ...] = ()
        self._strips: list[Strip] = []

    @property
    def data(self) -> ChartData | None:
        return self._data

    def set_data(self, data: ChartData | None) -> None:
        """Show this; None: there is nothing to show. The same data again costs nothing."""
        if data != self._data or not self._drawing:
            self._data = data
            self._redraw()

    def action_numbers(self) -> None:
        """Ask for the table of numbers behind the chart."""
        if self._data is not None:
            self.post_message(self.NumbersRequested(self._data))

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())

    def on_resize(self, event: events.Resize) -> None:
        self._redraw()

    @work(exclusive=True, group="chart")
    async def _redraw(self) -> None:
        size = self.content_size
        if size.area == 0:
            return
        self._drawing = await asyncio.to_thread(_picture, self._data, size.width, size.height, self._braille)
        self._dress()

    @property
    def _braille(self) -> bool:
        return shows_utf8() if self.glyphs == "auto" else self.glyphs == "braille"

    def _dress(self) -> None:
        """Give the drawing the theme's colours, and refresh the rows that look different now."""
        styles = {code: self._style(code) for line in self._drawing for _, code in line}
        width = self.content_size.width
        before = self._strips
        self._strips = [
            Strip([Segment(text, styles[code]) for text, code in line]).adjust_cell_length(width, styles.get(AXIS))
            for line in self._drawing
        ]
        rows = max(len(before), len(self._strips))
        changed = [
            row
            for row in range(rows)
            if row >= len(before) or row >= len(self._strips) or before[row] != self._strips[row]
        ]
        if changed:
            self.refresh(*(Region(0, row, width, 1) for row in changed))
        self.post_message(self.Drawn(len(changed)))

    def _style(self, code: int) -> Style:
        variable = _VARIABLES.get(code) or f"series-{(code - SERIES) % COLOURS + 1}"
        return self.rich_style + style(self.app.theme_variables, variable)

    def render_line(self, y: int) -> Strip:
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.content_size.width, self.rich_style)


def _picture(data: ChartData | None, width: int, height: int, braille: bool) -> tuple[tuple[Run, ...], ...]:
    """Legend and chart, or words where either data or room is missing."""
    if data is None or not any(series.xs for series in data.series):
        return (((f"{data.title}: no data" if data else "", AXIS),),)
    if width < LEAST_WIDTH or height < LEAST_HEIGHT + 1:
        return summary(data, height)
    return (legend(data, braille=braille), *draw(data, width, height - 1, braille=braille))
