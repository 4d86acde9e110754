"""What the console reads out of the simulated logs is what happened in the simulated fleet: two sides, one contract."""

from collections.abc import Iterator

import pytest

from console.demo.world.nouns import Job, Pipeline
from console.demo.world.traces.trace import trace
from console.demo.world.world import World
from console.insight.joblog import parse, uses
from console.model.cache import JobLog
from tests.demo.gitlab_client import NOON

WORLD = World(17, 7, NOON)
READ_AS = {"current": "hit", "local": "hit", "forbidden": "error"}
NO_SCRIPT = ("runner", "image", "lost")


def jobs(index: int, days: float) -> Iterator[tuple[Pipeline, Job]]:
    for pipeline in WORLD.timeline.pipelines(index, NOON, NOON - days * 86400):
        for job in pipeline.jobs:
            if job.started_at < job.finished_at <= NOON and not job.spec.triggers and job.name != "e2e:load":
                yield pipeline, job


def read(pipeline: Pipeline, job: Job) -> JobLog:
    text = trace(WORLD, pipeline, job, NOON).read()
    return parse(text.splitlines(keepends=True), keys_per_cache=[1 + len(one.fallback_keys) for one in job.spec.caches])


@pytest.mark.parametrize("index", [1, 2, 3, 7, 8])
def test_the_fate_of_each_cache_is_read_as_it_was(index: int) -> None:
    seen: set[str] = set()
    for pipeline, job in jobs(index, 2.2):
        if job.cause not in NO_SCRIPT and job.outcome != "canceled":
            expected = [READ_AS.get(one, one) for one in job.caches]
            assert [one.outcome.value for one in uses(read(pipeline, job))] == expected, (job.id, job.name)
            seen.update(job.caches)
    assert seen


def test_a_job_that_failed_has_a_first_error_and_one_that_went_well_has_none() -> None:
    causes: set[str | None] = set()
    for pipeline, job in jobs(6, 2.0):
        if job.outcome in ("failed", "success"):
            found = read(pipeline, job).first_error
            assert (found is not None) == (job.outcome == "failed"), (job.id, job.cause)
            causes.add(job.cause)
    assert len(causes) > 3


def test_the_section_of_the_script_takes_most_of_the_time() -> None:
    for pipeline, job in jobs(0, 1.0):
        if job.outcome == "success":
            sections = {one.name: one.duration for one in read(pipeline, job).sections}
            script = sections["step_script"]
            assert script is not None
            assert script.total_seconds() > 0.5 * (job.finished_at - job.started_at) - 2
