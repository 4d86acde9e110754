"""One project's pipelines, and the jobs of one pipeline or of all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ...model.pipelines import Job, Pipeline, Project
from ...ports import JobPage, PipelinePage, SourceError, Trouble
from . import nouns
from .documents import PIPELINE_JOBS, PIPELINES
from .graphql import GraphQL
from .lists import page, pages, query, reading, together
from .paging import Ladder
from .read import cursor, node, nodes

_PAGES = 50
"""5,000 jobs in one pipeline: GitLab's own limit is far below."""


@dataclass
class Pipelines:
    """Pipelines by GraphQL, where lists tell durations."""

    graphql: GraphQL
    pages: Ladder = field(default_factory=lambda: Ladder(((100,), (50,), (25,), (10,), (1,)), at=1))

    async def page(self, project: Project, updated_after: datetime | None, at: str | None) -> PipelinePage:
        """Some pipelines, newest first."""
        what = f"the pipelines of {project.path}"
        since = updated_after.isoformat() if updated_after else None

        def question(sizes: tuple[int, ...]) -> tuple[str, Mapping[str, Any]]:
            return PIPELINES, {"path": project.path, "first": sizes[0], "after": at, "updatedAfter": since}

        data = await self.graphql.ask(question, self.pages, what=what)
        rows = node(data.get("project")).get("pipelines")
        if not isinstance(rows, dict):
            raise hidden(self.graphql, what)
        with reading(what, self.graphql.wire):
            found = tuple(nouns.pipeline(row, project) for row in nodes(rows))
            return PipelinePage(found, cursor(rows, at))


@dataclass
class Jobs:
    """Jobs: GraphQL knows `needs`, `retried` and bridges; REST knows failure reasons, users and exact durations."""

    graphql: GraphQL
    pages: Ladder = field(default_factory=lambda: Ladder(((100,), (50,), (25,), (10,), (1,)), at=1))

    async def of_pipeline(self, project: Project, pipeline: Pipeline) -> tuple[Job, ...]:
        """Every attempt of every job, oldest first, which is about the order of the stages."""
        told, plain = await together(self._graphql(project, pipeline), self._rest(project, pipeline, "jobs"))
        shapes = {job.id: job for job in told}
        merged = {job.id: merge(job, shapes.get(job.id)) for job in plain}
        return in_order({**shapes, **merged}.values())

    async def of_pipeline_rest(self, project: Project, pipeline: Pipeline) -> tuple[Job, ...]:
        """The same without GraphQL: `needs` stay unknown, and of two jobs with one name the older was retried."""
        jobs, bridges = await together(self._rest(project, pipeline, "jobs"), self._rest(project, pipeline, "bridges"))
        newest: dict[str, int] = {}
        for job in (*jobs, *bridges):
            newest[job.name] = max(job.id, newest.get(job.name, 0))
        return in_order(replace(job, retried=job.id != newest[job.name]) for job in (*jobs, *bridges))

    async def page(self, project: Project, at: str | None) -> JobPage:
        """Some jobs over all pipelines and attempts, newest first, by keyset: as quick at the end as at the start."""
        what = f"the jobs of {project.path}"
        asked = at or query(pagination="keyset", order_by="id", sort="desc", per_page=100)
        got = await page(self.graphql.wire, f"projects/{project.id}/jobs", asked, what=what)
        with reading(what, self.graphql.wire):
            return JobPage(tuple(nouns.job_rest(row, project.id) for row in got.rows), got.onward)

    async def _rest(self, project: Project, pipeline: Pipeline, kind: str) -> tuple[Job, ...]:
        what = f"the {kind} of pipeline {pipeline.id} of {project.path}"
        asked = query(include_retried="true", per_page=100) if kind == "jobs" else query(per_page=100)
        path = f"projects/{project.id}/pipelines/{pipeline.id}/{kind}"
        rows = await pages(self.graphql.wire, path, asked, what=what, limit=_PAGES)
        with reading(what, self.graphql.wire):
            return tuple(nouns.job_rest(row, project.id) for row in rows)

    async def _graphql(self, project: Project, pipeline: Pipeline) -> tuple[Job, ...]:
        what = f"the jobs of pipeline {pipeline.id} of {project.path}"
        found: list[Job] = []
        at: str | None = None
        for _ in range(_PAGES):

            def question(sizes: tuple[int, ...], after: str | None = at) -> tuple[str, Mapping[str, Any]]:
                iid = str(pipeline.iid)
                return PIPELINE_JOBS, {"path": project.path, "iid": iid, "first": sizes[0], "after": after}

            data = await self.graphql.ask(question, self.pages, what=what)
            rows = node(node(data.get("project")).get("pipeline")).get("jobs")
            if not isinstance(rows, dict):
                raise hidden(self.graphql, what)
            with reading(what, self.graphql.wire):
                found += (nouns.job(row, pipeline, project) for row in nodes(rows))
                at = cursor(rows, at)
            if at is None:
                break
        return tuple(found)


def merge(plain: Job, told: Job | None) -> Job:
    """REST's job with what only GraphQL tells; None: GraphQL has not seen it yet."""
    return plain if told is None else replace(plain, needs=told.needs, retried=told.retried)


def in_order(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """By id: GitLab makes a pipeline's jobs stage by stage."""
    return tuple(sorted(jobs, key=lambda job: job.id))


def hidden(graphql: GraphQL, what: str) -> SourceError:
    """A null where an object was asked for: GraphQL says no more than that."""
    return SourceError(
        f"GitLab at {graphql.wire.url} knows nothing of {what}, or hides it from this token",
        trouble=Trouble.MISSING,
        remedy="Check the name, and that the token's user is a member.",
    )
