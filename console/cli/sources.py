"""Real sources from a config: the one place that builds them."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Never, Protocol

from ..config import Context, DockerConfig, GitLabConfig, PrometheusConfig
from ..model.engine import ContainerStats, DiskUse, Engine, EngineEvent
from ..model.metrics import Matrix, Vector
from ..ports import EngineReader, SourceError, Trouble
from ..secrets import SecretRef
from ..secrets.lookup import Secret
from ..sources.docker import DockerSource, EngineFacts
from ..sources.gitlab import GitLabSource
from ..sources.prometheus import PrometheusFacts, PrometheusSource


class ExaminedEngine(EngineReader, Protocol):
    """An engine that doctor can examine too."""

    async def examine(self) -> EngineFacts: ...
    async def aclose(self) -> None: ...


def gitlab(config: GitLabConfig) -> GitLabSource:
    """Connects to nothing yet; raises SourceError for an address that cannot be used."""
    return GitLabSource(
        config.url,
        Secret(config.token).renew,
        groups=config.groups,
        projects=config.projects,
        ca_file=_file(config.ca_file),
        proxy=config.proxy or None,
        timeout_seconds=config.timeout_seconds,
    )


def engine(config: DockerConfig) -> ExaminedEngine:
    """Connects to nothing yet. An engine that cannot even be tried says so at each question: the others go on."""
    try:
        return DockerSource(
            config.name,
            config.host,
            tls_ca=_file(config.tls_ca),
            tls_cert=_file(config.tls_cert),
            tls_key=_file(config.tls_key),
            timeout_seconds=config.timeout_seconds,
        )
    except SourceError as error:
        return UnusableEngine(config.name, error)


def engines(context: Context) -> tuple[ExaminedEngine, ...]:
    """All engines of a context."""
    return tuple(engine(config) for config in context.docker)


def metrics(config: PrometheusConfig) -> "LateMetrics":
    """Connects to nothing yet."""
    return LateMetrics(config)


class LateMetrics:
    """A Prometheus whose headers' secrets are looked up at the first question, in a thread.

    A secret that cannot be had is that question's SourceError, and is looked up again at a later one; so is one that
    was refused, since it may have been replaced where it comes from.
    """

    def __init__(self, config: PrometheusConfig) -> None:
        self._config = config
        secret = {name: Secret(one) for name, one in config.headers.items() if isinstance(one, SecretRef)}
        self._secrets = secret
        self._lock = asyncio.Lock()
        self._used = 0
        """Hash of the secrets in use: they themselves are kept in one place only."""
        self._refused = False
        self._source: PrometheusSource | None = None
        self._replaced: list[PrometheusSource] = []
        """With headers of before; other questions may still be under way there."""

    async def instant(self, promql: str, *, at: datetime | None = None) -> Vector:
        """As PrometheusSource."""
        async with self._opened() as source:
            return await source.instant(promql, at=at)

    async def range(self, promql: str, *, start: datetime, end: datetime, step: timedelta) -> Matrix:
        """As PrometheusSource."""
        async with self._opened() as source:
            return await source.range(promql, start=start, end=end, step=step)

    async def examine(self) -> PrometheusFacts:
        """As PrometheusSource."""
        async with self._opened() as source:
            return await source.examine()

    async def aclose(self) -> None:
        """Close the connections, if there are any."""
        for one in (*self._replaced, *(() if self._source is None else (self._source,))):
            await one.aclose()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[PrometheusSource]:
        try:
            yield await self._current()
        except SourceError as error:
            self._refused |= error.trouble is Trouble.UNAUTHENTICATED
            raise

    async def _current(self) -> PrometheusSource:
        async with self._lock:
            if self._source is not None and not self._refused:
                return self._source
            revealed = {name: await asyncio.to_thread(one.renew) for name, one in self._secrets.items()}
            self._refused = False
            if self._source is not None and self._used != hash(tuple(revealed.values())):
                self._replaced.append(self._source)
                self._source = None
            if self._source is None:
                self._source, self._used = self._made(revealed), hash(tuple(revealed.values()))
            return self._source

    def _made(self, revealed: dict[str, str]) -> PrometheusSource:
        plain = {name: one for name, one in self._config.headers.items() if isinstance(one, str)}
        return PrometheusSource(
            self._config.url,
            headers={**plain, **revealed},
            ca_file=_file(self._config.ca_file),
            timeout_seconds=self._config.timeout_seconds,
            proxy=self._config.proxy or None,
        )


class UnusableEngine:
    """Stands in for an engine whose address or certificates cannot be used."""

    def __init__(self, name: str, error: SourceError) -> None:
        self._name = name
        self._error = error

    @property
    def name(self) -> str:
        return self._name

    async def engine(self) -> Engine:
        self._refuse()

    async def disk(self) -> DiskUse:
        self._refuse()

    async def stats(self, ids: Collection[str]) -> tuple[ContainerStats, ...]:
        self._refuse()

    async def events(self) -> AsyncIterator[EngineEvent]:
        self._refuse()
        yield  # makes this a generator, as the port has it

    async def examine(self) -> EngineFacts:
        self._refuse()

    async def aclose(self) -> None:
        """Nothing is open."""

    def _refuse(self) -> Never:
        error = self._error
        raise SourceError(str(error), trouble=error.trouble, remedy=error.remedy)


def _file(path: str) -> str | None:
    return str(Path(path).expanduser()) if path else None
