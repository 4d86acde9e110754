"""Pipelines pane: its rows as plain values, and the way down to a log."""

from dataclasses import replace
from datetime import timedelta

from console.boards.pipelines import Bar, PipelineBoard, PipelinesBoard, ProjectBoard, ProjectRow
from console.messages import LogRequested
from console.model.pipelines import Status
from console.panes.pipelines import Fleet, PipelineJobs, ProjectPipelines, job_row, project_row, verdict_cell
from console.widgets.cells import plain
from tests.fakes import NOW, job, pipeline, project

HEALTHY = ProjectRow(
    project(),
    Status.SUCCESS,
    NOW - timedelta(days=2),
    (Status.FAILED, Status.SUCCESS),
    0.5,
    timedelta(minutes=8),
    timedelta(minutes=12),
    timedelta(seconds=5),
    0,
    7,
    NOW - timedelta(hours=1),
)
BROKEN = replace(
    HEALTHY, project=project(2, "llm/agent-chat"), status=Status.RUNNING, running=1, failing_job="test", broken=True
)


def test_a_row_follows_its_columns() -> None:
    row = project_row(HEALTHY, NOW)
    assert len(row.cells) == len(row.sort) == len(Fleet.columns)
    assert [plain(cell) for cell in row.cells[:4]] == ["llm/agent-brain", "✓ success", "", "50%"]


def test_a_broken_branch_stays_broken_while_the_next_pipeline_runs() -> None:
    assert plain(verdict_cell(BROKEN)) == "✗ failed ▶"
    assert plain(verdict_cell(HEALTHY)) == "✓ success"
    assert plain(verdict_cell(replace(HEALTHY, status=None))) == "– none"


def test_the_note_counts_what_is_broken_and_what_runs() -> None:
    board = PipelinesBoard((BROKEN, HEALTHY), NOW, NOW, loaded=1, total=2)
    assert plain(Fleet().note(board)).split("   ") == [
        "2 projects",
        "1 broken",
        "1 running",
        "",
    ]


def test_the_way_down_leads_to_the_log() -> None:
    fleet = Fleet()
    down = fleet.down(PipelinesBoard((HEALTHY,), NOW, NOW, 1, 1), "1")
    assert isinstance(down, ProjectPipelines)
    deeper = down.down(ProjectBoard(project(), (pipeline(7),), NOW), "7")
    assert isinstance(deeper, PipelineJobs)
    one = job(70)
    board = PipelineBoard(project(), pipeline(7), (one,), (), (), None, NOW, True)
    log = deeper.down(board, "70")
    assert isinstance(log, LogRequested)
    assert (log.job, log.project) == (one, "llm/agent-brain")
    assert fleet.down(PipelinesBoard((), NOW, NOW, 0, 0), "1") is None
    assert deeper.down(board, "71") is None


def test_critical_jobs_carry_a_mark_that_needs_no_colour() -> None:
    bar = Bar(job(1), timedelta(), timedelta(seconds=5), timedelta(minutes=1), True, timedelta())
    row = job_row(job(1, "build"), bar, timedelta(minutes=2))
    assert plain(row.cells[1]) == "◆ build"
    assert row.values["waterfall"] == (bar, timedelta(minutes=2))


def test_attempts_that_a_retry_replaced_are_named_so() -> None:
    board = PipelineBoard(project(), pipeline(7), (job(2),), (job(1, status=Status.FAILED),), (), None, NOW, True)
    rows = list(PipelineJobs(project(), pipeline(7)).rows(board))
    assert [plain(row.cells[2]) for row in rows] == ["✓ success", "✗ retried"]


def test_a_board_whose_jobs_are_on_their_way_says_so() -> None:
    board = PipelineBoard(project(), pipeline(7), (), (), (), None, NOW, False)
    assert "loading" in plain(PipelineJobs(project(), pipeline(7)).note(board))
