"""Groups and projects."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from ...world.nouns import Project
from ..answers import not_found
from ..call import GROUP, Call
from ..entities.people import group, group_id
from ..entities.projects import basic, project
from ..handlers import read
from ..paging import keyset_page, offset_page

_ORDER: dict[str, Callable[[Project], Any]] = {
    "id": lambda one: one.id,
    "name": lambda one: one.name,
    "path": lambda one: one.path,
    "created_at": lambda one: one.id,
    "updated_at": lambda one: one.id,
    "last_activity_at": lambda one: one.id,
    "similarity": lambda one: one.name,
    "star_count": lambda one: one.name,
}
_SORT = frozenset({"asc", "desc"})


def find_group(call: Call) -> str:
    """Full path of the group in the address; raises 404."""
    wanted = call.text("id")
    for path in groups(call):
        if wanted.lower() == path or wanted == str(group_id(path)):
            return path
    raise not_found("Group")


def groups(call: Call) -> list[str]:
    """Full paths of the fleet's group and its subgroups."""
    return sorted({GROUP, *(one.namespace for one in call.timeline.projects())})


def show_group(call: Call) -> dict[str, Any]:
    return group(call, find_group(call))


def subgroups(call: Call) -> Response:
    parent = find_group(call)
    return offset_page(call, [path for path in groups(call) if path.startswith(f"{parent}/")], lambda p: group(call, p))


def group_projects(call: Call) -> Response:
    parent = find_group(call)
    below = call.flag("include_subgroups")
    found = [
        one for one in call.timeline.projects()
        if one.namespace == parent or (below and one.namespace.startswith(f"{parent}/"))
    ]  # fmt: skip
    return _listed(call, found, "created_at")


def list_projects(call: Call) -> Response:
    found = list(call.timeline.projects())
    if call.query.get("pagination") == "keyset":
        rising = call.query.get("sort") == "asc"
        found.sort(key=lambda one: one.id, reverse=not rising)
        return keyset_page(call, found, lambda one: one.id, lambda one: project(call, one))
    return _listed(call, found, "created_at")


def _listed(call: Call, found: list[Project], order: str) -> Response:
    """The page asked for, filtered and sorted by the parameters that all lists of projects share."""
    if call.flag("archived"):
        found = []
    search = call.query.get("search", "").lower()
    found = [one for one in found if search in one.path.lower()]
    order = call.choice("order_by", frozenset(_ORDER)) or order
    direction = call.choice("sort", _SORT) or "desc"
    found.sort(key=_ORDER[order], reverse=direction == "desc")
    shape = basic if call.flag("simple") else project
    return offset_page(call, found, lambda one: shape(call, one))


def show_project(call: Call) -> dict[str, Any]:
    found = call.project()
    body = project(call, found, statistics=call.flag("statistics"))
    access = {"access_level": 40, "notification_level": 3}
    return body | {"permissions": {"project_access": None, "group_access": access}}


ROUTES = [
    Route("/groups/{id}", read(show_group)),
    Route("/groups/{id}/subgroups", read(subgroups)),
    Route("/groups/{id}/descendant_groups", read(subgroups)),
    Route("/groups/{id}/projects", read(group_projects)),
    Route("/projects", read(list_projects)),
    Route("/projects/{id}", read(show_project)),
]
