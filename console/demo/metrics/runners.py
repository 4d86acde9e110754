"""What the runners tell about their jobs: counted from the very jobs that GitLab shows."""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial

from console.demo.metrics.curves import Curve, Values, constant, curve_of, each
from console.demo.metrics.flows import mean_seconds, share_within
from console.demo.world.nouns import Latency, Runner
from console.demo.world.world import World

QUEUE_BUCKETS = (1, 3, 10, 30, 60, 120, 300, 900, 1800, 3600, 7200)
"""Upper bounds in seconds, as the runner has them and one above, since a starved pool waits longer."""
_HOUR, _MINUTE, _DAY = 3600, 60, 86_400
_RESTART = 3 * _HOUR
"""Runner hosts restart for their updates at three in the morning (UTC): their counters begin anew."""


def runner_curves(world: World) -> Iterator[Curve]:
    """Jobs, limits, queue durations and version of each runner whose process is up."""
    for runner in world.runners():
        if runner.online:
            yield from _of_runner(world, runner)


def _of_runner(world: World, runner: Runner) -> Iterator[Curve]:
    manager = runner.managers[0]
    process = {"job": "gitlab-runner", "instance": f"{runner.name}:9252"}
    identity = {"runner": runner.short_token, "runner_name": runner.name, "system_id": manager.system_id}
    general, curve = curve_of(world.origin, **process), curve_of(world.origin, **process, **identity)
    stage = {"state": "running", "stage": "step_script", "executor_stage": f"{runner.executor}_run"}
    yield curve("gitlab_runner_jobs", each(lambda t: world.running_jobs(runner, t)), **stage)
    yield curve("gitlab_runner_limit", constant(runner.limit))
    yield general("gitlab_runner_concurrent", constant(runner.limit))
    built = {"version": runner.version, "revision": runner.revision, "architecture": runner.architecture}
    yield general("gitlab_runner_version_info", constant(1), name="gitlab-runner", os="linux", **built)
    name, waits = "gitlab_runner_job_queue_duration_seconds", _Waits(world, runner)
    for bound in QUEUE_BUCKETS:
        yield curve(f"{name}_bucket", waits.counter(partial(share_within, seconds=bound)), le=str(bound))
    everything = waits.counter(lambda latency: 1.0)
    yield curve(f"{name}_bucket", everything, le="+Inf")
    yield curve(f"{name}_count", everything)
    yield curve(f"{name}_sum", waits.counter(mean_seconds, whole=False))


class _Waits:
    """How long the jobs of one runner had waited, from the moments at which they ended.

    Within an hour all jobs share the distribution of its middle: what is asked of it spans many minutes anyway.
    """

    def __init__(self, world: World, runner: Runner) -> None:
        self._world, self._runner = world, runner
        self._ended = lru_cache(maxsize=4096)(partial(world.finished_jobs, runner))

    def counter(self, figure: Callable[[Latency], float], *, whole: bool = True) -> Values:
        """The jobs since the process started, each times a figure of the wait in its hour."""

        @cache
        def weight(hour: int) -> float:
            return figure(self._world.waiting(self._runner, hour + _HOUR / 2))

        @cache
        def until(hour: int) -> float:
            """The sum from the process' start to the beginning of an hour."""
            if (hour - _RESTART) % _DAY == 0:
                return 0.0
            before = hour - _HOUR
            return until(before) + self._ended(before, hour) * weight(before)

        def at(now: int) -> float:
            hour = now - now % _HOUR
            total = until(hour) + self._ended(hour, now - now % _MINUTE) * weight(hour)
            return float(int(total)) if whole else total

        return each(at)
