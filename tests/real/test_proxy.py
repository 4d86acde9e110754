"""Traffic through a real HAProxy to real containers, seen through a real Prometheus as the console's tracks."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest

from console.model.settings import DEFAULT_QUERIES
from console.sources.docker import DockerSource
from console.sources.prometheus import PrometheusSource
from tests.real.engine import RealEngine
from tests.real.metrics import RealPrometheus
from tests.real.programs import until, wait_for
from tests.real.proxy import RealProxy, Server

pytestmark = pytest.mark.real

TRACKS = {"stable": "200 OK", "canary": "503 Unavailable"}


class Service(NamedTuple):
    """One service in two tracks, with what measures it."""

    url: str
    metrics: RealPrometheus


@pytest.fixture
def service(engine: RealEngine) -> Iterator[Service]:
    """A service whose canary always fails, behind HAProxy, scraped by Prometheus."""
    servers = []
    for track, status in TRACKS.items():
        page = f"#!/bin/sh\necho 'Status: {status}'\necho 'Content-Type: text/plain'\necho\necho {track}\n"
        engine.load(f"web:{track}", {"www/cgi-bin/answer": page})
        labels = {"console.service": "web", "console.track": track}
        words = ("/bin/httpd", "-f", "-p", "8080", "-h", "/www")
        made = engine.run(f"web-{track}", *words, image=f"web:{track}", labels=labels)
        made.reload()
        address = made.attrs["NetworkSettings"]["IPAddress"]
        servers.append(Server(track, f"{address}:8080", namespace=engine.namespace))
    proxy = RealProxy({"web": servers})
    prometheus = RealPrometheus(scrape=proxy.scrape)
    yield Service(f"http://127.0.0.1:{proxy.fronts['web']}/cgi-bin/answer", prometheus)
    prometheus.destroy()
    proxy.destroy()


def ask(url: str) -> str:
    """The track that answered."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            text: str = answer.read().decode()
    except urllib.error.HTTPError as refusal:
        text = refusal.read().decode()
    return text.strip()


async def test_the_tracks_of_live_traffic_are_told_by_the_shipped_queries(
    service: Service, docker: DockerSource
) -> None:
    wait_for(lambda: {ask(service.url) for _ in range(2)} == set(TRACKS), "both tracks answer")
    wait_for(lambda: service.metrics.count("http_requests_total") > 0, "HAProxy is scraped")
    prometheus = PrometheusSource(service.metrics.url)
    ratios: dict[str, float | None] = {}

    async def told() -> bool:
        assert {ask(service.url) for _ in range(2)} == set(TRACKS)
        vector = await prometheus.instant(DEFAULT_QUERIES["track_error_ratio"])
        ratios.update({one.labels["track"]: one.value for one in vector.samples if one.labels["service"] == "web"})
        return ratios.get("canary") is not None

    try:
        await until(told, "a rate over two scrapes")
        assert ratios == {"canary": 1.0, "stable": 0.0}
        rates = await prometheus.instant(DEFAULT_QUERIES["track_request_rate"])
        assert all((one.value or 0) > 0 for one in rates.samples if one.labels["service"] == "web")
        facts = await prometheus.examine()
        assert facts.newest_sample_age is not None
        assert facts.newest_sample_age < timedelta(seconds=10)
    finally:
        await prometheus.aclose()
    labelled = {one.labels["console.track"]: one.state for one in (await docker.engine()).containers}
    assert labelled == {"stable": "running", "canary": "running"}
