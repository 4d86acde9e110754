"""Environments and deployments."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from ...world.deploys import Deployment, Environment, deployments, environments
from ..answers import ApiError, bad_request, not_found, parsed_time
from ..call import Call
from ..entities.deployments import deployment, deployment_details, environment
from ..handlers import read
from ..paging import offset_page

_STATUSES = frozenset({"created", "running", "success", "failed", "canceled", "skipped", "blocked"})
_ORDERS = frozenset({"id", "iid", "created_at", "updated_at", "finished_at", "ref"})


def list_environments(call: Call) -> Response:
    project = call.project()
    name, search = call.query.get("name"), call.query.get("search")
    state = call.choice("states", frozenset({"available", "stopping", "stopped"}))
    if name is not None and search is not None:
        raise bad_request("name, search are mutually exclusive")
    if search is not None and len(search) < 3:
        raise ApiError(400, {"message": "400 Bad request - Search query is less than 3 characters"})
    rows = [
        one for one in environments(project)
        if name in (None, one.name) and (search or "").lower() in one.name.lower() and state in (None, one.state)
    ]  # fmt: skip
    return offset_page(call, sorted(rows, key=lambda one: one.name), lambda one: environment(call, project, one))


def show_environment(call: Call) -> dict[str, Any]:
    project, number = call.project(), call.number("environment_id")
    for one in environments(project):
        if one.id == number:
            latest = next((d for d in deployments(call.timeline, project, call.now) if _done(call, d, one)), None)
            last = deployment(call, latest) if latest else None
            return environment(call, project, one) | {"last_deployment": last}
    raise not_found()


def _done(call: Call, one: Deployment, place: Environment) -> bool:
    return one.environment == place and one.status(call.now) == "success"


def list_deployments(call: Call) -> Response:
    project, name, state = call.project(), call.query.get("environment"), call.choice("status", _STATUSES)
    order = call.choice("order_by", _ORDERS) or "id"
    _check_times(call, order, state)
    rows = [
        one for one in deployments(call.timeline, project, call.now)
        if name in (None, one.environment.name) and state in (None, one.status(call.now)) and _in_time(call, one)
    ]  # fmt: skip
    rows.sort(key=lambda one: _key(call, one, order), reverse=call.query.get("sort") == "desc")
    return offset_page(call, rows, lambda one: deployment(call, one))


def _check_times(call: Call, order: str, state: str | None) -> None:
    """GitLab wants the sort order to fit the filter."""
    if any(f"updated_{side}" in call.query for side in ("after", "before")) and order != "updated_at":
        raise ApiError(
            400, {"message": "400 Bad request - `updated_at` filter and `updated_at` sorting must be paired"}
        )
    if any(f"finished_{side}" in call.query for side in ("after", "before")):
        if order != "finished_at":
            raise ApiError(
                400, {"message": "400 Bad request - `finished_at` filter and `finished_at` sorting must be paired"}
            )
        if state != "success":
            raise ApiError(
                400,
                {"message": "400 Bad request - `finished_at` filter must be combined with `success` status filter."},
            )


def _updated(call: Call, one: Deployment) -> float:
    moments = (one.job.queued_at, one.job.started_at, one.job.finished_at)
    return max(at for at in moments if at <= call.now)


def _in_time(call: Call, one: Deployment) -> bool:
    for name, at in (("updated", _updated(call, one)), ("finished", one.job.finished_at)):
        after, before = call.query.get(f"{name}_after"), call.query.get(f"{name}_before")
        if after is not None and at < parsed_time(after, f"{name}_after"):
            return False
        if before is not None and at > parsed_time(before, f"{name}_before"):
            return False
    return True


def _key(call: Call, one: Deployment, order: str) -> tuple[Any, int]:
    keys: dict[str, Any] = {
        "id": one.id,
        "iid": one.iid,
        "created_at": one.job.queued_at,
        "updated_at": _updated(call, one),
        "finished_at": one.job.finished_at,
        "ref": one.pipeline.ref,
    }
    return keys[order], one.id


def show_deployment(call: Call) -> dict[str, Any]:
    number = call.number("deployment_id")
    for one in deployments(call.timeline, call.project(), call.now):
        if one.id == number:
            return deployment_details(call, one)
    raise not_found()


ROUTES = [
    Route("/projects/{id}/environments", read(list_environments)),
    Route("/projects/{id}/environments/{environment_id}", read(show_environment)),
    Route("/projects/{id}/deployments", read(list_deployments)),
    Route("/projects/{id}/deployments/{deployment_id}", read(show_deployment)),
]
