"""Build times, cache and spend as tables."""

from datetime import timedelta

from ...boards.builds import BuildRow, BuildsBoard
from ...boards.cache import CacheBoard, CacheRow
from ...boards.spend import SpendBoard, SpendRow, Waste
from ...text import change, count, duration, money, percent
from .fields import Field, View


def builds(board: BuildsBoard) -> View[BuildRow]:
    """A row a project, or a job of one project."""
    fields: tuple[Field[BuildRow], ...] = (
        Field("project", "PROJECT", lambda row: row.project, least=16),
        Field("job", "JOB", lambda row: row.job, least=12, optional=8),
        Field("runs", "RUNS", lambda row: row.runs, lambda row: count(row.runs), right=True, optional=3),
        Field("p50_seconds", "P50", lambda row: row.p50, lambda row: duration(row.p50), right=True),
        Field("p95_seconds", "P95", lambda row: row.p95, lambda row: duration(row.p95), right=True),
        Field("change_ratio", "CHANGE", lambda row: row.change, lambda row: change(row.change), right=True),
        Field(
            "target_seconds", "TARGET", lambda row: row.target, lambda row: duration(row.target), right=True, optional=2
        ),
        Field(
            "queue_p50_seconds",
            "QUEUE",
            lambda row: row.queue_p50,
            lambda row: duration(row.queue_p50),
            right=True,
            optional=4,
        ),
        Field("culprit", "SLOWER BY", lambda row: row.culprit, optional=1),
        Field(
            "culprit_change_seconds",
            "MORE",
            lambda row: row.culprit_change,
            lambda row: duration(row.culprit_change),
            right=True,
            optional=5,
        ),
    )
    return View(fields, board.rows, board.project)


def cache(board: CacheBoard) -> View[CacheRow]:
    """A row a layer, project, job or key."""
    fields: tuple[Field[CacheRow], ...] = (
        Field("layer", "LAYER", lambda row: row.layer),
        Field("name", "NAME", lambda row: row.name, least=16),
        Field("hit_ratio", "HIT", lambda row: row.hit_ratio, lambda row: percent(row.hit_ratio), right=True),
        Field("change_points", "CHANGE", lambda row: row.change, _points, right=True, optional=4),
        Field("hits", "HITS", lambda row: row.hits, lambda row: count(row.hits), right=True),
        Field(
            "fallbacks",
            "FALLBACKS",
            lambda row: row.fallbacks,
            lambda row: count(row.fallbacks),
            right=True,
            optional=3,
        ),
        Field("misses", "MISSES", lambda row: row.misses, lambda row: count(row.misses), right=True),
        Field("lost_seconds", "LOST", lambda row: row.lost, lambda row: duration(row.lost), right=True, optional=2),
        Field("reason", "REASON", _reason, least=12, optional=1),
    )
    goal = f"goal {percent(board.goal)}, {_window(board.window)}"
    return View(fields, board.rows, board.project, notes=(goal, *board.problems))


def _reason(row: CacheRow) -> str:
    return row.reasons[0].reason if row.reasons else row.note


def _window(span: timedelta) -> str:
    return f"last {span / timedelta(hours=1):.0f} h" if span <= timedelta(days=1) else f"last {span.days} d"


def _points(row: CacheRow) -> str:
    return "" if row.change is None else f"{row.change * 100:+.0f} pt"


def spend(board: SpendBoard) -> View[SpendRow]:
    """A row a project, tag, branch kind or user, and the sum."""
    currency = board.currency
    fields: tuple[Field[SpendRow], ...] = (
        Field("name", board.by.upper() or "NAME", lambda row: row.name, least=16),
        Field("jobs", "JOBS", lambda row: row.jobs, lambda row: count(row.jobs), right=True, optional=3),
        Field("minutes", "MINUTES", lambda row: row.minutes, lambda row: f"{row.minutes:,.0f}", right=True),
        Field("cost", "COST", lambda row: row.cost, lambda row: money(row.cost, currency), right=True, least=12),
        Field("share_ratio", "SHARE", lambda row: row.share, lambda row: percent(row.share), right=True, optional=2),
        Field("change_ratio", "CHANGE", lambda row: row.change, lambda row: change(row.change), right=True, optional=1),
        Field(
            "retried_minutes",
            "RETRIED",
            lambda row: row.retried_minutes,
            lambda row: f"{row.retried_minutes:,.0f}",
            right=True,
            optional=4,
        ),
        Field(
            "superseded_minutes",
            "SUPERSEDED",
            lambda row: row.superseded_minutes,
            lambda row: f"{row.superseded_minutes:,.0f}",
            right=True,
            optional=5,
        ),
        Field(
            "unpriced_minutes",
            "UNPRICED",
            lambda row: row.unpriced_minutes,
            lambda row: f"{row.unpriced_minutes:,.0f}",
            right=True,
            optional=6,
        ),
    )
    return View(fields, board.rows, board.project, board.total, tuple(_spend_notes(board)))


def _spend_notes(board: SpendBoard) -> list[str]:
    notes = [_window(board.window) + (f", prices of {board.priced_on}" if board.priced_on else "")]
    notes += [f"{one.kind}: {_wasted(one, board.currency)} ({one.rule})" for one in board.waste]
    if end := board.month_end:
        notes.append(f"month end: {end.expected:,.0f} {end.unit} ({end.low:,.0f} to {end.high:,.0f}, {end.method})")
    if board.budget is not None:
        notes.append(f"budget: {money(board.budget, board.currency)} a month")
    return [*notes, board.hint] if board.hint else notes


def _wasted(waste: Waste, currency: str) -> str:
    minutes = f"{waste.minutes:,.0f} minutes"
    return f"{minutes}, {money(waste.cost, currency)}" if waste.cost is not None else minutes
