"""What the parts of GitLab's sync share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ..ports import GitLab, History, HistoryWriter
from .agenda import Agenda
from .announcer import Announcer
from .line import Line
from .pace import Alarm, Pace
from .rhythm import Rhythm

T = TypeVar("T")


@dataclass(slots=True)
class Tally:
    """What came in since the start."""

    pipelines: int = 0
    jobs: int = 0
    logs: int = 0


class Bell:
    """Wakes several loops."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._alarms: list[Alarm] = []

    def alarm(self) -> Alarm:
        """An alarm for one more loop."""
        self._alarms.append(Alarm(self._pace))
        return self._alarms[-1]

    def ring(self) -> None:
        """Wake all of them now."""
        for alarm in self._alarms:
            alarm.ring()


@dataclass(frozen=True, slots=True)
class Context:
    """One GitLab, the history it fills, and the way to both."""

    gitlab: GitLab
    line: Line
    history: History
    writer: HistoryWriter
    store: Line
    """To the writer: a history that cannot be written is waited for like a source."""
    agenda: Agenda
    announcer: Announcer
    rhythm: Rhythm
    pace: Pace
    work: Bell
    """Rung when the agenda may hold something new."""
    logs: Alarm
    """Rung when jobs were stored, whose logs may now be read."""
    tally: Tally = field(default_factory=Tally)

    async def save(self, write: Callable[[], Awaitable[T]], *topics: str, calm: bool = False) -> T:
        """Write to history, and say that `topics` changed when anything differs."""
        differs = await self.store.ask(write)
        if differs:
            self.announcer.changed(*topics, calm=calm)
        return differs
