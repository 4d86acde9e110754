"""Fleet and pipelines over REST, for servers whose GraphQL lacks what we need: many requests instead of one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ...model.pipelines import Pipeline, Project
from ...ports import FleetPage, PipelinePage, SourceError, Trouble
from ..http import whole_number
from . import nouns
from .lists import page, path_of, query, reading, together
from .read import node
from .wire import Wire

PREFIX = "rest?"
"""Begins our cursors, so that one of GraphQL's, kept from before an upgrade or a downgrade, is told apart."""
_AT_ONCE = 4
"""Requests in flight: a page of projects must not fill the connection pool."""


def ours(cursor: str | None) -> str | None:
    """What one of our cursors holds; None for none and for one of GraphQL's, which cannot be gone on from."""
    return cursor.removeprefix(PREFIX) if cursor and cursor.startswith(PREFIX) else None


@dataclass
class RestFleet:
    """The same walk as Fleet's. Statistics are left out: they would cost one more request a project."""

    wire: Wire
    groups: tuple[str, ...]
    projects: tuple[str, ...]
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def page(self, at: str | None) -> FleetPage:
        """One page; a cursor is `rest?STEP:QUERY`."""
        word, _, where = (ours(at) or "0:").partition(":")
        steps = self._steps()
        step = min(whole_number(word) or 0, len(steps) - 1)
        after = f"{PREFIX}{step + 1}:" if step + 1 < len(steps) else None
        name, path, first = steps[step]
        try:
            found, onward = await self._projects(path, where or first, f"the projects of {name}")
        except SourceError as error:
            if error.trouble is Trouble.MISSING and len(steps) > 1:
                return FleetPage((), (), after, missing=(name,))
            raise
        return FleetPage(found, await self._newest(found), f"{PREFIX}{step}:{onward}" if onward else after)

    def _steps(self) -> list[tuple[str, str, str]]:
        """Name, path and query of each list; one named project is a list of one."""
        listed = query(include_subgroups="true", archived="false", with_shared="false", per_page=20)
        groups = [(group, f"groups/{path_of(group)}/projects", listed) for group in self.groups]
        named = [(project, f"projects/{path_of(project)}", "statistics=true") for project in self.projects]
        own = query(membership="true", archived="false", per_page=20)
        return groups + named or [("the token's user", "projects", own)]

    async def _projects(self, path: str, asked: str, what: str) -> tuple[tuple[Project, ...], str | None]:
        """Some projects, and the query of what comes next."""
        if path.startswith("projects/"):
            rows, onward = [node((await self.wire.get(path, asked, what=what)).body)], None
        else:
            got = await page(self.wire, path, asked, what=what)
            rows, onward = got.rows, got.onward
        with reading(what, self.wire):
            return tuple(nouns.project_rest(row) for row in rows), onward

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
        since = {} if updated_after is None else {"updated_after": updated_after.isoformat()}
        asked = ours(at) or query(per_page=20, **since)
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
