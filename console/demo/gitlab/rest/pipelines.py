"""Pipelines: lists with all their filters, details, reports, and what one can do to them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from ...world.nouns import Pipeline
from ...world.rhythm import Start
from ...world.search import PipelineFilter
from ...world.states import jobs_at, latest_at, pipeline_state, status
from ..answers import ApiError, bad_request, not_found
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
_SCOPES = frozenset({"running", "pending", "finished", "branches", "tags"})
_ORDER: dict[str, Callable[[Call, Pipeline], Any]] = {
    "id": lambda call, one: one.id,
    "status": lambda call, one: (pipeline_state(one, call.now).status, one.id),
    "ref": lambda call, one: (one.ref, one.id),
    "updated_at": lambda call, one: pipeline_state(one, call.now).updated_at,
    "user_id": lambda call, one: (one.user.id, one.id),
}


def list_pipelines(call: Call) -> Response:
    project, wanted = call.project(), filter_of(call)
    order = call.choice("order_by", frozenset(_ORDER)) or "id"
    rising = call.choice("sort", frozenset({"asc", "desc"})) == "asc"

    def made(start: Start) -> Pipeline:
        found = wanted.pipeline(call.timeline, project.index, start, call.now)
        assert found is not None, "the filter lets only pipelines pass that exist"
        return found

    starts = list(wanted.starts(call.timeline, project.index, call.now))
    if order != "id":
        starts.sort(key=lambda one: _ORDER[order](call, made(one)), reverse=not rising)
    elif rising:
        starts.reverse()
    return offset_page(call, starts, lambda one: pipeline_listed(call, made(one)))


def filter_of(call: Call) -> PipelineFilter:
    """The filters of the request; raises ApiError 400 for a value that GitLab does not know."""
    return PipelineFilter(
        status=call.choice("status", STATUSES),
        scope=call.choice("scope", _SCOPES),
        ref=call.query.get("ref"),
        sha=call.query.get("sha"),
        source=call.choice("source", SOURCES),
        username=call.query.get("username"),
        name=call.query.get("name"),
        yaml_errors=call.flag("yaml_errors"),
        created_after=call.moment("created_after"),
        created_before=call.moment("created_before"),
        updated_after=call.moment("updated_after"),
        updated_before=call.moment("updated_before"),
    )


def show(call: Call) -> dict[str, Any]:
    return pipeline(call, call.pipeline())


def latest(call: Call) -> dict[str, Any]:
    project = call.project()
    wanted = PipelineFilter(ref=call.query.get("ref", project.default_branch))
    for start in wanted.starts(call.timeline, project.index, call.now):
        return pipeline(call, call.timeline.begun(project.index, start))
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
    given = call.given().get("variables") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) and one.get("key") for one in given):
        raise bad_request("variables is invalid")
    made = call.timeline.run(project.index, start)
    call.server.world.load.forget()
    call.server.records.variables[made.id] = [
        {"variable_type": "env_var", "value": None, "raw": False, **one, "key": str(one["key"])} for one in given
    ]
    # A project has one pipeline a second at most: the second of two that are asked for at once is made a moment later.
    return pipeline(replace(call, now=max(call.now, made.created_at)), made)


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
