"""Job logs by range, from servers that know ranges in different ways or not at all."""

import re
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from console.ports import LogPart, SourceError, Trouble
from console.sources.gitlab import logs
from tests.sources.gitlab.lab import Lab

LOG = bytes(range(256)) * 40
"""10,240 bytes, most of them no UTF-8."""
TRACE = "projects/7/jobs/3/trace"


class Pieces(httpx.AsyncByteStream):
    """A body in pieces of 1 kB without a Content-Length; counts what was taken of it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken < len(self.content):
            piece = self.content[self.taken : self.taken + 1024]
            self.taken += len(piece)
            yield piece


def by_range(request: httpx.Request) -> httpx.Response:
    """A server that knows Range, as a web server in front of a file does."""
    span = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range", ""))
    assert span
    if span[1]:
        first, last = int(span[1]), min(int(span[2] or len(LOG)), len(LOG) - 1)
    else:
        first, last = max(0, len(LOG) - int(span[2])), len(LOG) - 1
    if first >= len(LOG):
        return httpx.Response(416, headers={"Content-Range": f"bytes */{len(LOG)}"})
    told = {"Content-Range": f"bytes {first}-{last}/{len(LOG)}"}
    return httpx.Response(206, content=LOG[first : last + 1], headers=told)


def by_bytes(request: httpx.Request) -> httpx.Response:
    """GitLab 19.5, which ignores Range."""
    start = int(request.url.params.get("byte_offset", 0))
    limit = int(request.url.params.get("byte_limit", len(LOG)))
    return httpx.Response(200, content=LOG[start : start + limit], headers={"Content-Type": "text/plain"})


def whole(_: httpx.Request) -> httpx.Response:
    """A server that sends all of it whatever one asks."""
    return httpx.Response(200, content=LOG)


def whole_in_pieces(_: httpx.Request) -> httpx.Response:
    """The same, without saying how long it is."""
    return httpx.Response(200, stream=Pieces(LOG))


SERVERS = [("18.9.0", by_range), ("19.5.0", by_bytes), ("15.11.0", whole), ("15.11.0", whole_in_pieces)]


@pytest.mark.parametrize(("version", "server"), SERVERS)
@pytest.mark.parametrize(
    ("offset", "limit", "start", "end"),
    [
        (0, 100, 0, 100),
        (5_000, 3_000, 5_000, 8_000),
        (10_000, 512_000, 10_000, 10_240),
        (-240, 512_000, 10_000, 10_240),
    ],
)
async def test_every_server_gives_the_same_part(
    lab: Lab,
    version: str,
    server: Callable[[httpx.Request], httpx.Response],
    offset: int,
    limit: int,
    start: int,
    end: int,
) -> None:
    lab.routes["metadata"] = {"version": version}
    lab.routes[TRACE] = server
    part = await lab.source().log(7, 3, offset=offset, limit=limit)
    assert (part.content, part.offset) == (LOG[start:end], start)
    assert part.total_bytes in (len(LOG), None)


@pytest.mark.parametrize(("version", "server"), SERVERS)
async def test_beyond_the_end_there_is_nothing(
    lab: Lab, version: str, server: Callable[[httpx.Request], httpx.Response]
) -> None:
    lab.routes["metadata"] = {"version": version}
    lab.routes[TRACE] = server
    part = await lab.source().log(7, 3, offset=20_000, limit=100)
    assert part.content == b""
    assert part.total_bytes in (len(LOG), None)


@pytest.mark.parametrize(("version", "server"), SERVERS)
async def test_a_tail_longer_than_the_log_is_the_log(
    lab: Lab, version: str, server: Callable[[httpx.Request], httpx.Response]
) -> None:
    lab.routes["metadata"] = {"version": version}
    lab.routes[TRACE] = server
    part = await lab.source().log(7, 3, offset=-50_000)
    assert part == LogPart(LOG, 0, len(LOG))


async def test_a_job_that_has_not_begun_has_an_empty_log(lab: Lab) -> None:
    lab.routes[TRACE] = httpx.Response(200, content=b"")
    assert await lab.source().log(7, 3) == LogPart(b"", 0, 0)


async def test_an_erased_log_is_missing(lab: Lab) -> None:
    lab.routes[TRACE] = httpx.Response(404, json={"message": "404 Not found"})
    with pytest.raises(SourceError, match="knows nothing of the log of job 3") as caught:
        await lab.source().log(7, 3)
    assert caught.value.trouble is Trouble.MISSING


async def test_no_more_of_a_whole_log_is_read_than_leads_to_the_part(lab: Lab) -> None:
    body = Pieces(LOG)
    lab.routes[TRACE] = lambda _: httpx.Response(200, stream=body)
    part = await lab.source().log(7, 3, offset=1_000, limit=100)
    assert part.content == LOG[1_000:1_100]
    assert body.taken == 2048


async def test_of_a_long_tail_only_the_part_asked_for_is_read(lab: Lab) -> None:
    body = Pieces(LOG)
    lab.routes[TRACE] = lambda _: httpx.Response(200, stream=body, headers={"Content-Length": str(len(LOG))})
    part = await lab.source().log(7, 3, offset=-9_240, limit=100)
    assert part == LogPart(LOG[1_000:1_100], 1_000, len(LOG))
    assert body.taken == 2048


async def test_a_log_that_is_sent_whole_and_is_endless_is_given_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST_SKIP", 4096)
    lab.routes[TRACE] = lambda _: httpx.Response(200, stream=Pieces(LOG))
    for offset in (8_000, -100):
        with pytest.raises(SourceError, match="only whole") as caught:
            await lab.source().log(7, 3, offset=offset, limit=100)
        assert caught.value.trouble is Trouble.UNSUPPORTED


async def test_a_log_in_an_object_store_is_fetched_there_without_our_token(lab: Lab) -> None:
    store = "https://store.example/bucket/log?signature=abc"
    lab.routes[TRACE] = httpx.Response(302, headers={"Location": store})
    lab.elsewhere["store.example"] = by_range
    part = await lab.source().log(7, 3, offset=100, limit=100)
    assert part.content == LOG[100:200]
    asked = lab.requests[-1]
    assert asked.url.host == "store.example"
    assert "Authorization" not in asked.headers
    assert "PRIVATE-TOKEN" not in asked.headers


async def test_a_new_server_that_ignores_its_own_parameters_is_noticed(lab: Lab) -> None:
    lab.routes["metadata"] = {"version": "19.6.0"}
    lab.routes[TRACE] = whole
    source = lab.source()
    for _ in range(2):
        part = await source.log(7, 3, offset=5_000, limit=100)
        assert (part.content, part.offset) == (LOG[5_000:5_100], 5_000)


async def test_the_same_without_a_length_is_noticed_too(lab: Lab) -> None:
    lab.routes["metadata"] = {"version": "19.6.0"}
    lab.routes[TRACE] = whole_in_pieces
    part = await lab.source().log(7, 3, offset=5_000, limit=100)
    assert (part.content, part.offset) == (LOG[5_000:5_100], 5_000)


async def test_a_part_larger_than_one_request_may_bring_takes_several(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "BYTE_LIMIT", 1_000)
    lab.routes["metadata"] = {"version": "19.5.0"}
    lab.routes[TRACE] = by_bytes
    source = lab.source()
    assert await source.log(7, 3, offset=100, limit=2_500) == LogPart(LOG[100:2_600], 100, None)
    assert await source.log(7, 3, offset=9_000, limit=5_000) == LogPart(LOG[9_000:], 9_000, len(LOG))
    limits = [int(one.url.params["byte_limit"]) for one in lab.requests if "byte_limit" in one.url.params]
    assert limits == [1_000, 1_000, 500, 1_000, 1_000]


async def test_a_server_that_hides_its_version_is_taken_for_an_old_one(lab: Lab) -> None:
    lab.routes["metadata"] = httpx.Response(403, json={"message": "403 Forbidden"})
    lab.routes[TRACE] = by_range
    source = lab.source()
    for _ in range(2):
        assert (await source.log(7, 3, limit=10)).content == LOG[:10]
    assert lab.paths().count("metadata") == 1


async def test_a_login_page_is_not_taken_for_a_log(lab: Lab) -> None:
    """It would count as a log without caches."""
    lab.routes[TRACE] = httpx.Response(200, html="<!DOCTYPE html><title>Sign in</title>")
    with pytest.raises(SourceError, match="it is a web page"):
        await lab.source().log(7, 3)


async def test_a_server_that_fails_to_tell_its_version_still_gives_logs(lab: Lab) -> None:
    lab.routes["metadata"] = httpx.Response(500, text="")
    lab.routes[TRACE] = by_range
    assert (await lab.source().log(7, 3, limit=10)).content == LOG[:10]


async def test_a_part_that_does_not_say_which_is_unreadable(lab: Lab) -> None:
    lab.routes[TRACE] = httpx.Response(206, content=b"x")
    with pytest.raises(SourceError, match="without saying which"):
        await lab.source().log(7, 3, offset=5)
