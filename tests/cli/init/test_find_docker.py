"""Engines are found where the docker command would look, and where engines listen."""

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cli.init.docker import find


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Path]:
    """A machine of its own with a Docker and a Podman socket, and a second name for the first."""
    listening = []
    for name in ("run/docker.sock", "run/podman/podman.sock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        one = socket.socket(socket.AF_UNIX)
        one.bind(str(tmp_path / name))
        listening.append(one)
    (tmp_path / "var").mkdir()
    (tmp_path / "var/run").symlink_to(tmp_path / "run")
    yield tmp_path
    for one in listening:
        one.close()


def context(home: Path, name: str, host: str, *, current: bool = True) -> Path:
    folder = home / ".docker"
    digest = hashlib.sha256(name.encode()).hexdigest()
    (folder / "contexts/meta" / digest).mkdir(parents=True)
    (folder / "contexts/meta" / digest / "meta.json").write_text(
        json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}})
    )
    if current:
        (folder / "config.json").write_text(json.dumps({"currentContext": name}))
    return folder / "contexts/tls" / digest / "docker"


def hosts(env: dict[str, str], home: Path, root: Path) -> list[tuple[str, str]]:
    return [(one.engine.name, one.engine.host) for one in find(env, home, root)]


def test_sockets_that_are_there_are_found_once(machine: Path) -> None:
    found = hosts({"XDG_RUNTIME_DIR": str(machine / "run")}, machine, machine)
    assert found == [
        ("docker", f"unix://{machine}/var/run/docker.sock"),
        ("podman", f"unix://{machine}/run/podman/podman.sock"),
    ]


def test_docker_host_comes_first_and_keeps_the_context_out(machine: Path) -> None:
    context(machine, "remote", "ssh://me@build-1")
    found = hosts({"DOCKER_HOST": "tcp://build-2:2375/"}, machine, machine)
    assert found[0] == ("docker", "tcp://build-2:2375")
    assert "ssh://me@build-1" not in dict(found).values()


def test_names_differ(machine: Path) -> None:
    names = [name for name, _ in hosts({"DOCKER_HOST": "tcp://h:2375"}, machine, machine)]
    assert names == ["docker", "docker-2", "podman"]


def test_the_current_context_brings_its_certificates(tmp_path: Path) -> None:
    certificates = context(tmp_path, "build box", "tcp://build-1:2376")
    certificates.mkdir(parents=True)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (certificates / name).write_text("")
    (found,) = find({}, tmp_path, tmp_path)
    assert (found.engine.name, found.source) == ("build-box", "docker context build box")
    assert found.engine.tls_key == str(certificates / "key.pem")


def test_certificates_of_the_environment_belong_to_docker_host(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    env = {"DOCKER_HOST": "tcp://h:2376", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    (found,) = find(env, tmp_path, tmp_path)
    assert (found.engine.tls_ca, found.engine.tls_cert) == (str(tmp_path / "ca.pem"), "")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"currentContext": 3}', '{"currentContext": "gone"}'])
def test_a_broken_docker_config_is_no_failure(tmp_path: Path, text: str) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text(text)
    assert find({}, tmp_path, tmp_path) == ()


@pytest.mark.parametrize("host", ["npipe:////./pipe/docker_engine", "fd://", "unix://", "nonsense"])
def test_addresses_the_console_cannot_use_are_left_out(tmp_path: Path, host: str) -> None:
    assert find({"DOCKER_HOST": host}, tmp_path, tmp_path) == ()
