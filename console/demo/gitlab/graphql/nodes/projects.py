"""Groups and projects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from ....world.deploys import environments
from ....world.nouns import Job, Pipeline, Project
from ....world.rhythm import DAY, nightly
from ....world.states import jobs_at
from ...answers import iso
from ...call import Call
from ...entities.people import group_id
from ...entities.projects import project_statistics
from ..connections import Connection, PageArguments
from .common import gid, tail
from .environments import EnvironmentNode
from .jobs import JobNode, wanted
from .pipelines import PipelineNode, pipelines_connection
from .runners import runners_connection

PARTIAL = "Request timed out. Please try a less complex query or a smaller set of records."


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
        return GroupNode(self.call, self.project.namespace, group_id(self.project.namespace))

    @property
    def last_activity_at(self) -> str | None:
        return iso(self.call.timeline.last_start(self.project.index, self.call.now))

    @property
    def statistics(self) -> dict[str, Any]:
        sizes = project_statistics(self.project)
        return {**sizes, "build_artifacts_size": sizes["job_artifacts_size"]}

    def pipelines(self, **given: Any) -> Connection:
        if "partial" in self.call.request.app.state.faults.active and self.project.index % 3 == 1:
            raise GraphQLError(PARTIAL)
        return pipelines_connection(self.call, self.project, **given)

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
                    if wanted(self.call, job, statuses, kind):
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
