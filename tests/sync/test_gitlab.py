"""GitLab into history: fills, changes, what is wanted, and one failure that stays one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from console.model.freshness import SourceHealth, State
from console.model.pipelines import Runner, Status
from console.model.rollouts import Deployment, Environment
from console.ports import SourceError, Trouble, Want
from console.sync.rhythm import Rhythm
from console.sync.sync import Sync
from tests.fakes import NOW, job, pipeline, project
from tests.sync.world import DOWN, FakeGitLab, MemoryHistory, Time, changed, hit, settle

PAST_FILL = 30
"""Seconds after which all that the fakes hold is filled."""


class Stage:
    """One Sync on a time that a test moves."""

    def __init__(self, gitlab: FakeGitLab, history: MemoryHistory, time: Time, rhythm: Rhythm | None = None) -> None:
        self.gitlab, self.history, self.time = gitlab, history, time
        self.said: list[str] = []
        self.sync = Sync(
            gitlab,
            (),
            None,
            history=history,
            writer=history,
            pace=time.pace(),
            announce=lambda topics: self.said.extend(sorted(topics)),
            parse_log=hit,
            rhythm=rhythm or Rhythm(logs_per_minute=1),
        )

    def health(self) -> SourceHealth:
        """Of GitLab."""
        return self.sync.health()[0]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Stage"]:
        """Sync under way until the block ends."""
        task = asyncio.ensure_future(self.sync.run())
        await settle()
        yield self
        assert not task.done(), task.exception()
        self.sync.close()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()


def fleet(projects: int = 2, pipelines: int = 7) -> FakeGitLab:
    """Projects with pipelines of two jobs each, all finished, newest an hour ago."""
    gitlab = FakeGitLab([project(id, f"llm/p{id}") for id in range(1, projects + 1)])
    for number in range(1, projects * pipelines + 1):
        id = (number - 1) % projects + 1
        ago = timedelta(hours=1 + projects * pipelines - number)
        gitlab.all_pipelines.append(pipeline(number, project_id=id, ago=ago))
        for place in range(2):
            one = job(number * 10 + place, f"job {place}", pipeline_id=number, project_id=id)
            gitlab.all_jobs.append(replace(one, created_at=NOW - ago))
    return gitlab


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def stage(time: Time) -> Stage:
    return Stage(fleet(), MemoryHistory(), time)


def ids(ones: list[object]) -> set[int]:
    return {one.id for one in ones}  # type: ignore[attr-defined]


async def test_everything_back_to_the_horizon_is_filled(stage: Stage) -> None:
    async with stage.running():
        await stage.time.advance(PAST_FILL)
    assert sorted(one.id for one in stage.history.all_pipelines) == list(range(1, 15))
    assert len(stage.history.all_jobs) == 28
    assert all(mark.complete for mark in stage.history.marks.values())
    health = stage.health()
    assert (health.state, health.loaded, health.total) == (State.LIVE, None, None)
    assert {"projects", "pipelines", "jobs", "sources"} <= set(stage.said)


async def test_a_fill_stops_at_the_horizon(time: Time) -> None:
    stage = Stage(fleet(1, 12), MemoryHistory(), time, Rhythm(horizon=timedelta(hours=5)))
    async with stage.running():
        await time.advance(PAST_FILL)
    assert sorted(one.id for one in stage.history.all_pipelines) == [7, 8, 9, 10, 11, 12]
    assert stage.history.marks[1, "pipelines"].complete


async def test_the_first_walk_says_how_many_of_how_many_projects(time: Time) -> None:
    stage = Stage(fleet(40, 1), MemoryHistory(), time, Rhythm(requests_per_minute=8))
    async with stage.running():
        await time.advance(40)
        loaded, total = stage.health().loaded, stage.health().total
        assert total == 40
        assert loaded is not None
        assert 3 <= loaded < 40


async def test_a_fill_tells_from_when_on_everything_is_stored(time: Time) -> None:
    stage = Stage(fleet(2, 30), MemoryHistory(), time, Rhythm(requests_per_minute=60))
    told = []
    async with stage.running():
        assert stage.health().complete_since is None
        for _ in range(12):
            await time.advance(3)
            if (since := stage.health().complete_since) is not None:
                told.append(since)
                expected = {one.id for one in stage.gitlab.all_pipelines if one.created_at > since}
                assert expected <= {one.id for one in stage.history.all_pipelines}
    assert len(set(told)) > 1
    assert told == sorted(told, reverse=True)


async def test_a_mistake_of_ours_ends_it_loudly(stage: Stage) -> None:
    task = asyncio.ensure_future(stage.sync.run())
    stage.gitlab.all_runners = None  # type: ignore[assignment]
    with pytest.raises(ExceptionGroup):
        await asyncio.wait_for(task, 5)


async def test_a_horizon_moved_back_is_filled_from_where_it_was(time: Time) -> None:
    gitlab, history = fleet(1, 12), MemoryHistory()
    near = Stage(gitlab, history, time, Rhythm(horizon=timedelta(hours=5)))
    async with near.running():
        await time.advance(PAST_FILL)
    gitlab.asked.clear()
    far = Stage(gitlab, history, time)
    async with far.running():
        await time.advance(PAST_FILL)
    assert sorted(one.id for one in history.all_pipelines) == list(range(1, 13))
    assert len(history.all_jobs) == 24
    assert "pipelines 1" not in gitlab.asked, "the newest are not asked for again"


async def test_all_projects_go_back_together(time: Time) -> None:
    stage = Stage(fleet(2, 30), MemoryHistory(), time, Rhythm(workers=1))
    async with stage.running():
        await time.advance(PAST_FILL)
    pages = [what.split()[1] for what in stage.gitlab.asked if what.startswith("pipelines")]
    assert all(abs(pages[:n].count("1") - pages[:n].count("2")) <= 1 for n in range(len(pages)))


async def test_at_rest_hardly_anything_is_asked(stage: Stage) -> None:
    stage.history.read = {one.id: () for one in stage.gitlab.all_jobs}
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        stage.gitlab.asked.clear()
        stage.said.clear()
        stage.time.wakes = 0
        await stage.time.advance(600)
    assert stage.gitlab.count("fleet") <= 5
    assert len(stage.gitlab.asked) <= 12
    assert stage.said == [], "and nothing is said when nothing changed"
    assert stage.time.wakes < 60


async def test_a_watched_fleet_is_looked_at_more_often_until_nothing_changes(stage: Stage) -> None:
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        stage.sync.watching(frozenset({"pipelines"}))
        stage.gitlab.asked.clear()
        for minute in range(10):
            stage.gitlab.all_pipelines[-1] = changed(stage.gitlab.all_pipelines[-1], NOW + timedelta(minutes=minute))
            await stage.time.advance(15)
        assert stage.gitlab.count("fleet") >= 9
        await stage.time.advance(300)
        stage.gitlab.asked.clear()
        await stage.time.advance(300)
        assert stage.gitlab.count("fleet") == 5


async def test_a_finished_pipeline_comes_with_its_jobs(stage: Stage) -> None:
    running = replace(pipeline(99, Status.RUNNING, ago=timedelta()), updated_at=NOW)
    stage.gitlab.all_pipelines.append(running)
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        ended = changed(running, NOW + timedelta(seconds=40), status=Status.SUCCESS, duration=timedelta(minutes=1))
        stage.gitlab.all_pipelines[-1] = ended
        stage.gitlab.all_jobs.append(job(990, pipeline_id=99))
        await stage.time.advance(300)
    assert ended in stage.history.all_pipelines
    assert 990 in {one.id for one in stage.history.all_jobs}


async def test_a_retry_of_an_old_pipeline_is_found_by_the_sweep(stage: Stage) -> None:
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        old = stage.gitlab.all_pipelines[0]
        again = changed(old, NOW + timedelta(minutes=1), status=Status.FAILED)
        stage.gitlab.all_pipelines[0] = again
        stage.gitlab.all_jobs.append(job(5000, pipeline_id=old.id))
        await stage.time.advance(700)
    assert again in stage.history.all_pipelines
    assert 5000 in {one.id for one in stage.history.all_jobs}


async def test_many_new_pipelines_come_by_the_page_of_jobs(time: Time) -> None:
    history = MemoryHistory()
    first = Stage(fleet(1, 2), history, time)
    async with first.running():
        await time.advance(PAST_FILL)
    gitlab = fleet(1, 2)
    for id in range(100, 140):
        gitlab.all_pipelines.append(pipeline(id, ago=timedelta(minutes=140 - id)))
        gitlab.all_jobs.append(replace(job(id * 10, pipeline_id=id), created_at=NOW - timedelta(minutes=140 - id)))
    gitlab.page = 20
    second = Stage(gitlab, history, time)
    async with second.running():
        await time.advance(PAST_FILL)
    assert {id * 10 for id in range(100, 140)} <= {one.id for one in history.all_jobs}
    assert gitlab.count("jobs of") < 5


async def test_a_crash_in_the_middle_loses_and_doubles_nothing(time: Time) -> None:
    history, gitlab = MemoryHistory(), fleet(1, 30)
    first = Stage(gitlab, history, time, Rhythm(requests_per_minute=30))
    async with first.running():
        await time.advance(10)
    assert 0 < len(history.all_pipelines) < 30
    done = gitlab.count("pipelines 1")
    second = Stage(gitlab, history, time)
    async with second.running():
        await time.advance(PAST_FILL)
    assert sorted(one.id for one in history.all_pipelines) == list(range(1, 31))
    assert len(history.all_jobs) == 60
    assert gitlab.count("pipelines 1") <= 10 + 1, f"10 pages, of which {done} were asked before the crash"


async def test_what_is_wanted_comes_before_the_fill(time: Time) -> None:
    stage = Stage(fleet(3, 40), MemoryHistory(), time, Rhythm(requests_per_minute=60, workers=1))
    async with stage.running():
        await time.advance(20)
        one = next(one for one in stage.history.all_pipelines if one.project_id == 2)
        stage.gitlab.asked.clear()
        stage.sync.want(Want(2, one.id))
        await time.advance(3)
        await settle()
    assert f"jobs of {one.id}" in stage.gitlab.asked[:2]


async def test_wanting_the_same_again_and_again_does_not_hammer(stage: Stage) -> None:
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        for _ in range(100):
            stage.sync.want(Want(1, 1))
            await stage.time.advance(0.2)
    assert 3 <= stage.gitlab.count("jobs of 1") <= 6


async def test_jobs_of_running_pipelines_are_followed_while_watched(stage: Stage) -> None:
    stage.gitlab.all_pipelines.append(replace(pipeline(99, Status.RUNNING, ago=timedelta()), updated_at=NOW))
    stage.gitlab.all_jobs.append(job(990, status=Status.RUNNING, pipeline_id=99))
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        before = stage.gitlab.count("jobs of 99")
        await stage.time.advance(60)
        assert stage.gitlab.count("jobs of 99") == before, "nobody looks"
        stage.sync.watching(frozenset({"jobs"}))
        await stage.time.advance(60)
        assert 3 <= stage.gitlab.count("jobs of 99") - before <= 6


async def test_a_pipeline_deleted_while_it_ran_does_not_run_for_ever(stage: Stage) -> None:
    running = replace(pipeline(99, Status.RUNNING, ago=timedelta()), updated_at=NOW)
    stage.gitlab.all_pipelines.append(running)
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        stage.gitlab.all_pipelines.pop()
        stage.gitlab.failing["jobs of 99"] = SourceError("404 Not found", trouble=Trouble.MISSING)
        stage.sync.watching(frozenset({"jobs"}))
        await stage.time.advance(60)
        before = stage.gitlab.count("jobs of 99")
        await stage.time.advance(120)
        assert stage.gitlab.count("jobs of 99") == before
        assert await stage.history.active() == ()
        assert stage.health().reason == ""


async def test_many_running_pipelines_leave_most_of_the_budget(time: Time) -> None:
    gitlab = fleet(1, 1)
    gitlab.page = 100
    gitlab.all_pipelines += [replace(pipeline(id, Status.RUNNING), updated_at=NOW) for id in range(100, 140)]
    stage = Stage(gitlab, MemoryHistory(), time, Rhythm(requests_per_minute=300))
    async with stage.running():
        stage.sync.watching(frozenset({"jobs"}))
        await time.advance(PAST_FILL)
        before = gitlab.count("jobs of")
        await time.advance(300)
        # Forty that stand still: each every 192 s, four times what their share of the budget allows.
        assert 40 * (300 // 192) <= gitlab.count("jobs of") - before <= 5 * 300 / 3 / 2


async def test_when_all_jobs_have_ended_the_pipeline_is_asked_too(stage: Stage) -> None:
    running = replace(pipeline(99, Status.RUNNING, ago=timedelta()), updated_at=NOW)
    stage.gitlab.all_pipelines.append(running)
    stage.gitlab.all_jobs.append(job(990, status=Status.RUNNING, pipeline_id=99))
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        stage.sync.watching(frozenset({"jobs"}))
        ended = changed(running, stage.time.now, status=Status.SUCCESS)
        stage.gitlab.all_pipelines[-1], stage.gitlab.all_jobs[-1] = ended, job(990, pipeline_id=99)
        await stage.time.advance(20)
        assert ended in stage.history.all_pipelines


async def test_one_project_that_fails_delays_no_other(time: Time) -> None:
    gitlab = fleet(3)
    gitlab.failing["pipelines 2"] = SourceError("500 Internal Server Error", trouble=Trouble.BROKEN)
    stage = Stage(gitlab, MemoryHistory(), time)
    async with stage.running():
        await time.advance(PAST_FILL)
        assert {one.project_id for one in stage.history.all_jobs} == {1, 3}
        health = stage.health()
        assert (health.state, health.loaded, health.total) == (State.LIVE, 2, 3)
        assert health.reason == "1 of 3 projects fail: 500 Internal Server Error"
        assert gitlab.count("pipelines 2") < 8
        gitlab.failing.clear()
        await time.advance(150)
    assert {one.project_id for one in stage.history.all_jobs} == {1, 2, 3}
    assert stage.health().reason == ""


async def test_a_cursor_that_gitlab_refuses_is_given_up(time: Time) -> None:
    stage = Stage(fleet(1, 9), MemoryHistory(), time)
    stage.gitlab.failing["pipelines 1 7"] = SourceError("cursor is invalid", trouble=Trouble.BROKEN)
    async with stage.running():
        await time.advance(PAST_FILL)
    assert stage.gitlab.count("pipelines 1 7") >= 3
    assert stage.gitlab.asked.count("pipelines 1") >= 2


async def test_a_fleet_page_that_fails_alone_does_not_hold_up_the_rest(stage: Stage) -> None:
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        stage.gitlab.failing["fleet"] = SourceError("query timed out", trouble=Trouble.BROKEN)
        stage.sync.watching(frozenset({"pipelines"}))
        before = stage.gitlab.count("fleet")
        for id in range(1, 60):
            stage.sync.want(Want(1, 1 + id % 7))
            await stage.time.advance(5)
        assert stage.gitlab.count("fleet") - before < 30
        assert stage.gitlab.count("jobs of") > 25


async def test_gitlab_down_is_one_question_at_a_time(stage: Stage) -> None:
    stage.gitlab.failing[""] = DOWN
    async with stage.running():
        await stage.time.advance(600)
        health = stage.health()
        assert (health.state, health.reason, health.since) == (State.FAILING, str(DOWN), NOW)
        assert health.next_try is not None
        assert len(stage.gitlab.asked) == health.tries <= 12
        stage.gitlab.failing.clear()
        await stage.time.advance(240)
        assert stage.health().state is State.LIVE
        assert len(stage.history.all_jobs) == 28


async def test_a_refresh_ends_the_wait(stage: Stage) -> None:
    stage.gitlab.failing[""] = DOWN
    async with stage.running():
        await stage.time.advance(300)
        stage.gitlab.failing.clear()
        stage.sync.refresh()
        await settle()
        assert stage.health().state is State.LIVE


async def test_a_limit_is_waited_out_and_shown(stage: Stage) -> None:
    until = NOW + timedelta(minutes=5)
    stage.gitlab.failing[""] = SourceError("429", trouble=Trouble.LIMITED, retry_at=until)
    async with stage.running():
        await stage.time.advance(200)
        assert len(stage.gitlab.asked) == 1
        assert (stage.health().state, stage.health().next_try) == (State.LIMITED, until)
        assert "sources" in stage.said


async def test_a_history_that_cannot_be_written_is_said_and_waited_for(stage: Stage) -> None:
    stage.history.broken = SourceError("History /x is on a full disk")
    async with stage.running():
        await stage.time.advance(300)
        (_, _, store) = stage.sync.health()
        assert (store.source, store.state, store.reason) == ("history", State.FAILING, "History /x is on a full disk")
        assert len(stage.gitlab.asked) < 40
        stage.history.broken = None
        await stage.time.advance(240)
        assert len(stage.history.all_jobs) == 28
        assert [one.source for one in stage.sync.health()] == ["gitlab", "prometheus"]


async def test_a_project_that_left_is_hidden_but_an_empty_answer_hides_nothing(stage: Stage) -> None:
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        gone = stage.gitlab.all_projects.pop()
        await stage.time.advance(300)
        assert gone not in stage.history.all_projects
        stage.gitlab.all_projects.clear()
        await stage.time.advance(300)
        assert len(stage.history.all_projects) == 1


async def test_what_a_group_that_is_suddenly_hidden_held_stays_and_the_group_is_named(stage: Stage) -> None:
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        unseen = stage.gitlab.all_projects.pop()
        stage.gitlab.hidden = ("llm/infra",)
        await stage.time.advance(300)
        assert unseen in stage.history.all_projects
        health = stage.health()
        assert (health.state, health.reason) == (State.LIVE, "llm/infra in the config, but not shown to this token")
        stage.gitlab.hidden = ()
        await stage.time.advance(300)
        assert unseen not in stage.history.all_projects
        assert stage.health().reason == ""


async def test_a_fleet_that_cannot_be_walked_is_told_though_other_questions_are_answered(stage: Stage) -> None:
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        stage.gitlab.failing["fleet"] = SourceError("GitLab shows no nope/x to this token", trouble=Trouble.MISSING)
        told = set()
        for _ in range(60):
            await stage.time.advance(10)
            told.add((stage.health().state, stage.health().reason))
        await stage.time.advance(60)
        stage.gitlab.failing.clear()
        await stage.time.advance(600)
        assert stage.health().reason == ""
    failing = {(state, reason) for state, reason in told if "nope/x" in reason}
    assert len(told - failing) <= 1, "only before the fleet was asked the first time"
    assert {state for state, _ in failing} == {State.FAILING, State.LIVE}


async def test_archived_projects_are_shown_but_not_filled(time: Time) -> None:
    gitlab = fleet(2)
    gitlab.all_projects[1] = replace(gitlab.all_projects[1], archived=True)
    stage = Stage(gitlab, MemoryHistory(), time)
    async with stage.running():
        await time.advance(PAST_FILL)
        assert gitlab.count("pipelines 2") == 0
        assert stage.health().total is None


async def test_runners_are_asked_more_often_while_watched(stage: Stage) -> None:
    stage.gitlab.all_runners = (Runner(1, "docker-1", "instance_type", "online"),)
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        assert stage.history.all_runners == [*stage.gitlab.all_runners]
        assert "runners" in stage.said
        before = stage.gitlab.count("runners")
        stage.sync.watching(frozenset({"runners"}))
        await stage.time.advance(300)
        assert 4 <= stage.gitlab.count("runners") - before <= 6


async def test_a_token_that_may_not_see_runners_is_no_failing_gitlab(stage: Stage) -> None:
    stage.gitlab.failing["runners"] = SourceError("403 Forbidden", trouble=Trouble.FORBIDDEN)
    async with stage.running():
        await stage.time.advance(300)
        assert stage.health().state is State.LIVE
        assert stage.gitlab.count("runners") <= 2


async def test_deployments_come_with_environments(stage: Stage) -> None:
    stage.gitlab.all_environments = [Environment(1, 1, "prod")]
    stage.gitlab.all_deployments = [Deployment(1, 1, 1, "prod", "success", "main", "c0ffee", NOW)]
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        assert stage.history.all_deployments == stage.gitlab.all_deployments
        assert stage.history.all_environments == stage.gitlab.all_environments
        assert "deployments" in stage.said
        before = stage.gitlab.count("deployments 1")
        await stage.time.advance(600)
        assert stage.gitlab.count("deployments 1") == before
        stage.sync.watching(frozenset({"deployments"}))
        await stage.time.advance(600)
        assert stage.gitlab.count("deployments 1") >= before + 2


async def test_a_project_without_deployments_is_no_problem(stage: Stage) -> None:
    stage.gitlab.failing["environments"] = SourceError("403 Forbidden", trouble=Trouble.FORBIDDEN)
    async with stage.running():
        await stage.time.advance(PAST_FILL)
        assert stage.health().reason == ""
        assert stage.gitlab.count("environments 1") == 1


async def test_without_gitlab_there_is_nothing_to_do(time: Time) -> None:
    history = MemoryHistory()
    sync = Sync(None, (), None, history=history, writer=history, pace=time.pace())
    task = asyncio.ensure_future(sync.run())
    sync.want(Want(1))
    sync.watching(frozenset({"jobs"}))
    sync.refresh()
    await time.advance(100)
    assert [one.state for one in sync.health()] == [State.OFF, State.OFF]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
