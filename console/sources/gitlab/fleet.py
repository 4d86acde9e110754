"""The fleet, many projects a request: groups first, then projects named one by one, else all one is a member of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...model.pipelines import Pipeline, Project
from ...ports import FleetPage, SourceError, Trouble
from ..http import whole_number
from . import nouns
from .documents import FLEET, MEMBER_PROJECTS, named_projects
from .graphql import GraphQL
from .lists import reading
from .paging import Ladder
from .read import Node, cursor, node, nodes, number


@dataclass
class Fleet:
    """What the config calls the fleet, walked page by page.

    A cursor is `STEP:WHERE`: the place in the list of groups, and GitLab's cursor or the number of named projects done.
    """

    graphql: GraphQL
    groups: tuple[str, ...]
    projects: tuple[str, ...]
    pages: Ladder = field(
        default_factory=lambda: Ladder(((100, 5), (50, 5), (25, 5), (25, 1), (10, 1), (5, 1), (1, 1)), at=1)
    )
    """Projects a page, pipelines a project."""
    named: Ladder = field(default_factory=lambda: Ladder(((10, 5), (5, 5), (5, 1), (2, 1), (1, 1)), at=1))
    counts: dict[int, int] = field(default_factory=dict)
    """Projects by step, as far as told."""

    async def page(self, at: str | None) -> FleetPage:
        """One page from cursor `at`. Raises SourceError MISSING when the only thing asked for is not visible."""
        word, _, where = (at or "0:").partition(":")
        step = whole_number(word) or 0
        if step < len(self.groups):
            path = self.groups[step]
            return await self._connection(step, where, path)
        if self.projects:
            return await self._named(whole_number(where) or 0)
        return await self._connection(step, where, None)

    async def _connection(self, step: int, after: str, group: str | None) -> FleetPage:
        what = f"the projects of {group}" if group else "the projects the token's user is a member of"

        def question(sizes: tuple[int, ...]) -> tuple[str, Mapping[str, Any]]:
            variables = {"first": sizes[0], "each": sizes[1], "after": after or None}
            return (FLEET, {**variables, "group": group}) if group else (MEMBER_PROJECTS, variables)

        data = await self.graphql.ask(question, self.pages, what=what, spare="pipelines")
        rows = node(data.get("group")).get("projects") if group else data.get("projects")
        if not isinstance(rows, dict):
            return self._hidden(step, group or "projects")
        self.counts[step] = number(rows, "count") or 0
        with reading(what, self.graphql.wire):
            inner = cursor(rows, after)
        unseen = _nulls(rows)
        hidden = (f"{unseen} of {what}",) if unseen else ()
        return self._page(nodes(rows), f"{step}:{inner}" if inner else self._after(step), what, hidden)

    async def _named(self, done: int) -> FleetPage:
        chunk: tuple[str, ...] = ()

        def question(sizes: tuple[int, ...]) -> tuple[str, Mapping[str, Any]]:
            nonlocal chunk
            chunk = self.projects[done : done + sizes[0]]
            return named_projects(len(chunk)), {"each": sizes[1], **{f"p{i}": path for i, path in enumerate(chunk)}}

        step, what = len(self.groups), "the projects named in the config"
        self.counts[step] = len(self.projects)
        data = await self.graphql.ask(question, self.named, what=what, spare="pipelines")
        found = [data.get(f"p{index}") for index in range(len(chunk))]
        missing = tuple(path for path, row in zip(chunk, found, strict=True) if not isinstance(row, dict))
        if missing and self.projects == missing and not self.groups:
            return self._hidden(step, ", ".join(missing))
        done += len(chunk)
        onward = f"{step}:{done}" if done < len(self.projects) else None
        return self._page(nodes(found), onward, what, missing, archived=True)

    def _page(
        self, rows: list[Node], onward: str | None, what: str, missing: tuple[str, ...] = (), *, archived: bool = False
    ) -> FleetPage:
        projects: list[Project] = []
        pipelines: list[Pipeline] = []
        with reading(what, self.graphql.wire):
            for row in rows:
                project = nouns.project(row)
                if project.archived and not archived:  # an old server does not leave them out
                    continue
                projects.append(project)
                pipelines += (nouns.pipeline(one, project) for one in nodes(row.get("pipelines")))
        return FleetPage(tuple(projects), tuple(pipelines), onward, self.total, missing)

    def _hidden(self, step: int, path: str) -> FleetPage:
        """A group among others that this token does not see is told and passed over; alone it is the whole answer."""
        if len(self.groups) + bool(self.projects) <= 1:
            raise SourceError(
                f"GitLab at {self.graphql.wire.url} shows no {path} to this token",
                trouble=Trouble.MISSING,
                remedy="Check `groups` and `projects` in the config (projects of a user's own belong in `projects`), "
                "and that the token's user is a member.",
            )
        self.counts[step] = 0
        return FleetPage((), (), self._after(step), self.total, (path,))

    def _after(self, step: int) -> str | None:
        """The next group, then the named projects."""
        last = len(self.groups) - (0 if self.projects else 1)
        return f"{step + 1}:" if step < last else None

    @property
    def total(self) -> int | None:
        """How many projects there are in all; None until every group has told."""
        steps = len(self.groups) + bool(self.projects) or 1
        if self.projects:
            self.counts[len(self.groups)] = len(self.projects)
        return sum(self.counts.values()) if len(self.counts) == steps else None


def _nulls(connection: Node) -> int:
    """Rows that an answer leaves empty: GitLab failed at them, so nothing is known of those projects."""
    rows = connection.get("nodes")
    return rows.count(None) if isinstance(rows, list) else 0


def outermost(groups: tuple[str, ...], projects: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Groups and projects without those that lie in another named group, since subgroups are asked for too."""
    kept = tuple(dict.fromkeys(path.strip("/") for path in groups))
    top = tuple(path for path in kept if not any(path.startswith(f"{other}/") for other in kept))
    named = tuple(dict.fromkeys(path.strip("/") for path in projects))
    return top, tuple(path for path in named if not any(path.startswith(f"{group}/") for group in top))
