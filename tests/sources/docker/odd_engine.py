"""A Docker engine that answers what a test wants, over HTTP on a unix socket."""

import json
import re
import socketserver
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

VERSION = {"Version": "27.3.1", "ApiVersion": "1.47", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"}
NO_SWARM = {"message": 'This node is not a swarm manager. Use "docker swarm init" to connect this node to swarm.'}


@dataclass
class Answer:
    """Status and body; `body` is sent as JSON unless it is bytes."""

    status: int = 200
    body: Any = None
    location: str = ""
    cut: int = 0
    """So many bytes of the body are promised and never sent."""


@dataclass
class Stream:
    """A body in chunks that stays open until `done` is set."""

    chunks: Sequence[bytes]
    done: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    """Nothing more will be written."""


class HangUp:
    """The connection ends without an answer."""


Reply = Answer | Stream | HangUp
Route = Reply | Callable[[dict[str, str]], Reply]


class OddEngine:
    """Answers GET requests by path without the version: `routes` over those of an engine with nothing on it."""

    def __init__(self, folder: Path, routes: Mapping[str, Route]) -> None:
        self.routes: dict[str, Route] = {
            "/version": Answer(200, VERSION),
            "/containers/json": Answer(200, []),
            "/services": Answer(503, NO_SWARM),
            **routes,
        }
        self.asked: list[str] = []
        self.versions: list[str] = []
        self.connections = 0
        self.path = folder / "odd.sock"
        self._server = _Server(str(self.path), _Handler)
        self._server.engine = self
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def host(self) -> str:
        """As in DOCKER_HOST."""
        return f"unix://{self.path}"

    def reply(self, target: str) -> Reply:
        """What a request is answered with."""
        parts = urlsplit(target)
        found = re.fullmatch(r"(?:/v([\d.]+))?(/.*)", parts.path)
        assert found is not None, target
        self.asked.append(found[2])
        self.versions.append(found[1] or "")
        route = self.routes.get(found[2], Answer(404, {"message": "page not found"}))
        return route(dict(parse_qsl(parts.query))) if callable(route) else route

    def close(self) -> None:
        """Stops it."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128  # a unix socket refuses at once whoever finds the queue full
    engine: OddEngine


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.engine.connections += 1

    def do_GET(self) -> None:
        reply = self.server.engine.reply(self.path)
        if isinstance(reply, Stream):
            self._stream(reply)
        elif isinstance(reply, Answer):
            self._answer(reply)
        else:
            self.close_connection = True

    def _answer(self, reply: Answer) -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) + reply.cut))
        if reply.location:
            self.send_header("Location", reply.location)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = reply.cut > 0

    def _stream(self, reply: Stream) -> None:
        try:
            self._chunks(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            reply.ended.set()

    def _chunks(self, reply: Stream) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in reply.chunks:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.flush()
        reply.done.wait(10)
        self.wfile.write(b"0\r\n\r\n")

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
