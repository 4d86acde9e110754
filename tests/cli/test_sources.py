"""Sources as the config describes them."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.cli import sources
from console.cli.services import history_file, history_place
from console.config import Config, Context, DockerConfig, GitLabConfig, Loaded, Places, PrometheusConfig
from console.config.structs import HistoryConfig
from console.ports import SourceError, Trouble
from console.secrets import SecretRef, lookup
from console.secrets.lookup import SecretError

TOKEN = "glpat-Xy7Zq2Lm9Kp4Rt8Wv3Bn"


async def test_an_engine_that_cannot_be_tried_says_so_each_time_and_stops_nobody() -> None:
    bad = DockerConfig("build", "tcp://h:2376", tls_ca="/no/such/ca.pem")
    context = Context(docker=(DockerConfig("local", "unix:///a.sock"), bad))
    first, second = sources.engines(context)
    assert (first.name, second.name) == ("local", "build")
    refusing = sources.UnusableEngine("x", SourceError("no such file", trouble=Trouble.TLS, remedy="look"))
    for ask in (refusing.engine, refusing.disk, refusing.examine):
        with pytest.raises(SourceError, match="no such file") as raised:
            await ask()
        assert (raised.value.trouble, raised.value.remedy) == (Trouble.TLS, "look")
    with pytest.raises(SourceError):
        await refusing.stats(["a"])
    with pytest.raises(SourceError):
        await anext(refusing.events())
    await refusing.aclose()


async def test_a_header_is_looked_up_at_the_first_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONSOLE_TEST_HEADER", raising=False)
    headers: dict[str, str | SecretRef] = {"X-Scope-OrgID": "a", "Authorization": SecretRef(env="CONSOLE_TEST_HEADER")}
    late = sources.metrics(PrometheusConfig("http://127.0.0.1:1", headers=headers))
    for ask in (late.examine(), late.instant("up")):
        with pytest.raises(SecretError, match="CONSOLE_TEST_HEADER is not set"):
            await ask
    now = datetime.now(UTC)
    with pytest.raises(SecretError):
        await late.range("up", start=now, end=now, step=timedelta(minutes=1))
    await late.aclose()


class Guarded:
    """An HTTP server that wants a certain Authorization and answers any query with no samples."""

    def __init__(self) -> None:
        self.wanted = "old"

    async def __aenter__(self) -> "Guarded":
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        welcome = f"authorization: {self.wanted}\r\n" in head
        body = b'{"status":"success","data":{"resultType":"vector","result":[]}}' if welcome else b"no"
        status = "200 OK" if welcome else "401 Unauthorized"
        writer.write(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


async def test_a_header_that_is_refused_is_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "FAILURE_SECONDS", 0.0)
    monkeypatch.setenv("CONSOLE_TEST_HEADER", "old")
    async with Guarded() as server:
        ref = SecretRef(env="CONSOLE_TEST_HEADER")
        late = sources.metrics(PrometheusConfig(server.url, headers={"Authorization": ref}))
        assert (await late.instant("up")).samples == ()
        server.wanted = "new"
        with pytest.raises(SourceError) as refused:
            await late.instant("up")
        assert refused.value.trouble is Trouble.UNAUTHENTICATED
        monkeypatch.setenv("CONSOLE_TEST_HEADER", "new")
        assert (await late.instant("up")).samples == ()
        await late.aclose()


async def test_nothing_made_of_a_config_shows_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_TEST_HEADER", f"Bearer {TOKEN}")
    ref = SecretRef(env="CONSOLE_TEST_HEADER")
    gitlab = sources.gitlab(GitLabConfig("http://127.0.0.1:1", ref))
    metrics = sources.metrics(PrometheusConfig("http://127.0.0.1:1", headers={"Authorization": ref}))
    shown = ""
    for ask in (gitlab.examine(), gitlab.fleet(), gitlab.runners(), metrics.examine(), metrics.instant("up")):
        with pytest.raises(SourceError) as raised:
            await ask
        shown += f"{raised.value} {raised.value!r} {raised.value.remedy} {raised.value.__cause__!r}"
    shown += f"{gitlab!r} {metrics!r} {vars(metrics)}"
    await gitlab.aclose()
    await metrics.aclose()
    assert TOKEN not in shown


def test_each_context_has_a_history_of_its_own(tmp_path: Path) -> None:
    where = Places(tmp_path / "c", tmp_path / "data", tmp_path / "state")
    loaded = Loaded(where.config, Config({"a": Context(), "b": Context()}))
    assert history_place(loaded, where, "a") == tmp_path / "data" / "history" / "a.sqlite3"
    shared = Config({"a": Context()}, history=HistoryConfig(url="sqlite:////srv/{context}.db"))
    assert history_place(Loaded(where.config, shared), where, "a") == "sqlite:////srv/a.db"
    assert history_file(Loaded(where.config, shared), where, "a") == Path("/srv/a.db")
    server = Config({"a": Context()}, history=HistoryConfig(url="postgresql://h/x"))
    assert history_file(Loaded(where.config, server), where, "a") is None
