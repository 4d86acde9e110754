"""What the fleet's projects put before users: services with their tracks, the containers behind them, Redis."""

from functools import cache
from math import inf

from .dice import dice
from .nouns import Container, Latency, Redis, Service, Track, TrackPhase, Wave

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_REGISTRY = "registry.llm.example"
_MEBI = 1024 * 1024


def _phases(*steps: tuple[float, float, float, float, float, int]) -> tuple[TrackPhase, ...]:
    """Phases from (until, weight, error ratio, median s, sigma, replicas), oldest first."""
    since, made = -inf, []
    for until, weight, errors, median, sigma, replicas in steps:
        made.append(TrackPhase(since, until, weight, errors, Latency(median, sigma), replicas))
        since = until
    return tuple(made)


def _canary(start: float) -> Service:
    """agent-brain: the canary went to 5 %, then to 25 %, where it fails and is slow (the trouble to find)."""
    five, quarter = start - 55 * MINUTE, start - 35 * MINUTE
    stable = _phases(
        (five, 1.0, 0.002, 0.085, 0.45, 4), (quarter, 0.95, 0.002, 0.084, 0.45, 4), (inf, 0.75, 0.002, 0.083, 0.45, 3)
    )
    canary = _phases(
        (five, 0.0, 0.0, 0.085, 0.45, 0), (quarter, 0.05, 0.011, 0.120, 0.60, 1), (inf, 0.25, 0.047, 0.178, 0.75, 1)
    )
    image = f"{_REGISTRY}/llm/agent-brain"
    return Service(
        "agent-brain", "llm/agent-brain", "canary", Wave(42.0),
        (
            Track("stable", "2.8.1", f"{image}:2.8.1", stable),
            Track("canary", "2.9.0-rc1", f"{image}:2.9.0-rc1", canary),
        ),
        8081,
    )  # fmt: skip


def _blue_green(start: float) -> Service:
    """agent-mesh: switched from blue to green two days ago; blue is kept to go back to."""
    switch, prepared = start - 2 * DAY, start - 2 * DAY - 25 * MINUTE
    blue = _phases((switch, 1.0, 0.0015, 0.031, 0.4, 3), (inf, 0.0, 0.0, 0.031, 0.4, 3))
    green = _phases(
        (prepared, 0.0, 0.0, 0.03, 0.4, 0), (switch, 0.0, 0.0, 0.03, 0.4, 3), (inf, 1.0, 0.0012, 0.028, 0.4, 3)
    )
    image = f"{_REGISTRY}/llm/agent-mesh"
    return Service(
        "agent-mesh", "llm/agent-mesh", "blue-green", Wave(120.0, 0.3),
        (Track("blue", "1.14.3", f"{image}:1.14.3", blue), Track("green", "1.15.0", f"{image}:1.15.0", green)),
        8083,
    )  # fmt: skip


def _healthy_canary(start: float) -> Service:
    """llm-platform: a canary at half, behaving well."""
    steps = [start - 3 * HOUR, start - 2 * HOUR, start - 50 * MINUTE]
    stable = _phases(
        (steps[0], 1.0, 0.001, 0.052, 0.4, 4), (steps[1], 0.95, 0.001, 0.052, 0.4, 4),
        (steps[2], 0.75, 0.001, 0.052, 0.4, 3), (inf, 0.5, 0.001, 0.052, 0.4, 2),
    )  # fmt: skip
    canary = _phases(
        (steps[0], 0.0, 0.001, 0.05, 0.4, 0), (steps[1], 0.05, 0.0009, 0.05, 0.4, 1),
        (steps[2], 0.25, 0.0011, 0.05, 0.4, 1), (inf, 0.5, 0.001, 0.049, 0.4, 2),
    )  # fmt: skip
    image = f"{_REGISTRY}/llm/llm-platform"
    return Service(
        "llm-platform", "llm/llm-platform", "canary", Wave(75.0, 0.4),
        (Track("stable", "5.3.0", f"{image}:5.3.0", stable), Track("canary", "5.4.0", f"{image}:5.4.0", canary)),
        8080,
    )  # fmt: skip


def _steady(name: str, rate: float, median: float, replicas: int, version: str, port: int) -> Service:
    phases = _phases((inf, 1.0, 0.0018, median, 0.5, replicas))
    track = Track("stable", version, f"{_REGISTRY}/llm/{name}:{version}", phases)
    return Service(name, f"llm/{name}", "rolling", Wave(rate), (track,), port)


@cache
def services(start: float) -> tuple[Service, ...]:
    return (
        _canary(start),
        _steady("agent-chat", 63.0, 0.019, 3, "4.2.2", 8082),
        _blue_green(start),
        _healthy_canary(start),
        _steady("agent-ops", 6.5, 0.12, 2, "0.31.0", 8084),
        _steady("agent-memory", 28.0, 0.041, 2, "1.7.4", 8085),
    )


@cache
def redis(start: float) -> tuple[Redis, ...]:
    """Two instances; the session store lost a part of its hits five hours ago (a cold restart that never warmed up)."""
    return (
        Redis("redis-embeddings:6379", Wave(850.0), ((inf, 0.942),), 3_400 * _MEBI),
        Redis("redis-sessions:6379", Wave(310.0, 0.6), ((start - 5 * HOUR, 0.931), (inf, 0.784)), 900 * _MEBI),
    )


def _labels(**labels: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name.replace("__", "."), value) for name, value in labels.items()))


def _replicas(service: Service, track: Track, start: float) -> list[Container]:
    rng = dice("replicas", service.name, track.name)
    phase = track.phases[-1]
    born = max((one.since for one in track.phases if one.replicas and one.since > -inf), default=start - 9 * DAY)
    return [
        Container(
            name=f"{service.name}_{track.name}.{slot + 1}",
            image=track.image,
            labels=_labels(
                console__service=service.name, console__track=track.name, console__project=service.project,
                console__strategy=service.strategy,
            ),
            created_at=born + rng.uniform(2, 40),
            cpu=Wave(rng.uniform(0.25, 0.7) * (1.9 if track.name == "canary" else 1.0), 0.35),
            memory_bytes=int(rng.uniform(700, 1100) * _MEBI * (1.6 if service.name == "agent-brain" else 1.0)),
            memory_limit_bytes=2560 * _MEBI,
            service=f"{service.name}_{track.name}",
            track=track.name,
            ports=(service.port,),
        )
        for slot in range(phase.replicas)
    ]  # fmt: skip


def _plain(name: str, image: str, start: float, cpu: float, memory: float, **rest: object) -> Container:
    return Container(
        name, image, _labels(com__docker__compose__project="platform", com__docker__compose__service=name),
        start - 20 * DAY, Wave(cpu, 0.2), int(memory * _MEBI), int(memory * 1.6) * _MEBI, **rest,  # type: ignore[arg-type]
    )  # fmt: skip


@cache
def containers(seed: int, start: float) -> tuple[Container, ...]:
    """All containers: replicas of every track, the runners, Redis, and some odd ones (restarting, exited)."""
    found = [one for service in services(start) for track in service.tracks for one in _replicas(service, track, start)]
    found += [
        _plain(name, "gitlab/gitlab-runner:v18.11.1", start, 0.06, 96)
        for name in ("docker-fleet-1", "docker-fleet-2", "docker-fleet-3")
    ]
    found += [
        _plain("redis-embeddings", "redis:7.4", start, 0.35, 3400, ports=(6379,)),
        _plain("redis-sessions", "redis:7.4", start, 0.18, 900, ports=(6380,)),
        _plain("buildkit-1", "moby/buildkit:v0.17.2", start, 1.4, 1800),
        _plain("prometheus", "prom/prometheus:v2.53.3", start, 0.3, 1400, ports=(9090,)),
        _plain("haproxy", "haproxy:3.0", start, 0.22, 140, ports=(80,)),
        _plain("otel-collector", "otel/opentelemetry-collector:0.114.0", start, 0.0, 0, state="restarting",
               restarts=int(37 + seed % 7), exit_code=1),
        _plain("db-migrate-5.4.0", f"{_REGISTRY}/llm/llm-platform:5.4.0", start, 0.0, 0, state="exited"),
        _plain("nightly-eval", f"{_REGISTRY}/llm/agent-eval:0.9.2", start, 0.0, 0, state="exited", exit_code=137),
    ]  # fmt: skip
    return tuple(found)
