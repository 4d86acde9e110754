"""Environments and deployments, as the jobs that deploy made them."""

from collections.abc import Iterator
from dataclasses import dataclass

from .ids import NAMES, RUNS
from .nouns import Job, Pipeline, Project
from .states import status
from .timeline import Timeline

_TIERS = {"production": "production", "staging": "staging"}
_AS_DEPLOYMENT = {
    "created": "created", "pending": "created", "manual": "blocked", "running": "running", "canceling": "running",
    "success": "success", "failed": "failed", "canceled": "canceled", "skipped": "skipped",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Environment:
    id: int
    name: str
    tier: str
    external_url: str | None
    state: str = "available"


@dataclass(frozen=True, slots=True)
class Deployment:
    id: int
    iid: int
    environment: Environment
    pipeline: Pipeline
    job: Job

    def status(self, t: float) -> str:
        return _AS_DEPLOYMENT[status(self.job, t)]


def environments(project: Project) -> list[Environment]:
    """What the project's jobs deploy to, in the order of its configuration, and a review app that was stopped."""
    names = list(dict.fromkeys(spec.environment for spec in project.blueprint.jobs if spec.environment))
    found = [
        Environment(
            project.id * 10 + place, name, _TIERS.get(name, "other"), f"https://{project.name}.{name}.llm.example"
        )
        for place, name in enumerate(names)
    ]
    if found:
        review = f"review/{project.name}-preview"
        found.append(Environment(project.id * 10 + 9, review, "development", None, "stopped"))
    return found


def deployments(timeline: Timeline, project: Project, t: float, since: float = 0.0) -> list[Deployment]:
    """Deployments of pipelines created at `since` or later that were at least asked for by `t`, newest first.

    Their numbers (iid) are those of the project only when `since` is left out.
    """
    places = {one.name: one for one in environments(project)}
    found = sorted(_jobs(timeline, project, t, since), key=lambda row: row[1].id)
    return [
        Deployment(_number(job), iid, places[job.spec.environment or ""], pipeline, job)
        for iid, (pipeline, job) in enumerate(found, 1)
    ][::-1]


def _number(job: Job) -> int:
    """Deployments are numbered apart from jobs: the same order, other figures."""
    return job.id // (NAMES * RUNS) * 16 + job.id % (NAMES * RUNS) % 16


def _jobs(timeline: Timeline, project: Project, t: float, since: float) -> Iterator[tuple[Pipeline, Job]]:
    for pipeline in timeline.pipelines(project.index, t, since):
        for job in pipeline.jobs:
            if job.spec.environment and job.queued_at <= t and job.outcome != "skipped":
                yield pipeline, job
