"""GitLab servers and projects that the git remotes of a folder name."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

NOT_GITLAB = ("github.com", "bitbucket.org", "dev.azure.com", "ssh.dev.azure.com", "codeberg.org", "sr.ht")
GIT_SECONDS = 5.0
_SCP = re.compile(r"^(?:[^@/\s]+@)?(?P<host>\[[0-9a-fA-F:]+\]|[^:/\s\[\]]+):(?P<path>(?!//)\S+)$")
"""`git@host:group/project.git`; a drive letter or a URL is none."""


@dataclass(frozen=True, slots=True)
class Remote:
    """One remote: where its web pages most likely are, and the project there."""

    url: str
    """Scheme, host and port; without user and password, which remotes often hold."""
    path: str
    """`group/project`, with a relative root of the server still in front of it when the remote is HTTP."""
    over_http: bool


def parse(address: str) -> Remote | None:
    """What a remote's address says; None when it is a folder, or a host known not to be GitLab."""
    text = address.strip()
    if "://" in text:
        return _url(text)
    found = _SCP.match(text)
    if not found or len(found["host"]) == 1:
        return None
    return _remote("https", found["host"], found["path"], over_http=False)


def _url(text: str) -> Remote | None:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:  # a port or an IPv6 address that is none
        return None
    if not host:
        return None
    shown = f"[{host}]" if ":" in host else host
    if parts.scheme in ("http", "https"):
        return _remote(parts.scheme, f"{shown}:{port}" if port else shown, parts.path, over_http=True)
    # The port of ssh says nothing about the port of the web pages.
    return _remote("https", shown, parts.path, over_http=False) if parts.scheme in ("ssh", "git+ssh", "git") else None


def _remote(scheme: str, host: str, path: str, *, over_http: bool) -> Remote | None:
    name = host.lower().removeprefix("altssh.")
    project = unquote(path).strip("/").removesuffix(".git").strip("/")
    known = any(name == other or name.endswith("." + other) for other in NOT_GITLAB)
    return None if known or "/" not in project else Remote(f"{scheme}://{name}", project, over_http)


def remotes(folder: Path) -> tuple[Remote, ...]:
    """Remotes of the repository around `folder`, `origin` first; none without git or a repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "config", "--get-regexp", r"^remote\..*\.url$"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    lines = done.stdout.decode("utf-8", errors="replace").splitlines()
    pairs = sorted((line.partition(" ")[::2] for line in lines), key=lambda pair: pair[0] != "remote.origin.url")
    found = (parse(address) for _, address in pairs)
    return tuple(dict.fromkeys(remote for remote in found if remote))
