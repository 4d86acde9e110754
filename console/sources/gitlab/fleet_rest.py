"""Fleet and pipelines over REST, for servers whose GraphQL lacks what we need: many requests instead of one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ...model.pipelines import Pipeline, Project
from ...ports import FleetPage, PipelinePage, SourceError, Trouble
from . import nouns
from .lists import page, path_of, query, reading, together
from .read import node
from .wire import Wire

PREFIX = "rest?"
"""Begins our cursors, so that one of GraphQL's, kept from before an upgrade or a downgrade, is told apart."""
_AT_ONCE = 4
"""Requests in flight: a page of projects must not fill the connection pool."""


@dataclass
class RestFleet:
    """The same walk as Fleet's. Statistics are left out: they would cost one more request a project."""

    wire: Wire
    groups: tuple[str, ...]
    projects: tuple[str, ...]
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def page(self, at: str | None) -> FleetPage:
        """One page; a cursor is `rest?STEP:QUERY`."""
        word, _, where = (
            (at or "").removeprefix(PREFIX).partition(":") if (at or "").startswith(PREFIX) else ("0", "", "")
        )
        step = int(word) if word.isdigit() else 0
        steps = self._steps()
        path, first = steps[min(step, len(steps) - 1)]
        what = f"the projects at {path}"
        if path.startswith("projects/"):
            row = node((await self.wire.get(path, {"statistics": "true"}, what=what)).body)
            rows, onward = [row], None
        else:
            got = await page(self.wire, path, where or first, what=what)
            rows, onward = got.rows, got.onward
        with reading(what, self.wire):
            found = tuple(nouns.project_rest(row) for row in rows)
        follow = f"{PREFIX}{step}:{onward}" if onward else f"{PREFIX}{step + 1}:" if step + 1 < len(steps) else None
        return FleetPage(found, await self._newest(found), follow)

    def _steps(self) -> list[tuple[str, str]]:
        """Path and query of each list."""
        listed = query(include_subgroups="true", archived="false", with_shared="false", per_page=20)
        groups = [(f"groups/{path_of(group)}/projects", listed) for group in self.groups]
        named = [(f"projects/{path_of(project)}", "") for project in self.projects]
        return groups + named or [("projects", query(membership="true", archived="false", per_page=20))]

    async def _newest(self, projects: Sequence[Project]) -> tuple[Pipeline, ...]:
        found = await together(*(self._some(project) for project in projects))
        return tuple(pipeline for some in found for pipeline in some)

    async def _some(self, project: Project) -> tuple[Pipeline, ...]:
        """The newest pipelines of one project, without durations; none when CI is off or hidden there."""
        what = f"the pipelines of {project.path}"
        try:
            async with self.turns:
                got = await page(self.wire, f"projects/{project.id}/pipelines", query(per_page=5), what=what)
        except SourceError as error:
            if error.trouble in (Trouble.FORBIDDEN, Trouble.MISSING):
                return ()
            raise
        with reading(what, self.wire):
            return tuple(nouns.pipeline_rest(row, project) for row in got.rows)

    async def pipelines(self, project: Project, updated_after: datetime | None, at: str | None) -> PipelinePage:
        """One page of pipelines with their durations, each of which costs a request."""
        what = f"the pipelines of {project.path}"
        asked = (at or "").removeprefix(PREFIX) if (at or "").startswith(PREFIX) else query(per_page=20)
        if updated_after is not None and not (at or "").startswith(PREFIX):
            asked = query(per_page=20, updated_after=updated_after.isoformat())
        got = await page(self.wire, f"projects/{project.id}/pipelines", asked, what=what)
        with reading(what, self.wire):
            ids = [nouns.pipeline_rest(row, project).id for row in got.rows]
        details = await together(*(self._detail(project, one) for one in ids))
        return PipelinePage(tuple(details), PREFIX + got.onward if got.onward else None)

    async def _detail(self, project: Project, pipeline_id: int) -> Pipeline:
        what = f"pipeline {pipeline_id} of {project.path}"
        async with self.turns:
            answer = await self.wire.get(f"projects/{project.id}/pipelines/{pipeline_id}", what=what)
        with reading(what, self.wire):
            return nouns.pipeline_rest(node(answer.body), project)
