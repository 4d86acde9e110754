"""Jobs, their logs, and what one can do to them."""

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from ...world.nouns import Job, Pipeline, Project
from ...world.states import jobs_at, status
from ...world.traces.trace import trace
from ..answers import bad_request, not_found
from ..call import Call
from ..deeds import cancel_job, erase_job, play_job, retry_job
from ..entities.jobs import job, job_basic
from ..handlers import read, write
from ..paging import keyset_page, offset_page
from .pipelines import STATUSES

MOST_LOG_BYTES = 512_000
Row = tuple[Pipeline, Job]


def list_jobs(call: Call) -> Response:
    """All jobs of the project, newest first; retried runs are among them."""
    project, wanted = call.project(), call.many("scope", STATUSES)
    if call.query.get("pagination") == "keyset":
        rows = _rows(call, project, wanted)
        if call.query.get("sort") == "asc":
            rows = reversed(list(rows))
        return keyset_page(call, rows, lambda row: row[1].id, lambda row: job(call, *row))
    return offset_page(call, _rows(call, project, wanted), lambda row: job(call, *row))


def _rows(call: Call, project: Project, wanted: frozenset[str]) -> Iterator[Row]:
    for pipeline in call.timeline.pipelines(project.index, call.now):
        for one in sorted(jobs_at(pipeline, call.now), key=lambda one: -one.id):
            if not one.spec.triggers and (not wanted or status(one, call.now) in wanted):
                yield pipeline, one


def show(call: Call) -> dict[str, Any]:
    return job(call, *call.job())


def log(call: Call) -> Response:
    """Plain text, whole or a part: by `byte_offset` and `byte_limit`, or by the Range header."""
    pipeline, one = call.job()
    if one.erased_at <= call.now:
        raise not_found()
    text = trace(call.server.world, pipeline, one, call.now)
    kind = "text/plain"
    if "byte_offset" in call.query or "byte_limit" in call.query:
        offset, limit = _bytes(call, "byte_offset", 0), _bytes(call, "byte_limit", MOST_LOG_BYTES)
        if limit > MOST_LOG_BYTES:
            raise bad_request("byte_limit does not have a valid value")
        return Response(text.read(min(offset, text.size), limit), media_type=kind)
    asked = call.request.headers.get("range")
    if asked is None:
        return Response(text.read(), media_type=kind)
    span = _range(asked, text.size)
    if span is None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{text.size}"}, media_type=kind)
    first, last = span
    headers = {"Content-Range": f"bytes {first}-{last}/{text.size}", "Accept-Ranges": "bytes"}
    return Response(text.read(first, last - first + 1), 206, headers, kind)


def _bytes(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdigit():
        raise bad_request(f"{name} is invalid")
    return int(text)


def _range(text: str, size: int) -> tuple[int, int] | None:
    """(first, last) byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`; None when that is not in the log."""
    unit, _, span = text.partition("=")
    first, dash, last = span.partition("-")
    if unit.strip() != "bytes" or not dash or not (first + last).isdigit():
        return None
    if not first:
        return (max(0, size - int(last)), size - 1) if size and int(last) else None
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if int(first) <= end else None


def retry(call: Call) -> dict[str, Any]:
    return job(call, *retry_job(call, *call.job()))


def cancel(call: Call) -> dict[str, Any]:
    return job(call, *cancel_job(call, *call.job()))


def play(call: Call) -> dict[str, Any]:
    return job_basic(call, *play_job(call, *call.job()))


def erase(call: Call) -> dict[str, Any]:
    return job(call, *erase_job(call, *call.job()))


_ONE = "/projects/{id}/jobs/{job_id}"
ROUTES = [
    Route("/projects/{id}/jobs", read(list_jobs)),
    Route(_ONE, read(show)),
    Route(f"{_ONE}/trace", read(log)),
    Route(f"{_ONE}/retry", write(retry), methods=["POST"]),
    Route(f"{_ONE}/cancel", write(cancel), methods=["POST"]),
    Route(f"{_ONE}/play", write(play, status=200), methods=["POST"]),
    Route(f"{_ONE}/erase", write(erase), methods=["POST"]),
]
