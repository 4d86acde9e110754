"""Hit ratios, reasons and the cost of a miss."""

from datetime import date, timedelta
from random import Random

import pytest

from console.insight.cache import JobDay, Tally, by_day, finding, lost_seconds, reasons, seconds_per_miss, tally
from console.model.cache import Outcome, Via
from console.ports import DayCache

DAY = date(2026, 3, 18)


def day(outcome: Outcome, count: int = 1, *, via: Via = Via.REMOTE, reason: str = "", ago: int = 0) -> DayCache:
    return DayCache(1, "build", "main", DAY - timedelta(days=ago), outcome, via, reason, count, 1.0)


def test_a_fallback_is_no_hit_and_a_failed_lookup_is_a_miss() -> None:
    told = tally([day(Outcome.HIT, 6), day(Outcome.FALLBACK, 2), day(Outcome.MISS), day(Outcome.ERROR)])
    assert (told.hits, told.fallbacks, told.misses, told.refused, told.total) == (6, 2, 2, 1, 10)
    assert told.ratio == 0.6


def test_no_restores_are_not_zero_percent() -> None:
    assert tally([]).ratio is None
    assert tally([day(Outcome.NONE, 9), day(Outcome.UNKNOWN, 9)]).ratio is None


def test_days_come_oldest_first() -> None:
    assert list(by_day([day(Outcome.HIT), day(Outcome.HIT, ago=3), day(Outcome.MISS, ago=1)])) == [
        DAY - timedelta(days=3), DAY - timedelta(days=1), DAY
    ]  # fmt: skip


def test_reasons_come_most_frequent_first() -> None:
    days = [
        day(Outcome.MISS, 2, reason="no such object"),
        day(Outcome.ERROR, 5, reason="403 Forbidden"),
        day(Outcome.MISS, 1, reason="no such object"),
        day(Outcome.MISS),
        day(Outcome.HIT, 9, reason="never"),
    ]
    assert reasons(days) == [("403 Forbidden", 5), ("no such object", 3), ("not told", 1)]


def test_local_caches_that_miss_are_a_finding() -> None:
    assert "which host" in finding(Tally(5, 0, 5, local=10), [])
    assert finding(Tally(5, 0, 0, local=5), []) == ""


def test_refused_lookups_are_a_finding() -> None:
    assert finding(Tally(5, 0, 5, refused=5), [("403 Forbidden", 5)]) == "5 lookups failed: 403 Forbidden"
    assert finding(Tally(95, 0, 5, refused=1), [("403 Forbidden", 1)]) == ""


def days(cost: float, number: int = 20, seed: int = 1) -> list[JobDay]:
    random = Random(seed)
    shares = [random.random() for _ in range(number)]
    return [JobDay(share, 300 + cost * share + random.gauss(0, 10), 20) for share in shares]


def test_the_cost_of_a_miss_is_found_again() -> None:
    assert seconds_per_miss(days(120)) == pytest.approx(120, rel=0.15)


def test_no_cost_is_told_where_there_is_none() -> None:
    told = [seconds_per_miss(days(0, seed=seed)) for seed in range(100)]
    assert sum(one is not None for one in told) <= 6
    assert seconds_per_miss(days(-60)) is None


def test_few_days_or_steady_misses_tell_no_cost() -> None:
    assert seconds_per_miss(days(120, number=7)) is None
    assert seconds_per_miss([JobDay(0.5, 300.0 + number, 9) for number in range(20)]) is None
    assert seconds_per_miss([]) is None


def test_lost_time_is_the_sum_over_jobs_whose_cost_is_known() -> None:
    assert lost_seconds({"a": 3, "b": 2}, {"a": 60.0, "b": None}) == 180
    assert lost_seconds({"a": 0}, {"a": None}) == 0
    assert lost_seconds({"a": 3}, {"a": None}) is None
