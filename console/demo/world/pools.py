"""The runners of the fleet, by the pool of tags that they serve, and how long jobs wait for them."""

from .dice import digest
from .nouns import Latency, Runner, RunnerManager, Wave

_VERSIONS = {
    "16.11.4": "d7caf8a4",
    "18.5.0": "bda84871",
    "18.9.0": "07e534ba",
    "18.11.1": "5265d41d",
    "19.4.0": "e1a27c53",
}
_OLD, _LARGE, _ALL = "16.11.4", "18.9.0", "instance_type"


def _runner(number: int, name: str, pool: str, tags: str, executor: str = "docker", **rest: object) -> Runner:
    version = str(rest.pop("version", "18.11.1"))
    hosts = int(str(rest.pop("hosts", 1)))
    online = bool(rest.get("online", True))
    managers = tuple(
        RunnerManager(number * 10 + host, f"s_{digest(name, host).hex()[:12]}", f"10.40.{number}.{10 + host}", online)
        for host in range(hosts)
    )
    return Runner(
        id=number,
        name=name,
        short_token=digest(name).hex()[:9],
        executor=executor,
        tags=tuple(tags.split()),
        version=version,
        revision=_VERSIONS[version],
        managers=managers,
        pool=pool,
        **{"kind": "group_type", "limit": 8, **rest},  # type: ignore[arg-type]
    )


RUNNERS: tuple[Runner, ...] = (
    _runner(11, "docker-fleet-1", "docker", "docker linux", run_untagged=True, limit=5, hosts=2),
    _runner(12, "docker-fleet-2", "docker", "docker linux", run_untagged=True, limit=5, hosts=2),
    _runner(13, "docker-fleet-3", "docker", "docker linux", run_untagged=True, limit=5, version="19.4.0"),
    _runner(14, "k8s-build-pool", "kubernetes", "kubernetes build", "kubernetes", kind=_ALL, limit=14, hosts=3),
    _runner(15, "k8s-large-pool", "large", "kubernetes large", "kubernetes", kind=_ALL, limit=8, version=_LARGE),
    _runner(16, "buildkit-1", "image", "buildkit privileged", limit=4, version="18.5.0"),
    _runner(17, "buildkit-2", "image", "buildkit privileged", limit=4, version="18.5.0"),
    _runner(18, "gpu-a100-1", "gpu", "gpu cuda", "shell", limit=2, shared_cache=False, maximum_timeout=7200),
    _runner(19, "gpu-a100-2", "gpu", "gpu cuda", "shell", limit=2, shared_cache=False, online=False),
    _runner(20, "deploy-bastion", "deploy", "deploy production", "shell", limit=4, version=_OLD, shared_cache=False),
    _runner(21, "arm64-builder", "arm", "arm64 buildkit", limit=3, architecture="arm64"),
    _runner(22, "docker-fleet-old", "docker", "docker linux", paused=True, version=_OLD),
    _runner(
        23, "mesh-bench-host", "bench", "bench", "shell", kind="project_type", project="llm/agent-mesh", limit=1,
        shared_cache=False,
    ),
)  # fmt: skip
"""Every runner. Pool `gpu` is the starved one: half of it is offline. `docker-fleet-old` is paused."""

BY_ID = {runner.id: runner for runner in RUNNERS}
STARVED_DAYS = 2.0
"""For how long the gpu pool has been starved before the start."""

_USUAL = {"docker": 9, "kubernetes": 14, "large": 22, "image": 18, "gpu": 75, "deploy": 3, "arm": 25, "bench": 35}
_RUSH = Wave(mean=1.0, swing=0.55, peak_hour=14.0)


def serving(pool: str) -> tuple[Runner, ...]:
    """The runners of a pool that take jobs now."""
    return tuple(runner for runner in RUNNERS if runner.pool == pool and runner.online and not runner.paused)


def pool_of(tags: tuple[str, ...]) -> str | None:
    """The pool whose runners have all these tags; None when no runner at all has them."""
    wanted = set(tags)
    for runner in RUNNERS:
        if not runner.paused and (wanted <= set(runner.tags) if wanted else runner.run_untagged):
            return runner.pool
    return None


def waiting(pool: str, t: float, start: float) -> Latency:
    """The time that jobs wait for this pool around `t`: longer in the rush hours, and very long where it is starved."""
    median = _USUAL[pool] * _RUSH.at(t)
    if pool == "gpu" and t > start - STARVED_DAYS * 86400:
        return Latency(median=1500.0, sigma=0.35)
    return Latency(median=median, sigma=0.7)
