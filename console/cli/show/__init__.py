"""`console show`: what a pane shows, without a screen."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ...config import places, read
from ...launch import now
from ...model.pipelines import Project
from ...ports import Services
from ...text import NO_DATA, age, clean
from ..guard import OK, Failed, say
from ..options import Options, seconds
from ..output import print_csv, print_json
from ..running import complete
from ..table import render, terminal_width
from .fields import View

DESCRIPTION = "Print what a pane shows, from the stored history; an empty history is filled first."
EPILOG = """--format json prints the board as the panes get it: an object with snake_case keys; times are ISO 8601 in
UTC, durations are seconds, ratios are 0 to 1, and null is no data. --format csv prints one row a line, with units in
the header. The table fits a terminal and is complete in a pipe.

exit codes: 0 printed, 1 nothing is stored and GitLab does not answer, 2 wrong arguments or config"""
PANES = ("pipelines", "builds", "cache", "spend", "rollouts")
WINDOWS = ("24h", "7d", "30d", "90d")
OLD = timedelta(minutes=10)
"""A history nobody wrote for longer is said to be old: no console runs on it."""
FIRST_SECONDS = 60.0
"""How long an empty history is filled before the board is printed with what has come."""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("pane", choices=PANES)
    parser.add_argument("--project", metavar="P", help="full path, or its last part where that is enough")
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table", help="default: table")
    parser.add_argument("--window", choices=WINDOWS, default="7d", help="of builds, cache and spend; default: 7d")
    parser.add_argument("--by", choices=("project", "tag", "branch", "user"), help="of spend; default: project")
    parser.add_argument("--fresh", action="store_true", help="ask the sources first")
    parser.add_argument(
        "--timeout", type=seconds, default=FIRST_SECONDS, metavar="SECONDS", help="of asking the sources; default 60"
    )


def run(options: Options, arguments: Namespace) -> int:
    """Print one board. Raises ConfigError, SourceError or Failed."""
    board = complete(_board(options, arguments))
    from .boards import BOARDS

    if arguments.format == "json":
        print_json(board)
    elif arguments.format == "csv":
        view = BOARDS[arguments.pane].view(board)
        print_csv(
            [field.name for field in view.fields], ([field.raw(row) for field in view.fields] for row in view.rows)
        )
    else:
        print("\n".join(as_table(BOARDS[arguments.pane].view(board), terminal_width())))
    return OK


async def _board(options: Options, arguments: Namespace) -> Any:
    from ..services import history_file, open_context

    where = places(options.config)
    loaded = read(where.config)
    name, _ = loaded.context(options.context)
    written = last_written(history_file(loaded, where, name))
    runtime = await open_context(loaded, where, name, lambda _: None)
    try:
        empty = not await runtime.services.history.projects()
        if empty or arguments.fresh:
            say("history is empty: asking the sources first …" if empty else "asking the sources …")
            await runtime.fill(arguments.timeout)
        elif written and now() - written > OLD:
            say(f"history was last written {age(written, now())} ago; --fresh asks the sources first")
        return await board_of(runtime.services, arguments)
    finally:
        await runtime.close()


def last_written(path: Path | None) -> datetime | None:
    """When anything was last put into the history at `path`; None: there is none, or it is no file of ours."""
    if path is None:
        return None
    times = [one.stat().st_mtime for one in (path, path.with_name(f"{path.name}-wal")) if one.exists()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


async def board_of(services: Services, arguments: Namespace) -> Any:
    """The board that is asked for. Raises Failed when there is no such project, or nothing is stored at all."""
    from .boards import BOARDS, WINDOWS, Wanted

    printed = BOARDS[arguments.pane]
    projects = await services.history.projects()
    if not projects and (printed.from_history or arguments.project):
        raise Failed("nothing is stored yet", "see what is wrong with: console doctor")
    project = find(projects, arguments.project) if arguments.project else None
    # One project's spend by project would be one row.
    by = arguments.by or ("tag" if project else "project")
    return await printed.read(services, Wanted(project, WINDOWS[arguments.window], by))


def find(projects: Sequence[Project], wanted: str) -> Project:
    """The project with this path, or the only one whose path ends so. Raises Failed, naming the nearest."""
    exact = [one for one in projects if one.path == wanted.strip("/")]
    ending = [one for one in projects if one.path.endswith(f"/{wanted.strip('/')}")]
    if found := exact or (ending if len(ending) == 1 else []):
        return found[0]
    if ending:
        names = ", ".join(sorted(one.path for one in ending))
        raise Failed(f"{len(ending)} projects end in {clean(wanted, 100)}", f"say which: {names}", code=2)
    from ...config.problems import nearest

    paths = [one.path for one in projects]
    near = nearest(wanted, paths) or next((one for one in paths if nearest(wanted, [one.rpartition("/")[2]])), "")
    hint = f"did you mean {near}?" if near else f"{len(paths)} projects are known: console show pipelines"
    raise Failed(f"there is no project {clean(wanted, 100)!r}", hint, code=2)


def as_table(view: View[Any], width: int | None) -> list[str]:
    """The lines of a view: title, table, notes."""
    rows = [*view.rows, *([view.total] if view.total is not None else [])]
    # A column that may be left out is, when nothing stands in it.
    fields = [one for one in view.fields if not one.optional or any(one.shown(row) != NO_DATA for row in rows)]
    table = render([field.column for field in fields], [[field.shown(row) for field in fields] for row in rows], width)
    title = [clean(view.title), ""] if view.title else []
    notes = ["", *(clean(note) for note in view.notes)] if view.notes else []
    return [*title, *table.splitlines(), *notes]
