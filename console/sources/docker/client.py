"""A client of the Docker SDK for an address, speaking the newest API version that both sides know."""

import socket
from typing import Any

import urllib3.connection
from docker import APIClient
from docker.tls import TLSConfig
from requests.adapters import HTTPAdapter

from ...ports import SourceError, Trouble
from .address import Address, check_files
from .payloads import VersionAnswer, read
from .ssh import SshAdapter

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
        if address.kind == "tcp":
            self.mount(f"{'https' if tls else 'http'}://", KeptAlive())
        if address.kind == "ssh":
            self.mount("http+docker://", SshAdapter(address, timeout_seconds))
            self.base_url = "http+docker://ssh"

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

    def speaks(self, major: int, minor: int) -> bool:
        """Whether the agreed API version is at least this one."""
        return _number(self._version) >= (major, minor)


class KeptAlive(HTTPAdapter):
    """Notices in a minute and a half that the network to a silent engine is gone: a stream of events waits for ever."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        options = [
            *urllib3.connection.HTTPConnection.default_socket_options,
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        ]
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, name):
                options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
        super().init_poolmanager(*args, socket_options=options, **kwargs)


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
    if address.kind == "unix":
        return f"unix://{address.path}"
    if address.kind == "ssh":
        return "tcp://localhost:2375"  # never dialled: the adapter for ssh is mounted in its place
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"tcp://{host}:{address.port}"


def _number(version: str) -> tuple[int, int]:
    """`1.41` as (1, 41); raises ValueError for anything else."""
    major, minor = version.split(".")
    return int(major), int(minor)


def _word(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
