"""The whole log of a job at a moment, readable by byte range without being made as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from ..dice import share
from ..nouns import Job, Pipeline, Runner
from ..pools import BY_ID
from . import caching, prologue
from .failures import ending, error_lines
from .scripts import LINE, body, commands
from .writer import ERR, GREEN, OUT, RED, RESET, RUNNER, Writer, stamp, stamped

if TYPE_CHECKING:
    from ..world import World


@dataclass(frozen=True, slots=True)
class Block:
    """`count` lines of `width` bytes, each made when it is read."""

    count: int
    width: int
    make: Callable[[int], bytes]

    @property
    def size(self) -> int:
        return self.count * self.width

    def read(self, offset: int, limit: int) -> bytes:
        first, last = offset // self.width, min(self.count, -(-(offset + limit) // self.width))
        skip = offset - first * self.width
        return b"".join(map(self.make, range(first, last)))[skip : skip + limit]


@dataclass(frozen=True, slots=True)
class Trace:
    """Text, a block of many lines, text."""

    head: bytes
    block: Block
    tail: bytes

    @property
    def size(self) -> int:
        return len(self.head) + self.block.size + len(self.tail)

    def read(self, offset: int = 0, limit: int | None = None) -> bytes:
        """At most `limit` bytes from `offset` on; empty behind the end."""
        limit = self.size - offset if limit is None else limit
        found = self.head[offset : offset + limit]
        inner = max(0, offset - len(self.head))
        if len(found) < limit and inner < self.block.size:
            found += self.block.read(inner, limit - len(found))
        outer = max(0, offset - len(self.head) - self.block.size)
        if len(found) < limit:
            found += self.tail[outer : outer + limit - len(found)]
        return found


EMPTY = Trace(b"", Block(0, 1, lambda _: b""), b"")


def trace(world: World, pipeline: Pipeline, job: Job, t: float) -> Trace:
    """The log as it is at `t`: empty before the job runs, and growing while it does."""
    if t < job.started_at or job.runner_id == 0 or t >= job.erased_at:
        return EMPTY
    t = inf if t >= job.finished_at else t
    runner, times = BY_ID[job.runner_id], Times.of(job)
    out = Writer(stamped(runner.version), min(t, job.canceling_at))
    script = _script_runs(job)
    caches = caching.keyed(pipeline, job, world.start)
    prologue.write(out, pipeline, job, runner, times.start, times.sources, times.restore)
    if script:
        _restore(out, pipeline, job, runner, caches, times)
        out.section(times.script, "step_script", 'Executing "step_script" stage of the job script')
        for number, command in enumerate(commands(job)):
            out.command(times.script + 0.1 * (number + 1), command)
    head = out.take()
    block = _block(pipeline, job, runner, times, out.until) if script else EMPTY.block
    if script:
        _after(out, pipeline, job, runner, caches, times)
    out.until = t
    _last(out, job)
    return Trace(head, block, out.take())


@dataclass(frozen=True, slots=True)
class Times:
    """When the sections of a log begin, in unix seconds."""

    start: float
    sources: float
    restore: float
    script: float
    save: float
    upload: float
    cleanup: float
    end: float

    @classmethod
    def of(cls, job: Job) -> Times:
        """From what was planned, so that a job that is cancelled keeps the lines it had."""
        start, whole = job.started_at, job.planned_seconds
        prepare = min(0.10 * whole, 9.0)
        restore = min(0.10 * whole, 14.0) if job.caches else 0.0
        save = min(0.08 * whole, 11.0) if job.caches else 0.0
        upload, cleanup = min(0.04 * whole, 3.0), min(0.02 * whole, 1.0)
        end = start + whole
        return cls(
            start, start + prepare, start + 1.3 * prepare, start + 1.3 * prepare + restore,
            end - save - upload - cleanup, end - upload - cleanup, end - cleanup, end,
        )  # fmt: skip


def _script_runs(job: Job) -> bool:
    return job.cause not in ("runner", "image", "lost", "stuck")


def _restore(
    out: Writer, pipeline: Pipeline, job: Job, runner: Runner, caches: list[caching.Keyed], times: Times
) -> None:
    if not caches:
        return
    out.section(times.restore, "restore_cache", "Restoring cache")
    each = (times.script - times.restore) / len(caches)
    for number, cache in enumerate(caches):
        at = times.restore + number * each
        caching.restore(out, at + 0.02, 0.9 * each, cache, runner, pipeline.project.id, 40 + number)
    out.end(times.script, "restore_cache")


def _block(pipeline: Pipeline, job: Job, runner: Runner, times: Times, until: float) -> Block:
    with_stamps = stamped(runner.version)
    width = LINE + 1 + (len(stamp(0, OUT)) if with_stamps else 0)
    made = body(pipeline, job, width)
    first = times.script + 0.5
    each = max(times.save - first - 0.5, 0.001) / made.count
    count = made.count if until == inf else max(0, min(made.count, int((until - first) / each) + 1))

    def line(number: int) -> bytes:
        text = made.text(number)
        if with_stamps:
            text = stamp(first + number * each, OUT) + text
        return (text + "\n").encode("ascii")

    return Block(count, width, line)


def _after(
    out: Writer, pipeline: Pipeline, job: Job, runner: Runner, caches: list[caching.Keyed], times: Times
) -> None:
    errors = error_lines(pipeline, job) if job.cause else ()
    for number, text in enumerate(errors):
        out.line(times.save - 0.4 + 0.01 * number, text, ERR)
    out.end(times.save, "step_script")
    if caches and job.cause is None:
        out.section(times.save, "archive_cache", "Saving cache for successful job")
        each = (times.upload - times.save) / len(caches)
        for number, cache in enumerate(caches):
            caching.save(out, times.save + number * each, each, cache, runner, pipeline.project.id, 90 + number)
        out.end(times.upload, "archive_cache")
    if job.spec.junit:
        _upload(out, pipeline, job, runner, times)
    out.section(times.cleanup, "cleanup_file_variables", "Cleaning up project directory and file based variables")
    out.end(times.end, "cleanup_file_variables")


def _upload(out: Writer, pipeline: Pipeline, job: Job, runner: Runner, times: Times) -> None:
    how, name = ("successful", "success") if job.cause is None else ("failed", "failure")
    section = f"upload_artifacts_on_{name}"
    out.section(times.upload, section, f"Uploading artifacts for {how} job")
    out.line(times.upload + 0.1, f"{GREEN}Uploading artifacts...{RESET}")
    out.helper(
        times.upload + 0.2, "Runtime platform", arch=runner.architecture, os="linux", pid=120, revision=runner.revision,
        version=runner.version,
    )  # fmt: skip
    out.helper(times.upload + 0.3, "junit.xml: found 1 matching artifact files and directories")
    out.helper(
        times.upload + 0.6, 'Uploading artifacts as "junit" to coordinator... 201 Created', id=job.id,
        responseStatus='"201 Created"', token=f"64_{int(share(job.id) * 9e6)}",
    )  # fmt: skip
    out.end(times.cleanup, section)


def _last(out: Writer, job: Job) -> None:
    colour = RED if job.outcome != "success" else GREEN
    out.line(job.finished_at, f"{colour}{ending(job)}{RESET}", RUNNER)
