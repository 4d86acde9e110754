"""What the active faults do to a server's answers, whatever the server is: an ASGI layer around it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SLOW_SECONDS = 1.5
_LOGIN = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>\n"
_NO_UPSTREAM = "upstream connect error or disconnect/reset before headers. reset reason: connection failure\n"


class ActiveFaults(Protocol):
    """Which faults are switched on; it may change between two requests."""

    @property
    def active(self) -> frozenset[str]:
        """Names of faults: 5xx, slow, hang, truncated, html, SERVER-down."""
        ...


class Sabotage:
    """Serves an app, and spoils its answers while faults are active.

    `down` names the fault that takes this server away; since a listening port cannot refuse, it answers as a proxy
    in front of a dead server does. `failure` is the server's own way to say that it failed inside.
    """

    def __init__(self, app: ASGIApp, faults: ActiveFaults, down: str, failure: Callable[[], Response]) -> None:
        self.app, self.faults, self.down, self.failure = app, faults, down, failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        active = self.faults.active
        if "hang" in active:
            await _until_gone(receive)
            return
        if "slow" in active:
            await asyncio.sleep(SLOW_SECONDS)
        instead = self._instead(active)
        if instead is not None:
            await instead(scope, receive, send)
        else:
            await self.app(scope, receive, _halved(send) if "truncated" in active else send)

    def _instead(self, active: frozenset[str]) -> Response | None:
        """What is answered in the app's place, if anything is."""
        if self.down in active:
            return Response(_NO_UPSTREAM, 503, media_type="text/plain")
        if "5xx" in active:
            return self.failure()
        return Response(_LOGIN, media_type="text/html") if "html" in active else None


async def _until_gone(receive: Receive) -> None:
    """Wait for the client to give up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _halved(send: Send) -> Callable[[Message], Awaitable[None]]:
    """Passes the headers on, and then half of the first piece of the body: the connection breaks there."""
    cut = False

    async def halved(message: Message) -> None:
        nonlocal cut
        if message["type"] != "http.response.body":
            await send(message)
        elif not cut:
            cut = True
            body = message.get("body", b"")
            await send({**message, "body": body[: len(body) // 2], "more_body": True})

    return halved
