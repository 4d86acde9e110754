"""Lists of runners with their filters."""

from typing import Any

from ...world.nouns import Runner
from ..call import Call
from ..entities.runners import paused
from .connections import Connection, PageArguments
from .nodes_jobs import RunnerNode


def runners_connection(call: Call, found: list[Runner], **given: Any) -> Connection:
    page = {name: given.pop(name) for name in ("first", "last", "after", "before") if name in given}
    rows = [one for one in found if _passes(call, one, **given)]
    return Connection(lambda: rows, lambda one: RunnerNode(call, one), lambda one: one.id, PageArguments(**page))


def _passes(
    call: Call,
    one: Runner,
    paused_: bool | None = None,
    status: str | None = None,
    type: str | None = None,
    tag_list: list[str] | None = None,
    search: str | None = None,
    version_prefix: str | None = None,
    **given: Any,
) -> bool:
    stopped = given.get("paused", paused_)
    return (
        stopped in (None, paused(call, one))
        and status in (None, "ONLINE" if one.online else "OFFLINE")
        and type in (None, one.kind.upper())
        and set(tag_list or ()) <= set(one.tags)
        and (search or "").lower() in one.name.lower()
        and one.version.startswith(version_prefix or "")
    )
