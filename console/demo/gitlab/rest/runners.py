"""Runners of the instance, of groups and of projects."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from ...world.nouns import Job, Pipeline, Runner
from ...world.pools import BY_ID
from ...world.states import status
from ..answers import bad_request, not_found
from ..call import Call
from ..entities.jobs import job_basic
from ..entities.projects import identity
from ..entities.runners import manager_body, paused, runner, runner_details
from ..handlers import read, write
from ..paging import keyset_page, offset_page
from .projects import find_group

_TYPES = frozenset({"instance_type", "group_type", "project_type"})
_STATUSES = frozenset({"online", "offline", "stale", "never_contacted", "active", "paused"})
_JOB_STATUSES = frozenset({"running", "success", "failed", "canceled"})
JOB_DAYS = 14
"""How far back the list of a runner's jobs goes."""


def filtered(call: Call, found: list[Runner]) -> Response:
    """The runners that pass `type`, `status`, `paused`, `tag_list` and `version_prefix`."""
    kind, state = call.choice("type", _TYPES), call.choice("status", _STATUSES)
    tags = frozenset(tag for tag in call.query.get("tag_list", "").split(",") if tag)
    prefix = call.query.get("version_prefix", "")
    stopped = call.flag("paused") if "paused" in call.query else None
    rows = [
        one for one in found
        if kind in (None, one.kind) and tags <= set(one.tags) and one.version.startswith(prefix)
        and stopped in (None, paused(call, one)) and state in (None, *_states(call, one))
    ]  # fmt: skip
    return offset_page(call, rows, lambda one: runner(call, one))


def _states(call: Call, one: Runner) -> tuple[str, str]:
    return "online" if one.online else "offline", "paused" if paused(call, one) else "active"


def own(call: Call) -> Response:
    return filtered(call, list(call.server.world.runners()))


def of_group(call: Call) -> Response:
    find_group(call)
    return filtered(call, [one for one in call.server.world.runners() if one.kind != "project_type"])


def of_project(call: Call) -> Response:
    path = call.project().path
    return filtered(call, [one for one in call.server.world.runners() if one.project in (None, path)])


def _one(call: Call) -> Runner:
    found = BY_ID.get(call.number("id"))
    if found is None:
        raise not_found()
    return found


def show(call: Call) -> dict[str, Any]:
    return runner_details(call, _one(call), call.flag("include_projects", True))


def managers(call: Call) -> list[Any]:
    one = _one(call)
    return [manager_body(call, one, host) for host in one.managers]


def jobs(call: Call) -> Response:
    """Newest first, of the last days; by keyset with `cursor` or by pages."""
    one, wanted = _one(call), call.choice("status", _JOB_STATUSES)
    call.choice("order_by", frozenset({"id"}))
    system = call.query.get("system_id")
    hosts = {host.id for host in one.managers if system in (None, host.system_id)}
    rows: list[tuple[Pipeline, Job]] = [
        found
        for job in call.server.world.load.jobs(one.id, call.now, JOB_DAYS)
        if job.manager_id in hosts and wanted in (None, status(job, call.now))
        and (found := call.timeline.job(job.id, call.now))
    ]  # fmt: skip
    if call.query.get("sort") == "asc":
        rows.reverse()
    if "cursor" in call.query or call.query.get("pagination") == "keyset":
        return keyset_page(call, rows, lambda row: row[1].id, lambda row: _with_project(call, *row))
    return offset_page(call, rows, lambda row: _with_project(call, *row))


def _with_project(call: Call, pipeline: Pipeline, job: Job) -> dict[str, Any]:
    return job_basic(call, pipeline, job) | {"project": identity(call, pipeline.project)}


def update(call: Call) -> dict[str, Any]:
    """Pauses or resumes; what else GitLab lets one change is refused here."""
    one, given = _one(call), call.given()
    wanted = given.get("paused")
    if wanted is None:
        raise bad_request(
            "paused, tag_list, locked, run_untagged, maximum_timeout, description are missing, at least one parameter "
            "must be provided"
        )
    if str(wanted).lower() not in ("true", "false"):
        raise bad_request("paused is invalid")
    call.timeline.pause(one.id, call.now, str(wanted).lower() == "true")
    call.server.world.load.forget()
    return runner_details(call, one)


ROUTES = [
    Route("/runners", read(own)),
    Route("/runners/all", read(own)),
    Route("/runners/{id}", read(show)),
    Route("/runners/{id}", write(update, status=200), methods=["PUT"]),
    Route("/runners/{id}/managers", read(managers)),
    Route("/runners/{id}/jobs", read(jobs)),
    Route("/groups/{id}/runners", read(of_group)),
    Route("/projects/{id}/runners", read(of_project)),
]
