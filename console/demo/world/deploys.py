"""Environments and deployments, as the jobs that deploy made them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from .ids import NAMES, RUNS
from .nouns import Job, Pipeline, Project
from .states import status
from .timeline import Timeline

DAY = 86400
Row = tuple[Pipeline, Job]
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
    """One run of a deploying job. `pipeline` comes without its jobs."""

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


def deployments(timeline: Timeline, project: Project, t: float) -> list[Deployment]:
    """Deployments that were at least asked for by `t`, newest first."""
    places = {one.name: one for one in environments(project)}
    days = range(timeline.calendar.day(t) + 1) if places else ()
    found = sorted(
        (row for day in days for row in _of_day(timeline, project, day) if row[1].queued_at <= t),
        key=lambda row: row[1].id,
    )
    return [
        Deployment(_number(job), iid, places[job.spec.environment or ""], pipeline, job)
        for iid, (pipeline, job) in enumerate(found, 1)
    ][::-1]


def _number(job: Job) -> int:
    """Deployments are numbered apart from jobs: the same order, other figures."""
    return job.id // (NAMES * RUNS) * 16 + job.id % (NAMES * RUNS) % 16


def _of_day(timeline: Timeline, project: Project, day: int) -> tuple[Row, ...]:
    """The deploying jobs of the pipelines begun on that day, with those still to come.

    Kept until somebody interferes: to simulate 90 days anew for each question takes a second a project.
    """
    stamp = (timeline.changes.get((project.index, day), 0), timeline.setting)
    known = timeline.deploying.get((project.index, day))
    if known is None or known[0] != stamp:
        known = stamp, tuple(_simulated(timeline, project, day))
        timeline.deploying[project.index, day] = known
    return known[1]


def _simulated(timeline: Timeline, project: Project, day: int) -> Iterator[Row]:
    deploying = [spec for spec in project.blueprint.jobs if spec.environment]
    kinds = None if any(not spec.only for spec in deploying) else {kind for spec in deploying for kind in spec.only}
    midnight = timeline.calendar.origin + day * DAY
    for start in timeline.beginnings(project.index, midnight + DAY - 1e-3, midnight):
        if kinds is None or start.kind in kinds:
            pipeline = timeline.begun(project.index, start)
            bare = replace(pipeline, jobs=())
            yield from ((bare, job) for job in pipeline.jobs if job.spec.environment and job.queued_at < inf)
