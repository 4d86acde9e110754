"""What a source leaves out does not erase what another told."""

from dataclasses import replace
from datetime import timedelta

from console.history.local import LocalHistory
from console.history.merge import merged_job, merged_pipeline
from console.model.pipelines import Status
from tests.fakes import NOW, job, pipeline


async def test_a_poorer_answer_is_no_change(history: LocalHistory) -> None:
    rich = replace(job(1, needs=("a",), retried=False), tags=("docker",), runner="r", runner_id=3)
    await history.save_jobs([rich])
    assert not await history.save_jobs([replace(rich, needs=None, retried=None, tags=(), runner="", runner_id=None)])
    assert await history.jobs([1]) == (rich,)


async def test_time_that_passes_is_no_change(history: LocalHistory) -> None:
    running = job(1, status=Status.RUNNING)
    await history.save_jobs([replace(running, duration=timedelta(seconds=5))])
    assert not await history.save_jobs([replace(running, duration=timedelta(seconds=20))])
    assert await history.jobs([1]) == (running,)


def test_an_attempt_that_ended_does_not_run_again() -> None:
    assert merged_job(job(1), job(1, status=Status.RUNNING)) == job(1)


def test_a_skipped_job_may_run_after_a_retry() -> None:
    running = job(1, status=Status.RUNNING)
    assert merged_job(job(1, status=Status.SKIPPED), running).status is Status.RUNNING


def test_a_job_once_replaced_stays_replaced() -> None:
    assert merged_job(job(1, retried=True), job(1, retried=False)).retried


def test_an_older_answer_changes_no_pipeline() -> None:
    stored = replace(pipeline(1), updated_at=NOW)
    late = replace(pipeline(1, Status.RUNNING), updated_at=NOW - timedelta(seconds=1))
    assert merged_pipeline(stored, late) == stored


def test_a_pipeline_that_runs_again_has_no_end() -> None:
    ended = pipeline(1, Status.FAILED)
    again = replace(pipeline(1, Status.RUNNING), updated_at=NOW)
    merged = merged_pipeline(ended, again)
    assert (merged.status, merged.finished_at, merged.duration) == (Status.RUNNING, None, None)
    assert merged.queued == ended.queued


def test_a_list_without_durations_keeps_the_known_one() -> None:
    stored = pipeline(1)
    assert merged_pipeline(stored, replace(stored, duration=None, finished_at=None, user="")) == stored
