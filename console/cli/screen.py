"""`console` without a verb: the app on one context. On the way to first paint, so it imports little and late."""

import gc
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ..config import Loaded, Places, places, read
from ..config.structs import UiConfig
from .guard import USAGE, Failed, bug
from .options import Options

if TYPE_CHECKING:
    from ..launch import Announce, Launch, Runtime


def run(options: Options, words: Sequence[str] = ()) -> NoReturn:
    """Open the app, and end with its exit code. Raises Failed where no screen can be, ConfigError for a wrong file."""
    from ..driver.place import terminal_problem

    # What is made until the first paint is needed: looking for garbage in it would take a tenth of that time.
    gc.disable()
    if problem := terminal_problem():
        raise Failed(problem, code=USAGE)
    where = places(options.config)
    end(start(read(where.config), where, options, words))


def end(code: int) -> NoReturn:
    """End the process after the app: a thread that still blocks in a request is not waited for."""
    from ..driver import leave

    leave(code)


def start(loaded: Loaded, where: Places, options: Options, words: Sequence[str] = ()) -> int:
    """Run the app on a config that was read, and give its exit code. Raises ConfigError."""
    return play(launch(loaded, where, options), loaded.config.ui, words)


def play(given: "Launch", ui: UiConfig, words: Sequence[str] = ()) -> int:
    """Run the app, and give its exit code. What crashed it becomes a crash report, never a traceback."""
    from ..app import ConsoleApp

    app = ConsoleApp(given)
    code = app.start(mouse=_mouse(ui.mouse), frames=_frames(ui))
    if app.crash is None:
        return code
    return bug(app.crash, words)


def launch(loaded: Loaded, where: Places, options: Options) -> "Launch":
    """What the app is given. Raises ConfigError for a context or a key that cannot be used."""
    from ..launch import ContextInfo, Launch

    name, _ = loaded.context(options.context)
    infos = (
        ContextInfo(one, context.production, context.read_only or options.read_only)
        for one, context in loaded.config.contexts.items()
    )
    return Launch(
        context=name,
        contexts=tuple(infos),
        open=partial(opened, loaded, where),
        state_path=partial(state_path, where.state),
        keys=_keys(loaded),
        theme=options.theme or loaded.config.theme.name,
        themes_folder=where.themes,
        mouse=_mouse(loaded.config.ui.mouse) is not False,
    )


async def opened(loaded: Loaded, where: Places, name: str, announce: "Announce") -> "Runtime":
    """Behind the first paint, where there is time: the glyphs of charts, and the context at work."""
    if (charts := loaded.config.ui.charts) != "auto":
        from ..widgets.chart import Chart

        Chart.glyphs = charts
    from .services import open_context

    try:
        return await open_context(loaded, where, name, announce)
    finally:
        _settle()


def _settle() -> None:
    """Take what stays, libraries above all, out of the search for garbage, which stops every thread for 70 ms else."""
    if gc.isenabled():  # not the first context: what remains of the one before has to be found first
        gc.unfreeze()
        gc.collect()
    gc.freeze()
    gc.enable()


def state_path(folder: Path, context: str) -> Path:
    """Where a context's last screen is kept."""
    return folder / "last" / f"{context}.bin"


def _keys(loaded: Loaded) -> Mapping[str, str]:
    """The operator's keys, checked; the app's own bindings are only looked at when there are any."""
    own = loaded.config.keys
    if not own:
        return {}
    from ..config.keys import check, keymap
    from .bindings import uses

    check(loaded, uses())
    return keymap(own)


def _mouse(choice: str) -> bool | None:
    """None leaves it to what the link allows."""
    return None if choice == "auto" else choice == "on"


def _frames(ui: UiConfig) -> int:
    from ..driver.place import over_ssh

    return ui.ssh_frames_per_second if over_ssh() else ui.frames_per_second
