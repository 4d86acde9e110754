"""Tables fit where they are printed."""

import pytest
from rich.cells import cell_len

from console.cli.table import Column, colours, render, terminal_width

COLUMNS = (Column("PROJECT"), Column("P50", right=True), Column("REASON", optional=1), Column("LINK", optional=2))
ROWS = [
    ("llm/agent-brain", "8m", "script_failure", "https://gitlab.example.com/llm/agent-brain/-/pipelines/1"),
    ("llm/智能体", "12m", "", ""),
]


def test_in_a_pipe_nothing_is_cut() -> None:
    text = render(COLUMNS, ROWS, None)
    assert ROWS[0][3] in text
    assert "…" not in text


def test_columns_line_up_also_with_wide_characters() -> None:
    lines = render(COLUMNS[:2], [row[:2] for row in ROWS], None).splitlines()
    assert len({cell_len(line) for line in lines}) == 1


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for line in render(COLUMNS, ROWS, width).splitlines():
        assert cell_len(line) <= width


def test_a_narrow_terminal_leaves_out_what_may_be_left_out_and_never_the_first() -> None:
    header = render(COLUMNS, ROWS, 16).splitlines()[0]
    assert "PROJECT" in header or "PROJE" in header
    assert "LINK" not in header
    assert "REASON" not in header


def test_a_table_without_rows_is_its_header() -> None:
    assert render(COLUMNS, [], 80) == "PROJECT  P50  REASON  LINK"


def test_stdout_that_is_no_terminal_has_no_width_and_no_colours() -> None:
    assert terminal_width({"COLUMNS": "80"}) is None
    assert not colours({"TERM": "xterm"})
