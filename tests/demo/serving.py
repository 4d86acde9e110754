"""An ASGI app on a free port of loopback, for clients that need a socket."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp


@dataclass
class Faults:
    """Faults that a test switches."""

    active: frozenset[str] = field(default_factory=frozenset)


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """The port on which the app is served."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, loop="asyncio", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server stopped while it started"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
