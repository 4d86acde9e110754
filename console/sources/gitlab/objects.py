"""Single objects through python-gitlab: it blocks, so one call at a time, in a thread.

Its own retries sleep in that thread where nobody sees or stops them, so they are off: sync backs off.
"""

import asyncio
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from ...ports import SourceError
from ..http import check_address, trust
from .bearer import Bearer
from .errors import unreadable
from .wire import Wire

if TYPE_CHECKING:
    import gitlab
    import requests

T = TypeVar("T")
ONCE: dict[str, Any] = {"max_retries": 0, "obey_rate_limit": False, "retry_transient_errors": False}
"""For every call: the defaults wait and try ten times."""


class Objects:
    """python-gitlab with our token, trust, proxy and time-out. It is imported by the first call (150 ms)."""

    def __init__(self, wire: Wire, adapter: "requests.adapters.BaseAdapter | None" = None) -> None:
        self._wire = wire
        self._adapter = adapter
        self._client: gitlab.Gitlab | None = None
        self._signed: Bearer | None = None
        self._last: requests.Response | None = None
        self._turn = asyncio.Lock()
        self._thread = Lock()

    async def call(self, ask: "Callable[[gitlab.Gitlab], T]", *, what: str) -> T:
        """What `ask` makes of the client. Every failure becomes SourceError."""
        bearer = await self._wire.bearer()
        async with self._turn:
            return await asyncio.to_thread(self._alone, ask, bearer, what)

    async def aclose(self) -> None:
        """Close the connections."""
        async with self._turn:
            if self._client is not None:
                self._client.session.close()
                self._client = None

    def _alone(self, ask: "Callable[[gitlab.Gitlab], T]", bearer: Bearer, what: str) -> T:
        """A cancelled call gives its turn up while its thread still runs; the next one waits for that thread here."""
        with self._thread:
            return self._blocking(ask, bearer, what)

    def _blocking(self, ask: "Callable[[gitlab.Gitlab], T]", bearer: Bearer, what: str) -> T:
        import requests
        from gitlab.exceptions import GitlabError

        self._last = None
        try:
            answer = ask(self._ready(bearer))
        except GitlabError:
            raise self._refused(what) from None  # its text repeats the server's, which may repeat our token
        except requests.exceptions.Timeout as error:
            raise self._wire.failed(TimeoutError()) from error
        except requests.exceptions.RequestException as error:
            raise self._wire.failed(error) from error
        except ValueError as error:  # requests lets those of a Location through that is no address
            raise unreadable(what, self._wire.url, "it leads to no address") from error
        if self._last is not None:
            self._wire.seen.note(self._last.headers, self._wire.clock())
        return answer

    def _refused(self, what: str) -> SourceError:
        """python-gitlab keeps no headers, but the last answer has them."""
        answer = self._last
        if answer is None or answer.ok:
            return self._wire.nonsense(b"" if answer is None else answer.content, what)
        self._wire.seen.note(answer.headers, self._wire.clock())
        return self._wire.refused(answer.status_code, answer.headers, answer.content[: 64 * 1024], what)

    def _ready(self, bearer: Bearer) -> "gitlab.Gitlab":
        import gitlab

        check_address(self._wire.url)
        if self._client is None or self._signed is not bearer:
            self._signed = bearer
            self._client = gitlab.Gitlab(
                self._wire.url,
                oauth_token=bearer.reveal(),  # redirects to another host drop this header, not PRIVATE-TOKEN
                timeout=self._wire.timeout_seconds,
                user_agent="fleet-console",
                session=self._session(),
                keep_base_url=True,
            )
        return self._client

    def _session(self) -> "requests.Session":
        import requests

        session = requests.Session()
        session.max_redirects = 5
        if self._wire.proxy:
            session.proxies = {"http": self._wire.proxy, "https": self._wire.proxy}
        session.hooks["response"].append(self._keep)
        adapter = self._adapter or _trusting(self._wire.ca_file)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session

    def _keep(self, response: "requests.Response", **_: object) -> None:
        self._last = response


def _trusting(ca_file: str | None) -> "requests.adapters.HTTPAdapter":
    """An adapter that trusts whom httpx trusts here: requests by itself leaves the system's store out."""
    from requests.adapters import HTTPAdapter

    context = trust(ca_file)

    class Trusting(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs, ssl_context=context)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return super().proxy_manager_for(*args, **kwargs, ssl_context=context)

    return Trusting()
