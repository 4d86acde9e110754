"""What the sources that speak HTTP share: one kind of client, and httpx's failures in an operator's words."""

import logging
import os
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from threading import Lock

# httpx imports these two at its first request, for 80 ms on the event loop; this module is imported in a thread.
import anyio._backends._asyncio  # noqa: F401
import httpcore  # noqa: F401
import httpx

from ..ports import SourceError, Trouble

for _library in ("httpx", "httpcore", "urllib3"):
    # They log every address with its query: of an object store that is a signature anybody may use.
    logging.getLogger(_library).setLevel(logging.WARNING)

LONGEST_WAIT = timedelta(hours=1)
"""A wrong or hostile header must not silence a source for longer than this."""


def trust(ca_file: str | None = None) -> ssl.SSLContext:
    """Whom we believe: the system's store, what httpx ships, and the operator's own CA.

    httpx by itself leaves the system's store out, where companies put their CA; curl would work and we would not.
    Takes some 20 ms and a megabyte the first time: sources with the same CA share it. Raises SourceError when
    `ca_file` cannot be used.
    """
    with _TRUSTING:
        return _trust(ca_file)


_TRUSTING = Lock()


@lru_cache(4)
def _trust(ca_file: str | None) -> ssl.SSLContext:
    import certifi

    context = ssl.create_default_context()
    # From 3.13 on Python asks of a CA what many a company's own lacks, such as a key usage; curl and Git do not.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SourceError(
                f"The CA file {ca_file} cannot be used: {_reason(error)}",
                trouble=Trouble.TLS,
                remedy="Name a readable file of PEM certificates in `ca_file`.",
            ) from error
    return context


def client(
    base_url: str,
    *,
    headers: Mapping[str, str] | None = None,
    verify: ssl.SSLContext | bool = True,
    proxy: str | None = None,
    timeout_seconds: float = 10.0,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """A client for one server: HTTP/1.1 kept alive, proxies from the environment, no redirect followed by itself.

    `transport` stands in for the network in tests. Raises SourceError for an address that is none.
    """
    check_address(base_url)
    try:
        return httpx.AsyncClient(
            base_url=base_url,
            headers={"User-Agent": "fleet-console", **(headers or {})},
            verify=verify,
            proxy=proxy or None,
            timeout=timeout_seconds,
            transport=transport,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=10, max_keepalive_connections=5),
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise _no_address("of the proxy") from error


def check_address(address: str) -> None:
    """Raises SourceError unless `address` is an http or https one with a host and a possible port."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, TypeError) as error:
        raise _no_address("of the server") from error
    if url.scheme not in ("http", "https") or not url.host or not 0 < (url.port or 80) < 65_536:
        raise _no_address("of the server")


def _no_address(whose: str) -> SourceError:
    """Without the address itself: one that cannot be taken apart may hold a password."""
    return SourceError(f"The address {whose} cannot be used", remedy="Write it as https://HOST[:PORT][/PATH].")


def failed(error: Exception, system: str, address: str, proxy: str | None = None) -> SourceError:
    """What an exception of httpx means, told of `system` (such as `Prometheus`) at `address`, asked through `proxy`.

    The exception's own words are used only where they cannot hold a header or an address with a password.
    """
    where = f"{system} at {without_password(address)}"
    if proxy:
        where += f" through the proxy {without_password(proxy)}"
    causes = tuple(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return SourceError(
                f"{where} shows a certificate we do not trust: {cause.verify_message}",
                trouble=Trouble.TLS,
                remedy="Name the company's CA in `ca_file`, or renew the server's certificate.",
            )
    if isinstance(error, httpx.ProxyError):
        return SourceError(
            f"The proxy refuses to connect us to {where}",
            trouble=Trouble.UNREACHABLE,
            remedy="Check `proxy`, HTTPS_PROXY and NO_PROXY.",
        )
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return SourceError(
                f"{where} does not speak TLS with us: {_reason(cause)}",
                trouble=Trouble.TLS,
                remedy="Check that the address begins with the right one of http:// and https://.",
            )
        if isinstance(cause, socket.gaierror):
            return SourceError(
                f"The name of {where} is not known here",
                trouble=Trouble.UNREACHABLE,
                remedy="Check the address, DNS and the VPN.",
            )
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return SourceError(f"{where} cannot be reached in time", trouble=Trouble.UNREACHABLE, remedy=_NETWORK)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return SourceError(f"{where} did not answer in time", trouble=Trouble.UNREACHABLE, remedy=_SLOW)
    refused = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    if refused is not None or isinstance(error, httpx.ConnectError):
        why = _reason(refused or causes[-1])
        return SourceError(f"{where} cannot be reached: {why}", trouble=Trouble.UNREACHABLE, remedy=_NETWORK)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return SourceError(f"{where} is no address we can ask", remedy="Write it as https://HOST[:PORT][/PATH].")
    if isinstance(error, httpx.DecodingError):
        return SourceError(f"{where} sent an answer that cannot be unpacked", remedy=_SLOW)
    return SourceError(
        f"{where} broke the connection off ({type(error).__name__})", trouble=Trouble.UNREACHABLE, remedy=_NETWORK
    )


_NETWORK = "Check that it is up and that this machine may connect to it."
_SLOW = "Look at the server's load; raise `timeout_seconds` if it is always this slow."


def without_password(address: str) -> str:
    """`address` without user, password, query and fragment."""
    try:
        url = httpx.URL(address)
        return str(url.copy_with(username=None, password=None, query=None, fragment=None)).rstrip("/")
    except (httpx.InvalidURL, TypeError):
        return "the configured address"


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the server wants to be asked again: by `Retry-After`, else by `RateLimit-Reset` when nothing remains.

    `RateLimit-Reset` is the server's own clock, so it is read against the answer's `Date`. None: it does not say.
    """
    wait = _retry_after(headers, now)
    reset = whole_number(headers.get("RateLimit-Reset"))
    if wait is None and reset is not None:
        server_now = _date(headers.get("Date")) or now
        wait = timedelta(seconds=min(reset - server_now.timestamp(), 1e9))
    return None if wait is None else now + min(max(wait, timedelta(0)), LONGEST_WAIT)


def whole_number(text: str | None) -> int | None:
    """A header's number of 0 or more; one too long to be meant counts as 10**18. None: it is none."""
    told = (text or "").strip()
    if not told.isdecimal():  # isdigit would let a superscript two through
        return None
    return int(told) if len(told) < 19 else 10**18


def clock_skew(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How far the server's clock is ahead of ours, exact to about a second; None: it tells no time."""
    server_now = _date(headers.get("Date"))
    return None if server_now is None else server_now - now


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    told = headers.get("Retry-After", "").strip()
    seconds = whole_number(told)
    if seconds is not None:
        return timedelta(seconds=min(seconds, 10**9))
    date = _date(told)
    return None if date is None else date - (_date(headers.get("Date")) or now)


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what caused it, outermost first."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        # Several addresses of one host that fail come as a group; the first tells enough.
        at = at.exceptions[0] if isinstance(at, BaseExceptionGroup) else at.__cause__ or at.__context__
    return found


def _reason(error: BaseException) -> str:
    """The system's word for an error number (`Connection refused`), else the kind of the error."""
    if isinstance(error, ssl.SSLError):
        return (error.reason or type(error).__name__).replace("_", " ").lower()
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)  # asyncio's own text repeats the address
    return type(error).__name__
