"""Axes: which range to show, and where ticks fall so that people can read them."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil, floor, isfinite, log10

from .chartdata import ChartData, X, position

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
_CLOCK = (1, 2, 5, 10, 15, 30, *(n * 60 for n in (1, 2, 5, 10, 15, 30)), *(n * 3600 for n in (1, 2, 3, 6, 12, 24, 48)))
"""Steps, in seconds, that divide a minute, an hour or a day."""

Range = tuple[float, float]
Tick = tuple[float, str]


def finite(values: Sequence[float | None]) -> list[float]:
    """The values that can be drawn."""
    return [value for value in values if value is not None and isfinite(value)]


def x_range(chart: ChartData) -> Range:
    """From the first to the last point of all series and the band; never empty."""
    ends = [position(x) for series in chart.series for x in (series.xs[:1] + series.xs[-1:])]
    if chart.band is not None:
        ends += [position(x) for x in chart.band.xs]
    if not ends:
        return 0.0, 1.0
    low, high = min(ends), max(ends)
    return (low, high) if high > low else (low - 1, high + 1)


def y_range(chart: ChartData) -> Range:
    """A little more than the values take.

    It starts at 0 unless all values lie in the upper half, where that would press the line flat. A target more than
    twice the highest value is left out for the same reason; the legend still tells it.
    """
    values = [value for series in chart.series for value in finite(series.ys)]
    if chart.band is not None:
        values += [*finite(chart.band.lows), *finite(chart.band.highs)]
    if not values:
        return 0.0, 1.0
    if target_shown(chart, max(values)):
        values.append(chart.target or 0.0)
    low, high = min(values), max(values)
    spread = high - low or abs(high) or 1.0
    bottom = low - spread * 0.1 if low < 0 or low > high / 2 else 0.0
    return max(bottom, 0.0) if low >= 0 else bottom, high + spread * 0.05


def target_shown(chart: ChartData, highest: float) -> bool:
    """Whether the target is near enough to the values to be drawn."""
    return chart.target is not None and isfinite(chart.target) and chart.target <= max(highest, 0.0) * 2


def number_ticks(low: float, high: float, most: int, *, seconds: bool = False) -> tuple[float, ...]:
    """At most `most` round numbers from low to high, in steps of 1, 2 or 5 times a power of ten, or of the clock."""
    span = high - low
    if span <= 0 or most < 1:
        return ()
    if seconds and span >= 5:
        step = next((float(one) for one in _CLOCK if span / one < most), DAY * ceil(span / DAY / most))
    else:
        power = 10.0 ** floor(log10(span / most))
        step = next(power * one for one in (1, 2, 5, 10, 20) if span / (power * one) < most)
    first = ceil(low / step - 1e-9)
    return tuple(number * step for number in range(first, floor(high / step + 1e-9) + 1))


def x_ticks(chart: ChartData, shown: Range, width: int) -> tuple[Tick, ...]:
    """Ticks of the horizontal axis for `width` columns, with their labels."""
    xs: Sequence[X] = max((series.xs for series in chart.series), key=len, default=())
    if not xs:
        return ()
    most = max(1, width // 10)
    if not isinstance(xs[0], date):  # a datetime is a date, too
        return tuple((value, f"{value:g}") for value in number_ticks(*shown, most))
    places = [position(x) for x in xs]
    if len(places) < 2 or (places[-1] - places[0]) / (len(places) - 1) >= 20 * HOUR:
        return _day_ticks(shown, places[0], most)
    return _clock_ticks(shown, most)


def _day_ticks(shown: Range, one: float, most: int) -> tuple[Tick, ...]:
    """Daily figures: ticks stand where the days' points do, and count back from the last."""
    days = int((shown[1] - shown[0]) / DAY) + 1
    step = next((n for n in (1, 2, 7, 14, 28) if days / n <= most), ceil(days / most))
    last = one + floor((shown[1] - one) / DAY + 1e-9) * DAY
    count = int((last - shown[0]) / (step * DAY)) + 1
    ticks = [last - number * step * DAY for number in range(count)]
    return tuple((tick, datetime.fromtimestamp(tick, UTC).strftime("%d %b")) for tick in reversed(ticks))


def _clock_ticks(shown: Range, most: int) -> tuple[Tick, ...]:
    """Times of the day in the operator's zone; midnight shows the day that begins."""
    span = shown[1] - shown[0]
    step = next((float(one) for one in _CLOCK if span / one < most), DAY * ceil(span / DAY / most))
    start = datetime.fromtimestamp(shown[0], UTC).astimezone()
    offset = (start.utcoffset() or timedelta()).total_seconds()
    first = ceil((shown[0] + offset) / step) * step - offset
    ticks = [first + number * step for number in range(int((shown[1] - first) / step) + 1)] if first <= shown[1] else []
    return tuple((tick, _clock_label(tick, step)) for tick in ticks)


def _clock_label(tick: float, step: float) -> str:
    local = datetime.fromtimestamp(tick, UTC).astimezone()
    if step >= DAY or (local.hour == 0 and local.minute == 0 and step >= MINUTE):
        return local.strftime("%d %b")
    return local.strftime("%H:%M:%S" if step < MINUTE else "%H:%M")


def nearest(places: Sequence[float], x: float) -> int:
    """Index of the place nearest to x; `places` ascend and are not empty."""
    right = bisect_left(places, x)
    if right == 0:
        return 0
    if right == len(places):
        return right - 1
    return right if places[right] - x < x - places[right - 1] else right - 1
