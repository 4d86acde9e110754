"""Build times: how long default-branch pipelines and their jobs take, worst regression first."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from ..boards import builds as boards
from ..boards import evidence as evidences
from ..boards.builds import BuildRow, BuildsBoard
from ..messages import LogRequested
from ..text import count, duration
from ..widgets.cells import Cell, Column, Row, cell
from ..widgets.glyphs import change_cell, duration_cell, seconds, spark_cell
from .level import WEEK, Level, next_window, window_name

if TYPE_CHECKING:
    from textual.message import Message

    from ..ports import Services
    from ..widgets.chartdata import ChartData


class Builds(Level):
    """Projects, or one project's jobs."""

    topics = frozenset({"jobs", "pipelines", "deployments"})
    empty = "No finished pipeline of a default branch in this window yet; `w` widens it."
    options = ("window",)
    charted = True
    evident = True
    columns = (
        Column("name", "project or job", 20, 0, stretch=True, widest=44),
        Column("p50", "p50", 8, 0, right=True),
        Column("p95", "p95", 7, 1, right=True),
        Column("change", "change", 7, 0, right=True),
        Column("target", "target", 7, 3, right=True),
        Column("queue", "queue", 7, 4, right=True),
        Column("runs", "runs", 5, 3, right=True),
        Column("trend", "p50 by day", 10, 2, stretch=True, widest=30, paint=spark_cell, sortable=False),
        Column("culprit", "because of", 16, 4, stretch=True, widest=50),
    )

    def __init__(self, window: timedelta = WEEK, project: str = "", at: str | None = None) -> None:
        self.window = window
        self.project = project
        self.at = at
        self.title = project or "fleet"

    async def board(self, services: "Services") -> BuildsBoard:
        return await boards.builds(services, self.window, self.project)

    def rows(self, board: BuildsBoard) -> Iterable[Row]:
        return (build_row(row) for row in board.rows)

    def note(self, board: BuildsBoard) -> Cell:
        slower = sum(row.change is not None and row.change > 0.1 for row in board.rows)
        missed = sum(row.target is not None and row.p50 is not None and row.p50 > row.target for row in board.rows)
        spans = cell(f"last {window_name(board.window)}   ", "accent")
        spans += cell(f"{slower} more than 10% slower than before   ", "warn" if slower else "mute")
        return spans + cell(f"{missed} over target" if missed else "", "warn")

    def down(self, board: BuildsBoard, key: str) -> "Level | Message | None":
        return None if board.project else Builds(self.window, key)

    async def evidence(self, services: "Services", board: BuildsBoard, key: str) -> "Level | Message | None":
        """Of a project the job that made it slower; of a job the log of its newest run."""
        row = next((row for row in board.rows if _name(row) == key), None)
        if row is None:
            return None
        if row.job is None:
            return Builds(self.window, row.project, row.culprit) if row.culprit and not board.project else None
        job = await evidences.newest_run(services, row.project_id, row.job)
        return LogRequested(job, row.project) if job else None

    def option(self, name: str) -> "Level":
        return Builds(next_window(self.window), self.project)

    def chart(self, board: BuildsBoard, key: str | None) -> "ChartData | None":
        row = next((row for row in board.rows if _name(row) == key), None)
        return build_chart(row, board) if row else None


def _name(row: BuildRow) -> str:
    return row.job if row.job is not None else row.project


def build_row(row: BuildRow) -> Row:
    """One line; over its target a p50 is a warning."""
    late = row.target is not None and row.p50 is not None and row.p50 > row.target
    culprit = row.culprit
    if culprit and row.culprit_change:
        culprit = f"{culprit} +{duration(row.culprit_change)}"
    return Row(
        key=_name(row),
        cells=(
            cell(_name(row)),
            cell(f"{duration(row.p50)}{'!' if late else ''}", "warn" if late else ""),
            duration_cell(row.p95),
            change_cell(row.change),
            duration_cell(row.target),
            duration_cell(row.queue_p50),
            cell(count(row.runs), "mute"),
            (),
            cell(culprit, "warn"),
        ),
        sort=(
            _name(row),
            seconds(row.p50),
            seconds(row.p95),
            row.change,
            seconds(row.target),
            seconds(row.queue_p50),
            row.runs,
            None,
            culprit or None,
        ),
        fields={"project": row.project, "job": row.job or "", "culprit": row.culprit},
        values={"trend": tuple(point.p50.total_seconds() for point in row.points)},
    )


def build_chart(row: BuildRow, board: BuildsBoard) -> "ChartData":
    """p50 and p95 by day, with target, forecast band, change points and releases."""
    from ..widgets.chartdata import Band, ChartData, Marker, Series

    def noon(day: object) -> datetime:
        return datetime.combine(day, time(12), UTC)  # type: ignore[arg-type]

    days = tuple(noon(point.day) for point in row.points)
    changes = tuple(
        Marker(noon(change.day), f"{duration(change.before)}>{duration(change.after)}") for change in row.changes
    )
    band = None
    if row.forecast:
        band = Band(
            tuple(noon(one.day) for one in row.forecast),
            tuple(one.low.total_seconds() for one in row.forecast),
            tuple(one.high.total_seconds() for one in row.forecast),
        )
    return ChartData(
        title=f"{_name(row)}, last {window_name(board.window)}",
        series=(
            Series("p50", days, tuple(point.p50.total_seconds() for point in row.points)),
            Series("p95", days, tuple(point.p95.total_seconds() for point in row.points)),
        ),
        target=row.target.total_seconds() if row.target else None,
        band=band,
        markers=(*changes, *(Marker(noon(marker.day), marker.text) for marker in board.markers)),
        format_y=lambda value: duration(timedelta(seconds=value)),
        seconds=True,
    )


FIRST = Builds
BOARD = BuildsBoard
