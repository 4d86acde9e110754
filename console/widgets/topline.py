"""The top line as a widget: it follows the sources' freshness and what is wrong by itself."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual import work

from ..boards.header import HeaderBoard
from .header import context_spans, header_spans
from .line import Line

if TYPE_CHECKING:
    from ..ports import Services


class TopLine(Line):
    """Context, sources, counts; ages move on by themselves, so it is looked at now and then too."""

    TOPICS = frozenset({"sources", "pipelines", "projects"})
    AGES_SECONDS = 10

    def __init__(self, clock: Callable[[], datetime], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._context_name = ""
        self._production = False
        self._read_only = False
        self._problem = ""
        self.board: HeaderBoard | None = None
        self._changed = asyncio.Event()

    def name_context(self, context: str, production: bool, read_only: bool, board: HeaderBoard | None) -> None:
        """Another context: what was shown of it last, until something newer is known."""
        self.workers.cancel_group(self, "header")
        self._context_name, self._production, self._read_only = context, production, read_only
        self.board, self._problem = board, ""
        self._tell()

    def fail(self, problem: str) -> None:
        """The context cannot be opened at all."""
        self._problem = problem
        self._tell()

    def changed(self, topics: frozenset[str]) -> None:
        """Sync says that these topics changed."""
        if topics & self.TOPICS:
            self._changed.set()

    @work(exclusive=True, group="header")
    async def follow(self, services: "Services") -> None:
        """Keep the line true until another context is named."""
        from ..boards.header import header
        from ..ports import SourceError

        while True:
            self._changed.clear()
            try:
                self.board, self._problem = await header(services), ""
            except SourceError as error:
                self._problem = str(error)
            self._tell()
            try:
                async with asyncio.timeout(self._rest()):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _rest(self) -> float:
        """Seconds until the line would say something untrue: an age, or a next try that has begun."""
        now = self._clock()
        tries = [one.next_try for one in (self.board.sources if self.board else ()) if one.next_try]
        soonest = min(((at - now).total_seconds() for at in tries if at > now), default=self.AGES_SECONDS)
        return min(soonest + 0.05, self.AGES_SECONDS)

    def on_resize(self) -> None:
        self._tell()

    def _tell(self) -> None:
        context = self._context_name, self._production, self._read_only
        left, right = header_spans(*context, self.board, self._clock(), self.size.width or self.app.size.width)
        if self._problem:
            left = (*context_spans(*context), ("  ✗ history: ", "bad"), (self._problem, "bad"))
        self.say(left, right)
