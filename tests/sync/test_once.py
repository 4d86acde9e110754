"""`console collect`: fill what is missing into a real history, then stop."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.history.local import LocalHistory, open_history
from console.model.pipelines import Status
from console.ports import SourceError, Trouble
from console.sync.gitlab import Collected
from console.sync.rhythm import Rhythm
from console.sync.sync import Sync
from tests.fakes import NOW, job, pipeline, project
from tests.sync.world import DOWN, FakeGitLab, Rush, Time, hit

SINCE = (NOW - timedelta(days=90)).date()
QUICK = Rhythm(requests_per_minute=6000, logs_per_minute=6000)


def fleet() -> FakeGitLab:
    """Two projects, ten pipelines each over five days; a job that failed was retried; every job has a log."""
    gitlab = FakeGitLab([project(1, "llm/a"), project(2, "llm/b")], page=4)
    for number in range(1, 21):
        ago = timedelta(days=number % 5, hours=2)
        one = pipeline(number, project_id=1 + number % 2, ago=ago)
        gitlab.all_pipelines.append(replace(one, updated_at=one.finished_at))
        for attempt, status in enumerate((Status.FAILED, Status.SUCCESS)):
            ran = job(number * 10 + attempt, "test", status, pipeline_id=number, project_id=one.project_id, seconds=30)
            gitlab.all_jobs.append(
                replace(ran, created_at=NOW - ago, finished_at=NOW - ago + timedelta(minutes=1 + attempt))
            )
            gitlab.logs[ran.id] = b"deps"
    return gitlab


def sync(gitlab: FakeGitLab, history: LocalHistory, time: Rush | Time, rhythm: Rhythm = QUICK) -> Sync:
    """Sync of one GitLab into a real history."""
    return Sync(gitlab, (), None, history=history, writer=history, pace=time.pace(), parse_log=hit, rhythm=rhythm)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], LocalHistory]:
    return lambda: open_history(tmp_path / "h.db", clock=lambda: NOW)


async def totals(history: LocalHistory) -> tuple[int, float, int, float, int]:
    """Pipelines counted and their seconds, jobs and minutes spent, cache outcomes counted."""
    days, spend = await history.durations(SINCE), await history.spend(SINCE)
    return (
        sum(day.running.count for day in days),
        sum(day.running.total for day in days),
        sum(day.jobs for day in spend),
        round(sum(day.minutes for day in spend), 6),
        sum(day.count for day in await history.cache(SINCE)),
    )


WHOLE = (20, 20 * 480.0, 40, 20.0, 40)


async def test_everything_is_there_and_counted(opened: Callable[[], LocalHistory]) -> None:
    history = opened()
    found = await sync(fleet(), history, Rush()).once()
    assert found == Collected(2, found.pipelines, found.jobs, 40, 2, (), True)
    assert await totals(history) == WHOLE
    assert await history.filled() == (2, 2)
    assert sum(day.retried_minutes for day in await history.spend(SINCE)) == pytest.approx(10)
    history.close()


async def test_a_second_run_asks_little_and_counts_nothing_twice(opened: Callable[[], LocalHistory]) -> None:
    history, gitlab = opened(), fleet()
    await sync(gitlab, history, Rush()).once()
    asked = len(gitlab.asked)
    found = await sync(gitlab, history, Rush()).once()
    assert (found.logs, found.filled) == (0, 2)
    assert len(gitlab.asked) - asked < asked / 3
    assert await totals(history) == WHOLE
    history.close()


class Crash(Exception):
    """The power goes."""


class Fragile(FakeGitLab):
    """Falls over after so many questions."""

    left: int = 10**9

    def _ask(self, what: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise Crash
        super()._ask(what)


@pytest.mark.parametrize("step", [3, 7])
async def test_crashes_lose_nothing_and_double_nothing(opened: Callable[[], LocalHistory], step: int) -> None:
    whole = fleet()
    gitlab = Fragile(whole.all_projects, whole.all_pipelines, whole.all_jobs, logs=whole.logs, page=4)
    crashes = 0
    while True:
        history = opened()
        gitlab.left = 8 + crashes * step
        try:
            await sync(gitlab, history, Rush()).once()
        except Crash:
            crashes += 1
            history.close()
            continue
        break
    assert crashes > 2
    assert await totals(history) == WHOLE
    history.close()


async def passing(time: Time, task: "asyncio.Task[Collected]") -> Collected:
    """Let time pass until the task is done; the history's threads need real time for their part."""
    async with asyncio.timeout(20):
        while not task.done():
            await time.advance(0.5)
            await asyncio.sleep(0.001)
    return await task


async def test_the_deadline_ends_it_and_the_newest_are_there(opened: Callable[[], LocalHistory]) -> None:
    history, gitlab, time = opened(), fleet(), Time()
    slow = sync(gitlab, history, time, Rhythm(requests_per_minute=16))
    first = await passing(time, asyncio.ensure_future(slow.once(NOW + timedelta(seconds=40))))
    assert not first.in_time
    assert time.now <= NOW + timedelta(seconds=41)
    stored = [*await history.pipelines(1), *await history.pipelines(2)]
    assert 0 < len(stored) < 20
    assert {20, 19} <= {one.id for one in stored}
    await sync(gitlab, history, Rush()).once()
    assert await totals(history) == WHOLE
    history.close()


async def test_gitlab_down_ends_it_with_the_reason(opened: Callable[[], LocalHistory]) -> None:
    history, gitlab = opened(), fleet()
    gitlab.failing[""] = DOWN
    with pytest.raises(SourceError, match="does not answer"):
        await sync(gitlab, history, Rush()).once()
    assert len(gitlab.asked) == 4
    history.close()


async def test_a_project_that_fails_is_named(opened: Callable[[], LocalHistory]) -> None:
    history, gitlab = opened(), fleet()
    gitlab.failing["pipelines 2"] = SourceError("500", trouble=Trouble.BROKEN)
    found = await sync(gitlab, history, Rush()).once()
    assert (found.filled, found.problems) == (1, ("llm/b: 500",))
    history.close()
