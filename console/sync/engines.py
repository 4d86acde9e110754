"""Follows a Docker engine: its events while somebody looks, and now and then whether it is there."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from ..model.engine import Engine
from ..ports import EngineReader, SourceError, Trouble
from .announcer import Announcer
from .line import Line
from .pace import Alarm, Pace
from .rhythm import Rhythm
from .rounds import Rounds

TOPIC = "engine"
_NEVER = datetime.min.replace(tzinfo=UTC)


class EngineSync:
    """The loops over one engine. Nothing of it goes into history: boards read engines themselves."""

    def __init__(self, engine: EngineReader, line: Line, announcer: Announcer, rhythm: Rhythm, pace: Pace) -> None:
        self._engine = engine
        self.line = line
        self._announcer = announcer
        self._rhythm = rhythm
        self._pace = pace
        self._watched = False
        self._switched = Alarm(pace)
        self._rounds = Rounds(self._look, self._every, pace, line)
        self._last: Engine | None = None

    def watching(self, topics: frozenset[str]) -> None:
        """A visible pane shows these topics."""
        self._watched = TOPIC in topics
        self._rounds.reconsider()
        self._switched.ring()

    def refresh(self) -> None:
        """Look now."""
        self.line.retry_now()
        self._rounds.now()

    async def run(self) -> None:
        """Both loops, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._rounds.run())
            group.create_task(self._follow())

    def _every(self) -> float:
        return self._rhythm.engine if self._watched else self._rhythm.engine_unwatched

    async def _look(self) -> None:
        now = replace(await self.line.ask(self._engine.engine), at=_NEVER)
        if now != self._last:
            self._last = now
            self._announcer.changed(TOPIC)

    async def _follow(self) -> None:
        """Hear its events while somebody looks. After a loss the line waits, and then asks before we listen again."""
        while True:
            if not self._watched:
                await self._switched.wait(None)
                continue
            try:
                await self._look()
                await self._while_watched()
            except SourceError as error:
                if not self.line.condition.tries:
                    self.line.condition.failed(error, self._pace.clock())

    async def _while_watched(self) -> None:
        """Until nobody looks; raises SourceError when the engine goes away."""
        listening = asyncio.ensure_future(self._listen())
        try:
            while self._watched:
                switched = asyncio.ensure_future(self._switched.wait(None))
                await asyncio.wait({switched, listening}, return_when=asyncio.FIRST_COMPLETED)
                switched.cancel()
                if listening.done():
                    return await listening
        finally:
            listening.cancel()

    async def _listen(self) -> None:
        async for _ in self._engine.events():
            self._announcer.changed(TOPIC)
        name = self._engine.name
        raise SourceError(f"Docker engine {name} ended its events", trouble=Trouble.UNREACHABLE)
