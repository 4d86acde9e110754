"""`/events`: what happens, as it happens."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from console.demo.docker_api.asked import Filters, filters, moment
from console.demo.docker_api.engine import Engine
from console.demo.docker_api.happenings import happenings

_FILTERS = frozenset(
    ("config", "container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope", "secret",
     "service", "type", "volume")
)  # fmt: skip
_OFTEN = 0.2
"""Seconds between two looks at what is new."""


class Events:
    """Streams events."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def events(self, request: Request) -> Response:
        """Those after `since` (default: now), and those to come until `until` (default: for ever)."""
        asked = filters(request, _FILTERS)
        since, until = moment(request, "since"), moment(request, "until")
        stream = self._stream(self.engine.now if since is None else since, until, asked)
        return StreamingResponse(stream, media_type="application/json")

    async def _stream(self, since: float, until: float | None, asked: Filters) -> AsyncIterator[bytes]:
        yield b""  # sends the headers: a client may wait long for its first event
        while True:
            now = self.engine.now
            here = now if until is None else min(now, until)
            for one in happenings(self.engine, since, here):
                if one.passes(asked):
                    yield msgspec.json.encode(one.body()) + b"\n"
            if until is not None and now >= until:
                return
            since = max(since, here)
            await asyncio.sleep(_OFTEN)
