"""Looks at the whole fleet, some hundred projects a request, and finds what changed."""

from collections.abc import Mapping
from functools import partial

from ..ports import FleetPage, SourceError
from .context import Context
from .rounds import Rounds
from .steps import Version

TOPICS = frozenset({"projects", "pipelines"})
CALMEST = 4
"""A fleet in which nothing changes is looked at so many times less often."""
RUNNING = 40
"""Pipelines whose jobs are followed at the same time, newest first."""


class Fleet:
    """The loop over the fleet page; it marks the projects that the agenda is to ask about."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: dict[int, Version] = {}
        self._quiet = 0
        self._walked = False
        self.missing: tuple[str, ...] = ()
        """Groups and projects of the config that the last walk was not shown."""
        self.problem = ""
        """Why the fleet could not be walked the last time."""
        self.progress: tuple[int, int] | None = None
        """Projects seen of how many, during the first walk of a fleet of several pages."""
        self._rounds = Rounds(self.look, self._every, context.pace, context.line, context.store)

    async def run(self) -> None:
        """Look for ever."""
        await self._rounds.run()

    def now(self) -> None:
        """Look at once, and often again."""
        self._quiet = 0
        self._rounds.now()

    def reconsider(self) -> None:
        """Something else is watched now."""
        self._rounds.reconsider()

    async def look(self) -> None:
        """Walk all pages once; projects that are no longer in any left the fleet, unless a part of it was hidden."""
        present: set[int] = set()
        missing: list[str] = []
        cursor, before = None, self._seen
        self._seen = {}
        while True:
            page = await self._page(cursor)
            await self._take_in(page, before)
            present |= {project.id for project in page.projects}
            missing += page.missing
            cursor = page.cursor
            if cursor is None:
                break
            if not self._walked and page.total is not None:
                self.progress = (len(present), page.total)
        self._walked, self.progress = True, None
        if self.missing != tuple(missing):
            self.missing = tuple(missing)
            self._context.announcer.changed("sources")
        if present and not missing:  # a token that suddenly sees less is no reason to hide what it saw
            await self._leave(frozenset(present))
        await self.follow_running()
        self._context.work.ring()
        self._quiet = self._quiet + 1 if before == self._seen else 0

    async def _page(self, cursor: str | None) -> FleetPage:
        """One page. What other questions get answered does not make its failure untrue."""
        try:
            page = await self._context.line.ask(partial(self._context.gitlab.fleet, cursor))
        except SourceError as error:
            self.problem = str(error)
            raise
        self.problem = ""
        return page

    async def follow_running(self) -> None:
        """Tell the agenda which pipelines run."""
        running = [one for one in await self._context.store.ask(self._context.history.active) if one.status.active]
        self._context.agenda.runs(running[:RUNNING], self._context.pace.clock())

    async def _take_in(self, page: FleetPage, before: Mapping[int, Version]) -> None:
        """Store a page; a project with a pipeline that had another state before has changed."""
        context = self._context
        context.tally.pipelines += len(page.pipelines)
        await context.save(partial(context.writer.save_projects, page.projects), "projects")
        await context.save(partial(context.writer.save_pipelines, page.pipelines), "pipelines")
        context.agenda.learn(page.projects)
        for one in page.pipelines:
            self._seen[one.id] = (one.status, one.updated_at)
            book = context.agenda.books.get(one.project_id)
            if book is not None and before.get(one.id) != self._seen[one.id]:
                book.changed = True

    async def _leave(self, present: frozenset[int]) -> None:
        context = self._context
        await context.save(partial(context.writer.keep_projects, present), "projects", "pipelines")
        context.agenda.forget(present)

    def _every(self) -> float:
        rhythm = self._context.rhythm
        every = rhythm.fleet if self._context.agenda.watched & TOPICS else rhythm.fleet_unwatched
        return every * min(CALMEST, max(1, self._quiet))
