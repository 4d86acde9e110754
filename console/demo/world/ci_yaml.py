"""The `.gitlab-ci.yml` that a blueprint was read from, so to say."""

from typing import Any

import yaml

from .nouns import Blueprint, CacheSpec, JobSpec, Project
from .traces.scripts import COMMANDS

_RULES = {
    "default": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    "branch": "$CI_COMMIT_BRANCH",
    "mr": '$CI_PIPELINE_SOURCE == "merge_request_event"',
    "tag": "$CI_COMMIT_TAG",
    "schedule": '$CI_PIPELINE_SOURCE == "schedule"',
}


def ci_yaml(project: Project) -> str:
    """The project's configuration as text."""
    content = configuration(project.blueprint)
    return f"# {project.description}\n" + yaml.safe_dump(content, sort_keys=False, width=100)


def configuration(blueprint: Blueprint) -> dict[str, Any]:
    """The configuration as the mapping that the file holds."""
    content: dict[str, Any] = {"stages": list(blueprint.stages)}
    rules = [
        {"if": _RULES[kind]} for kind in ("default", "mr", "branch", "tag", "schedule") if kind in blueprint.workflow
    ]
    content["workflow"] = {"rules": rules}
    if blueprint.auto_cancel:
        content["workflow"]["auto_cancel"] = {"on_new_commit": "interruptible"}
    for spec in blueprint.jobs:
        content[spec.name] = _job(spec)
    return content


def _job(spec: JobSpec) -> dict[str, Any]:
    found: dict[str, Any] = {"stage": spec.stage}
    if spec.triggers:
        return found | {"trigger": {"include": ".gitlab/contracts.yml"}}
    if spec.image:
        found["image"] = spec.image
    if spec.tags:
        found["tags"] = list(spec.tags)
    if spec.needs is not None:
        found["needs"] = list(spec.needs)
    if spec.caches:
        found["cache"] = [_cache(one) for one in spec.caches] if len(spec.caches) > 1 else _cache(spec.caches[0])
    found["script"] = list(COMMANDS[spec.kind])
    if spec.junit:
        found["artifacts"] = {"when": "always", "reports": {"junit": "junit.xml"}}
    if spec.environment:
        found["environment"] = {"name": spec.environment}
    if spec.retry:
        found["retry"] = spec.retry
    if spec.parallel:
        found["parallel"] = spec.parallel
    if spec.interruptible:
        found["interruptible"] = True
    if spec.only:
        found["rules"] = [
            {"if": _RULES[kind], **({"when": spec.when} if spec.when == "manual" else {})} for kind in sorted(spec.only)
        ]
    elif spec.when == "manual":
        found["when"] = "manual"
    if spec.allow_failure:
        found["allow_failure"] = True
    return found


def _cache(spec: CacheSpec) -> dict[str, Any]:
    key: Any = {"files": list(spec.files), "prefix": spec.key} if spec.files else spec.key
    found: dict[str, Any] = {"key": key, "paths": list(spec.paths)}
    if spec.policy != "pull-push":
        found["policy"] = spec.policy
    if spec.fallback_keys:
        found["fallback_keys"] = list(spec.fallback_keys)
    return found
