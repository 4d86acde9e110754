"""Which parts of which logs are read, and how many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from console.model.cache import CacheUse, Outcome
from console.model.pipelines import Job
from console.ports import LogPart, SourceError, Trouble
from console.sync.log_parts import HEAD, HEAD_MOST, TAIL, cache_parts
from console.sync.logs import uses_of
from console.sync.rhythm import Rhythm
from console.sync.sync import Sync
from tests.fakes import NOW, job, project
from tests.sync.world import DOWN, FakeGitLab, MemoryHistory, Time, hit

HIT = (CacheUse("deps", Outcome.HIT),)
START = b"section_start:1700000000:step_script\r\x1b[0K\n"


@dataclass
class Log:
    """One log, read by range."""

    content: bytes
    tells_size: bool = True
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def read(self, offset: int, limit: int) -> LogPart:
        self.asked.append((offset, limit))
        start = max(0, len(self.content) + offset) if offset < 0 else offset
        part = self.content[start : start + limit]
        return LogPart(part, start, len(self.content) if self.tells_size else None)


@pytest.mark.parametrize("tells_size", [True, False])
async def test_a_short_log_is_one_request(tells_size: bool) -> None:
    log = Log(b"line\n" * 100, tells_size)
    assert await cache_parts(log.read) == log.content
    assert len(log.asked) == 1


@pytest.mark.parametrize("tells_size", [True, False])
async def test_of_a_long_log_only_both_ends_are_read(tells_size: bool) -> None:
    log = Log(b"restore\n" + START + b"script output\n" * 1_000_000 + b"saved\n", tells_size)
    found = await cache_parts(log.read)
    assert found.startswith(b"restore\n" + START)
    assert found.endswith(b"saved\n")
    assert len(found) <= HEAD + TAIL
    assert set(found.splitlines()[3:-1]) == {b"script output"}, "only whole lines"
    assert len(log.asked) == 2


async def test_the_beginning_is_read_until_the_script_starts() -> None:
    log = Log(b"fetching\n" * 15_000 + START + b"script output\n" * 1_000_000)
    found = await cache_parts(log.read)
    assert START in found
    assert [offset for offset, _ in log.asked[:3]] == [0, HEAD, 2 * HEAD]
    assert len(log.asked) == 4


async def test_a_log_whose_script_never_starts_is_not_read_whole() -> None:
    log = Log(b"x" * 5_000_000)
    await cache_parts(log.read)
    assert sum(limit for _, limit in log.asked) <= HEAD_MOST + HEAD + TAIL


async def test_ends_that_meet_are_joined_without_a_seam() -> None:
    log = Log(START + bytes(range(48, 58)) * 8_000)
    assert await cache_parts(log.read) == log.content
    unsure = Log(log.content, tells_size=False)
    assert await cache_parts(unsure.read) == log.content


def test_a_log_gives_what_became_of_its_caches() -> None:
    log = b"section_start:1:restore_cache\r\nChecking cache for deps-protected...\nSuccessfully extracted cache\n"
    (use,) = uses_of(log + b"section_end:3:restore_cache\r\n")
    assert (use.key, use.outcome) == ("deps-protected", Outcome.HIT)


def finished(id: int, project_id: int = 1) -> Job:
    """A job whose log is due; the higher its id, the newer."""
    return replace(job(id, project_id=project_id), finished_at=NOW - timedelta(minutes=1000 - id))


class Stage:
    """Sync of a fleet whose jobs are stored already."""

    def __init__(self, jobs: list[Job], rhythm: Rhythm | None = None) -> None:
        self.time = Time()
        self.gitlab = FakeGitLab([project(1, "llm/a"), project(2, "llm/b")])
        self.gitlab.logs = {one.id: b"deps" for one in jobs}
        self.history = MemoryHistory(all_jobs=jobs)
        self.sync = Sync(
            self.gitlab,
            (),
            None,
            history=self.history,
            writer=self.history,
            pace=self.time.pace(),
            parse_log=hit,
            rhythm=rhythm or Rhythm(),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sync under way until the block ends."""
        task = asyncio.ensure_future(self.sync.run())
        yield
        assert not task.done(), task.exception()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def until_read(self, count: int) -> None:
        """Wait until so many logs were dealt with, letting time pass."""
        async with asyncio.timeout(10):
            while len(self.history.read) < count:
                await self.time.advance(0.5)
                await asyncio.sleep(0.001)


async def test_finished_jobs_are_read_newest_first() -> None:
    stage = Stage([finished(id) for id in (1, 2, 3)])
    async with stage.running():
        await stage.until_read(3)
    assert list(stage.history.read) == [3, 2, 1]
    assert set(stage.history.read.values()) == {HIT}


async def test_no_more_logs_are_read_than_the_budget_allows() -> None:
    stage = Stage([finished(id) for id in range(100)], Rhythm(logs_per_minute=16))
    async with stage.running():
        await stage.until_read(10)
        passed = (stage.time.now - NOW).total_seconds()
    assert passed >= (10 - 2 - 1) * 60 / 16


async def test_a_budget_of_none_reads_no_log() -> None:
    stage = Stage([finished(1)], Rhythm(logs_per_minute=0))
    async with stage.running():
        await stage.time.advance(3600)
    assert not stage.history.read
    assert stage.gitlab.count("log 1") == 0


async def test_an_erased_log_is_not_asked_for_again() -> None:
    stage = Stage([finished(1), finished(2)])
    del stage.gitlab.logs[2]
    async with stage.running():
        await stage.until_read(2)
    assert stage.history.read == {2: (), 1: HIT}
    assert stage.gitlab.count("log 2") == 1


async def test_a_log_that_breaks_is_given_up_after_some_tries() -> None:
    stage = Stage([finished(1), finished(2)])
    stage.gitlab.failing["log 2"] = SourceError("500", trouble=Trouble.BROKEN)
    async with stage.running():
        await stage.until_read(2)
    assert stage.history.read == {1: HIT, 2: ()}
    assert stage.gitlab.count("log 2") == 3


async def test_logs_that_are_refused_are_left_alone_for_an_hour() -> None:
    stage = Stage([finished(1), finished(5, 2), finished(6, 2)])
    stage.gitlab.failing["log 6"] = stage.gitlab.failing["log 5"] = SourceError("403", trouble=Trouble.FORBIDDEN)
    async with stage.running():
        await stage.until_read(1)
        await stage.time.advance(600)
        assert stage.history.read == {1: HIT}
        assert stage.gitlab.count("log 6") + stage.gitlab.count("log 5") == 1
        stage.gitlab.failing.clear()
        await stage.time.advance(3600)
        await stage.until_read(3)
    assert stage.history.read == {1: HIT, 5: HIT, 6: HIT}


async def test_no_log_is_lost_while_gitlab_is_down() -> None:
    stage = Stage([finished(1)])
    stage.gitlab.failing[""] = DOWN
    async with stage.running():
        await stage.time.advance(300)
        assert stage.history.read == {}
        stage.gitlab.failing.clear()
        await stage.time.advance(120)
        await stage.until_read(1)
    assert stage.history.read == {1: HIT}
