"""The Build times board."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.boards.builds import builds
from console.model.rollouts import Deployment, Environment
from console.model.settings import Goals, Settings
from console.ports import SourceError
from tests.fakes import NOW, FakeHistory, day_durations, project, services

WEEK = timedelta(days=7)
TODAY = NOW.date()


def days_ago(number: int) -> timedelta:
    return timedelta(days=number)


def two_windows(now: float, before: float, *, project_id: int = 1, job: str | None = None) -> FakeHistory:
    history = FakeHistory([project()])
    history.all_durations = [
        day_durations(TODAY - days_ago(number), [now if number < 7 else before] * 3, project_id=project_id, job=job)
        for number in range(14)
    ]
    return history


async def test_an_empty_fleet_has_no_rows() -> None:
    board = await builds(services(), WEEK)
    assert (board.rows, board.markers, board.project) == ((), (), "")


async def test_a_project_without_runs_shows_no_data() -> None:
    (row,) = (await builds(services(FakeHistory([project()])), WEEK)).rows
    assert (row.runs, row.p50, row.p95, row.change, row.queue_p50, row.target) == (0, None, None, None, None, None)
    assert (row.points, row.changes, row.forecast, row.forecast_method) == ((), (), (), "")


async def test_a_window_is_compared_with_the_one_before() -> None:
    (row,) = (await builds(services(two_windows(240, 200)), WEEK)).rows
    assert row.runs == 21
    assert row.change == pytest.approx(0.2, abs=0.03)
    assert row.p50 is not None
    assert row.p50.total_seconds() == pytest.approx(240, rel=0.011)


async def test_too_few_runs_before_are_not_compared() -> None:
    history = two_windows(240, 200)
    history.all_durations = [one for one in history.all_durations if one.day >= TODAY - days_ago(7)]
    assert (await builds(services(history), WEEK)).rows[0].change is None


async def test_the_worst_regression_comes_first_with_its_culprit() -> None:
    history = two_windows(240, 200)
    other = two_windows(500, 250, project_id=2)
    history.all_projects.append(project(2, "llm/agent-chat"))
    history.all_durations += other.all_durations
    for job, now, before in (("build", 100.0, 90.0), ("test", 400.0, 160.0)):
        history.all_durations += two_windows(now, before, project_id=2, job=job).all_durations
    rows = (await builds(services(history), WEEK)).rows
    assert [row.project for row in rows] == ["llm/agent-chat", "llm/agent-brain"]
    assert rows[0].culprit == "test"
    assert rows[0].culprit_change is not None
    assert rows[0].culprit_change.total_seconds() == pytest.approx(240, rel=0.03)
    assert rows[1].culprit == ""


async def test_one_project_shows_itself_and_then_its_jobs() -> None:
    history = two_windows(240, 200)
    for job, now, before in (("build", 100.0, 90.0), ("test", 400.0, 160.0)):
        history.all_durations += two_windows(now, before, job=job).all_durations
    board = await builds(services(history), WEEK, "agent-brain")
    assert board.project == "llm/agent-brain"
    assert [row.job for row in board.rows] == [None, "test", "build"]


async def test_a_job_that_no_longer_runs_is_left_out() -> None:
    history = two_windows(240, 200)
    history.all_durations.append(day_durations(TODAY - days_ago(10), [5.0] * 9, job="gone"))
    assert [row.job for row in (await builds(services(history), WEEK, "agent-brain")).rows] == [None]


async def test_an_unknown_project_is_said() -> None:
    with pytest.raises(SourceError, match="no project"):
        await builds(services(FakeHistory([project()])), WEEK, "nothing")


async def test_a_name_that_fits_several_projects_is_said() -> None:
    history = FakeHistory([project(1, "a/x"), project(2, "b/x")])
    with pytest.raises(SourceError, match="several projects: a/x, b/x"):
        await builds(services(history), WEEK, "x")


async def test_targets_are_found_by_path_or_name() -> None:
    for name in ("llm/agent-brain", "agent-brain"):
        settings = Settings(goals=Goals(build_minutes={name: 5.0}))
        (row,) = (await builds(services(FakeHistory([project()]), settings=settings), WEEK)).rows
        assert row.target == timedelta(minutes=5)


async def test_points_are_days_with_runs_oldest_first() -> None:
    history = FakeHistory([project()])
    history.all_durations = [day_durations(TODAY - days_ago(number), [60.0, 90.0]) for number in (0, 3, 5)]
    (row,) = (await builds(services(history), WEEK)).rows
    assert [point.day for point in row.points] == [TODAY - days_ago(number) for number in (5, 3, 0)]
    assert row.points[0].runs == 2


async def test_a_day_from_which_on_builds_are_slower_is_named() -> None:
    history = FakeHistory([project()])
    history.all_durations = [
        day_durations(TODAY - days_ago(number), [400.0 if number < 20 else 300.0] * 3) for number in range(60)
    ]
    (row,) = (await builds(services(history), timedelta(days=60))).rows
    (change,) = row.changes
    assert change.day == TODAY - days_ago(19)
    assert change.after > change.before


async def test_the_days_to_come_are_forecast_and_the_method_is_named() -> None:
    history = FakeHistory([project()])
    history.all_durations = [day_durations(TODAY - days_ago(number), [300.0 + number % 7]) for number in range(30)]
    (row,) = (await builds(services(history), timedelta(days=30))).rows
    assert [band.day for band in row.forecast] == [TODAY + days_ago(number) for number in range(1, 8)]
    assert all(band.low <= band.expected <= band.high for band in row.forecast)
    assert row.forecast_method


async def test_releases_are_marked() -> None:
    history = two_windows(240, 200)
    history.all_environments = [
        Environment(1, 1, "prod-eu", tier="production"),
        Environment(2, 1, "review/x", tier="development"),
    ]
    one = Deployment(1, 1, 1, "prod-eu", "success", "main", "abcdef0123", NOW - days_ago(2))
    history.all_deployments = [
        one,
        replace(one, id=2, environment="review/x"),
        replace(one, id=3, status="failed"),
        replace(one, id=4, created_at=NOW - days_ago(30)),
    ]
    (marker,) = (await builds(services(history), WEEK, "agent-brain")).markers
    assert (marker.day, marker.text) == ((NOW - days_ago(2)).date(), "prod-eu abcdef01")
