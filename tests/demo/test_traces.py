"""Job logs in the runner's format, readable by range, growing while the job runs."""

import re
from collections.abc import Iterator

import pytest

from console.demo.world.nouns import Job, Pipeline
from console.demo.world.pools import BY_ID
from console.demo.world.traces.scripts import HUGE_BYTES
from console.demo.world.traces.trace import Trace, trace
from console.demo.world.traces.writer import Writer, stamped
from console.demo.world.world import World
from tests.demo.gitlab_client import NOON

STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]")
WORLD = World(17, 7, NOON)


def finished(index: int, days: float = 6.0) -> Iterator[tuple[Pipeline, Job]]:
    for pipeline in WORLD.timeline.pipelines(index, NOON, NOON - days * 86400):
        for job in pipeline.jobs:
            if job.finished_at <= NOON and job.started_at < job.finished_at and not job.spec.triggers:
                yield pipeline, job


def whole(pipeline: Pipeline, job: Job) -> str:
    return trace(WORLD, pipeline, job, NOON).read().decode()


def first(index: int, **wanted: object) -> tuple[Pipeline, Job]:
    return next(
        (pipeline, job) for pipeline, job in finished(index, 60) if all(getattr(job, k) == v for k, v in wanted.items())
    )


def test_any_part_of_a_log_is_the_same_as_in_the_whole() -> None:
    pipeline, job = next(finished(1))
    log = trace(WORLD, pipeline, job, NOON)
    text = log.read()
    assert len(text) == log.size
    for offset in (0, 1, len(log.head) - 3, len(log.head) + 1000, log.size - 200, log.size, log.size + 5):
        for limit in (0, 1, 97, 5000, log.size):
            assert log.read(offset, limit) == text[offset : offset + limit]


def test_runners_from_18_7_on_stamp_every_line() -> None:
    assert stamped("18.7.0")
    assert not stamped("18.6.9")
    seen = set()
    for pipeline, job in finished(2):
        runner = BY_ID[job.runner_id]
        lines = whole(pipeline, job).split("\n")[:-1]
        matching = [bool(STAMP.match(line)) for line in lines]
        assert all(matching) if stamped(runner.version) else not any(matching)
        seen.add(stamped(runner.version))
    assert seen == {True, False}


def test_sections_are_opened_and_closed_in_turn() -> None:
    for pipeline, job in finished(1, 2.0):
        if job.outcome == "canceled":
            continue
        opened: list[str] = []
        for kind, name in re.findall(r"section_(start|end):\d+:(\w+)\r", whole(pipeline, job)):
            if kind == "start":
                opened.append(name)
            else:
                assert opened.pop() == name
        assert opened == []


def test_a_stamped_marker_ends_its_line_and_what_follows_goes_on() -> None:
    out = Writer(with_stamps=True, until=100.0)
    out.section(10.0, "restore_cache", "Restoring cache")
    out.end(12.5, "restore_cache")
    lines = out.take().decode().split("\n")
    assert lines[0] == "1970-01-01T00:00:10.000000Z 00O section_start:10:restore_cache\r"
    assert lines[1] == "1970-01-01T00:00:10.000000Z 00O+\x1b[0K\x1b[36;1mRestoring cache\x1b[0;m"
    assert lines[2] == "1970-01-01T00:00:12.500000Z 00O section_end:12:restore_cache\r"


def test_a_plain_marker_stands_before_its_title() -> None:
    out = Writer(with_stamps=False, until=100.0)
    out.section(10.0, "restore_cache", "Restoring cache")
    assert out.take() == b"section_start:10:restore_cache\r\x1b[0K\x1b[36;1mRestoring cache\x1b[0;m\n"


def test_a_log_only_grows() -> None:
    pipeline, job = next(finished(3))
    before = b""
    for step in range(1, 9):
        t = job.started_at + step / 8 * (job.finished_at - job.started_at)
        now = trace(WORLD, pipeline, job, t).read()
        assert now.startswith(before)
        assert len(now) > len(before)
        before = now
    assert trace(WORLD, pipeline, job, job.started_at - 1).size == 0


def test_a_cancelled_job_keeps_the_lines_it_had() -> None:
    pipeline, job = next((p, j) for p, j in finished(6, 60) if j.outcome == "canceled")
    assert whole(pipeline, job).rstrip().endswith("ERROR: Job failed: canceled\x1b[0;m")


@pytest.mark.parametrize(
    ("index", "outcome", "line"),
    [
        (1, "hit", r"Downloading cache from https://\S+ ETag="),
        (1, "current", "cache.zip is up to date"),
        (3, "fallback", r"(?s)WARNING: file does not exist.*Successfully extracted cache"),
        (3, "miss", "Failed to extract cache"),
        (7, "forbidden", r"WARNING: received: 403 Forbidden"),
        (8, "local", "No URL provided, cache will not be downloaded from shared cache server"),
    ],
)
def test_the_log_tells_what_became_of_the_cache(index: int, outcome: str, line: str) -> None:
    pipeline, job = next((p, j) for p, j in finished(index, 60) if j.caches == (outcome,) and j.cause is None)
    section = whole(pipeline, job).partition("Restoring cache")[2].partition("section_end")[0]
    assert re.search(line, section)
    assert ("Successfully extracted cache" in section) == (outcome in ("hit", "current", "fallback", "local"))


def test_a_pulling_cache_is_not_uploaded() -> None:
    pipeline, job = first(1, name="eslint", outcome="success")
    saved = whole(pipeline, job).partition("Saving cache for successful job")[2]
    assert "due to policy" in saved
    assert "Created cache" not in saved


def test_the_lost_cache_asks_for_another_key_each_time() -> None:
    keys = set()
    for pipeline, job in finished(2, 3.0):
        if job.name == "base-image":
            keys |= set(re.findall(r"Checking cache for (layers-[0-9a-f]{8}-\w+)\.\.\.", whole(pipeline, job)))
    assert len(keys) > 3


def test_a_failed_test_is_named_in_the_log() -> None:
    pipeline, job = first(1, name="websocket_tests", cause="test:broken")
    text = whole(pipeline, job)
    assert "FAILED test/websocket/reconnect.spec.ts" in text
    assert text.rstrip().endswith("ERROR: Job failed: exit code 1\x1b[0;m")


def test_one_job_has_a_log_at_gitlab_s_limit_that_nobody_makes_as_a_whole() -> None:
    pipeline, job = first(6, name="e2e:load")
    log: Trace = trace(WORLD, pipeline, job, NOON)
    assert 0.99 * HUGE_BYTES < log.size <= HUGE_BYTES
    made = []
    block = log.block
    counted = type(block)(block.count, block.width, lambda number: made.append(number) or block.make(number))  # type: ignore[func-returns-value]
    Trace(log.head, counted, log.tail).read(log.size - 65_536, 65_536)
    assert len(made) < 1000


def test_logs_are_of_the_sizes_that_one_meets() -> None:
    sizes = [trace(WORLD, pipeline, job, NOON).size for pipeline, job in finished(0, 3.0) if job.cause is None]
    assert 3_000 < min(sizes) < max(sizes) < 300_000
