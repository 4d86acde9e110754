"""Writes projects, pipelines and jobs: one function is one transaction's work and gives whether anything differs."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, select, tuple_, update

from ..model.pipelines import Job, Pipeline, Project, Runner, Status
from ..model.rollouts import Deployment
from . import schema
from .codec import JOB, PIPELINE, PROJECT, RUNNER, Record, micros
from .contributions import PUSHES, branch_kind
from .merge import merged_job, merged_pipeline
from .recount import default_branches, recount
from .statements import chunks, upsert

T = TypeVar("T", Pipeline, Job, Deployment)


def save_projects(connection: Connection, projects: Sequence[Project]) -> bool:
    """Store projects; a default branch that becomes known makes its pipelines default-branch pipelines.

    A default branch that changes does not: what ran on `master` then was the default branch then.
    """
    table = schema.projects
    stored = by_id(connection, PROJECT, [one.id for one in projects])
    absent = set(connection.scalars(select(table.c.id).where(~table.c.present)))
    fresh = [one for one in projects if stored.get(one.id) != one or one.id in absent]
    upsert(connection, table, [{**PROJECT.row(one), "present": True} for one in fresh])
    for one in fresh:
        before = stored.get(one.id)
        if one.default_branch and (before is None or before.default_branch is None):
            _learn_default(connection, one.id, one.default_branch)
    return bool(fresh)


def keep_projects(connection: Connection, present: Collection[int]) -> bool:
    """Hide stored projects that are not in `present`: they left the fleet, or the token no longer sees them."""
    table = schema.projects
    stored = set(connection.scalars(select(table.c.id).where(table.c.present)))
    gone = sorted(stored - set(present))
    for some in chunks(gone):
        connection.execute(update(table).where(table.c.id.in_(some)).values(present=False))
    return bool(gone)


def save_pipelines(connection: Connection, pipelines: Sequence[Pipeline]) -> bool:
    """Store pipelines, note which older ones they supersede, and count what changed."""
    told = kept(connection, pipelines)
    stored = by_id(connection, PIPELINE, [one.id for one in told])
    merged = _merged(stored, told, merged_pipeline)
    changed = [one for one in merged if stored.get(one.id) != one]
    new = [one for one in changed if one.id not in stored]
    defaults = default_branches(connection, {one.project_id for one in new})
    kinds = {one.id: branch_kind(one.ref, defaults.get(one.project_id), source=one.source, tag=one.tag) for one in new}
    upsert(connection, schema.pipelines, [{**PIPELINE.row(one), "kind": kinds[one.id]} for one in new])
    upsert(connection, schema.pipelines, [PIPELINE.row(one) for one in changed if one.id in stored])
    touched = {one.id for one in changed}
    for one in new:
        touched |= _supersede(connection, one)
    recount(connection, touched)
    return bool(changed)


def save_jobs(connection: Connection, jobs: Sequence[Job]) -> bool:
    """Store jobs and count them with the other attempts of their pipelines."""
    told = kept(connection, jobs)
    stored = by_id(connection, JOB, [one.id for one in told])
    merged = _merged(stored, told, merged_job)
    changed = [one for one in merged if stored.get(one.id) != one]
    ended = {id for id, one in stored.items() if has_log(one)}
    upsert(connection, schema.jobs, [JOB.row(one) for one in changed if one.id in ended])
    upsert(
        connection, schema.jobs, [{**JOB.row(one), "log_due": has_log(one)} for one in changed if one.id not in ended]
    )
    recount(connection, {one.pipeline_id for one in changed})
    return bool(changed)


def save_runners(connection: Connection, runners: Sequence[Runner]) -> bool:
    """Make `runners` all there are."""
    table = schema.runners
    stored = {one.id: one for one in map(RUNNER.value, connection.execute(select(*RUNNER.columns)))}
    told = {one.id: one for one in runners}
    upsert(connection, table, [RUNNER.row(one) for id, one in told.items() if stored.get(id) != one])
    for some in chunks(sorted(stored.keys() - told.keys())):
        connection.execute(table.delete().where(table.c.id.in_(some)))
    return stored != told


def has_log(job: Job) -> bool:
    """Whether the job ran to an end and so wrote a log; bridges and skipped jobs have none."""
    return job.status.finished and job.status is not Status.SKIPPED and job.started_at is not None


def by_id(connection: Connection, record: Record[Any], ids: Sequence[int]) -> dict[int, Any]:
    """Stored objects of one table by id."""
    found: dict[int, Any] = {}
    for some in chunks(ids):
        query = select(*record.columns).where(record.table.c.id.in_(some))
        found |= {one.id: one for one in map(record.value, connection.execute(query))}
    return found


def kept(connection: Connection, ones: Sequence[T]) -> list[T]:
    """The given objects without those so old that pruning has removed their like: they are counted already."""
    pruned = connection.scalar(select(schema.about.c.pruned_before)) or 0
    return [one for one in ones if not pruned or (micros(one.created_at) or pruned) >= pruned]


def _merged(stored: dict[int, T], told: Sequence[T], merge: Callable[[T | None, T], T]) -> list[T]:
    """Each object as it is to be stored, once: one answer may name it twice when rows moved from page to page."""
    merged: dict[int, T] = {}
    for one in told:
        merged[one.id] = merge(merged.get(one.id, stored.get(one.id)), one)
    return list(merged.values())


def _supersede(connection: Connection, new: Pipeline) -> set[int]:
    """Note when a new push pipeline made the one before it needless, and what makes it needless itself.

    Gives the id of the older one, whose jobs are to be counted anew: some may run on after it was said to have ended.
    """
    if new.source not in PUSHES:
        return set()
    table, created = schema.pipelines, micros(new.created_at)
    same = (table.c.project_id == new.project_id, table.c.ref == new.ref, table.c.source.in_(PUSHES))
    order = tuple_(table.c.created_at, table.c.id)
    at = tuple_(created, new.id)
    newer = select(table.c.created_at).where(*same, order > at).order_by(table.c.created_at, table.c.id).limit(1)
    older = select(table.c.id).where(*same, order < at).order_by(table.c.created_at.desc(), table.c.id.desc()).limit(1)
    _set_superseded(connection, new.id, connection.scalar(newer))
    before = connection.scalar(older)
    if before is None:
        return set()
    _set_superseded(connection, before, created)
    return {before}


def _set_superseded(connection: Connection, id: int, at: int | None) -> None:
    table = schema.pipelines
    connection.execute(update(table).where(table.c.id == id).values(superseded_at=at))


def _learn_default(connection: Connection, project_id: int, branch: str) -> None:
    table = schema.pipelines
    mine = (table.c.project_id == project_id, table.c.ref == branch, table.c.kind == "other")
    ids = list(connection.scalars(select(table.c.id).where(*mine)))
    connection.execute(update(table).where(*mine).values(kind="default"))
    recount(connection, ids)
