"""Projects, groups, pipelines, environments as GraphQL nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import GraphQLError

from ...world.deploys import Deployment, Environment, deployments, environments
from ...world.nouns import Job, Pipeline, Project
from ...world.rhythm import DAY, nightly
from ...world.states import FINISHED, PipelineState, jobs_at, latest_at, pipeline_state, status
from ..answers import iso, parsed_time
from ..call import Call
from ..entities.pipelines import coverage
from ..entities.projects import project_statistics
from ..entities.reports import test_report_summary
from .connections import Connection, PageArguments, decoded
from .nodes_jobs import JobNode, StageNode, gid, jobs_connection, status_node, user_node
from .runners import runners_connection

RECENT = DAY * 1.0
"""A pipeline that nobody interferes with moves no more after so long."""
PARTIAL = "Request timed out. Please try a less complex query or a smaller set of records."


def tail(global_id: str) -> int:
    """The number at the end of a global id; -1 when there is none."""
    text = global_id.rpartition("/")[2]
    return int(text) if text.isdigit() else -1


def projects_connection(call: Call, rows: list[Project], page: dict[str, Any]) -> Connection:
    return Connection(lambda: rows, lambda one: ProjectNode(call, one), lambda one: one.id, PageArguments(**page))


@dataclass
class GroupNode:
    call: Call
    path_: str
    number: int

    def __post_init__(self) -> None:
        self.id, self.full_path = gid("Group", self.number), self.path_
        self.name = self.path = self.path_.rpartition("/")[2]
        self.full_name, self.visibility, self.description = self.path_.replace("/", " / "), "private", ""
        self.web_url = f"{self.call.base}/groups/{self.path_}"

    def projects(
        self,
        include_subgroups: bool = False,
        include_archived: bool = True,
        not_aimed_for_deletion: bool = False,
        search: str | None = None,
        sort: str | None = None,
        ids: list[str] | None = None,
        **page: Any,
    ) -> Connection:
        numbers = None if ids is None else {tail(one) for one in ids}
        rows = [
            one for one in self.call.timeline.projects()
            if (one.namespace == self.path_ or (include_subgroups and one.namespace.startswith(f"{self.path_}/")))
            and (search or "").lower() in one.path.lower() and (numbers is None or one.id in numbers)
        ]  # fmt: skip
        rows.sort(
            key=lambda one: one.path if sort and "PATH" in sort else one.id, reverse=(sort or "").endswith("DESC")
        )
        return projects_connection(self.call, rows, page)

    def runners(self, membership: str | None = None, **given: Any) -> Connection:
        found = [one for one in self.call.server.world.runners() if one.kind != "project_type"]
        return runners_connection(self.call, found, **given)


@dataclass
class ProjectNode:
    call: Call
    project: Project

    def __post_init__(self) -> None:
        one = self.project
        self.id, self.full_path, self.path, self.name = gid("Project", one.id), one.path, one.name, one.name
        self.name_with_namespace = one.path.replace("/", " / ")
        self.web_url, self.description = f"{self.call.base}/{one.path}", one.description
        self.archived, self.visibility, self.topics = False, one.visibility, list(one.topics)
        self.repository = {"root_ref": one.default_branch, "exists": True, "empty": False}
        self.created_at = iso(self.call.server.world.origin - DAY * (200 + one.index % 400))
        self.ci_cd_settings = {"keep_latest_artifact": True, "merge_pipelines_enabled": False}

    @property
    def group(self) -> GroupNode:
        from ..entities.people import group_id

        return GroupNode(self.call, self.project.namespace, group_id(self.project.namespace))

    @property
    def last_activity_at(self) -> str | None:
        latest = next(self.call.timeline.pipelines(self.project.index, self.call.now), None)
        return iso(latest.created_at if latest else self.call.server.world.origin)

    @property
    def statistics(self) -> dict[str, Any]:
        sizes = project_statistics(self.project)
        return {**sizes, "build_artifacts_size": sizes["job_artifacts_size"]}

    def pipelines(self, after: str | None = None, **given: Any) -> Connection:
        page = {name: given.pop(name) for name in ("first", "last", "before") if name in given}
        if "partial" in self.call.request.app.state.faults.active and self.project.index % 3 == 1:
            raise GraphQLError(PARTIAL)
        query = PipelineQuery(self.call, self.project, **given)
        return Connection(
            lambda: query.rows(after),
            lambda one: PipelineNode(self.call, one),
            lambda one: one.id,
            PageArguments(after=after, **page),
        )

    def pipeline(self, id: str | None = None, iid: str | None = None, sha: str | None = None) -> PipelineNode | None:
        timeline, now, index = self.call.timeline, self.call.now, self.project.index
        found = None
        if id is not None:
            found = timeline.pipeline(tail(id), now)
        elif iid is not None:
            found = timeline.by_iid(index, int(iid), now) if iid.isdigit() else None
        elif sha is not None:
            found = next((one for one in timeline.pipelines(index, now) if one.sha == sha), None)
        return PipelineNode(self.call, found) if found and found.project.index == index else None

    def jobs(
        self,
        statuses: list[str] | None = None,
        with_artifacts: bool | None = None,
        kind: str | None = None,
        **page: Any,
    ) -> Connection:
        def rows() -> Iterator[tuple[Pipeline, Job]]:
            for pipeline in self.call.timeline.pipelines(self.project.index, self.call.now):
                for job in sorted(jobs_at(pipeline, self.call.now), key=lambda one: -one.id):
                    if _wanted(self.call, job, statuses, kind):
                        yield pipeline, job

        return Connection(rows, lambda row: JobNode(self.call, *row), lambda row: row[1].id, PageArguments(**page))

    def job(self, id: str) -> JobNode | None:
        found = self.call.timeline.job(tail(id), self.call.now)
        return JobNode(self.call, *found) if found and found[0].project.index == self.project.index else None

    def environments(
        self,
        name: str | None = None,
        search: str | None = None,
        states: list[str] | None = None,
        **page: Any,
    ) -> Connection:
        rows = [
            one for one in environments(self.project)
            if name in (None, one.name) and (search or "") in one.name and (not states or one.state in states)
        ]  # fmt: skip
        return Connection(
            lambda: rows, lambda one: EnvironmentNode(self, one), lambda one: one.id, PageArguments(**page)
        )

    def environment(self, name: str | None = None, **_other: Any) -> EnvironmentNode | None:
        return next((EnvironmentNode(self, one) for one in environments(self.project) if one.name == name), None)

    def runners(self, **given: Any) -> Connection:
        found = [one for one in self.call.server.world.runners() if one.project in (None, self.project.path)]
        return runners_connection(self.call, found, **given)

    def pipeline_schedules(self, status: str | None = None, **page: Any) -> Connection:
        at = nightly(self.project)
        rows = [] if at is None or status == "INACTIVE" else [at]
        return Connection(lambda: rows, self._schedule, lambda one: one, PageArguments(**page))

    def _schedule(self, at: int) -> dict[str, Any]:
        timeline, now = self.call.timeline, self.call.now
        runs = (one for one in timeline.pipelines(self.project.index, now) if one.kind == "schedule")
        latest = next(runs, None)
        following = timeline.calendar.origin + (timeline.calendar.day(now - at) + 1) * DAY + at
        return {
            "id": gid("Ci::PipelineSchedule", self.project.id * 10 + 1),
            "description": "Nightly",
            "active": True,
            "cron": f"{at // 60 % 60} {at // 3600} * * *",
            "cron_timezone": "UTC",
            "next_run_at": iso(following),
            "ref_for_display": self.project.default_branch,
            "last_pipeline": PipelineNode(self.call, latest) if latest else None,
        }


def _wanted(call: Call, job: Job, statuses: list[str] | None, kind: str | None) -> bool:
    bridge = kind == "BRIDGE"
    return (kind is None or job.spec.triggers == bridge) and (not statuses or status(job, call.now).upper() in statuses)


@dataclass
class PipelineQuery:
    """The filters of `project.pipelines`."""

    call: Call
    project: Project
    status: str | None = None
    scope: str | None = None
    ref: str | None = None
    sha: str | None = None
    source: str | None = None
    updated_after: str | None = None
    updated_before: str | None = None
    username: str | None = None

    def rows(self, after: str | None) -> Iterator[Pipeline]:
        """Newest first; with a cursor, from that row on, so that no page is made twice."""
        timeline, now = self.call.timeline, self.call.now
        until, since = now, 0.0
        if after is not None:
            last = timeline.pipeline(int(decoded(after)), now) if decoded(after).isdigit() else None
            until = last.created_at if last else now
        moved_since = parsed_time(self.updated_after, "updatedAfter") if self.updated_after else None
        touched = any(timeline.interventions)
        if moved_since is not None and not touched:
            since = moved_since - RECENT
        for one in timeline.pipelines(self.project.index, until, since):
            if self._passes(one, moved_since):
                yield one

    def _passes(self, one: Pipeline, moved_since: float | None) -> bool:
        if self.ref not in (None, one.ref) or self.sha not in (None, one.sha):
            return False
        if self.source not in (None, one.source) or self.username not in (None, one.user.username):
            return False
        if not (self.status or self.scope or moved_since or self.updated_before):
            return True
        state = pipeline_state(one, self.call.now)
        if moved_since is not None and state.updated_at <= moved_since:
            return False
        if self.updated_before and state.updated_at >= parsed_time(self.updated_before, "updatedBefore"):
            return False
        return self.status in (None, state.status.upper()) and self._in_scope(one, state)

    def _in_scope(self, one: Pipeline, state: PipelineState) -> bool:
        match self.scope:
            case "RUNNING" | "PENDING":
                return state.status.upper() == self.scope
            case "FINISHED":
                return state.status in FINISHED
            case "TAGS" | "BRANCHES":
                return one.tag == (self.scope == "TAGS")
        return True


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
            if retried in (None, job.retried_at <= now) and _wanted(self.call, job, statuses, job_kind)
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


@dataclass
class EnvironmentNode:
    owner: ProjectNode
    environment: Environment

    def __post_init__(self) -> None:
        one, world = self.environment, self.owner.call.server.world
        self.id, self.name, self.slug = gid("Environment", one.id), one.name, one.name.replace("/", "-")[:24]
        self.state, self.tier, self.external_url = one.state, one.tier.upper(), one.external_url
        self.path = f"/{self.owner.full_path}/-/environments/{one.id}"
        self.created_at, self.updated_at = iso(world.origin - 200 * DAY), iso(world.origin - 20 * DAY)
        self.auto_stop_at = self.description = None
        self.environment_type = one.name.partition("/")[0] if "/" in one.name else None

    def _deployments(self) -> list[Deployment]:
        call, project = self.owner.call, self.owner.project
        found = deployments(call.timeline, project, call.now)
        return [one for one in found if one.environment == self.environment]

    def deployments(self, statuses: list[str] | None = None, **page: Any) -> Connection:
        now = self.owner.call.now
        rows = [one for one in self._deployments() if not statuses or one.status(now).upper() in statuses]
        return Connection(lambda: rows, self._node, lambda one: one.id, PageArguments(**page))

    def last_deployment(self, status: str) -> dict[str, Any] | None:
        now = self.owner.call.now
        return next((self._node(one) for one in self._deployments() if one.status(now).upper() == status), None)

    def _node(self, one: Deployment) -> dict[str, Any]:
        call, job = self.owner.call, one.job
        moments = (job.queued_at, job.started_at, job.finished_at)
        return {
            "id": gid("Deployment", one.id), "iid": str(one.iid), "status": one.status(call.now).upper(),
            "ref": one.pipeline.ref, "sha": one.pipeline.sha, "tag": one.pipeline.tag,
            "created_at": iso(job.queued_at), "updated_at": iso(max(at for at in moments if at <= call.now)),
            "finished_at": iso(job.finished_at if job.finished_at <= call.now else None),
            "job": JobNode(call, one.pipeline, job), "triggerer": user_node(call, job.user_id or one.pipeline.user.id),
        }  # fmt: skip
