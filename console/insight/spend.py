"""Prices of job minutes, needless minutes, and what a month will cost."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..model.settings import Rates
from .forecast import forecast_sum


def price(rates: Rates, tags: Collection[str]) -> float | None:
    """Price of one minute on a runner with these tags: the dearest of them, else the default; None: not priced."""
    known = [rates.per_minute[tag] for tag in tags if tag in rates.per_minute]
    return max(known) if known else rates.default_per_minute


def priced(rates: Rates) -> bool:
    """Whether any price is set."""
    return bool(rates.per_minute) or rates.default_per_minute is not None


@dataclass(frozen=True, slots=True)
class Bill:
    """Minutes and what they cost."""

    minutes: float = 0.0
    cost: float | None = None
    """None: none of the minutes has a price."""
    unpriced: float = 0.0
    """Of the minutes, those without a price."""


def bill(rates: Rates, spent: Iterable[tuple[Collection[str], float]]) -> Bill:
    """All minutes together; `spent` holds tags and minutes."""
    minutes = unpriced = cost = 0.0
    some = False
    for tags, amount in spent:
        minutes += amount
        rate = price(rates, tags)
        if rate is None:
            unpriced += amount
        else:
            cost, some = cost + rate * amount, True
    return Bill(minutes, cost if some else None, unpriced)


def change(now: float, before: float) -> float | None:
    """Relative change; None: nothing was spent before."""
    return now / before - 1 if before else None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a month comes to."""

    so_far: float
    expected: float
    low: float
    high: float
    method: str


def month_end(by_day: Mapping[date, float], today: date) -> Outlook | None:
    """What the month of `today` comes to, from amounts by day; None: under two weeks of whole days before today.

    Today is not over: it counts as the larger of what it has come to and what was expected of it.
    """
    past = _whole_days(by_day, today)
    last = today.replace(day=monthrange(today.year, today.month)[1])
    so_far = sum(amount for day, amount in by_day.items() if today.replace(day=1) <= day <= today)
    spent_today = by_day.get(today, 0.0)
    told = forecast_sum(past, (last - today).days + 1)
    if told is None:
        return None
    rest = max(told.expected, spent_today)
    before = so_far - spent_today
    low = max(so_far, before + rest - told.margin)
    return Outlook(so_far, before + rest, low, before + rest + told.margin, told.method)


def _whole_days(by_day: Mapping[date, float], today: date) -> Sequence[float]:
    """Amounts of each day from the first known to yesterday; a day without jobs cost nothing."""
    first = min(by_day, default=today)
    return [by_day.get(first + timedelta(days=number), 0.0) for number in range((today - first).days)]
