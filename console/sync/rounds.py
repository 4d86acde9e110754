"""Something asked again and again, at an interval that may change while one waits."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from ..ports import SourceError
from .book import PATIENCE
from .line import Line
from .pace import Alarm, Pace


class Rounds:
    """One loop: `look` each `every()` seconds, or at once after `now()`."""

    def __init__(
        self, look: Callable[[], Awaitable[None]], every: Callable[[], float], pace: Pace, *lines: Line
    ) -> None:
        self._look = look
        self._every = every
        self._pace = pace
        self._lines = lines
        self._looked_at: datetime | None = None
        self._tries = 0
        self._alarm = Alarm(pace)

    def now(self) -> None:
        """Look at once."""
        self._looked_at = None
        self._alarm.ring()

    def reconsider(self) -> None:
        """The interval may be another now."""
        self._alarm.ring()

    async def run(self) -> None:
        """For ever. When one of its lines fails, the next look is at once: the line itself waits before it asks.

        Any other failure, such as a refusal, is asked about again in its turn; so is one that comes again and again,
        for then the line may fail at this question alone, and work for others.
        """
        while True:
            now = self._pace.clock()
            due = now if self._looked_at is None else self._looked_at + timedelta(seconds=self._every())
            if due > now:
                await self._alarm.wait(due)
                continue
            self._looked_at = now
            try:
                await self._look()
                self._tries = 0
            except SourceError:
                self._tries += 1
                if self._tries < PATIENCE and any(line.condition.tries for line in self._lines):
                    self._looked_at = None
