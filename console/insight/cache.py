"""Hit ratios of runner caches, why there are misses, and what they cost in time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Protocol, TypeVar

from ..model.cache import Outcome, Via

K = TypeVar("K")
LEAST_DAYS = 8
"""Days a job must have run on before its time is set against its misses."""
_LOCAL = Via.LOCAL
_TOLD = (Outcome.HIT, Outcome.FALLBACK, Outcome.MISS, Outcome.ERROR)
_SURE = 2.0
"""Standard errors the effect of a miss must lie above 0 to be told."""


class Counted(Protocol):
    """Some restores of one day that went alike."""

    @property
    def day(self) -> date: ...
    @property
    def outcome(self) -> Outcome: ...
    @property
    def via(self) -> Via: ...
    @property
    def reason(self) -> str: ...
    @property
    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Tally:
    """Restores by how they went."""

    hits: int = 0
    fallbacks: int = 0
    misses: int = 0
    """Including lookups that failed."""
    refused: int = 0
    """Of the misses, lookups that failed for a reason other than absence."""
    local: int = 0
    """Of all, those on runners without a shared cache."""

    @property
    def total(self) -> int:
        """All restores."""
        return self.hits + self.fallbacks + self.misses

    @property
    def ratio(self) -> float | None:
        """Hits over all, 0..1; a fallback is not a hit. None: no restore, which is not 0 %."""
        return self.hits / self.total if self.total else None


def tally(days: Iterable[Counted]) -> Tally:
    """All of `days` together; what is neither hit, fallback nor miss says nothing and is left out."""
    counts = dict.fromkeys(Outcome, 0)
    local = 0
    for one in days:
        counts[one.outcome] += one.count
        if one.via is _LOCAL and one.outcome in _TOLD:
            local += one.count
    refused = counts[Outcome.ERROR]
    hits, fallbacks, misses = counts[Outcome.HIT], counts[Outcome.FALLBACK], counts[Outcome.MISS] + refused
    return Tally(hits, fallbacks, misses, refused, local)


def by_day(days: Iterable[Counted]) -> dict[date, Tally]:
    """Tallies of each day, oldest first."""
    groups: dict[date, list[Counted]] = {}
    for one in days:
        groups.setdefault(one.day, []).append(one)
    return {day: tally(groups[day]) for day in sorted(groups)}


def reasons(days: Iterable[Counted]) -> list[tuple[str, int]]:
    """Why restores missed, most frequent first, then by name."""
    counts: Counter[str] = Counter()
    for one in days:
        if one.outcome in (Outcome.MISS, Outcome.ERROR):
            counts[one.reason or "not told"] += one.count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def finding(told: Tally, why: Sequence[tuple[str, int]]) -> str:
    """What an operator should look at, in words; empty when nothing stands out."""
    if told.misses and told.local > told.total / 2:
        return "runners cache locally: a hit depends on which host takes the job"
    if told.refused > told.total / 10:
        return f"{told.refused} lookups failed: {why[0][0]}"
    return ""


@dataclass(frozen=True, slots=True)
class JobDay:
    """One job on one day."""

    miss_share: float
    """Of its restores, 0..1."""
    seconds: float
    """Mean running time."""
    runs: int


def seconds_per_miss(days: Sequence[JobDay]) -> float | None:
    """How much longer a job takes when its cache misses; None: too few days, or no effect one can be sure of.

    The slope of a line through the days, mean time against share of misses, each day weighing as much as it has runs.
    Days with more misses may be slow for another reason too, so this is an estimate and shown as one.
    """
    days = [one for one in days if one.runs]
    weight = float(sum(one.runs for one in days))
    if len(days) < LEAST_DAYS:
        return None
    x = sum(one.runs * one.miss_share for one in days) / weight
    y = sum(one.runs * one.seconds for one in days) / weight
    spread = sum(one.runs * (one.miss_share - x) ** 2 for one in days)
    if spread < 1e-9:
        return None
    slope = sum(one.runs * (one.miss_share - x) * (one.seconds - y) for one in days) / spread
    left = sum(one.runs * (one.seconds - y - slope * (one.miss_share - x)) ** 2 for one in days)
    error = sqrt(left / (len(days) - 2) / spread)
    return slope if slope > _SURE * error and slope > 0 else None


def lost_seconds(misses: Mapping[K, int], cost: Mapping[K, float | None]) -> float | None:
    """Time lost to misses over some jobs; None: there were misses and the cost of none is known."""
    known = [count * seconds for job, count in misses.items() if (seconds := cost.get(job)) is not None]
    if known:
        return sum(known)
    return None if any(misses.values()) else 0.0
