"""Brings the sums in step with rows that changed."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from . import schema
from .codec import JOB, PIPELINE
from .contributions import branch_kind, of_job, of_pipeline, recalled, remembered
from .rollups import Sums
from .statements import chunks


def recount(connection: Connection, pipeline_ids: Collection[int]) -> None:
    """Count some pipelines and all their jobs anew, taking back what they gave before.

    A whole pipeline at a time, since a job's share depends on later attempts of its name and on the pipeline's ref.
    Jobs whose pipeline is not stored (children are not listed by GitLab) are judged by their own ref.
    """
    sums = Sums()
    for some in chunks(sorted(set(pipeline_ids)), 100):
        pipelines = _pipelines(connection, some, sums)
        _jobs(connection, some, pipelines, sums)
    sums.write(connection)


def _pipelines(connection: Connection, ids: Iterable[int], sums: Sums) -> dict[int, tuple[str, int | None]]:
    """Recount pipelines; gives kind and `superseded_at` of each that is stored."""
    table = schema.pipelines
    extra = (table.c.kind, table.c.superseded_at, table.c.counted)
    found: dict[int, tuple[str, int | None]] = {}
    changed: list[dict[str, Any]] = []
    for row in connection.execute(select(*PIPELINE.columns, *extra).where(table.c.id.in_(ids))):
        kind, superseded_at, counted = row[-3:]
        pipeline = PIPELINE.value(row)
        found[pipeline.id] = (kind, superseded_at)
        _replace(pipeline.id, counted, remembered(of_pipeline(pipeline, kind)), sums, changed)
    _remember(connection, table, changed)
    return found


def _jobs(
    connection: Connection, pipeline_ids: Iterable[int], pipelines: dict[int, tuple[str, int | None]], sums: Sums
) -> None:
    table = schema.jobs
    query = select(*JOB.columns, table.c.counted).where(table.c.pipeline_id.in_(pipeline_ids))
    rows = [(JOB.value(row), row[-1]) for row in connection.execute(query)]
    newest: dict[tuple[int, str], int] = {}
    for job, _ in rows:
        attempt = (job.pipeline_id, job.name)
        newest[attempt] = max(newest.get(attempt, 0), job.id)
    orphans = {job.project_id for job, _ in rows if job.pipeline_id not in pipelines}
    defaults = default_branches(connection, orphans)
    changed: list[dict[str, Any]] = []
    for job, counted in rows:
        kind, superseded_at = pipelines.get(job.pipeline_id) or (
            branch_kind(job.ref, defaults.get(job.project_id), tag=job.tag),
            None,
        )
        retried = bool(job.retried) or newest[job.pipeline_id, job.name] > job.id
        gives = of_job(job, kind, retried=retried, superseded_at=superseded_at)
        _replace(job.id, counted, remembered(gives), sums, changed)
    _remember(connection, table, changed)


def default_branches(connection: Connection, project_ids: Collection[int]) -> dict[int, str | None]:
    """Default branch by project, of those that are stored."""
    table, found = schema.projects, {}
    for some in chunks(sorted(project_ids)):
        query = select(table.c.id, table.c.default_branch).where(table.c.id.in_(some))
        found.update({row.id: row.default_branch for row in connection.execute(query)})
    return found


def _replace(id: int, old: str | None, new: str | None, sums: Sums, changed: list[dict[str, Any]]) -> None:
    if old != new:
        sums.replace(recalled(old), recalled(new))
        changed.append({"row_id": id, "now_counted": new})


def _remember(connection: Connection, table: Table, changed: list[dict[str, Any]]) -> None:
    if changed:
        statement = update(table).where(table.c.id == bindparam("row_id")).values(counted=bindparam("now_counted"))
        connection.execute(statement, changed)
