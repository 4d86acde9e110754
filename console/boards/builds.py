"""The Build times boards: how long pipelines and their jobs take, and what got slower."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ..model.pipelines import Project
from .scope import Span, find

if TYPE_CHECKING:
    from ..model.sketch import Sketch
    from ..ports import DayDurations, Services

_HORIZON = 7
"""Days that are forecast."""
_EXPLAINED = 8
"""Projects, worst regressions first, whose jobs are searched for a culprit: reading jobs costs more than projects."""
_REGRESSION = 0.05


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


async def builds(services: Services, window: timedelta, project: str = "") -> BuildsBoard:
    """The fleet's default branches, or with `project` (path or its last part) that one and its jobs.

    The window is counted in whole UTC days and compared with as many days before it. Raises SourceError for a
    project that nobody knows.
    """
    now, history = services.clock(), services.history
    span = Span.back(now.date(), window)
    projects = [one for one in await history.projects() if not one.archived]
    if project:
        chosen = find(projects, project)
        whole, jobs = await asyncio.gather(
            history.durations(span.before, project_id=chosen.id),
            history.durations(span.before, project_id=chosen.id, jobs=True),
        )
        rows = [_row(services, chosen, None, whole, span), *_sorted(_job_rows(services, chosen, jobs, span))]
        return BuildsBoard(tuple(rows), window, chosen.path, await _markers(services, chosen, span), now)
    by_project = _grouped(await history.durations(span.before))
    rows = _sorted(_row(services, one, None, by_project.get(one.id, ()), span) for one in projects)
    return BuildsBoard(tuple(await _explained(services, rows, span)), window, "", (), now)


def _grouped(days: Sequence[DayDurations]) -> dict[int, list[DayDurations]]:
    groups: dict[int, list[DayDurations]] = {}
    for one in days:
        groups.setdefault(one.project_id, []).append(one)
    return groups


def _sorted(rows: Iterable[BuildRow]) -> list[BuildRow]:
    """Worst regression first; rows that cannot be compared last, slowest first."""

    def urgency(row: BuildRow) -> tuple[bool, float, float, str]:
        slow = row.p50.total_seconds() if row.p50 else 0.0
        return row.change is None, -(row.change or 0.0), -slow, row.job or row.project

    return sorted(rows, key=urgency)


def _row(services: Services, project: Project, job: str | None, days: Sequence[DayDurations], span: Span) -> BuildRow:
    from ..insight import trends
    from ..model.sketch import merge

    inside = sorted((one for one in days if one.day >= span.start), key=lambda one: one.day)
    now, before = merge(one.running for one in inside), merge(one.running for one in days if one.day < span.start)
    points = tuple(_point(one) for one in inside if one.running.count)
    target = None if job is not None else _target(services, project)
    row = BuildRow(
        project.id,
        project.path,
        job,
        now.count,
        _seconds(now.quantile(0.5)),
        _seconds(now.quantile(0.95)),
        trends.change(now, before),
        _seconds(merge(one.queued for one in inside).quantile(0.5)),
        target,
        points=points,
    )
    return _judged(row)


def _judged(row: BuildRow) -> BuildRow:
    """With change points and the days to come."""
    from ..insight.trends import shifts

    levels = [one.p50.total_seconds() for one in row.points]
    changes = tuple(
        ChangePoint(row.points[one.place].day, _time(one.before), _time(one.after), one.certainty)
        for one in shifts(levels)
    )
    bands, method = _bands(row.points)
    return replace(row, changes=changes, forecast=bands, forecast_method=method)


def _bands(points: Sequence[DayPoint]) -> tuple[tuple[Band, ...], str]:
    from ..insight.forecast import forecast

    told = forecast(_daily(points), _HORIZON)
    if told is None:
        return (), ""
    last = points[-1].day
    bands = tuple(
        Band(last + timedelta(days=number), _time(max(0.0, value - margin)), _time(value), _time(value + margin))
        for number, (value, margin) in enumerate(zip(told.expected, told.margin, strict=True), 1)
    )
    return bands, told.method


def _daily(points: Sequence[DayPoint]) -> list[float]:
    """p50 in seconds of every day from the first to the last; a day without runs is like the one before."""
    values: list[float] = []
    for number, one in enumerate(points):
        gap = (one.day - points[number - 1].day).days - 1 if number else 0
        values += [values[-1]] * gap if values else []
        values.append(one.p50.total_seconds())
    return values


def _job_rows(services: Services, project: Project, days: Sequence[DayDurations], span: Span) -> list[BuildRow]:
    groups: dict[str, list[DayDurations]] = {}
    for one in days:
        if one.job is not None:
            groups.setdefault(one.job, []).append(one)
    rows = (_row(services, project, job, mine, span) for job, mine in groups.items())
    return [row for row in rows if row.runs]


async def _explained(services: Services, rows: list[BuildRow], span: Span) -> list[BuildRow]:
    """The worst regressions with the job that caused most of each."""
    worst = [row for row in rows if row.change is not None and row.change > _REGRESSION][:_EXPLAINED]
    found = await asyncio.gather(*(_culprit(services, row, span) for row in worst))
    return [*found, *(row for row in rows if row not in worst)]


async def _culprit(services: Services, row: BuildRow, span: Span) -> BuildRow:
    from ..insight import trends

    days = await services.history.durations(span.before, project_id=row.project_id, jobs=True)
    now = _by_job(one for one in days if one.day >= span.start)
    slower = row.p50.total_seconds() * (1 - 1 / (1 + row.change)) if row.p50 and row.change else 0.0
    found = trends.culprit(now, _by_job(one for one in days if one.day < span.start), of=slower)
    return row if found is None else replace(row, culprit=found.job, culprit_change=_time(found.seconds))


def _by_job(days: Iterable[DayDurations]) -> dict[str, Sketch]:
    from ..model.sketch import merge

    groups: dict[str, list[Sketch]] = {}
    for one in days:
        groups.setdefault(one.job or "", []).append(one.running)
    return {job: merge(sketches) for job, sketches in groups.items()}


async def _markers(services: Services, project: Project, span: Span) -> tuple[Marker, ...]:
    """Deployments to production that succeeded: one a day and environment, oldest first."""
    environments = {
        one.name
        for one in await services.history.environments()
        if one.project_id == project.id and (one.tier == "production" or one.name.startswith("prod"))
    }
    found: dict[tuple[date, str], Marker] = {}
    for one in reversed(await services.history.deployments(project_id=project.id, limit=200)):
        day = (one.finished_at or one.created_at).date()
        if one.environment in environments and one.status == "success" and day >= span.start:
            found[day, one.environment] = Marker(day, f"{one.environment} {one.sha[:8]}")
    return tuple(sorted(found.values(), key=lambda marker: (marker.day, marker.text)))


def _target(services: Services, project: Project) -> timedelta | None:
    goals = services.settings.goals.build_minutes
    minutes = goals.get(project.path, goals.get(project.path.rpartition("/")[2]))
    return None if minutes is None else timedelta(minutes=minutes)


def _point(one: DayDurations) -> DayPoint:
    p50, p95 = one.running.quantile(0.5) or 0.0, one.running.quantile(0.95) or 0.0
    return DayPoint(one.day, _time(p50), _time(p95), one.running.count)


def _time(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def _seconds(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
