"""Answers in which any one part is something else than it should be: an answer or a SourceError, never a crash."""

import copy
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from console.ports import SourceError
from console.sources.gitlab import GitLabSource
from tests.sources.gitlab.lab import PIPELINE, PROJECT, Lab, connection, data, job_row, pipeline_row, project_row

INSTEAD: tuple[Any, ...] = (
    None,
    "",
    "\u202ex\x1b[31m\x00",
    0,
    -1,
    1.5,
    1e308,
    10**30,
    True,
    [],
    {},
    [None],
    {"a": [1]},
)

RUNNER = {
    "id": "gid://gitlab/Ci::Runner/1",
    "status": "ONLINE",
    "tagList": ["a"],
    "managers": {"nodes": [{"version": "1"}]},
}
GRAPHQL_JOB = {
    "id": "gid://gitlab/Ci::Build/3",
    "kind": "BRIDGE",
    "needs": {"nodes": [{"name": "a"}]},
    "stage": {"name": "b"},
    "runner": {"id": "gid://gitlab/Ci::Runner/1"},
    "downstreamPipeline": {"id": "gid://gitlab/Ci::Pipeline/3"},
}
DEPLOYMENT = {
    "id": 1,
    "environment": {"id": 1, "name": "x"},
    "created_at": "2026-03-01T10:00:00Z",
    "deployable": {"id": 5, "status": "success", "pipeline": {"id": 6}},
}
REPORT = {
    "test_suites": [
        {"name": "a", "total_time": 1, "test_cases": [{"name": "b", "status": "failed", "system_output": {"m": "x"}}]}
    ]
}
COUNTS = {"test_suites": [{"name": "a", "total_count": 1, "build_ids": [1]}]}

Case = tuple[str | None, Any, Callable[[GitLabSource], Awaitable[object]]]
CASES: dict[str, Case] = {
    "fleet": (
        None,
        data(group={"projects": connection([project_row(1, "llm/a", [pipeline_row(2)])], "NEXT", count=1)}),
        lambda source: source.fleet(),
    ),
    "pipelines": (
        None,
        data(project={"pipelines": connection([pipeline_row(2)])}),
        lambda source: source.pipelines(PROJECT),
    ),
    "pipeline jobs": (
        None,
        data(project={"pipeline": {"jobs": connection([GRAPHQL_JOB])}}),
        lambda source: source.pipeline_jobs(PROJECT, PIPELINE),
    ),
    "runners": (
        None,
        data(runners=connection([RUNNER]), group={"runners": connection([RUNNER])}),
        lambda source: source.runners(),
    ),
    "jobs": ("projects/7/jobs", [job_row(1)], lambda source: source.jobs(PROJECT)),
    "environments": (
        "projects/7/environments",
        [{"id": 1, "name": "a", "external_url": "https://x"}],
        lambda source: source.environments(PROJECT),
    ),
    "deployments": ("projects/7/deployments", [DEPLOYMENT], lambda source: source.deployments(PROJECT)),
    "tests": ("projects/7/pipelines/90/test_report", REPORT, lambda source: source.tests(7, 90)),
    "test counts": ("projects/7/pipelines/90/test_report_summary", COUNTS, lambda source: source.test_counts(7, 90)),
    "errors": (
        "projects/7/jobs",
        {"error": "a", "error_description": "b", "message": {"base": ["c", {"d": "e"}]}, "scope": "f"},
        lambda source: source.jobs(PROJECT),
    ),
    "graphql errors": (
        None,
        {"data": {"project": None}, "errors": [{"message": "a", "extensions": {}}]},
        lambda source: source.pipelines(PROJECT),
    ),
    "token": (
        "personal_access_tokens/self",
        {"name": "a", "scopes": ["api"], "active": True, "expires_at": "2026-03-31", "expires_in": 5},
        lambda source: source.examine(),
    ),
    "version": ("metadata", {"version": "18.9", "revision": "a"}, lambda source: source.version()),
}


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload, the whole of it too."""
    yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*here, key))


def changed(payload: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy of the payload with something else at a place."""
    if not place:
        return value
    made = copy.deepcopy(payload)
    at = made
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return made


@pytest.mark.parametrize("case", CASES)
async def test_whatever_stands_in_any_place_is_an_answer_or_one_kind_of_error(lab: Lab, case: str) -> None:
    path, payload, ask = CASES[case]
    status = 400 if case == "errors" else 200
    lab.routes["projects/7/pipelines/90/jobs"] = []
    lab.routes["personal_access_tokens/self"] = {}
    answered = 0
    refusals: list[str] = []
    for place in places(payload):
        for value in INSTEAD:
            body = json.dumps(changed(payload, place, value))
            reply = httpx.Response(status, content=body, headers={"Content-Type": "application/json"})
            lab.graphql = [reply if path is None else data(currentUser=None)]
            if path is not None:
                lab.routes[path] = reply
            try:
                await ask(lab.source())
                answered += 1
            except SourceError as error:
                refusals.append(str(error))
    assert refusals or case in ("token", "version")
    assert answered or case in ("errors", "graphql errors")
    assert all(text.isprintable() for text in refusals)


@pytest.mark.parametrize("depth", [50, 500, 900, 100_000])
async def test_no_depth_of_nesting_is_too_deep(lab: Lab, depth: int) -> None:
    body = b'{"message": ' + b"[" * depth + b"]" * depth + b"}"
    for status in (200, 400):
        lab.routes["projects/7/jobs"] = httpx.Response(status, content=body)
        with pytest.raises(SourceError):
            await lab.source().jobs(PROJECT)


async def test_numbers_of_any_length_are_borne(lab: Lab) -> None:
    for digits in (30, 400, 5_000):
        for body in (f'{{"message": {"9" * digits}}}', f'[{{"id": {"9" * digits}}}]', f'[{{"id": 1e{"9" * digits}}}]'):
            for status in (200, 400):
                lab.routes["projects/7/jobs"] = httpx.Response(status, content=body.encode())
                with pytest.raises(SourceError):
                    await lab.source().jobs(PROJECT)


ASKED: tuple[Callable[[GitLabSource], Awaitable[object]], ...] = (
    lambda source: source.jobs(PROJECT),
    lambda source: source.log(7, 3, offset=-5),
    lambda source: source.log(7, 3),
    lambda source: source.project(7),
)
HEADERS = (
    "Link",
    "X-Next-Page",
    "Retry-After",
    "RateLimit-Remaining",
    "RateLimit-Limit",
    "RateLimit-Reset",
    "Date",
    "Content-Range",
    "Content-Type",
    "Location",
)


@pytest.mark.parametrize("name", HEADERS)
async def test_whatever_stands_in_a_header_is_borne(lab: Lab, name: str) -> None:
    """A superscript two is a digit to Python, and no number."""
    odd = (b"", b"\xb2", b"-1", b"9" * 5_000, b"\xff\xfe", b"<>; rel=next", b"bytes 5-/x", b"https://[", b"//", b"Mon")
    for value in odd:
        for status in (200, 206, 302, 416, 429, 503):
            reply = httpx.Response(status, content=b"[]", headers=[(name.encode(), value)])
            lab.routes["projects/7/jobs"] = lab.routes["projects/7"] = lab.routes["projects/7/jobs/3/trace"] = reply
            source = lab.source()
            for ask in ASKED:
                with suppress(SourceError):
                    await ask(source)
            assert source.requests_left is None or source.requests_left >= 0
    lab.requests.clear()  # where a Location led is not for the document to judge
