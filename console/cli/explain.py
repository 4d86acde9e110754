"""`console explain`: what one job log tells of its caches, sections and first error."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Protocol

from ..config import places, read
from ..insight import joblog
from ..model.cache import JobLog
from ..model.pipelines import Job
from ..ports import LogPart
from ..text import NO_DATA, clean, duration
from .guard import OK, USAGE, Failed
from .job_page import job_page, owner
from .options import Options
from .output import print_json
from .running import complete
from .table import Column, render, terminal_width

DESCRIPTION = "Say what one job log tells: per cache its key, outcome and reason, uploads, sections, the first error."
EPILOG = """LOG is a file, - for standard input, or a job's page such as https://gitlab.example.com/group/project/-/jobs/123

--format json prints
  {"restore": [{"key", "outcome", "via", "fallback_attempt", "reason", "line"}],
   "save": [{"key", "outcome"}],
   "overall": "hit|fallback|miss|none|unknown",
   "sections": [{"name", "seconds"}],
   "first_error": {"line", "text"}}
outcome of a restore is hit, miss or error, of a save uploaded, stored_local, up_to_date, skipped_policy or failed;
lines count from 1; seconds is null for a section that never ended, first_error where there is none."""
PART_BYTES = 512_000
"""The most GitLab gives in one range."""


class Jobs(Protocol):
    """What explain asks of GitLab."""

    async def job(self, project: str | int, job_id: int) -> Job: ...
    async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart: ...


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("log", metavar="LOG", help="a file, - for standard input, or a job's web address")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")


def run(options: Options, arguments: Namespace) -> int:
    """Read the log, print what it tells. Raises Failed, ConfigError or SourceError."""
    log = _explained(options, arguments.log)
    if arguments.format == "json":
        print_json(as_json(log))
    else:
        print("\n".join(as_table(log, terminal_width())))
    return OK


def _explained(options: Options, log: str) -> JobLog:
    if log == "-":
        return joblog.parse(lines(sys.stdin.buffer))
    if log.startswith(("http://", "https://")):
        return _from_gitlab(options, log)
    try:
        with open(log, "rb") as opened:
            return joblog.parse(lines(opened))
    except OSError as error:
        raise Failed(f"{clean(log, 200)}: {error.strerror}", "give a file, - or a job's web address") from None


def lines(opened: BinaryIO) -> Iterator[bytes]:
    """Lines of a file, cut as those of a log that comes in ranges."""
    return joblog.cut(iter(lambda: opened.read(65_536), b""))


def _from_gitlab(options: Options, address: str) -> JobLog:
    page = job_page(address)
    if page is None:
        raise Failed("this is no job's web address", "one looks like https://HOST/group/project/-/jobs/123", code=USAGE)
    loaded = read(places(options.config).config)
    config, project = owner(loaded, page, options.context)
    from . import sources

    async def ask() -> JobLog:
        gitlab = sources.gitlab(config)
        try:
            return await of_job(gitlab, project, page.job)
        finally:
            await gitlab.aclose()

    return complete(ask())


async def of_job(gitlab: Jobs, project: str, job_id: int) -> JobLog:
    """Explain a job's log, read range by range while a thread parses. Raises SourceError."""
    job = await gitlab.job(project, job_id)
    loop = asyncio.get_running_loop()

    def parts() -> Iterator[bytes]:
        offset = 0
        while True:
            asked = gitlab.log(job.project_id, job_id, offset=offset, limit=PART_BYTES)
            part = asyncio.run_coroutine_threadsafe(_of(asked), loop).result()
            yield part.content
            offset += len(part.content)
            if not part.content or (part.total_bytes is not None and offset >= part.total_bytes):
                return

    return await asyncio.to_thread(lambda: joblog.parse(joblog.cut(parts())))


async def _of(asked: Any) -> LogPart:
    part: LogPart = await asked
    return part


def as_json(log: JobLog) -> dict[str, Any]:
    """The documented JSON."""
    return {
        "restore": [
            {
                "key": one.key,
                "outcome": one.outcome.value,
                "via": one.via.value,
                "fallback_attempt": one.fallback_attempt,
                "reason": one.reason,
                "line": one.line,
            }
            for one in log.restore
        ],
        "save": [{"key": one.key, "outcome": one.outcome.value} for one in log.save],
        "overall": log.overall.value,
        "sections": [
            {"name": one.name, "seconds": one.duration.total_seconds() if one.duration is not None else None}
            for one in log.sections
        ],
        "first_error": {"line": log.first_error.line, "text": log.first_error.text} if log.first_error else None,
    }


def as_table(log: JobLog, width: int | None) -> Iterable[str]:
    """The same for people."""
    yield f"cache: {log.overall.value}"
    if log.restore:
        yield ""
        columns = (
            Column("RESTORE", least=16),
            Column("OUTCOME"),
            Column("VIA", optional=2),
            Column("LINE", right=True),
        )
        rows = [
            (
                clean(one.key),
                f"{one.outcome.value} (fallback)" if one.fallback_attempt else one.outcome.value,
                one.via.value,
                str(one.line) if one.line else NO_DATA,
                clean(one.reason),
            )
            for one in log.restore
        ]
        yield render((*columns, Column("REASON", optional=1)), rows, width)
    if log.save:
        yield ""
        saved = [(clean(one.key), one.outcome.value.replace("_", " ")) for one in log.save]
        yield render((Column("SAVE", least=16), Column("OUTCOME")), saved, width)
    if log.sections:
        yield ""
        spans = [(clean(one.name), duration(one.duration)) for one in log.sections]
        yield render((Column("SECTION", least=16), Column("TOOK", right=True)), spans, width)
    if log.first_error:
        yield ""
        yield f"first error, line {log.first_error.line}: {clean(log.first_error.text)}"
