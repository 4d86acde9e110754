"""Reads pipelines, jobs and what goes with them, as last seen."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select

from ..model.pipelines import Job, Pipeline, Project, Runner, Status
from ..model.rollouts import Deployment, Environment
from ..ports import Bookmark
from . import schema
from .codec import BOOKMARK, DEPLOYMENT, ENVIRONMENT, JOB, PIPELINE, PROJECT, RUNNER
from .contributions import CHILD
from .statements import chunks

_UNFINISHED = tuple(status.value for status in Status if not status.finished)


def projects(connection: Connection) -> tuple[Project, ...]:
    """The fleet by path."""
    table = schema.projects
    return tuple(
        map(PROJECT.value, connection.execute(select(*PROJECT.columns).where(table.c.present).order_by(table.c.path)))
    )


def pipelines(
    connection: Connection, project_id: int, ref: str | None, limit: int, before: int | None
) -> tuple[Pipeline, ...]:
    """One project's, newest first; `before` is in microseconds."""
    table = schema.pipelines
    query = select(*PIPELINE.columns).where(table.c.project_id == project_id)
    if ref is not None:
        query = query.where(table.c.ref == ref)
    if before is not None:
        query = query.where(table.c.created_at < before)
    return _pipelines(connection, query.limit(limit))


def latest(connection: Connection, per_project: int) -> tuple[Pipeline, ...]:
    """The newest of each project's default branch: one short walk down an index per project."""
    project, table, inner = schema.projects, schema.pipelines, schema.pipelines.alias("newest")
    newest = (
        select(inner.c.id)
        .where(inner.c.project_id == project.c.id, inner.c.ref == project.c.default_branch, inner.c.source != CHILD)
        .order_by(inner.c.created_at.desc(), inner.c.id.desc())
        .limit(per_project)
        .correlate(project)
    )
    joined = project.join(table, table.c.id.in_(newest))
    return _pipelines(connection, select(*PIPELINE.columns).select_from(joined).where(project.c.present))


def active(connection: Connection) -> tuple[Pipeline, ...]:
    """Everything not finished, newest first."""
    table = schema.pipelines
    query = select(*PIPELINE.columns).where(table.c.status.in_(_UNFINISHED), _here(table))
    return _pipelines(connection, query)


def pipeline(connection: Connection, project_id: int, pipeline_id: int) -> Pipeline | None:
    """One pipeline, if stored."""
    table = schema.pipelines
    query = select(*PIPELINE.columns).where(table.c.id == pipeline_id, table.c.project_id == project_id)
    row = connection.execute(query).first()
    return None if row is None else PIPELINE.value(row)


def jobs(connection: Connection, pipeline_ids: Collection[int], status: Status | None) -> tuple[Job, ...]:
    """All attempts of all jobs of some pipelines, by id."""
    table, found = schema.jobs, []
    for some in chunks(sorted(set(pipeline_ids))):
        query = select(*JOB.columns).where(table.c.pipeline_id.in_(some))
        if status is not None:
            query = query.where(table.c.status == status.value)
        found += [JOB.value(row) for row in connection.execute(query)]
    return tuple(sorted(found, key=lambda job: job.id))


def unread_logs(connection: Connection, limit: int, since: int, not_of: Collection[int]) -> tuple[Job, ...]:
    """Finished jobs with a log nobody read, newest first; none that finished before `since`, in microseconds."""
    table = schema.jobs
    query = select(*JOB.columns).where(table.c.log_due, table.c.finished_at >= since)
    if not_of:
        query = query.where(table.c.project_id.not_in(not_of))
    return tuple(map(JOB.value, connection.execute(query.order_by(table.c.finished_at.desc()).limit(limit))))


def runners(connection: Connection) -> tuple[Runner, ...]:
    """All runners by id."""
    query = select(*RUNNER.columns).order_by(schema.runners.c.id)
    return tuple(map(RUNNER.value, connection.execute(query)))


def environments(connection: Connection) -> tuple[Environment, ...]:
    """All environments, by project and name."""
    table = schema.environments
    query = select(*ENVIRONMENT.columns).where(_here(table)).order_by(table.c.project_id, table.c.name)
    return tuple(map(ENVIRONMENT.value, connection.execute(query)))


def deployments(
    connection: Connection, project_id: int | None, environment: str | None, limit: int
) -> tuple[Deployment, ...]:
    """Newest first; without a project, `limit` counts per environment."""
    table = schema.deployments
    where = [] if environment is None else [table.c.environment == environment]
    if project_id is not None:
        query = select(*DEPLOYMENT.columns).where(table.c.project_id == project_id, *where).limit(limit)
    else:
        newest = func.row_number().over(
            partition_by=(table.c.project_id, table.c.environment),
            order_by=(table.c.created_at.desc(), table.c.id.desc()),
        )
        ranked = select(table.c.id, newest.label("place")).where(_here(table), *where).subquery()
        query = select(*DEPLOYMENT.columns).join(ranked, ranked.c.id == table.c.id).where(ranked.c.place <= limit)
    ordered = query.order_by(table.c.created_at.desc(), table.c.id.desc())
    return tuple(map(DEPLOYMENT.value, connection.execute(ordered)))


def bookmarks(connection: Connection) -> tuple[Bookmark, ...]:
    """All of them."""
    return tuple(map(BOOKMARK.value, connection.execute(select(*BOOKMARK.columns))))


def filled(connection: Connection) -> tuple[int, int]:
    """How many projects have their pipelines and jobs back to the horizon, of how many that are filled at all."""
    project, mark = schema.projects, schema.bookmarks
    counted = (project.c.present, ~project.c.archived)
    total = connection.scalar(select(func.count()).select_from(project).where(*counted)) or 0
    complete = (
        select(mark.c.project_id)
        .join(project, project.c.id == mark.c.project_id)
        .where(*counted, mark.c.complete, or_(mark.c.kind == "pipelines", mark.c.kind == "jobs"))
        .group_by(mark.c.project_id)
        .having(func.count() == 2)
    )
    return len(connection.execute(complete).all()), total


def _here(table: Table) -> ColumnElement[bool]:
    """Rows of projects that have not left the fleet."""
    project = schema.projects
    return table.c.project_id.not_in(select(project.c.id).where(~project.c.present))


def _pipelines(connection: Connection, query: Select[tuple[object, ...]]) -> tuple[Pipeline, ...]:
    ordered = query.order_by(schema.pipelines.c.created_at.desc(), schema.pipelines.c.id.desc())
    return tuple(map(PIPELINE.value, connection.execute(ordered)))
