"""Functions of a range vector: from the samples of one series in the range to one number."""

from collections.abc import Callable

from console.demo.promql import rates
from console.demo.promql.labels import nameless
from console.demo.promql.rates import Bounds
from console.demo.promql.series import Sample, Series
from console.demo.promql.statistics import PLAIN
from console.demo.promql.values import Matrix, Vector

OverTime = Callable[[Series, Bounds], float | None]
"""None where the series has too few samples in the range to say anything."""

_RATES: tuple[OverTime, ...] = (
    rates.rate,
    rates.irate,
    rates.increase,
    rates.delta,
    rates.idelta,
    rates.changes,
    rates.resets,
    rates.deriv,
)


def _plain(name: str) -> OverTime:
    figure = PLAIN[name]
    return lambda series, bounds: figure(series.values)


OVER_TIME: dict[str, OverTime] = {
    **{function.__name__: function for function in _RATES},
    **{f"{name}_over_time": _plain(name) for name in PLAIN},
    "last_over_time": lambda series, bounds: series.values[-1],
    "present_over_time": lambda series, bounds: 1.0,
}
_NAMED = frozenset(("last_over_time",))
"""What gives a sample itself keeps the metric's name."""


def over_time(function: str, matrix: Matrix, bounds: Bounds) -> Vector:
    """The function applied to every series that has a sample in the range."""
    return each(matrix, bounds, OVER_TIME[function], named=function in _NAMED)


def each(matrix: Matrix, bounds: Bounds, figure: OverTime, *, named: bool = False) -> Vector:
    """`figure` of every series; those of which it says nothing are left out."""
    found: Vector = []
    for series in matrix:
        value = figure(series, bounds) if series.times else None
        if value is not None:
            found.append(Sample(series.labels if named else nameless(series.labels), float(value)))
    return found
