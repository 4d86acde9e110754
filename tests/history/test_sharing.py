"""Several consoles on one file, pruning, and closing in time."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import Connection, select

from console.history import schema
from console.history.errors import HistoryError
from console.history.local import LocalHistory, open_history
from console.model.cache import CacheUse, Outcome
from tests.fakes import NOW, job, pipeline, project

ROOT = Path(__file__).parents[2]
WRITER = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from console.history.local import open_history
from console.model.cache import CacheUse, Outcome
from tests.fakes import NOW, job, pipeline, project

async def main() -> None:
    history = open_history(Path(sys.argv[1]), clock=lambda: NOW)
    await history.save_projects([project()])
    print("ready", flush=True)
    sys.stdin.readline()
    for round in range(30):
        pipelines = [pipeline(id, ago=timedelta(days=id % 5, minutes=id)) for id in range(round * 4 + 1, round * 4 + 9)]
        jobs = [job(p.id * 10 + n, f"job {n}", pipeline_id=p.id, seconds=7) for p in pipelines for n in range(3)]
        await history.save_jobs(jobs)
        await history.save_pipelines(pipelines)
        for one in jobs[:4]:
            await history.save_cache(one, [CacheUse("deps", Outcome.HIT, seconds=0.5)])
    history.close()

asyncio.run(main())
"""


def two_consoles(path: Path) -> None:
    """Two processes that write the same, at the same time."""
    consoles = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in consoles:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in consoles:
        one.communicate("go\n", timeout=60)
        assert one.returncode == 0


async def test_two_consoles_with_the_same_news_count_them_once(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    await asyncio.to_thread(two_consoles, path)
    history = open_history(path, clock=lambda: NOW)
    since = NOW.date() - timedelta(days=30)
    whole, single = await history.durations(since), await history.durations(since, jobs=True)
    spend, cache = await history.spend(since), await history.cache(since)
    history.close()
    assert sum(day.succeeded for day in whole) == sum(day.running.count for day in whole) == 124
    assert sum(day.running.total for day in whole) == 124 * 480
    assert sum(day.succeeded for day in single) == 124 * 3
    assert sum(day.jobs for day in spend) == 124 * 3
    assert sum(day.minutes for day in spend) == pytest.approx(124 * 3 * 7 / 60, abs=1e-9)
    assert (sum(day.count for day in cache), sum(day.seconds for day in cache)) == (30 * 4, 60.0)


async def test_pruning_takes_raw_rows_and_leaves_the_sums(tmp_path: Path) -> None:
    path, long_ago = tmp_path / "h.db", timedelta(days=500)
    history = open_history(path, clock=lambda: NOW)
    await history.save_projects([project()])
    old = [pipeline(id, ago=long_ago) for id in (1, 2)]
    old_job = replace(
        job(1), created_at=NOW - long_ago, started_at=NOW - long_ago, finished_at=NOW - long_ago + timedelta(minutes=1)
    )
    await history.save_pipelines([*old, pipeline(3, ago=timedelta(days=399)), pipeline(4, ago=timedelta())])
    await history.save_cache(old_job, [CacheUse("deps", Outcome.MISS)])
    before = await sums(history)
    assert await history.prune() == 3
    assert await history.prune() == 0
    assert [one.id for one in await history.pipelines(1)] == [4, 3]
    assert await history.jobs([1]) == ()
    assert await history.cache_evidence(1) == ()
    assert await sums(history) == before

    await history.save_pipelines(old)
    await history.save_cache(old_job, [CacheUse("deps", Outcome.MISS)])
    assert await sums(history) == before, "what was pruned is not counted again"
    history.close()


async def test_a_clock_that_runs_ahead_does_not_empty_the_history(tmp_path: Path) -> None:
    history = open_history(tmp_path / "h.db", clock=lambda: NOW + timedelta(days=4000))
    assert await history.prune() == 0
    await history.save_pipelines([pipeline(1, ago=timedelta(days=300)), pipeline(2)])
    assert await history.prune() == 0
    assert [one.id for one in await history.pipelines(1)] == [2, 1]
    history.close()


async def sums(history: LocalHistory) -> tuple[object, ...]:
    """All that is kept by the day."""
    since = (NOW - timedelta(days=900)).date()
    return await history.durations(since), await history.spend(since), await history.cache(since)


def _held(connection: Connection, started: Event, release: Event) -> None:
    connection.execute(schema.runners.insert().values(id=1, description="half", kind="", status="", paused=False))
    started.set()
    release.wait(10)


async def test_closing_does_not_wait_for_a_write_that_hangs(tmp_path: Path) -> None:
    history = open_history(tmp_path / "h.db")
    started, release = Event(), Event()
    hanging = asyncio.ensure_future(history._lanes.write(_held, started, release))
    waiting = asyncio.ensure_future(history.save_projects([project()]))
    await asyncio.to_thread(started.wait, 10)
    began = monotonic()
    history.close()
    assert monotonic() - began < 5, "the write would hang for twice as long"
    release.set()
    await asyncio.gather(hanging, waiting, return_exceptions=True)
    with pytest.raises(HistoryError, match="is closed"):
        await history.projects()


def _endless(connection: Connection, started: Event) -> None:
    connection.execute(schema.runners.insert().values(id=1, description="half", kind="", status="", paused=False))
    started.set()
    connection.exec_driver_sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    ).all()


async def test_closing_rolls_back_a_write_under_way(tmp_path: Path) -> None:
    history = open_history(tmp_path / "h.db")
    started = Event()
    endless = asyncio.ensure_future(history._lanes.write(_endless, started))
    await asyncio.to_thread(started.wait, 10)
    history.close()
    with pytest.raises(HistoryError, match="is being closed"):
        await endless
    again = open_history(tmp_path / "h.db")
    assert await again.runners() == ()
    again.close()


async def test_a_write_waits_for_another_console(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    one, other = open_history(path), open_history(path)
    started, release = Event(), Event()
    holding = asyncio.ensure_future(one._lanes.write(_held, started, release))
    await asyncio.to_thread(started.wait, 10)
    waiting = asyncio.ensure_future(other.save_projects([project()]))
    assert await other.projects() == (), "reading never waits"
    assert not waiting.done()
    release.set()
    await holding
    assert await waiting
    one.close()
    other.close()


def _failing(connection: Connection) -> None:
    connection.execute(schema.runners.insert().values(id=1, description="half", kind="", status="", paused=False))
    raise RuntimeError("a bug")


async def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    history = open_history(tmp_path / "h.db")
    with pytest.raises(RuntimeError, match="a bug"):
        await history._lanes.write(_failing)
    assert await history._lanes.read(lambda connection: connection.execute(select(schema.runners)).all()) == []
    history.close()
