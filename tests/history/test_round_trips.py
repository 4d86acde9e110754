"""What is saved comes back as it was, and only a difference counts as a change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.history.local import LocalHistory
from console.model.cache import CacheUse, Outcome, Via
from console.model.pipelines import Job, Pipeline, Project, Runner, Status, Storage
from console.model.rollouts import Deployment, Environment
from console.ports import Bookmark, CacheEvidence, History, HistoryWriter
from tests.fakes import NOW, job, pipeline, project

FULL_PIPELINE = Pipeline(
    7,
    3,
    1,
    "refs/merge-requests/12/head",
    "c0ffee",
    Status.SUCCESS,
    "merge_request_event",
    datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC),
    updated_at=NOW,
    started_at=NOW - timedelta(minutes=9),
    finished_at=NOW,
    duration=timedelta(minutes=8, microseconds=1),
    queued=timedelta(seconds=3),
    user="kim",
    web_url="https://gitlab.example/p/7",
    failure_reason="config_error",
    name="nightly",
    tag=False,
)
FULL_JOB = Job(
    70,
    7,
    1,
    "test: [a, b]",
    "test",
    Status.FAILED,
    ref="main",
    created_at=NOW - timedelta(minutes=20),
    started_at=NOW - timedelta(minutes=9),
    finished_at=NOW,
    duration=timedelta(seconds=540.5),
    queued=timedelta(seconds=1.5),
    allow_failure=True,
    retried=False,
    failure_reason="script_failure",
    runner_id=4,
    runner="docker-1",
    tags=("docker", "x86"),
    needs=("build",),
    user="kim",
    web_url="https://gitlab.example/j/70",
    downstream=99,
    tag=False,
)


def test_a_history_is_what_boards_read_and_sync_writes(history: LocalHistory) -> None:
    """The type checker proves it; here the names are compared, for a checker is not always run."""
    promised = {name for port in (History, HistoryWriter) for name in dir(port) if not name.startswith("_")}
    reads: History = history
    writes: HistoryWriter = history
    assert promised <= set(dir(reads)) & set(dir(writes))


async def test_projects_come_back_by_path(history: LocalHistory) -> None:
    stored = project(2, "llm/b")
    rich = Project(1, "llm/a", "https://x", None, True, Storage(10, None, 3, 4))
    assert await history.save_projects([stored, rich])
    assert not await history.save_projects([rich, stored])
    assert await history.projects() == (rich, stored)


async def test_a_project_that_left_the_fleet_is_hidden_until_it_returns(history: LocalHistory) -> None:
    one, two = project(1, "llm/a"), project(2, "llm/b")
    await history.save_projects([one, two])
    assert await history.keep_projects([1])
    assert not await history.keep_projects([1])
    assert await history.projects() == (one,)
    assert await history.save_projects([two])
    assert await history.projects() == (one, two)


async def test_a_pipeline_keeps_every_field(history: LocalHistory) -> None:
    assert await history.save_pipelines([FULL_PIPELINE])
    assert not await history.save_pipelines([FULL_PIPELINE])
    assert await history.pipeline(1, 7) == FULL_PIPELINE
    assert await history.pipeline(2, 7) is None


async def test_a_job_keeps_every_field(history: LocalHistory) -> None:
    bare = Job(71, 7, 1, "lint", "test", Status.CREATED)
    assert await history.save_jobs([FULL_JOB, bare])
    assert not await history.save_jobs([bare, FULL_JOB])
    assert await history.jobs([7]) == (FULL_JOB, bare)
    assert await history.jobs([7], status=Status.FAILED) == (FULL_JOB,)
    assert await history.jobs([]) == ()


async def test_runners_are_all_there_are(history: LocalHistory) -> None:
    one = Runner(1, "docker-1", "instance_type", "online", True, ("docker",), False, NOW, "18.9.0")
    assert await history.save_runners([one, replace(one, id=2)])
    assert await history.save_runners([one])
    assert not await history.save_runners([one])
    assert await history.runners() == (one,)


async def test_environments_are_all_a_project_has(history: LocalHistory) -> None:
    here, there = Environment(1, 1, "prod", "production", "available", "https://x"), Environment(2, 2, "prod")
    assert await history.save_environments(1, [here, Environment(3, 1, "old")])
    assert await history.save_environments(2, [there])
    assert await history.save_environments(1, [here])
    assert not await history.save_environments(1, [here])
    assert await history.environments() == (here, there)


def deployment(id: int, environment: str = "prod", project_id: int = 1, **more: object) -> Deployment:
    """One deployment; the higher its id, the newer."""
    made = Deployment(id, id, project_id, environment, "success", "main", "c0ffee", NOW + timedelta(minutes=id))
    return replace(made, **more)  # type: ignore[arg-type]


async def test_deployments_come_newest_first_and_by_environment(history: LocalHistory) -> None:
    rich = deployment(
        9, updated_at=NOW, finished_at=NOW, user="kim", job_id=5, job_name="deploy", job_status=Status.SUCCESS
    )
    others = [deployment(id, "staging") for id in (1, 2, 3)] + [deployment(4, "prod", 2)]
    assert await history.save_deployments([rich, *others])
    assert not await history.save_deployments([rich, *others])
    assert await history.deployments(project_id=1, limit=2) == (rich, others[2])
    assert [one.id for one in await history.deployments(limit=2)] == [9, 4, 3, 2]
    assert [one.id for one in await history.deployments(environment="prod")] == [9, 4]


async def test_bookmarks_never_go_back(history: LocalHistory) -> None:
    await history.save_bookmark(Bookmark(1, "jobs", None, "abc"))
    far = NOW - timedelta(days=90)
    await history.save_bookmark(Bookmark(1, "jobs", NOW, None, True, far))
    await history.save_bookmark(Bookmark(1, "jobs", NOW - timedelta(days=1), "late console", False, NOW))
    assert await history.bookmarks() == (Bookmark(1, "jobs", NOW, "late console", True, far),)


async def test_a_fill_is_complete_with_pipelines_and_jobs(history: LocalHistory) -> None:
    away = Project(3, "llm/c", archived=True)
    await history.save_projects([project(1, "llm/a"), project(2, "llm/b"), away])
    assert await history.filled() == (0, 2)
    for kind in ("pipelines", "jobs", "deployments"):
        await history.save_bookmark(Bookmark(1, kind, complete=True))
    await history.save_bookmark(Bookmark(2, "jobs", complete=True))
    await history.save_bookmark(Bookmark(3, "jobs", complete=True))
    assert await history.filled() == (1, 2)


async def test_pipelines_are_listed_newest_first_by_ref_and_before(history: LocalHistory) -> None:
    ones = [pipeline(id, ref="main" if id % 2 else "fix") for id in (1, 2, 3, 4)]
    await history.save_pipelines(ones)
    assert [one.id for one in await history.pipelines(1)] == [4, 3, 2, 1]
    assert [one.id for one in await history.pipelines(1, ref="main", limit=1)] == [3]
    assert [one.id for one in await history.pipelines(1, before=ones[2].created_at)] == [2, 1]


async def test_latest_takes_each_projects_default_branch(history: LocalHistory) -> None:
    await history.save_projects([project(1, "llm/a"), project(2, "llm/b", default_branch="trunk"), project(3, "llm/c")])
    await history.save_pipelines([pipeline(id, ref="main") for id in (1, 2, 3)] + [pipeline(4, ref="fix")])
    await history.save_pipelines([pipeline(5, project_id=2, ref="trunk"), pipeline(6, project_id=2, ref="main")])
    assert [one.id for one in await history.latest(2)] == [5, 3, 2]


async def test_active_is_everything_that_has_not_finished(history: LocalHistory) -> None:
    words = (Status.RUNNING, Status.SUCCESS, Status.MANUAL, Status.UNKNOWN, Status.CANCELED)
    await history.save_pipelines([pipeline(id, status) for id, status in enumerate(words, 1)])
    assert [one.id for one in await history.active()] == [4, 3, 1]


async def test_what_left_the_fleet_does_not_run_any_more(history: LocalHistory) -> None:
    await history.save_projects([project(1, "llm/a"), project(2, "llm/b")])
    await history.save_pipelines([pipeline(id, Status.RUNNING, project_id=id) for id in (1, 2)])
    await history.save_environments(2, [Environment(1, 2, "prod")])
    await history.save_deployments([deployment(1, project_id=2)])
    await history.keep_projects([1])
    assert [one.id for one in await history.active()] == [1]
    assert (await history.environments(), await history.deployments()) == ((), ())


async def test_logs_are_due_once_for_jobs_that_ran_to_an_end(history: LocalHistory) -> None:
    ran, running, skipped = job(1), job(2, "lint", Status.RUNNING), job(3, "deploy", Status.SKIPPED)
    old = replace(job(4, "old"), finished_at=NOW - timedelta(days=31))
    await history.save_jobs([ran, running, skipped, old])
    assert await history.unread_logs(10) == (ran,)
    assert await history.unread_logs(10, not_of=[1]) == ()
    assert not await history.save_cache(ran, [])
    await history.save_jobs([replace(ran, user="lee")])
    assert await history.unread_logs(10) == ()


async def test_misses_are_evidence_newest_first(history: LocalHistory) -> None:
    miss = CacheUse("deps", Outcome.MISS, Via.REMOTE, "404", 1.25)
    first, second = job(1), replace(job(2, "lint"), finished_at=NOW)
    await history.save_jobs([first, second])
    assert await history.save_cache(first, [CacheUse("x", Outcome.HIT, Via.LOCAL), miss])
    assert await history.save_cache(second, [CacheUse("deps", Outcome.ERROR)])
    found = await history.cache_evidence(1)
    assert [one.job_id for one in found] == [2, 1]
    assert first.finished_at is not None
    assert found[1] == CacheEvidence(1, 1, 1, "build", first.finished_at, miss)
    assert await history.cache_evidence(1, key="x") == ()
