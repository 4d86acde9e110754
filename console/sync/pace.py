"""Time and chance as sync knows them: given, so that a test runs hours in no time."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..ports import Clock

BACKOFF_BASE_SECONDS = 2.0
BACKOFF_CAP_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Pace:
    """The present, how to wait, and a number in 0..1 by chance."""

    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    def later(self, seconds: float) -> datetime:
        """The moment so many seconds from now."""
        return self.clock() + timedelta(seconds=seconds)

    def backoff(self, tries: int) -> float:
        """Seconds to wait after the given number of failures in a row (from 1): exponential with full jitter.

        At least one second, so that luck never makes it a hammer. Source: M. Brooker, Exponential Backoff And Jitter,
        AWS Architecture Blog (2015).
        """
        ceiling = min(BACKOFF_CAP_SECONDS, BACKOFF_BASE_SECONDS * 2.0 ** min(tries - 1, 16))
        return max(1.0, self.chance() * ceiling)


class Alarm:
    """Wakes one loop: at a moment, or sooner when somebody rings. A ring before the wait is not lost."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the loop now."""
        self._rung.set()

    async def wait(self, until: datetime | None) -> None:
        """Until rung, or the moment has come; None: until rung."""
        if until is None:
            await self._rung.wait()
        elif (seconds := (until - self._pace.clock()).total_seconds()) > 0:
            await self._either(seconds)
        self._rung.clear()

    async def _either(self, seconds: float) -> None:
        waits = [asyncio.ensure_future(self._rung.wait()), asyncio.ensure_future(self._pace.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
