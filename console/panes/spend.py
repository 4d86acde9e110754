"""Spend: runner minutes and money by project, tag, branch kind and user, and which were wasted."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from ..boards import spend as boards
from ..boards.spend import SpendBoard, SpendRow, Waste
from ..text import count, money, percent
from ..widgets.cells import Cell, Column, Row, cell
from ..widgets.glyphs import change_cell, spark_cell
from .level import MONTH, Level, next_of, next_window, window_name

if TYPE_CHECKING:
    from textual.message import Message

    from ..ports import Services
    from ..widgets.chartdata import ChartData

DIMENSIONS = ("project", "tag", "branch", "user")


class Spend(Level):
    """Minutes and money by one dimension, dearest first."""

    topics = frozenset({"jobs", "pipelines"})
    empty = "No finished job in this window yet; `w` widens it."
    options = ("window", "by")
    charted = True
    columns = (
        Column("name", "name", 20, 0, stretch=True, widest=44),
        Column("minutes", "minutes", 9, 0, right=True),
        Column("cost", "cost", 14, 0, right=True),
        Column("share", "share", 5, 1, right=True),
        Column("change", "change", 7, 1, right=True),
        Column("jobs", "jobs", 7, 3, right=True),
        Column("retried", "retries", 8, 2, right=True),
        Column("superseded", "supers.", 8, 3, right=True),
        Column("unpriced", "unpriced", 8, 5, right=True),
        Column("trend", "minutes by day", 10, 4, stretch=True, widest=40, paint=spark_cell, sortable=False),
    )

    def __init__(self, window: timedelta = MONTH, by: str = "project", project: str = "") -> None:
        self.window = window
        self.by = by
        self.project = project
        self.title = f"{project or 'fleet'} by {by}"

    async def board(self, services: "Services") -> SpendBoard:
        return await boards.spend(services, self.window, self.by, self.project)

    def rows(self, board: SpendBoard) -> Iterable[Row]:
        yield from (spend_row(row, board.currency) for row in board.rows)
        yield from (waste_row(waste, board.currency) for waste in board.waste)

    def note(self, board: SpendBoard) -> Cell:
        spans = cell(f"last {window_name(board.window)}   ", "accent")
        spans += cell(f"{count(round(board.total.minutes))} min")
        spans += cell(f" = {money(board.total.cost, board.currency)}   " if board.total.cost is not None else "   ")
        if (end := board.month_end) is not None:
            over = board.budget is not None and board.currency != "" and end.expected > board.budget
            spans += cell(
                f"month end {end.expected:,.0f} {end.unit} ({end.low:,.0f}-{end.high:,.0f})", "bad" if over else ""
            )
            spans += cell(f" over the budget of {board.budget:,.0f}" if over else "", "bad")
        if board.priced_on:
            spans += cell(f"   prices of {board.priced_on}", "mute")
        return spans + cell(f"   {board.hint}" if board.hint else "", "warn")

    def down(self, board: SpendBoard, key: str) -> "Level | Message | None":
        row = next((row for row in board.rows if row.name == key), None)
        if row is None or self.by != "project" or self.project:
            return None
        return Spend(self.window, "tag", row.name)

    def option(self, name: str) -> "Level":
        if name == "by":
            known = DIMENSIONS[1:] if self.project else DIMENSIONS
            return Spend(self.window, next_of(known, self.by), self.project)
        return Spend(next_window(self.window), self.by, self.project)

    def chart(self, board: SpendBoard, key: str | None) -> "ChartData | None":
        row = next((row for row in board.rows if row.name == key), board.total)
        return spend_chart(row)


def spend_row(row: SpendRow, currency: str) -> Row:
    """One line."""
    return Row(
        key=row.name,
        cells=(
            cell(row.name),
            cell(f"{row.minutes:,.0f}"),
            cell(money(row.cost, currency), "" if row.cost is not None else "mute"),
            cell(percent(row.share)),
            change_cell(row.change),
            cell(count(row.jobs), "mute"),
            cell(f"{row.retried_minutes:,.0f}", "warn" if row.retried_minutes > row.minutes / 10 else ""),
            cell(f"{row.superseded_minutes:,.0f}", "warn" if row.superseded_minutes > row.minutes / 10 else ""),
            cell(f"{row.unpriced_minutes:,.0f}", "mute"),
            (),
        ),
        sort=(
            row.name,
            row.minutes,
            row.cost,
            row.share,
            row.change,
            row.jobs,
            row.retried_minutes,
            row.superseded_minutes,
            row.unpriced_minutes,
            None,
        ),
        fields={"name": row.name},
        values={"trend": tuple(minutes for _, minutes in row.points)},
    )


def waste_row(waste: Waste, currency: str) -> Row:
    """One kind of needless minutes, under the rows it was found in."""
    return Row(
        key=f"waste {waste.kind}",
        cells=(
            cell(f"waste: {waste.kind}", "warn"),
            cell(f"{waste.minutes:,.0f}"),
            cell(money(waste.cost, currency), "" if waste.cost is not None else "mute"),
            (),
            (),
            cell(count(waste.jobs), "mute"),
            (),
            (),
            (),
            cell(waste.rule, "mute"),
        ),
        sort=(f"~{waste.kind}", waste.minutes, waste.cost, None, None, waste.jobs, None, None, None, None),
        fields={"name": f"waste {waste.kind}", "rule": waste.rule},
    )


def spend_chart(row: SpendRow) -> "ChartData | None":
    """Minutes by day."""
    from ..widgets.chartdata import ChartData, Series

    if not row.points:
        return None
    days = tuple(datetime.combine(day, time(12), UTC) for day, _ in row.points)
    return ChartData(
        title=f"minutes a day, {row.name}",
        series=(Series("minutes", days, tuple(minutes for _, minutes in row.points)),),
        format_y=lambda value: f"{value:,.0f}",
    )


FIRST = Spend
BOARD = SpendBoard
