"""The Pipelines boards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.boards import pipelines as boards
from console.model.pipelines import Job, Status
from console.ports import SourceError, Want
from tests.fakes import NOW, FakeHistory, FakeSync, day_durations, job, pipeline, project, services

GOOD, BAD = Status.SUCCESS, Status.FAILED
TODAY = NOW.date()


async def test_a_fleet_without_projects_has_no_rows() -> None:
    board = await boards.fleet(services())
    assert board.rows == ()
    assert (board.loaded, board.total) == (0, 0)


async def test_a_project_without_pipelines_shows_no_data() -> None:
    (row,) = (await boards.fleet(services(FakeHistory([project()])))).rows
    assert (row.status, row.since, row.success_ratio, row.p50, row.queue_p50, row.pipeline_id) == (None,) * 6
    assert (row.strip, row.running) == ((), 0)


async def test_broken_projects_come_first_and_the_longest_broken_on_top() -> None:
    history = FakeHistory([project(1, "a"), project(2, "b"), project(3, "c"), project(4, "d")])
    history.all_pipelines = [
        pipeline(1, GOOD, project_id=1),
        pipeline(2, BAD, project_id=2, ago=timedelta(hours=2)),
        pipeline(3, BAD, project_id=3, ago=timedelta(hours=9)),
        pipeline(4, GOOD, project_id=4, ago=timedelta(hours=1)),
        pipeline(5, Status.RUNNING, project_id=4, ago=timedelta(minutes=1), ref="feature"),
    ]
    assert [row.project.path for row in (await boards.fleet(services(history))).rows] == ["c", "b", "d", "a"]


async def test_a_broken_row_names_the_job_and_the_reason() -> None:
    history = FakeHistory([project()], [pipeline(7, BAD), pipeline(6, GOOD)])
    history.all_jobs = [
        job(1, "lint", BAD, pipeline_id=7, allow_failure=True),
        job(2, "test", BAD, pipeline_id=7, failure_reason="script_failure"),
        job(3, "test", BAD, pipeline_id=6, failure_reason="other"),
    ]
    (row,) = (await boards.fleet(services(history))).rows
    assert (row.failing_job, row.failure_reason) == ("test", "script_failure")
    assert row.since == history.all_pipelines[0].finished_at


async def test_a_branch_stays_broken_while_its_next_pipeline_runs() -> None:
    history = FakeHistory([project()], [pipeline(8, Status.RUNNING), pipeline(7, BAD), pipeline(6, GOOD)])
    (row,) = (await boards.fleet(services(history))).rows
    assert row.status is Status.RUNNING
    assert row.since == history.all_pipelines[1].finished_at
    assert row.running == 1


async def test_figures_come_from_the_days_of_the_window() -> None:
    history = FakeHistory([project()], [pipeline(7, GOOD)])
    history.all_durations = [
        day_durations(TODAY, [100, 200, 300], failed=1),
        day_durations(TODAY - timedelta(days=30), [9000]),
        day_durations(TODAY, [5], job="build"),
    ]
    (row,) = (await boards.fleet(services(history))).rows
    assert row.p50 is not None
    assert row.p95 is not None
    assert row.p50.total_seconds() == pytest.approx(200, rel=0.011)
    assert row.success_ratio == 0.75
    assert row.queue_p50 is not None
    assert row.queue_p50.total_seconds() == pytest.approx(10, rel=0.011)


async def test_archived_projects_are_left_out() -> None:
    history = FakeHistory([replace(project(), archived=True)])
    assert (await boards.fleet(services(history))).rows == ()


async def test_the_board_says_how_much_is_loaded_and_how_fresh_it_is() -> None:
    board = await boards.fleet(services(FakeHistory([project()], fills=(3, 17))))
    assert (board.loaded, board.total, board.fresh_at) == (3, 17, NOW)


async def test_opening_a_project_asks_for_it() -> None:
    sync = FakeSync()
    history = FakeHistory([project()], [pipeline(7, GOOD), pipeline(8, BAD, ref="x")])
    board = await boards.project(services(history, sync=sync), 1)
    assert [one.id for one in board.pipelines] == [8, 7]
    assert sync.wants == [Want(1)]


async def test_a_project_nobody_knows_is_an_error() -> None:
    with pytest.raises(SourceError, match="99"):
        await boards.project(services(), 99)


async def test_a_pipeline_without_jobs_asks_for_them() -> None:
    sync = FakeSync()
    board = await boards.pipeline(services(FakeHistory([project()], [pipeline(7, GOOD)]), sync=sync), 1, 7)
    assert (board.jobs, board.waterfall, board.critical, board.complete) == ((), (), None, False)
    assert sync.wants == [Want(1, 7)]


async def test_a_pipeline_that_is_not_stored_is_asked_for_and_said_to_be_missing() -> None:
    sync = FakeSync()
    with pytest.raises(SourceError, match="not stored yet"):
        await boards.pipeline(services(FakeHistory([project()]), sync=sync), 1, 7)
    assert sync.wants == [Want(1, 7)]


def stored(*jobs: Job) -> FakeHistory:
    history = FakeHistory([project()], [pipeline(7, GOOD, ago=timedelta(hours=1))])
    history.all_jobs = list(jobs)
    return history


async def test_a_finished_pipeline_is_not_asked_for_again() -> None:
    sync = FakeSync()
    board = await boards.pipeline(services(stored(job(1, pipeline_id=7)), sync=sync), 1, 7)
    assert board.complete
    assert sync.wants == []


async def test_jobs_come_by_stage_and_replaced_attempts_apart() -> None:
    history = stored(
        job(1, "build", pipeline_id=7, stage="build"),
        job(2, "unit", BAD, pipeline_id=7, stage="test"),
        job(3, "lint", pipeline_id=7, stage="test"),
        job(4, "unit", pipeline_id=7, stage="test"),
    )
    board = await boards.pipeline(services(history), 1, 7)
    assert [one.id for one in board.jobs] == [1, 3, 4]
    assert [one.id for one in board.attempts] == [2]


async def test_the_waterfall_shows_waiting_running_and_what_is_critical() -> None:
    history = stored(
        job(1, "build", pipeline_id=7, stage="build", start=5, seconds=100, queued=5),
        job(2, "lint", pipeline_id=7, stage="build", start=5, seconds=10, queued=5),
        job(3, "unit", pipeline_id=7, stage="test", start=115, seconds=50, queued=10),
        job(4, "deploy", Status.MANUAL, pipeline_id=7, stage="deploy"),
    )
    board = await boards.pipeline(services(history), 1, 7)
    shown = {bar.job.name: bar for bar in board.waterfall}
    assert list(shown) == ["build", "lint", "unit"]
    assert shown["unit"].start == timedelta(seconds=105)
    assert (shown["unit"].queued, shown["unit"].running) == (timedelta(seconds=10), timedelta(seconds=50))
    assert [name for name, bar in shown.items() if bar.critical] == ["build", "unit"]
    assert shown["lint"].slack == timedelta(seconds=90)
    assert board.critical == timedelta(seconds=165)


async def test_a_running_job_is_as_long_as_it_has_run() -> None:
    history = FakeHistory([project()], [pipeline(7, Status.RUNNING, ago=timedelta(hours=1))])
    history.all_jobs = [job(1, "build", Status.RUNNING, pipeline_id=7, start=600)]
    sync = FakeSync()
    board = await boards.pipeline(services(history, sync=sync), 1, 7)
    assert board.waterfall[0].running == timedelta(minutes=50)
    assert sync.wants == [Want(1, 7)]


async def test_needs_in_a_circle_leave_a_waterfall_without_a_critical_path() -> None:
    history = stored(job(1, "a", pipeline_id=7, needs=("b",)), job(2, "b", pipeline_id=7, needs=("a",)))
    board = await boards.pipeline(services(history), 1, 7)
    assert [bar.slack for bar in board.waterfall] == [None, None]
    assert board.critical is None
