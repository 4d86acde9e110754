"""How the SDK's requests are carried: one pool of connections a client."""

import socket
import ssl
from typing import Any

import urllib3
import urllib3.connection
from docker.transport.basehttpadapter import BaseHTTPAdapter
from docker.transport.unixconn import UnixHTTPConnectionPool
from requests.adapters import HTTPAdapter

from .address import Address
from .ssh import SshPool, command


class OnePool(BaseHTTPAdapter):
    """Carries every request through one pool: the SDK's own adapters open a connection for each path, and keep it."""

    def __init__(self, pool: urllib3.HTTPConnectionPool) -> None:
        self._pool = pool
        super().__init__()

    def get_connection(self, url: Any, proxies: Any = None) -> urllib3.HTTPConnectionPool:
        """The one pool, whatever the URL."""
        return self._pool

    def request_url(self, request: Any, proxies: Any) -> str:
        """The path alone; a proxy means nothing here."""
        return str(request.path_url)

    def close(self) -> None:
        """Closes the connections that wait for further requests."""
        super().close()
        self._pool.close()


class KeptAlive(HTTPAdapter):
    """Notices in a minute and a half that the network to a silent engine is gone: a stream of events waits for ever.

    A CA made by Docker's own instructions has no key usage, which Python refuses from 3.13 on unless told otherwise;
    the docker command accepts it.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Adds to what requests sets up."""
        context = urllib3.util.ssl_.create_urllib3_context()
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        options = [
            *urllib3.connection.HTTPConnection.default_socket_options,
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        ]
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, name):
                options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
        super().init_poolmanager(*args, socket_options=options, ssl_context=context, **kwargs)


def adapter(address: Address, timeout_seconds: float) -> HTTPAdapter:
    """What carries requests to the engine at `address`."""
    if address.kind == "ssh":
        return OnePool(SshPool(command(address, timeout_seconds), timeout_seconds))
    if address.kind == "unix":
        seconds: Any = timeout_seconds  # the SDK's types want whole ones
        return OnePool(UnixHTTPConnectionPool("http+docker://localhost", address.path, seconds, maxsize=2))
    return KeptAlive()
