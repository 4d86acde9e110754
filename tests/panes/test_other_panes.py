"""Rows, notes, options and ways down of the panes beside Pipelines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from console.boards.builds import Band, BuildRow, BuildsBoard, ChangePoint, DayPoint, Marker
from console.boards.cache import CacheBoard, CacheRow, MissReason
from console.boards.rollouts import PastRollout, RolloutBoard, RolloutRow, RolloutsBoard, Track
from console.boards.spend import MonthEnd, SpendBoard, SpendRow, Waste
from console.model.cache import CacheUse, Outcome
from console.model.rollouts import Deployment
from console.panes import PANES
from console.panes.builds import Builds, build_chart, build_row
from console.panes.cache import Cache, cache_row
from console.panes.level import MONTH, WEEK, Level, next_window, window_name
from console.panes.rollouts import Rollouts, Service, rollout_row
from console.panes.spend import Spend
from console.ports import CacheEvidence
from console.widgets.cells import plain
from tests.fakes import NOW

DAY = date(2026, 3, 17)
MINUTES = timedelta(minutes=1)


def build(job: str | None = None, **changes: object) -> BuildRow:
    values: dict[str, object] = {
        "runs": 20,
        "p50": 9 * MINUTES,
        "p95": 12 * MINUTES,
        "change": 0.2,
        "queue_p50": None,
        "target": 5 * MINUTES,
        "points": (DayPoint(DAY, 9 * MINUTES, 12 * MINUTES, 4),),
    }
    return BuildRow(1, "llm/agent-mesh", job, **{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", PANES)
def test_every_pane_names_columns_topics_and_what_an_empty_table_says(kind: object) -> None:
    level: Level = kind.first()  # type: ignore[attr-defined]
    assert any(column.priority == 0 for column in level.columns)
    assert level.topics
    assert level.empty.endswith((".", "it."))
    assert sum(column.width + 2 for column in level.columns if column.priority == 0) <= 60


def test_over_its_target_a_build_time_is_marked() -> None:
    assert plain(build_row(build()).cells[1]) == "9m 00s!"
    assert plain(build_row(build(target=None)).cells[1]) == "9m 00s"
    assert plain(build_row(build(p50=None)).cells[1]) == "–"


def test_a_project_leads_to_its_jobs_and_a_job_no_deeper() -> None:
    fleet = Builds(WEEK)
    board = BuildsBoard((build(),), WEEK, "", (), NOW)
    down = fleet.down(board, "llm/agent-mesh")
    assert isinstance(down, Builds)
    assert down.project == "llm/agent-mesh"
    assert down.down(BuildsBoard((build("test"),), WEEK, "llm/agent-mesh", (), NOW), "test") is None


def test_windows_go_round() -> None:
    assert window_name(next_window(WEEK)) == "30 days"
    assert next_window(timedelta(days=90)) == timedelta(hours=24)
    assert isinstance(option := Builds(WEEK).option("window"), Builds)
    assert option.window == MONTH


def test_a_build_chart_has_target_forecast_and_markers() -> None:
    row = build(
        changes=(ChangePoint(DAY, 6 * MINUTES, 9 * MINUTES, 0.99),),
        forecast=(Band(DAY + timedelta(days=1), 8 * MINUTES, 9 * MINUTES, 10 * MINUTES),),
    )
    chart = build_chart(row, BuildsBoard((row,), WEEK, "", (Marker(DAY, "release 1.4"),), NOW))
    assert [series.name for series in chart.series] == ["p50", "p95"]
    assert chart.target == 300
    assert chart.band is not None
    assert (chart.band.lows, chart.band.highs) == ((480.0,), (600.0,))
    assert [marker.text for marker in chart.markers] == ["6m 00s>9m 00s", "release 1.4"]
    assert chart.format_y(300) == "5m 00s"


def cache(name: str, ratio: float | None, **changes: object) -> CacheRow:
    values: dict[str, object] = {"hits": 5, "fallbacks": 1, "misses": 4, "change": None, "lost": 3 * MINUTES}
    return CacheRow("runner", name, 1, hit_ratio=ratio, **{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("ratio", "shown"), [(0.95, "95%"), (0.7, "70%!"), (0.2, "20%!"), (None, "–")])
def test_a_ratio_below_its_goal_is_marked_and_no_traffic_is_no_ratio(ratio: float | None, shown: str) -> None:
    assert plain(cache_row(cache("llm/agent-docker", ratio), 0.9).cells[2]) == shown


def test_a_cache_row_says_its_main_reason() -> None:
    row = cache_row(cache("x", 0.2, reasons=(MissReason("403 Forbidden", 7), MissReason("gone", 1))), 0.9)
    assert plain(row.cells[-1]) == "403 Forbidden"


def test_a_project_leads_to_its_keys_and_newest_misses() -> None:
    evidence = CacheEvidence(1, 7, 70, "build", NOW, CacheUse("k", Outcome.MISS, reason="gone"))
    fleet = CacheBoard((cache("llm/agent-docker", 0.2),), 0.9, "", (), WEEK, NOW, ("redis: no answer",))
    assert "redis: no answer" in plain(Cache().note(fleet))
    [row] = Cache().rows(fleet)
    down = Cache().down(fleet, row.key)
    assert isinstance(down, Cache)
    deep = CacheBoard((), 0.9, "llm/agent-docker", (evidence,), WEEK, NOW)
    assert [row.key for row in down.rows(deep)] == ["job 70 k"]


def test_the_note_counts_each_restore_once() -> None:
    whole = cache("all projects", 0.5, kind="layer", lost=9 * MINUTES)
    board = CacheBoard((whole, cache("a", 0.4), cache("b", 0.95)), 0.9, "", (), WEEK, NOW)
    assert plain(Cache().note(board)).split("   ")[1:3] == ["1 below 90%", "9m 00s lost to misses"]


def spend(name: str, minutes: float = 100, cost: float | None = 0.8) -> SpendRow:
    return SpendRow(name, 1, 10, minutes, cost, 0.0, 0.5, None, 5.0, 0.0, ((DAY, minutes),))


def spend_board(**changes: object) -> SpendBoard:
    values: dict[str, object] = {
        "currency": "USD",
        "priced_on": "2026-01-01",
        "waste": (Waste("retries", 5.0, 0.04, 2, "attempts replaced by a later one"),),
        "month_end": MonthEnd(1.0, 2000.0, 1500.0, 2500.0, "seasonal naive", "USD"),
        "budget": 900.0,
        "window": MONTH,
        "project": "",
        "at": NOW,
    }
    return SpendBoard((spend("llm/agent-brain"),), "project", spend("total"), **{**values, **changes})  # type: ignore[arg-type]


def test_a_budget_about_to_be_passed_is_said() -> None:
    note = plain(Spend().note(spend_board()))
    assert "month end 2,000 USD (1,500-2,500)" in note
    assert "over the budget of 900" in note
    assert "prices of 2026-01-01" in note


def test_without_prices_the_note_says_how_to_set_them() -> None:
    board = spend_board(currency="", priced_on="", month_end=None, hint="set [contexts.x.rates]")
    assert plain(Spend().note(board)).endswith("set [contexts.x.rates]")


def test_waste_stands_under_the_rows_with_its_rule() -> None:
    rows = list(Spend().rows(spend_board()))
    assert [row.key for row in rows] == ["llm/agent-brain", "waste retries"]
    assert plain(rows[1].cells[-1]) == "attempts replaced by a later one"
    assert all(len(row.cells) == len(row.sort) == len(Spend.columns) for row in rows)


def test_dimensions_go_round_without_project_inside_one() -> None:
    by = Spend().option("by")
    assert isinstance(by, Spend)
    assert by.by == "tag"
    inside = Spend(MONTH, "user", "llm/agent-brain").option("by")
    assert isinstance(inside, Spend)
    assert inside.by == "tag"
    down = Spend().down(spend_board(), "llm/agent-brain")
    assert isinstance(down, Spend)
    assert (down.by, down.project) == ("tag", "llm/agent-brain")


STABLE = Track("stable", "1.4.0", 3, 3, 0.75, 30.0, 0.004, timedelta(milliseconds=228))
CANARY = Track("canary", "1.5.0", 1, 1, 0.25, 10.0, 0.061, timedelta(milliseconds=412))
DEPLOYED = Deployment(5, 5, 1, "production", "success", "main", "a" * 40, NOW, user="kim", job_name="canary 25%")
ROLLOUT = RolloutRow(
    "agent-brain",
    "production",
    1,
    "canary",
    "canary 25 %",
    0.25,
    (STABLE, CANARY),
    DEPLOYED,
    NOW - timedelta(hours=1),
    "errors canary 6.1 %, stable 0.4 %",
    ("gitlab", "prometheus"),
)


def test_a_rollout_shows_canary_against_stable() -> None:
    row = rollout_row(ROLLOUT, RolloutsBoard((ROLLOUT,), NOW))
    texts = [plain(cell) for cell in row.cells]
    assert texts[3:7] == ["25% of 25%", "3/3 1/1", "6.1%/0.4%", "412ms/228ms"]
    assert texts[-1] == ROLLOUT.concern
    assert len(row.cells) == len(row.sort) == len(Rollouts.columns)


def test_a_service_shows_its_tracks_then_its_past() -> None:
    board = RolloutBoard(ROLLOUT, (PastRollout(DEPLOYED, 4 * MINUTES, "success"),), NOW)
    service = Rollouts().down(RolloutsBoard((ROLLOUT,), NOW), "agent-brain production")
    assert isinstance(service, Service)
    rows = list(service.rows(board))
    assert [row.key for row in rows] == ["track stable", "track canary", "deployment 5"]
    assert all(len(row.cells) == len(row.sort) == len(Service.columns) for row in rows)
    assert service.chart(board, "track canary") is None


def test_the_tracks_of_a_service_are_compared_by_errors_or_by_latency() -> None:
    points = ((NOW, 0.25),)
    tracks = (replace(STABLE, points_error=points, points_p95=points),)
    board = RolloutBoard(replace(ROLLOUT, tracks=tracks), (), NOW)
    service = Service("agent-brain", "production")
    for said in ("error ratio by track", "p95 latency by track", "error ratio by track"):
        chart = service.chart(board, "track stable")
        assert chart is not None
        assert chart.title == said
        following = service.option("by")
        assert isinstance(following, Service)
        service = following
