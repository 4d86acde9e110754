"""What a chart shows, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

X = date | datetime | float
"""A UTC day, an aware time, or a number."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line. `xs` and `ys` are of one length, `xs` ascending; None in `ys` is a gap."""

    name: str
    xs: tuple[X, ...]
    ys: tuple[float | None, ...]
    colour: str = ""
    """A theme variable such as `status-failed`; empty: the chart's own by position."""


@dataclass(frozen=True, slots=True)
class Band:
    """An expected range, such as a forecast."""

    xs: tuple[X, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    name: str = "forecast"


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened, drawn as a vertical line."""

    x: X
    text: str


def plain_number(value: float) -> str:
    """`1,280`, `0.25`, `2e+09`: no more digits than say something."""
    short = abs(value) < 1e7 and (abs(value) >= 100 or value == int(value))
    return f"{value:,.0f}" if short else f"{value:.3g}"


@dataclass(frozen=True, slots=True)
class ChartData:
    """Everything a chart draws; text in it is drawn as it stands, never as markup."""

    title: str
    series: tuple[Series, ...]
    target: float | None = None
    band: Band | None = None
    markers: tuple[Marker, ...] = ()
    format_y: Callable[[float], str] = field(default=plain_number, compare=False)
    """Not compared: panes give a new lambda each time, which must not look like new data."""
    seconds: bool = False
    """Whether y is a duration: ticks then fall on whole minutes and hours."""


def position(x: X) -> float:
    """Where on the axis: seconds of the epoch for times, a day's noon in UTC for a day."""
    if isinstance(x, datetime):
        return x.timestamp()
    if isinstance(x, date):
        return datetime.combine(x, time(12), UTC).timestamp()
    return float(x)
