"""Sums do not depend on the order in which the world is seen, nor on how often."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from console.history.local import LocalHistory, open_history
from console.model.pipelines import Job, Pipeline, Status
from tests.fakes import NOW, project

SINCE = (NOW - timedelta(days=90)).date()


def world(dice: Random) -> tuple[list[Pipeline], list[Job]]:
    """The final state of two projects: pushes that overtake each other, retries, failures, children, tags."""
    pipelines, jobs = [], []
    for id in range(1, 41):
        created = NOW - timedelta(days=3) + timedelta(minutes=id * 7)
        span = timedelta(minutes=dice.randint(2, 40))
        pipelines.append(
            Pipeline(
                id,
                id,
                1 + id % 2,
                dice.choice(["main", "main", "fix", "refs/merge-requests/3/head"]),
                "c0ffee",
                dice.choice([Status.SUCCESS, Status.SUCCESS, Status.FAILED, Status.CANCELED]),
                dice.choice(["push", "push", "schedule", "parent_pipeline"]),
                created,
                updated_at=created + span,
                finished_at=created + span,
                duration=span,
                queued=timedelta(seconds=dice.randint(0, 90)),
            )
        )
        jobs += [job_of(dice, pipelines[-1], id * 10 + place) for place in range(dice.randint(0, 5))]
    return pipelines, jobs


def job_of(dice: Random, pipeline: Pipeline, id: int) -> Job:
    """One attempt; names repeat, so some attempts replace others."""
    began = pipeline.created_at + timedelta(seconds=dice.randint(0, 900))
    span = timedelta(seconds=dice.randint(1, 1200))
    return Job(
        id,
        pipeline.id,
        pipeline.project_id,
        dice.choice(["build", "test", "lint"]),
        "s",
        dice.choice([Status.SUCCESS, Status.FAILED]),
        ref=pipeline.ref,
        created_at=pipeline.created_at + timedelta(seconds=id % 10),
        started_at=began,
        finished_at=began + span,
        duration=span,
        tags=dice.choice([(), ("docker",)]),
        user=dice.choice(["kim", "lee"]),
    )


def earlier(one: Pipeline) -> Pipeline:
    """The pipeline while it still ran."""
    return replace(one, status=Status.RUNNING, updated_at=one.created_at, finished_at=None, duration=None)


def before_retry(one: Pipeline) -> Pipeline:
    """The pipeline when it had ended for the first time, sooner and otherwise."""
    sooner = one.created_at + timedelta(seconds=30)
    return replace(one, status=Status.FAILED, updated_at=sooner, finished_at=sooner, duration=timedelta(seconds=25))


async def sums(history: LocalHistory) -> tuple[object, ...]:
    """All that is kept by the day."""
    return (
        await history.durations(SINCE),
        await history.durations(SINCE, jobs=True),
        await history.spend(SINCE),
    )


@pytest.mark.parametrize("seed", range(6))
async def test_sums_do_not_depend_on_the_order_of_news(tmp_path: Path, seed: int) -> None:
    dice = Random(seed)
    pipelines, jobs = world(dice)
    straight, tangled = open_history(tmp_path / "a.db"), open_history(tmp_path / "b.db")
    for one in (straight, tangled):
        await one.save_projects([project(1, "llm/a"), project(2, "llm/b")])
    await straight.save_pipelines(pipelines)
    await straight.save_jobs(jobs)

    news: list[Pipeline | Job] = [
        *pipelines,
        *jobs,
        *map(earlier, dice.sample(pipelines, 15)),
        *map(before_retry, dice.sample(pipelines, 15)),
        *dice.sample(jobs, len(jobs) // 2),
    ]
    dice.shuffle(news)
    while news:
        size = dice.randint(1, 12)
        some, news = news[:size], news[size:]
        await tangled.save_jobs([one for one in some if isinstance(one, Job)])
        await tangled.save_pipelines([one for one in some if isinstance(one, Pipeline)])
    assert await sums(tangled) == await sums(straight)
    straight.close()
    tangled.close()
