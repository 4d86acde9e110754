"""Where an engine is and how it is reached."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ...ports import SourceError, Trouble
from ...text import clean

Kind = Literal["unix", "tcp", "ssh"]
_HOSTNAME = re.compile(r"[A-Za-z0-9_.:%\[\]][A-Za-z0-9_.:%\[\]-]*")
"""No leading dash: ssh would take such a host for an option."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of a TLS connection; without `ca` the system's authorities are trusted."""

    ca: str | None = None
    cert: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where one engine listens."""

    kind: Kind
    shown: str
    """For people: without a password that the address may hold."""
    path: str = ""
    """Of the socket, for unix, and for ssh when it is not the usual one there."""
    host: str = ""
    port: int | None = None
    user: str = ""
    tls: Tls | None = None

    @property
    def transport(self) -> str:
        """`unix`, `tcp`, `tcp with TLS` or `ssh`."""
        return "tcp with TLS" if self.tls else self.kind


def address(
    host: str, *, tls_ca: str | None = None, tls_cert: str | None = None, tls_key: str | None = None
) -> Address:
    """The engine at `host`, as in DOCKER_HOST: unix:///path, tcp://host:port, https://host:port or ssh://user@host.

    tcp is spoken with TLS once one of the files is given. Raises SourceError (UNSUPPORTED) for anything else.
    """
    try:
        parts = urlsplit(host)
        port = parts.port
    except ValueError:
        raise _unusable(host) from None
    tls = _tls(tls_ca, tls_cert, tls_key)
    if parts.scheme == "unix" and not parts.netloc and parts.path:
        return Address("unix", clean(host), path=parts.path)
    name = parts.hostname or ""
    if not _HOSTNAME.fullmatch(name) or (parts.username or "").startswith("-"):
        raise _unusable(host)
    shown = f"{parts.scheme}://{_netloc(name, port)}"
    match parts.scheme:
        case "tcp" | "http":
            return Address("tcp", shown, host=name, port=port or (2376 if tls else 2375), tls=tls)
        case "https":
            return Address("tcp", shown, host=name, port=port or 2376, tls=tls or Tls())
        case "ssh":
            user = parts.username or ""
            at = f"{user}@" if user else ""
            path = parts.path.rstrip("/")
            return Address("ssh", f"ssh://{at}{_netloc(name, port)}{path}", path=path, host=name, port=port, user=user)
    raise _unusable(host)


def _netloc(host: str, port: int | None) -> str:
    literal = f"[{host}]" if ":" in host else host
    return literal if port is None else f"{literal}:{port}"


def _tls(ca: str | None, cert: str | None, key: str | None) -> Tls | None:
    if bool(cert) != bool(key):
        raise SourceError(
            "A TLS client certificate and its key go together, and one of them is not set.",
            trouble=Trouble.TLS,
            remedy="Set both tls_cert and tls_key, or neither.",
        )
    return Tls(ca, cert, key) if ca or cert else None


def check_files(tls: Tls) -> None:
    """Raises SourceError (TLS) that names the first file that is not there or cannot be read."""
    for file in (tls.ca, tls.cert, tls.key):
        try:
            if file is not None:
                Path(file).open("rb").close()
        except OSError as error:
            raise SourceError(
                f"Cannot read the TLS file {clean(file)}: {error.strerror}.",
                trouble=Trouble.TLS,
                remedy="Correct the path, or make the file readable for you.",
            ) from error


def _unusable(host: str) -> SourceError:
    scheme = clean(host.partition("://")[0], 40) if "://" in host else ""
    return SourceError(
        f"No engine can be reached through {scheme + '://…' if scheme else 'an address without a scheme'}.",
        trouble=Trouble.UNSUPPORTED,
        remedy="Write unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host.",
    )
