"""Commits and branches."""

from typing import Any

from ...world.dice import sha1_like
from ...world.nouns import Pipeline, Project, User
from ..answers import iso
from ..call import Call

Body = dict[str, Any]


def commit_of(call: Call, pipeline: Pipeline) -> Body:
    """The commit that a pipeline ran for."""
    return commit(call, pipeline.project, pipeline.sha, pipeline.title, pipeline.user, pipeline.created_at - 8)


def commit(call: Call, project: Project, sha: str, title: str, author: User, at: float) -> Body:
    when, email = iso(at), f"{author.username}@llm.example"
    return {
        "id": sha,
        "short_id": sha[:8],
        "created_at": when,
        "parent_ids": [sha1_like(sha, "parent")],
        "title": title,
        "message": f"{title}\n",
        "author_name": author.name,
        "author_email": email,
        "authored_date": when,
        "committer_name": author.name,
        "committer_email": email,
        "committed_date": when,
        "trailers": {},
        "extended_trailers": {},
        "web_url": f"{call.base}/{project.path}/-/commit/{sha}",
    }
