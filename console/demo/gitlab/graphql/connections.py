"""Relay connections: pages of rows by opaque cursors that hold ids, so that new rows shift nothing."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from graphql import GraphQLError

MOST = 100


@dataclass(frozen=True, slots=True)
class PageArguments:
    """What was asked of a connection; sizes above the most are cut, as in GitLab."""

    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None

    @property
    def size(self) -> int:
        asked = [one for one in (self.first, self.last) if one is not None]
        return max(0, min([MOST, *asked]))


class Connection:
    """One page of `rows`, each turned into a node by `node`; `number` gives a row's id."""

    def __init__(
        self,
        rows: Callable[[], Iterable[Any]],
        node: Callable[[Any], Any],
        number: Callable[[Any], object],
        page: PageArguments,
    ) -> None:
        self._rows, self._node, self._number, self._page = rows, node, number, page

    @cached_property
    def _found(self) -> tuple[list[Any], bool, bool]:
        """(rows of the page, whether there are earlier ones, whether there are later ones)."""
        page, rows = self._page, iter(self._rows())
        skipped = page.after is not None
        if page.after is not None:
            rows = self._behind(rows, decoded(page.after))
        if page.last is not None or page.before is not None:
            return self._from_the_end(list(rows), skipped)
        found = list(islice(rows, page.size + 1))
        return found[: page.size], skipped, len(found) > page.size

    def _behind(self, rows: Iterator[Any], cursor: str) -> Iterator[Any]:
        for row in rows:
            if str(self._number(row)) == cursor:
                break
        return rows

    def _from_the_end(self, rows: list[Any], skipped: bool) -> tuple[list[Any], bool, bool]:
        page, more = self._page, False
        if page.before is not None:
            cursor = decoded(page.before)
            numbers = [str(self._number(row)) for row in rows]
            if cursor in numbers:
                rows, more = rows[: numbers.index(cursor)], True
        if page.last is None:
            return rows[: page.size], skipped, more or len(rows) > page.size
        return rows[-page.size :] if page.size else [], skipped or len(rows) > page.size, more

    @cached_property
    def nodes(self) -> list[Any]:
        return [self._node(row) for row in self._found[0]]

    @property
    def edges(self) -> list[dict[str, Any]]:
        cursors = (encoded(self._number(row)) for row in self._found[0])
        return [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, self.nodes, strict=True)]

    @property
    def page_info(self) -> dict[str, Any]:
        rows, earlier, later = self._found
        return {
            "has_next_page": later,
            "has_previous_page": earlier,
            "start_cursor": encoded(self._number(rows[0])) if rows else None,
            "end_cursor": encoded(self._number(rows[-1])) if rows else None,
        }

    def count(self) -> int:
        """All rows, whatever the page."""
        return sum(1 for _ in self._rows())


def encoded(number: object) -> str:
    return urlsafe_b64encode(json.dumps({"id": str(number)}).encode()).decode().rstrip("=")


def decoded(cursor: str) -> str:
    """The id in a cursor; raises GraphQLError for one that is none of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return str(json.loads(urlsafe_b64decode(padded))["id"])
    except (Base64Error, ValueError, KeyError, TypeError):
        raise GraphQLError("Please provide a valid cursor") from None
