"""`/containers/json`, `/containers/{id}/json` and `/containers/{id}/restart`."""

import re
from math import inf

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from console.demo.docker_api.answers import ApiError, json
from console.demo.docker_api.asked import Filters, filters, flag, labelled, number, one_of
from console.demo.docker_api.engine import Engine, Live
from console.demo.docker_api.images import image_id
from console.demo.docker_api.networks import network_id
from console.demo.docker_api.shapes import inspected, summary

_FILTERS = frozenset(
    ("ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name", "network",
     "publish", "since", "status", "volume")
)  # fmt: skip
_STATES = ("created", "running", "paused", "restarting", "removing", "exited", "dead")


class Containers:
    """Lists, describes and restarts the engine's containers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def list(self, request: Request) -> Response:
        """Running containers, or all; newest first."""
        asked = filters(request, _FILTERS)
        _check_states(asked)
        limit = number(request, "limit", -1)
        everything = flag(request, "all") or limit > 0 or "status" in asked or "exited" in asked
        found = [
            one for one in self.engine.containers() if everything or one.state in ("running", "paused", "restarting")
        ]
        chosen = [one for one in found if self._passes(one, asked)]
        size = flag(request, "size")
        return json([summary(one, size) for one in (chosen[:limit] if limit > 0 else chosen)])

    def _passes(self, one: Live, asked: Filters) -> bool:
        noun = one.noun
        return (
            labelled(asked, one.labels)
            and ("id" not in asked or any(one.id.startswith(wanted) for wanted in asked["id"]))
            and ("name" not in asked or any(_named(wanted, noun.name) for wanted in asked["name"]))
            and one_of(asked, "status", one.state)
            and one_of(asked, "health", "none")
            and one_of(asked, "exited", str(one.exit_code) if one.finished_at < inf else "")
            and one_of(asked, "ancestor", noun.image, noun.image.rpartition(":")[0], image_id(noun.image))
            and one_of(asked, "network", one.network, network_id(one.network))
            and one_of(asked, "is-task", "true" if noun.service else "false")
            and one_of(asked, "volume")
            and all(_has_port(wanted, noun.ports) for key in ("expose", "publish") for wanted in asked.get(key, []))
            and all(noun.created_at < self.engine.find(other).noun.created_at for other in asked.get("before", []))
            and all(noun.created_at > self.engine.find(other).noun.created_at for other in asked.get("since", []))
        )

    async def inspect(self, request: Request) -> Response:
        """Everything about one container."""
        return json(inspected(self.engine.find(request.path_params["id"])))

    async def restart(self, request: Request) -> Response:
        """Stop and start it; the answer comes when it runs again."""
        await run_in_threadpool(self.engine.restart, request.path_params["id"])
        return Response(status_code=204)


def _named(wanted: str, name: str) -> bool:
    """Names are matched as regular expressions, anywhere, with and without the slash."""
    try:
        return bool(re.search(wanted, name) or re.search(wanted, f"/{name}"))
    except re.error:
        return wanted in name


def _has_port(wanted: str, ports: tuple[int, ...]) -> bool:
    return wanted.partition("/")[0] in map(str, ports)


def _check_states(asked: Filters) -> None:
    for state in asked.get("status", []):
        if state not in _STATES:
            raise ApiError(400, f"invalid filter 'status={state}'")
