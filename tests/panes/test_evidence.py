"""`e` on a row: the log or the rows that its verdict rests on."""

from datetime import timedelta

from console.boards import builds as build_boards
from console.boards import cache as cache_boards
from console.boards import pipelines as pipeline_boards
from console.boards.builds import BuildRow, BuildsBoard
from console.boards.rollouts import RolloutRow, RolloutsBoard
from console.messages import LogRequested
from console.model.cache import CacheUse, Outcome
from console.model.pipelines import Status
from console.model.rollouts import Deployment
from console.panes.builds import Builds
from console.panes.cache import Cache
from console.panes.level import WEEK, Level
from console.panes.pipelines import Fleet, PipelineJobs, ProjectPipelines
from console.panes.rollouts import Rollouts
from console.ports import CacheEvidence
from tests.fakes import NOW, FakeHistory, job, pipeline, project, services

HOUR = timedelta(hours=1)
HISTORY = FakeHistory(
    all_projects=[project(1, "llm/agent-brain"), project(2, "llm/agent-chat"), project(3, "llm/docs")],
    all_pipelines=[
        pipeline(10, project_id=1, ago=HOUR),
        pipeline(20, Status.FAILED, project_id=2, ago=2 * HOUR),
        pipeline(21, Status.RUNNING, project_id=2, ago=HOUR),
        pipeline(30, Status.FAILED, project_id=3, ago=HOUR),
    ],
    all_jobs=[
        job(101, "build", pipeline_id=10),
        job(102, "build", pipeline_id=10),
        job(103, "build", Status.RUNNING, pipeline_id=10),
        job(201, "lint", Status.FAILED, pipeline_id=20, project_id=2, allow_failure=True),
        job(202, "test", Status.FAILED, pipeline_id=20, project_id=2),
    ],
    all_evidence=[
        CacheEvidence(1, 10, 101, "build", NOW - HOUR, CacheUse("pip", Outcome.MISS)),
        CacheEvidence(1, 10, 900, "build", NOW - 2 * HOUR, CacheUse("npm", Outcome.MISS)),
    ],
)
SERVICES = services(HISTORY)


async def log_of(level: Level, board: object, key: str) -> tuple[int, str]:
    """Job and project of the log that the evidence is."""
    found = await level.evidence(SERVICES, board, key)
    assert isinstance(found, LogRequested)
    return found.job.id, found.project


async def test_of_a_broken_project_it_is_the_failing_jobs_log_also_while_the_next_pipeline_runs() -> None:
    board = await pipeline_boards.fleet(SERVICES)
    assert await log_of(Fleet(), board, "2") == (202, "llm/agent-chat")
    assert await Fleet().evidence(SERVICES, board, "1") is None


async def test_of_a_pipeline_that_failed_without_a_job_it_is_the_pipeline() -> None:
    board = await pipeline_boards.fleet(SERVICES)
    found = await Fleet().evidence(SERVICES, board, "3")
    assert isinstance(found, PipelineJobs)
    assert found.title == "#30"


async def test_of_one_pipeline_it_is_its_failing_job_and_of_a_job_its_log() -> None:
    chat = HISTORY.all_projects[1]
    level, board = ProjectPipelines(chat), await pipeline_boards.project(SERVICES, 2)
    assert await log_of(level, board, "20") == (202, "llm/agent-chat")
    assert await level.evidence(SERVICES, board, "21") is None
    jobs = await pipeline_boards.pipeline(SERVICES, 2, 20)
    assert await log_of(PipelineJobs(chat, jobs.pipeline), jobs, "201") == (201, "llm/agent-chat")


async def test_of_a_cache_row_it_is_the_newest_misss_log() -> None:
    fleet, board = Cache(), await cache_boards.cache(SERVICES, WEEK)
    keys = {row.cells[1][0][0]: row.key for row in fleet.rows(board)}
    assert await log_of(fleet, board, keys["llm/agent-brain"]) == (101, "llm/agent-brain")
    assert await fleet.evidence(SERVICES, board, keys["llm/docs"]) is None
    level = Cache(WEEK, "llm/agent-brain")
    deep = await cache_boards.cache(SERVICES, WEEK, "llm/agent-brain")
    assert await log_of(level, deep, "job 900 npm") == (900, "llm/agent-brain"), "its job is stored no more"


async def test_of_a_regression_it_is_the_culprits_row_and_of_a_job_its_newest_finished_run() -> None:
    row = BuildRow(1, "llm/agent-brain", None, 9, HOUR, HOUR, 0.5, None, None, culprit="build")
    board = BuildsBoard((row,), WEEK, "", (), NOW)
    found = await Builds().evidence(SERVICES, board, "llm/agent-brain")
    assert isinstance(found, Builds)
    assert (found.project, found.at) == ("llm/agent-brain", "build")
    one = BuildRow(1, "llm/agent-brain", "build", 9, HOUR, HOUR, 0.5, None, None)
    jobs = BuildsBoard((one,), WEEK, "llm/agent-brain", (), NOW)
    assert await log_of(found, jobs, "build") == (102, "llm/agent-brain")
    calm = await build_boards.builds(SERVICES, WEEK)
    assert await Builds().evidence(SERVICES, calm, "llm/docs") is None


async def test_of_a_service_it_is_the_log_of_the_job_that_deployed() -> None:
    made = Deployment(5, 5, 2, "production", "running", "main", "a" * 40, NOW, job_id=202, pipeline_id=20)
    by_hand = Deployment(6, 6, 2, "staging", "running", "main", "a" * 40, NOW)
    rows = [RolloutRow("chat", one.environment, 2, "rolling", "done", None, (), one, None) for one in (made, by_hand)]
    board = RolloutsBoard(tuple(rows), NOW)
    assert await log_of(Rollouts(), board, "chat production") == (202, "llm/agent-chat")
    assert await Rollouts().evidence(SERVICES, board, "chat staging") is None
