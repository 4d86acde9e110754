"""Writes cache outcomes, deployments, environments and bookmarks."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from ..model.cache import CacheUse, Outcome, Via
from ..model.pipelines import Job
from ..model.rollouts import Deployment, Environment
from ..ports import Bookmark
from . import schema
from .codec import BOOKMARK, DEPLOYMENT, ENVIRONMENT, JOB, day_of, micros
from .pipeline_writer import by_id, kept, save_jobs
from .rollups import Sums, seconds_micros
from .statements import chunks, upsert


def save_cache(connection: Connection, job: Job, uses: Sequence[CacheUse]) -> bool:
    """Store what a job's log told and count it on the day the job finished; what was told before is taken back."""
    save_jobs(connection, [job])
    table = schema.jobs
    connection.execute(update(table).where(table.c.id == job.id).values(log_due=False))
    at = micros(job.finished_at)
    if at is None or not by_id(connection, JOB, [job.id]):
        return False
    before = stored_uses(connection, job.id)
    if before == tuple(uses):
        return False
    sums = Sums()
    sums.cache(job.project_id, day_of(at), job.name, before, -1)
    sums.cache(job.project_id, day_of(at), job.name, uses, 1)
    sums.write(connection)
    uses_table = schema.cache_uses
    connection.execute(uses_table.delete().where(uses_table.c.job_id == job.id))
    upsert(connection, uses_table, [_use_row(job, at, place, use) for place, use in enumerate(uses)])
    return True


def stored_uses(connection: Connection, job_id: int) -> tuple[CacheUse, ...]:
    """Cache outcomes of one job, in log order."""
    table = schema.cache_uses
    rows = connection.execute(select(table).where(table.c.job_id == job_id).order_by(table.c.position))
    return tuple(cache_use(row.key, row.outcome, row.via, row.reason, row.seconds) for row in rows)


def cache_use(key: str, outcome: str, via: str, reason: str, seconds: int | None) -> CacheUse:
    """One outcome as its row holds it."""
    return CacheUse(key, Outcome(outcome), Via(via), reason, None if seconds is None else seconds / 1_000_000)


def save_environments(connection: Connection, project_id: int, environments: Sequence[Environment]) -> bool:
    """Make `environments` all that the project has."""
    table = schema.environments
    query = select(*ENVIRONMENT.columns).where(table.c.project_id == project_id)
    stored = {one.id: one for one in map(ENVIRONMENT.value, connection.execute(query))}
    told = {one.id: one for one in environments}
    upsert(connection, table, [ENVIRONMENT.row(one) for id, one in told.items() if stored.get(id) != one])
    for some in chunks(sorted(stored.keys() - told.keys())):
        connection.execute(table.delete().where(table.c.id.in_(some)))
    return stored != told


def save_deployments(connection: Connection, deployments: Sequence[Deployment]) -> bool:
    """Store deployments; an answer older than the row changes nothing."""
    told = {one.id: one for one in kept(connection, deployments)}
    stored = by_id(connection, DEPLOYMENT, list(told))
    changed = [one for id, one in told.items() if one != stored.get(id) and not _older(one, stored.get(id))]
    upsert(connection, schema.deployments, [DEPLOYMENT.row(one) for one in changed])
    return bool(changed)


def save_bookmark(connection: Connection, bookmark: Bookmark) -> None:
    """Store where a fill stands; one that another console has finished stays finished, and no time goes back."""
    table = schema.bookmarks
    is_it = (table.c.project_id == bookmark.project_id, table.c.kind == bookmark.kind)
    row = connection.execute(select(*BOOKMARK.columns).where(*is_it)).first()
    values = BOOKMARK.row(bookmark)
    if row is not None:
        stored = BOOKMARK.row(BOOKMARK.value(row))
        values["newest"] = max((at for at in (stored["newest"], values["newest"]) if at is not None), default=None)
        values["reached"] = min((at for at in (stored["reached"], values["reached"]) if at is not None), default=None)
        values["complete"] = stored["complete"] or values["complete"]
    upsert(connection, table, [values])


def _use_row(job: Job, at: int, position: int, use: CacheUse) -> dict[str, object]:
    return {
        "job_id": job.id,
        "position": position,
        "project_id": job.project_id,
        "at": at,
        "key": use.key,
        "outcome": use.outcome.value,
        "via": use.via.value,
        "reason": use.reason,
        "seconds": seconds_micros(use) if use.seconds is not None else None,
    }


def _older(told: Deployment, stored: Deployment | None) -> bool:
    return bool(stored and stored.updated_at and told.updated_at and told.updated_at < stored.updated_at)
