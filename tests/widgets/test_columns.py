"""Which columns fit, and how cells become a line."""

import pytest
from rich.cells import cell_len

from console.widgets.cells import Column, Row, Span, cell
from console.widgets.columns import fit, line, natural_widths, sized
from console.widgets.diff import changed_columns

COLUMNS = (
    Column("name", "name", 20, 0, stretch=True, widest=40),
    Column("status", "status", 10, 0),
    Column("rare", "rare", 12, 3),
    Column("time", "time", 7, 1, right=True),
)


def widths(width: int) -> dict[str, int]:
    return {column.id: given for column, given in fit(COLUMNS, width)}


def test_a_narrow_screen_keeps_the_name_and_its_status() -> None:
    assert list(widths(34)) == ["name", "status"]


def test_columns_come_back_by_priority_as_it_widens_and_keep_their_order() -> None:
    assert list(widths(41)) == ["name", "status", "time"]
    assert list(widths(80)) == ["name", "status", "rare", "time"]


def test_what_is_left_over_goes_to_the_stretching_column_up_to_its_limit() -> None:
    assert widths(60)["name"] == 20 + 60 - (20 + 10 + 12 + 7 + 6)
    assert widths(400)["name"] == 40


def test_no_column_gets_more_than_its_longest_cell_can_use() -> None:
    rows = [Row("1", (cell("x" * 25), (), (), ())), Row("2", (cell("日本"), (), (), ()))]
    natural = natural_widths(COLUMNS, rows)
    assert natural == {"name": 25}
    assert {column.id: given for column, given in fit(COLUMNS, 400, natural)}["name"] == 25


def test_columns_of_priority_zero_stay_even_when_too_wide() -> None:
    assert list(widths(5)) == ["name", "status"]


@pytest.mark.parametrize(
    "text", ["", "short", "exactly ten", "much too long for it", "日本語のとても長い名前", "a日b本c語d", "é" * 30]
)
@pytest.mark.parametrize("right", [False, True])
def test_a_sized_cell_has_exactly_its_width(text: str, right: bool) -> None:
    spans = sized(cell(text, "ok"), 11, right)
    assert sum(cell_len(part) for part, _ in spans) == 11


def test_a_cut_text_says_so() -> None:
    assert sized(cell("agent-brain"), 6) == (("agent…", ""),)


def test_neighbours_of_one_tone_are_one_run() -> None:
    row = Row("1", (cell("brain"), cell("failed", "bad"), cell("x"), cell("8m")))
    runs = line(row, fit(COLUMNS, 41), {column.id: at for at, column in enumerate(COLUMNS)})
    assert [tone for _, tone in runs] == ["", "bad", ""]
    assert sum(len(text) for text, _ in runs) == 41


def test_a_column_may_paint_itself_for_its_width() -> None:
    column = Column("bar", "bar", 5, 0, paint=lambda value, width: (("#" * (width if value else 0), "run"),))
    row = Row("1", ((),), values={"bar": True})
    assert line(row, ((column, 5),), {"bar": 0}) == [("#####", "run")]


@pytest.mark.parametrize(
    ("old", "new", "span"),
    [
        ([("abc", "")], [("abc", "")], None),
        ([("ab", ""), ("c", "")], [("abc", "")], None),
        ([("abc", "")], [("abd", "")], (2, 3)),
        ([("abc", "")], [("abc", "bad")], (0, 3)),
        ([("abc", "")], [("ab", "")], (2, 3)),
        ([("a日c", "")], [("a本c", "")], (1, 3)),
        ([("a日c", "")], [("axyc", "")], (1, 3)),
        ([("", "")], [("", "")], None),
    ],
)
def test_only_the_columns_that_differ_are_drawn(old: list[Span], new: list[Span], span: tuple[int, int] | None) -> None:
    assert changed_columns(old, new) == span
