"""Sync as the app and the command line see it: one object, one task to run."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

from ..model.cache import CacheUse
from ..model.freshness import SourceHealth, State
from ..ports import EngineReader, GitLab, History, HistoryWriter, MetricsReader, Want
from .agenda import Agenda
from .announcer import Announcer
from .budget import Budget
from .condition import Condition
from .context import Bell, Context
from .engines import EngineSync
from .gitlab import Collected, GitLabSync
from .line import Line
from .logs import uses_of
from .metrics import MetricsSync
from .pace import Alarm, Pace
from .rhythm import Rhythm

STALE_ROUNDS = 3
"""A source that let so many rounds pass without an answer is stale."""


class Sync:
    """Keeps history fresh from the sources, and says what changed. Implements `ports.Asker`.

    `announce` is called on the event loop with the topics that changed (`ports.TOPICS`); `requests_left` gives what
    GitLab's rate limit still allows, None when unknown. Everything but `run` and `once` returns at once.
    """

    def __init__(
        self,
        gitlab: GitLab | None,
        engines: Sequence[EngineReader],
        metrics: MetricsReader | None,
        *,
        history: History,
        writer: HistoryWriter,
        pace: Pace,
        announce: Callable[[frozenset[str]], None] = lambda topics: None,
        parse_log: Callable[[bytes], tuple[CacheUse, ...]] = uses_of,
        requests_left: Callable[[], int | None] = lambda: None,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._pace = pace
        self._rhythm = rhythm or Rhythm()
        self._announcer = Announcer(announce, pace)
        self._requests_left = requests_left
        self._store = Line(Condition("history", pace, self._sources_changed), pace)
        self._gitlab = self._gitlab_sync(gitlab, history, writer, parse_log) if gitlab is not None else None
        every = self._rhythm.engine_unwatched
        self._engines = tuple(
            EngineSync(one, Line(self._condition(f"docker:{one.name}", every), pace), *self._common())
            for one in engines
        )
        every = self._rhythm.metrics_unwatched
        line = Line(self._condition("prometheus", every), pace)
        self._metrics = MetricsSync(metrics, line, *self._common()) if metrics is not None else None
        self._running: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Keep everything fresh until cancelled or closed. Each source has loops of its own; only a bug ends them."""
        self._running = asyncio.current_task()
        parts = [part for part in (self._gitlab, self._metrics, *self._engines) if part is not None]
        loops: list[Coroutine[Any, Any, None]] = [self._announcer.run(), *(part.run() for part in parts)]
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(loop)

    async def once(self, deadline: datetime | None = None) -> Collected:
        """Fill what is missing, then return; at the deadline return with what has come until then.

        Newest first: an early deadline leaves the oldest days for the next time. Raises SourceError when GitLab or
        the history fails several times in a row.
        """
        if self._gitlab is None:
            return Collected(0, 0, 0, 0, 0, (), True)
        filling = asyncio.ensure_future(self._gitlab.collect())
        seconds = (deadline - self._pace.clock()).total_seconds() if deadline else None
        try:
            in_time = await self._until(filling, seconds)
        finally:
            filling.cancel()
        self._announcer.flush()
        return self._gitlab.collected(in_time)

    def want(self, want: Want) -> None:
        """Freshen something soon; the topic changes when it came."""
        if self._gitlab is not None:
            self._gitlab.want(want)

    def watching(self, topics: frozenset[str]) -> None:
        """The topics of what is on screen: others are polled less often, or not at all."""
        for part in (self._gitlab, self._metrics, *self._engines):
            if part is not None:
                part.watching(topics)

    def refresh(self) -> None:
        """Ask everything now; only a wait that a server asked for is kept."""
        for part in (self._gitlab, self._metrics, *self._engines):
            if part is not None:
                part.refresh()

    def health(self) -> tuple[SourceHealth, ...]:
        """Of GitLab, each engine and Prometheus; and of the history while it cannot be written."""
        off = SourceHealth("gitlab", State.OFF), SourceHealth("prometheus", State.OFF)
        gitlab = self._gitlab.health(self._requests_left()) if self._gitlab else off[0]
        engines = tuple(one.line.condition.health() for one in self._engines)
        metrics = self._metrics.line.condition.health() if self._metrics else off[1]
        store = (self._store.condition.health(),) if self._store.condition.tries else ()
        return (gitlab, *engines, metrics, *store)

    def close(self) -> None:
        """End `run`. Nothing half done is lost: the next start repeats it."""
        if self._running is not None:
            self._running.cancel()

    def _common(self) -> tuple[Announcer, Rhythm, Pace]:
        return self._announcer, self._rhythm, self._pace

    def _condition(self, source: str, every: float) -> Condition:
        return Condition(source, self._pace, self._sources_changed, STALE_ROUNDS * every)

    def _sources_changed(self) -> None:
        self._announcer.changed("sources")

    def _gitlab_sync(
        self,
        gitlab: GitLab,
        history: History,
        writer: HistoryWriter,
        parse_log: Callable[[bytes], tuple[CacheUse, ...]],
    ) -> GitLabSync:
        budget = Budget(self._rhythm.requests_per_minute, self._pace)
        every = self._rhythm.fleet_unwatched * 4
        context = Context(
            gitlab,
            Line(self._condition("gitlab", every), self._pace, budget),
            history,
            writer,
            self._store,
            Agenda(self._rhythm),
            self._announcer,
            self._rhythm,
            self._pace,
            Bell(self._pace),
            Alarm(self._pace),
        )
        return GitLabSync(context, parse_log)

    async def _until(self, filling: "asyncio.Future[None]", seconds: float | None) -> bool:
        """Whether it ended by itself; raises what it raised."""
        if seconds is None:
            await filling
            return True
        limit = asyncio.ensure_future(self._pace.sleep(max(0.0, seconds)))
        try:
            done, _ = await asyncio.wait({filling, limit}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            limit.cancel()
        if filling in done:
            await filling
        return filling in done
