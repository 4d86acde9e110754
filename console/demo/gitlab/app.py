"""GitLab as one ASGI app: REST under /api/v4, GraphQL at /api/graphql, faults at /__demo/faults."""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..clock import Clock
from ..faults import Faults
from ..sabotage import Sabotage
from ..world.world import World
from .answers import json_answer
from .call import Server
from .graphql.endpoint import graphql
from .handlers import QUOTA, Quota
from .records import Records
from .rest.routes import ROUTES

RETRY_AFTER = 3


def gitlab_app(world: World, clock: Clock, faults: Faults) -> ASGIApp:
    """The server of this world. `faults` may change while it runs."""
    app = Starlette(
        routes=[
            Mount("/api/v4", routes=ROUTES),
            Route("/api/graphql", graphql, methods=["POST"]),
            Route("/{rest:path}", _unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]),
        ],
        exception_handlers={404: _unknown, 405: _unknown},
    )
    app.state.server = Server(world, Records(world))
    app.state.clock = clock
    app.state.faults = faults
    app.state.quota = Quota()
    return RawPath(Switchboard(Sabotage(TooMany(app, faults, clock), faults, "gitlab-down", _failure), faults))


async def _unknown(request: Request, error: Exception | None = None) -> Response:
    return json_answer({"error": "404 Not Found"}, 404)


def _failure() -> Response:
    return json_answer({"message": "500 Internal Server Error"}, 500)


@dataclass(frozen=True, slots=True)
class RawPath:
    """Routes by the path as it was sent, since `llm%2Fagent-brain` is one part of it and not two."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("raw_path"):
            scope = {**scope, "path": scope["raw_path"].decode("ascii", "replace").partition("?")[0]}
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Switchboard:
    """`GET` and `POST /__demo/faults` with `{"faults": [...]}`: works whatever fault is on."""

    app: ASGIApp
    faults: Faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/__demo/faults":
            await (await self._answer(Request(scope, receive)))(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                wanted = await request.json()
                self.faults.set(wanted["faults"])
            except (ValueError, KeyError, TypeError) as error:
                return json_answer({"error": str(error)}, 400)
        return json_answer({"faults": sorted(self.faults.active)})


@dataclass(frozen=True, slots=True)
class TooMany:
    """The two ways in which GitLab says that it was asked too often."""

    app: ASGIApp
    faults: Faults
    clock: Clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        active = self.faults.active
        if scope["type"] != "http" or not active & {"429", "429-app"}:
            await self.app(scope, receive, send)
        elif "429" in active:
            await self._throttled()(scope, receive, send)
        else:
            text = "This endpoint has been requested too many times. Try again later."
            await json_answer({"message": {"error": text}}, 429)(scope, receive, send)

    def _throttled(self) -> Response:
        headers = {
            "Retry-After": str(RETRY_AFTER),
            "RateLimit-Limit": str(QUOTA),
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Observed": str(QUOTA + 1),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(int(self.clock.now()) + RETRY_AFTER),
        }
        return PlainTextResponse("Retry later\n", 429, headers)
