"""How long the boards of a 90-day fleet of 17 projects take to compute, reading aside: history answers from memory."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any

from console.boards import builds, cache, pipelines, spend
from console.model.cache import Outcome, Via
from console.model.pipelines import Status
from console.ports import DayCache, DaySpend, Services
from tests.fakes import NOW, FakeHistory, day_durations, pipeline, project, services

PROJECTS, DAYS, JOBS, RUNS = 17, 90, 8, 12
WINDOW = timedelta(days=DAYS)


def fleet(seed: int = 1) -> FakeHistory:
    """Two windows of days: the boards compare the last 90 days with the 90 before."""
    random = Random(seed)
    history = FakeHistory([project(id, f"llm/project-{id}") for id in range(1, PROJECTS + 1)])
    for id in range(1, PROJECTS + 1):
        history.all_pipelines += [
            pipeline(id * 1000 + n, random.choice((Status.SUCCESS, Status.FAILED)), project_id=id) for n in range(20)
        ]
        for ago in range(2 * DAYS):
            day = NOW.date() - timedelta(days=ago)
            history.all_durations.append(day_durations(day, _times(random, 480), project_id=id))
            history.all_spend.append(DaySpend(id, day, ("small",), "default", "kim", 480.0, 90, 20.0, 10.0))
            for job in range(JOBS):
                times = _times(random, 60)
                history.all_durations.append(day_durations(day, times, project_id=id, job=f"job {job}"))
                for outcome, count in ((Outcome.HIT, 9), (Outcome.MISS, random.randint(0, 5))):
                    history.all_cache.append(
                        DayCache(id, f"job {job}", "main", day, outcome, Via.REMOTE, "", count, 9.0)
                    )
    return history


def _times(random: Random, mean: float) -> list[float]:
    return [mean * random.uniform(0.7, 1.4) for _ in range(RUNS)]


def run(times: int = 3) -> dict[str, Any]:
    """Best of some runs, in milliseconds by board."""
    told = services(fleet())
    boards: dict[str, Callable[[Services], Awaitable[object]]] = {
        "pipelines": pipelines.fleet,
        "builds": lambda one: builds.builds(one, WINDOW),
        "cache": lambda one: cache.cache(one, WINDOW),
        "spend": lambda one: spend.spend(one, WINDOW),
    }
    return {name: round(min(_spent(board, told) for _ in range(times)) * 1e3, 1) for name, board in boards.items()}


def _spent(board: Callable[[Services], Awaitable[object]], told: Services) -> float:
    async def once() -> float:
        begin = time.perf_counter()
        await board(told)
        return time.perf_counter() - begin

    return asyncio.run(once())


if __name__ == "__main__":
    print(json.dumps(run()))
