"""A log's bytes, read by range and kept while they are near: a window on something much larger than memory."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from ..ports import LogPart, LogReader, SourceError

T = TypeVar("T")
CHUNK = 128 * 1024
KEPT = 32
"""Chunks kept: 4 MiB."""
BLOCK = 500_000
"""Bytes a scan reads at once; GitLab gives at most 512,000."""


class Missing(Exception):
    """A chunk has to be read first."""

    def __init__(self, chunk: int) -> None:
        super().__init__(chunk)
        self.chunk = chunk


class Shrunk(SourceError):
    """The log is shorter than it was: erased, or the job runs again."""


class Chunks:
    """Bytes of one log by number of their chunk."""

    def __init__(self, reader: LogReader, project_id: int, job_id: int) -> None:
        self._reader = reader
        self._ids = (project_id, job_id)
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self.total = 0
        """Size of the log as far as is known."""

    # --- Without waiting --------------------------------------------------------------------------------------------

    def slice(self, start: int, end: int) -> bytes:
        """Bytes from start to end, which may lie beyond the log's ends. Raises Missing when they are not here."""
        start, end = max(0, start), min(end, self.total)
        if start >= end:
            return b""
        first, last = start // CHUNK, (end - 1) // CHUNK
        if first == last:
            return self._chunk(first)[start - first * CHUNK : end - first * CHUNK]
        parts = [self._chunk(number) for number in range(first, last + 1)]
        return b"".join(parts)[start - first * CHUNK : end - first * CHUNK]

    def _chunk(self, number: int) -> bytes:
        if number not in self._kept:
            raise Missing(number)
        self._kept.move_to_end(number)
        return self._kept[number]

    # --- Reading ----------------------------------------------------------------------------------------------------

    async def run(self, look: Callable[[], T]) -> T:
        """What `look` gives, with the chunks it misses read one by one."""
        while True:
            try:
                return look()
            except Missing as missing:
                await self._fetch(missing.chunk)

    async def open(self) -> None:
        """Read the end of the log, and so its size: the last screen is there after one request."""
        part = await self._ask(-2 * CHUNK, 2 * CHUNK)
        self._kept.clear()
        self.total = part.total_bytes if part.total_bytes is not None else part.offset + len(part.content)
        self._store(part)

    async def grow(self) -> bool:
        """Read what was added since; whether there was anything. Raises Shrunk when there is less than before."""
        part = await self._ask(self.total, BLOCK)
        if part.total_bytes is not None and part.total_bytes < self.total:
            raise Shrunk("the log is shorter than it was: it was erased, or the job runs again")
        if not part.content or part.offset != self.total:
            return False
        before, self.total = self.total, self.total + len(part.content)
        last = before // CHUNK
        if before % CHUNK and last in self._kept:
            part = LogPart(self._kept[last] + part.content, last * CHUNK, part.total_bytes)
        self._store(part)
        return True

    async def blocks(self, start: int, end: int) -> AsyncIterator[tuple[int, bytes]]:
        """Offset and bytes of whole lines from `start`, which begins a line, to `end`; nothing of it is kept.

        A line longer than a block is given in pieces.
        """
        rest = b""
        while start + len(rest) < end:
            part = await self._ask(start + len(rest), min(BLOCK, end - start - len(rest)))
            if not part.content:
                break
            data = rest + part.content
            cut = data.rfind(b"\n") + 1
            if start + len(data) >= end or (cut == 0 and len(data) > BLOCK):
                cut = len(data)
            if cut:
                yield start, data[:cut]
            start, rest = start + cut, data[cut:]

    async def _fetch(self, number: int) -> None:
        part = await self._ask(number * CHUNK, CHUNK)
        wanted = min(CHUNK, self.total - number * CHUNK)
        if len(part.content) < wanted or part.offset != number * CHUNK:
            raise Shrunk("the log is shorter than it was: it was erased, or the job runs again")
        self._store(part)

    async def _ask(self, offset: int, limit: int) -> LogPart:
        return await self._reader.log(*self._ids, offset=offset, limit=limit)

    def _store(self, part: LogPart) -> None:
        """Keep every chunk of which the part holds all there is."""
        end = part.offset + len(part.content)
        number = -(-part.offset // CHUNK)
        while number * CHUNK < end:
            start, stop = number * CHUNK, min((number + 1) * CHUNK, self.total)
            if stop > end:
                self._kept.pop(number, None)  # what we had of it is older than this
                break
            self._kept[number] = part.content[start - part.offset : stop - part.offset]
            self._kept.move_to_end(number)
            number += 1
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
