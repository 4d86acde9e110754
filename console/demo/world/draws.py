"""What chance decides about one run of a job, from its id alone."""

from dataclasses import dataclass
from math import inf, log
from random import Random

from .dice import dice
from .nouns import CacheSpec, JobSpec, Pipeline, Runner
from .pools import pool_of, serving, waiting
from .setting import Setting
from .stories import held
from .troubles import Bend, bend

RUNNERS_ASK_EVERY = 3.0
"""Seconds until a runner that was resumed has asked for a job."""
STUCK_AFTER = 3600.0
"""GitLab gives up on a job that no runner can take after an hour."""
_LOCAL_CACHE = ("local", "local", "miss")
_REASONS = (
    (0.05, "runner_system_failure", "runner"),
    (0.075, "image_pull_failure", "image"),
    (0.095, "job_execution_timeout", "timeout"),
    (0.11, "stuck_or_timeout_failure", "lost"),
)
_CAUSES = {
    "lint": ("lint",),
    "unit": ("test:flaky", "test:flaky", "test:broken", "compile", "network"),
    "e2e": ("test:flaky", "test:flaky", "test:broken", "network"),
    "build": ("compile", "compile", "network", "memory"),
    "image": ("network", "dockerfile", "registry"),
    "scan": ("findings",),
    "bench": ("memory", "threshold"),
    "train": ("memory", "threshold"),
    "docs": ("links",),
    "package": ("registry", "network"),
    "deploy": ("rollout", "network"),
}
WORSE_WITHOUT_CACHE = {"miss": 1.32, "forbidden": 1.32, "fallback": 1.12}


@dataclass(frozen=True, slots=True)
class Draw:
    """One run, once its needs are met."""

    queue: float
    """Seconds until a runner takes it; inf: none ever does."""
    seconds: float
    """Running time."""
    runner: Runner | None
    manager_id: int
    outcome: str
    failure_reason: str | None
    cause: str | None
    caches: tuple[str, ...]
    retried_after: float
    """Seconds after a failure at which somebody (or `retry:`) runs it again; inf: nobody does."""
    played_after: float
    """Seconds after a manual job became ready at which somebody starts it; inf: nobody does."""


def draw(setting: Setting, pipeline: Pipeline, spec: JobSpec, number: int, run: int, ready: float) -> Draw:
    """What happens to run number `run` of a job with this id when it becomes ready at `ready`."""
    rng, start = dice(setting.seed, number), setting.start
    bent = bend(pipeline.project, spec, pipeline.kind, pipeline.created_at, start)
    pool = pool_of(spec.tags) if not spec.triggers else None
    queue = 1.0 if spec.triggers else inf
    runner: Runner | None = None
    if pool is not None:
        wait = waiting(pool, ready, start)
        queue = round(rng.lognormvariate(log(wait.median), wait.sigma), 3)
        runner = rng.choice(serving(pool))
        if setting.paused(runner.id, ready + queue):
            queue, runner = _elsewhere(setting, pool, number, ready, queue)
    caches = tuple(_cache_outcome(rng, cache, pipeline, runner, bent) for cache in spec.caches)
    seconds = spec.seconds * bent.slower * rng.lognormvariate(0.0, 0.11)
    for outcome in caches:
        seconds *= WORSE_WITHOUT_CACHE.get(outcome, 1.0)
    reason, cause = _failure(rng, spec, pipeline, run, bent)
    if cause is not None:
        seconds *= 3.0 if cause == "timeout" else rng.uniform(0.3, 0.95)
    if pool is None and not spec.triggers:
        reason, cause = "stuck_or_timeout_failure", "stuck"
    automatic = run < spec.retry and cause is not None
    by_hand = rng.random() < (0.45 if pipeline.kind != "schedule" else 0.1) and run == 0
    retried = rng.uniform(1, 3) if automatic else rng.uniform(120, 1500) if by_hand else inf
    played = rng.expovariate(1 / 1500) + 60 if rng.random() < 0.62 else inf
    if held(pipeline.project, spec, ready + played, start):
        played = inf
    manager = rng.choice(runner.managers).id if runner else 0
    status = "success" if cause is None else "failed"
    return Draw(queue, round(max(seconds, 2.0), 3), runner, manager, status, reason, cause, caches, retried, played)


def _elsewhere(setting: Setting, pool: str, number: int, ready: float, queue: float) -> tuple[float, Runner | None]:
    """(time in the queue, runner) when the runner that would have come is paused: another one, or a later one."""
    if setting.free(pool, ready + queue):
        others = setting.free(pool, ready + queue)
        return queue, others[number % len(others)]
    again = setting.next_free(pool, ready + queue)
    if again == inf:
        return inf, None
    others = setting.free(pool, again)
    return round(again - ready + RUNNERS_ASK_EVERY, 3), others[number % len(others)]


def _failure(rng: Random, spec: JobSpec, pipeline: Pipeline, run: int, bent: Bend) -> tuple[str | None, str | None]:
    """(failure reason, cause) of this run, or two times None when it succeeds."""
    if bent.cause is not None:
        return "script_failure", bent.cause
    likely = spec.fails * (2.2 if pipeline.kind in ("mr", "branch") else 1.1) * (0.35 if run else 1.0)
    if rng.random() >= likely:
        return None, None
    pick = rng.random()
    for bound, reason, cause in _REASONS:
        if pick < bound:
            return reason, cause
    return "script_failure", rng.choice(_CAUSES[spec.kind])


def _cache_outcome(rng: Random, cache: CacheSpec, pipeline: Pipeline, runner: Runner | None, bent: Bend) -> str:
    if cache.policy == "push":
        return "push_only"
    if runner is not None and not runner.shared_cache:
        return rng.choice(_LOCAL_CACHE)
    if bent.cache is not None:
        return bent.cache
    if "$CI_COMMIT_SHA" in cache.key:
        return "miss"
    pick, fresh = rng.random(), pipeline.kind in ("mr", "branch")
    if pick < (0.12 if fresh else 0.05):
        return "fallback" if cache.fallback_keys else "miss"
    if pick < (0.15 if fresh else 0.06):
        return "miss"
    return "current" if pick > 0.93 else "hit"
