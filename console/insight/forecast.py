"""What a daily series will do in the coming days: several simple forecasters, of which the best so far is used.

Each is tried at many past days on what came after; the winner of that back-test makes the forecast and is named, and
the errors it made become the interval, so that the interval's coverage is measured and not assumed (split conformal,
V. Vovk et al., Algorithmic Learning in a Random World, 2005). Under two seasons there is no forecast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

SEASON = 7
COVERAGE = 0.8
_ORIGINS = 42
"""Past days at which forecasters are tried."""
_ALPHA = 0.3


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected values of the coming days."""

    method: str
    expected: tuple[float, ...]
    margin: tuple[float, ...]
    """Half the width of the 80 % interval, day by day."""


Forecaster = Callable[[Sequence[float]], "list[Callable[[int], float]]"]
"""Gives, for each place of a series, what it would have foreseen there: days ahead (from 1) to value."""


def forecast(values: Sequence[float], horizon: int) -> Forecast | None:
    """Expected values of the next `horizon` days; None: under two seasons of days, or no day to try on."""
    won = _winner(values, horizon)
    if won is None:
        return None
    name, seen, errors = won
    margins = [_margin(errors, ahead) for ahead in range(1, horizon + 1)]
    return Forecast(name, tuple(seen(ahead) for ahead in range(1, horizon + 1)), tuple(margins))


@dataclass(frozen=True, slots=True)
class Sum:
    """Expected sum of the coming days."""

    method: str
    expected: float
    margin: float


def forecast_sum(values: Sequence[float], days: int) -> Sum | None:
    """Expected sum of the next `days` days; the interval comes from sums that were foreseen as far ahead."""
    won = _winner(values, min(days, SEASON))
    if won is None or days < 1:
        return None
    name, seen, _ = won
    paths = FORECASTERS[name](values)
    errors = [
        abs(sum(paths[at](ahead) for ahead in range(1, days + 1)) - sum(values[at + 1 : at + 1 + days]))
        for at in _origins(values)
        if at + days < len(values)
    ]
    expected = sum(seen(ahead) for ahead in range(1, days + 1))
    if len(errors) < 5:  # so far ahead nothing could be tried: errors of single days, all the same way
        single = [abs(paths[at](1) - values[at + 1]) for at in _origins(values) if at + 1 < len(values)]
        return Sum(name, expected, _quantile(single) * days)
    return Sum(name, expected, _quantile(errors))


def _winner(values: Sequence[float], horizon: int) -> tuple[str, Callable[[int], float], list[list[float]]] | None:
    if len(values) < 2 * SEASON or horizon < 1:
        return None
    best: tuple[float, str, Callable[[int], float], list[list[float]]] | None = None
    for name, forecaster in FORECASTERS.items():
        paths = forecaster(values)
        errors = _errors(values, paths, horizon)
        flat = [one for ahead in errors for one in ahead]
        mean = sum(flat) / len(flat) if flat else float("inf")
        if best is None or mean < best[0]:
            best = (mean, name, paths[-1], errors)
    return None if best is None or best[0] == float("inf") else best[1:]


def _origins(values: Sequence[float]) -> range:
    return range(max(SEASON, len(values) - 1 - _ORIGINS), len(values) - 1)


def _errors(values: Sequence[float], paths: Sequence[Callable[[int], float]], horizon: int) -> list[list[float]]:
    """Absolute errors by days ahead."""
    errors: list[list[float]] = [[] for _ in range(horizon)]
    for at in _origins(values):
        for ahead in range(1, min(horizon, len(values) - 1 - at) + 1):
            errors[ahead - 1].append(abs(paths[at](ahead) - values[at + ahead]))
    return errors


def _margin(errors: Sequence[Sequence[float]], ahead: int) -> float:
    """Of errors so many days ahead, or of all up to there where those are few."""
    own = errors[ahead - 1]
    return _quantile(own if len(own) >= 10 else [one for part in errors[:ahead] for one in part])


def _quantile(errors: Sequence[float]) -> float:
    """The error that, by the conformal rule, a new one exceeds in 20 % of cases."""
    place = ceil((len(errors) + 1) * COVERAGE) - 1
    return sorted(errors)[min(place, len(errors) - 1)] if errors else 0.0


def _seasonal_naive(values: Sequence[float]) -> list[Callable[[int], float]]:
    """The value of the same weekday last week."""

    def seen(at: int) -> Callable[[int], float]:
        return lambda ahead: values[max(0, at - SEASON + 1 + (ahead - 1) % SEASON)]

    return [seen(at) for at in range(len(values))]


def _mean(values: Sequence[float]) -> list[Callable[[int], float]]:
    """The mean of the last two weeks."""
    sums = [0.0]
    for one in values:
        sums.append(sums[-1] + one)
    means = [(sums[at + 1] - sums[max(0, at - 13)]) / (at + 1 - max(0, at - 13)) for at in range(len(values))]
    return [_line(mean, 0.0) for mean in means]


def _smoothing(values: Sequence[float]) -> list[Callable[[int], float]]:
    """Simple exponential smoothing."""
    return [_line(level, 0.0) for level in _levels(values)]


def _theta(values: Sequence[float]) -> list[Callable[[int], float]]:
    """Smoothing and half of the linear trend (V. Assimakopoulos and K. Nikolopoulos, IJF 16 (2000) p. 521)."""
    late = 1 / _ALPHA - 1  # smoothing lags behind a trend by so many days
    return [
        _line(level + slope / 2 * late, slope / 2)
        for level, slope in zip(_levels(values), _slopes(values), strict=True)
    ]


def _line(level: float, slope: float) -> Callable[[int], float]:
    return lambda ahead: max(0.0, level + slope * ahead)


def _seasonal_smoothing(values: Sequence[float]) -> list[Callable[[int], float]]:
    """Smoothing of the level, and of what each weekday adds to it."""
    level, added = values[0] if values else 0.0, [0.0] * SEASON
    paths: list[Callable[[int], float]] = []
    for at, one in enumerate(values):
        day = at % SEASON
        before = level
        level += _ALPHA * (one - added[day] - level)
        added[day] += _ALPHA * (one - before - added[day])
        paths.append(_path(level, tuple(added), at))
    return paths


def _path(level: float, added: tuple[float, ...], at: int) -> Callable[[int], float]:
    return lambda ahead: max(0.0, level + added[(at + ahead) % SEASON])


def _levels(values: Sequence[float]) -> list[float]:
    levels: list[float] = []
    level = values[0] if values else 0.0
    for one in values:
        level += _ALPHA * (one - level)
        levels.append(level)
    return levels


def _slopes(values: Sequence[float]) -> list[float]:
    """Slope of the straight line through all values up to each place."""
    slopes: list[float] = []
    n = x = y = xx = xy = 0.0
    for at, one in enumerate(values):
        n, x, y, xx, xy = n + 1, x + at, y + one, xx + at * at, xy + at * one
        spread = n * xx - x * x
        slopes.append((n * xy - x * y) / spread if spread else 0.0)
    return slopes


FORECASTERS: dict[str, Forecaster] = {
    "seasonal naive": _seasonal_naive,
    "two-week mean": _mean,
    "exponential smoothing": _smoothing,
    "theta": _theta,
    "seasonal smoothing": _seasonal_smoothing,
}
