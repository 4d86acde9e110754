"""The functions that measure change over a range, extrapolated to the range's ends as Prometheus does.

Formulas: Prometheus, promql/functions.go (extrapolatedRate, instantValue, linearRegression).
"""

from dataclasses import dataclass
from itertools import pairwise
from math import nan

from console.demo.promql.series import Series


@dataclass(frozen=True, slots=True)
class Bounds:
    """The closed interval that a range selector covers, in Unix milliseconds, and the moment of evaluation."""

    start_ms: int
    end_ms: int
    now_ms: int


def extrapolated(series: Series, bounds: Bounds, *, counter: bool, per_second: bool) -> float | None:
    """Increase over the whole range; None with fewer than two samples.

    The samples seldom reach the range's ends, so the trend is drawn on to them, at most half a sampling
    interval beyond the samples when the end is further than 1.1 intervals away, and never below zero for a counter.
    """
    times, values = series.times, series.values
    if len(times) < 2:
        return None
    grown = values[-1] - values[0]
    if counter:
        grown += sum(before for before, after in pairwise(values) if after < before)
    sampled = (times[-1] - times[0]) / 1000
    interval = sampled / (len(times) - 1)
    to_start, to_end = (times[0] - bounds.start_ms) / 1000, (bounds.end_ms - times[-1]) / 1000
    if counter and grown > 0 and values[0] >= 0:
        to_start = min(to_start, sampled * values[0] / grown)
    reach = sampled + sum(gap if gap < interval * 1.1 else interval / 2 for gap in (to_start, to_end))
    increase = grown * (reach / sampled)
    return increase / ((bounds.end_ms - bounds.start_ms) / 1000) if per_second else increase


def rate(series: Series, bounds: Bounds) -> float | None:
    """Per-second increase of a counter."""
    return extrapolated(series, bounds, counter=True, per_second=True)


def increase(series: Series, bounds: Bounds) -> float | None:
    """Increase of a counter over the range."""
    return extrapolated(series, bounds, counter=True, per_second=False)


def delta(series: Series, bounds: Bounds) -> float | None:
    """Change of a gauge over the range."""
    return extrapolated(series, bounds, counter=False, per_second=False)


def irate(series: Series, bounds: Bounds) -> float | None:
    """Per-second increase of a counter between its last two samples."""
    if len(series.times) < 2:
        return None
    before, after = series.values[-2:]
    seconds = (series.times[-1] - series.times[-2]) / 1000
    return (after if after < before else after - before) / seconds


def idelta(series: Series, bounds: Bounds) -> float | None:
    """Change of a gauge between its last two samples."""
    return series.values[-1] - series.values[-2] if len(series.times) > 1 else None


def changes(series: Series, bounds: Bounds) -> float | None:
    """How often the value changed; from NaN to NaN is no change."""
    return float(sum(a != b and not (a != a and b != b) for a, b in pairwise(series.values)))


def resets(series: Series, bounds: Bounds) -> float | None:
    """How often a counter fell."""
    return float(sum(after < before for before, after in pairwise(series.values)))


def deriv(series: Series, bounds: Bounds) -> float | None:
    """Per-second slope of a gauge by least squares."""
    return _line(series, series.times[0])[0] if len(series.times) > 1 else None


def predict_linear(series: Series, bounds: Bounds, seconds: float) -> float | None:
    """The gauge's value `seconds` from now on its least-squares line."""
    if len(series.times) < 2:
        return None
    slope, value_now = _line(series, bounds.now_ms)
    return value_now + slope * seconds


def _line(series: Series, origin_ms: int) -> tuple[float, float]:
    """Slope per second and value at the origin of the least-squares line."""
    seconds = [(time - origin_ms) / 1000 for time in series.times]
    n = len(seconds)
    mean_x, mean_y = sum(seconds) / n, sum(series.values) / n
    spread = sum((x - mean_x) ** 2 for x in seconds)
    joint = sum((x - mean_x) * (y - mean_y) for x, y in zip(seconds, series.values, strict=True))
    slope = joint / spread if spread else nan
    return slope, mean_y - slope * mean_x
