"""Client and simulated platform, written apart from one contract, meet over HTTP: neither shares code with the other.

The platform's clock stands still, so what GraphQL and REST tell of one thing must agree.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.demo.clock import FixedClock
from console.demo.platform import Platform
from console.model.pipelines import Pipeline, Project
from console.ports import JobPage, SourceError, Trouble
from console.sources.gitlab import GitLabSource
from console.sources.gitlab.documents import DOCUMENTS, named_projects, optional, without
from console.sources.gitlab.fleet_rest import RestFleet
from console.sources.gitlab.graphql import unknown_to
from console.sources.gitlab.pipelines import Jobs

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
"""A Wednesday morning, when a fleet is busy."""


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    made = Platform(clock=FixedClock(NOW.timestamp()))
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def source(platform: Platform) -> AsyncIterator[GitLabSource]:
    platform.faults.set(set())
    made = GitLabSource(platform.urls.gitlab, lambda: platform.token, groups=("llm",), clock=lambda: NOW)
    yield made
    await made.aclose()
    platform.faults.set(set())


async def busy(source: GitLabSource) -> tuple[Project, tuple[Pipeline, ...]]:
    """A project and its newest pipelines."""
    project = next(one for one in (await source.fleet()).projects if one.path.endswith("/agent-brain"))
    return project, (await source.pipelines(project)).pipelines


async def test_the_whole_fleet_comes_with_pipelines(source: GitLabSource) -> None:
    page = await source.fleet()
    assert len(page.projects) == page.total == 17
    assert page.cursor is None
    assert {one.project_id for one in page.pipelines} == {one.id for one in page.projects}
    assert source.degraded == ()


async def test_pipelines_go_back_by_pages_without_gap_or_double(source: GitLabSource) -> None:
    project, newest = await busy(source)
    seen: list[Pipeline] = []
    cursor = None
    since = NOW - timedelta(days=20)
    for _ in range(50):
        page = await source.pipelines(project, updated_after=since, cursor=cursor)
        seen += page.pipelines
        cursor = page.cursor
        if cursor is None:
            break
    ids = [one.id for one in seen]
    assert cursor is None
    assert ids == sorted(set(ids), reverse=True)
    assert ids[: len(newest)] == [one.id for one in newest][: len(ids)]
    assert all(one.updated_at and one.updated_at >= since for one in seen)


async def test_rest_and_graphql_tell_the_same_of_pipelines(source: GitLabSource) -> None:
    project, newest = await busy(source)
    plain = await RestFleet(source._wire, ("llm",), ()).pipelines(project, None, None)
    wanted = {one.id: one for one in newest}
    assert len(plain.pipelines) == 20
    for one in plain.pipelines:
        # REST calls a failure's reason something else (errors of the YAML), GraphQL tells it in a word.
        told = replace(wanted[one.id], failure_reason="", queued=None)
        assert replace(one, failure_reason="", queued=None) == told


async def test_rest_and_graphql_tell_the_same_of_jobs(source: GitLabSource) -> None:
    project, newest = await busy(source)
    jobs = Jobs(source._graphql)
    retried = 0
    for pipeline in newest:
        full = await source.pipeline_jobs(project, pipeline)
        plain = await jobs.of_pipeline_rest(project, pipeline)
        assert [(one.id, one.name, one.status, one.retried) for one in full] == [
            (one.id, one.name, one.status, one.retried) for one in plain
        ]
        assert {one.pipeline_id for one in full} == {pipeline.id}
        retried += sum(one.retried is True for one in full)
        if retried and pipeline.id < newest[5].id:
            break
    assert retried


async def test_the_jobs_of_a_project_are_those_of_its_pipelines(source: GitLabSource) -> None:
    project, newest = await busy(source)
    page: JobPage = await source.jobs(project)
    onward = await source.jobs(project, cursor=page.cursor)
    listed = {one.id for one in (*page.jobs, *onward.jobs)}
    assert len(listed) == 200
    full = await source.pipeline_jobs(project, newest[0])
    assert {one.id for one in full if one.downstream is None} <= listed


async def test_a_log_read_in_parts_is_the_log_read_at_once(source: GitLabSource) -> None:
    project, _ = await busy(source)
    job = next(one for one in (await source.jobs(project)).jobs if one.status.finished and one.started_at)
    whole = await source.log(project.id, job.id)
    assert whole.total_bytes == len(whole.content) > 1_000
    parts = [await source.log(project.id, job.id, offset=at, limit=700) for at in range(0, len(whole.content), 700)]
    assert b"".join(one.content for one in parts) == whole.content
    tail = await source.log(project.id, job.id, offset=-500)
    assert (tail.content, tail.offset) == (whole.content[-500:], len(whole.content) - 500)


async def test_environments_and_deployments_belong_together(source: GitLabSource) -> None:
    project, _ = await busy(source)
    names = {one.name for one in await source.environments(project)}
    changed = await source.deployments(project, updated_after=NOW - timedelta(days=3))
    assert changed
    assert {one.environment for one in changed} <= names
    assert all(one.updated_at and one.updated_at >= NOW - timedelta(days=3) for one in changed)


async def test_runners_that_took_jobs_are_among_those_listed(source: GitLabSource) -> None:
    project, _ = await busy(source)
    known = {one.id: one.description for one in await source.runners()}
    for job in (await source.jobs(project)).jobs:
        if job.runner_id is not None:
            assert known[job.runner_id] == job.runner


async def test_tests_add_up_to_their_counts(source: GitLabSource) -> None:
    project, newest = await busy(source)
    pipeline = next(one for one in newest if one.status.value == "success")
    report = await source.tests(project.id, pipeline.id)
    counts = await source.test_counts(project.id, pipeline.id)
    assert report.suites
    assert {one.name: len(one.cases) for one in report.suites} == {one.name: one.total for one in counts}


async def test_the_doctor_learns_all_it_asks(source: GitLabSource) -> None:
    facts = await source.examine()
    assert facts.version
    assert facts.username
    assert facts.reads
    assert facts.complexity_limit == 250
    assert facts.requests_left


async def test_an_old_server_costs_fields_but_no_figures(source: GitLabSource, platform: Platform) -> None:
    fleet = await source.fleet()
    project, newest = await busy(source)
    platform.faults.set({"old"})
    old = GitLabSource(platform.urls.gitlab, lambda: platform.token, groups=("llm",), clock=lambda: NOW)
    assert (await old.fleet()).projects == fleet.projects
    assert [(one.id, one.status, one.duration) for one in (await old.pipelines(project)).pipelines] == [
        (one.id, one.status, one.duration) for one in newest
    ]
    assert await old.pipeline_jobs(project, newest[0]) == await source.pipeline_jobs(project, newest[0])
    assert any("does not know" in told for told in old.degraded)
    await old.aclose()


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ("429", Trouble.LIMITED),
        ("429-app", Trouble.LIMITED),
        ("html", Trouble.BROKEN),
        ("expired-token", Trouble.UNAUTHENTICATED),
        ("gitlab-down", Trouble.UNREACHABLE),
    ],
)
async def test_a_fault_is_one_kind_of_trouble_everywhere(
    source: GitLabSource, platform: Platform, fault: str, trouble: Trouble
) -> None:
    project, newest = await busy(source)
    await source.version()
    platform.faults.set({fault})
    asked = [
        source.fleet(),
        source.runners(),
        source.pipelines(project),
        source.pipeline_jobs(project, newest[0]),
        source.jobs(project),
        source.environments(project),
        source.deployments(project),
        source.log(project.id, 1),
        source.tests(project.id, newest[0].id),
        source.project(project.path),
        source.examine(),
    ]
    for one in asked:
        with pytest.raises(SourceError) as caught:
            await one
        assert caught.value.trouble is trouble, str(caught.value)
        assert platform.token not in str(caught.value)


@pytest.mark.parametrize("document", [*DOCUMENTS, named_projects(3)], ids=lambda document: document[:40].strip())
async def test_every_document_is_answered_but_for_what_is_optional(source: GitLabSource, document: str) -> None:
    """Null objects are fine: the names here are of nothing."""
    named = {"p0": "a/b", "p1": "a/c", "p2": "a/d"}
    variables = {"first": 1, "each": 1, "group": "llm", "path": "llm/x", "iid": "1", **named}
    answer = await source._wire.graphql(without(document, ()), variables, what="a document")
    unknown = unknown_to([one["message"] for one in answer.body.get("errors", [])])
    assert unknown <= optional(document)
    answer = await source._wire.graphql(without(document, unknown), variables, what="a document")
    assert "errors" not in answer.body
