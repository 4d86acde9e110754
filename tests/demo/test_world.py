"""The simulated fleet: the same for a seed, never changing its past, with the troubles it promises."""

from statistics import median

import pytest

from console.demo.world.deploys import deployments
from console.demo.world.nouns import Job, Pipeline
from console.demo.world.runs import Intervention
from console.demo.world.states import composite, jobs_at, latest_at, pipeline_state, status
from console.demo.world.world import World
from tests.demo.gitlab_client import NOON

DAY, HOUR = 86400.0, 3600.0
CHAT, DOCKER, MESH, PLATFORM, EVAL = 1, 2, 3, 6, 8


def a_world(seed: int = 7, projects: int = 17) -> World:
    return World(projects, seed, NOON)


def seen(pipeline: Pipeline, t: float) -> list[tuple[int, str, str, float, float]]:
    """What one could have seen of a pipeline by `t`."""
    return [
        (job.id, job.name, status(job, t), min(job.started_at, t), min(job.finished_at, t))
        for job in jobs_at(pipeline, t)
    ]


def test_one_seed_gives_one_fleet() -> None:
    one, other = a_world().timeline, a_world().timeline
    for index in (0, CHAT, PLATFORM):
        ours = list(one.pipelines(index, NOON, NOON - 2 * DAY))
        assert ours
        assert repr(ours) == repr(list(other.pipelines(index, NOON, NOON - 2 * DAY)))


def test_another_seed_gives_another_fleet() -> None:
    one = [pipeline.id for pipeline in a_world(1).timeline.pipelines(0, NOON, NOON - 2 * DAY)]
    assert one != [pipeline.id for pipeline in a_world(2).timeline.pipelines(0, NOON, NOON - 2 * DAY)]


def test_what_is_asked_first_changes_nothing() -> None:
    asked, fresh = a_world().timeline, a_world().timeline
    list(asked.pipelines(5, NOON))
    newest = next(asked.pipelines(0, NOON))
    assert repr(newest) == repr(fresh.pipeline(newest.id, NOON))


def test_the_past_is_the_same_when_asked_later() -> None:
    early = {one.id: seen(one, NOON) for one in a_world().timeline.pipelines(0, NOON, NOON - DAY)}
    later = a_world().timeline
    list(later.pipelines(0, NOON + DAY))
    again = {one.id: seen(one, NOON) for one in later.pipelines(0, NOON + DAY, NOON - DAY) if one.created_at <= NOON}
    assert again == early


def test_new_pipelines_come_while_one_watches() -> None:
    timeline = a_world().timeline
    before, after = (sum(1 for _ in timeline.beginnings(PLATFORM, t)) for t in (NOON, NOON + 2 * HOUR))
    assert after > before


def test_numbers_of_a_project_s_pipelines_are_without_gaps() -> None:
    timeline = a_world().timeline
    pipelines = list(timeline.pipelines(EVAL, NOON))
    assert [one.iid for one in pipelines] == list(range(len(pipelines), 0, -1))
    assert [one.id for one in pipelines] == sorted({one.id for one in pipelines}, reverse=True)
    some = pipelines[len(pipelines) // 2]
    assert timeline.by_iid(EVAL, some.iid, NOON) is some
    assert timeline.by_iid(EVAL, len(pipelines) + 1, NOON) is None


def test_a_pipeline_is_found_by_its_id_only_once_it_exists() -> None:
    timeline = a_world().timeline
    coming = next(timeline.pipelines(0, NOON + DAY))
    assert timeline.pipeline(coming.id, NOON) is None
    assert timeline.pipeline(coming.id, NOON + DAY) is coming
    assert timeline.pipeline(coming.id + 2, NOON + DAY) is None


def test_a_job_is_found_by_its_id() -> None:
    timeline = a_world().timeline
    pipeline = next(timeline.pipelines(DOCKER, NOON))
    for job in jobs_at(pipeline, NOON):
        assert timeline.job(job.id, NOON) == (pipeline, job)


def test_jobs_begin_after_what_they_need() -> None:
    for pipeline in a_world().timeline.pipelines(0, NOON, NOON - 3 * DAY):
        ends = {job.name: job.finished_at for job in pipeline.jobs if job.outcome == "success"}
        for job in pipeline.jobs:
            if job.started_at <= NOON and job.spec.needs:
                assert all(ends[need] <= job.queued_at for need in job.spec.needs)


@pytest.mark.parametrize(("index", "minutes"), [(0, 8.5), (CHAT, 7.2), (DOCKER, 12.0), (MESH, 9.5), (4, 10.0)])
def test_builds_take_their_baseline(index: int, minutes: float) -> None:
    until = NOON - 15 * DAY  # before the troubles
    took = [
        state.duration
        for pipeline in a_world().timeline.pipelines(index, until, until - 40 * DAY)
        if pipeline.kind == "default"
        and (state := pipeline_state(pipeline, NOON)).status == "success"
        and state.duration
    ]
    assert median(took) / 60 == pytest.approx(minutes, rel=0.12)


def outcomes(index: int, name: str, since: float, until: float) -> list[Job]:
    return [
        job
        for pipeline in a_world().timeline.pipelines(index, until, since)
        if pipeline.kind == "default"
        for job in pipeline.jobs
        if job.name == name and job.finished_at <= until
    ]


def test_the_default_branch_of_agent_chat_is_broken() -> None:
    timeline = a_world().timeline
    recent = [one for one in timeline.pipelines(CHAT, NOON + DAY, NOON - 5 * HOUR) if one.ref == "main"]
    assert {one.kind for one in recent} == {"default", "schedule"}
    done = [state.status for one in recent if (state := pipeline_state(one, NOON + DAY)).finished_at]
    assert done
    assert set(done) <= {"failed", "canceled"}
    before = outcomes(CHAT, "websocket_tests", NOON - 4 * DAY, NOON - 6 * HOUR)
    assert sum(job.outcome == "success" for job in before) > 0.8 * len(before)


def test_the_cache_of_agent_docker_collapsed() -> None:
    def ratio(since: float, until: float) -> float:
        found = [one for job in outcomes(DOCKER, "base-image", since, until) for one in job.caches]
        return sum(one in ("hit", "current", "fallback") for one in found) / len(found)

    assert ratio(NOON - 30 * DAY, NOON - 4 * DAY) > 0.8
    assert ratio(NOON - 3 * DAY, NOON) == 0


def test_the_integration_job_of_agent_mesh_became_slow() -> None:
    def usual(since: float, until: float) -> float:
        return median(
            job.finished_at - job.started_at
            for job in outcomes(MESH, "integration", since, until)
            if job.outcome == "success"
        )

    assert usual(NOON - 11 * DAY, NOON) > 1.35 * usual(NOON - 40 * DAY, NOON - 12 * DAY)


def test_the_gpu_pool_is_starved() -> None:
    def queued(since: float, until: float) -> float:
        return median(
            job.started_at - job.queued_at
            for job in outcomes(EVAL, "eval: [mmlu]", since, until)
            if job.started_at < job.finished_at
        )

    assert queued(NOON - 1.5 * DAY, NOON) > 5 * queued(NOON - 40 * DAY, NOON - 5 * DAY)


def test_a_job_that_no_runner_can_take_is_stuck_and_given_up() -> None:
    pipelines = a_world().timeline.pipelines(9, NOON, NOON - 6 * DAY)
    stuck = [job for one in pipelines for job in one.jobs if job.name == "fuzz" and job.finished_at <= NOON]
    assert stuck
    assert {job.failure_reason for job in stuck} == {"stuck_or_timeout_failure"}
    assert not any(job.started_at <= NOON for job in stuck)


def test_the_canary_of_agent_brain_misbehaves() -> None:
    brain = next(one for one in a_world().services() if one.name == "agent-brain")
    stable, canary = (track.phase(NOON) for track in brain.tracks)
    assert canary.weight == 0.25
    assert canary.error_ratio > 10 * stable.error_ratio
    assert canary.latency.median > 1.5 * stable.latency.median


def test_weights_of_a_service_s_tracks_sum_to_one_at_all_times() -> None:
    for service in a_world().services():
        for t in (NOON - 60 * DAY, NOON - 2 * HOUR, NOON - 50 * 60, NOON, NOON + DAY):
            assert sum(track.phase(t).weight for track in service.tracks) == pytest.approx(1.0)


def test_a_runner_never_runs_more_than_its_limit() -> None:
    world = a_world()
    for runner in world.runners():
        counts = [world.running_jobs(runner, NOON - hour * HOUR) for hour in range(12)]
        assert max(counts) <= runner.limit
        assert runner.online or not any(counts)
    assert any(world.running_jobs(runner, NOON) for runner in world.runners())


def test_a_runner_s_finished_jobs_add_up() -> None:
    world = a_world()
    runner = world.runners()[0]
    halves = [
        world.finished_jobs(runner, NOON - 30 * HOUR, NOON - 10 * HOUR),
        world.finished_jobs(runner, NOON - 10 * HOUR, NOON),
    ]
    assert world.finished_jobs(runner, NOON - 30 * HOUR, NOON) == sum(halves) > 0


def failed_on_default(world: World) -> tuple[Pipeline, Job]:
    for pipeline in world.timeline.pipelines(CHAT, NOON):
        for job in latest_at(pipeline, NOON):
            if pipeline.kind == "default" and status(job, NOON) == "failed" and not job.spec.allow_failure:
                return pipeline, job
    raise AssertionError("the default branch of agent-chat is broken")


def test_what_somebody_does_never_changes_what_was_before() -> None:
    world = a_world()
    pipeline, job = failed_on_default(world)
    before = seen(pipeline, NOON - 1)
    world.timeline.intervene(pipeline.id, Intervention(NOON, "retry", job.id, 2))
    renewed = world.timeline.pipeline(pipeline.id, NOON)
    assert renewed is not None
    assert seen(renewed, NOON - 1) == before
    again = [one for one in renewed.jobs if one.name == job.name]
    assert again[-1].id > job.id
    assert again[-1].created_at == NOON


def test_what_waited_for_a_failed_job_is_skipped_until_that_is_retried() -> None:
    world = a_world()
    pipeline, job = failed_on_default(world)
    waiting = next(one for one in pipeline.jobs if one.spec.stage == "package")
    assert status(waiting, NOON) == "skipped"
    world.timeline.intervene(pipeline.id, Intervention(NOON, "retry", job.id, 2))
    renewed = world.timeline.pipeline(pipeline.id, NOON)
    assert renewed is not None
    assert status(next(one for one in renewed.jobs if one.id == waiting.id), NOON + 1) == "created"


@pytest.mark.parametrize(
    ("jobs", "whole"),
    [
        ([], "skipped"),
        ([("success", False), ("failed", True)], "success"),
        ([("success", False), ("failed", False)], "failed"),
        ([("success", False), ("manual", True)], "success"),
        ([("success", False), ("manual", False)], "manual"),
        ([("success", False), ("created", False)], "running"),
        ([("pending", False), ("created", False)], "pending"),
        ([("running", False), ("failed", False)], "running"),
        ([("canceled", False), ("success", False)], "canceled"),
        ([("canceling", False), ("failed", False)], "canceling"),
        ([("created", False), ("created", True)], "created"),
        ([("skipped", False), ("skipped", False)], "skipped"),
    ],
)
def test_a_pipeline_s_status_is_made_of_its_jobs(jobs: list[tuple[str, bool]], whole: str) -> None:
    assert composite(jobs) == whole


def test_there_are_as_many_projects_as_asked_for() -> None:
    paths = {project.path for project in a_world(projects=300).timeline.projects()}
    assert len(paths) == 300
    with pytest.raises(ValueError, match="0 projects"):
        World(0, 7, NOON)


def test_gitlab_tells_the_same_roll_out_as_the_services() -> None:
    world = a_world()
    found = [
        one
        for one in deployments(world.timeline, world.timeline.project(0), NOON)
        if one.environment.name == "production"
    ]
    assert [(one.job.name, one.job.queued_at) for one in found[:2]] == [
        ("canary 25%", NOON - 35 * 60),
        ("canary 5%", NOON - 55 * 60),
    ]
    assert found[0].pipeline == found[1].pipeline
    assert {one.status(NOON) for one in found[:2]} == {"success"}
    brain = next(one for one in world.services() if one.name == "agent-brain")
    assert brain.tracks[1].phase(NOON).since == found[0].job.queued_at


def test_a_paused_runner_gets_no_new_jobs_and_keeps_those_it_has() -> None:
    world = a_world()
    timeline, end = world.timeline, NOON + 3 * HOUR

    def of_runner(number: int) -> list[Job]:
        jobs = [job for one in timeline.pipelines(PLATFORM, end, NOON - HOUR) for job in one.jobs]
        return [job for job in jobs if job.runner_id == number and job.started_at <= end]

    before = [job for job in of_runner(14) if job.started_at <= NOON]
    assert any(job.started_at > NOON for job in of_runner(14))
    timeline.pause(14, NOON, True)
    assert of_runner(14) == before


def test_jobs_wait_for_the_last_runner_until_it_is_resumed() -> None:
    world = a_world()
    timeline, end = world.timeline, NOON + 6 * HOUR
    timeline.pause(18, NOON, True)  # the other one of the gpu pool is offline
    waiting = [
        job
        for one in timeline.pipelines(EVAL, NOON + HOUR, NOON - 2 * HOUR)
        for job in one.jobs
        if job.spec.tags and job.spec.tags[0] == "gpu" and status(job, NOON + HOUR) == "pending"
    ]
    assert waiting
    timeline.pause(18, NOON + HOUR, False)
    starts = [found[1].started_at for job in waiting if (found := timeline.job(job.id, end))]
    assert len(starts) == len(waiting)
    assert min(starts) == pytest.approx(NOON + HOUR + 3, abs=0.01)
