"""A client of the Docker SDK for an address, speaking the newest API version that both sides know."""

from typing import Any

from docker import APIClient
from docker.tls import TLSConfig
from docker.types import CancellableStream

from ...ports import SourceError, Trouble
from .adapters import adapter
from .address import Address, check_files
from .payloads import VersionAnswer, read

NEWEST, OLDEST = (1, 51), (1, 24)
"""API versions whose answers we know; an engine that has left the older one behind is spoken to in its oldest."""


class EngineClient(APIClient):
    """One client of one engine, for one thread at a time."""

    def __init__(self, address: Address, timeout_seconds: float) -> None:
        tls = address.tls
        if tls is not None:
            check_files(tls)
        super().__init__(
            base_url=_base_url(address),
            version=_word(OLDEST),
            timeout=timeout_seconds,  # type: ignore[arg-type]  # requests takes a fraction of a second
            tls=tls is not None
            and TLSConfig(
                client_cert=(tls.cert, tls.key) if tls.cert and tls.key else None,
                ca_cert=tls.ca,
                verify=True,
            ),
            user_agent="fleet-console",
        )
        self.max_redirects = 0  # an engine sends nobody elsewhere: our certificate is for it alone
        carrier = adapter(address, timeout_seconds)
        if address.kind == "tcp":
            self.mount(f"{'https' if tls else 'http'}://", carrier)
        else:
            self.mount("http+docker://", carrier)
            self.trust_env = False  # no proxy or .netrc is for a socket, and each request would look for them
            self.base_url = "http+docker://localhost"

    def merge_environment_settings(self, *args: Any, **kwargs: Any) -> Any:
        """Our own CA wins: requests prefers REQUESTS_CA_BUNDLE, which company machines set, to what a session says."""
        settings = super().merge_environment_settings(*args, **kwargs)
        return {**settings, "verify": self.verify} if isinstance(self.verify, str) else settings

    def agree(self, where: str) -> None:
        """Settles the API version with the engine; raises SourceError (UNSUPPORTED) when there is none in common."""
        engine = read(self.version(api_version=False), VersionAnswer)
        newest, oldest = _number(engine.api_version), _number(engine.min_api_version or _word(OLDEST))
        if newest < OLDEST:
            raise SourceError(
                f"{where} speaks API {engine.api_version}, older than {_word(OLDEST)}.",
                trouble=Trouble.UNSUPPORTED,
                remedy="Upgrade this Docker engine.",
            )
        self._version = _word(max(min(newest, NEWEST), oldest))

    def event_lines(self) -> "CancellableStream[bytes]":
        """Events, each a JSON object on a line, without end; raises APIError when they are refused.

        The SDK's own call takes a refusal for the end of the stream, and waits for ever for a connection.
        """
        url = self._url("/events")  # type: ignore[attr-defined]  # the SDK's types leave it out
        response = self.get(url, stream=True, timeout=(self.timeout, None))
        self._raise_for_status(response)  # type: ignore[attr-defined]
        return CancellableStream(response.iter_lines(None), response)

    def speaks(self, major: int, minor: int) -> bool:
        """Whether the agreed API version is at least this one."""
        return _number(self._version) >= (major, minor)


def connect(address: Address, timeout_seconds: float, where: str) -> EngineClient:
    """A client that has spoken with the engine; raises what the SDK raises, and SourceError."""
    client = EngineClient(address, timeout_seconds)
    try:
        client.agree(where)
    except BaseException:
        client.close()
        raise
    return client


def _base_url(address: Address) -> str:
    if address.kind != "tcp":
        return "tcp://localhost:2375"  # never dialled: our own adapter is mounted in its place
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"tcp://{host}:{address.port}"


def _number(version: str) -> tuple[int, int]:
    """`1.41` as (1, 41); raises ValueError for anything else."""
    major, minor = version.split(".")
    return int(major), int(minor)


def _word(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
