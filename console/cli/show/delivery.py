"""Pipelines and roll-outs as tables."""

from collections.abc import Iterator
from datetime import timedelta

from ...boards.pipelines import PipelinesBoard, ProjectBoard, ProjectRow
from ...boards.rollouts import RolloutRow, RolloutsBoard, Track
from ...model.pipelines import Pipeline
from ...text import NO_DATA, age, count, duration, percent
from .fields import Field, View


def fleet(board: PipelinesBoard) -> View[ProjectRow]:
    """A row a project."""
    fields: tuple[Field[ProjectRow], ...] = (
        Field("project", "PROJECT", lambda row: row.project.path, least=16),
        Field("status", "STATUS", lambda row: row.status.value if row.status else None),
        Field("success_ratio", "OK", lambda row: row.success_ratio, lambda row: percent(row.success_ratio), right=True),
        Field("p50_seconds", "P50", lambda row: row.p50, lambda row: duration(row.p50), right=True),
        Field("p95_seconds", "P95", lambda row: row.p95, lambda row: duration(row.p95), right=True, optional=3),
        Field(
            "queue_p50_seconds",
            "QUEUE",
            lambda row: row.queue_p50,
            lambda row: duration(row.queue_p50),
            right=True,
            optional=4,
        ),
        Field("running", "RUN", lambda row: row.running, right=True, least=3),
        Field("since", "SINCE", lambda row: row.since, lambda row: age(row.since, board.at), right=True, optional=2),
        Field("failing_job", "FAILING JOB", lambda row: row.failing_job, least=12, optional=5),
        Field("failure_reason", "REASON", lambda row: row.failure_reason, least=12, optional=6),
    )
    partial = f"{count(board.loaded)} of {count(board.total)} projects' history is complete"
    return View(fields, board.rows, notes=(partial,) if board.loaded < board.total else ())


def project(board: ProjectBoard) -> View[Pipeline]:
    """A row a pipeline of one project."""
    fields: tuple[Field[Pipeline], ...] = (
        Field("id", "PIPELINE", lambda row: row.id, right=True),
        Field("status", "STATUS", lambda row: row.status.value),
        Field("ref", "REF", lambda row: row.ref, least=10),
        Field("sha", "COMMIT", lambda row: row.sha, lambda row: row.sha[:8], optional=2),
        Field("duration_seconds", "TOOK", lambda row: row.duration, lambda row: duration(row.duration), right=True),
        Field(
            "queued_seconds", "QUEUED", lambda row: row.queued, lambda row: duration(row.queued), right=True, optional=3
        ),
        Field("created_at", "AGE", lambda row: row.created_at, lambda row: age(row.created_at, board.at), right=True),
        Field("source", "SOURCE", lambda row: row.source, optional=4),
        Field("user", "BY", lambda row: row.user, optional=5),
    )
    return View(fields, board.pipelines, board.project.path)


def rollouts(board: RolloutsBoard) -> View[RolloutRow]:
    """A row a service and environment."""
    fields: tuple[Field[RolloutRow], ...] = (
        Field("service", "SERVICE", lambda row: row.service, least=12),
        Field("environment", "ENVIRONMENT", lambda row: row.environment, optional=6),
        Field("step", "STEP", lambda row: row.step, least=12),
        Field(
            "desired_ratio", "WANTED", lambda row: row.desired, lambda row: percent(row.desired), right=True, optional=3
        ),
        Field("tracks", "TRACKS", lambda row: "; ".join(_tracks(row)), least=20),
        Field("strategy", "STRATEGY", lambda row: row.strategy, optional=5),
        Field("since", "SINCE", lambda row: row.since, lambda row: age(row.since, board.at), right=True, optional=4),
        Field("concern", "CONCERN", lambda row: row.concern, least=20, optional=1),
    )
    return View(fields, board.rows, notes=board.problems)


def _tracks(row: RolloutRow) -> Iterator[str]:
    for track in row.tracks:
        parts = (_replicas(track), percent(track.weight), f"errors {percent(track.error_ratio, 1)}", _p95(track))
        known = [part for part in parts if NO_DATA not in part]
        yield f"{track.name} {', '.join(known)}".rstrip()


def _replicas(track: Track) -> str:
    return (
        NO_DATA if track.replicas is None else f"{track.replicas}/{track.desired if track.desired is not None else '?'}"
    )


def _p95(track: Track) -> str:
    return NO_DATA if track.p95 is None else f"p95 {track.p95 / timedelta(milliseconds=1):.0f} ms"
