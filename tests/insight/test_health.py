"""Verdicts, ratios and culprits of pipelines."""

from datetime import timedelta

from console.insight import health
from console.model.pipelines import Status
from tests.fakes import NOW, job, pipeline

GOOD, BAD = Status.SUCCESS, Status.FAILED


def test_only_success_and_failure_count_in_the_ratio() -> None:
    assert health.success_ratio([GOOD, BAD, Status.MANUAL, Status.CANCELED, Status.SKIPPED, GOOD, GOOD]) == 0.75
    assert health.success_ratio([Status.MANUAL, Status.CANCELED]) is None
    assert health.success_ratio([]) is None


def test_the_strip_holds_the_newest_oldest_first() -> None:
    newest_first = [pipeline(number, BAD if number % 2 else GOOD) for number in range(30, 0, -1)]
    assert health.strip(newest_first) == tuple(one.status for one in reversed(newest_first[:20]))
    assert health.strip([]) == ()


def test_a_verdict_lasts_since_the_first_of_its_unbroken_run() -> None:
    run = [pipeline(5, BAD), pipeline(4, Status.CANCELED), pipeline(3, BAD), pipeline(2, GOOD), pipeline(1, BAD)]
    assert health.since(run) == run[2].finished_at
    assert health.since([pipeline(9, Status.RUNNING), *run]) == run[2].finished_at
    assert health.since([pipeline(1, Status.MANUAL)]) is None


def test_a_pipeline_that_waits_for_a_person_does_not_break_a_branch() -> None:
    assert health.broken_by([pipeline(2, Status.MANUAL), pipeline(1, GOOD)]) is None
    broken = [pipeline(3, Status.RUNNING), pipeline(2, BAD), pipeline(1, GOOD)]
    assert health.broken_by(broken) is broken[1]


def test_a_skipped_pipeline_does_not_stand_for_a_branch() -> None:
    shown = health.newest([pipeline(2, Status.SKIPPED), pipeline(1, GOOD)])
    assert shown is not None
    assert shown.id == 1
    assert health.newest([]) is None


def test_the_culprit_is_the_first_job_that_may_not_fail() -> None:
    jobs = [
        job(1, "lint", BAD, allow_failure=True, seconds=1),
        job(2, "test", BAD, start=10, seconds=60),
        job(3, "build", BAD, start=0, seconds=20),
        job(4, "deploy", Status.SKIPPED),
    ]
    culprit = health.failing_job(jobs)
    assert culprit is not None
    assert culprit.name == "build"


def test_a_job_that_a_retry_mended_is_no_culprit() -> None:
    assert health.failing_job([job(1, "test", BAD), job(2, "test", GOOD)]) is None
    assert health.failing_job([job(1, "test", BAD, retried=True), job(2, "test", GOOD, retried=False)]) is None


def test_attempts_are_told_apart_by_id_when_the_source_does_not_say() -> None:
    current, replaced = health.current([job(9, "test"), job(3, "test", BAD), job(4, "lint")])
    assert [one.id for one in current] == [4, 9]
    assert [one.id for one in replaced] == [3]


def test_stages_keep_their_order_after_a_retry() -> None:
    jobs = [job(30, "a", stage="build"), job(11, "b", stage="test"), job(10, "a", stage="build", retried=True)]
    assert health.stage_order(jobs) == ("build", "test")


def test_the_time_of_a_run_that_never_finished_is_that_of_its_last_change() -> None:
    one = pipeline(1, BAD, ago=timedelta(hours=2), minutes=None)
    assert health.since([one]) == NOW - timedelta(hours=2)
