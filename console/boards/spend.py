"""The Spend boards: runner minutes and what they cost, and which were wasted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from ..model.pipelines import Project
from .scope import Span, find, whole_since

if TYPE_CHECKING:
    from ..ports import DaySpend, Services

BY = ("project", "tag", "branch", "user")
_LOOK_BACK = timedelta(days=60)
"""Days from which the month's end is foreseen, at least."""
_HINT = "no prices are set: give [contexts.NAME.rates] a currency and a price by runner tag"


@dataclass(frozen=True, slots=True)
class SpendRow:
    """One project, tag set, branch kind or user."""

    name: str
    project_id: int | None
    jobs: int
    minutes: float
    cost: float | None
    """None: no price is set for any of it."""
    unpriced_minutes: float
    share: float | None
    """Of all minutes, 0..1."""
    change: float | None
    """Of minutes against the window before, relative."""
    retried_minutes: float
    superseded_minutes: float
    points: tuple[tuple[date, float], ...] = ()
    """Minutes by UTC day, oldest first."""


@dataclass(frozen=True, slots=True)
class Waste:
    """One kind of needless minutes, by an exact rule."""

    kind: str
    """retries, superseded or duplicates."""
    minutes: float
    cost: float | None
    jobs: int | None
    rule: str
    """What was counted, in one sentence."""


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """What this month will cost."""

    so_far: float
    expected: float
    low: float
    high: float
    """80 % interval."""
    method: str
    unit: str
    """Currency, or minutes where no prices are set."""


@dataclass(frozen=True, slots=True)
class SpendBoard:
    """Minutes and money by one dimension, dearest first."""

    rows: tuple[SpendRow, ...]
    by: str
    """project, tag, branch or user."""
    total: SpendRow
    currency: str
    priced_on: str
    waste: tuple[Waste, ...]
    month_end: MonthEnd | None
    """None: not enough data."""
    budget: float | None
    window: timedelta
    project: str
    at: datetime
    hint: str = ""
    """How to set prices, where none are."""


async def spend(services: Services, window: timedelta, by: str = "project", project: str = "") -> SpendBoard:
    """Runner minutes and money of the fleet, or of one project (path or its last part), by one of `BY`.

    Raises ValueError for another dimension, SourceError for a project that nobody knows.
    """
    from ..insight import spend as judge

    if by not in BY:
        raise ValueError(f"{by} is none of {', '.join(BY)}")
    now, history, rates = services.clock(), services.history, services.settings.rates
    span = Span.back(now.date(), window)
    projects = await history.projects()
    chosen = find(projects, project) if project else None
    since = min(span.before, now.date() - _LOOK_BACK, now.date().replace(day=1))
    days = await history.spend(since, project_id=None if chosen is None else chosen.id)
    inside = [one for one in days if one.day >= span.start]
    whole_from = await whole_since(services)
    whole = [one for one in days if whole_from is not None and one.day >= whole_from]
    # Sums over days that are not all stored yet would look like a rise.
    compared = whole_from is not None and whole_from <= span.before
    total = _row(services, "total", None, days, span, sum(one.minutes for one in inside), compared)
    rows = _rows(services, days, span, _names(by, projects), total.minutes, compared)
    return SpendBoard(
        rows,
        by,
        total,
        rates.currency,
        rates.priced_on,
        _waste(services, inside),
        _month_end(services, whole, now.date()) if _month_is_whole(whole_from, now.date()) else None,
        services.settings.goals.monthly_budget if chosen is None else None,
        window,
        "" if chosen is None else chosen.path,
        now,
        "" if judge.priced(rates) else _HINT,
    )


Names: TypeAlias = "Callable[[DaySpend], tuple[str, int | None]]"
"""Name of the row that some minutes belong to, and the project's id where rows are projects."""


def _names(by: str, projects: Sequence[Project]) -> Names:
    paths = {one.id: one.path for one in projects}
    ways: dict[str, Names] = {
        "project": lambda one: (paths.get(one.project_id, f"project {one.project_id}"), one.project_id),
        "tag": lambda one: (", ".join(sorted(one.tags)) or "untagged", None),
        "branch": lambda one: (one.branch, None),
        "user": lambda one: (one.user or "unknown", None),
    }
    return ways[by]


def _month_is_whole(whole_from: date | None, today: date) -> bool:
    return whole_from is not None and whole_from <= today.replace(day=1)


def _rows(
    services: Services, days: Iterable[DaySpend], span: Span, names: Names, whole: float, compared: bool
) -> tuple[SpendRow, ...]:
    """Dearest first; without prices, most minutes first."""
    groups: dict[tuple[str, int | None], list[DaySpend]] = {}
    for one in days:
        groups.setdefault(names(one), []).append(one)
    rows = [_row(services, name, id, mine, span, whole, compared) for (name, id), mine in groups.items()]
    shown = (row for row in rows if row.jobs)
    return tuple(sorted(shown, key=lambda row: (-(row.cost or 0.0), -row.minutes, row.name)))


def _row(
    services: Services,
    name: str,
    project_id: int | None,
    days: Sequence[DaySpend],
    span: Span,
    whole: float,
    compared: bool,
) -> SpendRow:
    from ..insight import spend as judge

    inside = [one for one in days if one.day >= span.start]
    told = judge.bill(services.settings.rates, ((one.tags, one.minutes) for one in inside))
    before = sum(one.minutes for one in days if span.before <= one.day < span.start)
    points: dict[date, float] = {}
    for one in inside:
        points[one.day] = points.get(one.day, 0.0) + one.minutes
    return SpendRow(
        name,
        project_id,
        sum(one.jobs for one in inside),
        told.minutes,
        told.cost,
        told.unpriced,
        told.minutes / whole if whole else None,
        judge.change(told.minutes, before) if compared else None,
        sum(one.retried_minutes for one in inside),
        sum(one.superseded_minutes for one in inside),
        tuple(sorted(points.items())),
    )


def _waste(services: Services, days: Sequence[DaySpend]) -> tuple[Waste, ...]:
    """Needless minutes by kind, most first; kinds that did not occur are left out."""
    from ..insight import spend as judge

    kinds = (
        ("retries", "Minutes of attempts that a later attempt of the same job replaced.", "retried_minutes"),
        (
            "superseded",
            "Minutes of pipelines after a newer push to the same ref made them needless.",
            "superseded_minutes",
        ),
    )
    found = []
    for kind, rule, field in kinds:
        told = judge.bill(
            services.settings.rates, ((one.tags, getattr(one, field)) for one in days if getattr(one, field))
        )
        if told.minutes:
            found.append(Waste(kind, told.minutes, told.cost, None, rule))
    return tuple(sorted(found, key=lambda waste: -waste.minutes))


def _month_end(services: Services, days: Iterable[DaySpend], today: date) -> MonthEnd | None:
    from ..insight import spend as judge

    rates = services.settings.rates
    money = judge.priced(rates)
    amounts: dict[date, float] = {}
    for one in days:
        rate = (judge.price(rates, one.tags) or 0.0) if money else 1.0
        amounts[one.day] = amounts.get(one.day, 0.0) + rate * one.minutes
    told = judge.month_end(amounts, today)
    if told is None:
        return None
    unit = (rates.currency or "units of money") if money else "minutes"
    return MonthEnd(told.so_far, told.expected, told.low, told.high, told.method, unit)
