"""Jobs, stages, artifacts and runners as GraphQL nodes."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from ...world.artifacts import Artifact, artifacts, expires_at
from ...world.nouns import Job, Pipeline, Runner, RunnerManager
from ...world.people import USERS
from ...world.pools import BY_ID, pool_of
from ...world.states import FINISHED, composite, latest_at, status
from ...world.traces.failures import error_lines
from ..answers import iso
from ..call import Call
from ..entities.jobs import duration, queued_duration
from ..entities.pipelines import detailed_status
from ..entities.runners import busy, contacted_at, paused
from .connections import Connection, PageArguments

if TYPE_CHECKING:
    from .nodes import PipelineNode, ProjectNode

_CANCELABLE = frozenset({"created", "pending", "running", "waiting_for_resource", "preparing", "scheduled"})


def gid(kind: str, number: object) -> str:
    return f"gid://gitlab/{kind}/{number}"


def status_node(state: str, path: str, kind: str, number: object) -> dict[str, Any]:
    body = detailed_status(state, path)
    return {
        "id": f"{state}-{number}-{number}",
        "name": state.upper(),
        **{name: body[name] for name in ("label", "group", "icon", "text", "tooltip", "favicon")},
        "details_path": path,
        "has_details": True,
    }


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
        from .nodes import PipelineNode

        started = self.job.spec.triggers and self.job.started_at <= self.call.now
        child = self.call.timeline.child(self.pipeline_, self.call.now) if started else None
        return PipelineNode(self.call, child) if child else None

    @property
    def project(self) -> ProjectNode:
        from .nodes import ProjectNode

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


@dataclass
class RunnerNode:
    call: Call
    runner: Runner

    def __post_init__(self) -> None:
        one = self.runner
        self.id, self.short_sha, self.description = gid("Ci::Runner", one.id), one.short_token, one.name
        self.runner_type, self.status = one.kind.upper(), "ONLINE" if one.online else "OFFLINE"
        self.paused, self.locked = paused(self.call, one), one.kind == "project_type"
        self.tag_list, self.run_untagged, self.maximum_timeout = list(one.tags), one.run_untagged, one.maximum_timeout
        self.access_level, self.maintenance_note = "NOT_PROTECTED", None
        self.contacted_at = iso(contacted_at(self.call, one))
        self.created_at = iso(self.call.server.world.origin - one.id * 86400)

    @property
    def job_execution_status(self) -> str:
        return "ACTIVE" if busy(self.call, self.runner) else "IDLE"

    def job_count(self, statuses: list[str] | None = None) -> int:
        """Jobs of the last day, or (RUNNING alone) those that run now."""
        world, now = self.call.server.world, self.call.now
        running = world.running_jobs(self.runner, now)
        if statuses == ["RUNNING"]:
            return running
        return running + world.finished_jobs(self.runner, now - 86400, now)

    def managers(self, system_id: str | None = None, status: str | None = None, **page: Any) -> Connection:
        rows = [
            one for one in self.runner.managers
            if system_id in (None, one.system_id) and status in (None, "ONLINE" if one.online else "OFFLINE")
        ]  # fmt: skip
        return Connection(
            lambda: rows,
            lambda one: ManagerNode(self.call, self.runner, one),
            lambda one: one.id,
            PageArguments(**page),
        )

    def projects(self, **page: Any) -> Connection:
        from .nodes import ProjectNode

        owner = self.call.find_project(self.runner.project) if self.runner.project else None
        rows = [owner] if owner else []
        return Connection(
            lambda: rows, lambda one: ProjectNode(self.call, one), lambda one: one.id, PageArguments(**page)
        )


@dataclass
class ManagerNode:
    call: Call
    runner: Runner
    manager: RunnerManager

    def __post_init__(self) -> None:
        one, runner = self.manager, self.runner
        self.id, self.system_id = gid("Ci::RunnerManager", one.id), one.system_id
        self.version, self.revision = runner.version, runner.revision
        self.platform_name, self.architecture_name, self.executor_name = "linux", runner.architecture, runner.executor
        self.ip_address, self.status = one.ip_address, "ONLINE" if one.online else "OFFLINE"
        self.contacted_at = iso(contacted_at(self.call, runner))
        self.created_at = iso(self.call.server.world.origin - runner.id * 86400)

    @property
    def job_execution_status(self) -> str:
        return "ACTIVE" if busy(self.call, self.runner) else "IDLE"


def user_node(call: Call, number: int) -> dict[str, Any]:
    one = USERS[number]
    return {
        "id": gid("User", one.id),
        "username": one.username,
        "name": one.name,
        "state": "active",
        "bot": one.username.endswith("-bot"),
        "web_url": f"{call.base}/{one.username}",
    }


def moment(t: float) -> str | None:
    return iso(t if t < inf else None)
