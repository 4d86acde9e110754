"""Addresses of engines as operators write them."""

from pathlib import Path

import pytest

from console.ports import SourceError, Trouble
from console.sources.docker import DockerSource
from console.sources.docker.address import address
from console.sources.docker.ssh import command


@pytest.mark.parametrize(
    ("host", "transport", "shown"),
    [
        ("unix:///var/run/docker.sock", "unix", "unix:///var/run/docker.sock"),
        ("tcp://10.0.0.7", "tcp", "tcp://10.0.0.7"),
        ("tcp://me:secret@engine:2375", "tcp", "tcp://engine:2375"),
        ("https://engine", "tcp with TLS", "https://engine"),
        ("tcp://[::1]:2375", "tcp", "tcp://[::1]:2375"),
        ("ssh://ops@bastion:2222/run/docker.sock", "ssh", "ssh://ops@bastion:2222/run/docker.sock"),
        ("ssh://ops:secret@bastion", "ssh", "ssh://ops@bastion"),
    ],
)
def test_an_address_is_told_without_its_password(host: str, transport: str, shown: str) -> None:
    found = address(host)
    assert (found.transport, found.shown) == (transport, shown)
    assert "secret" not in repr(DockerSource("lab", host))


def test_the_usual_port_depends_on_tls(tmp_path: Path) -> None:
    assert address("tcp://engine").port == 2375
    assert address("tcp://engine", tls_ca=str(tmp_path)).port == 2376


@pytest.mark.parametrize(
    "host",
    [
        "",
        "/var/run/docker.sock",
        "unix://",
        "unix://var/run/docker.sock",
        "npipe:////./pipe/docker_engine",
        "tcp://",
        "tcp://engine:port",
        "tcp://engine:99999",
        "ssh://-oProxyCommand=evil",
        "ssh://-l@bastion",
        "ssh://basti on",
        "fd://",
        "https://[::1",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_examples(host: str) -> None:
    with pytest.raises(SourceError) as caught:
        DockerSource("lab", host)
    assert caught.value.trouble is Trouble.UNSUPPORTED
    assert "unix:///var/run/docker.sock" in caught.value.remedy


def test_a_certificate_without_its_key_is_refused() -> None:
    with pytest.raises(SourceError, match="go together"):
        DockerSource("lab", "tcp://engine", tls_cert="/cert.pem")


async def test_a_tls_file_that_is_missing_is_named(tmp_path: Path) -> None:
    docker = DockerSource("lab", "tcp://127.0.0.1:1", tls_ca=str(tmp_path / "ca.pem"))
    with pytest.raises(SourceError, match=r"ca\.pem: No such file") as caught:
        await docker.engine()
    assert caught.value.trouble is Trouble.TLS


def test_ssh_never_asks_and_takes_no_path_for_words() -> None:
    words = command(address("ssh://bastion/run/my docker.sock;reboot"), 5)
    assert "BatchMode=yes" in words
    assert words[-3:] == ["--", "bastion", "docker --host unix://'/run/my docker.sock;reboot' system dial-stdio"]
