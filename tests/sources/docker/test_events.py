"""Events of engines, and streams that are none."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.model.engine import EngineEvent
from console.ports import SourceError, Trouble
from console.sources.docker import DockerSource
from console.sources.docker.events import MOST_WAITING
from tests.sources.docker.odd_engine import Answer, HangUp, OddEngine, Reply, Route, Stream

Odd = Callable[[Mapping[str, Route]], OddEngine]
Reading = Callable[..., DockerSource]


def happened(kind: str, action: str, **attributes: str) -> bytes:
    actor = {"ID": "abc", "Attributes": attributes}
    return json.dumps({"Type": kind, "Action": action, "Actor": actor, "timeNano": 1_772_366_400_500_000_000}).encode()


async def test_events_come_in_any_chunks_and_commands_in_containers_are_left_out(odd: Odd, reading: Reading) -> None:
    parts = [
        happened("container", "exec_create: /bin/sh -c 'curl -H token'"),
        happened("container", "health_status: unhealthy", name="web\x1b[31m"),
        happened("service", "update", name="web"),
        happened("volume", "create"),
    ]
    text = b"\n".join(parts) + b"\n"
    stream = Stream([text[start : start + 50] for start in range(0, len(text), 50)])
    seen: list[EngineEvent] = []
    source = reading(odd({"/events": stream}))

    async def follow() -> None:
        async for one in source.events():
            seen.append(one)
            if len(seen) == 3:
                stream.done.set()

    with pytest.raises(SourceError, match="ended its stream") as ended:
        await follow()
    assert ended.value.trouble is Trouble.UNREACHABLE
    at = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    assert seen == [
        EngineEvent(at, "container", "health_status: unhealthy", "abc", "web"),
        EngineEvent(at, "service", "update", "abc", "web"),
        EngineEvent(at, "other", "create", "abc", ""),
    ]


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Answer(403, {"message": "authorization denied by plugin"}), Trouble.FORBIDDEN),
        (Answer(200, b"<html>"), Trouble.UNSUPPORTED),
        (Stream([b"<html></html>"]), Trouble.UNSUPPORTED),
        (Stream([b'{"message":"shutting down"}']), Trouble.BROKEN),
        (Stream([b'{"Type":"container","Action":"start","timeNano":9' + b"9" * 40 + b"}"]), Trouble.BROKEN),
        (HangUp(), Trouble.UNREACHABLE),
    ],
)
async def test_a_stream_that_is_none_is_one_clear_error(
    odd: Odd, reading: Reading, reply: Reply, trouble: Trouble
) -> None:
    if isinstance(reply, Stream):
        reply = replace(reply, done=threading.Event(), ended=threading.Event())
        reply.done.set()
    with pytest.raises(SourceError) as caught:
        await anext(reading(odd({"/events": reply})).events())
    assert caught.value.trouble is trouble


async def test_a_reader_far_behind_is_told_instead_of_drowned(odd: Odd, reading: Reading) -> None:
    stream = Stream([happened("container", "start") + b"\n"] * (2 * MOST_WAITING))
    stream.done.set()
    seen = 0

    async def follow() -> None:
        nonlocal seen
        async for _ in reading(odd({"/events": stream})).events():
            seen += 1
            stream.ended.wait(10)  # a loop that does not get to its work is the point

    with pytest.raises(SourceError, match="faster than they are taken"):
        await follow()
    assert seen == 1


async def test_closing_the_source_ends_its_events(odd: Odd, reading: Reading) -> None:
    stream = Stream([happened("container", "start", name="web") + b"\n"])
    source = reading(odd({"/events": stream}))
    events = source.events()
    await anext(events)
    await source.aclose()
    with pytest.raises(SourceError):
        await anext(events)
