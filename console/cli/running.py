"""Runs a verb's asynchronous part."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Impatient(ThreadPoolExecutor):
    """Threads nobody waits for at the end: one may block in a request whose answer has been given up."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)


def complete(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, as asyncio.run gives it, but without waiting for threads that it left behind.

    Ctrl+C cancels it and raises KeyboardInterrupt.
    """
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(Impatient(thread_name_prefix="verb"))
        return runner.run(work)
