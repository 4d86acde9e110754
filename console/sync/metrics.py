"""Asks Prometheus for a sign of life; each one tells panes that their figures may be read anew."""

from functools import partial

from ..ports import MetricsReader
from .announcer import Announcer
from .line import Line
from .pace import Pace
from .rhythm import Rhythm
from .rounds import Rounds

TOPIC = "metrics"
HEARTBEAT = "count(up)"
"""Cheap, and answered by every store that speaks Prometheus' language, with nothing in it too."""


class MetricsSync:
    """The loop over one store of metrics. Nothing of it goes into history: boards ask their queries themselves."""

    def __init__(self, metrics: MetricsReader, line: Line, announcer: Announcer, rhythm: Rhythm, pace: Pace) -> None:
        self._metrics = metrics
        self.line = line
        self._announcer = announcer
        self._rhythm = rhythm
        self._watched = False
        self._rounds = Rounds(self._look, self._every, pace, line)

    def watching(self, topics: frozenset[str]) -> None:
        """A visible pane shows these topics."""
        self._watched = TOPIC in topics
        self._rounds.reconsider()

    def refresh(self) -> None:
        """Look now."""
        self.line.retry_now()
        self._rounds.now()

    async def run(self) -> None:
        """For ever."""
        await self._rounds.run()

    def _every(self) -> float:
        return self._rhythm.metrics if self._watched else self._rhythm.metrics_unwatched

    async def _look(self) -> None:
        """Figures move with every scrape, so what is watched has changed whenever the store answers."""
        await self.line.ask(partial(self._metrics.instant, HEARTBEAT))
        if self._watched:
            self._announcer.changed(TOPIC)
