"""What we ask of the outside, as narrow protocols, and the services that panes' boards are given.

Every reader raises SourceError, and only that, when it cannot answer.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from .model.cache import CacheUse, Outcome, Via
from .model.engine import ContainerStats, DiskUse, Engine, EngineEvent
from .model.freshness import SourceHealth
from .model.metrics import Matrix, Vector
from .model.pipelines import Job, Pipeline, Project, Runner, Status
from .model.rollouts import Deployment, Environment
from .model.settings import Settings
from .model.sketch import Sketch
from .model.tests import PipelineTests, SuiteCounts


class Trouble(StrEnum):
    """Kind of a failure: what an operator can do about it differs by kind."""

    UNREACHABLE = "unreachable"
    TLS = "tls"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    LIMITED = "limited"
    UNSUPPORTED = "unsupported"
    BROKEN = "broken"


class SourceError(Exception):
    """A source could not answer; the text helps an operator and holds no secret."""

    def __init__(
        self, text: str, *, trouble: Trouble = Trouble.BROKEN, remedy: str = "", retry_at: datetime | None = None
    ) -> None:
        super().__init__(text)
        self.trouble = trouble
        self.remedy = remedy
        self.retry_at = retry_at
        """Earliest next try the server named; None: back off as one sees fit."""


class StalePlan(Exception):
    """The world moved since the plan was made; nothing was written."""


# --- GitLab ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FleetPage:
    """Some projects with their newest pipelines, and where to go on."""

    projects: tuple[Project, ...]
    pipelines: tuple[Pipeline, ...]
    cursor: str | None
    """None: this was the last page."""
    total: int | None = None
    missing: tuple[str, ...] = ()
    """Groups and projects of the config that GitLab does not show to this token."""


@dataclass(frozen=True, slots=True)
class PipelinePage:
    """Some pipelines of one project, newest first."""

    pipelines: tuple[Pipeline, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs of one project over all pipelines and attempts, newest first."""

    jobs: tuple[Job, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class LogPart:
    """A piece of a job log."""

    content: bytes
    offset: int
    """Of its first byte in the log."""
    total_bytes: int | None
    """Size of the whole log now; None: not told."""


class FleetReader(Protocol):
    """The fleet at a glance: one request for many projects."""

    async def fleet(self, cursor: str | None = None) -> FleetPage: ...
    async def runners(self) -> tuple[Runner, ...]: ...


class ProjectReader(Protocol):
    """One project's pipelines and jobs; page sizes are the source's business."""

    async def pipelines(
        self, project: Project, *, updated_after: datetime | None = None, cursor: str | None = None
    ) -> PipelinePage: ...
    async def jobs(self, project: Project, *, cursor: str | None = None) -> JobPage: ...
    async def pipeline_jobs(self, project: Project, pipeline: Pipeline) -> tuple[Job, ...]:
        """Every job of one pipeline with all attempts, needs and failure reasons."""
        ...


class DeploymentReader(Protocol):
    """Where a project's commits were deployed to."""

    async def environments(self, project: Project) -> tuple[Environment, ...]: ...
    async def deployments(
        self, project: Project, *, updated_after: datetime | None = None
    ) -> tuple[Deployment, ...]: ...


class LogReader(Protocol):
    """Job logs by range."""

    async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart:
        """Bytes from `offset`, at most `limit`; a negative offset counts from the end."""
        ...


class TestReader(Protocol):
    """Test reports of pipelines; a pipeline without any has no suites."""

    async def tests(self, project_id: int, pipeline_id: int) -> PipelineTests:
        """Every case; can be megabytes and slow."""
        ...

    async def test_counts(self, project_id: int, pipeline_id: int) -> tuple[SuiteCounts, ...]: ...


class GitLab(FleetReader, ProjectReader, DeploymentReader, LogReader, Protocol):
    """All that sync asks of GitLab."""


# --- Docker and Prometheus ------------------------------------------------------------------------------------------


class EngineReader(Protocol):
    """One Docker engine."""

    @property
    def name(self) -> str: ...
    async def engine(self) -> Engine: ...
    async def disk(self) -> DiskUse: ...
    async def stats(self, ids: Collection[str]) -> tuple[ContainerStats, ...]: ...
    def events(self) -> AsyncIterator[EngineEvent]:
        """Events as they happen, until cancelled; raises SourceError when the engine goes away."""
        ...


class MetricsReader(Protocol):
    """One Prometheus, or what speaks its API."""

    async def instant(self, promql: str, *, at: datetime | None = None) -> Vector: ...
    async def range(self, promql: str, *, start: datetime, end: datetime, step: timedelta) -> Matrix: ...


# --- History --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayDurations:
    """Durations of what finished successfully on one UTC day, in seconds."""

    project_id: int
    job: str | None
    """A job's name; None: whole default-branch pipelines."""
    day: date
    running: Sketch
    queued: Sketch
    succeeded: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class DayCache:
    """Cache outcomes of one key in one job name on one UTC day."""

    project_id: int
    job: str
    key: str
    day: date
    outcome: Outcome
    via: Via
    reason: str
    count: int
    seconds: float
    """Spent restoring, in all."""


@dataclass(frozen=True, slots=True)
class DaySpend:
    """Job minutes on one UTC day."""

    project_id: int
    day: date
    tags: tuple[str, ...]
    branch: str
    """Kind of ref: default, merge_request, tag or other."""
    user: str
    minutes: float
    jobs: int
    retried_minutes: float = 0.0
    """Of `minutes`, those of attempts that a later attempt replaced."""
    superseded_minutes: float = 0.0
    """Of `minutes`, those run after a newer push to the same ref had made its own pipeline: what cancelling the
    older one at that moment would have saved."""


@dataclass(frozen=True, slots=True)
class CacheEvidence:
    """One job whose cache missed, to open its log."""

    project_id: int
    pipeline_id: int
    job_id: int
    job: str
    at: datetime
    use: CacheUse


class PipelineHistory(Protocol):
    """Projects, pipelines and jobs as last seen."""

    async def projects(self) -> tuple[Project, ...]: ...
    async def pipelines(
        self, project_id: int, *, ref: str | None = None, limit: int = 100, before: datetime | None = None
    ) -> tuple[Pipeline, ...]:
        """Newest first."""
        ...

    async def latest(self, per_project: int = 20) -> tuple[Pipeline, ...]:
        """The newest pipelines of each project's default branch, newest first."""
        ...

    async def active(self) -> tuple[Pipeline, ...]:
        """Everything not finished, over all projects and refs."""
        ...

    async def pipeline(self, project_id: int, pipeline_id: int) -> Pipeline | None: ...
    async def jobs(self, pipeline_ids: Collection[int], *, status: Status | None = None) -> tuple[Job, ...]: ...
    async def runners(self) -> tuple[Runner, ...]: ...


class TrendHistory(Protocol):
    """What is kept by the day: rows grow with days, not with jobs. `since` is a UTC day, inclusive."""

    async def durations(
        self, since: date, *, project_id: int | None = None, jobs: bool = False
    ) -> tuple[DayDurations, ...]:
        """Whole pipelines, or each job when `jobs`."""
        ...

    async def cache(self, since: date, *, project_id: int | None = None) -> tuple[DayCache, ...]: ...
    async def cache_evidence(
        self, project_id: int, *, key: str | None = None, limit: int = 50
    ) -> tuple[CacheEvidence, ...]:
        """The newest misses and errors."""
        ...

    async def spend(self, since: date, *, project_id: int | None = None) -> tuple[DaySpend, ...]: ...


class DeploymentHistory(Protocol):
    """Environments and deployments as last seen."""

    async def environments(self) -> tuple[Environment, ...]: ...
    async def deployments(
        self, *, project_id: int | None = None, environment: str | None = None, limit: int = 20
    ) -> tuple[Deployment, ...]:
        """Newest first; without a project, `limit` counts per environment."""
        ...


class History(PipelineHistory, TrendHistory, DeploymentHistory, Protocol):
    """All that boards read."""

    async def filled(self) -> tuple[int, int]:
        """How many of the projects' back-fills are complete, of how many."""
        ...


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where the fill of one project's data stands."""

    project_id: int
    kind: str
    """pipelines, jobs, logs or deployments."""
    newest: datetime | None = None
    """Everything changed up to here is stored: ask for what came later."""
    cursor: str | None = None
    """Where the back-fill goes on, also after it is complete, should the horizon move back."""
    complete: bool = False
    reached: datetime | None = None
    """How far back it is."""


class HistoryWriter(Protocol):
    """The one hand that writes history. Each call is one transaction, and safe to repeat."""

    async def save_projects(self, projects: Sequence[Project]) -> bool:
        """Whether anything differs from what was stored; so do all that give a bool."""
        ...

    async def keep_projects(self, present: Collection[int]) -> bool:
        """Hide every other project: it left the fleet. Its history stays."""
        ...

    async def save_pipelines(self, pipelines: Sequence[Pipeline]) -> bool: ...

    async def save_jobs(self, jobs: Sequence[Job]) -> bool: ...
    async def save_runners(self, runners: Sequence[Runner]) -> bool:
        """All there are: others vanish."""
        ...

    async def save_cache(self, job: Job, uses: Sequence[CacheUse]) -> bool:
        """Marks the job's log as read, also when `uses` is empty."""
        ...

    async def unread_logs(self, limit: int, *, not_of: Collection[int] = ()) -> tuple[Job, ...]:
        """Finished jobs whose log nobody has read, newest first; none older than the logs kept.

        `not_of`: ids of projects to leave out.
        """
        ...

    async def save_environments(self, project_id: int, environments: Sequence[Environment]) -> bool:
        """All the project has: others vanish."""
        ...

    async def save_deployments(self, deployments: Sequence[Deployment]) -> bool: ...
    async def bookmarks(self) -> tuple[Bookmark, ...]: ...
    async def save_bookmark(self, bookmark: Bookmark) -> None: ...
    async def prune(self) -> int:
        """Remove one batch of rows older than what is kept; how many went, 0 when none are left to remove."""
        ...


# --- Sync as the boards and the app see it --------------------------------------------------------------------------

TOPICS = ("projects", "pipelines", "jobs", "runners", "cache", "deployments", "engine", "metrics", "sources")
"""What sync says has changed; a pane names those its board reads."""


@dataclass(frozen=True, slots=True)
class Want:
    """What somebody looks at and so should be fresh first."""

    project_id: int
    pipeline_id: int | None = None
    """None: the project's pipelines."""


class Asker(Protocol):
    """Asks sync, without waiting, to freshen something soon; the topic changes when it came."""

    def want(self, want: Want) -> None: ...
    def health(self) -> tuple[SourceHealth, ...]: ...


Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Services:
    """All that a board is given."""

    history: History
    sync: Asker
    clock: Clock
    settings: Settings = field(default_factory=Settings)
    engines: tuple[EngineReader, ...] = ()
    metrics: MetricsReader | None = None
    logs: LogReader | None = None
    answers: dict[tuple[str, str], tuple[datetime, object]] = field(default_factory=dict)
    """The last answer of each live source to each question, and when: shown, with its age, while the source is away."""
