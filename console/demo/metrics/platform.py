"""What Redis, the container engine and Prometheus itself tell."""

from collections.abc import Iterator, Mapping
from math import inf

from console.demo.metrics.curves import Counter, Curve, Share, Values, constant, curve_of, each
from console.demo.metrics.flows import Flow, ripple
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
        yield curve("redis_memory_used_bytes", _about(redis.memory_bytes, f"{redis.instance}/memory"))
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


def container_curves(world: World) -> Iterator[Curve]:
    """CPU time, working set and memory limit of each container that has ever run since the world began."""
    for container in world.containers():
        if container.state in ("running", "paused"):
            yield from _container(world, container)


def _container(world: World, container: Container) -> Iterator[Curve]:
    since = max(container.created_at, world.origin)
    labels = {"job": "cadvisor", "instance": "docker-host-1:8080", "name": container.name, "image": container.image}
    curve = curve_of(since, **labels)
    used = Counter(since, [(Flow(container.cpu, container.name), [Share(since, inf, 1.0)])], whole=False)
    yield curve("container_cpu_usage_seconds_total", used, cpu="total")
    yield curve("container_memory_working_set_bytes", _about(container.memory_bytes, f"{container.name}/memory"))
    yield curve("container_spec_memory_limit_bytes", constant(container.memory_limit_bytes))


def target_curves(world: World, since: Mapping[tuple[str, str], float]) -> Iterator[Curve]:
    """Whether each target (job, instance) answers its scrapes, and what Prometheus says about itself."""
    for (job, instance), began in since.items():
        yield curve_of(began, job=job, instance=instance)("up", constant(1))
    itself = curve_of(world.origin, job="prometheus", instance="localhost:9090")
    yield itself("up", constant(1))
    yield itself("prometheus_build_info", constant(1), version=VERSION, branch="HEAD", goversion="go1.22.8")


def _about(mean: float, voice: str) -> Values:
    """A gauge that keeps within some per cent of its mean, in whole units."""
    return each(lambda t: round(mean * (1 + 0.15 * ripple(voice, t))))
