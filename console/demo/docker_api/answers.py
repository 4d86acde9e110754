"""The engine's answers: JSON, and refusals with their one `message`."""

from datetime import UTC, datetime
from math import inf
from typing import Any

import msgspec
from starlette.responses import Response

NEVER = "0001-01-01T00:00:00Z"
"""Go's zero time: what has not happened."""


class ApiError(Exception):
    """A refusal: its HTTP status and the engine's words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message

    @property
    def response(self) -> Response:
        """The refusal as it is sent."""
        return json({"message": self.message}, self.status)


def json(body: Any, status: int = 200) -> Response:
    """A body as the engine sends it: with a newline after it."""
    return Response(msgspec.json.encode(body) + b"\n", status, media_type="application/json")


def nano(t: float) -> str:
    """RFC 3339 with nanoseconds in UTC, of Unix seconds; infinite is Go's zero time."""
    if t in (inf, -inf):
        return NEVER
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


def ago(seconds: float) -> str:
    """A length of time as the engine tells it: `About an hour`, `3 days`. Source: docker/go-units, duration.go."""
    if seconds < 1:
        return "Less than a second"
    if seconds < 60:
        return "1 second" if int(seconds) == 1 else f"{int(seconds)} seconds"
    minutes, hours = int(seconds / 60), int(seconds / 3600 + 0.5)
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    for unit, length, most in (("days", 24, 14), ("weeks", 168, 8.6), ("months", 720, 24.3)):
        if hours < length * most:
            return f"{int(hours / length)} {unit}"
    return f"{int(hours / 8760)} years"
