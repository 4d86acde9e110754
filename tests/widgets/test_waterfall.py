"""Bars of the waterfall: they fit, and say without colour what they say with it."""

from datetime import timedelta

import pytest

from console.boards.pipelines import Bar
from console.model.pipelines import Job, Status
from console.widgets.cells import plain
from console.widgets.waterfall import bar_cell

TOTAL = timedelta(minutes=10)


def bar(
    start: float,
    queued: float,
    running: float,
    *,
    critical: bool = False,
    slack: float = 0,
    status: Status = Status.SUCCESS,
) -> Bar:
    """Times in minutes."""
    job = Job(1, 1, 1, "test", "test", status)
    begin, wait, run, spare = (timedelta(minutes=part) for part in (start, queued, running, slack))
    return Bar(job, begin, wait, run, critical, spare)


def test_a_bar_shows_waiting_running_and_slack_in_different_shapes() -> None:
    assert plain(bar_cell(bar(2, 1, 4, slack=2), TOTAL, 20)) == "    ░░████████····"


def test_a_critical_bar_begins_with_a_diamond() -> None:
    assert plain(bar_cell(bar(2, 1, 4, critical=True), TOTAL, 20)) == "    ░░◆███████"


def test_a_failed_job_ends_in_a_cross() -> None:
    assert plain(bar_cell(bar(0, 0, 5, status=Status.FAILED), TOTAL, 10)) == "████✗"
    assert plain(bar_cell(bar(0, 0, 5, critical=True, status=Status.FAILED), TOTAL, 10)) == "◆███✗"


def test_a_short_job_is_still_seen_also_at_the_very_end() -> None:
    assert plain(bar_cell(bar(0, 0, 0.01), TOTAL, 20)) == "█"
    assert plain(bar_cell(bar(9.99, 0, 0.01), TOTAL, 20)) == " " * 19 + "█"
    assert plain(bar_cell(bar(10, 0, 0, critical=True), TOTAL, 20)) == " " * 19 + "◆"


def test_a_job_that_never_ran_has_no_bar() -> None:
    assert plain(bar_cell(bar(3, 0, 0), TOTAL, 20)).strip() == ""


@pytest.mark.parametrize("width", [0, 1, 2, 7, 80])
def test_no_bar_is_wider_than_its_column(width: int) -> None:
    for one in (bar(0, 5, 20, slack=50), bar(12, 3, 4), bar(-1, 0, 3), bar(0, 0, 10, critical=True)):
        assert len(plain(bar_cell(one, TOTAL, width))) <= width


def test_a_pipeline_without_length_has_no_bars() -> None:
    assert bar_cell(bar(0, 0, 0), timedelta(), 20) == ()
