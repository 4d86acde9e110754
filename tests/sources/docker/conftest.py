"""Odd engines, and the source that reads them."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import pytest_asyncio

from console.sources.docker import DockerSource
from tests.sources.docker.odd_engine import OddEngine, Route

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class HandClock:
    """A clock that goes on when told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, **span: float) -> None:
        """Time goes by."""
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def odd() -> Iterator[Callable[[Mapping[str, Route]], OddEngine]]:
    """Makes engines; a short folder, since the address of a socket holds 107 characters."""
    made: list[OddEngine] = []
    with TemporaryDirectory(prefix="odd-") as folder:

        def make(routes: Mapping[str, Route]) -> OddEngine:
            made.append(OddEngine(Path(folder), routes))
            return made[-1]

        yield make
        for engine in made:
            engine.close()


@pytest_asyncio.fixture
async def reading(clock: HandClock) -> AsyncIterator[Callable[..., DockerSource]]:
    """Makes sources of engines."""
    made: list[DockerSource] = []

    def make(engine: OddEngine, **options: Any) -> DockerSource:
        made.append(DockerSource("odd", engine.host, clock=clock, **options))
        return made[-1]

    yield make
    for source in made:
        await source.aclose()
