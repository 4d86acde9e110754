"""What only reading the whole log can tell: its sections, line numbers, first error, every place a text stands.

Scans read block by block behind the screen and keep only what they found; each can be cancelled at any block.
"""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable

from ..boards.log import FirstErrorScan, LogLine, LogMark, Needle, marked_lines
from .logchunks import Chunks
from .logwindow import LogWindow, Section

Told = Callable[[int], None]
"""Is told how many bytes are done."""
MOST_MATCHES = 100_000


class Outline:
    """Sections and line numbers of the log so far; `extend` goes on where the log had ended."""

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks
        self._open: list[tuple[LogLine, LogMark]] = []
        self._checkpoints: list[tuple[int, int]] = [(0, 1)]
        """Offset and number of the first line of each block."""
        self._known: list[Section] = []
        self.done = 0

    async def extend(self, told: Told) -> None:
        """Read what has come since."""
        async for start, block in self._chunks.blocks(self.done, self._chunks.total):
            whole = block[: block.rfind(b"\n") + 1] or block
            lines, count = await asyncio.to_thread(_outline, whole, start)
            for line in lines:
                self._take(line)
            self.done = start + len(whole)
            self._checkpoints.append((self.done, self._checkpoints[-1][1] + count))
            told(self.done)

    def _take(self, line: LogLine) -> None:
        for mark in line.marks:
            if mark.kind == "start":
                self._open.append((line, mark))
                continue
            opened = next((one for one in reversed(self._open) if one[1].name == mark.name), None)
            if opened is None:
                continue  # its start is not in this log: a copy that begins in the middle
            del self._open[self._open.index(opened) :]
            title, start = opened
            end = line.end if line.hidden else line.start
            if end > title.end:
                self._known.append(Section(title.start, title.end, end, max(0, mark.unix - start.unix)))

    @property
    def sections(self) -> list[Section]:
        """Those that ended, and those still open as far as the log goes."""
        still = [Section(line.start, line.end, self._chunks.total) for line, _ in self._open if line.end < self.done]
        return self._known + still

    def number(self, start: int) -> int | None:
        """Number of the line at `start`, from 1; None: not read so far. Raises Missing when bytes are not here."""
        if start > self.done:
            return None
        place, number = self._checkpoints[bisect_right(self._checkpoints, start, key=lambda one: one[0]) - 1]
        return number + self._chunks.slice(place, start).count(b"\n")


def _outline(block: bytes, start: int) -> tuple[tuple[LogLine, ...], int]:
    return marked_lines(block, start), block.count(b"\n")


async def find_first_error(chunks: Chunks, window: LogWindow, told: Told) -> tuple[int, str] | None:
    """Offset and text of the line that most likely says why the job failed; None: nothing says so."""
    scan = FirstErrorScan()
    async for start, block in chunks.blocks(0, chunks.total):
        await asyncio.to_thread(scan.read, block, start)
        told(start + len(block))
    found = scan.result()
    if found is None:
        return None
    offset, index, text = found
    async for start, block in chunks.blocks(offset, chunks.total):
        offset = start + sum(len(line) + 1 for line in block.split(b"\n")[:index])
        break
    return await chunks.run(lambda: window.start_of(offset)), text


async def search(chunks: Chunks, needle: Needle, origin: int, told: Told) -> AsyncIterator[tuple[int, ...]]:
    """Offsets of lines that show `needle`, block by block: from the line at `origin` to the end, then from the start.

    Everything is searched, however far from the screen; it ends early after MOST_MATCHES.
    """
    done = found = 0
    for first, last in ((origin, chunks.total), (0, origin)):
        async for start, block in chunks.blocks(first, last):
            offsets = await asyncio.to_thread(needle.find, block, start)
            done += len(block)
            found += len(offsets)
            told(done)
            if offsets:
                yield offsets
            if found >= MOST_MATCHES:
                return
