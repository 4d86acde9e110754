"""Blocking calls off the event loop, in threads that never hold up quitting."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(call: Callable[[], T], name: str = "blocking call") -> T:
    """Result of `call`, run in a daemon thread of its own; raises what it raises.

    Unlike `asyncio.to_thread`, whose threads are waited for when the loop and the interpreter end: a cancelled wait
    returns at once, and a call that hangs until its timeout delays nobody's exit.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(set_outcome: Callable[[], None]) -> None:
        if not outcome.done():
            set_outcome()

    def report(set_outcome: Callable[[], None]) -> None:
        try:
            loop.call_soon_threadsafe(settle, set_outcome)
        except RuntimeError:  # the loop has closed: nobody waits any more
            return

    def run() -> None:
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - raised again in the task that waits
            failure = error
            report(lambda: outcome.set_exception(failure))
        else:
            report(lambda: outcome.set_result(result))

    threading.Thread(target=run, name=name, daemon=True).start()
    return await outcome
