"""GitLab's loops: the fleet, the projects' steps, runners, logs, and removing what is too old."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from ..model.cache import CacheUse
from ..model.freshness import SourceHealth
from ..ports import SourceError, Want
from .agenda import Kind, Step
from .book import complete_since
from .context import Context
from .fleet import Fleet
from .logs import Logs
from .pace import Alarm
from .rounds import Rounds
from .steps import Steps

T = TypeVar("T")
GIVE_UP = 4
"""Failures in a row after which `once` says that GitLab, or the history, does not answer."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What one run without a screen brought."""

    projects: int
    pipelines: int
    """Received, whether or not anything about them was new; so are jobs."""
    jobs: int
    logs: int
    """Logs read for cache outcomes."""
    filled: int
    """Projects whose history reaches back to the horizon."""
    problems: tuple[str, ...]
    """Projects that could not be read, as `PATH: why`."""
    in_time: bool
    """False: the deadline ended it; what is missing comes with the next run."""


class GitLabSync:
    """Everything that sync does with one GitLab."""

    def __init__(self, context: Context, parse_log: Callable[[bytes], tuple[CacheUse, ...]]) -> None:
        self._context = context
        self._fleet = Fleet(context)
        self._logs = Logs(context, parse_log)
        self._steps = Steps(context)
        self._workers = (False, *[True] * context.rhythm.workers)
        """Whether each does background work; one never does, for those that do may all wait for the budget."""
        self._runners = Rounds(self._look_at_runners, self._every_runners, context.pace, context.line, context.store)

    async def begin(self) -> None:
        """Take up where the last console left: projects and bookmarks as stored. Raises SourceError."""
        store, writer = self._context.store, self._context.writer
        projects, marks = await store.ask(self._context.history.projects), await store.ask(writer.bookmarks)
        self._context.agenda.learn(projects)
        self._context.agenda.recall(marks, self._context.pace.clock())

    async def run(self) -> None:
        """All loops, for ever."""
        await self._begin_at_last()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fleet.run())
            group.create_task(self._runners.run())
            group.create_task(self._logs.run())
            group.create_task(self._prune())
            for background in self._workers:
                group.create_task(self._work(self._context.work.alarm(), background))

    def want(self, want: Want) -> None:
        """Freshen something soon."""
        self._context.agenda.want(want, self._context.pace.clock())
        self._context.work.ring()

    def watching(self, topics: frozenset[str]) -> None:
        """A visible pane shows these topics."""
        self._context.agenda.watched = topics
        self._context.work.ring()
        self._fleet.reconsider()
        self._runners.reconsider()

    def refresh(self) -> None:
        """Ask for everything now that can have changed."""
        self._context.line.retry_now()
        self._runners.now()
        for book in self._context.agenda.books.values():
            book.next_try, book.deployed_at = None, None
        self._fleet.now()
        self._context.work.ring()

    def health(self, requests_left: int | None) -> SourceHealth:
        """Of GitLab, with how far the fills are while any is under way, and projects that fail alone."""
        books = [book for book in self._context.agenda.books.values() if not book.project.archived]
        filled = sum(book.filled for book in books)
        health = replace(self._context.line.condition.health(), requests_left=requests_left)
        loaded, total = self._fleet.progress or (filled, len(books))
        if loaded < total:
            since = None if self._fleet.progress else complete_since(books)
            health = replace(health, loaded=loaded, total=total, complete_since=since)
        failing = [book for book in books if book.problem]
        if health.reason:
            return health
        if problem := self._fleet.problem:
            health = replace(health, reason=problem)
        elif hidden := self._fleet.missing:
            others = f" and {len(hidden) - 1} more" if len(hidden) > 1 else ""
            health = replace(health, reason=f"{hidden[0]}{others} in the config, but not shown to this token")
        elif failing:
            health = replace(health, reason=f"{len(failing)} of {len(books)} projects fail: {failing[0].problem}")
        return health

    async def collect(self) -> None:
        """Everything that is missing, then end. Raises SourceError when GitLab or the history fails for good."""
        await self._insist(self.begin)
        await self._insist(self._fleet.look)
        with suppress(SourceError):  # not every token may see runners
            await self._look_at_runners()
        bell = self._context.work
        workers = [asyncio.ensure_future(self._drain(bell.alarm(), background)) for background in self._workers]
        filling = asyncio.gather(*workers)
        try:
            await self._drain_logs(filling)
            await filling
        finally:
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)

    def collected(self, in_time: bool) -> Collected:
        """What came in since the start, and how far the fills are."""
        books, tally = self._context.agenda.books.values(), self._context.tally
        return Collected(
            projects=len(books),
            pipelines=tally.pipelines,
            jobs=tally.jobs,
            logs=tally.logs,
            filled=sum(book.filled for book in books),
            problems=tuple(f"{book.project.path}: {book.problem}" for book in books if book.problem),
            in_time=in_time,
        )

    async def _begin_at_last(self) -> None:
        """The history's line waits before each new try."""
        while True:
            try:
                return await self.begin()
            except SourceError:
                continue

    async def _work(self, alarm: Alarm, background: bool) -> None:
        agenda = self._context.agenda
        while True:
            step = agenda.take(self._context.pace.clock(), background=background)
            if step is None:
                await alarm.wait(agenda.next_due(background=background))
            else:
                await self._do(step)

    async def _drain(self, alarm: Alarm, background: bool) -> None:
        agenda = self._context.agenda
        while True:
            step = agenda.take(self._context.pace.clock(), background=background)
            if step is not None:
                await self._do(step)
                self._give_up()
            elif agenda.idle():
                return self._context.work.ring()
            else:
                await alarm.wait(None)

    async def _drain_logs(self, filling: "asyncio.Future[Any]") -> None:
        """Read every log that is due, and those of jobs that the fill still brings."""
        while True:
            last = filling.done()
            if await self._insist(self._logs.read_some):
                continue
            if last:
                return
            more: asyncio.Future[Any] = asyncio.ensure_future(self._context.logs.wait(None))
            await asyncio.wait({more, filling}, return_when=asyncio.FIRST_COMPLETED)
            more.cancel()

    async def _do(self, step: Step) -> None:
        """Do a step and note how it went; what a failing source could not answer is asked again."""
        book = step.book
        try:
            await self._steps.run(step)
            book.succeeded()
        except SourceError as error:
            book.changed |= step.kind is Kind.CHANGES
            if step.kind is Kind.DEPLOYMENTS:
                book.deployed_at = None
            next_try = self._context.pace.later(self._context.pace.backoff(book.tries + 1))
            book.failed("" if self._failing() else str(error), next_try)
            self._context.announcer.changed("sources", calm=True)
        finally:
            book.busy = False
            self._context.work.ring()

    def _every_runners(self) -> float:
        rhythm = self._context.rhythm
        return rhythm.runners if "runners" in self._context.agenda.watched else rhythm.runners_unwatched

    async def _look_at_runners(self) -> None:
        """All runners that the token may see; refused is not a failure of GitLab, and is asked again in its turn."""
        runners = await self._context.line.ask(self._context.gitlab.runners, alone=True)
        await self._context.save(partial(self._context.writer.save_runners, runners), "runners")

    async def _prune(self) -> None:
        """Batch by batch with a rest between, so that no other console's write waits long."""
        while True:
            try:
                gone = await self._context.store.ask(self._context.writer.prune)
            except SourceError:
                continue
            await self._context.pace.sleep(1 if gone else self._context.rhythm.prune)

    async def _insist(self, call: Callable[[], Awaitable[T]]) -> T:
        """The answer of `call`, tried again while the lines allow; raises SourceError when they failed too often."""
        while True:
            try:
                return await call()
            except SourceError:
                if not self._failing():
                    raise
                self._give_up()

    def _give_up(self) -> None:
        for line in (self._context.line, self._context.store):
            if line.condition.tries >= GIVE_UP and line.condition.error is not None:
                raise line.condition.error

    def _failing(self) -> bool:
        return bool(self._context.line.condition.tries or self._context.store.condition.tries)
