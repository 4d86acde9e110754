"""One Docker engine as a source."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Never, TypeVar

from ...model.engine import ContainerStats, DiskUse, Engine, EngineEvent
from ...ports import Clock
from ...text import clean
from . import containers, facts
from .address import address
from .clients import Clients
from .containers import Life
from .disk import disk_use
from .events import Feed
from .payloads import ContainerRow, DiskAnswer, InspectAnswer, StatsAnswer, VersionAnswer, read
from .usage import CpuTime, stats

if TYPE_CHECKING:
    from .client import EngineClient

T = TypeVar("T")

DISK_KEPT = timedelta(seconds=60)
"""The engine walks its whole store to answer, so its answer serves for a while."""
DISK_TIMEOUT_SECONDS = 60.0
MOST_QUESTIONS, MOST_SSH_QUESTIONS = 8, 3
"""Questions under way at once. Engines up to 20.10 take a second for one container's statistics, so a few wait side by
side; each ssh connection is a login."""

JUST_GOING = (404, 409, 500)
"""Statuses that a question about one container gets while it ends."""


class DockerSource:
    """Reads one engine; an engine that comes back is found by the next call. Raises SourceError, and only that."""

    def __init__(
        self,
        name: str,
        host: str,
        *,
        tls_ca: str | None = None,
        tls_cert: str | None = None,
        tls_key: str | None = None,
        timeout_seconds: float = 5.0,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        """`host` as in DOCKER_HOST. Connects to nothing yet; raises SourceError for an address it cannot use."""
        self._name = name
        self._address = address(host, tls_ca=tls_ca, tls_cert=tls_cert, tls_key=tls_key)
        self._where = f"Docker engine {clean(name, 100)} ({self._address.shown})"
        self._timeout = timeout_seconds
        self._clock = clock
        self._clients = Clients(self._connect, MOST_SSH_QUESTIONS if self._address.kind == "ssh" else MOST_QUESTIONS)
        self._feeds: set[Feed] = set()
        self._lives: dict[str, Life] = {}
        self._cpu: dict[str, CpuTime] = {}
        self._disk: tuple[datetime, DiskUse] | None = None
        self._disk_lock = asyncio.Lock()

    @property
    def name(self) -> str:
        """As the config calls the engine."""
        return self._name

    def __repr__(self) -> str:
        return f"DockerSource({self._where})"

    async def engine(self) -> Engine:
        """Version, containers and Swarm services.

        Start and restarts of a container come from an inspection, which is made once a start: see `containers`.
        """
        from .swarm import services

        version, rows, swarm = await self._ask(
            lambda client: (
                read(client.version(), VersionAnswer),
                read(client.containers(all=True), list[ContainerRow]),
                services(client),
            )
        )
        now = self._clock()
        await self._inspect(rows, now)
        return Engine(
            name=self._name,
            at=now,
            version=clean(version.version, 100),
            api_version=clean(version.api_version, 20),
            containers=tuple(containers.container(row, self._lives.get(row.id)) for row in rows),
            services=swarm or (),
            swarm=swarm is not None,
        )

    async def disk(self) -> DiskUse:
        """What the disk holds, up to a minute old."""
        async with self._disk_lock:
            now = self._clock()
            if self._disk is None or not timedelta(0) <= now - self._disk[0] < DISK_KEPT:
                self._disk = now, disk_use(await self._ask(_disk, DISK_TIMEOUT_SECONDS))
            return self._disk[1]

    async def stats(self, ids: Collection[str]) -> tuple[ContainerStats, ...]:
        """What the containers use now, in the order asked for; one that is gone is left out."""
        answers = await _all(self._ask(partial(_stats, id_)) for id_ in ids)
        found: list[ContainerStats] = []
        seen: dict[str, CpuTime] = {}
        for id_, answer in zip(ids, answers, strict=True):
            if answer is not None:
                used, at = stats(id_, answer, self._cpu.get(id_))
                found.append(used)
                if at is not None:
                    seen[id_] = at
        self._cpu = {**{id_: at for id_, at in self._cpu.items() if id_ in self._lives}, **seen}
        return tuple(found)

    async def events(self) -> AsyncIterator[EngineEvent]:
        """Events as they happen, until cancelled or closed; raises SourceError when the engine goes away."""
        feed = Feed(self._connect)
        self._feeds.add(feed)
        try:
            async for happened in feed.events():
                yield happened
        except Exception as error:  # noqa: BLE001 - raised again, as what it is or as SourceError
            self._explain(error, self._timeout)
        finally:
            self._feeds.discard(feed)
            feed.close()

    async def examine(self) -> facts.EngineFacts:
        """What `console doctor` wants to know; raises SourceError when the engine does not let us read it."""
        return await self._ask(lambda client: facts.examine(client, self._address, self._clock()))

    async def aclose(self) -> None:
        """Closes connections and ends the streams of events; a question under way is not waited for."""
        for feed in tuple(self._feeds):
            feed.close()
        self._clients.close()

    async def _inspect(self, rows: list[ContainerRow], now: datetime) -> None:
        by_id = {row.id: row for row in rows}
        self._lives = {id_: life for id_, life in self._lives.items() if id_ in by_id}
        wanted = containers.to_inspect(rows, self._lives, now)
        answers = await _all(self._ask(partial(_inspect, id_)) for id_ in wanted)
        for id_, answer in zip(wanted, answers, strict=True):
            if answer is not None:
                self._lives[id_] = containers.life(by_id[id_], answer, now)

    def _connect(self) -> "EngineClient":
        from .client import connect

        return connect(self._address, self._timeout, self._where)

    async def _ask(self, question: Callable[["EngineClient"], T], timeout_seconds: float | None = None) -> T:
        """The answer to a question that may take longer than others; raises SourceError."""
        seconds = timeout_seconds or self._timeout
        try:
            return await self._clients.ask(partial(_within, seconds, question))
        except Exception as error:  # noqa: BLE001 - raised again, as what it is or as SourceError
            self._explain(error, seconds)

    def _explain(self, error: Exception, timeout_seconds: float) -> Never:
        """Raises the failure as SourceError; what asking cannot raise is a mistake of ours and stays what it is."""
        from .errors import FAILURES, explain

        if not isinstance(error, FAILURES):
            raise error
        raise explain(error, self._where, self._address, timeout_seconds) from error


async def _all(questions: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The answers in the order of the questions; the first failure ends the others."""
    tasks = [asyncio.ensure_future(question) for question in questions]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _within(seconds: float, question: Callable[["EngineClient"], T], client: "EngineClient") -> T:
    client.timeout = seconds  # type: ignore[assignment]  # the SDK's types want whole ones
    return question(client)


def _disk(client: "EngineClient") -> DiskAnswer:
    return read(client.df(), DiskAnswer)


def _inspect(id_: str, client: "EngineClient") -> InspectAnswer | None:
    """None: the container has gone since it was listed, or is just going."""
    from docker.errors import APIError

    try:
        return read(client.inspect_container(id_), InspectAnswer)
    except APIError as error:
        if error.status_code in JUST_GOING:
            return None
        raise


def _stats(id_: str, client: "EngineClient") -> StatsAnswer | None:
    """One sample at once where the engine can (API 1.41); older ones take a second for two. None: as `_inspect`."""
    from docker.errors import APIError

    try:
        if client.speaks(1, 41):
            return read(client.stats(id_, stream=False, one_shot=True), StatsAnswer)
        return read(client.stats(id_, stream=False), StatsAnswer)
    except APIError as error:
        if error.status_code in JUST_GOING:
            return None
        raise
