"""What got slower: change between two windows, and the days from which on a series runs at another level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from statistics import median

from ..model.sketch import Sketch

LEAST_RUNS = 5
"""Runs a window must hold for its median to be compared."""
LEAST_DAYS = 7
"""Days on each side of a change point: one week, so that no weekend is taken for a change."""
LEAST_EFFECT = 0.1
"""Relative change of level that is worth a person's time."""


def change(now: Sketch, before: Sketch, least: int = LEAST_RUNS) -> float | None:
    """Relative change of the median: 0.12 is 12 % slower. None: too few runs in a window, or nothing to compare to."""
    if now.count < least or before.count < least:
        return None
    new, old = now.quantile(0.5), before.quantile(0.5)
    return None if new is None or not old else new / old - 1


@dataclass(frozen=True, slots=True)
class SlowDown:
    """How much longer one job takes at the median."""

    job: str
    seconds: float


_EXPLAINS = 0.2


def culprit(
    now: Mapping[str, Sketch], before: Mapping[str, Sketch], least: int = LEAST_RUNS, *, of: float = 0.0
) -> SlowDown | None:
    """The job that slowed down most, in seconds at the median; None: no job with enough runs did.

    `of`: seconds by which the pipeline slowed down. A job that explains less than a fifth of them is no culprit: jobs
    may have been added, or wait longer for each other.
    """
    found: SlowDown | None = None
    for job, sketch in now.items():
        old = before.get(job, Sketch())
        if sketch.count < least or old.count < least:
            continue
        longer = (sketch.quantile(0.5) or 0.0) - (old.quantile(0.5) or 0.0)
        if longer > of * _EXPLAINS and longer > 0 and (found is None or longer > found.seconds):
            found = SlowDown(job, longer)
    return found


@dataclass(frozen=True, slots=True)
class Shift:
    """A place in a series from which on it runs at another level."""

    place: int
    """Index of the first value of the new level."""
    before: float
    after: float
    """Medians of the levels on both sides, each as long as it lasted."""
    certainty: float
    """1 - p of the test, 0..1."""


def shifts(values: Sequence[float], *, alpha: float = 0.01, least: int = LEAST_DAYS) -> tuple[Shift, ...]:
    """Places where the level of a series changes, first to last; empty: none, or fewer than 2 x `least` values.

    Pettitt's rank test, applied again to both sides of what it finds; it asks nothing of the distribution, so a
    single slow day moves it little. Changes under `LEAST_EFFECT` are left out however certain.
    Source: A. N. Pettitt, Applied Statistics 28 (1979) p. 126.
    """
    found: dict[int, float] = {}
    _search(values, 0, len(values), alpha, least, found)
    edges = [0, *sorted(found), len(values)]
    levels = [median(values[low:high]) for low, high in pairwise(edges)] if found else []
    return tuple(
        Shift(place, levels[number], levels[number + 1], 1 - found[place])
        for number, place in enumerate(edges[1:-1])
        if _matters(levels[number], levels[number + 1])
    )


def _search(values: Sequence[float], low: int, high: int, alpha: float, least: int, found: dict[int, float]) -> None:
    if high - low < 2 * least:
        return
    place, p = pettitt(values[low:high], least)
    place += low
    if p < alpha and _matters(median(values[low:place]), median(values[place:high])):
        found[place] = p
        _search(values, low, place, alpha, least, found)
        _search(values, place, high, alpha, least, found)


def _matters(before: float, after: float) -> bool:
    return abs(after - before) >= LEAST_EFFECT * before if before else after != before


def pettitt(values: Sequence[float], least: int = 1) -> tuple[int, float]:
    """The most likely place of one change of level, and its p value (approximate; 1 when there is none at all)."""
    n = len(values)
    ranks = _ranks(values)
    total, best, place = 0.0, 0.0, least
    for number in range(n - least):
        total += 2 * ranks[number] - (n + 1)
        if number + 1 >= least and abs(total) > best:
            best, place = abs(total), number + 1
    return place, min(1.0, 2 * exp(-6 * best * best / (n**3 + n**2))) if n else 1.0


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, equal values sharing their mean."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for number in range(start, end + 1):
            ranks[order[number]] = (start + end) / 2 + 1
        start = end + 1
    return ranks
