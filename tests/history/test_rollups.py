"""Sums by day: each pipeline and job counts once, and a change takes back what it gave before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from console.history.local import LocalHistory
from console.model.cache import CacheUse, Outcome, Via
from console.model.pipelines import Job, Pipeline, Project, Status
from console.model.sketch import Sketch
from console.ports import DayCache, DayDurations, DaySpend
from tests.fakes import NOW, job, pipeline, project

SINCE = NOW.date() - timedelta(days=90)
TODAY = NOW.date()


def on_main(id: int = 1, minutes: float = 8, status: Status = Status.SUCCESS, *, ref: str = "main") -> Pipeline:
    """A pipeline that finished today."""
    return pipeline(id, status, ago=timedelta(hours=1), minutes=minutes, ref=ref)


async def spend_of(history: LocalHistory) -> DaySpend:
    """The one row of spend there is."""
    (only,) = await history.spend(SINCE)
    return only


@pytest.fixture(autouse=True)
async def fleet(history: LocalHistory) -> None:
    await history.save_projects([project()])


async def test_a_pipeline_counts_once_however_often_it_is_seen(history: LocalHistory) -> None:
    await history.save_pipelines([on_main()])
    await history.save_pipelines([replace(on_main(), user="lee")])
    expected = DayDurations(1, None, TODAY, Sketch.of([480.0]), Sketch.of([10.0]), 1, 0)
    assert await history.durations(SINCE) == (expected,)


async def test_a_pipeline_that_runs_again_gives_back_its_old_duration(history: LocalHistory) -> None:
    first = on_main()
    await history.save_pipelines([first, on_main(2, 5)])
    again = replace(first, status=Status.RUNNING, finished_at=None, duration=None, updated_at=NOW)
    await history.save_pipelines([again])
    (day,) = await history.durations(SINCE)
    assert (day.succeeded, day.running) == (1, Sketch.of([300.0]))
    ended = replace(first, updated_at=NOW + timedelta(minutes=1), duration=timedelta(minutes=20))
    await history.save_pipelines([ended])
    (day,) = await history.durations(SINCE)
    assert (day.succeeded, day.running) == (2, Sketch.of([300.0, 1200.0]))


async def test_a_day_whose_only_pipeline_runs_again_is_empty(history: LocalHistory) -> None:
    await history.save_pipelines([on_main()])
    await history.save_pipelines([replace(on_main(), status=Status.RUNNING, updated_at=NOW)])
    assert await history.durations(SINCE) == ()


async def test_only_successes_give_durations(history: LocalHistory) -> None:
    await history.save_pipelines([on_main(), on_main(2, 30, Status.FAILED), on_main(3, 2, Status.CANCELED)])
    (day,) = await history.durations(SINCE)
    assert (day.succeeded, day.failed, day.running.count) == (1, 1, 1)


async def test_other_branches_and_children_are_no_builds_of_the_default_branch(history: LocalHistory) -> None:
    await history.save_pipelines([on_main(ref="fix"), replace(on_main(2), source="parent_pipeline")])
    await history.save_jobs([replace(job(1), ref="fix")])
    assert await history.durations(SINCE) == ()
    assert await history.durations(SINCE, jobs=True) == ()


async def test_jobs_have_durations_of_their_own(history: LocalHistory) -> None:
    await history.save_pipelines([on_main()])
    await history.save_jobs([job(1), job(2, "test", seconds=30), job(3, "test", Status.FAILED)])
    build, test = sorted(await history.durations(SINCE, jobs=True), key=lambda day: day.job or "")
    assert (build.job, build.running, build.queued) == ("build", Sketch.of([60.0]), Sketch.of([5.0]))
    assert (test.job, test.succeeded, test.failed) == ("test", 1, 1)
    assert len(await history.durations(SINCE)) == 1


async def test_durations_are_read_from_a_day_on_and_by_project(history: LocalHistory) -> None:
    await history.save_projects([project(2, "llm/b")])
    old = replace(on_main(), finished_at=NOW - timedelta(days=3))
    await history.save_pipelines([old, on_main(2), replace(on_main(3), project_id=2)])
    assert len(await history.durations(TODAY)) == 2
    assert [one.day for one in await history.durations(SINCE, project_id=1)] == [TODAY - timedelta(days=3), TODAY]


async def test_a_default_branch_learned_late_makes_its_pipelines_count(history: LocalHistory) -> None:
    await history.save_projects([Project(5, "llm/late")])
    await history.save_pipelines([replace(on_main(), project_id=5)])
    await history.save_jobs([replace(job(1), project_id=5)])
    assert await history.durations(SINCE) == ()
    await history.save_projects([Project(5, "llm/late", default_branch="main")])
    assert len(await history.durations(SINCE)) == len(await history.durations(SINCE, jobs=True)) == 1
    assert (await spend_of(history)).branch == "default"


async def test_a_renamed_default_branch_leaves_the_past_alone(history: LocalHistory) -> None:
    await history.save_pipelines([on_main()])
    await history.save_projects([project(default_branch="trunk")])
    await history.save_pipelines([replace(on_main(), duration=timedelta(minutes=9), updated_at=NOW)])
    assert [day.running.total for day in await history.durations(SINCE)] == [540.0]


async def test_spend_is_by_tags_branch_and_user(history: LocalHistory) -> None:
    await history.save_pipelines([on_main()])
    await history.save_jobs([replace(job(1, seconds=90), tags=("x86", "docker")), job(2, "t", Status.CANCELED)])
    tagged, untagged = await history.spend(SINCE)
    assert tagged == DaySpend(1, TODAY, ("docker", "x86"), "default", "kim", 1.5, 1)
    assert untagged == DaySpend(1, TODAY, (), "default", "kim", 1.0, 1)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (job(1), "default"),
        (replace(job(1), ref="refs/merge-requests/4/head"), "merge_request"),
        (replace(job(1), ref="v1.0", tag=True), "tag"),
        (replace(job(1), ref="fix"), "other"),
    ],
)
async def test_a_job_without_its_pipeline_is_judged_by_its_own_ref(history: LocalHistory, one: Job, kind: str) -> None:
    await history.save_jobs([one])
    assert (await spend_of(history)).branch == kind


async def test_a_pipeline_that_comes_after_its_jobs_decides_their_branch(history: LocalHistory) -> None:
    await history.save_jobs([replace(job(1), ref="")])
    await history.save_pipelines([on_main()])
    assert (await spend_of(history)).branch == "default"
    assert len(await history.durations(SINCE, jobs=True)) == 1


async def test_a_later_attempt_makes_the_earlier_one_retried(history: LocalHistory) -> None:
    first = job(1, status=Status.FAILED, seconds=120)
    await history.save_jobs([first])
    assert (await spend_of(history)).retried_minutes == 0
    await history.save_jobs([job(2, status=Status.RUNNING)])
    assert (await spend_of(history)).retried_minutes == 2
    await history.save_jobs([job(2, seconds=60)])
    spent = await spend_of(history)
    assert (spent.minutes, spent.jobs, spent.retried_minutes) == (3, 2, 2)


async def test_minutes_after_a_newer_push_are_superseded(history: LocalHistory) -> None:
    old, new = on_main(1, ref="fix"), replace(on_main(2, ref="fix"), created_at=NOW - timedelta(minutes=58))
    ran = replace(job(1, seconds=300), ref="fix")
    await history.save_pipelines([old])
    await history.save_jobs([ran])
    assert (await spend_of(history)).superseded_minutes == 0
    await history.save_pipelines([new])
    spent = await spend_of(history)
    assert (spent.minutes, spent.superseded_minutes) == (5, 3)


async def test_superseded_minutes_do_not_depend_on_the_order_of_arrival(history: LocalHistory) -> None:
    newest = replace(on_main(3, ref="fix"), created_at=NOW - timedelta(minutes=50))
    middle = replace(on_main(2, ref="fix"), created_at=NOW - timedelta(minutes=58))
    await history.save_jobs([replace(job(1, seconds=300), ref="fix")])
    await history.save_pipelines([newest])
    await history.save_pipelines([on_main(1, ref="fix")])
    assert (await spend_of(history)).superseded_minutes == 0
    await history.save_pipelines([middle])
    assert (await spend_of(history)).superseded_minutes == 3


@pytest.mark.parametrize(
    "other",
    [
        replace(on_main(2, ref="fix"), source="schedule"),
        on_main(2, ref="another"),
        replace(on_main(2, ref="fix"), project_id=2),
    ],
)
async def test_only_a_push_to_the_same_ref_supersedes(history: LocalHistory, other: Pipeline) -> None:
    await history.save_pipelines([on_main(1, ref="fix"), replace(other, created_at=NOW - timedelta(minutes=58))])
    await history.save_jobs([replace(job(1, seconds=300), ref="fix")])
    assert (await spend_of(history)).superseded_minutes == 0


async def test_an_attempt_made_after_the_newer_push_was_asked_for(history: LocalHistory) -> None:
    new = replace(on_main(2, ref="fix"), created_at=NOW - timedelta(minutes=58))
    await history.save_pipelines([on_main(1, ref="fix"), new])
    await history.save_jobs([replace(job(1, seconds=300), created_at=NOW - timedelta(minutes=57))])
    assert (await spend_of(history)).superseded_minutes == 0


async def test_cache_outcomes_are_summed_by_job_key_and_reason(history: LocalHistory) -> None:
    hit, miss = CacheUse("deps", Outcome.HIT, Via.REMOTE, seconds=2.5), CacheUse("deps", Outcome.MISS, reason="404")
    await history.save_cache(job(1), [hit])
    await history.save_cache(job(2), [hit])
    await history.save_cache(job(3), [miss])
    hits, misses = sorted(await history.cache(SINCE), key=lambda day: day.outcome)
    assert hits == DayCache(1, "build", "deps", TODAY, Outcome.HIT, Via.REMOTE, "", 2, 5.0)
    assert (misses.count, misses.reason, misses.seconds) == (1, "404", 0.0)


async def test_a_log_read_again_counts_once_and_corrects(history: LocalHistory) -> None:
    hit, miss = CacheUse("deps", Outcome.HIT), CacheUse("deps", Outcome.MISS)
    assert await history.save_cache(job(1), [hit])
    assert not await history.save_cache(job(1), [hit])
    assert await history.save_cache(job(1), [miss])
    assert [(day.outcome, day.count) for day in await history.cache(SINCE)] == [(Outcome.MISS, 1)]


async def test_the_day_is_the_utc_day_of_the_end(history: LocalHistory) -> None:
    late = NOW.replace(day=10, hour=23, minute=59, second=59)
    await history.save_jobs([replace(job(1), finished_at=late)])
    assert (await spend_of(history)).day == date(2026, 3, 10)


async def test_a_span_below_zero_is_no_duration(history: LocalHistory) -> None:
    await history.save_pipelines([replace(on_main(), duration=timedelta(seconds=-3), queued=timedelta(seconds=-1))])
    (day,) = await history.durations(SINCE)
    assert (day.succeeded, day.running.count, day.queued.count) == (1, 0, 0)


async def test_a_job_that_never_ran_costs_nothing(history: LocalHistory) -> None:
    await history.save_jobs([replace(job(1, status=Status.CANCELED), started_at=None, duration=None)])
    assert await history.spend(SINCE) == ()
