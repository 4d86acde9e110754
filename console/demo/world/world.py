"""The world: what the three servers of the platform speak about.

A `World` is a pure function of (projects, seed, start): it holds no state that time changes, so every question takes
the time `t` (unix seconds) that it is asked at. What lies before `t` never changes; asking later gives the same past.
`start` is when the fleet was first looked at: 90 days of history lie before it (`origin`) and the troubles are placed
relative to it. It lives on for as long as one asks.

What Prometheus and Docker need is here as plain functions of time, rates in closed form:

- `services()`: each `Service` has `traffic` (a `Wave`: requests a second, `.at(t)` and the integral `.total(a, b)`) and
  `tracks`, whose `phases` are spans of constant weight, error ratio, latency and replicas. Requests of a track in a
  span are `service.traffic.total(a, b) * phase.weight`; errors are that times `phase.error_ratio`.
- `containers()`: name, image, labels, CPU as a `Wave` in cores, memory, state, restarts.
- `redis()`: lookups as a `Wave` and the hit ratio as steps.
- `runners()`: limit, version, tags, pool. `running_jobs(runner, t)` counts the jobs it has at `t`, never above its
  limit; `waiting(runner, t)` is the distribution of the time in the queue then; `finished_jobs(runner, a, b)`
  how many ended.
"""

from functools import cached_property

from .load import RunnerLoad
from .nouns import Container, Latency, Redis, Runner, Service
from .pools import RUNNERS, waiting
from .rhythm import Calendar
from .services import containers, redis, services
from .timeline import Timeline

DAYS = 90
"""Days of history before the start."""


class World:
    """See the module."""

    def __init__(self, projects: int = 17, seed: int = 7, start: float = 0.0) -> None:
        if projects < 1:
            raise ValueError(f"a fleet of {projects} projects")
        self.seed = seed
        self.start = start
        self.origin = start - start % 86400 - DAYS * 86400
        self.timeline = Timeline(Calendar(seed, self.origin, start), projects)

    @cached_property
    def load(self) -> RunnerLoad:
        return RunnerLoad(self.timeline)

    def services(self) -> tuple[Service, ...]:
        return services(self.start)

    def containers(self) -> tuple[Container, ...]:
        return containers(self.seed, self.start)

    def redis(self) -> tuple[Redis, ...]:
        return redis(self.start)

    def runners(self) -> tuple[Runner, ...]:
        return RUNNERS

    def running_jobs(self, runner: Runner, t: float) -> int:
        """Jobs that this runner runs at `t`, 0..limit."""
        return self.load.running(runner, t)

    def finished_jobs(self, runner: Runner, since: float, until: float) -> int:
        """Jobs that this runner ended in since < t <= until."""
        return self.load.finished(runner, since, until)

    def waiting(self, runner: Runner, t: float) -> Latency:
        """How long jobs of this runner's tags wait in the queue around `t`."""
        return waiting(runner.pool, t, self.start)
