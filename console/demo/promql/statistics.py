"""Figures of a handful of numbers, with Prometheus' rules for NaN; aggregations and `*_over_time` share them."""

from collections.abc import Callable, Sequence
from math import floor, inf, isnan, nan, sqrt


def smallest(values: Sequence[float]) -> float:
    """The least; NaN only when there is nothing else."""
    return min((value for value in values if not isnan(value)), default=nan)


def largest(values: Sequence[float]) -> float:
    """The greatest; NaN only when there is nothing else."""
    return max((value for value in values if not isnan(value)), default=nan)


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; the values are at least one."""
    return sum(values) / len(values)


def variance(values: Sequence[float]) -> float:
    """The population's variance; the values are at least one."""
    centre = mean(values)
    return sum((value - centre) ** 2 for value in values) / len(values)


def deviation(values: Sequence[float]) -> float:
    """The population's standard deviation."""
    return sqrt(variance(values))


def quantile(q: float, values: Sequence[float]) -> float:
    """The q-quantile, interpolated between the two nearest ranks.

    NaN of no values or a NaN `q`; below 0 and above 1 it is minus and plus infinity.
    """
    if not values or isnan(q):
        return nan
    if not 0 <= q <= 1:
        return -inf if q < 0 else inf
    ordered = sorted(values, key=lambda value: (not isnan(value), value))
    rank = q * (len(ordered) - 1)
    lower = floor(rank)
    upper = min(lower + 1, len(ordered) - 1)
    weight = rank - lower
    return ordered[lower] * (1 - weight) + ordered[upper] * weight


PLAIN: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": sum,
    "avg": mean,
    "min": smallest,
    "max": largest,
    "count": lambda values: float(len(values)),
    "stddev": deviation,
    "stdvar": variance,
}
"""The figures that need no parameter, by the name that PromQL gives them."""
