"""The Spend boards: runner minutes and what they cost, and which were wasted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


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
