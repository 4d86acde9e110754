"""Bursts of changes are one word."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from console.sync.announcer import Announcer
from tests.sync.world import Time

Said = list[frozenset[str]]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def said() -> Said:
    return []


@pytest.fixture
async def announcer(time: Time, said: Said) -> AsyncIterator[Announcer]:
    one = Announcer(said.append, time.pace())
    task = asyncio.ensure_future(one.run())
    yield one
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_burst_is_said_once(announcer: Announcer, time: Time, said: Said) -> None:
    announcer.changed("jobs")
    await time.advance(0.05)
    announcer.changed("pipelines", "jobs")
    await time.advance(0.06)
    assert said == [frozenset({"jobs", "pipelines"})]


async def test_nothing_is_said_and_nothing_wakes_when_nothing_changes(
    announcer: Announcer, time: Time, said: Said
) -> None:
    await time.advance(3600)
    assert said == []
    assert time.wakes == 0


async def test_old_days_can_wait(announcer: Announcer, time: Time, said: Said) -> None:
    for _ in range(10):
        announcer.changed("jobs", calm=True)
        await time.advance(0.19)
    assert said == []
    await time.advance(0.2)
    assert said == [frozenset({"jobs"})]


async def test_what_cannot_wait_takes_the_rest_along(announcer: Announcer, time: Time, said: Said) -> None:
    announcer.changed("jobs", calm=True)
    announcer.changed("sources")
    await time.advance(0.1)
    assert said == [frozenset({"jobs", "sources"})]
    await time.advance(10)
    assert len(said) == 1
