"""`console doctor`: every connection of a context, checked, with the remedy for what is wrong."""

import asyncio
import textwrap
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from ...config import places, read
from ..guard import FAILED, OK
from ..options import Options, seconds
from ..output import print_json
from ..running import complete
from ..table import colours, terminal_width
from .check import Check, Verdict, healthy

DESCRIPTION = "Check every connection of a context: reachable, TLS, rights, expiry, versions, clocks, queries."
EPILOG = """exit codes: 0 healthy (warnings allowed), 1 something failed, 2 wrong config

--json prints {"healthy": bool, "checks": [{"context", "subject", "name", "verdict", "found", "remedy"}]};
verdict is ok, warn, fail or skip; context is null for checks of this machine."""
MARKS = {Verdict.OK: "32", Verdict.WARN: "33", Verdict.FAIL: "31", Verdict.SKIP: "2"}
"""SGR colours; the word carries the meaning."""
Report = tuple[str | None, tuple[Check, ...]]
"""A context's name, None for this machine, with its checks."""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="every context of the config")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--timeout", type=seconds, default=30.0, metavar="SECONDS", help="of each connection; default 30"
    )


def run(options: Options, arguments: Namespace) -> int:
    """Check, print, and say whether all is healthy. Raises ConfigError."""
    from .examine import of_context, of_machine

    where = places(options.config)
    loaded = read(where.config)
    name, context = loaded.context(options.context)
    chosen = loaded.config.contexts if arguments.all else {name: context}

    async def examine() -> list[Report]:
        jobs = (of_context(loaded, where, key, one, arguments.timeout) for key, one in chosen.items())
        return list(zip(chosen, await asyncio.gather(*jobs), strict=True))

    reports: list[Report] = [(None, of_machine(loaded, options)), *complete(examine())]
    every = [check for _, checks in reports for check in checks]
    if arguments.json:
        print_json({"healthy": healthy(every), "checks": [_row(key, one) for key, some in reports for one in some]})
    else:
        for key, checks in reports:
            print("\n".join(lines(key, checks, terminal_width(), colours())))
        print(_sum(every))
    return OK if healthy(every) else FAILED


def _row(context: str | None, check: Check) -> dict[str, object]:
    return {
        "context": context,
        "subject": check.subject,
        "name": check.name,
        "verdict": check.verdict.value,
        "found": check.found,
        "remedy": check.remedy,
    }


def lines(context: str | None, checks: Iterable[Check], width: int | None, coloured: bool) -> Iterable[str]:
    """Checks by subject, each on a line, with its remedy under it where there is one."""
    yield f"{context or 'this machine'}"
    subject = ""
    for check in checks:
        if check.subject != subject:
            subject = check.subject
            yield f"  {subject}"
        word = f"{check.verdict.value:<5}"
        text, *more = _wrapped(f"{check.name}: {check.found}", 9, width)
        yield f"    {_mark(word, check.verdict) if coloured else word}{text}"
        yield from (" " * 9 + part for part in more)
        if check.remedy:
            remedy, *more = _wrapped(check.remedy, 12, width)
            yield f"{' ' * 9}-> {remedy}"
            yield from (" " * 12 + part for part in more)


def _mark(word: str, verdict: Verdict) -> str:
    return f"\x1b[{MARKS[verdict]}m{word}\x1b[0m"


def _wrapped(text: str, indent: int, width: int | None) -> list[str]:
    """`text` in lines that fit beside `indent` cells; one line in a pipe."""
    if width is None:
        return [text]
    return textwrap.wrap(text, max(20, width - indent), break_on_hyphens=False) or [""]


def _sum(checks: list[Check]) -> str:
    failed = sum(check.verdict is Verdict.FAIL for check in checks)
    warned = sum(check.verdict is Verdict.WARN for check in checks)
    state = "healthy" if not failed else f"not healthy: {failed} failed"
    return f"{state}, {warned} warning{'' if warned == 1 else 's'}" if warned else state
