"""Sums by UTC day: collected over one transaction, then written once per row they touch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, tuple_

from ..model.cache import CacheUse
from . import schema
from .contributions import Counted, Finish, Spent
from .sketches import Tally, tally
from .statements import add_up, chunks, upsert

DurationKey = tuple[int, bool, int, str]
SpendKey = tuple[int, int, str, str, str]
CacheKey = tuple[int, int, str, str, str, str, str]


@dataclass(slots=True)
class _Day:
    """Change of one day's durations."""

    running: Tally = field(default_factory=Tally)
    queued: Tally = field(default_factory=Tally)
    succeeded: int = 0
    failed: int = 0


class Sums:
    """Changes of the sums; nothing is written before `write`."""

    def __init__(self) -> None:
        self._durations: dict[DurationKey, _Day] = {}
        self._spend: dict[SpendKey, list[int]] = {}
        self._cache: dict[CacheKey, list[int]] = {}

    def replace(self, old: Counted, new: Counted) -> None:
        """Take back what something gave before and add what it gives now."""
        for (finish, spent), sign in ((old, -1), (new, 1)):
            if finish:
                self._finish(finish, sign)
            if spent:
                self._spent(spent, sign)

    def cache(self, project_id: int, day: int, job: str, uses: Iterable[CacheUse], sign: int) -> None:
        """Add a job's cache outcomes, or with sign -1 take them back."""
        for use in uses:
            key = (project_id, day, job, use.key, use.outcome.value, use.via.value, use.reason)
            _add(self._cache, key, (sign, sign * seconds_micros(use)))

    def write(self, connection: Connection) -> None:
        """Write all changes; sums that came to nothing leave no row."""
        self._write_durations(connection)
        if self._spend:
            spend = schema.spend_days
            add_up(connection, spend, _rows(spend, ("running", "jobs", "retried", "superseded"), self._spend))
            _drop(connection, spend, spend.c.jobs, [key for key, amounts in self._spend.items() if amounts[1] < 0])
        if self._cache:
            cache = schema.cache_days
            add_up(connection, cache, _rows(cache, ("count", "seconds"), self._cache))
            _drop(connection, cache, cache.c.count, [key for key, amounts in self._cache.items() if amounts[0] < 0])

    def _finish(self, finish: Finish, sign: int) -> None:
        day = self._durations.setdefault((finish.project_id, finish.whole, finish.day, finish.job), _Day())
        if finish.succeeded:
            day.succeeded += sign
        else:
            day.failed += sign
        if finish.running is not None:
            day.running.add(finish.running, sign)
        if finish.queued is not None:
            day.queued.add(finish.queued, sign)

    def _spent(self, spent: Spent, sign: int) -> None:
        key = (spent.project_id, spent.day, spent.tags, spent.branch, spent.user)
        _add(self._spend, key, (sign * spent.running, sign, sign * spent.retried, sign * spent.superseded))

    def _write_durations(self, connection: Connection) -> None:
        table = schema.duration_days
        keys = list(self._durations)
        primary = tuple_(table.c.project_id, table.c.whole, table.c.day, table.c.job)
        for some in chunks(keys, 100):
            stored = {
                (row.project_id, row.whole, row.day, row.job): row
                for row in connection.execute(select(table).where(primary.in_(some)))
            }
            rows = [_merged(key, self._durations[key], stored.get(key)) for key in some]
            upsert(connection, table, rows)
            empty = [key for key, row in zip(some, rows, strict=True) if not row["succeeded"]]
            _drop(connection, table, table.c.succeeded + table.c.failed, empty)


def seconds_micros(use: CacheUse) -> int:
    """Time a restore took, in microseconds; untold is 0."""
    return round(use.seconds * 1_000_000) if use.seconds else 0


def _merged(key: DurationKey, change: _Day, stored: Any) -> dict[str, Any]:
    running, queued = (tally(stored.running), tally(stored.queued)) if stored else (Tally(), Tally())
    running.merge(change.running)
    queued.merge(change.queued)
    return {
        "project_id": key[0],
        "whole": key[1],
        "day": key[2],
        "job": key[3],
        "running": running.blob(),
        "queued": queued.blob(),
        "succeeded": (stored.succeeded if stored else 0) + change.succeeded,
        "failed": (stored.failed if stored else 0) + change.failed,
    }


def _add(sums: dict[Any, list[int]], key: Any, amounts: tuple[int, ...]) -> None:
    held = sums.setdefault(key, [0] * len(amounts))
    for place, amount in enumerate(amounts):
        held[place] += amount


def _rows(table: Table, sums: tuple[str, ...], found: dict[Any, list[int]]) -> list[dict[str, Any]]:
    """Rows of a rollup table; changes that cancel out are left out."""
    names = (*(column.name for column in table.primary_key), *sums)
    return [dict(zip(names, (*key, *amounts), strict=True)) for key, amounts in found.items() if any(amounts)]


def _drop(connection: Connection, table: Table, count: ColumnElement[int], keys: Sequence[tuple[Any, ...]]) -> None:
    """Delete those of the rows that count nothing any more."""
    for key in keys:
        is_key = [column == value for column, value in zip(table.primary_key, key, strict=True)]
        connection.execute(delete(table).where(count == 0, *is_key))
