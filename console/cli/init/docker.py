"""Finds Docker engines: DOCKER_HOST, the current context, and the sockets engines usually listen on."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...config import DockerConfig


@dataclass(frozen=True, slots=True)
class Found:
    """An engine that may be there."""

    engine: DockerConfig
    source: str
    """Who named it, in words."""


def find(env: Mapping[str, str] = os.environ, home: Path | None = None, root: Path = Path("/")) -> tuple[Found, ...]:
    """Engines that something names, the one the docker command would use first; one address appears once.

    `root` stands before system paths, so that tests have a machine of their own.
    """
    home = home or Path.home()
    named = list(_from_env(env)) or list(_from_context(env, home))
    merged: dict[str, Found] = {}
    for one in (*named, *_sockets(env, home, root)):
        merged.setdefault(_identity(one.engine.host), one)
    return tuple(_own_names(merged.values()))


def _from_env(env: Mapping[str, str]) -> Iterator[Found]:
    host = _address(env.get("DOCKER_HOST", ""))
    if host:
        certificates = env.get("DOCKER_CERT_PATH", "") if env.get("DOCKER_TLS_VERIFY") else ""
        yield Found(_engine("docker", host, Path(certificates) if certificates else None), "$DOCKER_HOST")


def _from_context(env: Mapping[str, str], home: Path) -> Iterator[Found]:
    """The docker command's current context; `default` means the usual socket, which is looked for anyway."""
    folder = Path(env.get("DOCKER_CONFIG") or home / ".docker")
    name = env.get("DOCKER_CONTEXT") or _json(folder / "config.json").get("currentContext")
    if not isinstance(name, str) or name in ("", "default"):
        return
    digest = hashlib.sha256(name.encode()).hexdigest()
    endpoints = _json(folder / "contexts" / "meta" / digest / "meta.json").get("Endpoints")
    endpoint = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = _address(str(endpoint.get("Host", ""))) if isinstance(endpoint, dict) else ""
    if host:
        certificates = folder / "contexts" / "tls" / digest / "docker"
        yield Found(_engine(name, host, certificates if certificates.is_dir() else None), f"docker context {name}")


def _sockets(env: Mapping[str, str], home: Path, root: Path) -> Iterator[Found]:
    runtime = env.get("XDG_RUNTIME_DIR")
    usual = (
        ("docker", root / "var/run/docker.sock"),
        ("docker", Path(runtime) / "docker.sock" if runtime else None),
        ("docker", home / ".docker/run/docker.sock"),
        ("desktop", home / ".docker/desktop/docker.sock"),
        ("colima", home / ".colima/default/docker.sock"),
        ("orbstack", home / ".orbstack/run/docker.sock"),
        ("rancher", home / ".rd/docker.sock"),
        ("podman", Path(runtime) / "podman/podman.sock" if runtime else None),
        ("podman", root / "run/podman/podman.sock"),
    )
    for name, path in usual:
        if path and _is_socket(path):
            yield Found(DockerConfig(name=name, host=f"unix://{path}"), f"socket {path}")


def _engine(name: str, host: str, certificates: Path | None) -> DockerConfig:
    plain = "".join(char if (char.isalnum() and char.isascii()) or char in "._-" else "-" for char in name)[:64]
    files = ["", "", ""]
    if certificates and host.startswith("tcp://"):
        paths = [certificates / name for name in ("ca.pem", "cert.pem", "key.pem")]
        files = [str(path) if path.is_file() else "" for path in paths]
    return DockerConfig(plain.lstrip("._-") or "docker", host, files[0], files[1], files[2])


def _address(text: str) -> str:
    """A DOCKER_HOST in the forms the config takes; empty when it is another kind, such as a Windows pipe."""
    host = text.strip()
    if host.startswith("/"):
        host = f"unix://{host}"
    for scheme in ("http://", "https://"):
        host = f"tcp://{host.removeprefix(scheme)}" if host.startswith(scheme) else host
    host = host.rstrip("/") if host.startswith("tcp://") else host
    return host if host.startswith(("unix:///", "tcp://", "ssh://")) and len(host) > len("unix:///") else ""


def _identity(host: str) -> str:
    return os.path.realpath(host.removeprefix("unix://")) if host.startswith("unix://") else host


def _own_names(found: Any) -> Iterator[Found]:
    """The same engines with names that differ: `docker`, `docker-2`."""
    taken: set[str] = set()
    for one in found:
        name, number = one.engine.name, 2
        while name in taken:
            name, number = f"{one.engine.name}-{number}", number + 1
        taken.add(name)
        engine = one.engine
        yield Found(DockerConfig(name, engine.host, engine.tls_ca, engine.tls_cert, engine.tls_key), one.source)


def _is_socket(path: Path) -> bool:
    try:
        return stat.S_ISSOCK(path.stat().st_mode)
    except OSError:
        return False


def _json(path: Path) -> dict[str, Any]:
    """An object in a JSON file; a missing or broken file is as good as an empty one: it is another program's."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
