"""A mergeable histogram of durations: quantiles over months without keeping every job."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil, log

RELATIVE_ERROR = 0.01
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA = log(_GAMMA)
_SMALLEST = 1e-3


@dataclass(frozen=True, slots=True)
class Sketch:
    """Counts of positive values in logarithmic buckets; a quantile is at most 1 % off (relative).

    Source: Masson, Rim, Lee: DDSketch, PVLDB 12 (2019). Values up to 1 ms share bucket 0. Merging loses nothing.
    """

    buckets: Mapping[int, int] = field(default_factory=dict)
    count: int = 0
    total: float = 0.0
    """Exact sum of the values, in their unit (seconds here)."""

    @classmethod
    def of(cls, values: Iterable[float]) -> "Sketch":
        """A sketch of `values`; raises ValueError for a negative or non-finite one."""
        buckets: dict[int, int] = {}
        count, total = 0, 0.0
        for value in values:
            key = bucket(value)
            buckets[key] = buckets.get(key, 0) + 1
            count, total = count + 1, total + value
        return cls(buckets, count, total)

    @property
    def mean(self) -> float | None:
        """The exact mean; None when empty."""
        return self.total / self.count if self.count else None

    def quantile(self, q: float) -> float | None:
        """The value at rank q (0..1), nearest rank below; None when empty."""
        if not 0 <= q <= 1:
            raise ValueError(f"quantile {q} is outside 0..1")
        rank, seen = q * (self.count - 1), 0
        for key, number in sorted(self.buckets.items()):
            seen += number
            if seen > rank:
                return value_of(key)
        return None


def bucket(value: float) -> int:
    """Index of the bucket that holds `value`; raises ValueError for a negative, infinite or NaN value."""
    if not 0 <= value < float("inf"):
        raise ValueError(f"{value} is not a duration")
    return 0 if value <= _SMALLEST else ceil(log(value / _SMALLEST) / _LOG_GAMMA)


def value_of(key: int) -> float:
    """The value that stands for a bucket: within 1 % of everything in it."""
    return 0.0 if key == 0 else _SMALLEST * 2 * _GAMMA**key / (_GAMMA + 1)


def merge(sketches: Iterable[Sketch]) -> Sketch:
    """One sketch of all values seen by `sketches`."""
    buckets: dict[int, int] = {}
    count, total = 0, 0.0
    for one in sketches:
        for key, number in one.buckets.items():
            buckets[key] = buckets.get(key, 0) + number
        count, total = count + one.count, total + one.total
    return Sketch(buckets, count, total)
