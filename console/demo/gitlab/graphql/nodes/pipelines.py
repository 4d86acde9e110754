"""Pipelines, and the filters of lists of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ....world.nouns import Job, Pipeline, Project
from ....world.search import PipelineFilter
from ....world.states import FINISHED, PipelineState, jobs_at, latest_at, pipeline_state, status
from ...answers import iso, parsed_time
from ...call import Call
from ...entities.pipelines import coverage
from ...entities.reports import test_report_summary
from ..connections import Connection, PageArguments, decoded
from .common import gid, status_node, tail, user_node
from .jobs import JobNode, StageNode, jobs_connection, wanted

if TYPE_CHECKING:
    from .projects import ProjectNode


def pipelines_connection(
    call: Call,
    project: Project,
    after: str | None = None,
    status: str | None = None,
    scope: str | None = None,
    updated_after: str | None = None,
    updated_before: str | None = None,
    **given: Any,
) -> Connection:
    """The field `project.pipelines` with its filters; a later page does not make the earlier ones again."""
    timeline, now = call.timeline, call.now
    page = {name: given.pop(name) for name in ("first", "last", "before") if name in given}
    wanted = PipelineFilter(
        status=status and status.lower(),
        scope=scope and scope.lower(),
        updated_after=parsed_time(updated_after, "updatedAfter") if updated_after else None,
        updated_before=parsed_time(updated_before, "updatedBefore") if updated_before else None,
        **given,
    )
    number = decoded(after) if after is not None else ""
    last = timeline.pipeline(int(number), now) if number.isdigit() else None

    def rows() -> Iterator[Pipeline]:
        for start in wanted.starts(timeline, project.index, now, last.created_at if last else now):
            found = wanted.pipeline(timeline, project.index, start, now)
            if found is not None:
                yield found

    return Connection(rows, lambda one: PipelineNode(call, one), lambda one: one.id, PageArguments(after=after, **page))


@dataclass
class PipelineNode:
    call: Call
    pipeline: Pipeline

    def __post_init__(self) -> None:
        one, state = self.pipeline, self.state
        self.id, self.iid, self.ref, self.sha = gid("Ci::Pipeline", one.id), str(one.iid), one.ref, one.sha
        self.before_sha, self.source, self.name = one.before_sha, one.source, one.name
        self.status, self.duration, self.warnings = state.status.upper(), state.duration, state.warnings
        self.queued_duration = None if state.queued_duration is None else float(state.queued_duration)
        self.created_at, self.updated_at = iso(one.created_at), iso(state.updated_at)
        self.started_at, self.finished_at = iso(state.started_at), iso(state.finished_at)
        self.path = f"/{one.project.path}/-/pipelines/{one.id}"
        self.failure_reason, self.yaml_errors, self.child = None, False, one.parent_id is not None
        self.ref_path, self.ref_text = f"refs/{'tags' if one.tag else 'heads'}/{one.ref}", f"For {one.ref}"
        self.active, self.complete = state.status in ("pending", "running"), state.status in FINISHED
        self.source_job = None

    @cached_property
    def state(self) -> PipelineState:
        return pipeline_state(self.pipeline, self.call.now)

    @cached_property
    def _latest(self) -> list[tuple[Job, str]]:
        return [(job, status(job, self.call.now)) for job in latest_at(self.pipeline, self.call.now)]

    @property
    def detailed_status(self) -> dict[str, Any]:
        return status_node(self.state.status, self.path, "Ci::Pipeline", self.pipeline.id)

    @property
    def failed_jobs_count(self) -> int:
        return sum(state == "failed" for _, state in self._latest)

    @property
    def total_jobs(self) -> int:
        return len(self._latest)

    @property
    def coverage(self) -> float | None:
        found = coverage(self.pipeline, self.state)
        return None if found is None else float(found)

    @property
    def cancelable(self) -> bool:
        return any(JobNode(self.call, self.pipeline, job).cancelable for job, _ in self._latest)

    @property
    def retryable(self) -> bool:
        return any(state in ("failed", "canceled") for _, state in self._latest)

    @property
    def stuck(self) -> bool:
        return any(JobNode(self.call, self.pipeline, job).stuck for job, _ in self._latest)

    @property
    def has_manual_actions(self) -> bool:
        return any(state == "manual" for _, state in self._latest)

    @property
    def uses_needs(self) -> bool:
        return any(job.spec.needs is not None for job, _ in self._latest)

    @property
    def compute_minutes(self) -> float | None:
        ran = (min(job.finished_at, self.call.now) - job.started_at for job in self.pipeline.jobs
               if job.started_at <= self.call.now)  # fmt: skip
        return round(sum(ran) / 60, 2)

    @property
    def latest(self) -> bool:
        one = self.pipeline
        newer = self.call.timeline.pipelines(one.project.index, self.call.now, one.created_at + 0.5)
        return not any(other.ref == one.ref for other in newer)

    @property
    def user(self) -> dict[str, Any]:
        return user_node(self.call, self.pipeline.user.id)

    @property
    def project(self) -> ProjectNode:
        from .projects import ProjectNode

        return ProjectNode(self.call, self.pipeline.project)

    @property
    def commit(self) -> dict[str, Any]:
        one = self.pipeline
        when, author = iso(one.created_at - 8), one.user
        return {
            "id": gid("CommitPresenter", one.sha), "sha": one.sha, "short_id": one.sha[:8], "title": one.title,
            "message": f"{one.title}\n", "author_name": author.name, "author_email": f"{author.username}@llm.example",
            "authored_date": when, "committed_date": when,
            "web_url": f"{self.call.base}/{one.project.path}/-/commit/{one.sha}",
        }  # fmt: skip

    def stages(self, **page: Any) -> Connection:
        names = list(dict.fromkeys(job.spec.stage for job, _ in self._latest))
        return Connection(
            lambda: names,
            lambda name: StageNode(self.call, self.pipeline, name),
            lambda name: name,
            PageArguments(**page),
        )

    def jobs(
        self,
        statuses: list[str] | None = None,
        retried: bool | None = None,
        job_kind: str | None = None,
        **page: Any,
    ) -> Connection:
        """Newest first; without `retried` both the runs that count and those that were replaced."""
        now = self.call.now
        rows = [
            job for job in jobs_at(self.pipeline, now)
            if retried in (None, job.retried_at <= now) and wanted(self.call, job, statuses, job_kind)
        ]  # fmt: skip
        return jobs_connection(self.call, self.pipeline, sorted(rows, key=lambda job: -job.id), page)

    def job(self, id: str | None = None, name: str | None = None) -> JobNode | None:
        for job, _ in self._latest:
            if job.name == name or (id is not None and job.id == tail(id)):
                return JobNode(self.call, self.pipeline, job)
        return None

    @property
    def job_artifacts(self) -> list[Any]:
        nodes = (JobNode(self.call, self.pipeline, job) for job, _ in self._latest)
        return [artifact for node in nodes for artifact in node.artifacts().nodes]

    def downstream(self, **page: Any) -> Connection:
        child = self.call.timeline.child(self.pipeline, self.call.now)
        rows = [child] if child else []
        return Connection(
            lambda: rows, lambda one: PipelineNode(self.call, one), lambda one: one.id, PageArguments(**page)
        )

    @property
    def upstream(self) -> PipelineNode | None:
        number = self.pipeline.parent_id
        parent = self.call.timeline.pipeline(number, self.call.now) if number is not None else None
        return PipelineNode(self.call, parent) if parent else None

    @property
    def test_report_summary(self) -> dict[str, Any]:
        body = test_report_summary(self.pipeline, self.call.now)
        rows = body["test_suites"]
        return {
            "total": body["total"],
            "test_suites": lambda **page: Connection(
                lambda: rows, lambda one: one, lambda one: one["name"], PageArguments(**page)
            ),
        }
