"""The table: cursor, order, filter, marks, and that it draws only what changed."""

from collections.abc import Iterable
from typing import Any

import pytest
from textual.geometry import Region

from console.widgets.cells import Column, Row, cell
from console.widgets.rows import Rows
from tests.host import Host

COLUMNS = (Column("name", "name", 20, 0), Column("count", "count", 6, 0, right=True))


class Watched(Rows):
    """Remembers which regions it asked to be drawn."""

    drawn: list[Region]

    def refresh(self, *regions: Region, **options: Any) -> Any:
        self.__dict__.setdefault("drawn", []).extend(regions)
        return super().refresh(*regions, **options)


def row(name: str, count: int | None) -> Row:
    text = "–" if count is None else str(count)
    return Row(name, (cell(name), cell(text)), (name, count), {"name": name})


def table(rows: Iterable[Row]) -> Watched:
    made = Watched()
    made.show_columns(COLUMNS)
    made.replace(rows)
    return made


def hundred() -> list[Row]:
    return [row(f"row-{number:03}", number) for number in range(100)]


def keys(rows: Rows) -> list[str]:
    return [one.key for one in rows.shown]


async def test_the_header_and_as_many_rows_as_fit_are_shown() -> None:
    rows = table(hundred())
    app = Host(rows)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        lines = app.shown().splitlines()
        assert lines[0].split() == ["name", "count"]
        assert lines[1].split() == ["row-000", "0"]
        assert lines[9].split() == ["row-008", "8"]


async def test_the_cursor_stays_on_its_row_when_the_order_changes() -> None:
    rows = table([row("a", 1), row("b", 2), row("c", 3)])
    async with Host(rows).run_test() as pilot:
        await pilot.press("j")
        assert rows.row is not None
        assert rows.row.key == "b"
        rows.replace([row("c", 3), row("x", 9), row("b", 2), row("a", 1)])
        assert rows.row.key == "b"
        assert rows.position == "3/4"


async def test_until_it_is_moved_the_cursor_stays_on_top_whichever_row_comes_there() -> None:
    rows = table([row("a", 1), row("b", 2)])
    async with Host(rows).run_test() as pilot:
        rows.replace([row("b", 2), row("a", 1)])
        assert rows.position == "1/2"
        await pilot.press("j", "k")
        rows.replace([row("a", 1), row("b", 2)])
        assert rows.position == "2/2"


async def test_a_cursor_whose_row_went_stands_on_the_row_that_took_its_place() -> None:
    rows = table([row("a", 1), row("b", 2), row("c", 3)])
    async with Host(rows).run_test() as pilot:
        await pilot.press("j")
        rows.replace([row("a", 1), row("c", 3)])
        assert rows.row is not None
        assert rows.row.key == "c"


async def test_a_row_may_be_awaited() -> None:
    rows = table([row("a", 1)])
    async with Host(rows).run_test():
        rows.go_to("z")
        rows.replace([row("a", 1), row("z", 2)])
        assert rows.row is not None
        assert rows.row.key == "z"


async def test_sorting_keeps_rows_without_a_value_last_either_way() -> None:
    rows = table([row("a", 2), row("b", None), row("c", 1)])
    async with Host(rows).run_test() as pilot:
        await pilot.press("s", "s")
        assert rows.sorted_by == "count"
        assert keys(rows) == ["c", "a", "b"]
        await pilot.press("S")
        assert keys(rows) == ["a", "c", "b"]
        await pilot.press("s")
        assert rows.sorted_by == ""
        assert keys(rows) == ["a", "b", "c"]


async def test_one_changed_cell_draws_that_cell_alone() -> None:
    rows = table([row("a", 1), row("b", 2)])
    async with Host(rows).run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        rows.drawn.clear()
        rows.replace([row("a", 1), row("b", 7)])
        assert rows.drawn == [Region(27, 2, 1, 1)]


async def test_nothing_is_drawn_when_nothing_changed() -> None:
    rows = table(hundred())
    async with Host(rows).run_test() as pilot:
        await pilot.pause()
        rows.drawn.clear()
        rows.replace(hundred())
        assert rows.drawn == []


async def test_a_step_draws_two_lines() -> None:
    rows = table(hundred())
    async with Host(rows).run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        rows.drawn.clear()
        await pilot.press("j")
        assert {region.y for region in rows.drawn} == {1, 2}


async def test_a_held_key_scrolls_by_half_pages() -> None:
    rows = table(hundred())
    app = Host(rows)
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press(*["j"] * 10)
        await pilot.pause()
        assert "row-005" in app.shown().splitlines()[1]
        assert rows.row is not None
        assert rows.row.key == "row-010"


async def test_the_ends_are_one_key_away() -> None:
    rows = table(hundred())
    async with Host(rows).run_test(size=(40, 11)) as pilot:
        await pilot.press("G")
        assert rows.position == "100/100"
        await pilot.press("g")
        assert rows.position == "1/100"
        await pilot.press("pagedown")
        assert rows.position == "10/100"


async def test_a_filter_says_how_many_of_how_many() -> None:
    rows = table(hundred())
    async with Host(rows).run_test():
        rows.set_filter("name:row-01")
        assert rows.position == "1/10 of 100"
        rows.set_filter("nothing")
        assert rows.position == "0/0 of 100"
        assert rows.row is None


async def test_marks_follow_their_rows() -> None:
    rows = table([row("a", 1), row("b", 2), row("c", 3)])
    async with Host(rows).run_test() as pilot:
        await pilot.press("space")
        assert rows.marked == {"a"}
        rows.replace([row("b", 2), row("a", 1)])
        assert rows.marked == {"a"}
        rows.replace([row("b", 2)])
        assert rows.marked == set()
        rows.replace([row("a", 1), row("b", 2)])
        await pilot.press("asterisk")
        assert rows.marked == {"a", "b"}
        await pilot.press("asterisk")
        assert rows.marked == set()


async def test_an_empty_table_says_why() -> None:
    rows = table([])
    rows.empty = "No projects: run `console doctor`."
    app = Host(rows)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "No projects" in app.shown()
        await pilot.press("j", "G", "enter", "space", "s")


@pytest.mark.parametrize(
    "name", ["[/x]", "[bold]b[/]", "\x1b]0;t\x07", "日本語" * 40, "x" * 10_000, "a\u202eb", "nul\x00"]
)
async def test_hostile_text_is_shown_inert(name: str) -> None:
    rows = table([row(name, 1), row("after", 2)])
    app = Host(rows)
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("j", "k")
        assert "after" in app.shown()


async def test_the_first_picture_stands_still_when_the_screen_tells_its_size() -> None:
    rows = table(hundred())
    rows.go_to("row-004")
    tops: list[int] = []
    draw = rows.render_line

    def watched(y: int) -> Any:
        strip = draw(y)
        tops.append(rows._top)
        return strip

    rows.render_line = watched  # type: ignore[method-assign]
    async with Host(rows).run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert set(tops) == {0}


async def test_a_marked_row_keeps_its_whole_name_and_its_columns() -> None:
    rows = table([row("runner", 1), row("other", 2)])
    app = Host(rows)
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("space")
        await pilot.pause()
        marked, plain = app.shown().splitlines()[1:3]
        assert marked.startswith("● runner ")
        assert marked.index("1") == plain.index("2")
