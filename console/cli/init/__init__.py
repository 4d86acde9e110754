"""`console init`: find what there is, ask for the rest, test it, write the config."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ...config import Config, ConfigError, Context, Loaded, Places, places, read
from ..doctor import lines
from ..doctor.check import Check, healthy
from ..guard import FAILED, OK, USAGE, Failed, say
from ..options import Options
from ..running import complete
from ..table import colours, terminal_width
from . import choose, docker, gitlab, prometheus
from .ask import Asker

DESCRIPTION = """Find GitLab (git remotes, GITLAB_* and glab), Docker (context, DOCKER_HOST, sockets) and Prometheus
(PROMETHEUS_URL, usual ports), ask for what is missing, test each, and write the config with mode 0600. A config that
is there already keeps its other contexts, and is changed only after a diff, a yes and a backup."""
HEADER = "# Written by console init. Every key there is stands in config.example.toml.\n\n"
TEST_SECONDS = 20.0


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="ask nothing: take what is found, and yes for an answer")
    parser.add_argument("--untested", action="store_true", help="write without connecting to anything")
    parser.add_argument("--name", help="name of the context; default: --context, or default")
    parser.add_argument("--gitlab", metavar="URL")
    parser.add_argument("--token", metavar="WHERE", help=f"where the token is kept: {choose.TOKEN_FORMS}")
    parser.add_argument("--group", action="append", metavar="PATH", help="may be repeated")
    parser.add_argument("--project", action="append", metavar="PATH", help="may be repeated")
    parser.add_argument("--ca-file", metavar="FILE", help="of GitLab's certificate authority")
    parser.add_argument("--docker", action="append", metavar="HOST", help="may be repeated")
    parser.add_argument("--prometheus", metavar="URL")
    for part in ("gitlab", "docker", "prometheus"):
        parser.add_argument(f"--no-{part}", action="store_true")


def run(options: Options, arguments: Namespace) -> int:
    """Make the config. Raises Failed when something is missing, refused or does not answer."""
    ask = Asker(interactive=not arguments.yes and sys.stdin.isatty() and sys.stdout.isatty())
    where = places(options.config)
    old = _old(where.config)
    name = arguments.name or options.context or "default"
    # Only while something answers wrongly and a person wants to give other answers.
    while True:
        context = choose.context(ask, arguments, _found())
        config = _merged(old, name, context)
        if arguments.untested or _tested(Loaded(where.config, config), where, name, ask):
            return _written(where.config, config, ask, yes=arguments.yes)


def _found() -> tuple[Sequence[gitlab.Found], Sequence[docker.Found], str]:
    say("looking for GitLab, Docker and Prometheus …")
    return gitlab.find(Path.cwd()), docker.find(), complete(prometheus.find())


def _old(path: Path) -> Config | None:
    """The config that is there; one that is wrong is replaced as a whole, which the diff shows."""
    try:
        return read(path).config
    except ConfigError as error:
        if not error.missing:
            say(f"the config that is there cannot be used and would be replaced:\n{error}")
        return None


def _merged(old: Config | None, name: str, context: Context) -> Config:
    """`old` with the context; raises ConfigError when they do not fit together."""
    import msgspec

    contexts = {**(old.contexts if old else {}), name: context}
    try:
        merged = msgspec.structs.replace(old, contexts=contexts) if old else Config(contexts)
        return msgspec.convert(msgspec.to_builtins(merged), Config)
    except (ValueError, msgspec.ValidationError) as error:
        raise Failed(f"this does not make a config: {error}", "see config.example.toml", code=USAGE) from None


def _tested(loaded: Loaded, where: Places, name: str, ask: Asker) -> bool:
    """Whether to write: all answers well, or a person wants it all the same. Raises Failed where nobody can say so."""
    from ..doctor.examine import of_context

    say("testing …")
    context = loaded.config.contexts[name]
    checks: tuple[Check, ...] = complete(of_context(loaded, where, name, context, TEST_SECONDS))
    print("\n".join(lines(name, checks, terminal_width(), colours())))
    if healthy(checks):
        return True
    if not ask.interactive:
        raise Failed("not everything answers: nothing was written", "mend it, or console init --untested", code=FAILED)
    if ask.yes("Not everything answers. Give other answers?", default=True):
        return False
    if ask.yes("Write it all the same?", default=False):
        return True
    raise Failed("nothing was written", code=FAILED)


def _written(path: Path, config: Config, ask: Asker, *, yes: bool) -> int:
    """Put the config in its place; over another only after its diff was shown, a yes and a backup."""
    from ...config.write import backup, difference, to_toml, write

    text = HEADER + to_toml(config)
    if path.exists():
        changes = difference(path, text)
        if not changes:
            print(f"{path} is as it should be")
            return OK
        print(changes, end="")
        if not (yes or ask.yes(f"Write this to {path}?", default=False)):
            code = FAILED if ask.interactive else USAGE
            raise Failed("nothing was written", "" if ask.interactive else "say --yes to write it", code=code)
    try:
        if path.exists():
            print(f"kept the old one as {backup(path, datetime.now())}")
        write(path, text)
    except OSError as error:
        raise Failed(
            f"{error.filename or path} cannot be written: {error.strerror}", "give another place by --config"
        ) from None
    print(f"wrote {path}\nnext: console")
    return OK
