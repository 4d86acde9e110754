"""Pipelines: the fleet, one project's pipelines, one pipeline's jobs with their waterfall."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..boards import evidence as evidences
from ..boards import pipelines as boards
from ..boards.pipelines import Bar, PipelineBoard, PipelinesBoard, ProjectBoard, ProjectRow
from ..messages import LogRequested
from ..model.pipelines import Job, Pipeline, Project, Status
from ..text import age, count, duration, percent
from ..widgets.cells import Cell, Column, Row, cell
from ..widgets.glyphs import duration_cell, seconds, status_cell, status_span, strip_cell
from .level import Level

if TYPE_CHECKING:
    from textual.message import Message

    from ..ports import Services


class Fleet(Level):
    """A row a project, broken default branches first."""

    title = "fleet"
    evident = True
    topics = frozenset({"projects", "pipelines", "jobs"})
    empty = "No projects: check `groups` and `projects` of this context, or run `console doctor`."
    columns = (
        Column("project", "project", 20, 0, stretch=True, widest=44),
        Column("status", "status", 10, 0),
        Column("strip", "last 20", 10, 2, stretch=True, widest=20, paint=strip_cell, sortable=False),
        Column("success", "ok", 4, 1, right=True),
        Column("p50", "p50", 7, 1, right=True),
        Column("p95", "p95", 7, 3, right=True),
        Column("queue", "queue", 7, 4, right=True),
        Column("running", "run", 3, 2, right=True),
        Column("since", "since", 5, 3, right=True),
        Column("failing", "failing job", 16, 5, stretch=True, widest=60),
    )

    async def board(self, services: "Services") -> PipelinesBoard:
        return await boards.fleet(services)

    def rows(self, board: PipelinesBoard) -> Iterable[Row]:
        return (project_row(row, board.at) for row in board.rows)

    def note(self, board: PipelinesBoard) -> Cell:
        broken = sum(row.broken for row in board.rows)
        running = sum(row.running for row in board.rows)
        spans = cell(f"{count(len(board.rows))} projects   ")
        spans += cell(f"{broken} broken   ", "bad") if broken else cell("none broken   ", "mute")
        return spans + cell(f"{running} running   ", "run" if running else "mute")

    def down(self, board: PipelinesBoard, key: str) -> "Level | Message | None":
        row = next((row for row in board.rows if str(row.project.id) == key), None)
        return ProjectPipelines(row.project) if row else None

    async def evidence(self, services: "Services", board: PipelinesBoard, key: str) -> "Level | Message | None":
        row = next((row for row in board.rows if str(row.project.id) == key), None)
        broken = await evidences.broken_by(services, row.project) if row else None
        return await _failure(services, row.project, broken) if row and broken else None


async def _failure(services: "Services", project: Project, pipeline: Pipeline) -> "Level | Message":
    """The failing job's log; the pipeline where no job is known to have failed, such as with a wrong CI file."""
    job = await evidences.failing_job(services, pipeline)
    return LogRequested(job, project.path) if job else PipelineJobs(project, pipeline)


def project_row(row: ProjectRow, now: datetime) -> Row:
    """One project's line."""
    failing = f"{row.failing_job}: {row.failure_reason}" if row.failure_reason else row.failing_job
    return Row(
        key=str(row.project.id),
        cells=(
            cell(row.project.path),
            verdict_cell(row),
            (),
            cell(percent(row.success_ratio)),
            duration_cell(row.p50),
            duration_cell(row.p95),
            duration_cell(row.queue_p50),
            cell(str(row.running) if row.running else "", "run"),
            cell(age(row.since, now), "mute"),
            cell(failing, "bad"),
        ),
        sort=(
            row.project.path,
            row.status.value if row.status else None,
            None,
            row.success_ratio,
            seconds(row.p50),
            seconds(row.p95),
            seconds(row.queue_p50),
            row.running,
            row.since,
            failing or None,
        ),
        fields={
            "project": row.project.path,
            "status": f"{'failed ' if row.broken else ''}{row.status.value if row.status else 'none'}",
            "job": row.failing_job,
            "reason": row.failure_reason,
        },
        at=row.latest_at,
        values={"strip": row.strip},
        link=row.project.web_url,
    )


def verdict_cell(row: ProjectRow) -> Cell:
    """The newest pipeline's status; a broken branch stays broken while the next pipeline runs."""
    if row.broken and row.status is not Status.FAILED:
        return (*status_cell(Status.FAILED), *cell(" ▶", "run"))
    return status_cell(row.status)


class ProjectPipelines(Level):
    """One project's pipelines on every ref, newest first."""

    evident = True
    topics = frozenset({"pipelines"})
    empty = "No pipelines stored for this project yet; the newest are on their way."
    columns = (
        Column("id", "pipeline", 10, 0),
        Column("status", "status", 10, 0),
        Column("ref", "ref", 18, 0, stretch=True, widest=50),
        Column("created", "age", 5, 1, right=True),
        Column("duration", "time", 7, 1, right=True),
        Column("queued", "queue", 7, 4, right=True),
        Column("source", "source", 14, 3, stretch=True, widest=22),
        Column("user", "by", 10, 4, stretch=True, widest=20),
        Column("sha", "commit", 8, 2),
        Column("name", "name", 12, 5, stretch=True, widest=40),
    )

    def __init__(self, project: Project) -> None:
        self.project = project
        self.title = project.path

    async def board(self, services: "Services") -> ProjectBoard:
        return await boards.project(services, self.project.id)

    def rows(self, board: ProjectBoard) -> Iterable[Row]:
        return (pipeline_row(pipeline, board.at) for pipeline in board.pipelines)

    def note(self, board: ProjectBoard) -> Cell:
        return cell(f"newest {count(len(board.pipelines))} pipelines, all refs")

    def down(self, board: ProjectBoard, key: str) -> "Level | Message | None":
        pipeline = next((one for one in board.pipelines if str(one.id) == key), None)
        return PipelineJobs(self.project, pipeline) if pipeline else None

    async def evidence(self, services: "Services", board: ProjectBoard, key: str) -> "Level | Message | None":
        pipeline = next((one for one in board.pipelines if str(one.id) == key), None)
        failed = pipeline is not None and pipeline.status is Status.FAILED
        return await _failure(services, self.project, pipeline) if pipeline and failed else None


def pipeline_row(pipeline: Pipeline, now: datetime) -> Row:
    """One pipeline's line."""
    return Row(
        key=str(pipeline.id),
        cells=(
            cell(f"#{pipeline.id}"),
            status_cell(pipeline.status),
            cell(pipeline.ref),
            cell(age(pipeline.created_at, now), "mute"),
            duration_cell(pipeline.duration),
            duration_cell(pipeline.queued),
            cell(pipeline.source),
            cell(pipeline.user),
            cell(pipeline.sha[:8], "mute"),
            cell(pipeline.name or pipeline.failure_reason),
        ),
        sort=(
            pipeline.id,
            pipeline.status.value,
            pipeline.ref,
            pipeline.created_at,
            seconds(pipeline.duration),
            seconds(pipeline.queued),
            pipeline.source,
            pipeline.user or None,
            pipeline.sha,
            pipeline.name or None,
        ),
        fields={
            "id": str(pipeline.id),
            "status": pipeline.status.value,
            "ref": pipeline.ref,
            "source": pipeline.source,
            "user": pipeline.user,
            "sha": pipeline.sha,
            "name": pipeline.name,
        },
        at=pipeline.created_at,
        link=pipeline.web_url,
    )


def paint_bar(value: Any, width: int) -> Cell:
    """A waterfall bar for the width the table has: imported when first drawn."""
    from ..widgets.waterfall import bar_cell

    bar, total = value
    return bar_cell(bar, total, width)


class PipelineJobs(Level):
    """One pipeline's jobs by stage, with the waterfall and its critical path."""

    evident = True
    topics = frozenset({"jobs", "pipelines"})
    empty = "The jobs of this pipeline are on their way."
    columns = (
        Column("stage", "stage", 10, 2, stretch=True, widest=16),
        Column("job", "job", 22, 0, stretch=True, widest=40),
        Column("status", "status", 10, 0),
        Column("duration", "time", 7, 1, right=True),
        Column("queued", "queue", 7, 3, right=True),
        Column("slack", "slack", 7, 5, right=True),
        Column("waterfall", "waterfall (◆ critical path)", 16, 1, stretch=True, paint=paint_bar, sortable=False),
        Column("runner", "runner", 12, 4, stretch=True, widest=24),
        Column("reason", "reason", 14, 4, stretch=True, widest=30),
    )

    def __init__(self, project: Project, pipeline: Pipeline) -> None:
        self.project = project
        self.pipeline = pipeline
        self.title = f"#{pipeline.id}"

    async def board(self, services: "Services") -> PipelineBoard:
        return await boards.pipeline(services, self.project.id, self.pipeline.id)

    def rows(self, board: PipelineBoard) -> Iterable[Row]:
        bars = {bar.job.id: bar for bar in board.waterfall}
        total = max((bar.start + bar.queued + bar.running for bar in board.waterfall), default=None)
        for job in board.jobs:
            yield job_row(job, bars.get(job.id), total)
        for job in board.attempts:
            yield job_row(job, None, None, replaced=True)

    def note(self, board: PipelineBoard) -> Cell:
        pipeline = board.pipeline
        spans = status_cell(pipeline.status) + cell(f"   {pipeline.ref}   {pipeline.sha[:8]}   {pipeline.user}   ")
        if pipeline.duration is not None:
            spans += cell(f"took {duration(pipeline.duration)}   ")
        if board.critical is not None:
            spans += cell(f"critical path {duration(board.critical)}", "accent")
        return spans if board.complete else spans + cell("   jobs loading…", "warn")

    def down(self, board: PipelineBoard, key: str) -> "Level | Message | None":
        job = next((job for job in (*board.jobs, *board.attempts) if str(job.id) == key), None)
        return LogRequested(job, self.project.path) if job else None

    async def evidence(self, services: "Services", board: PipelineBoard, key: str) -> "Level | Message | None":
        return self.down(board, key)


def job_row(job: Job, bar: Bar | None, total: Any, *, replaced: bool = False) -> Row:
    """One job's line; an attempt that a retry replaced is quiet."""
    glyph, tone = status_span(job.status)
    state = cell(f"{glyph} retried" if replaced else f"{glyph} {job.status.value}", "mute" if replaced else tone)
    slack = bar.slack if bar else None
    return Row(
        key=str(job.id),
        cells=(
            cell(job.stage, "mute"),
            cell(f"{'◆ ' if bar and bar.critical else '  '}{job.name}", "mute" if replaced else ""),
            state,
            duration_cell(job.duration),
            duration_cell(job.queued),
            duration_cell(slack),
            (),
            cell(job.runner, "mute"),
            cell(job.failure_reason, "bad"),
        ),
        sort=(
            None,
            job.name,
            job.status.value,
            seconds(job.duration),
            seconds(job.queued),
            seconds(slack),
            None,
            job.runner or None,
            job.failure_reason or None,
        ),
        fields={
            "job": job.name,
            "stage": job.stage,
            "status": job.status.value,
            "runner": job.runner,
            "reason": job.failure_reason,
        },
        at=job.created_at,
        values={"waterfall": (bar, total)} if bar is not None and total else {},
        link=job.web_url,
    )


FIRST = Fleet
BOARD = PipelinesBoard
