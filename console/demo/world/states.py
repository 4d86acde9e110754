"""What jobs and pipelines are at a moment, in GitLab's words."""

from collections.abc import Iterable
from dataclasses import dataclass

from .nouns import Job, Pipeline

FINISHED = frozenset({"success", "failed", "canceled", "skipped"})


def status(job: Job, t: float) -> str:
    """The status of a job that exists at `t`."""
    if t >= job.finished_at:
        return job.outcome
    if t >= job.canceling_at:
        return "canceling"
    if t >= job.started_at:
        return "running"
    if any(since <= t < until for since, until in job.skips):
        return "skipped"
    if t >= job.queued_at:
        return "pending"
    return "manual" if t >= job.manual_at else "created"


def jobs_at(pipeline: Pipeline, t: float) -> list[Job]:
    """The jobs that exist at `t`, retried runs included, oldest first."""
    return [job for job in pipeline.jobs if job.created_at <= t]


def latest_at(pipeline: Pipeline, t: float) -> list[Job]:
    """The jobs that count at `t`: without the runs that another one replaced."""
    return [job for job in pipeline.jobs if job.created_at <= t < job.retried_at]


def composite(jobs: Iterable[tuple[str, bool]]) -> str:
    """Status of a pipeline or stage from (status, may fail) of its jobs, as GitLab combines them.

    Source: Gitlab::Ci::Status::Composite.
    """
    found = set()
    for one, may_fail in jobs:
        if may_fail and one in ("failed", "canceled"):
            found.add("warning")
        else:
            found.add("ignored" if may_fail and one == "manual" else one)
    quiet = {"skipped", "warning", "ignored", "success"}
    if found <= {"skipped", "ignored"}:
        return "skipped"
    if found <= quiet:
        return "success"
    if found <= {"created", "warning", "ignored"}:
        return "created"
    if "canceling" in found:
        return "canceling"
    if found <= quiet | {"canceled"}:
        return "canceled"
    if found <= {"pending", "created", "skipped", "warning", "ignored"} and "pending" in found:
        return "pending"
    if found & {"running", "pending"}:
        return "running"
    if "manual" in found:
        return "manual"
    return "running" if "created" in found else "failed"


@dataclass(frozen=True, slots=True)
class PipelineState:
    """A pipeline at a moment. Times are unix seconds, None where it has not come to that."""

    status: str
    started_at: float | None
    finished_at: float | None
    updated_at: float
    duration: int | None
    """Seconds in which at least one job was running; None before the end, as in GitLab."""
    queued_duration: int | None
    warnings: bool


def pipeline_state(pipeline: Pipeline, t: float) -> PipelineState:
    current = [(job, status(job, t)) for job in latest_at(pipeline, t)]
    found = composite((one, job.spec.allow_failure) for job, one in current)
    everything = jobs_at(pipeline, t)
    started = min((job.started_at for job in everything if job.started_at <= t), default=None)
    over = found in FINISHED
    ended = max((job.finished_at for job in everything if job.finished_at <= t), default=pipeline.created_at)
    warnings = any(one == "failed" and job.spec.allow_failure for job, one in current)
    return PipelineState(
        status=found,
        started_at=started,
        finished_at=ended if over else None,
        updated_at=_last_event(pipeline, everything, t),
        duration=running_time(everything, t) if over else None,
        queued_duration=round(started - pipeline.created_at) if started is not None else None,
        warnings=warnings,
    )


def _last_event(pipeline: Pipeline, jobs: list[Job], t: float) -> float:
    moments = (
        at for job in jobs for at in (job.created_at, job.queued_at, job.started_at, job.canceling_at, job.finished_at)
    )
    return max((at for at in moments if at <= t), default=pipeline.created_at)


def running_time(jobs: Iterable[Job], t: float) -> int | None:
    """Seconds up to `t` in which at least one of these jobs ran; None when none has."""
    spans = sorted((job.started_at, min(job.finished_at, t)) for job in jobs if job.started_at <= t)
    if not spans:
        return None
    total, reached = 0.0, spans[0][0]
    for since, until in spans:
        total += max(0.0, until - max(since, reached))
        reached = max(reached, until)
    return round(total)
