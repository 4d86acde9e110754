"""One request, with what its handler needs to answer it."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import QueryParams
from starlette.requests import Request

from ..world.nouns import Job, Pipeline, Project
from ..world.timeline import Timeline
from ..world.world import World
from .answers import ApiError, bad_request, not_found, parsed_time
from .auth import Token
from .records import Records

GROUP = "llm"


@dataclass(frozen=True, slots=True)
class Server:
    """What all requests share."""

    world: World
    records: Records
    """What was written through the API and has no place in the world's time line."""


@dataclass
class Call:
    """A request that came with a good token, at a moment."""

    server: Server
    request: Request
    token: Token
    now: float
    body: bytes = field(default=b"", repr=False)

    @property
    def timeline(self) -> Timeline:
        return self.server.world.timeline

    @property
    def query(self) -> QueryParams:
        return self.request.query_params

    @property
    def path(self) -> str:
        return str(self.request.scope["path"])

    @cached_property
    def base(self) -> str:
        """The address the client uses for us, without a slash at the end."""
        return f"{self.request.url.scheme}://{self.request.headers.get('host', 'localhost')}"

    def text(self, name: str) -> str:
        """A part of the path, decoded."""
        return unquote(str(self.request.path_params[name]))

    def number(self, name: str) -> int:
        text = self.text(name)
        if not text.isdigit():
            raise bad_request(f"{name} is invalid")
        return int(text)

    def flag(self, name: str, default: bool = False) -> bool:
        text = self.query.get(name)
        if text is None:
            return default
        if text.lower() not in ("true", "false", "1", "0", "t", "f"):
            raise bad_request(f"{name} is invalid")
        return text.lower() in ("true", "1", "t")

    def choice(self, name: str, allowed: frozenset[str]) -> str | None:
        """A parameter that is one of these words; None when it is not given."""
        text = self.query.get(name)
        if text is not None and text not in allowed:
            raise bad_request(f"{name} does not have a valid value")
        return text

    def moment(self, name: str) -> float | None:
        """A parameter that is a time, in unix seconds; None when it is not given."""
        text = self.query.get(name)
        return None if text is None else parsed_time(text, name)

    def many(self, name: str, allowed: frozenset[str]) -> frozenset[str]:
        """All values of `name[]=a&name[]=b` or `name=a`; empty: not given."""
        found = frozenset([*self.query.getlist(f"{name}[]"), *self.query.getlist(name)])
        if not found <= allowed:
            raise bad_request(f"{name} does not have a valid value")
        return found

    def given(self) -> dict[str, Any]:
        """The body, JSON or a form, together with the query."""
        from_query: dict[str, Any] = dict(self.query)
        if not self.body:
            return from_query
        if "json" in self.request.headers.get("content-type", ""):
            try:
                found = json.loads(self.body)
            except ValueError:
                raise bad_request("The request body is not valid JSON") from None
            return from_query | (found if isinstance(found, dict) else {})
        return from_query | dict(QueryParams(self.body.decode("utf-8", "replace")))

    def project(self, name: str = "id") -> Project:
        found = self.find_project(self.text(name))
        if found is None:
            raise not_found("Project")
        return found

    def find_project(self, text: str) -> Project | None:
        """By id or full path."""
        return self.server.records.project(text)

    def pipeline(self) -> Pipeline:
        project, number = self.project(), self.number("pipeline_id")
        found = self.timeline.pipeline(number, self.now)
        if found is None or found.project.id != project.id:
            raise not_found()
        return found

    def whole(self, bare: Pipeline) -> Pipeline:
        """The pipeline with its jobs, of which a part was at hand."""
        found = self.timeline.pipeline(bare.id, self.now)
        assert found is not None, "what was listed exists"
        return found

    def job(self) -> tuple[Pipeline, Job]:
        project, number = self.project(), self.number("job_id")
        found = self.timeline.job(number, self.now)
        if found is None or found[0].project.id != project.id:
            raise not_found()
        return found

    def required(self, name: str) -> Any:
        found = self.given().get(name)
        if found in (None, ""):
            raise ApiError(400, {"error": f"{name} is missing"})
        return found
