"""Offset and keyset pages, with the headers that go with each."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from .answers import ApiError, bad_request, json_answer
from .call import Call

DEFAULT_SIZE, MOST = 20, 100
COUNTED = 10_000
"""Above so many rows GitLab does not tell how many there are."""
OFFSET_CAP = 50_000
_TOO_DEEP = (
    "Offset pagination has a maximum allowed offset of 50000 for requests that return objects of this type. Remaining "
    "records can be retrieved using keyset pagination."
)
T = TypeVar("T")


def offset_page(call: Call, rows: Iterable[T], shape: Callable[[T], Any]) -> Response:
    """One page of `rows` (`page`, `per_page`), in their order, with its headers.

    Only that page is shaped, and rows are read only as far as GitLab would count them.
    """
    page, size = _number(call, "page", 1), page_size(call)
    if page * size > OFFSET_CAP:
        raise ApiError(405, {"error": _TOO_DEEP})
    found = list(islice(rows, max(COUNTED, page * size) + 1))
    total, first = len(found), (page - 1) * size
    pages = max(1, -(-total // size))
    following = str(page + 1) if first + size < total else ""
    headers = {
        "X-Page": str(page),
        "X-Per-Page": str(size),
        "X-Next-Page": following,
        "X-Prev-Page": str(page - 1) if page > 1 else "",
    }
    links = {"prev": page - 1 if page > 1 else None, "next": page + 1 if following else None, "first": 1}
    if total <= COUNTED:
        headers |= {"X-Total": str(total), "X-Total-Pages": str(pages)}
        links["last"] = pages
    headers["Link"] = ", ".join(
        _link(call, name, page=number, per_page=size) for name, number in links.items() if number is not None
    )
    return json_answer([shape(row) for row in found[first : first + size]], headers=headers)


def keyset_page(call: Call, rows: Iterable[T], number: Callable[[T], int], shape: Callable[[T], Any]) -> Response:
    """One page of `rows`, which come in the order of their ids, after the id of `cursor`; only `rel=next` is told."""
    size, cursor = page_size(call), call.query.get("cursor")
    rising = call.query.get("sort", "desc") == "asc"
    if cursor is not None:
        after = _cursor(cursor)
        rows = (row for row in rows if (number(row) > after if rising else number(row) < after))
    found = list(islice(rows, size + 1))
    headers = {}
    if len(found) > size:
        headers["Link"] = _link(call, "next", cursor=f"id_{number(found[size - 1])}", per_page=size)
    return json_answer([shape(row) for row in found[:size]], headers=headers)


def page_size(call: Call) -> int:
    return min(MOST, _number(call, "per_page", DEFAULT_SIZE))


def _cursor(text: str) -> int:
    if not text.startswith("id_") or not text[3:].isdigit():
        raise bad_request("cursor is invalid")
    return int(text[3:])


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name)
    if text is None:
        return default
    if not text.isdigit():
        raise bad_request(f"{name} is invalid")
    if int(text) == 0:
        raise bad_request(f"{name} does not have a valid value")
    return int(text)


def _link(call: Call, relation: str, **changed: object) -> str:
    """A link to this request with other parameters."""
    kept = [(name, value) for name, value in call.query.multi_items() if name not in changed]
    query = urlencode([*kept, *((name, str(value)) for name, value in changed.items())])
    return f'<{call.base}{call.path}?{query}>; rel="{relation}"'
