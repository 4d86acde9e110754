"""The source over real sockets on loopback: TLS with a company's CA, refusals, and servers that never finish."""

import asyncio
import logging
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Event, Thread

import httpx
import pytest

from console.ports import SourceError, Trouble
from console.sources.gitlab import GitLabSource
from tests.sources.gitlab.lab import PROJECT, TOKEN, Lab


class Answering(BaseHTTPRequestHandler):
    """Answers every GET with an empty list, or with project 7."""

    def do_GET(self) -> None:
        asked = self.path.partition("?")[0]
        body = b'{"id": 7, "path_with_namespace": "llm/a"}' if asked.endswith("/projects/7") else b"[]"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost with its key in one file, good for a day."""
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the test's certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([openssl, *made, *names, *files], check=True, capture_output=True)
    return folder


def server_context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def source_at(url: str, *, ca_file: str | None = None, proxy: str | None = None) -> GitLabSource:
    return GitLabSource(url, lambda: TOKEN, ca_file=ca_file, proxy=proxy, timeout_seconds=5.0)


async def test_the_company_s_ca_is_trusted_by_both_clients(certificate: Path) -> None:
    with serving(server_context(certificate)) as port:
        source = source_at(f"https://localhost:{port}", ca_file=str(certificate / "cert.pem"))
        try:
            assert (await source.jobs(PROJECT)).jobs == ()
            assert (await source.project(7)).path == "llm/a"
        finally:
            await source.aclose()


async def test_a_certificate_nobody_vouches_for_stops_both_clients(certificate: Path) -> None:
    with serving(server_context(certificate)) as port:
        source = source_at(f"https://localhost:{port}")
        try:
            for asked in (source.jobs(PROJECT), source.project(7)):
                with pytest.raises(SourceError, match="certificate we do not trust: self-signed certificate") as caught:
                    await asked
                assert caught.value.trouble is Trouble.TLS
                assert "ca_file" in caught.value.remedy
        finally:
            await source.aclose()


async def test_https_to_a_server_of_plain_http_is_told_as_such() -> None:
    with serving() as port:
        source = source_at(f"https://localhost:{port}")
        try:
            for asked in (source.jobs(PROJECT), source.project(7)):
                with pytest.raises(SourceError, match="does not speak TLS with us") as caught:
                    await asked
                assert caught.value.trouble is Trouble.TLS
        finally:
            await source.aclose()


async def test_a_closed_port_is_unreachable_for_both_clients() -> None:
    source = source_at("http://127.0.0.1:1")
    for asked in (source.jobs(PROJECT), source.project(7)):
        with pytest.raises(SourceError, match=r"http://127\.0\.0\.1:1 cannot be reached: Connection refused") as caught:
            await asked
        assert caught.value.trouble is Trouble.UNREACHABLE
    await source.aclose()


async def test_both_clients_go_through_the_proxy() -> None:
    with serving() as port:
        source = source_at("http://gitlab.invalid", proxy=f"http://me:proxy-password@127.0.0.1:{port}")
        assert (await source.jobs(PROJECT)).jobs == ()
        assert (await source.project(7)).path == "llm/a"
        await source.aclose()


async def test_a_proxy_that_is_down_is_named_without_its_password() -> None:
    source = source_at("http://gitlab.invalid", proxy="http://me:proxy-password@127.0.0.1:1")
    for asked in (source.jobs(PROJECT), source.project(7)):
        with pytest.raises(SourceError) as caught:
            await asked
        assert str(caught.value) == (
            "GitLab at http://gitlab.invalid through the proxy http://127.0.0.1:1 cannot be reached: Connection refused"
        )
    await source.aclose()


async def test_connections_are_kept_and_can_be_opened_again_after_closing() -> None:
    with serving() as port:
        source = source_at(f"http://127.0.0.1:{port}")
        for _ in range(2):
            assert (await source.jobs(PROJECT)).jobs == ()
            await source.aclose()


async def test_a_cancelled_call_s_thread_is_never_joined_by_another_in_the_same_session(lab: Lab) -> None:
    entered, leave = Event(), Event()
    inside: list[int] = []

    def one_at_a_time(_: httpx.Request) -> httpx.Response:
        inside.append(1)
        assert len(inside) == 1
        entered.set()
        assert leave.wait(10)
        inside.pop()
        return httpx.Response(200, json={"id": 7})

    lab.routes["projects/7"] = one_at_a_time
    source = lab.source()
    cancelled = asyncio.create_task(source.project(7))
    await asyncio.to_thread(entered.wait, 10)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    following = asyncio.create_task(source.project(7))
    await asyncio.sleep(0)
    leave.set()
    assert (await following).id == 7


class Dribble(httpx.AsyncByteStream):
    """A body whose second piece never comes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.Event().wait()


async def test_an_answer_that_never_ends_is_given_up_in_time(lab: Lab) -> None:
    lab.routes["projects/7/jobs"] = lambda _: httpx.Response(200, stream=Dribble())
    with pytest.raises(SourceError, match="did not answer in time"):
        await lab.source(timeout_seconds=0.01).jobs(PROJECT)


async def test_a_request_can_be_cancelled(lab: Lab) -> None:
    asked = asyncio.Event()

    def begin(_: httpx.Request) -> httpx.Response:
        asked.set()
        return httpx.Response(200, stream=Dribble())

    lab.routes["projects/7/jobs"] = begin
    asking = asyncio.create_task(lab.source().jobs(PROJECT))
    await asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_signed_addresses_of_an_object_store_reach_no_log(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    lab.routes["projects/7/jobs/3/trace"] = httpx.Response(
        302, headers={"Location": "https://store.example/log?X-Amz-Signature=signed-secret"}
    )
    lab.elsewhere["store.example"] = httpx.Response(200, content=b"log")
    assert (await lab.source().log(7, 3)).content == b"log"
    assert "signed-secret" not in caplog.text


def test_a_console_that_watches_never_imports_python_gitlab() -> None:
    """It takes 150 ms and 15 MB, for single objects alone."""
    script = """
import asyncio, sys
from tests.sources.gitlab.lab import PIPELINE, PROJECT, Lab, connection, data

async def watch():
    lab = Lab()
    lab.graphql = [data(group={"projects": connection([])}, runners=connection([]), project={
        "pipelines": connection([]), "pipeline": {"jobs": connection([])}})]
    for path in ("jobs", "pipelines/90/jobs", "environments", "deployments"):
        lab.routes[f"projects/7/{path}"] = []
    lab.routes["projects/7/jobs/3/trace"] = {}
    source = lab.source()
    await source.fleet()
    await source.runners()
    await source.pipelines(PROJECT)
    await source.pipeline_jobs(PROJECT, PIPELINE)
    await source.jobs(PROJECT)
    await source.environments(PROJECT)
    await source.deployments(PROJECT)
    await source.log(7, 3)

asyncio.run(watch())
assert "gitlab" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[3], timeout=60)
