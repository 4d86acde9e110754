"""Pipelines: lists with all their filters, details, reports, and what one can do to them."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from ...world.nouns import Pipeline, Project
from ...world.states import FINISHED, jobs_at, latest_at, pipeline_state, status
from ..answers import ApiError, not_found, parsed_time
from ..call import Call
from ..deeds import cancel_pipeline, retry_pipeline
from ..entities.jobs import bridge, job
from ..entities.pipelines import pipeline, pipeline_basic, pipeline_listed
from ..entities.reports import test_report, test_report_summary
from ..handlers import read, write
from ..paging import offset_page
from .running import start_of

STATUSES = frozenset(
    [
        "created",
        "waiting_for_resource",
        "preparing",
        "waiting_for_callback",
        "pending",
        "running",
        "success",
        "failed",
        "canceling",
        "canceled",
        "skipped",
        "manual",
        "scheduled",
    ]
)
SOURCES = frozenset(
    [
        "push",
        "web",
        "trigger",
        "schedule",
        "api",
        "external",
        "pipeline",
        "chat",
        "webide",
        "merge_request_event",
        "external_pull_request_event",
        "parent_pipeline",
        "ondemand_dast_scan",
        "ondemand_dast_validation",
        "security_orchestration_policy",
        "container_registry_push",
        "duo_workflow",
        "pipeline_execution_policy_schedule",
        "unknown",
    ]
)
SETTLED = 86400.0
"""A pipeline that nobody interferes with moves no more after so many seconds."""
_SCOPES: dict[str | None, frozenset[str]] = {
    "running": frozenset({"running"}),
    "pending": frozenset({"pending"}),
    "finished": FINISHED,
}
_ORDER: dict[str, Callable[[Call, Pipeline], Any]] = {
    "id": lambda call, one: one.id,
    "status": lambda call, one: (pipeline_state(one, call.now).status, one.id),
    "ref": lambda call, one: (one.ref, one.id),
    "updated_at": lambda call, one: pipeline_state(one, call.now).updated_at,
    "user_id": lambda call, one: (one.user.id, one.id),
}


def list_pipelines(call: Call) -> Response:
    found = matching(call, call.project())
    order = call.choice("order_by", frozenset(_ORDER)) or "id"
    rising = call.choice("sort", frozenset({"asc", "desc"})) == "asc"
    if order != "id":
        found.sort(key=lambda one: _ORDER[order](call, one), reverse=not rising)
    elif rising:
        found.reverse()
    return offset_page(call, found, lambda one: pipeline_listed(call, one))


def matching(call: Call, project: Project) -> list[Pipeline]:
    """The project's pipelines that pass all filters of the request, newest first."""
    tests: list[Callable[[Pipeline], bool]] = []
    since, until = _moments(call, "created_after"), _moments(call, "created_before")
    for name, value in (("ref", call.query.get("ref")), ("sha", call.query.get("sha"))):
        if value is not None:
            tests.append(lambda one, name=name, value=value: getattr(one, name) == value)  # type: ignore[misc]
    if until is not None:
        tests.append(lambda one: one.created_at < until)
    if (username := call.query.get("username")) is not None:
        tests.append(lambda one: one.user.username == username)
    if (wanted := call.query.get("name")) is not None:
        tests.append(lambda one: one.name == wanted)
    if call.flag("yaml_errors"):
        tests.append(lambda one: one.yaml_errors is not None)
    updated_after = _moments(call, "updated_after")
    if updated_after is not None:
        since = max(since or 0.0, updated_after - SETTLED)
    tests += _state_tests(call, updated_after)
    source = call.choice("source", SOURCES)
    found = _of_source(call, project, source, since)
    return [one for one in found if all(test(one) for test in tests)]


def _of_source(call: Call, project: Project, source: str | None, since: float | None) -> list[Pipeline]:
    """Newest first; child pipelines only when they are asked for, as they are hidden otherwise."""
    found = list(call.timeline.pipelines(project.index, call.now, since or 0.0))
    touched = call.timeline.interventions
    if since:
        known = {one.id for one in found}
        late = (call.timeline.pipeline(number, call.now) for number in touched if number not in known)
        found += [one for one in late if one is not None and one.project is project and one.parent_id is None]
    if source == "parent_pipeline":
        return [child for one in found if (child := call.timeline.child(one, call.now)) is not None]
    return [one for one in found if source in (None, one.source)]


def _state_tests(call: Call, updated_after: float | None) -> list[Callable[[Pipeline], bool]]:
    tests: list[Callable[[Pipeline], bool]] = []
    wanted, updated_before = call.choice("status", STATUSES), _moments(call, "updated_before")
    scope = call.choice("scope", frozenset({"running", "pending", "finished", "branches", "tags"}))
    if wanted is not None:
        tests.append(lambda one: pipeline_state(one, call.now).status == wanted)
    if scope in _SCOPES:
        tests.append(lambda one: pipeline_state(one, call.now).status in _SCOPES[scope])
    elif scope is not None:
        tests.append(lambda one: one.tag == (scope == "tags"))
    if updated_after is not None:
        tests.append(lambda one: pipeline_state(one, call.now).updated_at > updated_after)
    if updated_before is not None:
        tests.append(lambda one: pipeline_state(one, call.now).updated_at < updated_before)
    return tests


def _moments(call: Call, name: str) -> float | None:
    text = call.query.get(name)
    return None if text is None else parsed_time(text, name)


def show(call: Call) -> dict[str, Any]:
    return pipeline(call, call.pipeline())


def latest(call: Call) -> dict[str, Any]:
    project = call.project()
    ref = call.query.get("ref", project.default_branch)
    for one in call.timeline.pipelines(project.index, call.now):
        if one.ref == ref:
            return pipeline(call, one)
    raise not_found("Pipeline")


def pipeline_jobs(call: Call) -> Response:
    one, wanted = call.pipeline(), call.many("scope", STATUSES)
    found = (jobs_at if call.flag("include_retried") else latest_at)(one, call.now)
    rows = [job for job in found if not job.spec.triggers and (not wanted or status(job, call.now) in wanted)]
    whole = pipeline_basic(call, one)
    return offset_page(call, sorted(rows, key=lambda row: -row.id), lambda row: job(call, one, row, whole))


def bridges(call: Call) -> Response:
    one, wanted = call.pipeline(), call.many("scope", STATUSES)
    rows = [
        job for job in latest_at(one, call.now)
        if job.spec.triggers and (not wanted or status(job, call.now) in wanted)
    ]  # fmt: skip
    return offset_page(call, rows, lambda row: bridge(call, one, row))


def variables(call: Call) -> list[Any]:
    return list(call.server.records.variables.get(call.pipeline().id, []))


def report(call: Call) -> dict[str, Any]:
    return test_report(call.pipeline(), call.now)


def report_summary(call: Call) -> dict[str, Any]:
    return test_report_summary(call.pipeline(), call.now)


def retry(call: Call) -> dict[str, Any]:
    return pipeline(call, retry_pipeline(call, call.pipeline()))


def cancel(call: Call) -> dict[str, Any]:
    return pipeline(call, cancel_pipeline(call, call.pipeline()))


def create(call: Call) -> dict[str, Any]:
    project, ref = call.project(), str(call.required("ref"))
    start = start_of(call, project, ref)
    if start is None:
        raise ApiError(400, {"message": {"base": ["Reference not found"]}})
    made = call.timeline.run(project.index, start)
    given = call.given().get("variables") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) and one.get("key") for one in given):
        raise ApiError(400, {"error": "variables is invalid"})
    call.server.records.variables[made.id] = [
        {
            "variable_type": one.get("variable_type", "env_var"),
            "key": one["key"],
            "value": one.get("value"),
            "raw": False,
        }
        for one in given
    ]
    return pipeline(call, made)


_ONE = "/projects/{id}/pipelines/{pipeline_id}"
ROUTES = [
    Route("/projects/{id}/pipelines", read(list_pipelines)),
    Route("/projects/{id}/pipelines/latest", read(latest)),
    Route("/projects/{id}/pipeline", write(create), methods=["POST"]),
    Route(_ONE, read(show)),
    Route(f"{_ONE}/jobs", read(pipeline_jobs)),
    Route(f"{_ONE}/bridges", read(bridges)),
    Route(f"{_ONE}/variables", read(variables)),
    Route(f"{_ONE}/test_report", read(report)),
    Route(f"{_ONE}/test_report_summary", read(report_summary)),
    Route(f"{_ONE}/retry", write(retry), methods=["POST"]),
    Route(f"{_ONE}/cancel", write(cancel, status=200), methods=["POST"]),
]
