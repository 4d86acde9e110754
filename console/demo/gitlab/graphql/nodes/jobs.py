"""Jobs and stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ....world.artifacts import Artifact, artifacts, expires_at
from ....world.nouns import Job, Pipeline
from ....world.pools import BY_ID, pool_of
from ....world.states import FINISHED, composite, latest_at, status
from ....world.traces.failures import error_lines
from ...answers import iso
from ...call import Call
from ...entities.jobs import duration, queued_duration
from ..connections import Connection, PageArguments
from .common import gid, status_node
from .runners import ManagerNode, RunnerNode

if TYPE_CHECKING:
    from .pipelines import PipelineNode
    from .projects import ProjectNode

_CANCELABLE = frozenset({"created", "pending", "running", "waiting_for_resource", "preparing", "scheduled"})


@dataclass
class JobNode:
    call: Call
    pipeline_: Pipeline
    job: Job

    def __post_init__(self) -> None:
        job, now, spec = self.job, self.call.now, self.job.spec
        self.state = status(job, now)
        self.id = gid("Ci::Bridge" if spec.triggers else "Ci::Build", job.id)
        self.name, self.tags, self.allow_failure = job.name, list(spec.tags), spec.allow_failure
        self.status, self.kind = self.state.upper(), "BRIDGE" if spec.triggers else "BUILD"
        self.ref_name, self.short_sha = self.pipeline_.ref, self.pipeline_.sha[:8]
        self.retried = job.retried_at <= now
        self.source = self.pipeline_.source
        self.created_at = iso(job.created_at)
        self.queued_at = iso(job.queued_at if job.queued_at <= now else None)
        self.started_at = iso(job.started_at if job.started_at <= now else None)
        self.finished_at = iso(job.finished_at if job.finished_at <= now else None)
        self.erased_at = iso(job.erased_at if job.erased_at <= now else None)
        self.queued_duration = queued_duration(job, now)
        self.scheduling_type = "stage" if spec.needs is None else "dag"
        self.manual_job = spec.when == "manual"
        self.playable = self.can_play_job = self.state == "manual"
        self.retryable = self.state in FINISHED - {"skipped"} and not self.retried and not spec.triggers
        self.cancelable = self.state in _CANCELABLE
        self.active = self.state in ("pending", "running")
        self.scheduled = self.triggered = False
        self.stuck = self.state == "pending" and pool_of(spec.tags) is None
        self.coverage = None

    @property
    def web_path(self) -> str:
        return f"/{self.pipeline_.project.path}/-/jobs/{self.job.id}"

    @property
    def duration(self) -> int | None:
        seconds = duration(self.job, self.call.now)
        return None if seconds is None else round(seconds)

    @property
    def exit_code(self) -> int | None:
        if self.state != "failed" or self.job.failure_reason != "script_failure":
            return None
        return 137 if self.job.cause == "memory" else 1

    @property
    def failure_message(self) -> str | None:
        if self.state != "failed":
            return None
        return (*error_lines(self.pipeline_, self.job), (self.job.failure_reason or "").replace("_", " "))[0]

    @property
    def detailed_status(self) -> dict[str, Any]:
        return status_node(self.state, self.web_path, "Ci::Build", self.job.id)

    @property
    def stage(self) -> StageNode:
        return StageNode(self.call, self.pipeline_, self.job.spec.stage)

    def needs(self, **page: Any) -> Connection:
        names = {job.id: job.name for job in self.pipeline_.jobs}
        rows = [number for number in self.job.needs or () if number in names]
        return Connection(
            lambda: rows,
            lambda number: {"id": gid("Ci::BuildNeed", number), "name": names[number]},
            lambda number: number,
            PageArguments(**page),
        )

    def previous_stage_jobs(self, **page: Any) -> Connection:
        stages = self.pipeline_.project.blueprint.stages
        place = stages.index(self.job.spec.stage) if self.job.spec.stage in stages else 0
        before = stages[place - 1] if place else None
        rows = [job for job in latest_at(self.pipeline_, self.call.now) if job.spec.stage == before]
        return jobs_connection(self.call, self.pipeline_, rows, page)

    @property
    def runner(self) -> RunnerNode | None:
        found = BY_ID.get(self.job.runner_id) if self.job.started_at <= self.call.now else None
        return RunnerNode(self.call, found) if found else None

    @property
    def runner_manager(self) -> ManagerNode | None:
        held = self.runner
        if held is None:
            return None
        hosts = (host for host in held.runner.managers if host.id == self.job.manager_id)
        return next((ManagerNode(self.call, held.runner, host) for host in hosts), None)

    def artifacts(self, **page: Any) -> Connection:
        rows = artifacts(self.call.server.world, self.pipeline_, self.job, self.call.now)
        expires = iso(expires_at(self.job)) if rows else None
        return Connection(
            lambda: rows,
            lambda one: artifact_node(self.job, one, expires),
            lambda one: one.file_type,
            PageArguments(**page),
        )

    @property
    def downstream_pipeline(self) -> PipelineNode | None:
        from .pipelines import PipelineNode

        started = self.job.spec.triggers and self.job.started_at <= self.call.now
        child = self.call.timeline.child(self.pipeline_, self.call.now) if started else None
        return PipelineNode(self.call, child) if child else None

    @property
    def project(self) -> ProjectNode:
        from .projects import ProjectNode

        return ProjectNode(self.call, self.pipeline_.project)

    @property
    def trace(self) -> dict[str, Any]:
        return {"html_summary": lambda last_lines=10: "<br/>".join(error_lines(self.pipeline_, self.job)[:last_lines])}


def artifact_node(job: Job, one: Artifact, expires: str | None) -> dict[str, Any]:
    return {
        "id": gid("Ci::JobArtifact", f"{job.id}{one.size % 10}"),
        "name": one.filename,
        "file_type": one.file_type.upper(),
        "size": str(one.size),
        "expire_at": None if one.file_type == "trace" else expires,
        "expired": False,
        "download_path": None,
    }


def wanted(call: Call, job: Job, statuses: list[str] | None, kind: str | None) -> bool:
    bridge = kind == "BRIDGE"
    return (kind is None or job.spec.triggers == bridge) and (not statuses or status(job, call.now).upper() in statuses)


def jobs_connection(call: Call, pipeline: Pipeline, rows: list[Job], page: dict[str, Any]) -> Connection:
    return Connection(lambda: rows, lambda job: JobNode(call, pipeline, job), lambda job: job.id, PageArguments(**page))


@dataclass
class StageNode:
    call: Call
    pipeline_: Pipeline
    name: str

    @property
    def _jobs(self) -> list[Job]:
        return [job for job in latest_at(self.pipeline_, self.call.now) if job.spec.stage == self.name]

    @property
    def id(self) -> str:
        place = sorted({job.spec.stage for job in self.pipeline_.jobs}).index(self.name)
        return gid("Ci::Stage", self.pipeline_.id * 32 + place)

    @property
    def status(self) -> str:
        return composite((status(job, self.call.now), job.spec.allow_failure) for job in self._jobs)

    @property
    def detailed_status(self) -> dict[str, Any]:
        path = f"/{self.pipeline_.project.path}/-/pipelines/{self.pipeline_.id}#{self.name}"
        return status_node(self.status, path, "Ci::Stage", self.pipeline_.id)

    def jobs(self, **page: Any) -> Connection:
        return jobs_connection(self.call, self.pipeline_, self._jobs, page)
