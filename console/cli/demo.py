"""`console demo`: the simulated platform in a child process, and the app on it."""

import asyncio
import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec

from ..config import Loaded, Places, places, read
from ..config.structs import SyncConfig, UiConfig
from .guard import USAGE, Failed
from .options import Options
from .simulation import platform

if TYPE_CHECKING:
    from ..launch import Announce, Runtime

DESCRIPTION = "Open the console on a simulated fleet: GitLab, Docker and Prometheus on loopback, from one seed."
EPILOG = """With --serve the platform runs without a screen and prints a config for it, until Ctrl+C.
Faults: 5xx, 429, 429-app, slow, hang, truncated, html, old, expired-token, partial, gitlab-down, docker-down,
prometheus-down.
History and last screen of the demo are kept apart from yours, by seed and size; --new forgets them."""
CONTEXT = "demo"
"""What the platform's config calls it."""
NEEDED = ("starlette", "uvicorn", "graphql", "yaml")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="run the platform only, and print a config for it")
    parser.add_argument("--projects", type=int, default=17, metavar="N", help="default: 17")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="another seed is another fleet; default: 7")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="of its clock; default: 1")
    parser.add_argument("--fault", default="", metavar="NAME[,NAME]", help="what goes wrong")
    parser.add_argument("--new", action="store_true", help="forget what the demo showed before")


def run(options: Options, arguments: Namespace) -> NoReturn:
    """Serve, or open the app, and end the process. Raises Failed when the platform cannot be started."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise Failed(f"the demo extra is not installed ({missing[0]} is missing)", "pip install 'fleet-console[demo]'")
    if arguments.serve:
        _serve(arguments)
    from ..driver.place import terminal_problem
    from .screen import end

    if problem := terminal_problem():
        raise Failed(problem, "console demo --serve runs the platform without a screen", code=USAGE)
    end(_open(options, arguments))


def _serve(arguments: Namespace) -> NoReturn:
    """Become the platform: signals and output are its own."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "console.demo", *_words(arguments)])


def _open(options: Options, arguments: Namespace) -> int:
    """Run the app. What it showed before is on screen at once; only a first start waits for the platform."""
    from ..launch import ContextInfo, Launch
    from .screen import play, state_path

    where = _places(options, arguments)
    remembered = partial(state_path, where.state)
    with tempfile.TemporaryDirectory(prefix="console-demo-") as folder:
        config = Path(folder) / "config.toml"
        command = [sys.executable, "-m", "console.cli.platform", *_words(arguments)]
        with platform(command, config) as ready:
            if not remembered(CONTEXT).exists():
                ready()
            given = Launch(
                context=CONTEXT,
                contexts=(ContextInfo(CONTEXT, read_only=options.read_only),),
                open=partial(_connected, ready, config, where),
                state_path=remembered,
                theme=options.theme or "",
                themes_folder=where.themes,
            )
            return play(given, UiConfig())


async def _connected(
    ready: Callable[[], None], config: Path, where: Places, name: str, announce: "Announce"
) -> "Runtime":
    """The context, once the platform is there. Raises SourceError when it does not start."""
    from ..ports import SourceError, Trouble
    from .screen import opened

    try:
        await asyncio.to_thread(ready)
    except Failed as error:
        raise SourceError(str(error), trouble=Trouble.UNREACHABLE, remedy=error.remedy) from None
    return await opened(_eager(read(config)), where, name, announce)


def _eager(loaded: Loaded) -> Loaded:
    """With budgets that suit a server of one's own on loopback: its 90 days are there within a minute."""
    sync = SyncConfig(requests_per_minute=3000, logs_per_minute=600)
    return Loaded(loaded.path, msgspec.structs.replace(loaded.config, sync=sync))


def _places(options: Options, arguments: Namespace) -> Places:
    """Folders of the demo's own: what its fleet is called and looks like depends on seed and size."""
    usual = places(options.config)
    name = f"seed-{arguments.seed}-projects-{arguments.projects}"
    where = Places(usual.config, usual.data / "demo" / name, usual.state / "demo" / name)
    if arguments.new:
        import shutil

        for folder in (where.data, where.state):
            shutil.rmtree(folder, ignore_errors=True)
    return where


def _words(arguments: Namespace) -> list[str]:
    """The platform's own arguments."""
    words = ["--serve", "--projects", str(arguments.projects), "--seed", str(arguments.seed)]
    words += ["--speed", str(arguments.speed)]
    return [*words, "--fault", arguments.fault] if arguments.fault else words
