"""Reads of a job's log only what can hold its cache sections: the beginning, until the script starts, and the end."""

import re
from collections.abc import Awaitable, Callable

from ..ports import LogPart

Read = Callable[[int, int], Awaitable[LogPart]]
"""Reads (offset, limit) of one log, a negative offset counting from its end; each call is one request."""

HEAD = 64_000
"""Bytes read at a time from the beginning. Most logs of jobs are shorter, and so cost one request."""
HEAD_MOST = 256_000
"""Where the search for the script's start ends."""
TAIL = 32_000
"""Bytes of the end, which hold the saving of caches and the upload of artifacts."""
_SCRIPT = re.compile(rb"section_start:\d+:(?:step_script|build_script)\b")


async def cache_parts(read: Read) -> bytes:
    """The beginning and the end of a log, in whole lines; raises what `read` raises."""
    head, total = await _head(read)
    if total is not None and len(head) >= total:
        return head
    tail = await read(-TAIL if total is None else max(len(head), total - TAIL), TAIL)
    if tail.offset <= len(head):
        return head + tail.content[len(head) - tail.offset :]
    # What lies between is the script's output: both cuts are moved to the ends of lines.
    return head[: head.rfind(b"\n") + 1] + tail.content.partition(b"\n")[2]


async def _head(read: Read) -> tuple[bytes, int | None]:
    """The log until its script has started, and the size of the whole; None: not told, there may be more."""
    head = b""
    while True:
        part = await read(len(head), HEAD)
        head += part.content
        total = part.total_bytes
        if total is None and len(part.content) < HEAD:
            total = len(head)
        if not part.content or (total is not None and len(head) >= total):
            return head, len(head)
        if _SCRIPT.search(head) or len(head) >= HEAD_MOST:
            return head, total
