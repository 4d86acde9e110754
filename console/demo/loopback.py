"""HTTP servers on 127.0.0.1, each in a thread of this process."""

import socket
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

START_SECONDS = 10.0
"""A server that has not begun to serve by then never will."""


class Loopback:
    """One app on a free port of 127.0.0.1. `start` returns when it serves; `stop` when its thread has ended."""

    def __init__(self, app: ASGIApp, name: str, port: int = 0) -> None:
        self.name = name
        # Named as TCP, or asyncio leaves Nagle on and every answer waits 40 ms for the client's acknowledgement.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        config = uvicorn.Config(
            app, loop="asyncio", http="h11", ws="none", lifespan="off", log_config=None, log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, name=name, daemon=True)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Raises RuntimeError when the server does not come up."""
        self._socket.listen(128)
        self._thread.start()

    def finish(self) -> None:
        """Ask it to end, without waiting: answers under way, such as streams of events, are cut off."""
        self._server.should_exit = self._server.force_exit = True

    def stop(self) -> None:
        self.finish()
        if self._thread.is_alive():
            self._thread.join(START_SECONDS)
        self._socket.close()
