"""Reads the sums by UTC day. Every sum is of the projects that are in the fleet now."""

from datetime import date
from functools import cache as cache_of
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from ..model.cache import Outcome, Via
from ..ports import CacheEvidence, DayCache, DayDurations, DaySpend
from . import schema
from .codec import at, unwords
from .other_writer import cache_use
from .sketches import sketch

_MINUTE = 60_000_000
_BAD = (Outcome.MISS.value, Outcome.ERROR.value)


def durations(connection: Connection, since: date, project_id: int | None, jobs: bool) -> tuple[DayDurations, ...]:
    """Of whole default-branch pipelines, or of each of their jobs."""
    table, day_of = schema.duration_days, cache_of(date.fromordinal)
    columns = (table.c.project_id, table.c.job, table.c.day, table.c.running, table.c.queued)
    query = _since(select(*columns, table.c.succeeded, table.c.failed), table, since, project_id)
    return tuple(
        DayDurations(project, job or None, day_of(day), sketch(running), sketch(queued), succeeded, failed)
        for project, job, day, running, queued, succeeded, failed in connection.execute(
            query.where(table.c.whole.is_(not jobs))
        )
    )


def cache(connection: Connection, since: date, project_id: int | None) -> tuple[DayCache, ...]:
    """Cache outcomes of jobs on any ref, by the day the job finished."""
    table, day_of = schema.cache_days, cache_of(date.fromordinal)
    rows = connection.execute(_since(select(table), table, since, project_id))
    return tuple(
        DayCache(project, job, key, day_of(day), Outcome(outcome), Via(via), reason, count, seconds / 1e6)
        for project, day, job, key, outcome, via, reason, count, seconds in rows
    )


def spend(connection: Connection, since: date, project_id: int | None) -> tuple[DaySpend, ...]:
    """Job minutes on any ref, by the day the job finished."""
    table, tags_of, day_of = schema.spend_days, cache_of(unwords), cache_of(date.fromordinal)
    rows = connection.execute(_since(select(table), table, since, project_id))
    return tuple(
        DaySpend(
            project,
            day_of(day),
            tags_of(tags) or (),
            branch,
            user,
            running / _MINUTE,
            jobs,
            retried / _MINUTE,
            superseded / _MINUTE,
        )
        for project, day, tags, branch, user, running, jobs, retried, superseded in rows
    )


def cache_evidence(connection: Connection, project_id: int, key: str | None, limit: int) -> tuple[CacheEvidence, ...]:
    """The newest misses and errors, newest first."""
    uses, jobs = schema.cache_uses, schema.jobs
    query = (
        select(jobs.c.pipeline_id, jobs.c.id, jobs.c.name, uses)
        .join(jobs, jobs.c.id == uses.c.job_id)
        .where(uses.c.project_id == project_id, uses.c.outcome.in_(_BAD))
    )
    if key is not None:
        query = query.where(uses.c.key == key)
    rows = connection.execute(query.order_by(uses.c.at.desc(), uses.c.job_id.desc()).limit(limit))
    return tuple(_evidence(row) for row in rows)


def _evidence(row: Any) -> CacheEvidence:
    use = cache_use(row.key, row.outcome, row.via, row.reason, row.seconds)
    return CacheEvidence(row.project_id, row.pipeline_id, row.id, row.name, at(row.at), use)


def _since(query: Select[Any], table: Table, since: date, project_id: int | None) -> Select[Any]:
    """Rows from a day on. Naming the projects lets the database jump to the day within each: the key starts so."""
    here = select(schema.projects.c.id).where(schema.projects.c.present)
    whose = table.c.project_id.in_(here) if project_id is None else table.c.project_id == project_id
    return query.where(whose, table.c.day >= since.toordinal()).order_by(table.c.project_id, table.c.day)
