"""Events of an engine: a thread reads them, the event loop hands them on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Final

import msgspec

from ...model.engine import EngineEvent
from ...text import clean
from .payloads import EventAnswer, from_epoch

if TYPE_CHECKING:
    from docker.types import CancellableStream

    from .client import EngineClient

MOST_WAITING = 10_000
"""Events read and not yet handed on; a reader further behind is told so instead of filling the memory."""
_KINDS: Final = {"container": "container", "service": "service", "image": "image", "node": "node"}


class Overrun(Exception):
    """Events came faster than they were taken."""


class StreamEnded(Exception):
    """The engine ended the stream of events."""


def event(line: bytes) -> EngineEvent | None:
    """The event; None for one of a command run in a container, as each health check causes three of.

    Raises msgspec.DecodeError when the line is no event.
    """
    answer = msgspec.json.decode(line, type=EventAnswer, strict=False)
    if answer.action.startswith("exec_"):
        return None
    at = from_epoch((answer.time_nano or answer.time * 10**9) // 1_000 / 1e6)
    if at is None:
        raise msgspec.ValidationError("Expected the time of the event")
    return EngineEvent(
        at=at,
        kind=_KINDS.get(answer.type, "other"),  # type: ignore[arg-type]
        action=clean(answer.action, 100),
        id=clean(answer.actor.id, 100),
        name=clean((answer.actor.attributes or {}).get("name", "")),
    )


class Feed:
    """One stream of events, read by a thread of its own with a client of its own."""

    def __init__(self, connect: Callable[[], "EngineClient"]) -> None:
        self._connect = connect
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[EngineEvent | Exception] = asyncio.Queue()
        self._lock = threading.Lock()
        self._stream: CancellableStream[bytes] | None = None
        self._closed = False
        self._overrun = False
        self._put_in = self._taken_out = 0

    async def events(self) -> AsyncIterator[EngineEvent]:
        """Events as they happen; raises what connecting or reading raised, StreamEnded when the engine hung up."""
        threading.Thread(target=self._run, name="docker events", daemon=True).start()
        while True:
            item = await self._queue.get()
            self._taken_out += 1
            if self._overrun:
                raise Overrun
            if isinstance(item, Exception):
                raise item
            yield item

    def close(self) -> None:
        """Ends the stream: the thread that reads it wakes up and goes."""
        with self._lock:
            self._closed = True
            stream, self._stream = self._stream, None
        if stream is not None:
            _close(stream)

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:  # noqa: BLE001 - raised again in the task that takes the events
            self._put(error)
        else:
            self._put(StreamEnded())

    def _read(self) -> None:
        client = self._connect()
        try:
            stream = client.event_lines()
            with self._lock:
                self._stream = stream
            if self._closed:
                return
            for line in stream:
                happened = event(line) if line else None
                if happened is not None:
                    self._put(happened)
                if self._put_in - self._taken_out > MOST_WAITING:
                    self._overrun = True
                    return
        finally:
            self.close()  # the client would leave open what has not been read to its end
            client.close()

    def _put(self, item: EngineEvent | Exception) -> None:
        self._put_in += 1
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)
        except RuntimeError:  # the loop has closed: nobody waits any more
            self.close()


def _close(stream: "CancellableStream[bytes]") -> None:
    from docker.errors import DockerException

    try:
        stream.close()
    except (OSError, AttributeError, ValueError, DockerException):
        # It looks for the socket inside the answer, which is gone when the engine hung up at the same moment.
        return
