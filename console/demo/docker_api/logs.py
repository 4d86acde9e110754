"""`/containers/{id}/logs`: lines that follow from the time, in the engine's framing of two streams."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from math import ceil, inf
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from console.demo.docker_api.answers import ApiError, nano
from console.demo.docker_api.asked import flag, moment
from console.demo.docker_api.engine import CRASH_PERIOD, Engine, Live
from console.demo.world.dice import dice

_SLOT = 5
"""Seconds: every slot of a container has one line."""
_KEPT = 86_400
"""Seconds of lines that the engine keeps before it rotates them away."""
_STDOUT, _STDERR = 1, 2
_STARTS = "Everything is ready, starting pipelines."
_CRASH = "Error: cannot start pipelines: listen tcp 0.0.0.0:4317: bind: address already in use"
_PATHS = ("/v1/complete", "/v1/embed", "/v1/sessions", "/healthz", "/v1/messages")


class Line(NamedTuple):
    """One line of one of the two streams; `at` in Unix seconds."""

    at: float
    stream: int
    text: str


class Logs:
    """Serves containers' lines."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def logs(self, request: Request) -> Response:
        """The wanted lines, oldest first; with `follow` those to come as well."""
        streams = {number for name, number in (("stdout", _STDOUT), ("stderr", _STDERR)) if flag(request, name)}
        if not streams:
            raise ApiError(400, "Bad parameters: you must choose at least one stream")
        one = self.engine.find(request.path_params["id"])
        since, until = moment(request, "since") or -inf, moment(request, "until") or inf
        kept = lines(one, max(since, one.now - _KEPT), min(until, one.now))
        shown = _last([line for line in kept if line.stream in streams], request.query_params.get("tail", "all"))
        stamped = flag(request, "timestamps")
        follow = flag(request, "follow") and one.running and until > one.now
        later = self._later(one.id, one.now, until, streams) if follow else None
        return StreamingResponse(_framed(shown, later, stamped), media_type=_media_type(request))

    async def _later(self, reference: str, after: float, until: float, streams: set[int]) -> AsyncIterator[Line]:
        """The lines that come, until the container stops or the wanted time is over."""
        while after < until:
            await asyncio.sleep(0.2)
            try:
                one = self.engine.find(reference)
            except ApiError:
                return
            for line in lines(one, after, min(until, one.now)):
                if line.stream in streams and line.at > after:
                    yield line
            after = one.now
            if not one.running:
                return


def _media_type(request: Request) -> str:
    multiplexed = "application/vnd.docker.multiplexed-stream"
    return multiplexed if request.scope["docker_api"] >= (1, 42) else "application/vnd.docker.raw-stream"


def _last(found: list[Line], tail: str) -> list[Line]:
    """The last `tail` lines; all of them when it is no number."""
    if not tail.isdigit():
        return found
    return found[-int(tail) :] if int(tail) else []


async def _framed(shown: list[Line], later: AsyncIterator[Line] | None, stamped: bool) -> AsyncIterator[bytes]:
    for start in range(0, len(shown), 500):
        yield b"".join(frame(line, stamped) for line in shown[start : start + 500])
    if later is not None:
        async for line in later:
            yield frame(line, stamped)


def frame(line: Line, stamped: bool) -> bytes:
    """A line behind its header: the stream's number, three zeros and the length, big-endian."""
    text = f"{nano(line.at)} {line.text}\n" if stamped else f"{line.text}\n"
    content = text.encode()
    return bytes((line.stream, 0, 0, 0)) + len(content).to_bytes(4, "big") + content


def lines(one: Live, since: float, until: float) -> Iterator[Line]:
    """Every line of a container in since..until, in order."""
    if one.state == "restarting":
        yield from _crashes(one, since, until)
        return
    born = one.noun.created_at
    ends = one.finished_at if one.started_at <= born + 1 else inf
    first, last = ceil((max(since, born) - born) / _SLOT), int((min(until, ends, one.now) - born) // _SLOT)
    for slot in range(first, last + 1):
        yield _line(one, slot, born + slot * _SLOT)


def _line(one: Live, slot: int, at: float) -> Line:
    rng = dice("log", one.noun.name, slot)
    if one.noun.track is None:
        return Line(at, _STDERR, f"level=info msg=heartbeat slot={slot} lag_ms={rng.randint(0, 9)}")
    failed = rng.random() < (0.05 if one.noun.track == "canary" else 0.004)
    path, took = rng.choice(_PATHS), rng.lognormvariate(4.4, 0.5)
    if failed:
        return Line(at, _STDERR, f"ERROR {path} 500 {took * 3:.0f}ms upstream timed out after 3 attempts")
    return Line(at, _STDOUT, f"INFO {path} 200 {took:.0f}ms")


def _crashes(one: Live, since: float, until: float) -> Iterator[Line]:
    """Two lines of each attempt to start."""
    first = max(since, one.noun.created_at)
    attempt = one.started_at - ceil((one.started_at - first) / CRASH_PERIOD) * CRASH_PERIOD
    while attempt <= until:
        for line in (Line(attempt + 0.2, _STDOUT, _STARTS), Line(attempt + 0.8, _STDERR, _CRASH)):
            if first <= line.at <= until:
                yield line
        attempt += CRASH_PERIOD
