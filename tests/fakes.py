"""Stand-ins for ports: plain objects whose state a test sets and reads. They answer at once and keep no promises
beyond the protocol's."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from console.model.engine import ContainerStats, DiskUse, Engine, EngineEvent
from console.model.freshness import SourceHealth, State
from console.model.metrics import Matrix, Points, Sample, Vector
from console.model.pipelines import Job, Pipeline, Project, Runner, Status
from console.model.rollouts import Deployment, Environment
from console.model.settings import Settings
from console.model.sketch import Sketch
from console.ports import (
    CacheEvidence,
    DayCache,
    DayDurations,
    DaySpend,
    EngineReader,
    LogPart,
    LogReader,
    MetricsReader,
    Services,
    SourceError,
    Want,
)

NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
"""The present in tests: a Wednesday."""


def project(id: int = 1, path: str = "llm/agent-brain", *, default_branch: str | None = "main") -> Project:
    """One project of the fleet."""
    return Project(id, path, web_url=f"https://gitlab.example/{path}", default_branch=default_branch)


def pipeline(
    id: int,
    status: Status = Status.SUCCESS,
    *,
    project_id: int = 1,
    ago: timedelta | None = None,
    minutes: float | None = 8,
    ref: str = "main",
) -> Pipeline:
    """One pipeline; the higher its id, the newer, unless `ago` says when it was created."""
    created = NOW - (ago if ago is not None else timedelta(hours=max(1, 1000 - id)))
    span = timedelta(minutes=minutes) if minutes is not None and status.finished else None
    return Pipeline(
        id,
        id,
        project_id,
        ref,
        f"{id:040x}",
        status,
        "push",
        created,
        updated_at=created + (span or timedelta()),
        started_at=created + timedelta(seconds=10),
        finished_at=created + timedelta(seconds=10) + span if span else None,
        duration=span,
        queued=timedelta(seconds=10),
        user="kim",
        web_url=f"https://gitlab.example/-/pipelines/{id}",
    )


def job(
    id: int,
    name: str = "build",
    status: Status = Status.SUCCESS,
    *,
    pipeline_id: int = 1,
    project_id: int = 1,
    stage: str = "build",
    start: float = 0,
    seconds: float | None = 60,
    queued: float = 5,
    needs: tuple[str, ...] | None = None,
    retried: bool | None = None,
    allow_failure: bool = False,
    failure_reason: str = "",
) -> Job:
    """One attempt of one job that began `start` seconds after NOW - 1 h."""
    began = NOW - timedelta(hours=1) + timedelta(seconds=start)
    ran = status in (Status.SUCCESS, Status.FAILED, Status.RUNNING, Status.CANCELED)
    span = timedelta(seconds=seconds) if seconds is not None and ran and status is not Status.RUNNING else None
    return Job(
        id,
        pipeline_id,
        project_id,
        name,
        stage,
        status,
        ref="main",
        created_at=NOW - timedelta(hours=1),
        started_at=began if ran else None,
        finished_at=began + span if span else None,
        duration=span,
        queued=timedelta(seconds=queued) if ran else None,
        allow_failure=allow_failure,
        retried=retried,
        failure_reason=failure_reason,
        needs=needs,
        user="kim",
        web_url=f"https://gitlab.example/-/jobs/{id}",
    )


def day_durations(
    day: date, seconds: Sequence[float], *, project_id: int = 1, job: str | None = None, failed: int = 0
) -> DayDurations:
    """One day's durations, each queued for ten seconds."""
    return DayDurations(
        project_id, job, day, Sketch.of(seconds), Sketch.of([10.0] * len(seconds)), len(seconds), failed
    )


@dataclass
class FakeHistory:
    """History that lives in lists."""

    all_projects: list[Project] = field(default_factory=list)
    all_pipelines: list[Pipeline] = field(default_factory=list)
    all_jobs: list[Job] = field(default_factory=list)
    all_runners: list[Runner] = field(default_factory=list)
    all_durations: list[DayDurations] = field(default_factory=list)
    all_cache: list[DayCache] = field(default_factory=list)
    all_evidence: list[CacheEvidence] = field(default_factory=list)
    all_spend: list[DaySpend] = field(default_factory=list)
    all_environments: list[Environment] = field(default_factory=list)
    all_deployments: list[Deployment] = field(default_factory=list)
    fills: tuple[int, int] | None = None
    error: SourceError | None = None
    """Raised by every read when set."""

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    async def projects(self) -> tuple[Project, ...]:
        self._check()
        return tuple(self.all_projects)

    async def pipelines(
        self, project_id: int, *, ref: str | None = None, limit: int = 100, before: datetime | None = None
    ) -> tuple[Pipeline, ...]:
        self._check()
        found = [
            one
            for one in self.all_pipelines
            if one.project_id == project_id
            and (ref is None or one.ref == ref)
            and (before is None or one.created_at < before)
        ]
        return tuple(_newest(found)[:limit])

    async def latest(self, per_project: int = 20) -> tuple[Pipeline, ...]:
        self._check()
        chosen: list[Pipeline] = []
        for one in self.all_projects:
            mine = [p for p in self.all_pipelines if p.project_id == one.id and p.ref == one.default_branch]
            chosen += _newest(mine)[:per_project]
        return tuple(_newest(chosen))

    async def active(self) -> tuple[Pipeline, ...]:
        self._check()
        return tuple(one for one in self.all_pipelines if not one.status.finished)

    async def pipeline(self, project_id: int, pipeline_id: int) -> Pipeline | None:
        self._check()
        for one in self.all_pipelines:
            if (one.project_id, one.id) == (project_id, pipeline_id):
                return one
        return None

    async def jobs(self, pipeline_ids: Collection[int], *, status: Status | None = None) -> tuple[Job, ...]:
        self._check()
        return tuple(
            one for one in self.all_jobs if one.pipeline_id in pipeline_ids and (status is None or one.status is status)
        )

    async def runners(self) -> tuple[Runner, ...]:
        self._check()
        return tuple(self.all_runners)

    async def durations(
        self, since: date, *, project_id: int | None = None, jobs: bool = False
    ) -> tuple[DayDurations, ...]:
        self._check()
        return tuple(
            one
            for one in self.all_durations
            if one.day >= since
            and (project_id is None or one.project_id == project_id)
            and (one.job is not None) == jobs
        )

    async def cache(self, since: date, *, project_id: int | None = None) -> tuple[DayCache, ...]:
        self._check()
        return tuple(
            one for one in self.all_cache if one.day >= since and (project_id is None or one.project_id == project_id)
        )

    async def cache_evidence(
        self, project_id: int, *, key: str | None = None, limit: int = 50
    ) -> tuple[CacheEvidence, ...]:
        self._check()
        found = [
            one for one in self.all_evidence if one.project_id == project_id and (key is None or one.use.key == key)
        ]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:limit])

    async def spend(self, since: date, *, project_id: int | None = None) -> tuple[DaySpend, ...]:
        self._check()
        return tuple(
            one for one in self.all_spend if one.day >= since and (project_id is None or one.project_id == project_id)
        )

    async def environments(self) -> tuple[Environment, ...]:
        self._check()
        return tuple(self.all_environments)

    async def deployments(
        self, *, project_id: int | None = None, environment: str | None = None, limit: int = 20
    ) -> tuple[Deployment, ...]:
        self._check()
        found = [
            one
            for one in sorted(self.all_deployments, key=lambda one: one.created_at, reverse=True)
            if (project_id is None or one.project_id == project_id)
            and (environment is None or one.environment == environment)
        ]
        if project_id is not None:
            return tuple(found[:limit])
        seen: dict[tuple[int, str], int] = {}
        kept = []
        for one in found:
            place = (one.project_id, one.environment)
            seen[place] = seen.get(place, 0) + 1
            if seen[place] <= limit:
                kept.append(one)
        return tuple(kept)

    async def filled(self) -> tuple[int, int]:
        self._check()
        return self.fills if self.fills is not None else (len(self.all_projects), len(self.all_projects))


def _newest(pipelines: Sequence[Pipeline]) -> list[Pipeline]:
    return sorted(pipelines, key=lambda one: (one.created_at, one.id), reverse=True)


@dataclass
class FakeSync:
    """Remembers what was wanted."""

    wants: list[Want] = field(default_factory=list)
    sources: tuple[SourceHealth, ...] = (SourceHealth("gitlab", State.LIVE, fresh_at=NOW),)

    def want(self, want: Want) -> None:
        self.wants.append(want)

    def health(self) -> tuple[SourceHealth, ...]:
        return self.sources


@dataclass
class FakeEngine:
    """One Docker engine."""

    name: str = "local"
    now: Engine = field(default_factory=lambda: Engine("local", NOW, "27.0", "1.46"))
    disk_use: DiskUse = field(default_factory=DiskUse)
    used: dict[str, ContainerStats] = field(default_factory=dict)
    happened: list[EngineEvent] = field(default_factory=list)
    error: SourceError | None = None

    async def engine(self) -> Engine:
        if self.error is not None:
            raise self.error
        return replace(self.now, name=self.name)

    async def disk(self) -> DiskUse:
        if self.error is not None:
            raise self.error
        return self.disk_use

    async def stats(self, ids: Collection[str]) -> tuple[ContainerStats, ...]:
        if self.error is not None:
            raise self.error
        return tuple(self.used[one] for one in ids if one in self.used)

    async def events(self) -> AsyncIterator[EngineEvent]:
        for one in self.happened:
            yield one
        if self.error is not None:
            raise self.error


@dataclass
class FakeMetrics:
    """Prometheus that knows the answers by query; any other query has an empty answer."""

    vectors: dict[str, tuple[Sample, ...]] = field(default_factory=dict)
    matrices: dict[str, tuple[Points, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    error: SourceError | None = None

    async def instant(self, promql: str, *, at: datetime | None = None) -> Vector:
        self.asked.append(promql)
        if self.error is not None:
            raise self.error
        return Vector(self.vectors.get(promql, ()), at or NOW, self.warnings)

    async def range(self, promql: str, *, start: datetime, end: datetime, step: timedelta) -> Matrix:
        self.asked.append(promql)
        if self.error is not None:
            raise self.error
        return Matrix(self.matrices.get(promql, ()), end, self.warnings)


@dataclass
class FakeLogs:
    """Job logs by project and job."""

    content: dict[tuple[int, int], bytes] = field(default_factory=dict)
    asked: list[tuple[int, int, int, int]] = field(default_factory=list)
    error: SourceError | None = None

    async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart:
        self.asked.append((project_id, job_id, offset, limit))
        if self.error is not None:
            raise self.error
        whole = self.content.get((project_id, job_id), b"")
        start = max(0, len(whole) + offset) if offset < 0 else min(offset, len(whole))
        return LogPart(whole[start : start + limit], start, len(whole))


def services(
    history: FakeHistory | None = None,
    *,
    sync: FakeSync | None = None,
    settings: Settings | None = None,
    engines: tuple[EngineReader, ...] = (),
    metrics: MetricsReader | None = None,
    logs: LogReader | None = None,
    now: datetime = NOW,
) -> Services:
    """Services made of fakes, at a standing time."""
    return Services(
        history=history or FakeHistory(),
        sync=sync or FakeSync(),
        clock=lambda: now,
        settings=settings or Settings(),
        engines=engines,
        metrics=metrics,
        logs=logs,
    )
