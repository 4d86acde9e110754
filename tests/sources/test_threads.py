"""Blocking calls in threads that hold nobody up."""

import asyncio
import threading

import pytest

from console.sources.threads import in_thread


async def test_the_result_comes_back_from_another_thread() -> None:
    assert await in_thread(threading.get_ident) != threading.get_ident()


async def test_the_error_comes_back_as_it_was() -> None:
    def call() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        await in_thread(call)


async def test_a_wait_that_is_cancelled_ends_while_the_call_goes_on() -> None:
    release, ended = threading.Event(), threading.Event()

    def call() -> None:
        release.wait(10)
        ended.set()

    waiting = asyncio.create_task(in_thread(call))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not ended.is_set()
    release.set()
    assert await asyncio.to_thread(ended.wait, 10)


def test_the_loop_ends_while_a_call_hangs() -> None:
    release, ended = threading.Event(), threading.Event()

    def call() -> None:
        release.wait(10)
        ended.set()

    async def main() -> None:
        waiting = asyncio.create_task(in_thread(call))
        await asyncio.sleep(0)
        assert not waiting.done()

    asyncio.run(main())
    assert not ended.is_set()
    release.set()
    assert ended.wait(10)
