"""Roll-outs: where each service stands on its way to new code, those in trouble first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..boards import evidence as evidences
from ..boards import rollouts as boards
from ..boards.rollouts import PastRollout, RolloutBoard, RolloutRow, RolloutsBoard, Track
from ..messages import LogRequested
from ..text import age, duration, percent
from ..widgets.cells import Cell, Column, Row, cell
from ..widgets.glyphs import duration_cell, seconds
from .level import Level, next_of

if TYPE_CHECKING:
    from textual.message import Message

    from ..model.rollouts import Deployment
    from ..ports import Services
    from ..widgets.chartdata import ChartData


class Rollouts(Level):
    """A row a service and environment."""

    title = "services"
    evident = True
    topics = frozenset({"deployments", "engine", "metrics"})
    empty = "No deployment and no service labelled `console.service` known yet."
    columns = (
        Column("service", "service", 18, 0, stretch=True, widest=36),
        Column("environment", "environment", 11, 1, stretch=True, widest=20),
        Column("step", "step", 12, 0, stretch=True, widest=24),
        Column("weight", "canary", 11, 1, right=True),
        Column("replicas", "replicas", 10, 3, right=True),
        Column("errors", "errors c/s", 11, 2, right=True),
        Column("p95", "p95 c/s", 15, 3, right=True),
        Column("version", "version", 10, 3, stretch=True, widest=24),
        Column("since", "since", 5, 2, right=True),
        Column("strategy", "strategy", 10, 5),
        Column("concern", "concern", 16, 1, stretch=True, widest=80),
    )

    async def board(self, services: "Services") -> RolloutsBoard:
        return await boards.rollouts(services)

    def rows(self, board: RolloutsBoard) -> Iterable[Row]:
        return (rollout_row(row, board) for row in board.rows)

    def note(self, board: RolloutsBoard) -> Cell:
        concerned = sum(bool(row.concern) for row in board.rows)
        spans = cell(f"{len(board.rows)} services   ")
        spans += cell(f"{concerned} of concern   ", "bad" if concerned else "mute")
        return spans + cell("; ".join(board.problems), "bad")

    def down(self, board: RolloutsBoard, key: str) -> "Level | Message | None":
        row = next((row for row in board.rows if _key(row) == key), None)
        return Service(row.service, row.environment) if row else None

    async def evidence(self, services: "Services", board: RolloutsBoard, key: str) -> "Level | Message | None":
        row = next((row for row in board.rows if _key(row) == key), None)
        return await _log(services, row.deployment) if row else None


async def _log(services: "Services", deployment: "Deployment | None") -> "Message | None":
    """The log of the job that deployed."""
    found = await evidences.deploying_job(services, deployment) if deployment else None
    return LogRequested(*found) if found else None


def _key(row: RolloutRow) -> str:
    return f"{row.service} {row.environment}"


def _track(row: RolloutRow, *names: str) -> Track | None:
    return next((track for track in row.tracks if track.name in names), None)


def _pair(canary: str, stable: str) -> str:
    return canary if stable == "–" else f"{canary}/{stable}"


def rollout_row(row: RolloutRow, board: RolloutsBoard) -> Row:
    """One line: canary against stable, actual weight against desired."""
    canary, stable = _track(row, "canary", "green"), _track(row, "stable", "blue")
    weight = canary.weight if canary else None
    share = percent(weight) if row.desired is None else f"{percent(weight)} of {percent(row.desired)}"
    errors = _pair(*(percent(track.error_ratio, 1) if track else "–" for track in (canary, stable)))
    p95 = _pair(*(_p95(track) for track in (canary, stable)))
    replicas = " ".join(f"{track.replicas}/{track.desired}" for track in row.tracks if track.replicas is not None)
    newest = canary or stable
    version = newest.version if newest else row.deployment.sha[:8] if row.deployment else ""
    return Row(
        key=_key(row),
        cells=(
            cell(row.service),
            cell(row.environment, "mute"),
            cell(row.step, "bad" if row.concern else "run" if canary else ""),
            cell(share if canary else "–", "" if canary else "mute"),
            cell(replicas or "–", "" if replicas else "mute"),
            cell(errors, "mute" if errors == "–" else "bad" if row.concern else ""),
            cell(p95, "mute" if p95 == "–" else ""),
            cell(version, "mute"),
            cell(age(row.since, board.at), "mute"),
            cell(row.strategy, "mute"),
            cell(row.concern, "bad"),
        ),
        sort=(
            row.service,
            row.environment,
            row.step,
            weight,
            None,
            canary.error_ratio if canary else None,
            seconds(canary.p95) if canary else None,
            version or None,
            row.since,
            row.strategy,
            row.concern or None,
        ),
        fields={
            "service": row.service,
            "environment": row.environment,
            "step": row.step,
            "strategy": row.strategy,
            "concern": row.concern,
        },
        at=row.since,
    )


def _p95(track: Track | None) -> str:
    return "–" if track is None or track.p95 is None else f"{track.p95 / timedelta(milliseconds=1):.0f}ms"


CHARTS = ("errors", "latency")
"""What the tracks of one service are compared by."""


class Service(Level):
    """One service: its tracks, then its past roll-outs; the chart compares the tracks by errors or by latency."""

    options = ("by",)
    evident = True
    topics = frozenset({"deployments", "engine", "metrics"})
    empty = "Nothing is known of this service any more."
    charted = True
    columns = (
        Column("what", "track or deployment", 20, 0, stretch=True, widest=40),
        Column("state", "state", 10, 0, stretch=True, widest=18),
        Column("version", "version", 10, 1, stretch=True, widest=24),
        Column("replicas", "replicas", 8, 2, right=True),
        Column("weight", "weight", 6, 1, right=True),
        Column("rate", "req/s", 8, 3, right=True),
        Column("errors", "errors", 7, 1, right=True),
        Column("p95", "p95", 8, 1, right=True),
        Column("took", "took", 7, 2, right=True),
        Column("when", "age", 5, 2, right=True),
        Column("who", "by", 10, 4, stretch=True, widest=20),
    )

    def __init__(self, service: str, environment: str, by: str = CHARTS[0]) -> None:
        self.service = service
        self.environment = environment
        self.by = by
        self.title = f"{service} {environment}".strip()

    async def board(self, services: "Services") -> RolloutBoard:
        return await boards.rollout(services, self.service, self.environment)

    def rows(self, board: RolloutBoard) -> Iterable[Row]:
        yield from (track_row(track) for track in board.row.tracks)
        yield from (past_row(past, board) for past in board.past)

    def note(self, board: RolloutBoard) -> Cell:
        row = board.row
        spans = cell(f"{row.strategy}   {row.step}   ", "accent")
        spans += cell(f"{row.concern}   ", "bad") + cell("; ".join(board.problems), "bad")
        return spans + cell(f"   told by {', '.join(row.sources)}", "mute")

    def option(self, name: str) -> "Level":
        return Service(self.service, self.environment, next_of(CHARTS, self.by))

    async def evidence(self, services: "Services", board: RolloutBoard, key: str) -> "Level | Message | None":
        """Of a past deployment its own log, of a track that of the newest."""
        past = next((one.deployment for one in board.past if _past_key(one) == key), board.row.deployment)
        return await _log(services, past)

    def chart(self, board: RolloutBoard, key: str | None) -> "ChartData | None":
        return errors_chart(board) if self.by == CHARTS[0] else p95_chart(board)


def track_row(track: Track) -> Row:
    """One track's line."""
    replicas = (
        "–" if track.replicas is None else f"{track.replicas}/{track.desired if track.desired is not None else '?'}"
    )
    rate = "–" if track.request_rate is None else f"{track.request_rate:,.1f}"
    restarts = f"{track.restarts} restarts" if track.restarts else "running" if track.replicas else ""
    return Row(
        key=f"track {track.name}",
        cells=(
            cell(track.name, "strong"),
            cell(restarts, "bad" if track.restarts else ""),
            cell(track.version),
            cell(replicas),
            cell(percent(track.weight)),
            cell(rate),
            cell(percent(track.error_ratio, 1)),
            cell(_p95(track)),
            (),
            (),
            (),
        ),
        sort=(
            track.name,
            restarts,
            track.version,
            track.replicas,
            track.weight,
            track.request_rate,
            track.error_ratio,
            seconds(track.p95),
            None,
            None,
            None,
        ),
        fields={"track": track.name, "version": track.version},
    )


def _past_key(past: PastRollout) -> str:
    return f"deployment {past.deployment.id}"


def past_row(past: PastRollout, board: RolloutBoard) -> Row:
    """One past deployment's line."""
    one = past.deployment
    bad = past.outcome in ("failed", "canceled", "blocked")
    return Row(
        key=_past_key(past),
        cells=(
            cell(f"#{one.iid} {one.job_name}".rstrip()),
            cell(f"{'✗' if bad else '✓' if past.outcome == 'success' else '·'} {past.outcome}", "bad" if bad else ""),
            cell(f"{one.sha[:8]} {one.ref}", "mute"),
            *((),) * 5,
            duration_cell(past.duration),
            cell(age(one.created_at, board.at), "mute"),
            cell(one.user, "mute"),
        ),
        sort=(
            one.id,
            past.outcome,
            one.sha,
            *(None,) * 5,
            seconds(past.duration),
            one.created_at,
            one.user or None,
        ),
        fields={"deployment": str(one.iid), "state": past.outcome, "ref": one.ref, "user": one.user},
        at=one.created_at,
    )


def errors_chart(board: RolloutBoard) -> "ChartData | None":
    """Error ratio of each track over time."""
    points = {track.name: track.points_error for track in board.row.tracks}
    return _tracks_chart("error ratio by track", points, lambda value: percent(value, 1))


def p95_chart(board: RolloutBoard) -> "ChartData | None":
    """p95 latency of each track over time."""
    points = {track.name: track.points_p95 for track in board.row.tracks}
    return _tracks_chart("p95 latency by track", points, duration_ms)


def _tracks_chart(
    title: str, points: Mapping[str, Sequence[tuple[datetime, float]]], format_y: Callable[[float], str]
) -> "ChartData | None":
    """A line a track; None when no track has points."""
    from ..widgets.chartdata import ChartData, Series

    series = tuple(
        Series(name, tuple(at for at, _ in known), tuple(value for _, value in known))
        for name, known in points.items()
        if known
    )
    return ChartData(title, series, format_y=format_y) if series else None


def duration_ms(seconds: float) -> str:
    """`412 ms`, or as a duration from ten seconds on."""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else duration(timedelta(seconds=seconds))


FIRST = Rollouts
BOARD = RolloutsBoard
