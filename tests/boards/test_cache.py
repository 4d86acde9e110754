"""The Cache board."""

import asyncio
from datetime import timedelta

import pytest

from console.boards import live
from console.boards.cache import cache
from console.model.cache import CacheUse, Outcome, Via
from console.model.engine import BuildCacheRecord, DiskUse
from console.model.metrics import Sample
from console.model.settings import DEFAULT_QUERIES
from console.ports import CacheEvidence, DayCache, SourceError
from tests.fakes import NOW, FakeEngine, FakeHistory, FakeMetrics, day_durations, project, services

WEEK = timedelta(days=7)
TODAY = NOW.date()
REDIS = DEFAULT_QUERIES["redis_hit_ratio"]


def day(
    hits: int, misses: int, *, ago: int = 0, project_id: int = 1, job: str = "build", key: str = "main"
) -> list[DayCache]:
    at = TODAY - timedelta(days=ago)
    return [
        DayCache(project_id, job, key, at, Outcome.HIT, Via.REMOTE, "", hits, 1.0),
        DayCache(project_id, job, key, at, Outcome.MISS, Via.REMOTE, "no such object", misses, 1.0),
    ]


async def test_an_empty_fleet_has_no_rows() -> None:
    board = await cache(services(), WEEK)
    assert (board.rows, board.problems, board.evidence) == ((), (), ())
    assert board.goal == 0.9


async def test_a_project_without_restores_has_no_ratio() -> None:
    whole, row = (await cache(services(FakeHistory([project()])), WEEK)).rows
    assert (whole.kind, whole.hit_ratio) == ("layer", None)
    assert (row.hit_ratio, row.change, row.lost, row.points) == (None, None, None, ())


async def test_the_worst_project_comes_first_under_the_whole_layer() -> None:
    history = FakeHistory([project(1, "a/good"), project(2, "a/bad"), project(3, "a/silent")])
    history.all_cache = [*day(9, 1), *day(2, 8, project_id=2)]
    rows = (await cache(services(history), WEEK)).rows
    assert [(row.name, row.hit_ratio) for row in rows] == [
        ("all projects", 0.55), ("a/bad", 0.2), ("a/good", 0.9), ("a/silent", None)
    ]  # fmt: skip
    assert [row.project_id for row in rows] == [None, 2, 1, 3]


async def test_a_ratio_is_compared_with_the_window_before() -> None:
    history = FakeHistory([project()], all_cache=[*day(9, 1, ago=8), *day(5, 5)])
    row = (await cache(services(history), WEEK)).rows[1]
    assert row.change == pytest.approx(-0.4)
    assert row.points == ((TODAY, 0.5),)
    assert [(one.reason, one.count) for one in row.reasons] == [("no such object", 5)]


async def test_one_project_shows_itself_its_jobs_its_keys_and_its_newest_misses() -> None:
    history = FakeHistory([project()], all_cache=[*day(9, 1), *day(0, 4, job="test", key="pip")])
    use = CacheUse("pip", Outcome.MISS)
    history.all_evidence = [CacheEvidence(1, 7, 70 + number, "test", NOW, use) for number in range(3)]
    board = await cache(services(history), WEEK, "agent-brain")
    assert [(row.kind, row.name) for row in board.rows] == [
        ("project", "llm/agent-brain"), ("job", "test"), ("job", "build"), ("key", "pip"), ("key", "main")
    ]  # fmt: skip
    assert len(board.evidence) == 3
    assert {row.project_id for row in board.rows} == {1}


async def test_time_lost_is_estimated_from_days_with_more_and_fewer_misses() -> None:
    history = FakeHistory([project()])
    for ago in range(20):
        misses = ago % 10
        history.all_cache += day(10 - misses, misses, ago=ago)
        history.all_durations.append(
            day_durations(TODAY - timedelta(days=ago), [300.0 + 12 * misses + ago % 3] * 10, job="build")
        )
    row = (await cache(services(history), WEEK)).rows[1]
    assert row.lost is not None
    assert row.lost.total_seconds() / row.misses == pytest.approx(120, rel=0.1)


async def test_misses_of_unknown_cost_lose_an_unknown_time() -> None:
    history = FakeHistory([project()], all_cache=day(5, 5))
    assert (await cache(services(history), WEEK)).rows[1].lost is None


def record(id: str, used: int, size: int = 10**9, kind: str = "regular") -> BuildCacheRecord:
    return BuildCacheRecord(id, kind, size, in_use=False, shared=False, used=used)


async def test_the_build_cache_counts_records_that_were_used_again() -> None:
    engine = FakeEngine(disk_use=DiskUse(build_cache=(record("a", 3), record("b", 0), record("c", 1, kind="internal"))))
    (row,) = (await cache(services(engines=(engine,)), WEEK)).rows
    assert (row.layer, row.name, row.hits, row.misses, row.hit_ratio) == ("docker build", "local", 1, 1, 0.5)
    assert "1.0 GB never used" in row.note


async def test_an_empty_build_cache_has_no_ratio() -> None:
    (row,) = (await cache(services(engines=(FakeEngine(),)), WEEK)).rows
    assert (row.hit_ratio, row.note) == (None, "no build cache")


async def test_redis_shows_each_instance() -> None:
    metrics = FakeMetrics(
        {REDIS: (Sample({"instance": "a:6379"}, 0.97, NOW), Sample({"instance": "b:6379"}, None, NOW))}
    )
    rows = (await cache(services(metrics=metrics), WEEK)).rows
    assert [(row.name, row.hit_ratio, row.note) for row in rows] == [
        ("a:6379", 0.97, "rates of the last minutes"), ("b:6379", None, "no traffic")
    ]  # fmt: skip


async def test_layers_that_fail_are_said_and_the_others_shown() -> None:
    history = FakeHistory([project()], all_cache=day(5, 5))
    broken = FakeEngine("east", error=SourceError("connection refused"))
    metrics = FakeMetrics(error=SourceError("HTTP 503"))
    board = await cache(services(history, engines=(broken, FakeEngine("west")), metrics=metrics), WEEK)
    assert board.problems == ("docker:east: connection refused", "prometheus: HTTP 503")
    assert [row.name for row in board.rows] == ["all projects", "llm/agent-brain", "west"]


async def test_a_partial_answer_is_said() -> None:
    board = await cache(services(metrics=FakeMetrics(warnings=("store x did not answer",))), WEEK)
    assert board.problems == ("prometheus: store x did not answer",)


async def test_a_source_that_hangs_is_not_waited_for() -> None:
    answer, problem = await live.ask(services(), "docker:east", "disk", asyncio.Event().wait(), patience=0.01)
    assert answer is None
    assert problem == "docker:east: no answer in 0.01 s"
