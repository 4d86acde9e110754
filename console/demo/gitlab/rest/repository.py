"""Branches, commits and files."""

import hashlib
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from ...world.ci_yaml import ci_yaml
from ...world.dice import sha1_like
from ...world.nouns import Pipeline, Project
from ...world.people import PEOPLE
from ..answers import ApiError, json_answer, not_found, parsed_time
from ..auth import READS
from ..call import Call
from ..entities.commits import commit, commit_of
from ..entities.pipelines import pipeline_basic
from ..handlers import read
from ..paging import offset_page
from .running import open_branches

_RAW_SCOPES = READS | {"read_repository"}


def _branch(call: Call, project: Project, name: str) -> dict[str, Any]:
    default = name == project.default_branch
    latest = _latest(call, project, name)
    born = call.server.world.start
    tip = (
        commit_of(call, latest)
        if latest
        else commit(call, project, sha1_like(project.path, name), "Start the branch", PEOPLE[0], born)
    )
    return {
        "name": name,
        "commit": tip,
        "merged": False,
        "protected": default,
        "developers_can_push": False,
        "developers_can_merge": default,
        "can_push": True,
        "default": default,
        "web_url": f"{call.base}/{project.path}/-/tree/{name}",
    }


def _latest(call: Call, project: Project, ref: str) -> Pipeline | None:
    recent = call.timeline.pipelines(project.index, call.now, call.now - 14 * 86400)
    return next((one for one in recent if one.ref == ref), None)


def branches(call: Call) -> Response:
    project, search = call.project(), call.query.get("search", "")
    names = [name for name in open_branches(call, project) if search.lower().strip("^$") in name.lower()]
    return offset_page(call, sorted(names), lambda name: _branch(call, project, name))


def show_branch(call: Call) -> dict[str, Any]:
    project, name = call.project(), call.text("branch")
    if name not in open_branches(call, project):
        raise not_found("Branch")
    return _branch(call, project, name)


def commits(call: Call) -> Response:
    """The commits that pipelines ran for, newest first."""
    project = call.project()
    ref = call.query.get("ref_name", project.default_branch)
    since, until = call.query.get("since"), call.query.get("until")
    rows: dict[str, Pipeline] = {}
    for one in call.timeline.pipelines(project.index, call.now, parsed_time(since, "since") if since else 0.0):
        if one.ref == ref and (until is None or one.created_at <= parsed_time(until, "until")):
            rows.setdefault(one.sha, one)
    return offset_page(call, list(rows.values()), lambda one: commit_of(call, one))


def show_commit(call: Call) -> dict[str, Any]:
    project, sha = call.project(), call.text("sha")
    for one in call.timeline.pipelines(project.index, call.now):
        if (len(sha) >= 7 and one.sha.startswith(sha)) or one.ref == sha:
            body = commit_of(call, one)
            stats = {"additions": 41, "deletions": 12, "total": 53}
            last = pipeline_basic(call, one)
            return body | {"stats": stats, "status": last["status"], "project_id": project.id, "last_pipeline": last}
    raise not_found("Commit")


def raw_file(call: Call) -> Response:
    project, path = call.project(), call.text("path")
    ref = call.query.get("ref", "HEAD")
    if ref not in ("HEAD", *open_branches(call, project)) and not _known(call, project, ref):
        raise ApiError(404, {"message": "404 Commit Not Found"})
    content = _files(project).get(path)
    if content is None:
        raise ApiError(404, {"message": "404 File Not Found"})
    digest = hashlib.sha256(content).hexdigest()
    headers = {
        "X-Gitlab-Blob-Id": digest[:40],
        "X-Gitlab-Commit-Id": sha1_like(project.path, ref),
        "X-Gitlab-Last-Commit-Id": sha1_like(project.path, ref),
        "X-Gitlab-Size": str(len(content)),
        "X-Gitlab-Content-Sha256": digest,
        "X-Gitlab-File-Path": path,
    }
    return Response(content, headers=headers, media_type="text/plain")


def _known(call: Call, project: Project, sha: str) -> bool:
    return len(sha) >= 7 and any(
        one.sha.startswith(sha) or one.ref == sha for one in call.timeline.pipelines(project.index, call.now)
    )


def _files(project: Project) -> dict[str, bytes]:
    return {
        ".gitlab-ci.yml": ci_yaml(project).encode(),
        "README.md": f"# {project.name}\n\n{project.description}.\n".encode(),
    }


def tree(call: Call) -> Response:
    return json_answer(
        [
            {"id": sha1_like(name), "name": name, "type": "blob", "path": name, "mode": "100644"}
            for name in sorted(_files(call.project()))
        ]
    )


_REPOSITORY = "/projects/{id}/repository"
ROUTES = [
    Route(f"{_REPOSITORY}/branches", read(branches)),
    Route(f"{_REPOSITORY}/branches/{{branch}}", read(show_branch)),
    Route(f"{_REPOSITORY}/commits", read(commits)),
    Route(f"{_REPOSITORY}/commits/{{sha}}", read(show_commit)),
    Route(f"{_REPOSITORY}/tree", read(tree)),
    Route(f"{_REPOSITORY}/files/{{path}}/raw", read(raw_file, scopes=_RAW_SCOPES)),
]
