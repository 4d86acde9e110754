"""Puts one context together: what options say, what was found, what a person answers."""

import shlex
from argparse import Namespace
from collections.abc import Sequence

import msgspec

from ...config import Context, DockerConfig, GitLabConfig, PrometheusConfig
from ...secrets import SecretRef, redact
from ..guard import USAGE, Failed
from .ask import Asker
from .docker import Found as FoundEngine
from .gitlab import Found as FoundGitLab
from .gitlab import env_token, normal

TOKEN_FORMS = "env NAME, file PATH, command PROGRAM ARGUMENTS, or keyring SERVICE/USER"


def gitlab(ask: Asker, options: Namespace, found: Sequence[FoundGitLab]) -> GitLabConfig | None:
    """GitLab's part of the context; None: without GitLab. Raises Failed for an option that cannot be used."""
    if options.no_gitlab:
        return None
    first = found[0] if found else None
    for other in found[1:]:
        print(f"also found: {other.url} ({other.source})")
    known = f" ({first.source})" if first and not options.gitlab else ""
    given = ask.text(f"GitLab{known}", options.gitlab or (first.url if first else ""), option="--gitlab URL")
    url = normal(given) if given else ""
    if url is None:
        raise Failed(
            f"{redact(given)!r} is no address of a GitLab", "one looks like https://gitlab.example.com", code=2
        )
    match = next((one for one in found if one.url == url), None)
    ref = _token(ask, options, match)
    groups = _groups(ask, options, match)
    projects = tuple(options.project or ())
    # A missing answer is noted in `ask`; what stands here then is never used.
    return GitLabConfig(
        url or "https://missing", ref or SecretRef(env="MISSING"), groups, projects, options.ca_file or ""
    )


def _token(ask: Asker, options: Namespace, found: FoundGitLab | None) -> SecretRef | None:
    if options.token:
        return reference(options.token)
    known = found.token if found else env_token()
    default = _words(known) if known else ""
    if ask.interactive:
        print(f"The token stays where it is kept: {TOKEN_FORMS}.")
    while answer := ask.text("Token", default, option="--token 'env NAME'"):
        try:
            return reference(answer)
        except Failed as error:
            if not ask.interactive:
                raise
            print(f"  {error}; {error.remedy}")
    return None


def reference(words: str) -> SecretRef:
    """`env NAME`, `file PATH`, `command a b`, `keyring s/u` as a reference. Raises Failed, never showing `words`."""
    kind, _, rest = words.strip().partition(" ")
    try:
        if kind == "command":
            return msgspec.convert({"command": shlex.split(rest)}, SecretRef)
        if kind in ("env", "file", "keyring"):
            return msgspec.convert({kind: rest.strip()}, SecretRef)
    except (ValueError, msgspec.ValidationError):
        pass  # told below, without the words: they may be the token
    raise Failed("this does not say where the token is kept", f"say {TOKEN_FORMS}", code=USAGE)


def _words(ref: SecretRef) -> str:
    if ref.command:
        return f"command {shlex.join(ref.command)}"
    return str(ref)


def _groups(ask: Asker, options: Namespace, found: FoundGitLab | None) -> tuple[str, ...]:
    if options.group or options.project:
        return tuple(options.group or ())
    default = ", ".join(found.groups) if found else ""
    answer = ask.text("Groups, with commas (- for all projects of yours)", default, option="--group", needed=False)
    return tuple(part.strip().strip("/") for part in answer.split(",") if part.strip() not in ("", "-"))


def docker(ask: Asker, options: Namespace, found: Sequence[FoundEngine]) -> tuple[DockerConfig, ...]:
    """The engines of the context. Raises Failed for an option that cannot be used."""
    if options.docker is not None:
        return tuple(_engine(f"docker-{at}" if at > 1 else "docker", host) for at, host in enumerate(options.docker, 1))
    if options.no_docker:
        return ()
    return tuple(
        one.engine for one in found if ask.yes(f"Docker engine {one.engine.host} ({one.source})", default=True)
    )


def _engine(name: str, host: str) -> DockerConfig:
    try:
        return msgspec.convert({"name": name, "host": host}, DockerConfig)
    except msgspec.ValidationError:
        raise Failed(
            f"{redact(host)!r} is no address of an engine",
            "unix:///path, tcp://host:port or ssh://user@host",
            code=USAGE,
        ) from None


def prometheus(ask: Asker, options: Namespace, found: str) -> PrometheusConfig | None:
    """Prometheus' part of the context; None: without. Raises Failed for an address that cannot be used."""
    if options.no_prometheus:
        return None
    default = options.prometheus or found
    answer = ask.text("Prometheus (- for none)", default or "-", option="--prometheus", needed=False)
    if answer in ("", "-"):
        return None
    url = normal(answer)
    if url is None:
        raise Failed(f"{redact(answer)!r} is no address of a Prometheus", "http://localhost:9090", code=USAGE)
    return PrometheusConfig(url)


def context(
    ask: Asker,
    options: Namespace,
    found: tuple[Sequence[FoundGitLab], Sequence[FoundEngine], str],
) -> Context:
    """The whole context. Raises Failed when something is missing and nobody can be asked."""
    servers, engines, metrics = found
    made = Context(
        gitlab=gitlab(ask, options, servers),
        docker=docker(ask, options, engines),
        prometheus=prometheus(ask, options, metrics),
    )
    ask.complete()
    return made
