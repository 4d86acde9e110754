"""Finds GitLab: git remotes, the environment, glab's config. Tokens are referred to, never read."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from ...secrets import SecretRef
from .remotes import Remote, remotes

URL_NAMES = ("GITLAB_URL", "GITLAB_HOST", "GITLAB_URI", "GL_HOST", "CI_SERVER_URL")
TOKEN_NAMES = ("GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN", "GITLAB_PRIVATE_TOKEN", "GITLAB_API_TOKEN")
"""A CI_JOB_TOKEN is not among them: it may not read the API."""


@dataclass(frozen=True, slots=True)
class Found:
    """A GitLab that may be the one, with what is known of it."""

    url: str
    source: str
    """Who named it, in words."""
    token: SecretRef | None = None
    groups: tuple[str, ...] = ()


def find(folder: Path, env: Mapping[str, str] = os.environ, home: Path | None = None) -> tuple[Found, ...]:
    """Every GitLab that something names, the likeliest first; those with groups come before those without."""
    home = home or Path.home()
    named = tuple(_from_env(env))
    logged_in = tuple(_from_glab(env, home))
    cloned = tuple(_from_remote(remote, named) for remote in remotes(folder))
    merged: dict[str, Found] = {}
    for one in (*cloned, *named, *logged_in):
        known = merged.get(one.url)
        merged[one.url] = _merge(known, one) if known else one
    token = env_token(env)
    # A token in the environment has no host: it belongs to the likeliest server, unless glab knows one for that.
    first = next(iter(merged), None)
    return tuple(replace(one, token=token) if one.url == first and token else one for one in merged.values())


def env_token(env: Mapping[str, str] = os.environ) -> SecretRef | None:
    """The first variable that usually holds a token and is set."""
    return next((SecretRef(env=name) for name in TOKEN_NAMES if env.get(name)), None)


def _merge(known: Found, other: Found) -> Found:
    sources = known.source if other.source in known.source else f"{known.source}, {other.source}"
    return Found(known.url, sources, known.token or other.token, tuple(dict.fromkeys(known.groups + other.groups)))


def normal(text: str) -> str | None:
    """`host`, `host:port` or a URL as `scheme://host[:port][/root]`; None when it is none of these."""
    full = text.strip() if "://" in text else f"https://{text.strip()}"
    try:
        parts = urlsplit(full)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", full):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    root = parts.path.rstrip("/").removesuffix("/api/v4")
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{root}"


def _from_env(env: Mapping[str, str]) -> Iterator[Found]:
    for name in URL_NAMES:
        if url := normal(env.get(name, "")):
            yield Found(url, f"${name}")


def _from_remote(remote: Remote, named: tuple[Found, ...]) -> Found:
    """A remote, under the relative root that the environment gives for its host: a remote alone cannot tell one."""
    url, path = remote.url, remote.path
    for one in named:
        root = urlsplit(one.url).path.strip("/")
        if urlsplit(one.url).hostname == urlsplit(url).hostname:
            url = one.url if root or not remote.over_http else url
            path = path.removeprefix(f"{root}/") if remote.over_http and root else path
            break
    return Found(url, "git remote", groups=(path.split("/")[0],))


def _from_glab(env: Mapping[str, str], home: Path) -> Iterator[Found]:
    """Hosts glab is logged in to, each with the command that asks glab for its token."""
    folder = Path(env.get("GLAB_CONFIG_DIR") or Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "glab-cli")
    try:
        text = (folder / "config.yml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    program = shutil.which("glab", path=env.get("PATH"))
    for host, settings in glab_hosts(text).items():
        scheme = "http" if settings.get("api_protocol") == "http" else "https"
        if url := normal(f"{scheme}://{settings.get('api_host') or host}"):
            asks = SecretRef(command=("glab", "config", "get", "token", "--host", host)) if program else None
            yield Found(url, "glab", asks if "token" in settings else None)


def glab_hosts(text: str) -> dict[str, dict[str, str]]:
    """The hosts in glab's config with their plain settings; of a token only that there is one.

    Reads just the shape that glab writes: `hosts:`, one level of host names, one of `key: value`.
    """
    hosts: dict[str, dict[str, str]] = {}
    inside, depth, host = False, 0, ""
    for line in text.splitlines():
        found = re.match(r"^(\s*)([^\s#][^:]*(?::\d+)?):(?:\s+(.*))?$", line)
        if not found:
            continue
        indent, key, value = len(found[1]), found[2].strip("\"' "), (found[3] or "").strip("\"' ")
        if indent == 0:
            inside, depth = key == "hosts", 0
        elif inside and (depth == 0 or indent <= depth):
            depth, host = indent, key
            hosts[host] = {}
        elif inside and host:
            hosts[host][key] = ("" if not value else "set") if key == "token" else value
    return {name: {key: value for key, value in settings.items() if value} for name, settings in hosts.items()}
