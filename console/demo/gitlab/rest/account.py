"""Who one is, and what server this is."""

from typing import Any

from starlette.routing import Route

from ...world.people import OPERATOR
from ..answers import iso
from ..call import Call
from ..entities.people import user
from ..handlers import read

VERSION, REVISION = "18.9.1-ee", "8f2c6a1b0de"
OLD_VERSION = "15.11.13-ee"
"""What the fault `old` says."""


def metadata(call: Call) -> dict[str, Any]:
    kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
    version = OLD_VERSION if "old" in call.request.app.state.faults.active else VERSION
    return {"version": version, "revision": REVISION, "kas": kas, "enterprise": True}


def version(call: Call) -> dict[str, Any]:
    return metadata(call)


def token_self(call: Call) -> dict[str, Any]:
    """The token itself: every token may ask, whatever its scopes."""
    start, token = call.server.world.start, call.token
    expires = iso(start + token.expires_in_days * 86400)
    return {
        "id": token.id,
        "name": token.name,
        "revoked": token.revoked,
        "created_at": iso(start - 40 * 86400),
        "description": "",
        "scopes": list(token.scopes),
        "user_id": OPERATOR.id,
        "last_used_at": iso(call.now),
        "active": token.active,
        "expires_at": expires[:10] if expires else None,
        "last_used_ips": ["127.0.0.1"],
    }


def current_user(call: Call) -> dict[str, Any]:
    return user(call, OPERATOR) | {
        "last_sign_in_at": iso(call.server.world.start - 3600),
        "confirmed_at": "2023-02-06T08:12:44.120Z",
        "last_activity_on": (iso(call.now) or "")[:10],
        "email": "operator@llm.example",
        "theme_id": 2,
        "color_scheme_id": 2,
        "projects_limit": 100_000,
        "current_sign_in_at": iso(call.now),
        "identities": [],
        "can_create_group": True,
        "can_create_project": True,
        "two_factor_enabled": True,
        "external": False,
        "private_profile": False,
        "commit_email": "operator@llm.example",
    }


ROUTES = [
    Route("/metadata", read(metadata)),
    Route("/version", read(version)),
    Route("/personal_access_tokens/self", read(token_self, scopes=frozenset())),
    Route("/user", read(current_user)),
]
