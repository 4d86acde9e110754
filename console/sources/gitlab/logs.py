"""Job logs by range: never more of a log in memory than was asked for.

GitLab 19.5 takes `byte_offset` and `byte_limit`; older servers may take `Range`, and some send the whole log whatever
one asks, which is then cut here as it streams by.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from ...ports import LogPart, SourceError, Trouble
from ..http import whole_number
from .errors import unreadable
from .wire import Wire

BYTE_LIMIT = 512_000
"""The most `byte_limit` may be."""
LARGEST_SKIP = 256 * 1024 * 1024
"""Bytes we let pass by to get at a part, when the server knows no ranges."""
_PLAIN = {"Accept": "text/plain", "Accept-Encoding": "identity"}
"""Offsets are of the log's own bytes, not of packed ones."""


@dataclass
class Logs:
    """Logs of one GitLab."""

    wire: Wire
    bytewise: bool | None = None
    """Whether the server takes byte_offset and byte_limit; None: nobody looked yet."""

    async def part(self, project_id: int, job_id: int, offset: int, limit: int) -> LogPart:
        """Bytes from `offset`, at most `limit`; a negative offset counts from the end.

        Raises SourceError MISSING when the log was erased, expired or never was.
        """
        url = f"{self.wire.url}/api/v4/projects/{project_id}/jobs/{job_id}/trace"
        what = f"the log of job {job_id}"
        if self.bytewise and offset >= 0:
            return await self._bytewise(url, what, offset, limit)
        return await self._by_range(url, what, offset, limit)

    async def _by_range(self, url: str, what: str, offset: int, limit: int) -> LogPart:
        span = f"bytes={offset}-{offset + limit - 1}" if offset >= 0 else f"bytes={offset}"
        async with self._answer(url, what, headers={**_PLAIN, "Range": span}) as response:
            if response.status_code == 416:  # it ends before: an empty log, or one that was asked beyond its end
                size = _content_range(response.headers)[1]
                return LogPart(b"", max(0, offset if size is None else min(offset, size)), size)
            if response.status_code == 206:
                return await self._ranged(response, what, limit)
            size = _size(response)
            if not self.bytewise or size is None or size <= -offset:
                return await _cut(response, offset, limit, self._too_far(what))
        # All of it was about to pass by, and the server knows a better way.
        return await self._bytewise(url, what, size + offset, limit)

    async def _bytewise(self, url: str, what: str, offset: int, limit: int) -> LogPart:
        """As many requests as `limit` takes."""
        content, total = bytearray(), None
        while len(content) < limit:
            wanted = min(limit - len(content), BYTE_LIMIT)
            got = await self._piece(url, what, offset + len(content), wanted)
            if got is None:  # it does not heed its parameters after all
                self.bytewise = False
                return await self._by_range(url, what, offset, limit)
            content += got.content
            total = got.total_bytes
            if len(got.content) < wanted:
                break
        return LogPart(bytes(content), offset, total)

    async def _piece(self, url: str, what: str, offset: int, limit: int) -> LogPart | None:
        """One request's worth; None: more came than was asked for."""
        params = {"byte_offset": offset, "byte_limit": limit}
        async with self._answer(url, what, headers=_PLAIN, params=params) as response:
            if response.status_code == 416:
                return LogPart(b"", offset, _content_range(response.headers)[1])
            if response.status_code == 206:
                return await self._ranged(response, what, limit)
            size = _size(response)
            content = await _head(response.aiter_bytes(), limit + 1) if size is None or size <= limit else b""
        if len(content) > limit or (size or 0) > limit:
            return None
        # Short: the log ends here; but empty: it ended here or before.
        ended = offset == 0 or len(content) > 0
        return LogPart(content, offset, offset + len(content) if len(content) < limit and ended else None)

    @asynccontextmanager
    async def _answer(self, url: str, what: str, **options: Any) -> AsyncIterator[httpx.Response]:
        """Logs may lie in an object store, and to let one pass by takes long. A page is no log but a login's."""
        sent = self.wire.answer("GET", url, what, away=True, patience=20, accept=(416,), **options)
        async with sent as response:
            if response.headers.get("Content-Type", "").startswith("text/html"):
                raise self.wire.nonsense(await _head(response.aiter_bytes(), 1_000), what)
            yield response

    async def _ranged(self, response: httpx.Response, what: str, limit: int) -> LogPart:
        start, size = _content_range(response.headers)
        if start is None:
            raise unreadable(what, self.wire.url, "it is a part of the log without saying which")
        return LogPart(await _head(response.aiter_bytes(), limit), start, size)

    def _too_far(self, what: str) -> SourceError:
        return SourceError(
            f"GitLab at {self.wire.url} sends {what} only whole, and it is larger than {LARGEST_SKIP // 2**20} MB",
            trouble=Trouble.UNSUPPORTED,
            remedy="Download it from the job's page.",
        )


async def _cut(response: httpx.Response, offset: int, limit: int, too_far: SourceError) -> LogPart:
    """A part of a log that is sent whole."""
    size = _size(response)
    if offset < 0 and size is not None:
        offset = max(0, size + offset)
    if offset < 0:
        return await _tail(response.aiter_bytes(), -offset, limit, too_far)
    seen, kept = 0, bytearray()
    async for piece in response.aiter_bytes():
        kept += piece[max(0, offset - seen) :][: limit - len(kept)]
        seen += len(piece)
        if len(kept) >= limit and (size is not None or seen > offset + limit):
            return LogPart(bytes(kept), offset, size)
        if seen > LARGEST_SKIP:
            raise too_far
    return LogPart(bytes(kept), min(offset, seen), seen)


async def _tail(pieces: AsyncIterator[bytes], wanted: int, limit: int, too_far: SourceError) -> LogPart:
    """The last `wanted` bytes, at most `limit` of them, of a log that passes by and does not say how long it is."""
    seen, kept = 0, bytearray()
    async for piece in pieces:
        kept += piece
        seen += len(piece)
        if len(kept) > wanted:
            del kept[:-wanted]
        if seen > LARGEST_SKIP:
            raise too_far
    return LogPart(bytes(kept[:limit]), seen - len(kept), seen)


async def _head(pieces: AsyncIterator[bytes], limit: int) -> bytes:
    """At most `limit` bytes; the rest is not read."""
    kept = bytearray()
    async for piece in pieces:
        kept += piece
        if len(kept) >= limit:
            break
    return bytes(kept[:limit])


def _size(response: httpx.Response) -> int | None:
    """Bytes of the whole body, unless it is packed or the server does not say."""
    packed = response.headers.get("Content-Encoding", "identity") != "identity"
    return None if packed else whole_number(response.headers.get("Content-Length"))


def _content_range(headers: Mapping[str, str]) -> tuple[int | None, int | None]:
    """First byte and size of the whole of `Content-Range: bytes 100-199/5000`; a `*` is None."""
    span, _, size = headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
    return whole_number(span.partition("-")[0]), whole_number(size)
