"""`console collect`: fill the history without a screen, for cron or systemd."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ..config import places, read
from ..text import count
from .guard import OK, Failed, say
from .options import Options, seconds
from .output import print_json
from .running import complete

if TYPE_CHECKING:
    from ..sync.gitlab import Collected

DESCRIPTION = "Fill what the history lacks, newest first, then stop. Safe to run beside an open console."
EPILOG = """What a time limit leaves out comes with the next run. Projects that could not be read are named on stderr.

--json prints {"projects", "pipelines", "jobs", "logs", "filled", "problems": [text], "in_time"}: numbers of what was
received, projects whose history reaches back to sync.backfill_days, projects that could not be read, and whether the
time limit left anything out.

exit codes: 0 done or out of time, 1 GitLab or the history did not answer, 2 wrong arguments or config"""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", help="stop after so long; default: when all is there"
    )
    parser.add_argument("--json", action="store_true", help="for programs")


def run(options: Options, arguments: Namespace) -> int:
    """Collect and report. Raises ConfigError, SourceError, or Failed for a context without GitLab."""
    from .services import open_context

    where = places(options.config)
    loaded = read(where.config)
    name, context = loaded.context(options.context)
    if context.gitlab is None:
        raise Failed(f"context {name} has no GitLab to collect from", "add one with: console init")

    async def collect() -> "Collected":
        runtime = await open_context(loaded, where, name, lambda _: None)
        try:
            return await runtime.fill(arguments.timeout)
        finally:
            await runtime.close()

    _report(complete(collect()), as_json=arguments.json)
    return OK


def _report(collected: "Collected", *, as_json: bool) -> None:
    if as_json:
        print_json(collected)
    else:
        brought = f"{count(collected.pipelines)} pipelines, {count(collected.jobs)} jobs, {count(collected.logs)} logs"
        print(f"{count(collected.filled)} of {count(collected.projects)} projects complete; received {brought}")
    for problem in collected.problems:
        say(f"console: {problem}")
    if not collected.in_time:
        say("console: out of time; the next run goes on from here")
