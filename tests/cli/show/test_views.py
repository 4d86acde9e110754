"""Boards as tables and as CSV."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from console.boards.builds import BuildRow, BuildsBoard
from console.boards.cache import CacheBoard, CacheRow, MissReason
from console.boards.pipelines import PipelinesBoard, ProjectBoard, ProjectRow
from console.boards.rollouts import RolloutRow, RolloutsBoard, Track
from console.boards.spend import MonthEnd, SpendBoard, SpendRow, Waste
from console.cli.guard import Failed
from console.cli.show import as_table, cost, delivery, find
from console.cli.show.fields import View
from console.model.pipelines import Pipeline, Project, Status

NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
BRAIN = Project(1, "llm/agent-brain")
FLEET = PipelinesBoard(
    rows=(
        ProjectRow(
            project=BRAIN,
            status=Status.FAILED,
            since=NOW - timedelta(hours=3),
            strip=(Status.SUCCESS, Status.FAILED),
            success_ratio=0.5,
            p50=timedelta(minutes=8, seconds=5),
            p95=None,
            queue_p50=timedelta(seconds=12),
            running=1,
            pipeline_id=9,
            latest_at=NOW,
            failing_job="test",
            failure_reason="script_failure",
        ),
        ProjectRow(Project(2, "llm/empty"), None, None, (), None, None, None, None, 0, None, None),
    ),
    at=NOW,
    fresh_at=NOW,
    loaded=1,
    total=2,
)
BUILDS = BuildsBoard(
    rows=(
        BuildRow(
            1,
            "llm/agent-brain",
            None,
            40,
            timedelta(minutes=8),
            timedelta(minutes=12),
            0.12,
            None,
            timedelta(minutes=5),
            "test",
            timedelta(minutes=1),
        ),
    ),
    window=WEEK,
    project="",
    markers=(),
    at=NOW,
)
ABSENT = MissReason("no such object", 80)
CACHE = CacheBoard(
    rows=(
        CacheRow(
            "runner",
            "llm/agent-docker",
            3,
            10,
            2,
            88,
            0.1,
            -0.6,
            timedelta(hours=2),
            (MissReason("no such object", 80),),
        ),
        CacheRow("redis", "cache-1:6379", None, 0, 0, 0, None, None, None, note="no traffic"),
    ),
    goal=0.9,
    project="",
    evidence=(),
    window=WEEK,
    at=NOW,
    problems=("prometheus does not answer",),
)
SPEND = SpendBoard(
    rows=(SpendRow("llm/agent-brain", 1, 40, 320.5, 2.564, 0.0, 1.0, None, 20.0, 0.0, ((date(2026, 3, 17), 320.5),)),),
    by="project",
    total=SpendRow("total", None, 40, 320.5, 2.564, 0.0, 1.0, None, 20.0, 0.0),
    currency="USD",
    priced_on="2026-01-31",
    waste=(Waste("retries", 20.0, 0.16, 3, "attempts that were replaced"),),
    month_end=MonthEnd(2.5, 10.0, 8.0, 12.0, "seasonal naive", "USD"),
    budget=7000,
    window=WEEK,
    project="",
    at=NOW,
)
ROLLOUTS = RolloutsBoard(
    rows=(
        RolloutRow(
            service="agent-brain",
            environment="production",
            project_id=1,
            strategy="canary",
            step="canary 25 %",
            desired=0.25,
            tracks=(
                Track("stable", "v1", 3, 3, 0.75, 30.0, 0.004, timedelta(milliseconds=180)),
                Track("canary", "v2", 1, None, 0.25, 10.0, 0.061, None),
            ),
            deployment=None,
            since=NOW - timedelta(minutes=4),
            concern="errors canary 6.1 %, stable 0.4 %",
        ),
    ),
    at=NOW,
)
PIPELINE = Pipeline(9, 1, 1, "feature/x", "a" * 40, Status.RUNNING, "push", NOW - timedelta(minutes=3))
VIEWS: dict[str, View[Any]] = {
    "fleet": delivery.fleet(FLEET),
    "project": delivery.project(ProjectBoard(BRAIN, (PIPELINE,), NOW)),
    "builds": cost.builds(BUILDS),
    "cache": cost.cache(CACHE),
    "spend": cost.spend(SPEND),
    "rollouts": delivery.rollouts(ROLLOUTS),
}


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_fits_the_terminal_and_keeps_what_a_row_is_known_by(name: str, width: int) -> None:
    view = VIEWS[name]
    lines = as_table(replace(view, notes=()), width)
    assert all(cell_len(line) <= width for line in lines)
    first = view.fields[1 if name == "cache" else 0].shown(view.rows[0])
    assert any(first in line for line in lines)


@pytest.mark.parametrize("name", VIEWS)
def test_names_of_csv_columns_are_snake_case_and_differ(name: str) -> None:
    names = [field.name for field in VIEWS[name].fields]
    assert len(set(names)) == len(names)
    assert all(one.isidentifier() and one.islower() for one in names)


def raw(view: View[Any], row: int = 0) -> dict[str, str]:
    return {field.name: field.raw(view.rows[row]) for field in view.fields}


def shown(view: View[Any], row: int = 0) -> dict[str, str]:
    return {field.name: field.shown(view.rows[row]) for field in view.fields}


def test_programs_get_figures_and_people_get_words() -> None:
    assert raw(VIEWS["fleet"])["p50_seconds"] == "485"
    assert shown(VIEWS["fleet"])["p50_seconds"] == "8m 05s"
    assert raw(VIEWS["fleet"])["since"] == "2026-03-18T09:00:00+00:00"
    assert shown(VIEWS["fleet"])["since"] == "3h"
    assert raw(VIEWS["cache"])["change_points"] == "-0.6"
    assert shown(VIEWS["cache"])["change_points"] == "-60 pt"
    assert shown(VIEWS["spend"])["cost"] == "2.56 USD"
    assert raw(VIEWS["spend"])["minutes"] == "320.5"


def test_no_data_is_empty_for_programs_and_a_dash_for_people() -> None:
    assert raw(VIEWS["fleet"], 1)["success_ratio"] == ""
    assert shown(VIEWS["fleet"], 1)["success_ratio"] == "–"
    assert shown(VIEWS["cache"], 1)["hit_ratio"] == "–"


def test_what_is_partial_or_unread_is_said_under_the_table() -> None:
    assert "1 of 2 projects' history is complete" in as_table(VIEWS["fleet"], 80)
    assert "prometheus does not answer" in as_table(VIEWS["cache"], 80)


def test_spend_has_its_sum_for_people_and_none_for_programs() -> None:
    view = VIEWS["spend"]
    assert any(line.startswith("total") for line in as_table(view, 80))
    assert "total" not in [raw(view, at)["name"] for at in range(len(view.rows))]
    assert any("month end: 10 USD (8 to 12, seasonal naive)" in line for line in as_table(view, 80))


def test_tracks_say_only_what_is_known() -> None:
    tracks = shown(VIEWS["rollouts"])["tracks"]
    assert tracks == "stable 3/3, 75%, errors 0.4%, p95 180 ms; canary 1/?, 25%, errors 6.1%"


def test_hostile_names_are_inert() -> None:
    evil = replace(FLEET.rows[0], project=Project(1, "llm/\x1b]0;x\x07[/red]\u202e" + "a" * 10_000))
    view = delivery.fleet(replace(FLEET, rows=(evil,)))
    for text in ("\n".join(as_table(view, 80)), raw(view)["project"]):
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
    assert all(cell_len(line) <= 80 for line in as_table(view, 80))


@pytest.mark.parametrize("wanted", ["llm/agent-brain", "agent-brain", "/llm/agent-brain/"])
def test_a_project_is_found_by_its_path_or_its_last_part(wanted: str) -> None:
    assert find((BRAIN, Project(2, "llm/agent-chat")), wanted) == BRAIN


@pytest.mark.parametrize(
    ("wanted", "says"),
    [("agent-brian", "did you mean llm/agent-brain"), ("x", "projects are known"), ("chat", "a/chat, b/chat")],
)
def test_a_project_that_is_not_clear_is_wrong_usage(wanted: str, says: str) -> None:
    with pytest.raises(Failed) as raised:
        find((BRAIN, Project(2, "a/chat"), Project(3, "b/chat")), wanted)
    assert says in raised.value.remedy
    assert raised.value.code == 2
