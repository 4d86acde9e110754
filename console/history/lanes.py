"""The threads of one history: one that writes, two that read, and how they end in time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from ..ports import Trouble
from . import sqlite
from .errors import HistoryError, explained

T = TypeVar("T")
READERS = 2
PATIENCE_SECONDS = 10.0
"""How long a write waits for another process's: each of ours takes milliseconds."""
GRACE_SECONDS = 0.08
"""How long closing waits for work under way, once before it is interrupted and once after."""


class Lanes:
    """Runs blocking work on a database off the event loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._raw: list[SqliteConnection] = []
        self._writing = sqlite.writing(path, self._raw.append)
        self._reading = sqlite.reading(path, READERS, self._raw.append)
        self._writer = ThreadPoolExecutor(1, "history-writer")
        self._readers = ThreadPoolExecutor(READERS, "history-reader")
        self._under_way: set[Future[Any]] = set()
        self._closing = Event()

    async def read(self, work: Callable[..., T], *args: Any) -> T:
        """`work(connection, *args)` on a reading thread, over one unchanging view of the database."""
        return await self._submit(self._readers, self.read_now, work, *args)

    async def write(self, work: Callable[..., T], *args: Any) -> T:
        """`work(connection, *args)` on the writing thread as one transaction; it ends also when nobody waits."""
        return await self._submit(self._writer, self.write_now, work, *args)

    def read_now(self, work: Callable[..., T], *args: Any) -> T:
        """The same, blocking."""
        with explained(str(self.path)), self._reading.begin() as connection:
            return work(connection, *args)

    def write_now(self, work: Callable[..., T], *args: Any) -> T:
        """The same, blocking. Raises HistoryError; nothing of a failed transaction stays."""
        with explained(str(self.path)), self._begun(self._writing) as connection, connection:
            result = work(connection, *args)
            connection.commit()
            return result

    def close(self) -> None:
        """End within 200 ms: waiting work is dropped, a write under way is let finish or else rolled back."""
        self._closing.set()
        for lane in (self._writer, self._readers):
            lane.shutdown(wait=False, cancel_futures=True)
        if wait(set(self._under_way), GRACE_SECONDS).not_done:
            for raw in self._raw:
                raw.interrupt()
        if not wait(set(self._under_way), GRACE_SECONDS).not_done:
            self._reading.dispose()
            self._writing.dispose()

    def _begun(self, engine: Engine) -> Connection:
        """A connection in a write transaction, however often another process holds the lock."""
        until = monotonic() + PATIENCE_SECONDS
        while True:
            connection = None
            try:
                connection = engine.connect()
                connection.begin()
                return connection
            except OperationalError as error:
                if connection is not None:
                    connection.close()
                if "locked" not in str(error.orig) or self._closing.is_set() or monotonic() > until:
                    raise

    async def _submit(self, lane: ThreadPoolExecutor, run: Callable[..., T], *args: Any) -> T:
        if self._closing.is_set():
            raise HistoryError(f"History {self.path} is closed", trouble=Trouble.UNREACHABLE)
        # asyncio ties a future and its copy in a knot: rows held by it would stay until the search for garbage comes.
        held: list[T] = []
        future = lane.submit(lambda: held.append(run(*args)))
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        await asyncio.wrap_future(future)
        return held.pop()
