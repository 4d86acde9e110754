"""Reads the logs of finished jobs for what happened to their caches: nothing else tells it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from ..model.cache import CacheUse
from ..model.pipelines import Job
from ..ports import LogPart, SourceError, Trouble
from .budget import Budget
from .context import Context
from .log_parts import cache_parts

BATCH = 20
"""Jobs asked of history at once, so that the newest come first even while old ones are read."""
TRIES = 3
"""A log that cannot be read so often is given up: it counts as one that tells nothing."""
ASIDE = timedelta(hours=1)
"""How long a project whose logs are refused is left out."""


def uses_of(log: bytes) -> tuple[CacheUse, ...]:
    """Fate of each cache in a log, whole or without the script's output."""
    from ..insight.joblog import cut, parse, uses

    return uses(parse(cut([log])))


class Logs:
    """The loop over logs that nobody has read, newest first, within a budget of logs a minute."""

    def __init__(self, context: Context, parse_log: Callable[[bytes], tuple[CacheUse, ...]]) -> None:
        self._context = context
        self._parse = parse_log
        most = context.rhythm.logs_per_minute
        self._budget = Budget(most, context.pace) if most else None  # none: no log is read at all
        self._tries: dict[int, int] = {}
        self._aside: dict[int, datetime] = {}

    async def run(self) -> None:
        """Read for ever, unless no log may be read; sleeps until jobs are stored when none is due."""
        while self._budget is not None:
            try:
                read = await self.read_some()
            except SourceError:  # the line, or the history's, knows and waits before the next try
                continue
            if not read:
                await self._context.logs.wait(min(self._aside.values(), default=None))

    async def read_some(self) -> int:
        """Read the newest logs that are due; gives how many were dealt with."""
        if self._budget is None:
            return 0
        now = self._context.pace.clock()
        self._aside = {id: until for id, until in self._aside.items() if until > now}
        left_out = tuple(self._aside)
        jobs = await self._context.store.ask(partial(self._context.writer.unread_logs, BATCH, not_of=left_out))
        for job in jobs:
            if job.project_id not in self._aside:
                await self._budget.take()
                await self._read(job)
        return len(jobs)

    async def _read(self, job: Job) -> None:
        try:
            found = await asyncio.to_thread(self._parse, await cache_parts(partial(self._part, job)))
        except SourceError as error:
            if self._context.line.condition.tries:
                raise
            found = ()
            if not self._given_up(job, error):
                return
        self._context.tally.logs += 1
        self._tries.pop(job.id, None)
        await self._context.save(partial(self._context.writer.save_cache, job, found), "cache", calm=True)

    async def _part(self, job: Job, offset: int, limit: int) -> LogPart:
        read = partial(self._context.gitlab.log, job.project_id, job.id, offset=offset, limit=limit)
        return await self._context.line.ask(read, background=True, alone=True)

    def _given_up(self, job: Job, error: SourceError) -> bool:
        """Whether there is no use in asking again: it was erased, or it failed too often."""
        if error.trouble is Trouble.FORBIDDEN:
            self._aside[job.project_id] = self._context.pace.clock() + ASIDE
            return False
        self._tries[job.id] = self._tries.get(job.id, 0) + 1
        return error.trouble is Trouble.MISSING or self._tries[job.id] >= TRIES
