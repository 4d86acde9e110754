"""The runners this token may see, from wherever it may see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ...model.pipelines import Runner
from ...ports import SourceError, Trouble
from . import nouns
from .documents import GROUP_RUNNERS, PROJECT_RUNNERS, RUNNERS
from .graphql import GraphQL
from .lists import pages, path_of, query, reading
from .objects import ONCE, Objects
from .paging import Ladder
from .read import cursor, node, nodes

_PAGES = 20
_HIDDEN = (Trouble.FORBIDDEN, Trouble.MISSING)
_KEPT = timedelta(minutes=15)
"""Tags change seldom, and without GraphQL they cost a request a runner."""


@dataclass
class Runners:
    """Instance, group and project runners, each once. Lists take the role of Maintainer or Owner."""

    graphql: GraphQL
    objects: Objects
    groups: tuple[str, ...]
    projects: tuple[str, ...]
    pages: Ladder = field(default_factory=lambda: Ladder(((100,), (50,), (25,), (5,)), at=1))
    hidden: tuple[str, ...] = ()
    """Places whose runners this token may not see, as found at the last reading."""
    details: dict[int, tuple[datetime, Runner]] = field(default_factory=dict)

    async def all(self) -> tuple[Runner, ...]:
        """All that are visible; none at all is an answer too, and `hidden` says why."""
        places = [
            ("the instance", RUNNERS, "", ""),
            *((path, GROUP_RUNNERS, "group", path) for path in self.groups),
            *((path, PROJECT_RUNNERS, "project", path) for path in self.projects),
        ]
        found: dict[int, Runner] = {}
        hidden: list[str] = []
        for name, document, key, path in places:
            some = await self._place(name, document, key, path)
            if some is None:
                hidden.append(name)
            else:
                found.update(some)
        self.hidden = tuple(hidden)
        return tuple(found.values())

    async def _place(self, name: str, document: str, key: str, path: str) -> dict[int, Runner] | None:
        """Runners of one place by id; None: not visible."""
        what = f"the runners of {name}"
        found: dict[int, Runner] = {}
        at: str | None = None
        for _ in range(_PAGES):

            def question(sizes: tuple[int, ...], after: str | None = at) -> tuple[str, Mapping[str, Any]]:
                place = {"path": path} if path else {}
                return document, {"first": sizes[0], "after": after, **place}

            try:
                data = await self.graphql.ask(question, self.pages, what=what)
            except SourceError as error:
                if error.trouble in _HIDDEN:
                    return None
                raise
            rows = (node(data.get(key)) if key else data).get("runners")
            if not isinstance(rows, dict):
                return None
            with reading(what, self.graphql.wire):
                found.update((runner.id, runner) for runner in map(nouns.runner, nodes(rows)))
                at = cursor(rows, at)
            if at is None:
                break
        return found

    async def all_rest(self) -> tuple[Runner, ...]:
        """The same over REST, where an administrator sees all at once and lists lack the tags."""
        everything = await self._listed("runners/all")
        if everything is not None:
            self.hidden = ()
            return await self._detailed(everything)
        found: dict[int, Runner] = {}
        hidden: list[str] = []
        places = ["runners", *(f"groups/{path_of(path)}/runners" for path in self.groups)]
        for place in (*places, *(f"projects/{path_of(path)}/runners" for path in self.projects)):
            some = await self._listed(place)
            if some is None:
                hidden.append(place)
            else:
                found.update(some)
        self.hidden = tuple(hidden)
        return await self._detailed(found)

    async def _listed(self, place: str) -> dict[int, Runner] | None:
        what = f"the runners at {place}"
        try:
            rows = await pages(self.graphql.wire, place, query(per_page=100), what=what, limit=_PAGES)
        except SourceError as error:
            if error.trouble in _HIDDEN:
                return None
            raise
        with reading(what, self.graphql.wire):
            return {runner.id: runner for runner in map(nouns.runner_rest, rows)}

    async def _detailed(self, listed: Mapping[int, Runner]) -> tuple[Runner, ...]:
        return tuple([await self._detail(runner) for runner in listed.values()])

    async def _detail(self, listed: Runner) -> Runner:
        """With its tags, as told not long ago; status and pause as told now."""
        now = self.graphql.wire.clock()
        known = self.details.get(listed.id)
        if known is None or now - known[0] > _KEPT:
            what = f"runner {listed.id}"
            try:
                row = await self.objects.call(lambda lab: lab.runners.get(listed.id, **ONCE).asdict(), what=what)
            except SourceError as error:
                if error.trouble in _HIDDEN:
                    return listed
                raise
            with reading(what, self.graphql.wire):
                known = self.details[listed.id] = (now, nouns.runner_rest(row))
        told = known[1]
        return Runner(
            id=listed.id,
            description=listed.description or told.description,
            kind=listed.kind or told.kind,
            status=listed.status or told.status,
            paused=listed.paused,
            tags=told.tags,
            run_untagged=told.run_untagged,
            contacted_at=told.contacted_at,
            version=told.version,
        )
