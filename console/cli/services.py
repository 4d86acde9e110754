"""Opens a context: its history, its real sources, and the sync between them.

Importing this is cheap: what is heavy is imported by `open_context`, in a thread, so that the screen stays awake.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..config import Config, Context, Loaded, Places
from ..launch import Announce, now

Clock = Callable[[], datetime]

if TYPE_CHECKING:
    from ..history.local import LocalHistory
    from ..ports import Services
    from ..sync.gitlab import Collected
    from ..sync.rhythm import Rhythm
    from ..sync.sync import Sync


class Closing(Protocol):
    """What holds connections."""

    async def aclose(self) -> None: ...


class ContextRuntime:
    """One context at work: launch.Runtime on real sources."""

    def __init__(
        self,
        services: "Services",
        sync: "Sync",
        history: "LocalHistory",
        sources: "Sequence[Closing]",
        runs: Clock = now,
    ) -> None:
        self._services = services
        self._sync = sync
        self._history = history
        self._sources = sources
        self._runs = runs

    @property
    def services(self) -> "Services":
        return self._services

    async def run(self) -> None:
        """Keep history fresh until cancelled."""
        await self._sync.run()

    async def fill(self, seconds: float | None = None) -> "Collected":
        """Fill what history lacks, for at most so long. Raises SourceError when GitLab or history keeps failing."""
        deadline = self._runs() + timedelta(seconds=seconds) if seconds is not None else None
        return await self._sync.once(deadline)

    def refresh(self) -> None:
        """Ask every source again now."""
        self._sync.refresh()

    def watching(self, topics: frozenset[str]) -> None:
        """What the visible pane needs."""
        self._sync.watching(topics)

    async def close(self) -> None:
        """End sync, then history, which what sync has under way writes to, then the connections."""
        self._sync.close()
        await asyncio.to_thread(self._history.close)
        await asyncio.gather(*(source.aclose() for source in self._sources))


def history_place(loaded: Loaded, where: Places, context: str) -> str | Path:
    """URL or file of a context's history."""
    url = loaded.config.history.url
    return url.replace("{context}", context) if url else where.history / f"{context}.sqlite3"


def history_file(loaded: Loaded, where: Places, context: str) -> Path | None:
    """The file of a context's history; None when it is on a server."""
    place = str(history_place(loaded, where, context)).removeprefix("sqlite:///")
    return None if "://" in place else Path(place).expanduser()


async def open_context(
    loaded: Loaded, where: Places, name: str, announce: Announce, *, clock: Clock = now, runs: Clock = now
) -> ContextRuntime:
    """The context `name` at work. Raises SourceError when its history cannot be used, ConfigError for no such name.

    `clock` is the present that boards see, `runs` the one by which sync paces itself: they differ where a picture of
    one moment is wanted.
    """
    _, context = loaded.context(name)
    return await asyncio.to_thread(_open, loaded, where, name, context, announce, clock, runs)


def _open(
    loaded: Loaded, where: Places, name: str, context: Context, announce: Announce, clock: Clock, runs: Clock
) -> ContextRuntime:
    """Imports some hundred milliseconds of libraries, opens the history, makes the sources; connects to nothing."""
    from ..history.local import open_history
    from ..ports import Services
    from ..sync.pace import Pace
    from ..sync.sync import Sync
    from . import sources

    days = loaded.config.history.retention_days
    gitlab = sources.gitlab(context.gitlab) if context.gitlab else None
    engines = sources.engines(context)
    metrics = sources.metrics(context.prometheus) if context.prometheus else None
    history = open_history(history_place(loaded, where, name), clock=runs, keep_days=days)
    sync = Sync(
        gitlab,
        engines,
        metrics,
        history=history,
        writer=history,
        pace=Pace(runs),
        announce=announce,
        requests_left=lambda: gitlab.requests_left if gitlab else None,
        rhythm=_rhythm(loaded.config),
    )
    services = Services(
        history=history,
        sync=sync,
        clock=clock,
        settings=context.settings(name),
        engines=engines,
        metrics=metrics,
        logs=gitlab,
    )
    made: list[Closing] = [one for one in (gitlab, metrics, *engines) if one is not None]
    return ContextRuntime(services, sync, history, made, runs)


def _rhythm(config: Config) -> "Rhythm":
    from ..sync.rhythm import Rhythm

    return Rhythm(
        requests_per_minute=config.sync.requests_per_minute,
        logs_per_minute=config.sync.logs_per_minute,
        horizon=timedelta(days=config.sync.backfill_days),
    )
