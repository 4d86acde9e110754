"""The Build times boards: how long pipelines and their jobs take, and what got slower."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class DayPoint:
    """One UTC day of one series."""

    day: date
    p50: timedelta
    p95: timedelta
    runs: int


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A day from which on a series runs at another level."""

    day: date
    before: timedelta
    after: timedelta
    certainty: float
    """1 - p of the test, 0..1."""


@dataclass(frozen=True, slots=True)
class Band:
    """Expected p50 of one coming day, with its 80 % interval."""

    day: date
    low: timedelta
    expected: timedelta
    high: timedelta


@dataclass(frozen=True, slots=True)
class BuildRow:
    """One project, or one job of a project."""

    project_id: int
    project: str
    job: str | None
    """None: whole default-branch pipelines."""
    runs: int
    p50: timedelta | None
    p95: timedelta | None
    change: float | None
    """Of p50 against the window before, relative: 0.12 is 12 % slower. None: not enough runs in one of them."""
    queue_p50: timedelta | None
    target: timedelta | None
    culprit: str = ""
    """Of a project: the job whose slow-down explains most of it."""
    culprit_change: timedelta | None = None
    """How much longer that job takes at p50."""
    points: tuple[DayPoint, ...] = ()
    """Oldest first, days without runs left out."""
    changes: tuple[ChangePoint, ...] = ()
    forecast: tuple[Band, ...] = ()
    """Empty: not enough data."""
    forecast_method: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened, drawn into the chart: a release or deployment."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class BuildsBoard:
    """Projects, or one project's jobs, worst regression first."""

    rows: tuple[BuildRow, ...]
    window: timedelta
    project: str
    """Empty: the fleet."""
    markers: tuple[Marker, ...]
    at: datetime
