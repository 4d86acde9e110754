"""The Pipelines boards: the fleet, one project's pipelines, one pipeline's jobs and waterfall."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..model.pipelines import Job, Pipeline, Project, Status


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
