"""Cache: hit ratio of every layer against its goal, worst first, and why there are misses."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from ..boards import cache as boards
from ..boards import evidence as evidences
from ..boards.cache import CacheBoard, CacheRow
from ..messages import LogRequested
from ..text import age, count, duration, percent
from ..widgets.cells import Cell, Column, Row, cell
from ..widgets.glyphs import duration_cell, seconds, spark_cell
from .level import WEEK, Level, next_window, window_name

if TYPE_CHECKING:
    from textual.message import Message

    from ..ports import CacheEvidence, Services
    from ..widgets.chartdata import ChartData


class Cache(Level):
    """All layers with the runner cache by project, or one project's jobs and keys."""

    topics = frozenset({"cache", "engine", "metrics"})
    empty = "No cache outcome known yet: they come from job logs, which are being read."
    options = ("window",)
    charted = True
    evident = True
    columns = (
        Column("layer", "layer", 12, 1),
        Column("name", "name", 20, 0, stretch=True, widest=60),
        Column("ratio", "hits", 5, 0, right=True),
        Column("change", "change", 7, 2, right=True),
        Column("hits", "hit", 6, 3, right=True),
        Column("fallbacks", "part", 5, 4, right=True),
        Column("misses", "miss", 6, 2, right=True),
        Column("lost", "lost", 7, 3, right=True),
        Column("trend", "by day", 8, 4, stretch=True, widest=30, paint=spark_cell, sortable=False),
        Column("reason", "main reason", 18, 2, stretch=True, widest=60),
    )

    def __init__(self, window: timedelta = WEEK, project: str = "") -> None:
        self.window = window
        self.project = project
        self.title = project or "layers"

    async def board(self, services: "Services") -> CacheBoard:
        return await boards.cache(services, self.window, self.project)

    def rows(self, board: CacheBoard) -> Iterable[Row]:
        yield from (cache_row(row, board.goal) for row in board.rows)
        yield from (evidence_row(one, board.at) for one in board.evidence)

    def note(self, board: CacheBoard) -> Cell:
        whole = next((row for row in board.rows if row.kind == ("project" if board.project else "layer")), None)
        lost = whole.lost if whole else None
        below = sum(row.hit_ratio is not None and row.hit_ratio < board.goal for row in board.rows if row is not whole)
        spans = cell(f"last {window_name(board.window)}   ", "accent")
        spans += cell(f"{below} below {percent(board.goal)}   ", "warn" if below else "mute")
        spans += cell(f"{duration(lost)} lost to misses   " if lost else "", "warn")
        return spans + cell("; ".join(board.problems), "bad")

    def down(self, board: CacheBoard, key: str) -> "Level | Message | None":
        row = next((row for row in board.rows if _key(row) == key), None)
        if row is None or board.project or row.project_id is None:
            return None
        return Cache(self.window, row.name)

    async def evidence(self, services: "Services", board: CacheBoard, key: str) -> "Level | Message | None":
        """The log of the newest miss, as far as the row tells which."""
        if one := next((one for one in board.evidence if _evidence_key(one) == key), None):
            return LogRequested(await evidences.missed(services, one), board.project)
        row = next((row for row in board.rows if _key(row) == key), None)
        if row is None or row.project_id is None:
            return None
        named = {row.kind: row.name} if row.kind in ("job", "key") else {}
        job = await evidences.newest_miss(services, row.project_id, **named)
        return LogRequested(job, board.project or row.name) if job else None

    def option(self, name: str) -> "Level":
        return Cache(next_window(self.window), self.project)

    def chart(self, board: CacheBoard, key: str | None) -> "ChartData | None":
        row = next((row for row in board.rows if _key(row) == key), None)
        return cache_chart(row, board) if row else None


def _key(row: CacheRow) -> str:
    return f"{row.layer} {row.kind} {row.name}"


def _evidence_key(one: "CacheEvidence") -> str:
    """One job may have missed with several keys."""
    return f"job {one.job_id} {one.use.key}"


def cache_row(row: CacheRow, goal: float) -> Row:
    """One line; a ratio below the goal is a warning, below half of it an alarm."""
    ratio = row.hit_ratio
    tone = "mute" if ratio is None else "" if ratio >= goal else "bad" if ratio < goal / 2 else "warn"
    mark = "" if tone in ("", "mute") else "!"
    reason = row.reasons[0].reason if row.reasons else row.note
    change = (
        cell("–", "mute") if row.change is None else cell(f"{round(row.change * 100):+d} pt", _change_tone(row.change))
    )
    return Row(
        key=_key(row),
        cells=(
            cell(row.layer, "mute"),
            cell(row.name),
            cell(f"{percent(ratio)}{mark}", tone),
            change,
            cell(count(row.hits)),
            cell(count(row.fallbacks), "mute"),
            cell(count(row.misses)),
            duration_cell(row.lost),
            (),
            cell(reason, "" if row.reasons else "mute"),
        ),
        sort=(
            row.layer,
            row.name,
            ratio,
            row.change,
            row.hits,
            row.fallbacks,
            row.misses,
            seconds(row.lost),
            None,
            reason,
        ),
        fields={"name": row.name, "layer": row.layer, "reason": " ".join(one.reason for one in row.reasons)},
        values={"trend": tuple(ratio for _, ratio in row.points)},
    )


def _change_tone(change: float) -> str:
    return "bad" if change < -0.1 else "ok" if change > 0.1 else ""


def evidence_row(one: "CacheEvidence", now: datetime) -> Row:
    """One job that missed; Enter opens its log."""
    return Row(
        key=_evidence_key(one),
        cells=(
            cell("evidence", "accent"),
            cell(f"{one.job} #{one.job_id}: {one.use.key}"),
            cell(one.use.outcome.value, "bad"),
            cell(f"{age(one.at, now)} ago", "mute"),
            *((),) * 5,
            cell(one.use.reason),
        ),
        sort=("~evidence", one.job, None, None, None, None, None, None, None, one.use.reason),
        fields={"name": one.job, "layer": "evidence", "key": one.use.key, "reason": one.use.reason},
        at=one.at,
    )


def cache_chart(row: CacheRow, board: CacheBoard) -> "ChartData | None":
    """Hit ratio by day against the goal."""
    from ..widgets.chartdata import ChartData, Series

    if not row.points:
        return None
    days = tuple(datetime.combine(day, time(12), UTC) for day, _ in row.points)
    return ChartData(
        title=f"hit ratio of {row.name}",
        series=(Series("hits", days, tuple(ratio for _, ratio in row.points)),),
        target=board.goal,
        format_y=percent,
    )


FIRST = Cache
BOARD = CacheBoard
