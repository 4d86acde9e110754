"""Removes raw rows that are too old; the sums by day stay."""

from sqlalchemy import Connection, Table, delete, select, update

from . import schema

BATCH = 500
"""Rows of one table that one transaction looks at, so that a reader or another console never waits long."""


def prune(connection: Connection, now: int, keep: int, batch: int = BATCH) -> int:
    """Remove one batch of what is older than `keep` (both in microseconds); gives how many rows went, 0 when all did.

    GitLab gives ids in order of time, so the oldest rows are the first of the key and no index on time is needed.
    The age is counted from the newest pipeline if that is earlier than now: a clock that is years ahead for a day
    must not empty the history. The moment is noted: what comes later from before it has been counted and is not
    stored again.
    """
    pipelines, about = schema.pipelines, schema.about
    newest = connection.scalar(select(pipelines.c.created_at).order_by(pipelines.c.id.desc()).limit(1))
    if newest is None:
        return 0
    before = min(now, newest) - keep
    connection.execute(update(about).where(about.c.pruned_before < before).values(pruned_before=before))
    removed = _oldest(connection, schema.jobs, before, batch)
    removed += _oldest(connection, pipelines, before, batch)
    return removed + _oldest(connection, schema.deployments, before, batch)


def _oldest(connection: Connection, table: Table, before: int, batch: int) -> int:
    first = select(table.c.id, table.c.created_at).order_by(table.c.id).limit(batch)
    ids = [row.id for row in connection.execute(first) if row.created_at is None or row.created_at < before]
    if not ids:
        return 0
    if table is schema.jobs:
        connection.execute(delete(schema.cache_uses).where(schema.cache_uses.c.job_id.in_(ids)))
    return connection.execute(delete(table).where(table.c.id.in_(ids))).rowcount
