"""Requests to one GitLab and what every answer tells besides its body."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from ...ports import Clock, SourceError
from ..http import client, clock_skew, failed, trust, whole_number
from .bearer import Bearer
from .errors import Refused, said, unreadable

BODY_LIMIT = 64 * 1024 * 1024
"""No list or object of GitLab comes near; more is a fault, and must not take our memory."""
_HOPS = 5
_LAST_SECOND = 253_402_300_800
"""Of the year 9999, the last that datetime has."""
_NOTES = 20
_MOVED = (301, 302, 303, 307, 308)


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Seen:
    """What the newest answers told of the server."""

    limit: int | None = None
    """Requests the server allows in its period; None: it has no limit or does not tell."""
    remaining: int | None = None
    reset_at: datetime | None = None
    skew: timedelta | None = None
    """How far the server's clock is ahead of ours."""

    def note(self, headers: Mapping[str, str], now: datetime) -> None:
        """Remember the headers of one answer; one without quota headers tells nothing about the quota."""
        self.skew = clock_skew(headers, now) or self.skew
        remaining = whole_number(headers.get("RateLimit-Remaining"))
        if remaining is not None:
            self.remaining = remaining
            self.limit = whole_number(headers.get("RateLimit-Limit"))
            reset = whole_number(headers.get("RateLimit-Reset"))
            self.reset_at = datetime.fromtimestamp(reset, UTC) if reset and reset < _LAST_SECOND else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded JSON body and its headers."""

    body: Any
    headers: httpx.Headers


@dataclass
class Wire:
    """One GitLab over httpx. Every failure leaves as SourceError; the token leaves in one header and nowhere else."""

    url: str
    """GitLab's address with its relative root, without a slash at the end."""
    token: Callable[[], str] = field(repr=False)
    """May block (a command, a keyring): it is called in a thread, once, and again after GitLab refused it."""
    ca_file: str | None = None
    proxy: str | None = field(default=None, repr=False)
    timeout_seconds: float = 10.0
    clock: Clock = utc_now
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)
    seen: Seen = field(default_factory=Seen)
    notes: dict[str, None] = field(default_factory=dict)
    """Parts of answers that were not to be had, once each in the order they were met."""

    def __post_init__(self) -> None:
        self._http: httpx.AsyncClient | None = None
        self._bearer: Bearer | None = None
        self._rejected = False
        self._opening = asyncio.Lock()

    async def aclose(self) -> None:
        """Close the connections; a later request opens new ones."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def bearer(self) -> Bearer:
        """The token. Raises SourceError when there is none, or none that could be sent."""
        if self._bearer is None or self._rejected:
            self._bearer = Bearer(await asyncio.to_thread(self.token), self.url)
            self._rejected = False
        return self._bearer

    async def get(self, path: str, params: Mapping[str, str | int] | str = "", *, what: str) -> Answer:
        """`path` below /api/v4 as JSON; `params` as a mapping or as a ready query string."""
        query = f"?{params}" if isinstance(params, str) and params else ""
        return await self._json(
            "GET", f"{self.url}/api/v4/{path}{query}", what, params=None if isinstance(params, str) else dict(params)
        )

    async def graphql(self, document: str, variables: Mapping[str, Any], *, what: str) -> Answer:
        """One GraphQL request; errors inside a successful answer are for the caller to judge."""
        return await self._json(
            "POST", f"{self.url}/api/graphql", what, json={"query": document, "variables": dict(variables)}
        )

    async def _json(self, method: str, url: str, what: str, **options: Any) -> Answer:
        async with self.answer(method, url, what, **options) as response:
            body = await self._whole(response, what)
        try:
            return Answer(msgspec.json.decode(self._hidden(body)), response.headers)
        except (ValueError, RecursionError) as error:
            raise self.nonsense(body, what) from error

    def nonsense(self, body: bytes, what: str) -> SourceError:
        """The error for a success whose body is not what was asked for."""
        if said(body[:200]).page:
            found = unreadable(what, self.url, "it is a web page")
            found.remedy = "Check `url`; a login page in front of GitLab must let API requests pass."
            return found
        return unreadable(what, self.url, "it breaks off or is not JSON" if body else "it is empty")

    async def _whole(self, response: httpx.Response, what: str) -> bytes:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > BODY_LIMIT:
                raise unreadable(what, self.url, f"it is larger than {BODY_LIMIT // 2**20} MB")
        return b"".join(parts)

    @asynccontextmanager
    async def answer(
        self,
        method: str,
        url: str,
        what: str,
        *,
        away: bool = False,
        patience: float = 3.0,
        accept: tuple[int, ...] = (),
        **options: Any,
    ) -> AsyncIterator[httpx.Response]:
        """A successful answer whose body is still to be read.

        `away`: other hosts may be asked, without the token. `patience`: time-outs the whole may last, since httpx's
        own is for each read. `accept`: refusals the caller understands. Inside the block httpx's exceptions become
        SourceError too.
        """
        bearer = await self.bearer()  # outside the time-out: a keyring may wait for its owner
        try:
            async with asyncio.timeout(self.timeout_seconds * patience):
                response = await self._sent(method, url, bearer, away, options)
                try:
                    if not response.is_success and response.status_code not in accept:
                        raise await self._refusal(response, what)
                    yield response
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            raise self.failed(error) from error

    async def _sent(self, method: str, url: str, bearer: Bearer, away: bool, options: dict[str, Any]) -> httpx.Response:
        """The answer after following redirects: of reads only, and with the token only to GitLab's own origin."""
        http = await self._open()
        auth: httpx.Auth | None = bearer
        request = http.build_request(method, url, **options)
        home = request.url
        for hop in range(_HOPS + 1):
            response = await http.send(request, stream=True, auth=auth)
            if _origin(request.url) == _origin(home):
                self.seen.note(response.headers, self.clock())
            target = _target(response)
            away_from_home = target is not None and _origin(target) != _origin(home)
            if target is None or method != "GET" or (away_from_home and not away) or hop == _HOPS:
                return response
            await response.aclose()
            if away_from_home:
                auth = None
            request = http.build_request("GET", target, headers=options.get("headers"))
        return response

    async def _open(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._http is None:
                verify = True if self.transport else await asyncio.to_thread(trust, self.ca_file)
                self._http = client(
                    self.url,
                    verify=verify,
                    proxy=self.proxy,
                    timeout_seconds=self.timeout_seconds,
                    transport=self.transport,
                )
            return self._http

    async def _refusal(self, response: httpx.Response, what: str) -> SourceError:
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > 64 * 1024:  # an error page's beginning tells what it is
                break
        return self.refused(response.status_code, response.headers, body, what)

    def failed(self, error: Exception) -> SourceError:
        """The error for a request that came to nothing."""
        return failed(error, "GitLab", self.url, self.proxy)

    def refused(self, status: int, headers: Mapping[str, str], body: bytes, what: str) -> SourceError:
        """The error for an answer that is no success, however it came."""
        if status == 401:
            self._rejected = True  # it may have been replaced where it comes from
        return Refused(status, headers, said(self._hidden(body)), what, self.url, self.clock()).error()

    def note(self, text: str) -> None:
        """Remember what an answer lacks. A server with one broken part repeats itself, so there is an end to it."""
        if len(self.notes) < _NOTES:
            self.notes[text] = None

    def _hidden(self, body: bytes) -> bytes:
        return self._bearer.hide(body) if self._bearer is not None else body


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _target(response: httpx.Response) -> httpx.URL | None:
    """Where a redirect leads; None: it is no redirect, or leads nowhere one can go."""
    place = response.headers.get("Location")
    if response.status_code not in _MOVED or not place:
        return None
    target = response.url.join(place)
    return target if target.scheme in ("http", "https") else None
