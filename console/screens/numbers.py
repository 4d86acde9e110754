"""The numbers behind a chart, as a table."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from ..text import NO_DATA
from ..widgets.cells import Cell, Column, Row, cell
from ..widgets.chartdata import ChartData, X, position
from ..widgets.rows import Rows


class NumbersScreen(ModalScreen[None]):
    """Every point of a chart, newest first; Escape goes back."""

    DEFAULT_CSS = """
    NumbersScreen { background: $background; }
    NumbersScreen > Static { height: 1; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v,h,left", "dismiss", "Back", id="numbers.back"),
    ]

    def __init__(self, chart: ChartData) -> None:
        super().__init__()
        self._chart = chart

    def compose(self) -> ComposeResult:
        yield Static(self._chart.title, markup=False)
        yield Rows()

    def on_mount(self) -> None:
        table = self.query_one(Rows)
        table.show_columns(number_columns(self._chart))
        table.replace(number_rows(self._chart))
        table.focus()


def number_columns(chart: ChartData) -> tuple[Column, ...]:
    """When, then each series, the band, and what happened."""
    columns = [Column("at", "at", 16, 0)]
    columns += [Column(f"s{n}", series.name, 12, 1, right=True) for n, series in enumerate(chart.series)]
    if chart.band is not None:
        columns.append(Column("band", chart.band.name, 20, 2, right=True))
    if chart.markers:
        columns.append(Column("marker", "what happened", 16, 3, stretch=True))
    return tuple(columns)


def number_rows(chart: ChartData) -> Iterable[Row]:
    """One row for each place on the axis that has a value."""
    series = [dict(zip(map(position, one.xs), one.ys, strict=True)) for one in chart.series]
    bands: dict[float, tuple[float, float]] = {}
    if chart.band is not None:
        pairs = zip(chart.band.lows, chart.band.highs, strict=True)
        bands = dict(zip(map(position, chart.band.xs), pairs, strict=True))
    happened: dict[float, list[str]] = {}
    for marker in chart.markers:
        happened.setdefault(position(marker.x), []).append(marker.text)
    named = {position(x): x for x in _places(chart)}
    for place in sorted(named, reverse=True):
        cells: list[Cell] = [cell(when(named[place]))]
        cells += [_value(chart, values.get(place)) for values in series]
        sort: list[float | str | None] = [place, *(values.get(place) for values in series)]
        if chart.band is not None:
            pair = bands.get(place)
            cells.append(cell(f"{chart.format_y(pair[0])} to {chart.format_y(pair[1])}") if pair else cell(""))
            sort.append(pair[1] if pair else None)
        if chart.markers:
            text = ", ".join(happened.get(place, ()))
            cells.append(cell(text))
            sort.append(text)
        yield Row(str(place), tuple(cells), tuple(sort))


def _places(chart: ChartData) -> Iterable[X]:
    for series in chart.series:
        yield from series.xs
    if chart.band is not None:
        yield from chart.band.xs
    yield from (marker.x for marker in chart.markers)


def _value(chart: ChartData, value: float | None) -> Cell:
    return cell(NO_DATA, "mute") if value is None else cell(chart.format_y(value))


def when(x: X) -> str:
    """A place on the axis in words: a day in UTC, a time in the operator's zone, or the number."""
    if isinstance(x, datetime):
        return x.astimezone().strftime("%Y-%m-%d %H:%M")
    return x.isoformat() if isinstance(x, date) else f"{x:g}"
