"""The Pipelines boards: the fleet, one project's pipelines, one pipeline's jobs and waterfall."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..model.pipelines import Job, Pipeline, Project, Status

if TYPE_CHECKING:
    from ..insight.graph import Slot
    from ..ports import DayDurations, Services


_AT_ONCE = 100
"""Projects judged before others may have the event loop: thousands take longer than a frame."""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project at a glance; all figures are of its default branch."""

    project: Project
    status: Status | None
    """Of the newest finished or running pipeline; None: no pipeline yet."""
    since: datetime | None
    """Since when the default branch has this verdict: the first of the unbroken run of failures or successes."""
    strip: tuple[Status, ...]
    """The last 20, oldest first."""
    success_ratio: float | None
    p50: timedelta | None
    p95: timedelta | None
    queue_p50: timedelta | None
    running: int
    """Active pipelines on any ref."""
    pipeline_id: int | None
    latest_at: datetime | None
    failing_job: str = ""
    failure_reason: str = ""
    broken: bool = False
    """Whether the newest verdict is failure, also while a newer pipeline runs."""


@dataclass(frozen=True, slots=True)
class PipelinesBoard:
    """The fleet, one row a project, broken ones first."""

    rows: tuple[ProjectRow, ...]
    at: datetime
    """When history was read."""
    fresh_at: datetime | None
    """When GitLab last told something."""
    loaded: int
    total: int
    """Projects whose history is complete, and all of them."""


@dataclass(frozen=True, slots=True)
class ProjectBoard:
    """One project's pipelines over all refs, newest first."""

    project: Project
    pipelines: tuple[Pipeline, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Bar:
    """One job in the waterfall."""

    job: Job
    start: timedelta
    """Since the pipeline was created until the job could run: waiting for others ends here."""
    queued: timedelta
    """Waiting for a runner, from `start` on."""
    running: timedelta
    critical: bool
    """On the longest path: shortening it shortens the pipeline."""
    slack: timedelta | None
    """How much longer it could take without delaying the end."""


@dataclass(frozen=True, slots=True)
class PipelineBoard:
    """One pipeline: its jobs by stage in the order stages run, and its waterfall."""

    project: Project
    pipeline: Pipeline
    jobs: tuple[Job, ...]
    """Newest attempts, by stage order, then name."""
    attempts: tuple[Job, ...]
    """Attempts that a retry replaced."""
    waterfall: tuple[Bar, ...]
    critical: timedelta | None
    """Length of the critical path."""
    at: datetime
    complete: bool
    """False: the jobs have been asked for and are on their way."""


async def fleet(services: Services) -> PipelinesBoard:
    """Every project that is not archived: broken ones first, the longest broken on top, then those at work."""
    from ..insight import health

    now, history = services.clock(), services.history
    projects = [one for one in await history.projects() if not one.archived]
    latest = _by_project(await history.latest(health.STRIP))
    active = await history.active()
    durations = _durations_by_project(await history.durations((now - services.settings.window).date()))
    broken = {id: by for id, mine in latest.items() if (by := health.broken_by(mine)) is not None}
    failed = await history.jobs([one.id for one in broken.values()], status=Status.FAILED) if broken else ()
    running: dict[int, int] = {}
    for one in active:
        if one.status.active:
            running[one.project_id] = running.get(one.project_id, 0) + 1
    rows = []
    for known in projects:
        mine, days = latest.get(known.id, ()), durations.get(known.id, ())
        rows.append(_row(known, mine, days, running.get(known.id, 0), broken.get(known.id), failed))
        if len(rows) % _AT_ONCE == 0:
            await asyncio.sleep(0)
    rows.sort(key=lambda row: _urgency(row, row.project.id in broken, now))
    loaded, total = await history.filled()
    fresh = max(
        (one.fresh_at for one in services.sync.health() if one.source == "gitlab" and one.fresh_at), default=None
    )
    return PipelinesBoard(tuple(rows), now, fresh, loaded, total)


def _row(
    project: Project,
    latest: Sequence[Pipeline],
    durations: Sequence[DayDurations],
    running: int,
    broken: Pipeline | None,
    failed: Sequence[Job],
) -> ProjectRow:
    from ..insight import health
    from ..model.sketch import merge

    newest = health.newest(latest)
    ran, queued = merge(one.running for one in durations), merge(one.queued for one in durations)
    succeeded, judged = sum(one.succeeded for one in durations), sum(one.succeeded + one.failed for one in durations)
    ratio = succeeded / judged if judged else health.success_ratio(one.status for one in latest)
    culprit = health.failing_job(one for one in failed if broken is not None and one.pipeline_id == broken.id)
    return ProjectRow(
        project,
        newest.status if newest else None,
        health.since(latest),
        health.strip(latest),
        ratio,
        _span(ran.quantile(0.5)),
        _span(ran.quantile(0.95)),
        _span(queued.quantile(0.5)),
        running,
        newest.id if newest else None,
        newest.created_at if newest else None,
        culprit.name if culprit else "",
        (culprit.failure_reason if culprit else "") or (broken.failure_reason if broken else ""),
        broken is not None,
    )


def _urgency(row: ProjectRow, broken: bool, now: datetime) -> tuple[int, float, str]:
    """Sorts broken projects first, longest broken on top, then those at work, then the rest, each by name."""
    if broken:
        return 0, (row.since or now).timestamp(), row.project.path
    return (1 if row.running else 2), 0.0, row.project.path


def _by_project(pipelines: Sequence[Pipeline]) -> dict[int, list[Pipeline]]:
    groups: dict[int, list[Pipeline]] = {}
    for one in pipelines:
        groups.setdefault(one.project_id, []).append(one)
    return groups


def _durations_by_project(days: Sequence[DayDurations]) -> dict[int, list[DayDurations]]:
    groups: dict[int, list[DayDurations]] = {}
    for one in days:
        groups.setdefault(one.project_id, []).append(one)
    return groups


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


async def project(services: Services, project_id: int) -> ProjectBoard:
    """One project's newest 100 pipelines; asks sync to freshen them. Raises SourceError when nobody knows it."""
    from ..ports import Want

    services.sync.want(Want(project_id))
    known = await _project(services, project_id)
    return ProjectBoard(known, await services.history.pipelines(project_id), services.clock())


async def pipeline(services: Services, project_id: int, pipeline_id: int) -> PipelineBoard:
    """One pipeline; asks sync for its jobs while they are missing or not finished.

    Raises SourceError when nobody knows the project or the pipeline.
    """
    from ..insight import health
    from ..ports import SourceError, Trouble, Want

    known = await _project(services, project_id)
    one = await services.history.pipeline(project_id, pipeline_id)
    if one is None:
        services.sync.want(Want(project_id, pipeline_id))
        raise SourceError(f"pipeline {pipeline_id} of {known.path} is not stored yet", trouble=Trouble.MISSING)
    jobs = await services.history.jobs([pipeline_id])
    settled = bool(jobs) and one.status.finished and not any(job.status.active for job in jobs)
    if not settled:
        services.sync.want(Want(project_id, pipeline_id))
    now = services.clock()
    current, replaced = health.current(jobs)
    places = {stage: number for number, stage in enumerate(health.stage_order(jobs))}
    ordered = tuple(sorted(current, key=lambda job: (places[job.stage], job.name, job.id)))
    waterfall, critical = _waterfall(one, ordered, replaced, now)
    return PipelineBoard(known, one, ordered, replaced, waterfall, critical, now, bool(jobs))


async def _project(services: Services, project_id: int) -> Project:
    from ..ports import SourceError, Trouble

    for one in await services.history.projects():
        if one.id == project_id:
            return one
    raise SourceError(f"project {project_id} is not one of the fleet's", trouble=Trouble.MISSING)


def _waterfall(
    pipeline: Pipeline, jobs: Sequence[Job], replaced: Sequence[Job], now: datetime
) -> tuple[tuple[Bar, ...], timedelta | None]:
    """Bars of the jobs that ran or wait for a runner, by the time they could start; and the longest path's length."""
    from ..insight import graph

    timed = [_timed(one, now) for one in jobs]
    try:
        plan = graph.schedule(graph.job_tasks(timed, replaced))
    except ValueError:  # needs that form a circle: GitLab refuses them, a broken answer may hold them
        plan = graph.Schedule({}, 0.0, ())
    bars = [_bar(shown, one, pipeline, plan.slots, now) for shown, one in zip(jobs, timed, strict=True) if _drawn(one)]
    bars.sort(key=lambda bar: (bar.start, bar.start + bar.queued, bar.job.name))
    return tuple(bars), timedelta(seconds=plan.seconds) if plan.seconds else None


def _drawn(job: Job) -> bool:
    return job.started_at is not None or (job.status.active and job.queued is not None)


def _timed(job: Job, now: datetime) -> Job:
    """A job that runs now, as long as it has run."""
    if job.started_at is None or job.duration is not None:
        return job
    return replace(job, duration=max(timedelta(), (job.finished_at or now) - job.started_at))


def _bar(shown: Job, job: Job, pipeline: Pipeline, slots: Mapping[str, Slot], now: datetime) -> Bar:
    queued = job.queued or timedelta()
    begins = (job.started_at or now) - queued
    slot = slots.get(job.name)
    return Bar(
        shown,
        max(timedelta(), begins - pipeline.created_at),
        queued,
        job.duration or timedelta(),
        slot is not None and slot.critical,
        None if slot is None else timedelta(seconds=slot.slack),
    )
