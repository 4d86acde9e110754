"""Feature flags and pipeline schedules."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from ...world.flags import FeatureFlag, feature_flags
from ...world.nouns import Project
from ...world.people import SCHEDULER
from ...world.rhythm import DAY, nightly
from ..answers import iso, not_found
from ..call import Call
from ..entities.people import user_basic
from ..entities.pipelines import pipeline_basic
from ..handlers import read
from ..paging import offset_page


def _body(call: Call, one: FeatureFlag) -> dict[str, Any]:
    start = call.server.world.start
    strategy = {
        "id": one.id,
        "name": one.strategy,
        "parameters": dict(one.parameters),
        "scopes": [{"id": one.id, "environment_scope": one.scope}],
        "user_list": None,
    }
    return {
        "name": one.name,
        "description": one.description,
        "active": one.active,
        "version": "new_version_flag",
        "created_at": iso(start - 30 * DAY),
        "updated_at": iso(start - DAY),
        "scopes": [],
        "strategies": [strategy],
    }


def list_flags(call: Call) -> Response:
    scope = call.choice("scope", frozenset({"enabled", "disabled"}))
    rows = [one for one in feature_flags(call.project()) if scope is None or one.active == (scope == "enabled")]
    return offset_page(call, rows, lambda one: _body(call, one))


def show_flag(call: Call) -> dict[str, Any]:
    name = call.text("name")
    for one in feature_flags(call.project()):
        if one.name == name:
            return _body(call, one)
    raise not_found()


def _schedule(call: Call, project: Project, at: int) -> dict[str, Any]:
    origin = call.server.world.origin
    following = origin + (call.timeline.calendar.day(call.now - at) + 1) * DAY + at
    return {
        "id": project.id * 10 + 1,
        "description": "Nightly",
        "ref": f"refs/heads/{project.default_branch}",
        "cron": f"{at // 60 % 60} {at // 3600} * * *",
        "cron_timezone": "UTC",
        "next_run_at": iso(following),
        "active": True,
        "created_at": iso(origin - 10 * DAY),
        "updated_at": iso(following - DAY),
        "owner": user_basic(call, SCHEDULER),
        "inputs": [],
    }


def list_schedules(call: Call) -> Response:
    project = call.project()
    at, scope = nightly(project), call.choice("scope", frozenset({"active", "inactive"}))
    rows = [at] if at is not None and scope != "inactive" else []
    return offset_page(call, rows, lambda one: _schedule(call, project, one))


def show_schedule(call: Call) -> dict[str, Any]:
    project = call.project()
    at = nightly(project)
    if at is None or call.number("schedule_id") != project.id * 10 + 1:
        raise not_found("Pipeline Schedule")
    runs = (one for one in call.timeline.pipelines(project.index, call.now) if one.kind == "schedule")
    latest = next(runs, None)
    last = pipeline_basic(call, latest) if latest else None
    return _schedule(call, project, at) | {"last_pipeline": last, "variables": []}


ROUTES = [
    Route("/projects/{id}/feature_flags", read(list_flags)),
    Route("/projects/{id}/feature_flags/{name}", read(show_flag)),
    Route("/projects/{id}/pipeline_schedules", read(list_schedules)),
    Route("/projects/{id}/pipeline_schedules/{schedule_id}", read(show_schedule)),
]
