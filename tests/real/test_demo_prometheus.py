"""The simulated Prometheus beside a real one: what it tells has the real one's names and types."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from console.demo.clock import FixedClock
from console.demo.prometheus_api import prometheus_app
from console.demo.world.world import World
from tests.demo.serving import Faults, serving
from tests.demo.shapes import unknown
from tests.real.metrics import RealPrometheus
from tests.real.programs import free_port, wait_for

pytestmark = pytest.mark.real
NOW = 1_780_000_000.0
RULES = """
groups:
- name: ours
  interval: 1s
  rules:
  - {alert: Always, expr: vector(1), labels: {severity: page}, annotations: {summary: it is}}
"""
NAMED_BY_USERS = ("labels", "discoveredLabels", "annotations", "metric", "data[]")
NEWER = frozenset((".data.droppedTargetCounts",))
ANSWERED = (
    "/api/v1/query?query=up",
    "/api/v1/query?query=1",
    "/api/v1/query?query=up[1m]",
    "/api/v1/query_range?query=up&start={past}&end={now}&step=60",
    "/api/v1/series?match[]=up",
    "/api/v1/labels",
    "/api/v1/label/job/values",
    "/api/v1/metadata?metric=up",
    "/api/v1/targets",
    "/api/v1/rules",
    "/api/v1/alerts",
    "/api/v1/status/buildinfo",
    "/api/v1/status/runtimeinfo",
)
PARAMETER = 'invalid parameter "query": '
REFUSED = (
    "/api/v1/query",
    "/api/v1/query?query=up(",
    "/api/v1/query?query=up&time=yesterday",
    "/api/v1/query_range?query=up",
    "/api/v1/query_range?query=up&start=1&end=x",
    "/api/v1/query_range?query=up&start=2&end=1&step=1",
    "/api/v1/query_range?query=up&start=1&end=2",
    "/api/v1/query_range?query=up&start=1&end=2&step=often",
    "/api/v1/query_range?query=up&start=1&end=2&step=0",
    "/api/v1/query_range?query=up&start=1&end=2&step=-5",
    "/api/v1/query_range?query=up&start=0&end=11001&step=1",
    "/api/v1/query_range?query=up[5m]&start=1&end=2&step=1",
    "/api/v1/query_range?query=rate(&start=1&end=2&step=1",
    "/api/v1/query?query=topk(NaN,up)",
    "/api/v1/series",
    "/api/v1/series?match[]={}",
    "/api/v1/label/no-label/values",
)


@pytest.fixture(name="real", scope="module")
def _real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    rules: Path = tmp_path_factory.mktemp("rules") / "rules.yml"
    rules.write_text(RULES)
    scrape = f"rule_files: ['{rules}']\nscrape_configs: [{{job_name: idle, static_configs: [{{targets: [TARGET]}}]}}]"
    # It cannot know its own port before it starts, so what it scrapes is another, where nobody answers.
    server = RealPrometheus(scrape=scrape.replace("TARGET", f"'127.0.0.1:{free_port()}'"))
    try:
        wait_for(lambda: server.count("up") == 1 and server.count("ALERTS") == 1, "a scrape and an alert")
        with httpx.Client(base_url=server.url, timeout=10) as client:
            yield client
    finally:
        server.destroy()


@pytest.fixture(name="simulated", scope="module")
def _simulated() -> Iterator[httpx.Client]:
    with (
        serving(prometheus_app(World(17, 7, NOW), FixedClock(NOW), Faults())) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client,
    ):
        yield client


@pytest.mark.parametrize("path", ANSWERED)
def test_an_answer_has_the_names_and_types_of_a_real_one(
    real: httpx.Client, simulated: httpx.Client, path: str
) -> None:
    ours, theirs = (
        client.get(path.replace("{now}", str(now)).replace("{past}", str(now - 120))).json()
        for client, now in ((simulated, NOW), (real, time.time()))
    )
    assert ours["status"] == theirs["status"] == "success"
    assert unknown(ours, theirs, NAMED_BY_USERS, NEWER) == []


@pytest.mark.parametrize("path", REFUSED)
def test_a_refusal_is_the_real_one(real: httpx.Client, simulated: httpx.Client, path: str) -> None:
    ours, theirs = simulated.get(path), real.get(path)
    assert (ours.status_code, ours.json()["errorType"]) == (theirs.status_code, theirs.json()["errorType"])
    # Old versions do not name the parameter of a range query.
    assert ours.json()["error"].removeprefix(PARAMETER) == theirs.json()["error"].removeprefix(PARAMETER)


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready", "/api/v1/nothing"])
def test_plain_answers_are_the_real_ones(real: httpx.Client, simulated: httpx.Client, path: str) -> None:
    ours, theirs = simulated.get(path), real.get(path)
    assert (ours.status_code, ours.text) == (theirs.status_code, theirs.text)
