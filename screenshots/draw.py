"""One SVG a pane, from the demo with a fixed seed and clock, into this folder.

The platform's clock stands still at NOW. The console reads 90 days of it, then each pane is drawn at one size.
"""

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from console.app import ConsoleApp
from console.cli.services import open_context
from console.config import Loaded, Places, read
from console.config.structs import SyncConfig
from console.demo.clock import FixedClock
from console.demo.platform import TOKEN_VARIABLE, Platform
from console.launch import ContextInfo, Launch

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

NOW = datetime(2026, 3, 18, 13, 30, tzinfo=UTC)
SEED = 7
SIZE = (132, 40)
FILL_SECONDS = 900
"""At most: 90 days are there in some minutes, with every log of the last weeks."""
HERE = Path(__file__).parent
SHOTS: dict[str, tuple[str, ...]] = {
    "pipelines": ("2",),
    "waterfall": ("2", "g", "j", "enter", "enter"),
    "log": ("escape", "escape", "g", "e", "!"),
    "builds": ("escape", "escape", "3", "w", "w"),
    "cache": ("4",),
    "spend": ("5",),
    "rollouts": ("6",),
    "rollout": ("g", "enter"),
}
"""File name, and the keys that lead there from the shot before."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving() as (token, text):
        os.environ[TOKEN_VARIABLE] = token
        config = Path(folder) / "config.toml"
        config.write_text(text)
        config.chmod(0o600)
        asyncio.run(shoot(read(config), Places(config, Path(folder), Path(folder))))


@contextmanager
def serving() -> Iterator[tuple[str, str]]:
    """The platform in a process of its own, so that it takes no time from the screen: its token and its config."""
    spawned = get_context("spawn")
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def serve(ready: "Connection[tuple[str, str], None]") -> None:
    """Run the platform until terminated."""
    with Platform(seed=SEED, clock=FixedClock(NOW.timestamp())) as platform:
        ready.send((platform.token, platform.config_toml()))
        threading.Event().wait()


def _eager(loaded: Loaded) -> Loaded:
    sync = SyncConfig(requests_per_minute=6000, logs_per_minute=6000)
    return Loaded(loaded.path, msgspec.structs.replace(loaded.config, sync=sync))


def running() -> datetime:
    """NOW, and on by as much as this program has run: sync waits by it."""
    return NOW + timedelta(seconds=time.monotonic() - _START)


_START = time.monotonic()


async def shoot(loaded: Loaded, where: Places) -> None:
    """Fill history, then draw each pane from it."""
    opened = partial(open_context, loaded, where, clock=lambda: NOW, runs=running)
    runtime = await open_context(_eager(loaded), where, "demo", lambda topics: None, clock=lambda: NOW, runs=running)
    await runtime.fill(FILL_SECONDS)
    await runtime.close()
    app = ConsoleApp(
        Launch("demo", (ContextInfo("demo"),), opened, lambda name: where.state / name, theme="dark", clock=lambda: NOW)
    )
    async with app.run_test(size=SIZE) as pilot:
        for name, keys in SHOTS.items():
            await pilot.press(*keys)
            await _settle(lambda: app.export_screenshot(simplify=True))
            (HERE / f"{name}.svg").write_text(app.export_screenshot(title=f"console: {name}"))


async def _settle(picture: Callable[[], str]) -> None:
    """Until the picture has stood still for a second, or at most ten: a log may still be arriving behind it."""
    last, since = "", time.monotonic()
    limit = since + 10
    while (present := time.monotonic()) - since < 1 and present < limit:
        await asyncio.sleep(0.1)
        if (now := picture()) != last:
            last, since = now, time.monotonic()
