"""One Prometheus as a source."""

import asyncio
import base64
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from typing import NamedTuple, TypeVar

import httpx
import msgspec

from ...model.metrics import Matrix, Vector
from ...ports import Clock, SourceError, Trouble
from ...text import clean
from .. import http
from ..threads import in_thread
from . import answers, facts
from .errors import refused, unreadable

T = TypeVar("T")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

MOST_POINTS = 11_000
"""Prometheus refuses a range query with more of them for a series."""
LONGEST_URL = 2_000
"""A query that makes a longer one is sent in a form: proxies cut long addresses off, and some forbid forms."""
MOST_BYTES = 32_000_000
SHORTEST_SECRET = 8
MOST_BYTES_AT_ONCE = 200_000
"""A larger answer is decoded in a thread: it takes longer than a frame."""


class Reply(NamedTuple):
    """An HTTP answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class PrometheusSource:
    """Reads one Prometheus-like store. Raises SourceError, and only that; no error or repr holds a header's value."""

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        ca_file: str | None = None,
        timeout_seconds: float = 10.0,
        proxy: str | None = None,
        clock: Clock = lambda: datetime.now(UTC),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`url` is what stands before /api/v1; `transport` stands in for the network in tests.

        Connects to nothing yet; raises SourceError for an address or header that cannot be used.
        """
        self._url, login = _split_login(url)
        self._headers = {**login, **{name: _sendable(name, value) for name, value in (headers or {}).items()}}
        self._ca_file, self._proxy, self._transport = ca_file, proxy, transport
        self._timeout = timeout_seconds
        self._clock = clock
        self._where = f"Prometheus at {self._url}"
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._secrets = _secret_words(self._headers.values())

    def __repr__(self) -> str:
        return f"PrometheusSource({self._url!r})"

    @property
    def encrypted(self) -> bool:
        """Whether it is asked over TLS."""
        return self._url.startswith("https:")

    async def instant(self, promql: str, *, at: datetime | None = None) -> Vector:
        """The query's value at one moment, now by default."""
        moment = at or self._clock()
        reply = await self._query("api/v1/query", {"query": promql, **({"time": _seconds(at)} if at else {})})
        return await self._read(reply, partial(answers.vector, at=moment))

    async def range(self, promql: str, *, start: datetime, end: datetime, step: timedelta) -> Matrix:
        """The query's values from `start` to `end`, both included; a step too fine is widened, and a warning says so.

        Raises ValueError unless start <= end and step > 0.
        """
        fitting = fitting_step(start, end, step)
        notes = [f"The step is {fitting}, not {step}: a series has at most {MOST_POINTS:,} points."]
        parameters = {"start": _seconds(start), "end": _seconds(end), "step": f"{fitting.total_seconds():.3f}"}
        reply = await self._query("api/v1/query_range", {"query": promql, **parameters})
        return await self._read(
            reply, partial(answers.matrix, at=self._clock(), notes=notes if fitting != step else ())
        )

    async def examine(self) -> facts.PrometheusFacts:
        """What `console doctor` wants to know; raises SourceError when queries are not answered."""
        return await facts.examine(self, tuple(self._headers), self._clock)

    async def get(self, path: str, parameters: Mapping[str, str] | None = None) -> Reply:
        """One GET, whatever its status; raises SourceError when no answer came."""
        return await self._send("GET", path, params=parameters)

    async def aclose(self) -> None:
        """Closes the connections; safe to repeat."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _query(self, path: str, parameters: dict[str, str]) -> Reply:
        # The server gives up a little before we do, and then says itself what took so long.
        parameters = {**parameters, "timeout": f"{max(1, round(self._timeout * 900))}ms"}
        reply = None
        if len(str(httpx.QueryParams(parameters))) > LONGEST_URL:
            reply = await self._send("POST", path, data=parameters)
        if reply is None or reply.status == 405:
            reply = await self._send("GET", path, params=parameters)
        if reply.status != 200:
            raise self._hushed(refused(reply.status, reply.headers, reply.body, self._where, self._clock()))
        return reply

    async def _read(self, reply: Reply, reader: Callable[[bytes], T]) -> T:
        try:
            if len(reply.body) > MOST_BYTES_AT_ONCE:
                return await in_thread(partial(reader, reply.body))
            return reader(reply.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._hushed(unreadable(reply.body, self._where, error)) from error

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Reply:
        client = await self._open()
        try:
            async with (
                asyncio.timeout(self._timeout),
                client.stream(method, path, params=params, data=data) as response,
            ):
                return Reply(response.status_code, response.headers, await self._body(response))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise http.failed(error, "Prometheus", self._url) from error

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > MOST_BYTES:
                raise SourceError(
                    f"{self._where} sends more than {MOST_BYTES // 10**6} MB for one query.",
                    trouble=Trouble.UNSUPPORTED,
                    remedy="Sum it up by the labels you need: sum by (…) (…).",
                )
        return bytes(body)

    async def _open(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                verify = await in_thread(partial(http.trust, self._ca_file)) if self._transport is None else True
                self._client = http.client(
                    self._url,
                    headers=self._headers,
                    verify=verify,
                    proxy=self._proxy,
                    timeout_seconds=self._timeout,
                    transport=self._transport,
                )
            return self._client

    def _hushed(self, error: SourceError) -> SourceError:
        """The error without our headers' values, should the server have repeated them."""
        text = str(error)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return SourceError(text, trouble=error.trouble, remedy=error.remedy, retry_at=error.retry_at)


def fitting_step(start: datetime, end: datetime, step: timedelta) -> timedelta:
    """`step`, or the smallest in whole seconds that gives no more than MOST_POINTS points from `start` to `end`."""
    span = end - start
    if span < timedelta(0) or step <= timedelta(0):
        raise ValueError(f"no range from {start} to {end} by {step}")
    if span // step < MOST_POINTS:
        return step
    return timedelta(seconds=ceil(span.total_seconds() / (MOST_POINTS - 1)))


def _sendable(name: str, value: str) -> str:
    """The value without space around it; raises SourceError, which does not hold it, if the header cannot be sent."""
    if not _HEADER_NAME.fullmatch(name):
        raise SourceError(
            f"{clean(name, 60)!r} cannot be the name of a header.",
            remedy="Use letters, digits and dashes, such as X-Scope-OrgID.",
        )
    stripped = value.strip()
    if not stripped.isascii() or not stripped.isprintable():
        raise SourceError(
            f"The value of the header {clean(name, 60)} holds characters that no header may hold.",
            remedy="Check the secret it comes from: it must be one line of plain ASCII.",
        )
    return stripped


def _secret_words(values: Iterable[str]) -> list[str]:
    """What must never be shown, longest first: whole values and what follows `Bearer` or `Basic` in them.

    Short ones are names of tenants; hiding `1` would make any text unreadable.
    """
    words = {word for value in values for word in (value, value.partition(" ")[2]) if len(word) >= SHORTEST_SECRET}
    return sorted(words, key=len, reverse=True)


def _seconds(at: datetime) -> str:
    return f"{at.timestamp():.3f}"


def _split_login(url: str) -> tuple[str, dict[str, str]]:
    """The address without its user and password, and these as a header: addresses are logged, headers are not."""
    try:
        http.check_address(url)
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise SourceError(
            "The address of Prometheus cannot be used.", remedy="Write it as https://HOST[:PORT][/PATH]."
        ) from None
    plain = str(address.copy_with(username=None, password=None, query=None, fragment=None)).rstrip("/")
    if not address.username:
        return plain, {}
    word = base64.b64encode(f"{address.username}:{address.password}".encode()).decode()
    return plain, {"Authorization": f"Basic {word}"}
