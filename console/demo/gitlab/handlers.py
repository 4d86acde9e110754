"""From a function of a `Call` to an endpoint: authentication, scopes, errors as GitLab words them, quota headers."""

from collections.abc import Awaitable, Callable
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from .answers import ApiError, json_answer
from .auth import READS, WRITES, need, token_of
from .call import Call

Answer = Response | dict[str, Any] | list[Any]
Handler = Callable[[Call], Answer]
Endpoint = Callable[[Request], Awaitable[Response]]
QUOTA, WINDOW = 2000, 60


def read(handler: Handler, *, scopes: frozenset[str] = READS) -> Endpoint:
    """An endpoint that needs one of these scopes; with none of them any good token will do."""
    return _endpoint(handler, scopes, 200)


def write(handler: Handler, status: int = 201) -> Endpoint:
    """An endpoint that changes something; one at a time."""

    def alone(call: Call) -> Answer:
        with call.server.records.writing:
            return handler(call)

    return _endpoint(alone, WRITES, status)


def _endpoint(handler: Handler, scopes: frozenset[str], status: int) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        quota: Quota = request.app.state.quota
        now = request.app.state.clock.now()
        try:
            token = token_of(request, expired="expired-token" in request.app.state.faults.active)
            if scopes:
                need(token, scopes)
            call = Call(request.app.state.server, request, token, now, await request.body())
            answer = await run_in_threadpool(handler, call)
        except ApiError as error:
            answer = error.response()
        response = answer if isinstance(answer, Response) else json_answer(answer, status)
        response.headers.update(quota.headers(now))
        return response

    return endpoint


class Quota:
    """Counts requests by the minute and tells so. It never refuses: the fault `429` does that."""

    def __init__(self) -> None:
        self._window, self._observed, self._lock = 0, 0, Lock()

    def headers(self, now: float) -> dict[str, str]:
        with self._lock:
            window = int(now // WINDOW)
            self._observed = 1 if window != self._window else self._observed + 1
            self._window = window
            observed = self._observed
        return {
            "RateLimit-Limit": str(QUOTA),
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Observed": str(observed),
            "RateLimit-Remaining": str(max(0, QUOTA - observed)),
            "RateLimit-Reset": str((window + 1) * WINDOW),
        }
