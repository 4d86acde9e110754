"""All that is SQLite's own: the file and its rights, pragmas, and how a transaction begins.

WAL lets readers go on while one process writes; a write begins IMMEDIATE, so that what it read cannot have changed
before it writes. With PostgreSQL an advisory lock at the beginning does the same.
"""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from ..ports import Trouble
from .errors import HistoryError

LOCK_WAIT_MS = 100
"""How long SQLite itself waits for a lock. Short: `LocalHistory` tries again, and can be closed in between."""
_REMEDY = "Put it on a disk you may write to: [history] path in the config."


def place(url: str | Path) -> Path:
    """The file a config's url or path means; raises HistoryError for another kind of database."""
    text = str(url)
    if text.startswith("sqlite:///"):
        text = text.removeprefix("sqlite:///")
    elif "://" in text:
        scheme = text.partition("://")[0]
        raise HistoryError(
            f"History on {scheme} is not supported by this version",
            trouble=Trouble.UNSUPPORTED,
            remedy="Give the path of a file, or sqlite:///PATH.",
        )
    return Path(text).expanduser()


def prepare(path: Path) -> None:
    """Make the folder (0700) and the file (0600), before SQLite would make it readable for others.

    SQLite gives its -wal and -shm files the rights of the file. Raises HistoryError.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if not stat.S_ISREG(path.stat().st_mode):
            raise HistoryError(f"History {path} is not a file", trouble=Trouble.BROKEN, remedy=_REMEDY)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise HistoryError(
            f"History {path} cannot be made: {error.strerror}", trouble=Trouble.FORBIDDEN, remedy=_REMEDY
        ) from error


def writing(path: Path, opened: Callable[[SqliteConnection], None]) -> Engine:
    """The engine of the one writing thread; `opened` is told its raw connection, which can be interrupted."""
    engine = create_engine(_url(path), poolclass=QueuePool, pool_size=1, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _connect(raw: SqliteConnection, _record: Any) -> None:
        _pragmas(raw, "journal_mode=WAL", "synchronous=NORMAL", "wal_autocheckpoint=1000")
        opened(raw)

    _begin(engine, "BEGIN IMMEDIATE")
    return engine


def reading(path: Path, threads: int, opened: Callable[[SqliteConnection], None]) -> Engine:
    """The engine of the reading threads; it cannot write."""
    engine = create_engine(_url(path), poolclass=QueuePool, pool_size=threads, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _connect(raw: SqliteConnection, _record: Any) -> None:
        _pragmas(raw, "query_only=ON", "cache_size=-500")
        opened(raw)

    _begin(engine, "BEGIN")
    return engine


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def _pragmas(raw: SqliteConnection, *pragmas: str) -> None:
    # The driver's own transaction control begins late and never IMMEDIATE: switched off, `_begin` does it.
    raw.isolation_level = None
    for pragma in (f"busy_timeout={LOCK_WAIT_MS}", *pragmas):
        raw.execute(f"PRAGMA {pragma}").close()


def _begin(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(statement)
