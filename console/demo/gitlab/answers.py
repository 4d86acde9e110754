"""What leaves the server: JSON, GitLab's error shapes, its way to write times."""

from datetime import UTC, datetime
from math import isinf
from typing import Any

import msgspec
from starlette.responses import Response


class ApiError(Exception):
    """A refusal: status and body as GitLab writes them."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    def response(self) -> Response:
        return json_answer(self.body, self.status, self.headers)


def not_found(what: str = "") -> ApiError:
    """Absent, or not visible to this token: GitLab says the same for both."""
    return ApiError(404, {"message": f"404 {what} Not Found" if what else "404 Not found"})


def bad_request(error: str) -> ApiError:
    return ApiError(400, {"error": error})


def forbidden(reason: str = "") -> ApiError:
    return ApiError(403, {"message": f"403 Forbidden - {reason}" if reason else "403 Forbidden"})


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def iso(t: float | None) -> str | None:
    """ISO 8601 in UTC with milliseconds; None for what has not happened (None or inf)."""
    if t is None or isinf(t):
        return None
    return datetime.fromtimestamp(round(t, 3), UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def parsed_time(text: str, name: str) -> float:
    """Unix seconds of an ISO 8601 time (a date counts from midnight UTC); raises ApiError 400 with the name."""
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        raise bad_request(f"{name} is invalid") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
