"""The history in a file of this machine: what boards read and sync writes, without ever blocking the event loop."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ..model.cache import CacheUse
from ..model.pipelines import Job, Pipeline, Project, Runner, Status
from ..model.rollouts import Deployment, Environment
from ..ports import Bookmark, CacheEvidence, Clock, DayCache, DayDurations, DaySpend
from . import migrations, other_writer, pipeline_writer, reader, retention, sqlite, trends
from .codec import micros, span_micros
from .lanes import Lanes

KEEP_DAYS = 400
"""Raw rows stay this long: a year and a month, to compare with the same weeks of last year."""
LOG_DAYS = 30
"""Logs of jobs older than this are not read for cache outcomes: each costs requests, and GitLab expires them."""


def _now() -> datetime:
    return datetime.now(UTC)


def open_history(
    url: str | Path, *, clock: Clock = _now, keep_days: int = KEEP_DAYS, log_days: int = LOG_DAYS
) -> "LocalHistory":
    """Open a history, making or upgrading it first. Blocks for some 10 ms: call it off the event loop.

    `url` is a path or sqlite:///PATH. Raises HistoryError, whose `remedy` says what to do.
    """
    path = sqlite.place(url)
    sqlite.prepare(path)
    lanes = Lanes(path)
    try:
        lanes.write_now(migrations.upgrade, str(path))
    except BaseException:
        lanes.close()
        raise
    return LocalHistory(lanes, clock, timedelta(days=keep_days), timedelta(days=log_days))


class LocalHistory:
    """History and HistoryWriter on one database. Every method raises HistoryError when the database fails."""

    def __init__(self, lanes: Lanes, clock: Clock, keep: timedelta, logs: timedelta) -> None:
        self._lanes = lanes
        self._clock = clock
        self._keep = keep
        self._logs = logs

    def close(self) -> None:
        """End within 200 ms; a write under way is finished or rolled back. Later calls raise HistoryError."""
        self._lanes.close()

    # --- What boards read -------------------------------------------------------------------------------------------

    async def projects(self) -> tuple[Project, ...]:
        return await self._lanes.read(reader.projects)

    async def pipelines(
        self, project_id: int, *, ref: str | None = None, limit: int = 100, before: datetime | None = None
    ) -> tuple[Pipeline, ...]:
        return await self._lanes.read(reader.pipelines, project_id, ref, limit, micros(before))

    async def latest(self, per_project: int = 20) -> tuple[Pipeline, ...]:
        return await self._lanes.read(reader.latest, per_project)

    async def active(self) -> tuple[Pipeline, ...]:
        return await self._lanes.read(reader.active)

    async def pipeline(self, project_id: int, pipeline_id: int) -> Pipeline | None:
        return await self._lanes.read(reader.pipeline, project_id, pipeline_id)

    async def jobs(self, pipeline_ids: Collection[int], *, status: Status | None = None) -> tuple[Job, ...]:
        return await self._lanes.read(reader.jobs, tuple(pipeline_ids), status)

    async def runners(self) -> tuple[Runner, ...]:
        return await self._lanes.read(reader.runners)

    async def durations(
        self, since: date, *, project_id: int | None = None, jobs: bool = False
    ) -> tuple[DayDurations, ...]:
        return await self._lanes.read(trends.durations, since, project_id, jobs)

    async def cache(self, since: date, *, project_id: int | None = None) -> tuple[DayCache, ...]:
        return await self._lanes.read(trends.cache, since, project_id)

    async def cache_evidence(
        self, project_id: int, *, key: str | None = None, limit: int = 50
    ) -> tuple[CacheEvidence, ...]:
        return await self._lanes.read(trends.cache_evidence, project_id, key, limit)

    async def spend(self, since: date, *, project_id: int | None = None) -> tuple[DaySpend, ...]:
        return await self._lanes.read(trends.spend, since, project_id)

    async def environments(self) -> tuple[Environment, ...]:
        return await self._lanes.read(reader.environments)

    async def deployments(
        self, *, project_id: int | None = None, environment: str | None = None, limit: int = 20
    ) -> tuple[Deployment, ...]:
        return await self._lanes.read(reader.deployments, project_id, environment, limit)

    async def filled(self) -> tuple[int, int]:
        return await self._lanes.read(reader.filled)

    # --- What sync writes and asks ----------------------------------------------------------------------------------

    async def save_projects(self, projects: Sequence[Project]) -> bool:
        return await self._lanes.write(pipeline_writer.save_projects, tuple(projects))

    async def keep_projects(self, present: Collection[int]) -> bool:
        return await self._lanes.write(pipeline_writer.keep_projects, frozenset(present))

    async def save_pipelines(self, pipelines: Sequence[Pipeline]) -> bool:
        return await self._lanes.write(pipeline_writer.save_pipelines, tuple(pipelines))

    async def save_jobs(self, jobs: Sequence[Job]) -> bool:
        return await self._lanes.write(pipeline_writer.save_jobs, tuple(jobs))

    async def save_runners(self, runners: Sequence[Runner]) -> bool:
        return await self._lanes.write(pipeline_writer.save_runners, tuple(runners))

    async def save_cache(self, job: Job, uses: Sequence[CacheUse]) -> bool:
        return await self._lanes.write(other_writer.save_cache, job, tuple(uses))

    async def unread_logs(self, limit: int, *, not_of: Collection[int] = ()) -> tuple[Job, ...]:
        since = micros(self._clock() - self._logs) or 0
        return await self._lanes.read(reader.unread_logs, limit, since, tuple(not_of))

    async def save_environments(self, project_id: int, environments: Sequence[Environment]) -> bool:
        return await self._lanes.write(other_writer.save_environments, project_id, tuple(environments))

    async def save_deployments(self, deployments: Sequence[Deployment]) -> bool:
        return await self._lanes.write(other_writer.save_deployments, tuple(deployments))

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        return await self._lanes.read(reader.bookmarks)

    async def save_bookmark(self, bookmark: Bookmark) -> None:
        await self._lanes.write(other_writer.save_bookmark, bookmark)

    async def prune(self) -> int:
        return await self._lanes.write(retention.prune, micros(self._clock()), span_micros(self._keep))
