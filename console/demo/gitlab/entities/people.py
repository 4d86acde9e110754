"""Users, groups and namespaces."""

from typing import Any

from ...world.nouns import User
from ..call import GROUP, Call

Body = dict[str, Any]


def user_basic(call: Call, user: User) -> Body:
    return {
        "id": user.id,
        "username": user.username,
        "public_email": "",
        "name": user.name,
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{call.base}/{user.username}",
    }


def user(call: Call, who: User) -> Body:
    return user_basic(call, who) | {
        "created_at": "2023-02-06T08:12:44.120Z",
        "bio": "",
        "location": "",
        "linkedin": "",
        "twitter": "",
        "discord": "",
        "website_url": "",
        "github": "",
        "job_title": "",
        "pronouns": None,
        "organization": "",
        "bot": who.username.endswith("-bot"),
        "work_information": None,
        "local_time": None,
    }


def group_path(project_path: str) -> str:
    return project_path.rpartition("/")[0]


def group_id(path: str) -> int:
    """Ids of groups: the fleet's own is 70, subgroups follow."""
    subgroups = ("infra", "models", "services", "tools")
    name = path.rpartition("/")[2]
    return 71 + subgroups.index(name) if name in subgroups else 70


def group(call: Call, path: str) -> Body:
    name = path.rpartition("/")[2]
    return {
        "id": group_id(path),
        "web_url": f"{call.base}/groups/{path}",
        "name": name,
        "path": name,
        "description": "",
        "visibility": "private",
        "full_name": path.replace("/", " / "),
        "full_path": path,
        "created_at": "2023-02-06T08:20:00.000Z",
        "parent_id": 70 if path != GROUP else None,
        "archived": False,
        "avatar_url": None,
        "default_branch": None,
        "shared_runners_setting": "enabled",
    }


def namespace(call: Call, path: str) -> Body:
    name = path.rpartition("/")[2]
    return {
        "id": group_id(path),
        "name": name,
        "path": name,
        "kind": "group",
        "full_path": path,
        "parent_id": 70 if path != GROUP else None,
        "avatar_url": None,
        "web_url": f"{call.base}/groups/{path}",
    }
