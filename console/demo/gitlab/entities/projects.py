"""Projects and what they take of the storage."""

from typing import Any

from ...world.dice import share
from ...world.nouns import Project
from ..answers import iso
from ..call import Call
from .people import namespace

Body = dict[str, Any]
MEBI = 1024 * 1024


def identity(call: Call, project: Project) -> Body:
    return {
        "id": project.id,
        "description": project.description,
        "name": project.name,
        "name_with_namespace": project.path.replace("/", " / "),
        "path": project.name,
        "path_with_namespace": project.path,
        "created_at": iso(call.server.world.origin - 86400 * (200 + project.index % 400)),
    }


def basic(call: Call, project: Project) -> Body:
    host = call.base.partition("://")[2].partition(":")[0]
    return identity(call, project) | {
        "default_branch": project.default_branch,
        "tag_list": list(project.topics),
        "topics": list(project.topics),
        "ssh_url_to_repo": f"git@{host}:{project.path}.git",
        "http_url_to_repo": f"{call.base}/{project.path}.git",
        "web_url": f"{call.base}/{project.path}",
        "readme_url": f"{call.base}/{project.path}/-/blob/{project.default_branch}/README.md",
        "forks_count": 0,
        "avatar_url": None,
        "star_count": int(share(project.path, "stars") * 40),
        "last_activity_at": iso(call.timeline.last_start(project.index, call.now)),
        "namespace": namespace(call, project.namespace),
    }


def project(call: Call, one: Project, statistics: bool = False) -> Body:
    flow = one.blueprint
    body = basic(call, one) | {
        "container_registry_image_prefix": f"registry.llm.example/{one.path}",
        "_links": {"self": f"{call.base}/api/v4/projects/{one.id}"},
        "packages_enabled": True,
        "empty_repo": False,
        "archived": False,
        "visibility": one.visibility,
        "issues_enabled": True,
        "merge_requests_enabled": True,
        "jobs_enabled": True,
        "container_registry_enabled": True,
        "shared_runners_enabled": True,
        "group_runners_enabled": True,
        "lfs_enabled": True,
        "creator_id": 21,
        "import_status": "none",
        "open_issues_count": int(share(one.path, "issues") * 60),
        "updated_at": iso(call.server.world.start),
        "ci_default_git_depth": 20,
        "ci_forward_deployment_enabled": True,
        "ci_forward_deployment_rollback_allowed": True,
        "ci_job_token_scope_enabled": False,
        "ci_separated_caches": True,
        "ci_config_path": None,
        "build_git_strategy": "fetch",
        "build_timeout": 3600,
        "keep_latest_artifact": True,
        "auto_cancel_pending_pipelines": "enabled" if flow.auto_cancel else "disabled",
        "public_jobs": True,
        "shared_with_groups": [],
        "only_allow_merge_if_pipeline_succeeds": flow.auto_cancel,
        "allow_merge_on_skipped_pipeline": None,
        "merge_method": "merge",
        "squash_option": "default_off",
        "suggestion_commit_message": None,
    }
    return body | ({"statistics": project_statistics(one)} if statistics else {})


def project_statistics(one: Project) -> dict[str, int]:
    """Sizes in bytes, in the words of REST."""
    part = {
        "repository_size": int((20 + 400 * share(one.path, "repository")) * MEBI),
        "wiki_size": 0,
        "lfs_objects_size": int(200 * share(one.path, "lfs")) * MEBI,
        "job_artifacts_size": int(
            one.daily * len(one.blueprint.jobs) * 90 * (0.4 + share(one.path, "artifacts")) * MEBI
        ),
        "pipeline_artifacts_size": int(40 * share(one.path, "coverage") * MEBI),
        "packages_size": int(900 * share(one.path, "packages") * MEBI),
        "snippets_size": 0,
        "uploads_size": int(30 * share(one.path, "uploads") * MEBI),
        "container_registry_size": _registry_size(one),
    }
    # The registry counts beside the storage, not in it.
    storage = sum(size for name, size in part.items() if name != "container_registry_size")
    return {"commit_count": int(300 + 4000 * share(one.path, "commits")), "storage_size": storage, **part}


def _registry_size(one: Project) -> int:
    images = sum(spec.kind == "image" for spec in one.blueprint.jobs)
    return int(images * (0.8 + share(one.path, "registry")) * 14_000 * MEBI)
