"""GitLab's JSON, from REST and GraphQL, into our nouns.

Every text passes `clean` here. What is absent, null or of the wrong kind is no data; only an object without its
identity is an error, raised as Unreadable for the caller to name.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from ...text import clean

Node: TypeAlias = Mapping[str, Any]

_LARGEST = 2**63 - 1
"""Ids beyond do not fit where they are kept."""
_LONGEST_SECONDS = 10 * 366 * 86_400


class Unreadable(ValueError):
    """An object lacks what it cannot be without."""


def node(value: object) -> Node:
    """`value` when it is an object, else an empty one: a null object has no fields."""
    return value if isinstance(value, dict) else {}


def nodes(connection: object) -> list[Node]:
    """The objects of a list, or of a GraphQL connection, without its nulls."""
    rows = connection if isinstance(connection, list) else node(connection).get("nodes")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def cursor(connection: object, asked: str | None) -> str | None:
    """Where a GraphQL connection goes on after the page that `asked` led to; None on its last page.

    Raises Unreadable when that is the same page again, which would never end.
    """
    page = node(node(connection).get("pageInfo"))
    end = page.get("endCursor")
    if page.get("hasNextPage") is not True or not isinstance(end, str) or not end:
        return None
    if end == asked:
        raise Unreadable("its next page is itself")
    return end


def text(row: Node, key: str) -> str:
    """A text made harmless; empty when it is absent."""
    value = row.get(key)
    return clean(value) if isinstance(value, str) else ""


def texts(row: Node, key: str) -> tuple[str, ...]:
    """A list of texts made harmless."""
    value = row.get(key)
    return tuple(clean(one) for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def url(row: Node, key: str) -> str:
    """An http address, else nothing: `javascript:` and the like lead nowhere."""
    value = text(row, key)
    return value if value.startswith(("https://", "http://")) else ""


def flag(row: Node, key: str) -> bool | None:
    """True or false when it is either."""
    value = row.get(key)
    return value if isinstance(value, bool) else None


def number(row: Node, key: str) -> int | None:
    """A whole number of 0 or more that fits in 63 bits; GraphQL sends bytes as floats and iids as texts."""
    return _whole(row.get(key))


def identity(row: Node, key: str = "id") -> int:
    """The REST id: a number, or the tail of `gid://gitlab/Ci::Build/123`. Raises Unreadable."""
    value = row.get(key)
    found = _whole(value.rpartition("/")[2] if isinstance(value, str) else value)
    if not found:
        raise Unreadable(f"it has an object without {key}")
    return found


def _whole(value: object) -> int | None:
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _LARGEST else None


def time(row: Node, key: str) -> datetime | None:
    """A moment in UTC."""
    value = row.get(key)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


def span(row: Node, key: str) -> timedelta | None:
    """Seconds as a span; a negative or absurd one is no data."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST_SECONDS:
        return None
    return timedelta(seconds=value)
