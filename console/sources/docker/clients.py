"""A few clients of one engine, each used by one thread at a time."""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ..threads import in_thread

if TYPE_CHECKING:
    from .client import EngineClient

T = TypeVar("T")


class Clients:
    """Lends a client to one question at a time; at most `most` questions are under way."""

    def __init__(self, connect: Callable[[], "EngineClient"], most: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(most)
        self._idle: list[EngineClient] = []
        self._closed = False

    async def ask(self, question: Callable[["EngineClient"], T]) -> T:
        """The answer; raises what connecting or the question raises.

        A client whose question failed or was given up is not lent again: the next question connects anew, and so finds
        an engine that restarted, in another version too.
        """
        async with self._places:
            lent = self._idle.pop() if self._idle else None
            given_up = threading.Event()
            try:
                client, answer = await in_thread(lambda: self._turn(lent, question, given_up), "docker")
            except asyncio.CancelledError:
                given_up.set()
                raise
            if self._closed:
                client.close()
            else:
                self._idle.append(client)
            return answer

    def _turn(
        self, lent: "EngineClient | None", question: Callable[["EngineClient"], T], given_up: threading.Event
    ) -> tuple["EngineClient", T]:
        client = lent or self._connect()
        try:
            answer = question(client)
        except BaseException:
            client.close()
            raise
        if given_up.is_set():
            client.close()
        return client, answer

    def close(self) -> None:
        """Closes the idle clients; those that are lent close when their question ends."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
