"""How long the history takes to fill and to answer, with 17 projects and 90 days in it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from console.history.local import LocalHistory, open_history
from console.model.cache import CacheUse, Outcome, Via
from console.model.pipelines import Job, Pipeline, Project, Status

PROJECTS, DAYS, A_DAY, JOBS = 17, 90, 6, 8
NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
Timings = dict[str, float]


def run() -> dict[str, float]:
    """Milliseconds of each read (median of 9), rows written a second, and the size of the file in MB."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        return {**asyncio.run(_run(path)), "file_mb": round(path.stat().st_size / 1e6, 1)}


async def _run(path: Path) -> Timings:
    began = perf_counter()
    history = open_history(path, clock=lambda: NOW)
    found: Timings = {"open_new_ms": _ms(began)}
    found |= await _fill(history)
    history.close()
    began = perf_counter()
    history = open_history(path, clock=lambda: NOW)
    found["open_ms"] = _ms(began)
    for name, read in _reads(history).items():
        found[f"{name}_ms"] = await _median_ms(read)
    began = perf_counter()
    history.close()
    return {**found, "close_ms": _ms(began)}


def _reads(history: LocalHistory) -> dict[str, Callable[[], Awaitable[object]]]:
    since = (NOW - timedelta(days=DAYS)).date()
    return {
        "projects": history.projects,
        "latest_20": history.latest,
        "active": history.active,
        "pipelines_of_one": lambda: history.pipelines(1),
        "jobs_of_20_pipelines": lambda: history.jobs(range(1000, 1020)),
        "durations_90_days": lambda: history.durations(since),
        "job_durations_90_days_of_one": lambda: history.durations(since, project_id=1, jobs=True),
        "job_durations_7_days": lambda: history.durations((NOW - timedelta(days=7)).date(), jobs=True),
        "job_durations_90_days": lambda: history.durations(since, jobs=True),
        "cache_90_days": lambda: history.cache(since),
        "spend_90_days": lambda: history.spend(since),
        "evidence": lambda: history.cache_evidence(1),
        "unread_logs": lambda: history.unread_logs(20),
        "filled": history.filled,
    }


async def _fill(history: LocalHistory) -> Timings:
    """Write everything newest first in pages of 100, as sync does."""
    await history.save_projects([Project(id, f"llm/project-{id}", default_branch="main") for id in range(PROJECTS)])
    pipelines = [_pipeline(number) for number in reversed(range(PROJECTS * DAYS * A_DAY))]
    jobs = [_job(one, place) for one in pipelines for place in reversed(range(JOBS))]
    began = perf_counter()
    for start in range(0, len(pipelines), 100):
        await history.save_pipelines(pipelines[start : start + 100])
    pipelines_took, began = perf_counter() - began, perf_counter()
    for start in range(0, len(jobs), 100):
        await history.save_jobs(jobs[start : start + 100])
    jobs_took, began = perf_counter() - began, perf_counter()
    for one in jobs[:2000]:
        await history.save_cache(one, [CacheUse("deps", Outcome.MISS if one.id % 7 == 0 else Outcome.HIT, Via.REMOTE)])
    return {
        "pipelines_per_second": round(len(pipelines) / pipelines_took),
        "jobs_per_second": round(len(jobs) / jobs_took),
        "logs_per_second": round(2000 / (perf_counter() - began)),
    }


def _pipeline(number: int) -> Pipeline:
    project, turn = number % PROJECTS, number // PROJECTS
    created = NOW - timedelta(days=DAYS) + timedelta(minutes=turn * 1440 / A_DAY)
    ref = "main" if turn % 3 else f"feature-{turn % 40}"
    span = timedelta(seconds=300 + number * 37 % 400)
    return Pipeline(
        number,
        number,
        project,
        ref,
        f"{number:040x}",
        Status.FAILED if number % 11 == 0 else Status.SUCCESS,
        "push",
        created,
        created + span,
        created,
        created + span,
        span,
        timedelta(seconds=number % 60),
        user=f"user-{number % 12}",
        web_url=f"https://gitlab.example/-/pipelines/{number}",
    )


def _job(pipeline: Pipeline, place: int) -> Job:
    began = pipeline.created_at + timedelta(seconds=place * 30)
    span = timedelta(seconds=20 + (pipeline.id * 31 + place * 17) % 240)
    return Job(
        pipeline.id * JOBS + place,
        pipeline.id,
        pipeline.project_id,
        f"job-{place}",
        "test",
        pipeline.status,
        pipeline.ref,
        pipeline.created_at,
        began,
        began + span,
        span,
        timedelta(seconds=5),
        runner="docker-1",
        tags=("docker",),
        user=pipeline.user,
    )


async def _median_ms(read: Callable[[], Awaitable[object]]) -> float:
    took = []
    for _ in range(9):
        began = perf_counter()
        await read()
        took.append(_ms(began))
    return round(median(took), 2)


def _ms(began: float) -> float:
    return round((perf_counter() - began) * 1000, 2)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
