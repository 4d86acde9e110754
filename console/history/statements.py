"""Statements that SQLite and PostgreSQL both understand and SQLAlchemy's core leaves to each dialect."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
CHUNK = 500
"""Values in one IN list; SQLite allows 32,766 variables, older builds 999."""


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or replace the given columns of those whose key exists. All rows name the same columns."""
    if not rows:
        return
    statement, keys = _insert(connection, table), _keys(table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changes:
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)
    else:
        connection.execute(statement.on_conflict_do_nothing(), rows)


def add_up(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of sums, or add their amounts to those whose key exists; an amount may be negative."""
    if not rows:
        return
    statement, keys = _insert(connection, table), _keys(table)
    sums = {name: table.c[name] + statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=sums), rows)


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """`values` in pieces that fit one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _insert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Each dialect costs some megabytes: only the one that is used is loaded."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
