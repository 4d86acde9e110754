"""The simulated Docker engine through the `docker` package, and over plain HTTP where its words matter."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import docker
import httpx
import pytest
from docker.errors import APIError, NotFound

from console.demo import sabotage
from console.demo.clock import FixedClock, RunningClock
from console.demo.docker_api import docker_app
from console.demo.docker_api.answers import ago
from console.demo.docker_api.engine import Engine
from console.demo.docker_api.happenings import happenings
from console.demo.docker_api.logs import lines
from console.demo.metrics import MetricStore
from console.demo.promql import instant
from console.demo.promql.labels import label
from console.demo.promql.values import as_vector
from console.demo.world.world import World
from tests.demo.serving import Faults, serving

NOW = 1_780_000_000.0
WORLD = World(17, 7, NOW)


@pytest.fixture(name="clock", scope="module")
def _clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(name="faults", scope="module")
def _all_faults() -> Faults:
    return Faults()


@pytest.fixture(name="port", scope="module")
def _port(clock: FixedClock, faults: Faults) -> Iterator[int]:
    with serving(docker_app(WORLD, clock, faults)) as port:
        yield port


@pytest.fixture(name="engine", scope="module")
def _engine(port: int) -> Iterator[docker.DockerClient]:
    client = docker.DockerClient(base_url=f"tcp://127.0.0.1:{port}", timeout=10)
    yield client
    client.close()


@pytest.fixture(name="http")
def _http(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        yield client


@pytest.fixture(autouse=True)
def _calm(faults: Faults, clock: FixedClock) -> Iterator[None]:
    yield
    faults.active, clock.present = frozenset(), NOW


def names(engine: docker.DockerClient, **filters: Any) -> set[str | None]:
    return {one.name for one in engine.containers.list(all=True, filters=filters)}


def figures(engine: docker.DockerClient, name: str) -> dict[str, Any]:
    """One reading of a container's stats."""
    found = engine.containers.get(name).stats(stream=False)
    assert isinstance(found, dict)
    return found


def test_the_client_agrees_on_a_version(engine: docker.DockerClient) -> None:
    assert engine.ping() is True
    assert engine.version()["MinAPIVersion"] == "1.24"
    assert engine.info()["Swarm"]["LocalNodeState"] == "active"


def test_a_ping_tells_what_a_client_needs_to_begin(http: httpx.Client) -> None:
    head, get = http.head("/_ping"), http.get("/v1.41/_ping")
    assert (head.text, get.text) == ("", "OK")
    for answer in (head, get):
        assert answer.headers["api-version"] == "1.47"
        assert answer.headers["ostype"] == "linux"


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/v1.23/info", 400, "client version 1.23 is too old. Minimum supported API version is 1.24, "
         "please upgrade your client to a newer version"),
        ("/v1.99/info", 400, "client version 1.99 is too new. Maximum supported API version is 1.47"),
        ("/nothing", 404, "page not found"),
        ("/containers/nobody/json", 404, "No such container: nobody"),
        ("/containers/nobody/stats", 404, "No such container: nobody"),
        ("/services/nothing", 404, "service nothing not found"),
        ("/tasks/nothing", 404, "task nothing not found"),
        ("/nodes/nowhere", 404, "node nowhere not found"),
        ("/networks/nowhere", 404, "network nowhere not found"),
        ("/images/none:1/json", 404, "No such image: none:1"),
        ('/containers/json?filters={"colour":["red"]}', 400, "invalid filter 'colour'"),
        ('/containers/json?filters={"status":["odd"]}', 400, "invalid filter 'status=odd'"),
        ("/containers/json?filters=[", 400, "invalid filter"),
        ("/containers/redis-sessions/logs", 400, "Bad parameters: you must choose at least one stream"),
        ("/system/df?type=dust", 400, "unknown object type: dust"),
    ],
)  # fmt: skip
def test_a_refusal_is_in_the_engines_words(http: httpx.Client, path: str, status: int, message: str) -> None:
    answer = http.get(path)
    assert (answer.status_code, answer.json()) == (status, {"message": message})


def test_every_version_that_is_spoken_is_served(http: httpx.Client) -> None:
    assert http.get("/v1.24/containers/json").json() == http.get("/containers/json").json()


def test_containers_are_those_of_the_world(engine: docker.DockerClient) -> None:
    assert names(engine) == {one.name for one in WORLD.containers() if one.created_at <= NOW}
    assert "nightly-eval" not in {one.name for one in engine.containers.list()}


def test_containers_are_found_by_label_name_and_state(engine: docker.DockerClient) -> None:
    assert names(engine, label=["console.service=agent-brain", "console.track=canary"]) == {"agent-brain_canary.1"}
    assert names(engine, name="^redis-") == {"redis-embeddings", "redis-sessions"}
    assert names(engine, status="restarting") == {"otel-collector"}
    assert names(engine, exited=137) == {"nightly-eval"}
    assert names(engine, ancestor="redis:7.4") == {"redis-embeddings", "redis-sessions"}
    assert names(engine, **{"is-task": False}) == {one.name for one in WORLD.containers() if one.service is None}


def test_a_limit_gives_the_newest_whatever_their_state(http: httpx.Client) -> None:
    every = http.get("/containers/json?all=1").json()
    assert http.get("/containers/json?limit=3").json() == every[:3]
    assert [one["Created"] for one in every] == sorted((one["Created"] for one in every), reverse=True)


def test_sizes_are_told_when_asked(http: httpx.Client) -> None:
    assert "SizeRw" not in http.get("/containers/json").json()[0]
    assert http.get("/containers/json?size=1").json()[0]["SizeRootFs"] > 0


def test_a_container_is_found_by_the_beginning_of_its_id(engine: docker.DockerClient, http: httpx.Client) -> None:
    identity = engine.containers.get("haproxy").attrs["Id"]
    assert engine.containers.get(identity[:12]).name == "haproxy"
    shared = Counter(one["Id"][0] for one in http.get("/containers/json").json())
    prefix = next(digit for digit, count in shared.items() if count > 1)
    ambiguous = http.get(f"/containers/{prefix}/json")
    assert ambiguous.json() == {"message": f"Multiple IDs found with provided prefix: {prefix}"}


def test_a_crashing_container_is_restarting(engine: docker.DockerClient, clock: FixedClock) -> None:
    one = engine.containers.get("otel-collector")
    assert (one.status, one.attrs["State"]["ExitCode"]) == ("restarting", 1)
    before = one.attrs["RestartCount"]
    clock.advance(122)
    one.reload()
    assert one.attrs["RestartCount"] == before + 2
    assert b"address already in use" in one.logs(tail=1)


def test_a_restart_starts_the_container_anew(engine: docker.DockerClient, clock: FixedClock) -> None:
    one = engine.containers.get("redis-embeddings")
    started = one.attrs["State"]["StartedAt"]
    clock.advance(10)
    one.restart(timeout=1)
    clock.advance(5)
    one.reload()
    assert one.attrs["State"]["StartedAt"] > started
    events = engine.events(decode=True, since=int(NOW), until=int(NOW + 15), filters={"container": "redis-embeddings"})
    assert [event["Action"] for event in events] == ["kill", "die", "stop", "start", "restart"]
    with pytest.raises(NotFound):
        engine.api.restart("nobody")


def test_stats_say_what_prometheus_says(engine: docker.DockerClient, clock: FixedClock) -> None:
    canary = figures(engine, "agent-brain_canary.1")
    used = canary["cpu_stats"]["cpu_usage"]["total_usage"] - canary["precpu_stats"]["cpu_usage"]["total_usage"]
    total = canary["cpu_stats"]["system_cpu_usage"] - canary["precpu_stats"]["system_cpu_usage"]
    cores = used / total * canary["cpu_stats"]["online_cpus"]
    memory = canary["memory_stats"]["usage"] - canary["memory_stats"]["stats"]["inactive_file"]
    query = {
        label(one.labels, "__name__") or "rate": one.value
        for text in ('rate(container_cpu_usage_seconds_total{name="agent-brain_canary.1"}[1m])',
                     'container_memory_working_set_bytes{name="agent-brain_canary.1"}')
        for one in as_vector(instant(MetricStore(WORLD, clock), text, int(NOW * 1000)).value)
    }  # fmt: skip
    assert cores == pytest.approx(query["rate"], rel=0.35)
    assert memory == pytest.approx(query["container_memory_working_set_bytes"], rel=0.01)


def test_stats_of_a_stopped_container_are_empty(engine: docker.DockerClient, http: httpx.Client) -> None:
    assert figures(engine, "nightly-eval")["memory_stats"] == {}
    once = http.get("/containers/haproxy/stats?stream=false&one-shot=true").json()
    assert once["precpu_stats"]["cpu_usage"]["total_usage"] == 0


def test_stats_stream_a_reading_a_second(http: httpx.Client) -> None:
    with http.stream("GET", "/containers/haproxy/stats") as answer:
        readings = answer.iter_lines()
        first, second = json.loads(next(readings)), json.loads(next(readings))
    assert first["preread"].startswith("0001")
    assert second["preread"] == first["read"]


def test_logs_are_two_streams_in_frames(engine: docker.DockerClient, http: httpx.Client) -> None:
    canary = engine.containers.get("agent-brain_canary.1")
    both, out = canary.logs(), canary.logs(stderr=False)
    errors = [line for line in both.splitlines() if line.startswith(b"ERROR")]
    assert errors
    assert not [line for line in out.splitlines() if line.startswith(b"ERROR")]
    assert len(canary.logs(tail=7).splitlines()) == 7
    stamped = canary.logs(tail=1, timestamps=True).decode()
    assert stamped.startswith("2026-05-28T20:2")
    raw = http.get("/containers/haproxy/logs?stdout=1&stderr=1&tail=1")
    assert raw.headers["content-type"] == "application/vnd.docker.multiplexed-stream"
    assert raw.content[0] == 2
    assert int.from_bytes(raw.content[4:8], "big") == len(raw.content) - 8
    assert http.get("/v1.40/containers/haproxy/logs?stdout=1").headers["content-type"].endswith("raw-stream")


def test_logs_are_the_same_whenever_they_are_read(clock: FixedClock) -> None:
    engine = Engine(WORLD, clock)
    before = list(lines(engine.find("haproxy"), NOW - 300, NOW - 100))
    clock.advance(1000)
    assert before == list(lines(engine.find("haproxy"), NOW - 300, NOW - 100))
    assert len(before) == pytest.approx(40, abs=1)


def test_logs_are_followed(faults: Faults) -> None:
    clock = RunningClock(speed=60, start=NOW)
    with serving(docker_app(World(17, 7, NOW), clock, faults)) as port:
        address = f"http://127.0.0.1:{port}/containers/haproxy/logs?stdout=1&stderr=1&tail=0&follow=1"
        with httpx.stream("GET", address, timeout=10) as answer:
            assert b"heartbeat" in next(answer.iter_raw())


def test_services_and_tasks_tell_track_and_weight(engine: docker.DockerClient, http: httpx.Client) -> None:
    (canary,) = engine.services.list(filters={"label": ["console.service=agent-brain", "console.track=canary"]})
    assert canary.attrs["Spec"]["Mode"]["Replicated"]["Replicas"] == 1
    asked = {"filters": json.dumps({"service": [canary.name]})}
    (task,) = http.get("/tasks", params=asked).json()
    container = engine.containers.get(task["Status"]["ContainerStatus"]["ContainerID"])
    assert container.labels["com.docker.swarm.service.id"] == task["ServiceID"] == canary.attrs["ID"]
    assert http.get(f"/services/{task['ServiceID']}").json() == http.get("/services/agent-brain_canary").json()
    assert http.get(f"/tasks/{task['ID'][:8]}").json() == task


def test_running_tasks_are_counted_when_asked(http: httpx.Client) -> None:
    services = http.get("/services?status=true").json()
    assert all(one["ServiceStatus"]["RunningTasks"] == one["ServiceStatus"]["DesiredTasks"] > 0 for one in services)
    assert "ServiceStatus" not in http.get("/services").json()[0]


def test_a_track_has_no_service_before_its_first_replica(engine: docker.DockerClient, clock: FixedClock) -> None:
    clock.present = NOW - 2 * 3600
    assert "agent-brain_canary" not in {one.name for one in engine.services.list()}


def test_nodes_networks_and_images_are_listed(engine: docker.DockerClient) -> None:
    assert {
        (one.attrs["Description"]["Hostname"], one.attrs["Spec"]["Availability"]) for one in engine.nodes.list()
    } == {
        ("docker-host-1", "active"),
        ("docker-host-2", "drain"),
    }
    assert {one.name for one in engine.networks.list()} >= {"bridge", "ingress", "fleet"}
    used = {one.image for one in WORLD.containers()}
    assert used <= {tag for image in engine.images.list() for tag in image.tags}
    assert engine.images.list(filters={"dangling": True})


def test_disk_use_holds_a_build_cache_that_is_used_again(engine: docker.DockerClient, http: httpx.Client) -> None:
    report = engine.df()
    records = report["BuildCache"]
    assert len(records) > 50
    assert {one["Type"] for one in records} > {"regular", "source.local", "exec.cachemount"}
    assert sum(one["UsageCount"] > 1 for one in records) > len(records) / 2
    lost = [one for one in records if "agent-docker" in one["Description"] and one["UsageCount"] == 1]
    assert lost, "agent-docker's layers are built anew since its cache collapsed"
    only = http.get("/system/df?type=build-cache").json()
    assert only["Images"] is None
    assert len(only["BuildCache"]) == len(records)
    assert "BuilderSize" in http.get("/v1.41/system/df").json()


def test_events_of_a_span_are_the_same_whenever_they_are_asked(clock: FixedClock) -> None:
    engine = Engine(WORLD, clock)
    before = happenings(engine, NOW - 3600, NOW - 600)
    clock.advance(5000)
    assert before == happenings(engine, NOW - 3600, NOW - 600)
    assert {one.action for one in before} >= {"create", "start", "die", "destroy"}
    split = [*happenings(engine, NOW - 3600, NOW - 1234.5), *happenings(engine, NOW - 1234.5, NOW - 600)]
    assert before == split


def test_events_are_filtered(http: httpx.Client) -> None:
    asked = {
        "since": str(NOW - 600),
        "until": str(NOW),
        "filters": json.dumps({"event": ["die"], "container": ["otel-collector"]}),
    }
    found = [json.loads(line) for line in http.get("/events", params=asked).text.splitlines()]
    assert len(found) == pytest.approx(600 / 61, abs=1)
    assert {(one["Type"], one["status"], one["Actor"]["Attributes"]["exitCode"]) for one in found} == {
        ("container", "die", "1")
    }


def test_events_come_as_they_happen(faults: Faults) -> None:
    clock = RunningClock(speed=200, start=NOW)
    with serving(docker_app(World(17, 7, NOW), clock, faults)) as port:
        client = docker.DockerClient(base_url=f"tcp://127.0.0.1:{port}", timeout=10)
        stream = client.events(decode=True)
        event = next(stream)
        assert event["time"] >= NOW
        stream.close()
        client.close()


@pytest.mark.parametrize(("fault", "status"), [("5xx", 500), ("docker-down", 503)])
def test_a_fault_is_an_error_to_the_client(
    engine: docker.DockerClient, faults: Faults, fault: str, status: int
) -> None:
    faults.active = frozenset({fault})
    with pytest.raises(APIError) as caught:
        engine.containers.list()
    assert caught.value.status_code == status


def test_a_web_page_and_half_an_answer_are_no_json(http: httpx.Client, faults: Faults) -> None:
    faults.active = frozenset({"html"})
    assert http.get("/containers/json").text.startswith("<!DOCTYPE html>")
    faults.active = frozenset({"truncated"})
    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/containers/json")


def test_a_slow_answer_is_whole(http: httpx.Client, faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sabotage, "SLOW_SECONDS", 0.2)
    faults.active = frozenset({"slow"})
    began = time.monotonic()
    assert http.get("/_ping").text == "OK"
    assert time.monotonic() - began >= 0.2


def test_a_partial_engine_has_lost_its_swarm_and_some_figures(engine: docker.DockerClient, faults: Faults) -> None:
    faults.active = frozenset({"partial"})
    with pytest.raises(APIError, match="not a swarm manager"):
        engine.services.list()
    failed = 0
    for one in engine.containers.list():
        try:
            figures(engine, one.attrs["Id"])
        except APIError:
            failed += 1
    assert 0 < failed < len(engine.containers.list())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"), (3599, "59 minutes"),
     (3600, "About an hour"), (47 * 3600, "47 hours"), (3 * 86400, "3 days"), (20 * 86400, "2 weeks"),
     (90 * 86400, "3 months"), (800 * 86400, "2 years")],
)  # fmt: skip
def test_a_length_of_time_is_told_as_the_engine_tells_it(seconds: float, text: str) -> None:
    assert ago(seconds) == text
