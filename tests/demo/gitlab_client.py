"""The simulated GitLab without a socket: one world at a fixed moment."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp

from console.demo.clock import FixedClock
from console.demo.faults import Faults
from console.demo.gitlab.app import gitlab_app
from console.demo.gitlab.auth import TOKEN
from console.demo.world.world import World

BASE = "http://gitlab.test"
NOON = 1_790_000_400.0
"""Monday, 21 September 2026, shortly after noon UTC."""


@dataclass(frozen=True)
class Http:
    """Requests to an ASGI app, each in an event loop of its own."""

    app: ASGIApp
    headers: dict[str, str]

    def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        async def one() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://gitlab.test", headers=self.headers
            ) as http:
                return await http.request(method, path, **rest)

        return asyncio.run(one())

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("GET", path, **rest)

    def post(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("POST", path, **rest)

    def put(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("PUT", path, **rest)


@dataclass
class Demo:
    """The app with a client that holds the full token."""

    world: World
    clock: FixedClock
    faults: Faults
    http: "Http"

    def get(self, path: str, **query: Any) -> Any:
        """The body of `GET /api/v4{path}`, which must be 200."""
        response = self.http.get(f"/api/v4{path}", params=query or None)
        assert response.status_code == 200, (path, response.text[:300])
        return response.json()

    def query(self, text: str, **variables: Any) -> Any:
        """The answer of one GraphQL query, with `data`, `errors` or both."""
        response = self.http.post("/api/graphql", json={"query": text, "variables": variables})
        assert response.status_code == 200, response.text[:300]
        return response.json()


def demo(projects: int = 17, seed: int = 7, start: float = NOON, token: str | None = TOKEN) -> Demo:
    clock, faults = FixedClock(start), Faults()
    world = World(projects, seed, start)
    headers = {"PRIVATE-TOKEN": token} if token else {}
    app = gitlab_app(world, clock, faults)
    return Demo(world, clock, faults, Http(app, headers))
