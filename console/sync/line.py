"""The one way to ask a source: within its budget, waiting while it fails."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..ports import SourceError, Trouble
from .budget import Budget
from .condition import Condition
from .pace import Alarm, Pace

T = TypeVar("T")
_OF_ALL = frozenset({Trouble.UNREACHABLE, Trouble.TLS, Trouble.UNAUTHENTICATED, Trouble.LIMITED})
"""Kinds of failure that the next project will meet too."""


class Line:
    """Requests to one source. Raises what the source raises, after noting it."""

    def __init__(self, condition: Condition, pace: Pace, budget: Budget | None = None) -> None:
        self.condition = condition
        self._pace = pace
        self._budget = budget
        self._probing = asyncio.Lock()
        self._alarm = Alarm(pace)

    async def ask(
        self, call: Callable[[], Awaitable[T]], *, cost: int = 1, background: bool = False, alone: bool = False
    ) -> T:
        """The answer of `call`, which takes `cost` requests.

        `background`: it can wait for what others need sooner. `alone`: a failure may be of the thing asked for alone,
        and then says nothing of the source, except that it answers.
        """
        if self.condition.tries:
            async with self._probing:
                if self.condition.tries:  # else another one's try was answered meanwhile
                    await self._until_next_try()
                    return await self._call(call, cost, background, alone)
        return await self._call(call, cost, background, alone)

    def retry_now(self) -> None:
        """End the wait for the next try, unless the source itself named a time."""
        self.condition.retry_now()
        self._alarm.ring()

    async def _until_next_try(self) -> None:
        while (moment := self.condition.next_try) is not None and moment > self._pace.clock():
            await self._alarm.wait(moment)

    async def _call(self, call: Callable[[], Awaitable[T]], cost: int, background: bool, alone: bool) -> T:
        if self._budget is not None:
            await self._budget.take(cost, background=background)
        asked_at = self._pace.clock()
        try:
            answer = await call()
        except SourceError as error:
            if alone and error.trouble not in _OF_ALL:
                self.condition.answered()
            else:
                self.condition.failed(error, asked_at)
            raise
        self.condition.answered(self._pace.clock() - asked_at)
        return answer
