"""Says which topics changed, a burst at a time."""

from collections.abc import Callable
from datetime import datetime

from .pace import Alarm, Pace

BURST_SECONDS = 0.1
"""Changes this close together are said at once."""
CALM_SECONDS = 2.0
"""How long changes of old days may wait: a back-fill writes several times a second, and each word redraws panes."""


class Announcer:
    """Collects topics and hands them to the app."""

    def __init__(self, announce: Callable[[frozenset[str]], None], pace: Pace) -> None:
        self._announce = announce
        self._pace = pace
        self._alarm = Alarm(pace)
        self._topics: set[str] = set()
        self._due: datetime | None = None

    def changed(self, *topics: str, calm: bool = False) -> None:
        """Note that topics changed; `calm`: it is about old days and can wait."""
        due = self._pace.later(CALM_SECONDS if calm else BURST_SECONDS)
        self._topics.update(topics)
        if self._due is None or due < self._due:
            self._due = due
            self._alarm.ring()

    async def run(self) -> None:
        """Announce for ever."""
        while True:
            await self._alarm.wait(self._due)
            if self._due is not None and self._pace.clock() >= self._due:
                self.flush()

    def flush(self) -> None:
        """Announce what is due now."""
        topics, self._topics, self._due = frozenset(self._topics), set(), None
        if topics:
            self._announce(topics)
