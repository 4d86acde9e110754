"""Projects, pipelines, jobs and runners, as GitLab names them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Status of a pipeline or job; a value this version does not know is shown as UNKNOWN, never fatal."""

    CREATED = "created"
    WAITING_FOR_RESOURCE = "waiting_for_resource"
    PREPARING = "preparing"
    WAITING_FOR_CALLBACK = "waiting_for_callback"
    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELING = "canceling"
    CANCELED = "canceled"
    SKIPPED = "skipped"
    MANUAL = "manual"
    SCHEDULED = "scheduled"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str | None) -> "Status":
        """The status GitLab calls `word`, in REST's lower or GraphQL's upper case."""
        try:
            return cls((word or "").lower())
        except ValueError:
            return cls.UNKNOWN

    @property
    def finished(self) -> bool:
        """Whether it will not change again by itself; a blocked `manual` pipeline has not finished."""
        return self in (Status.SUCCESS, Status.FAILED, Status.CANCELED, Status.SKIPPED)

    @property
    def active(self) -> bool:
        """Whether it holds or waits for a runner now."""
        return self in (Status.PENDING, Status.RUNNING, Status.PREPARING, Status.WAITING_FOR_RESOURCE, Status.CANCELING)


@dataclass(frozen=True, slots=True)
class Storage:
    """What a project occupies, in bytes; a part GitLab did not tell is None."""

    total_bytes: int | None = None
    repository_bytes: int | None = None
    artifacts_bytes: int | None = None
    registry_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """One GitLab project of the fleet."""

    id: int
    path: str
    """Full path, such as `llm/agent-brain`."""
    web_url: str = ""
    default_branch: str | None = None
    """None: an empty repository, or not visible to this token."""
    archived: bool = False
    storage: Storage | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline. `duration` is running time without waiting, not wall time and not the sum of jobs."""

    id: int
    iid: int
    project_id: int
    ref: str
    sha: str
    status: Status
    source: str
    """What started it: push, schedule, merge_request_event, ... ; an open set."""
    created_at: datetime
    updated_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration: timedelta | None = None
    queued: timedelta | None = None
    user: str = ""
    web_url: str = ""
    failure_reason: str = ""
    name: str = ""
    tag: bool | None = None
    """Whether `ref` is a tag; None: the source does not tell."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt of one job: a retry is another Job with the same name and a new id."""

    id: int
    pipeline_id: int
    project_id: int
    name: str
    stage: str
    status: Status
    ref: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration: timedelta | None = None
    queued: timedelta | None = None
    allow_failure: bool = False
    retried: bool | None = None
    """Whether a later attempt replaced this one; None: the source does not tell."""
    failure_reason: str = ""
    runner_id: int | None = None
    runner: str = ""
    """Description of the runner that took it, empty before."""
    tags: tuple[str, ...] = ()
    needs: tuple[str, ...] | None = None
    """Names of the jobs it waits for; None: not told, so it waits for the earlier stages."""
    user: str = ""
    web_url: str = ""
    downstream: int | None = None
    """Id of the pipeline a bridge job started."""
    tag: bool | None = None
    """Whether `ref` is a tag; None: the source does not tell."""


@dataclass(frozen=True, slots=True)
class Runner:
    """One runner as GitLab sees it. Its processor and memory are not known to GitLab."""

    id: int
    description: str
    kind: str
    """instance_type, group_type or project_type."""
    status: str
    """online, offline, stale, never_contacted; an open set."""
    paused: bool = False
    tags: tuple[str, ...] = ()
    run_untagged: bool | None = None
    contacted_at: datetime | None = None
    version: str = ""
