"""REST lists, page by page."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from .errors import unreadable
from .paging import onward
from .read import Node, Unreadable, identity, nodes
from .wire import Wire

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects of a list, and the query string of its next page."""

    rows: list[Node]
    onward: str | None


async def page(wire: Wire, path: str, query: str, *, what: str) -> Page:
    """One page of the list at `path` below /api/v4; beyond the end it is empty."""
    answer = await wire.get(path, query, what=what)
    if not isinstance(answer.body, list):
        raise unreadable(what, wire.url, "it is no list")
    rows = nodes(answer.body)
    following = onward(answer.headers, query) if rows else None
    if following == query:
        raise unreadable(what, wire.url, "its next page is itself")
    return Page(rows, following)


async def pages(wire: Wire, path: str, query: str, *, what: str, limit: int) -> list[Node]:
    """The objects of up to `limit` pages; new rows shift offset pages, so each id comes once."""
    found: dict[int, Node] = {}
    at: str | None = query
    for _ in range(limit):
        if at is None:
            break
        got = await page(wire, path, at, what=what)
        with reading(what, wire):
            found.update((identity(row), row) for row in got.rows)
        at = got.onward
    if at is not None:
        wire.note(f"Of {what} only the first {len(found)} are read")
    return list(found.values())


def path_of(name: str) -> str:
    """A group's or project's full path as one segment of an address."""
    return quote(name, safe="")


def query(**values: str | int) -> str:
    """A query string."""
    return urlencode(values)


async def together(*work: Coroutine[Any, Any, T]) -> list[T]:
    """The results of `work` run at once; when one fails, the others are stopped before its error goes on."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def reading(what: str, wire: Wire) -> Iterator[None]:
    """Turns an object without its identity into the SourceError of the answer it came in."""
    try:
        yield
    except Unreadable as error:
        raise unreadable(what, wire.url, str(error)) from error
