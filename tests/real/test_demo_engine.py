"""The simulated engine beside a real one: what it tells has the real one's names and types."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from console.demo.clock import FixedClock
from console.demo.docker_api import docker_app
from console.demo.world.world import World
from tests.demo.serving import Faults, serving
from tests.demo.shapes import unknown
from tests.real.engine import IMAGE, RealEngine
from tests.real.programs import wait_for

pytestmark = pytest.mark.real
NOW = 1_780_000_000.0
API = "v1.41"
"""The newest version that the oldest engine we meet speaks."""
NAMED_BY_USERS = (
    "Annotations", "Containers", "ExposedPorts", "Labels", "LogConfig.Config", "Networks", "Options", "PortBindings",
    "Ports", "Runtimes", "Attributes", "Details", "IndexConfigs", "networks", "stats",
)  # fmt: skip
"""Objects whose keys are data: only what they hold is compared."""
OF_ANOTHER_SETUP = frozenset(
    (
        ".CgroupVersion",  # an engine on version 1 of control groups leaves it out
        "[].SizeRw",  # left out while nothing was written
        ".pids_stats.limit",  # left out where there is none
        "[].Spec.Runtime",  # told by later versions
        "[].RepoDigests[]",  # images of the tests come from no registry
        ".RepoDigests[]",
        ".Images[].RepoDigests[]",
        ".Config.Cmd[]",  # nor do they say what to start, and in what surroundings
        ".Config.Env[]",
        ".IPAM.Config[].Gateway",
        ".Containers[].SizeRw",
    )
)
"""What a real engine tells as well, when it is not the one of these tests."""


def real_answer(engine: RealEngine, path: str) -> Any:
    transport = httpx.HTTPTransport(uds=str(engine.socket))
    with httpx.Client(transport=transport, base_url="http://engine", timeout=30) as client:
        return lines(client.get(f"/{API}{path}"))


def lines(answer: httpx.Response) -> Any:
    """One JSON value, or the list of those on each line."""
    assert answer.status_code == 200, answer.text
    found = [json.loads(line) for line in answer.text.splitlines()]
    return found[0] if len(found) == 1 else found


@pytest.fixture(name="simulated", scope="module")
def _simulated() -> Iterator[httpx.Client]:
    with (
        serving(docker_app(World(17, 7, NOW), FixedClock(NOW), Faults())) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}/{API}", timeout=30) as client,
    ):
        yield client


@pytest.fixture(name="busy")
def _busy(engine: RealEngine) -> RealEngine:
    """The real engine with one of everything that the simulated one has."""
    labels = {"console.service": "brain", "console.track": "canary"}
    engine.run("works", "/bin/httpd", "-f", "-p", "8081", labels=labels, ports={"8081/tcp": 18081}, mem_limit="64m")
    engine.run("ended", "/bin/sh", "-c", "exit 3")
    engine.build("built:1", "RUN echo 1 > /one")
    engine.client.api.create_volume("kept")
    engine.client.services.create(IMAGE, ["/bin/sleep", "1000"], name="brain", labels=labels)  # type: ignore[no-untyped-call]
    wait_for(lambda: len(engine.client.containers.list()) == 2, "the service's task runs")
    return engine


ASKED = {
    "/version": "/version",
    "/info": "/info",
    "/containers/json?all=1&size=1": "/containers/json?all=1&size=1",
    "/containers/haproxy/json": "/containers/works/json",
    "/containers/nightly-eval/json": "/containers/ended/json",
    "/containers/haproxy/stats?stream=0": "/containers/works/stats?stream=0",
    "/containers/nightly-eval/stats?stream=0": "/containers/ended/stats?stream=0",
    "/services?status=true": "/services?status=true",
    "/tasks": "/tasks",
    "/nodes": "/nodes",
    "/swarm": "/swarm",
    "/networks": "/networks",
    "/networks/platform_default": "/networks/bridge",
    "/images/json": "/images/json",
    "/images/redis:7.4/json": f"/images/{IMAGE}/json",
    "/volumes": "/volumes",
    "/system/df": "/system/df",
    f"/events?since={NOW - 600}&until={NOW}": "/events?since=1&until=",
}
"""A question to the simulated engine, and the like question to the real one."""


def test_what_the_simulated_engine_tells_is_told_by_a_real_one(busy: RealEngine, simulated: httpx.Client) -> None:
    wrong = {}
    for ours, theirs in ASKED.items():
        until = str(time.time()) if theirs.endswith("until=") else ""
        said, told = lines(simulated.get(ours)), real_answer(busy, theirs + until)
        wrong[ours] = unknown(said, told, NAMED_BY_USERS, OF_ANOTHER_SETUP)
    assert not any(wrong.values()), wrong


def test_both_refuse_in_the_same_words(busy: RealEngine, simulated: httpx.Client) -> None:
    transport = httpx.HTTPTransport(uds=str(busy.socket))
    with httpx.Client(transport=transport, base_url=f"http://engine/{API}", timeout=30) as real:
        for path in (
            "/containers/nobody/json",
            "/containers/nobody/stats",
            "/containers/nobody/logs?stdout=1",
            "/nothing",
            "/services/nothing",
            "/tasks/nothing",
            "/nodes/nowhere",
            "/networks/nowhere",
            '/containers/json?filters={"colour":["red"]}',
            '/containers/json?filters={"status":["odd"]}',
        ):
            ours, theirs = simulated.get(path), real.get(path)
            assert ours.status_code == theirs.status_code, path
            # Versions differ in how they begin a sentence.
            assert ours.json()["message"].lower() == theirs.json()["message"].lower()
