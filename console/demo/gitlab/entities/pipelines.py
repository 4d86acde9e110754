"""Pipelines: the short form of lists, and the whole one."""

from typing import Any

from ...world.dice import share
from ...world.nouns import Pipeline
from ...world.people import USERS
from ...world.states import PipelineState, pipeline_state
from ..answers import iso
from ..call import Call
from .people import user_basic

Body = dict[str, Any]
_TEXTS = {"success": ("Passed", "passed"), "waiting_for_resource": ("Waiting", "waiting for resource")}


def pipeline_basic(call: Call, pipeline: Pipeline) -> Body:
    return _basic(call, pipeline, pipeline_state(pipeline, call.now))


def _basic(call: Call, pipeline: Pipeline, state: PipelineState) -> Body:
    return {
        "id": pipeline.id,
        "iid": pipeline.iid,
        "project_id": pipeline.project.id,
        "sha": pipeline.sha,
        "ref": pipeline.ref,
        "status": state.status,
        "source": pipeline.source,
        "created_at": iso(pipeline.created_at),
        "updated_at": iso(state.updated_at),
        "web_url": f"{call.base}/{pipeline.project.path}/-/pipelines/{pipeline.id}",
    }


def pipeline_listed(call: Call, one: Pipeline) -> Body:
    """The short form with the name, which only lists of pipelines have."""
    return pipeline_basic(call, one) | {"name": one.name}


def pipeline(call: Call, one: Pipeline) -> Body:
    state = pipeline_state(one, call.now)
    return _basic(call, one, state) | {
        "name": one.name,
        "before_sha": one.before_sha,
        "tag": one.tag,
        "yaml_errors": one.yaml_errors,
        "user": user_basic(call, USERS[one.user.id]),
        "started_at": iso(state.started_at),
        "finished_at": iso(state.finished_at),
        "committed_at": None,
        "duration": state.duration,
        "queued_duration": state.queued_duration,
        "coverage": coverage(one, state),
        "detailed_status": detailed_status(
            state.status, f"/{one.project.path}/-/pipelines/{one.id}", warnings=state.warnings
        ),
        "archived": False,
    }


def coverage(one: Pipeline, state: PipelineState) -> str | None:
    """Per cent as a string, as GitLab gives it; None when no job tells one."""
    if state.finished_at is None or not any(spec.kind == "unit" for spec in one.project.blueprint.jobs):
        return None
    base = 62 + 30 * share(one.project.path, "coverage")
    return f"{base + 2 * share(one.sha, 'coverage'):.1f}"


def detailed_status(status: str, path: str, *, warnings: bool = False, **action: Any) -> Body:
    text, label = _TEXTS.get(status, (status.replace("_", " ").capitalize(), status.replace("_", " ")))
    group = status.replace("_", "-")
    icon = f"status_{status}"
    if status == "success" and warnings:
        text, label, group, icon = "Warning", "passed with warnings", "success-with-warnings", "status_warning"
    return {
        "icon": icon,
        "text": text,
        "label": label,
        "group": group,
        "tooltip": label,
        "has_details": True,
        "details_path": path,
        "illustration": None,
        "favicon": f"/assets/ci_favicons/favicon_status_{status}.png",
        **action,
    }
