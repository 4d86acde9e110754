"""Traffic through a real HAProxy to real containers, seen through a real Prometheus as the console's tracks."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import pytest_asyncio

from console.model.settings import DEFAULT_QUERIES
from console.sources.docker import DockerSource
from console.sources.prometheus import PrometheusSource
from tests.real.engine import RealEngine
from tests.real.programs import until
from tests.real.tracks import TRACKS, RealService

pytestmark = pytest.mark.real


@pytest.fixture
def service(engine: RealEngine) -> Iterator[RealService]:
    started = RealService(engine)
    yield started
    started.destroy()


@pytest_asyncio.fixture
async def metrics(service: RealService) -> AsyncIterator[PrometheusSource]:
    source = PrometheusSource(service.prometheus.url)
    yield source
    await source.aclose()


async def by_track(metrics: PrometheusSource, query: str) -> dict[str, float]:
    """The figure of each track of the service, where there is one."""
    samples = (await metrics.instant(DEFAULT_QUERIES[query])).samples
    told = {one.labels["track"]: one.value for one in samples if one.labels["service"] == "web"}
    return {track: value for track, value in told.items() if track in TRACKS and value is not None}


async def test_the_tracks_of_live_traffic_are_told_by_the_shipped_queries(
    service: RealService, metrics: PrometheusSource, docker: DockerSource
) -> None:
    service.fail("canary", 100)

    async def failing() -> bool:
        assert set(service.load(2)) == set(TRACKS)
        return (await by_track(metrics, "track_error_ratio")).get("canary", 0) > 0.5

    await until(failing, "the canary's failures are measured")
    ratios, rates = await by_track(metrics, "track_error_ratio"), await by_track(metrics, "track_request_rate")
    assert ratios["stable"] == 0
    assert set(rates) == set(TRACKS)
    assert all(rate > 0 for rate in rates.values())
    facts = await metrics.examine()
    assert facts.newest_sample_age is not None
    assert facts.newest_sample_age < timedelta(seconds=10)
    labelled = {one.labels["console.track"]: one.state for one in (await docker.engine()).containers}
    assert labelled == dict.fromkeys(TRACKS, "running")


async def test_traffic_follows_the_weights(service: RealService) -> None:
    service.weigh("canary", 25)
    assert (service.weight("stable"), service.weight("canary")) == (100, 25)
    assert service.load(100)["canary"] in range(18, 23)  # of 20: the round starts anywhere
    service.weigh("canary", 0)
    assert service.load(20) == {"stable": 20}
