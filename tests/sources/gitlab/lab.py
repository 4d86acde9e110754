"""A scripted GitLab for the source's tests: answers by route, and everything that was asked kept for a look."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import httpx
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from console.model.pipelines import Pipeline, Project, Status
from console.sources.gitlab import GitLabSource

HOST = "https://gitlab.example"
TOKEN = "glpat-very-secret-token"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PROJECT = Project(7, "llm/agent-brain", f"{HOST}/llm/agent-brain", "main")
PIPELINE = Pipeline(90, 12, 7, "main", "c0ffee", Status.RUNNING, "push", NOW)

Reply: TypeAlias = httpx.Response | list[Any] | dict[str, Any] | Exception
Route: TypeAlias = Reply | Callable[[httpx.Request], Reply]


class Lab:
    """Routes are the path below /api/v4 as sent, with escapes; a list of replies in `replies` is used up in order."""

    def __init__(self, root: str = "") -> None:
        self.root = root
        self.requests: list[httpx.Request] = []
        self.routes: dict[str, Route] = {"metadata": {"version": "18.9.1-ee", "revision": "abc"}}
        self.graphql: list[Route] = []
        """Replies to GraphQL in order; the last one stays."""
        self.elsewhere: dict[str, Route] = {}
        """Replies of other hosts, by name."""

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What was asked of GraphQL: query and variables."""
        return [json.loads(one.content) for one in self.requests if one.url.path.endswith("/api/graphql")]

    def distinct(self, host: str) -> list[httpx.Request]:
        """The requests to one host, each once: tests that ask thousands of times ask the same."""
        found = {(one.method, str(one.url)): one for one in self.requests if one.url.host == host}
        return list(found.values())

    def paths(self) -> list[str]:
        """What was asked of REST, below /api/v4, with the query."""
        start = f"{self.root}/api/v4/"
        found = [one.url.raw_path.decode() for one in self.requests]
        return [path.removeprefix(start) for path in found if path.startswith(start)]

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        path = request.url.raw_path.decode().partition("?")[0].removeprefix(self.root)
        route: Route
        if request.url.host in self.elsewhere:
            route = self.elsewhere[request.url.host]
        elif path == "/api/graphql" and self.graphql:
            route = self.graphql.pop(0) if len(self.graphql) > 1 else self.graphql[0]
        else:
            route = self.routes.get(path.removeprefix("/api/v4/"), not_found())
        reply = route(request) if callable(route) else route
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, httpx.Response) else httpx.Response(200, json=reply)

    def source(self, **options: Any) -> GitLabSource:
        """A source that asks this GitLab."""
        settings: dict[str, Any] = {"groups": ("llm",), "clock": lambda: NOW, **options}
        token = settings.pop("token", lambda: TOKEN)
        settings.setdefault("transport", httpx.MockTransport(self.handle))
        return GitLabSource(HOST + self.root, token, adapter=Bridge(self), **settings)


class Bridge(BaseAdapter):
    """Leads requests, which python-gitlab sits on, to the same routes."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self.lab = lab

    def send(self, request: requests.PreparedRequest, *args: object, **options: object) -> requests.Response:
        """The lab's answer as one of requests'; httpx's failures as requests'."""
        assert request.url
        assert request.method
        try:
            found = self.lab.handle(httpx.Request(request.method, request.url, headers=dict(request.headers)))
        except httpx.TimeoutException as error:
            raise requests.exceptions.ReadTimeout(request=request) from error
        except httpx.TransportError as error:
            raise requests.exceptions.ConnectionError(request=request) from error
        answer = requests.Response()
        answer.status_code = found.status_code
        answer.headers = CaseInsensitiveDict(found.headers)
        answer.url = request.url
        answer.request = request
        answer._content = found.read()
        return answer

    def close(self) -> None:
        """Nothing is open."""


def not_found() -> httpx.Response:
    """GitLab's router: no such path."""
    return httpx.Response(404, json={"error": "404 Not Found"})


def data(score: int = 40, limit: int = 250, **fields: Any) -> dict[str, Any]:
    """A GraphQL answer."""
    return {"data": {"queryComplexity": {"score": score, "limit": limit}, **fields}}


def errors(*messages: str) -> dict[str, Any]:
    """A GraphQL answer of nothing but errors."""
    return {"errors": [{"message": message, "locations": [{"line": 1, "column": 1}]} for message in messages]}


def connection(rows: list[Any], onward: str | None = None, **fields: Any) -> dict[str, Any]:
    """One page of a GraphQL connection."""
    return {"nodes": rows, "pageInfo": {"hasNextPage": onward is not None, "endCursor": onward}, **fields}


def pipeline_row(number: int, **fields: Any) -> dict[str, Any]:
    """A pipeline as GraphQL tells it."""
    return {
        "id": f"gid://gitlab/Ci::Pipeline/{number}",
        "iid": str(number % 100),
        "status": "SUCCESS",
        "ref": "main",
        "sha": "c0ffee",
        "source": "push",
        "name": None,
        "duration": 300,
        "queuedDuration": 2.5,
        "createdAt": "2026-03-01T10:00:00Z",
        "updatedAt": "2026-03-01T10:06:00Z",
        "startedAt": "2026-03-01T10:00:10Z",
        "finishedAt": "2026-03-01T10:06:00Z",
        "failureReason": None,
        "user": {"username": "ada"},
        **fields,
    }


def project_row(number: int, path: str, pipelines: list[Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A project as GraphQL tells it."""
    return {
        "id": f"gid://gitlab/Project/{number}",
        "fullPath": path,
        "webUrl": f"{HOST}/{path}",
        "archived": False,
        "repository": {"rootRef": "main"},
        "statistics": {"storageSize": 10.0, "repositorySize": 4.0, "buildArtifactsSize": 5.0},
        "pipelines": {"nodes": pipelines or []},
        **fields,
    }


def job_row(number: int, name: str = "build", **fields: Any) -> dict[str, Any]:
    """A job as REST tells it."""
    return {
        "id": number,
        "name": name,
        "stage": "build",
        "status": "success",
        "ref": "main",
        "pipeline": {"id": PIPELINE.id, "project_id": PROJECT.id},
        "created_at": "2026-03-01T10:00:00.000Z",
        "started_at": "2026-03-01T10:00:05.000Z",
        "finished_at": "2026-03-01T10:01:05.250Z",
        "duration": 60.25,
        "queued_duration": 1.5,
        "allow_failure": False,
        "tag_list": ["docker"],
        "user": {"username": "ada"},
        "runner": {"id": 3, "description": "runner-3"},
        "web_url": f"{HOST}/llm/agent-brain/-/jobs/{number}",
        **fields,
    }


def json_of(request: httpx.Request) -> Mapping[str, Any]:
    """The body of a request."""
    found: Mapping[str, Any] = json.loads(request.content)
    return found
