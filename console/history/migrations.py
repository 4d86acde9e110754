"""The schema's version, and the steps from one to the next."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, select, update

from ..ports import Trouble
from . import schema
from .errors import HistoryError

Step = Callable[[Connection], None]

STEPS: tuple[Step, ...] = ()
"""`STEPS[n - 1]` takes version n to n + 1 by statements of its own: never by `schema.py`, which goes on changing."""


def upgrade(connection: Connection, place: str, steps: Sequence[Step] = STEPS) -> None:
    """Bring a database to the version that `steps` lead to, inside the caller's write transaction.

    An empty database gets all tables at once. Raises HistoryError when a newer console made it, or when it is no
    history at all.
    """
    newest = len(steps) + 1
    version = found(connection, place)
    if version is None:
        schema.metadata.create_all(connection)
        connection.execute(schema.about.insert().values(id=1, version=newest, pruned_before=0))
        return
    if version > newest:
        raise HistoryError(
            f"History {place} has version {version}, this console knows {newest}",
            trouble=Trouble.UNSUPPORTED,
            remedy="Upgrade this console, or give it a history of its own.",
        )
    for step in steps[version - 1 :]:
        step(connection)
    if version < newest:
        connection.execute(update(schema.about).values(version=newest))


def found(connection: Connection, place: str) -> int | None:
    """Version of the database; None when it is empty. Raises HistoryError when other tables are in it."""
    names = inspect(connection).get_table_names()
    if not names:
        return None
    version = connection.scalar(select(schema.about.c.version)) if schema.about.name in names else None
    if version is None:
        raise HistoryError(
            f"History {place} is a database of something else",
            trouble=Trouble.BROKEN,
            remedy="Give another path: [history] path in the config.",
        )
    return int(version)
