"""Real systems for a whole test session; each is started by the first test that asks for it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from console.sources.docker import DockerSource
from tests.real.engine import RealEngine
from tests.real.metrics import RealPrometheus
from tests.real.samples import open_metrics


@pytest.fixture(scope="session")
def running_engine() -> Iterator[RealEngine]:
    """A Docker engine that manages a swarm of one."""
    engine = RealEngine()
    yield engine
    engine.destroy()


@pytest.fixture
def engine(running_engine: RealEngine) -> Iterator[RealEngine]:
    """The engine, empty before and after."""
    running_engine.clear()
    yield running_engine
    running_engine.clear()


@pytest_asyncio.fixture
async def docker(engine: RealEngine) -> AsyncIterator[DockerSource]:
    """The console's source of that engine."""
    source = DockerSource("lab", engine.host)
    yield source
    await source.aclose()


@pytest.fixture(scope="session")
def prometheus() -> Iterator[RealPrometheus]:
    """A Prometheus with two hours of history; see samples.py."""
    server = RealPrometheus(open_metrics=open_metrics())
    yield server
    server.destroy()
