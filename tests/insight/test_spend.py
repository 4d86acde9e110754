"""Prices, bills and the month's end."""

from datetime import date, timedelta

import pytest

from console.insight.spend import bill, change, month_end, price, priced
from console.model.settings import Rates

RATES = Rates("EUR", {"small": 0.01, "gpu": 0.5}, default_per_minute=None)


def test_a_job_costs_what_the_dearest_of_its_tags_costs() -> None:
    assert price(RATES, ("small", "gpu", "linux")) == 0.5
    assert price(RATES, ("linux",)) is None
    assert price(Rates("EUR", {"gpu": 0.5}, default_per_minute=0.02), ("linux",)) == 0.02


def test_minutes_without_a_price_are_said_and_not_free() -> None:
    told = bill(RATES, [(("small",), 100.0), (("linux",), 50.0)])
    assert (told.minutes, told.cost, told.unpriced) == (150.0, 1.0, 50.0)
    assert bill(RATES, [((), 50.0)]).cost is None
    assert bill(RATES, []).minutes == 0


def test_a_price_of_nothing_is_a_price() -> None:
    assert bill(Rates("EUR", {"own": 0.0}), [(("own",), 5.0)]).cost == 0.0
    assert priced(Rates("EUR", default_per_minute=0.0))
    assert not priced(Rates())


def test_change_needs_something_before() -> None:
    assert change(15, 10) == pytest.approx(0.5)
    assert change(15, 0) is None


def days(today: date, amount: float, number: int) -> dict[date, float]:
    return {today - timedelta(days=ago): amount for ago in range(1, number + 1)}


def test_a_steady_month_ends_where_it_heads() -> None:
    today = date(2026, 3, 18)
    told = month_end(days(today, 10.0, 60), today)
    assert told is not None
    assert told.so_far == 170.0
    assert told.expected == pytest.approx(310.0)
    assert told.low <= told.expected <= told.high


def test_what_is_spent_is_not_taken_back() -> None:
    today = date(2026, 3, 31)
    told = month_end({**days(today, 10.0, 60), today: 500.0}, today)
    assert told is not None
    assert told.so_far == 800.0
    assert told.expected == 800.0
    assert told.low == 800.0


def test_two_weeks_are_needed() -> None:
    today = date(2026, 3, 18)
    assert month_end(days(today, 10.0, 13), today) is None
    assert month_end({}, today) is None


def test_days_without_jobs_cost_nothing() -> None:
    today = date(2026, 3, 18)
    told = month_end({today - timedelta(days=40): 10.0}, today)
    assert told is not None
    assert told.expected == pytest.approx(0.0)
