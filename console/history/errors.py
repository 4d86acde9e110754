"""Failures of the database in words an operator can use."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError

from ..ports import SourceError, Trouble

_ANOTHER_PLACE = "Put it on a disk you may write to: [history] path in the config."
_KNOWN: tuple[tuple[str, Trouble, str, str], ...] = (
    (
        "file is not a database",
        Trouble.BROKEN,
        "is not a history",
        "Move the file away; a new history fills itself from GitLab.",
    ),
    ("malformed", Trouble.BROKEN, "is damaged", "Move the file away; a new history fills itself from GitLab."),
    ("readonly", Trouble.FORBIDDEN, "cannot be written", _ANOTHER_PLACE),
    ("unable to open", Trouble.FORBIDDEN, "cannot be opened", _ANOTHER_PLACE),
    ("disk is full", Trouble.BROKEN, "cannot grow: the disk is full", "Make room on the disk, or move the history."),
    ("disk i/o", Trouble.BROKEN, "cannot be read or written: the disk fails", "Look at the system's log."),
    (
        "locked",
        Trouble.UNREACHABLE,
        "is held by another program",
        "Close what holds the file open, such as a database browser in a transaction.",
    ),
    ("interrupted", Trouble.UNREACHABLE, "is being closed", ""),
    (
        "no such table",
        Trouble.BROKEN,
        "is not a history",
        "Move the file away; a new history fills itself from GitLab.",
    ),
)


class HistoryError(SourceError):
    """The history cannot be read or written; the text names the file, `remedy` what to do."""


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn the database's failures into HistoryError; what is not known here is a bug and goes through."""
    try:
        yield
    except (DatabaseError, sqlite3.Error) as error:
        found = reason(str(error.orig if isinstance(error, DatabaseError) else error))
        if found is None:
            raise
        trouble, text, remedy = found
        raise HistoryError(f"History {place} {text}", trouble=trouble, remedy=remedy) from error


def reason(message: str) -> tuple[Trouble, str, str] | None:
    """Kind, text and remedy of a message of the database; None: nothing an operator causes."""
    said = message.lower()
    for sign, trouble, text, remedy in _KNOWN:
        if sign in said:
            return trouble, text, remedy
    return None
