"""CI lint: does this text make a pipeline, and if not, why not."""

from typing import Any

import yaml
from starlette.routing import Route

from ...world.ci_yaml import ci_yaml
from ..answers import ApiError
from ..auth import WRITES
from ..call import Call
from ..handlers import read

_GLOBAL = frozenset(
    [
        "default",
        "stages",
        "variables",
        "workflow",
        "include",
        "image",
        "services",
        "cache",
        "before_script",
        "after_script",
        "pages",
        "spec",
    ]
)
_STAGES = (".pre", "build", "test", "deploy", ".post")
_WHEN = frozenset({"on_success", "on_failure", "always", "manual", "delayed", "never"})


class _Problems(list[str]):
    """Errors in the order in which they were found."""


def checked(text: str, with_jobs: bool = False) -> dict[str, Any]:
    """The answer of the lint endpoints for this text."""
    errors, jobs = _Problems(), {}
    content: Any = None
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        errors.append(f"Invalid configuration format: {' '.join(str(error).split())}")
    if not errors and not isinstance(content, dict):
        errors.append("Invalid configuration format")
    if not errors:
        jobs = {name: job for name, job in content.items() if name not in _GLOBAL and not str(name).startswith(".")}
        _check(content, jobs, errors)
    body: dict[str, Any] = {
        "valid": not errors,
        "errors": list(errors),
        "warnings": [],
        "merged_yaml": yaml.safe_dump(content, sort_keys=False) if not errors else None,
        "includes": [],
    }
    if with_jobs:
        body["jobs"] = [] if errors else [_job(str(name), job) for name, job in jobs.items()]
    return body


def _check(content: dict[Any, Any], jobs: dict[Any, Any], errors: _Problems) -> None:
    stages = content.get("stages", list(_STAGES))
    if not isinstance(stages, list) or not all(isinstance(stage, str) for stage in stages):
        errors.append("stages config should be an array of strings")
        return
    visible = {name: job for name, job in jobs.items() if isinstance(job, dict)}
    errors += [
        f"jobs:{name} config should implement the script:, run:, or trigger: keyword"
        for name, job in jobs.items()
        if name not in visible or not {"script", "run", "trigger", "extends"} & set(job)
    ]
    if not jobs:
        errors.append("jobs config should contain at least one visible job")
    for name, job in visible.items():
        stage = job.get("stage", "test")
        if stage not in (*stages, ".pre", ".post"):
            errors.append(f"{name} job: chosen stage {stage} does not exist; available stages are {', '.join(stages)}")
        if job.get("when", "on_success") not in _WHEN:
            errors.append(f"jobs:{name} when should be one of: {', '.join(sorted(_WHEN))}")
        for need in _needs(job):
            if need not in visible:
                errors.append(f"'{name}' job needs '{need}' job, but '{need}' does not exist in the pipeline")


def _needs(job: dict[Any, Any]) -> list[str]:
    """Names of jobs that it cannot do without."""
    found = job.get("needs") or []
    named = [one if isinstance(one, dict) else {"job": one} for one in found] if isinstance(found, list) else []
    return [
        one["job"]
        for one in named
        if isinstance(one.get("job"), str) and not one.get("optional") and not {"project", "pipeline"} & set(one)
    ]


def _job(name: str, job: dict[Any, Any]) -> dict[str, Any]:
    def lines(key: str) -> list[str]:
        found = job.get(key) or []
        return [str(one) for one in (found if isinstance(found, list) else [found])]

    environment = job.get("environment")
    return {
        "name": name,
        "stage": job.get("stage", "test"),
        "before_script": lines("before_script"),
        "script": lines("script"),
        "after_script": lines("after_script"),
        "tag_list": lines("tags"),
        "only": job.get("only"),
        "except": job.get("except"),
        "environment": environment.get("name") if isinstance(environment, dict) else environment,
        "when": job.get("when", "on_success"),
        "allow_failure": bool(job.get("allow_failure", False)),
        "needs": [{"name": need} for need in _needs(job)] or None,
    }


def lint_text(call: Call) -> dict[str, Any]:
    call.project()
    content = call.given().get("content")
    if content is None:
        raise ApiError(400, {"error": "content is missing"})
    return checked(str(content), str(call.given().get("include_jobs", "")).lower() == "true")


def lint_project(call: Call) -> dict[str, Any]:
    return checked(ci_yaml(call.project()), call.flag("include_jobs"))


ROUTES = [
    Route("/projects/{id}/ci/lint", read(lint_text, scopes=WRITES), methods=["POST"]),
    Route("/projects/{id}/ci/lint", read(lint_project)),
]
