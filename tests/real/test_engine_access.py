"""Ways to a real Docker engine, and what is said when one is closed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from console.model.engine import EngineEvent
from console.ports import SourceError, Trouble
from console.sources.docker import DockerSource
from tests.real.engine import TLS_ADDRESS, RealEngine
from tests.real.programs import free_port, need, until
from tests.real.proxy import RealProxy, Server

pytestmark = pytest.mark.real
NOBODY = 65_534


@asynccontextmanager
async def source(host: str, **options: Any) -> AsyncIterator[DockerSource]:
    docker = DockerSource("lab", host, **options)
    try:
        yield docker
    finally:
        await docker.aclose()


async def refusal(host: str, **options: Any) -> SourceError:
    async with source(host, **options) as docker:
        with pytest.raises(SourceError) as caught:
            await docker.engine()
    return caught.value


@contextmanager
def as_nobody() -> Iterator[None]:
    """For a while this process is a user without rights; threads as well."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@pytest.fixture
def door(engine: RealEngine) -> Iterator[str]:
    """host:port on loopback that leads to the engine's TLS port."""
    proxy = RealProxy({"engine": [Server("engine", TLS_ADDRESS, namespace=engine.namespace)]}, mode="tcp")
    yield f"127.0.0.1:{proxy.fronts['engine']}"
    proxy.destroy()


def with_tls(engine: RealEngine) -> dict[str, str]:
    certificate, key = engine.certificates.client
    return {"tls_ca": engine.certificates.ca, "tls_cert": certificate, "tls_key": key}


async def test_tls_with_a_client_certificate(engine: RealEngine, door: str) -> None:
    engine.run("brain", "/bin/sleep", "1000")
    async with source(f"tcp://{door}", **with_tls(engine)) as docker:
        assert [one.name for one in (await docker.engine()).containers] == ["brain"]
        assert (await docker.examine()).transport == "tcp with TLS"


async def test_events_over_tls_end_when_nobody_listens_any_more(engine: RealEngine, door: str) -> None:
    async with source(f"tcp://{door}", **with_tls(engine)) as docker:
        await events_come_and_are_cancelled(engine, docker)


async def test_a_certificate_of_an_authority_we_do_not_know(door: str) -> None:
    error = await refusal(f"https://{door}")
    assert error.trouble is Trouble.TLS
    assert "not trusted" in str(error)
    assert "tls_ca" in error.remedy


async def test_a_client_without_the_certificate_the_engine_wants(engine: RealEngine, door: str) -> None:
    error = await refusal(f"tcp://{door}", tls_ca=engine.certificates.ca)
    assert error.trouble is Trouble.UNAUTHENTICATED
    assert "tls_cert" in error.remedy


async def test_a_tls_port_asked_without_tls(door: str) -> None:
    error = await refusal(f"tcp://{door}")
    assert error.trouble is Trouble.TLS
    assert "tls_ca" in error.remedy


async def test_a_port_without_tls_asked_with_it(engine: RealEngine) -> None:
    proxy = RealProxy({})
    try:
        error = await refusal(f"tcp://127.0.0.1:{proxy.exporter}", **with_tls(engine))
    finally:
        proxy.destroy()
    assert error.trouble is Trouble.TLS
    assert "does not speak TLS" in str(error)


async def test_a_web_server_is_no_engine() -> None:
    proxy = RealProxy({})
    try:
        error = await refusal(f"tcp://127.0.0.1:{proxy.exporter}")
    finally:
        proxy.destroy()
    assert "HAProxy" not in str(error)
    assert str(proxy.exporter) in str(error)


async def test_another_user_is_told_how_to_get_the_right(engine: RealEngine) -> None:
    async with source(engine.host) as docker:
        await docker.engine()  # imports, while we may read everything
    with as_nobody():
        error = await refusal(engine.host)
    assert error.trouble is Trouble.FORBIDDEN
    assert "permission denied" in str(error)
    assert "group docker" in error.remedy


async def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    missing = await refusal(f"unix://{tmp_path}/docker.sock")
    refused = await refusal(f"tcp://127.0.0.1:{free_port()}")
    unknown = await refusal("tcp://no-such-host.invalid:2375")
    assert {one.trouble for one in (missing, refused, unknown)} == {Trouble.UNREACHABLE}
    assert "no socket" in str(missing)
    assert "refuses" in str(refused)
    assert "host name" in str(unknown)


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the ssh client that runs the remote command here; gives the file that holds its arguments."""
    need("docker")
    program, arguments = tmp_path / "ssh", tmp_path / "arguments"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {arguments}\nwhile [ "$1" != -- ]; do shift; done\nexec sh -c "exec $3"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return arguments


async def test_an_engine_behind_ssh(engine: RealEngine, ssh: Path) -> None:
    made = engine.run("brain", "/bin/sleep", "1000")
    async with source(f"ssh://ops@bastion:2222{engine.socket}") as docker:
        assert [one.name for one in (await docker.engine()).containers] == ["brain"]
        assert [one.id for one in await docker.stats([made.id])] == [made.id]
        assert (await docker.examine()).transport == "ssh"
        await events_come_and_are_cancelled(engine, docker)
    words = ssh.read_text()  # noqa: ASYNC240 - a few bytes
    assert "BatchMode=yes" in words
    assert f"-l ops -p 2222 -- bastion docker --host unix://{engine.socket} system dial-stdio" in words


@pytest.mark.parametrize(
    ("said", "trouble", "word"),
    [
        ("ops@bastion: Permission denied (publickey).", Trouble.UNAUTHENTICATED, "ssh-add"),
        ("Host key verification failed.", Trouble.UNAUTHENTICATED, "accept"),
        ("sh: 1: docker: not found", Trouble.MISSING, "Install"),
        ("ssh: connect to host bastion port 22: Connection refused", Trouble.UNREACHABLE, "by hand"),
    ],
)
async def test_what_ssh_says_is_told_with_its_remedy(ssh: Path, said: str, trouble: Trouble, word: str) -> None:
    (ssh.parent / "ssh").write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 255\n")
    error = await refusal("ssh://ops@bastion")
    assert said.rstrip(".") in str(error)
    assert error.trouble is trouble
    assert word in error.remedy


async def test_no_ssh_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = await refusal("ssh://bastion")
    assert "no ssh client" in str(error)
    assert "openssh-client" in error.remedy


async def test_an_engine_that_hangs_is_given_up_in_time_and_found_again(engine: RealEngine) -> None:
    async with source(engine.host, timeout_seconds=1) as docker:
        await docker.engine()
        os.kill(engine.pid, signal.SIGSTOP)
        try:
            with pytest.raises(SourceError, match="within 1 s") as caught:
                await docker.engine()
            asked = asyncio.create_task(docker.disk())
            await asyncio.sleep(0)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                async with asyncio.timeout(5):
                    await asked
        finally:
            os.kill(engine.pid, signal.SIGCONT)
        assert caught.value.trouble is Trouble.UNREACHABLE
        assert (await docker.engine()).swarm


async def test_a_restart_is_survived_and_ends_the_events(engine: RealEngine) -> None:
    async with source(engine.host) as docker:
        seen: list[EngineEvent] = []
        following = asyncio.create_task(follow(docker, seen))
        await heard(engine, seen)
        assert (await docker.engine()).swarm
        engine.stop()
        with pytest.raises(SourceError) as ended:
            async with asyncio.timeout(5):
                await following
        with pytest.raises(SourceError) as gone:
            await docker.engine()
        assert {ended.value.trouble, gone.value.trouble} == {Trouble.UNREACHABLE}
        engine.start()
        await until(lambda: managing(docker), "the engine manages its swarm again")
        seen.clear()
        following = asyncio.create_task(follow(docker, seen))
        await heard(engine, seen)
        following.cancel()


async def managing(docker: DockerSource) -> bool:
    try:
        return (await docker.engine()).swarm
    except SourceError:  # the swarm has no leader for a moment
        return False


async def follow(docker: DockerSource, seen: list[EngineEvent]) -> None:
    async for happened in docker.events():
        seen.append(happened)  # noqa: PERF401 - read while it grows


async def heard(engine: RealEngine, seen: list[EngineEvent]) -> None:
    """Makes things happen until one is heard of."""

    async def one() -> bool:
        await asyncio.to_thread(engine.client.volumes.create)
        return bool(seen)

    await until(one, "an event")


async def events_come_and_are_cancelled(engine: RealEngine, docker: DockerSource) -> None:
    seen: list[EngineEvent] = []
    following = asyncio.create_task(follow(docker, seen))
    await heard(engine, seen)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await following
