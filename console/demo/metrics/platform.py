"""What Redis, the container engine and Prometheus itself tell."""

from collections.abc import Iterator, Mapping
from functools import partial
from math import inf

from console.demo.metrics.curves import Counter, Curve, Share, constant, curve_of, each
from console.demo.metrics.flows import Flow, ripple
from console.demo.metrics.usage import cpu_flow, working_set_bytes
from console.demo.world.nouns import Container, Redis
from console.demo.world.world import World

VERSION = "2.53.3"
"""What our Prometheus says it is: a version whose range selectors are closed intervals, as our engine's are."""


def redis_curves(world: World) -> Iterator[Curve]:
    """Lookups that hit and missed, memory, and whether it is up."""
    for redis in world.redis():
        curve = curve_of(world.origin, job="redis", instance=redis.instance)
        yield curve("redis_keyspace_hits_total", Counter(world.origin, [(_lookups(redis, "hit"), _hits(redis))]))
        yield curve("redis_keyspace_misses_total", Counter(world.origin, [(_lookups(redis, "miss"), _misses(redis))]))
        yield curve("redis_memory_used_bytes", each(partial(_memory, redis)))
        yield curve("redis_up", constant(1))


def _lookups(redis: Redis, voice: str) -> Flow:
    return Flow(redis.lookups, f"{redis.instance}/{voice}")


def _hits(redis: Redis) -> list[Share]:
    since, shares = -inf, []
    for until, ratio in redis.hit_ratios:
        shares.append(Share(since, until, ratio))
        since = until
    return shares


def _misses(redis: Redis) -> list[Share]:
    return [Share(one.since, one.until, 1 - one.factor) for one in _hits(redis)]


def _memory(redis: Redis, t: float) -> int:
    return round(redis.memory_bytes * (1 + 0.1 * ripple(redis.instance, t)))


def container_curves(world: World) -> Iterator[Curve]:
    """CPU time, working set and memory limit of each container that has ever run since the world began."""
    for container in world.containers():
        if container.state in ("running", "paused"):
            yield from _container(world, container)


def _container(world: World, container: Container) -> Iterator[Curve]:
    since = max(container.created_at, world.origin)
    labels = {"job": "cadvisor", "instance": "docker-host-1:8080", "name": container.name, "image": container.image}
    curve = curve_of(since, **labels)
    used = Counter(since, [(cpu_flow(container), [Share(since, inf, 1.0)])], whole=False)
    yield curve("container_cpu_usage_seconds_total", used, cpu="total")
    yield curve("container_memory_working_set_bytes", each(partial(working_set_bytes, container)))
    yield curve("container_spec_memory_limit_bytes", constant(container.memory_limit_bytes))


def target_curves(world: World, since: Mapping[tuple[str, str], float]) -> Iterator[Curve]:
    """Whether each target (job, instance) answers its scrapes, and what Prometheus says about itself."""
    for (job, instance), began in since.items():
        yield curve_of(began, job=job, instance=instance)("up", constant(1))
    itself = curve_of(world.origin, job="prometheus", instance="localhost:9090")
    yield itself("up", constant(1))
    yield itself("prometheus_build_info", constant(1), version=VERSION, branch="HEAD", goversion="go1.22.8")
