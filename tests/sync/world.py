"""A GitLab of plain lists, a history in memory, and a time that a test moves: hours of sync in no time."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from console.model.cache import CacheUse, Outcome
from console.model.pipelines import Job, Pipeline, Project, Runner
from console.model.rollouts import Deployment, Environment
from console.ports import (
    Bookmark,
    FleetPage,
    JobPage,
    LogPart,
    PipelinePage,
    SourceError,
    Trouble,
)
from console.sync.pace import Pace
from tests.fakes import NOW, FakeHistory

DOWN = SourceError("GitLab does not answer", trouble=Trouble.UNREACHABLE)


def again(error: SourceError) -> SourceError:
    """The same failure anew: an exception raised twice would drag its first traceback along."""
    return SourceError(str(error), trouble=error.trouble, remedy=error.remedy, retry_at=error.retry_at)


async def settle() -> None:
    """Let every task run until it waits for time or for something from outside."""
    for _ in range(60):
        await asyncio.sleep(0)


class Time:
    """Stands still but for `advance`; a sleeper wakes when its moment has come."""

    def __init__(self) -> None:
        self.now = NOW
        self.sleepers: list[tuple[datetime, asyncio.Future[None]]] = []
        self.wakes = 0

    def pace(self, chance: float = 1.0) -> Pace:
        """For Sync; `chance` is what jitter always draws."""
        return Pace(lambda: self.now, self.sleep, lambda: chance)

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.now + timedelta(seconds=seconds), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, waking each sleeper at its moment."""
        end = self.now + timedelta(seconds=seconds)
        await settle()
        while due := [one for one in self._waiting() if one[0] <= end]:
            moment, future = min(due, key=lambda one: one[0])
            self.now = max(self.now, moment)
            self.wakes += 1
            future.set_result(None)
            await settle()
        self.now = end

    def _waiting(self) -> list[tuple[datetime, asyncio.Future[None]]]:
        self.sleepers = [one for one in self.sleepers if not one[1].done()]
        return self.sleepers


class Rush:
    """A time in which every sleep is over at once, and took as long as it should have."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def pace(self) -> Pace:
        """For Sync."""
        return Pace(lambda: self.now, self.sleep, lambda: 1.0)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class FakeGitLab:
    """GitLab whose lists a test sets. A cursor is the id above which everything was given."""

    all_projects: list[Project] = field(default_factory=list)
    all_pipelines: list[Pipeline] = field(default_factory=list)
    all_jobs: list[Job] = field(default_factory=list)
    all_runners: tuple[Runner, ...] = ()
    all_environments: list[Environment] = field(default_factory=list)
    all_deployments: list[Deployment] = field(default_factory=list)
    logs: dict[int, bytes] = field(default_factory=dict)
    page: int = 3
    asked: list[str] = field(default_factory=list)
    hidden: tuple[str, ...] = ()
    """Paths of the config that it does not show."""
    failing: dict[str, SourceError] = field(default_factory=dict)
    """By what is asked, such as `fleet` or `pipelines 1`; empty: everything."""

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        for sign, error in self.failing.items():
            if what.startswith(sign):
                raise again(error)

    def count(self, sign: str) -> int:
        """How often something was asked."""
        return sum(what.startswith(sign) for what in self.asked)

    async def fleet(self, cursor: str | None = None) -> FleetPage:
        self._ask(f"fleet {cursor or ''}".strip())
        start = int(cursor or 0)
        some = self.all_projects[start : start + self.page]
        newest = [one for project in some for one in self._of(project.id)[:2]]
        onward = str(start + self.page) if start + self.page < len(self.all_projects) else None
        return FleetPage(tuple(some), tuple(newest), onward, len(self.all_projects), self.hidden)

    async def runners(self) -> tuple[Runner, ...]:
        self._ask("runners")
        return self.all_runners

    async def pipelines(
        self, project: Project, *, updated_after: datetime | None = None, cursor: str | None = None
    ) -> PipelinePage:
        kind = "changes" if updated_after else "pipelines"
        self._ask(f"{kind} {project.id} {cursor or ''}".strip())
        found = [
            one
            for one in self._of(project.id)
            if (cursor is None or one.id < int(cursor))
            and (updated_after is None or (one.updated_at or one.created_at) >= updated_after)
        ]
        return PipelinePage(tuple(found[: self.page]), self._onward([one.id for one in found]))

    async def jobs(self, project: Project, *, cursor: str | None = None) -> JobPage:
        self._ask(f"jobs {project.id} {cursor or ''}".strip())
        found = sorted((one for one in self.all_jobs if one.project_id == project.id), key=lambda one: -one.id)
        found = [one for one in found if cursor is None or one.id < int(cursor)]
        return JobPage(tuple(found[: self.page]), self._onward([one.id for one in found]))

    async def pipeline_jobs(self, project: Project, pipeline: Pipeline) -> tuple[Job, ...]:
        self._ask(f"jobs of {pipeline.id}")
        return tuple(one for one in self.all_jobs if one.pipeline_id == pipeline.id)

    async def environments(self, project: Project) -> tuple[Environment, ...]:
        self._ask(f"environments {project.id}")
        return tuple(one for one in self.all_environments if one.project_id == project.id)

    async def deployments(self, project: Project, *, updated_after: datetime | None = None) -> tuple[Deployment, ...]:
        self._ask(f"deployments {project.id}")
        return tuple(one for one in self.all_deployments if one.project_id == project.id)

    async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart:
        self._ask(f"log {job_id} {offset}")
        if job_id not in self.logs:
            raise SourceError("no such log", trouble=Trouble.MISSING)
        whole = self.logs[job_id]
        start = max(0, len(whole) + offset) if offset < 0 else offset
        return LogPart(whole[start : start + limit], start, len(whole))

    def _of(self, project_id: int) -> list[Pipeline]:
        return sorted((one for one in self.all_pipelines if one.project_id == project_id), key=lambda one: -one.id)

    def _onward(self, ids: list[int]) -> str | None:
        return str(ids[self.page - 1]) if len(ids) > self.page else None


@dataclass
class MemoryHistory(FakeHistory):
    """A history in lists that can also be written."""

    marks: dict[tuple[int, str], Bookmark] = field(default_factory=dict)
    read: dict[int, tuple[CacheUse, ...]] = field(default_factory=dict)
    broken: SourceError | None = None
    """Raised by every write when set."""
    writes: int = 0

    def _write(self) -> None:
        self.writes += 1
        if self.broken is not None:
            raise again(self.broken)

    async def save_projects(self, projects: Sequence[Project]) -> bool:
        self._write()
        return _put(self.all_projects, projects)

    async def keep_projects(self, present: Collection[int]) -> bool:
        self._write()
        gone = [one for one in self.all_projects if one.id not in present]
        self.all_projects = [one for one in self.all_projects if one.id in present]
        return bool(gone)

    async def save_pipelines(self, pipelines: Sequence[Pipeline]) -> bool:
        self._write()
        return _put(self.all_pipelines, pipelines)

    async def save_jobs(self, jobs: Sequence[Job]) -> bool:
        self._write()
        return _put(self.all_jobs, jobs)

    async def save_runners(self, runners: Sequence[Runner]) -> bool:
        self._write()
        return _put(self.all_runners, runners)

    async def save_cache(self, job: Job, uses: Sequence[CacheUse]) -> bool:
        self._write()
        self.read[job.id] = tuple(uses)
        return bool(uses)

    async def unread_logs(self, limit: int, *, not_of: Collection[int] = ()) -> tuple[Job, ...]:
        due = [one for one in self.all_jobs if one.status.finished and one.id not in self.read]
        due = [one for one in due if one.project_id not in not_of]
        return tuple(sorted(due, key=lambda one: -one.id)[:limit])

    async def save_environments(self, project_id: int, environments: Sequence[Environment]) -> bool:
        self._write()
        return _put(self.all_environments, environments)

    async def save_deployments(self, deployments: Sequence[Deployment]) -> bool:
        self._write()
        return _put(self.all_deployments, deployments)

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        return tuple(self.marks.values())

    async def save_bookmark(self, bookmark: Bookmark) -> None:
        self._write()
        self.marks[bookmark.project_id, bookmark.kind] = bookmark

    async def prune(self) -> int:
        self._write()
        return 0


def hit(log: bytes) -> tuple[CacheUse, ...]:
    """A parser that takes the first word of a log for the key of a hit."""
    return (CacheUse(log.split(maxsplit=1)[0].decode(), Outcome.HIT),) if log.strip() else ()


def _put(kept: list[Any], new: Sequence[Any]) -> bool:
    """Replace by id; gives whether anything differs."""
    before = {one.id: one for one in kept}
    told = {one.id: one for one in new}
    kept[:] = [*(one for id, one in before.items() if id not in told), *told.values()]
    return any(before.get(id) != one for id, one in told.items())


def changed(pipeline: Pipeline, at: datetime, **fields: object) -> Pipeline:
    """The pipeline as GitLab tells it after something happened to it."""
    return replace(pipeline, updated_at=at, **fields)  # type: ignore[arg-type]
