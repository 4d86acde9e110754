"""Environments, deployments and the tracks of a service."""

from dataclasses import dataclass
from datetime import datetime

from .pipelines import Status


@dataclass(frozen=True, slots=True)
class Environment:
    """One GitLab environment."""

    id: int
    project_id: int
    name: str
    tier: str = ""
    state: str = ""
    """available, stopping, stopped; an open set."""
    external_url: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment of a commit to an environment."""

    id: int
    iid: int
    project_id: int
    environment: str
    status: str
    """created, running, success, failed, canceled, skipped, blocked; an open set."""
    ref: str
    sha: str
    created_at: datetime
    updated_at: datetime | None = None
    finished_at: datetime | None = None
    user: str = ""
    job_id: int | None = None
    """The job that deployed; None when the deployment was made through the API."""
    job_name: str = ""
    job_status: Status | None = None
    pipeline_id: int | None = None
