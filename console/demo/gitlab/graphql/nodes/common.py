"""Global ids, statuses and users, which many nodes have."""

from typing import Any

from ....world.people import USERS
from ...call import Call
from ...entities.pipelines import detailed_status


def gid(kind: str, number: object) -> str:
    """A global id."""
    return f"gid://gitlab/{kind}/{number}"


def tail(global_id: str) -> int:
    """The number at the end of a global id; -1 when there is none."""
    text = global_id.rpartition("/")[2]
    return int(text) if text.isdigit() else -1


def status_node(state: str, path: str, kind: str, number: object) -> dict[str, Any]:
    body = detailed_status(state, path)
    return {
        "id": f"{state}-{number}-{number}",
        "name": state.upper(),
        **{name: body[name] for name in ("label", "group", "icon", "text", "tooltip", "favicon")},
        "details_path": path,
        "has_details": True,
    }


def user_node(call: Call, number: int) -> dict[str, Any]:
    one = USERS[number]
    return {
        "id": gid("User", one.id),
        "username": one.username,
        "name": one.name,
        "state": "active",
        "bot": one.username.endswith("-bot"),
        "web_url": f"{call.base}/{one.username}",
    }
