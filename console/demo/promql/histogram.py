"""Quantiles from the cumulative buckets of a classic histogram."""

from collections.abc import Iterable
from itertools import groupby
from math import inf, isnan, nan

from console.demo.promql.labels import NAME, Labels, drop, label
from console.demo.promql.series import Sample

Bucket = tuple[float, float]
"""A bucket's upper bound and how many observations are at most that."""
_NOT_GROUPED = frozenset((NAME, "le"))


def histogram_quantile(q: float, vector: Iterable[Sample]) -> list[Sample]:
    """The q-quantile of each histogram among the buckets; elements without a readable `le` are passed over."""
    histograms: dict[Labels, list[Bucket]] = {}
    for labels, count in vector:
        try:
            bound = float(label(labels, "le"))
        except ValueError:
            continue
        histograms.setdefault(drop(labels, _NOT_GROUPED), []).append((bound, count))
    return [Sample(labels, bucket_quantile(q, buckets)) for labels, buckets in histograms.items()]


def bucket_quantile(q: float, buckets: Iterable[Bucket]) -> float:
    """The q-quantile, linear within a bucket. Source: Prometheus, promql/quantile.go.

    NaN without a `+Inf` bucket, with fewer than two buckets or without observations; in the last
    bucket it is the bound below it, and in a first bucket that ends at or below zero, its end.
    """
    if isnan(q) or not 0 <= q <= 1:
        return nan if isnan(q) else -inf if q < 0 else inf
    ladder = _monotonic(_merged(buckets))
    if not ladder or ladder[-1][0] != inf or len(ladder) < 2:
        return nan
    total = ladder[-1][1]
    if total == 0 or isnan(total):
        return nan
    rank = q * total
    at = next((i for i, (_, count) in enumerate(ladder[:-1]) if count >= rank), len(ladder) - 1)
    if at == len(ladder) - 1:
        return ladder[-2][0]
    upper, count = ladder[at]
    if at == 0 and upper <= 0:
        return upper
    lower, below = ladder[at - 1] if at else (0.0, 0.0)
    # A first bucket that holds nothing answers a rank of 0: Go divides 0 by 0 there and says NaN.
    share = (rank - below) / (count - below) if count != below else nan
    return lower + (upper - lower) * share


def _merged(buckets: Iterable[Bucket]) -> list[Bucket]:
    """Ascending by bound, buckets of one bound added up."""
    ordered = sorted(buckets)
    return [(bound, sum(count for _, count in same)) for bound, same in groupby(ordered, key=lambda one: one[0])]


def _monotonic(buckets: list[Bucket]) -> list[Bucket]:
    """Counts that never fall: buckets are not scraped at one instant, so a later one may lag behind."""
    highest = -inf
    raised: list[Bucket] = []
    for bound, count in buckets:
        highest = max(highest, count) if not isnan(count) else highest
        raised.append((bound, highest))
    return raised
