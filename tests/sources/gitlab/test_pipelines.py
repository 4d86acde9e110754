"""Pipelines of a project, jobs of a pipeline and of a project."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from console.model.pipelines import Status
from console.ports import SourceError, Trouble
from tests.sources.gitlab.lab import (
    HOST,
    PIPELINE,
    PROJECT,
    Lab,
    connection,
    data,
    errors,
    job_row,
    json_of,
    pipeline_row,
)

OLD = errors("Field 'needs' doesn't exist on type 'CiJob'", "Field 'duration' doesn't exist on type 'Pipeline'")


def graphql_job(number: int, name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"gid://gitlab/Ci::Build/{number}",
        "name": name,
        "status": "SUCCESS",
        "kind": "BUILD",
        "retried": False,
        "allowFailure": False,
        "tags": [],
        "stage": {"name": "build"},
        "needs": {"nodes": []},
        "schedulingType": "stage",
        **fields,
    }


def jobs_answer(rows: list[Any], onward: str | None = None) -> dict[str, Any]:
    return data(project={"pipeline": {"id": "gid://gitlab/Ci::Pipeline/90", "jobs": connection(rows, onward)}})


async def test_pipelines_come_in_pages_with_their_durations(lab: Lab) -> None:
    lab.graphql = [
        data(project={"pipelines": connection([pipeline_row(9), pipeline_row(8)], "AFTER8")}),
        data(project={"pipelines": connection([pipeline_row(7)])}),
    ]
    source = lab.source()
    since = datetime(2026, 2, 1, tzinfo=UTC)
    first = await source.pipelines(PROJECT, updated_after=since)
    second = await source.pipelines(PROJECT, updated_after=since, cursor=first.cursor)
    assert [one.id for one in (*first.pipelines, *second.pipelines)] == [9, 8, 7]
    assert first.pipelines[0].duration == timedelta(minutes=5)
    assert (first.cursor, second.cursor) == ("AFTER8", None)
    asked = [one["variables"] for one in lab.documents]
    assert [one["after"] for one in asked] == [None, "AFTER8"]
    assert {one["updatedAfter"] for one in asked} == {"2026-02-01T00:00:00+00:00"}


async def test_pipelines_of_a_project_that_is_hidden_are_missing(lab: Lab) -> None:
    lab.graphql = [data(project=None)]
    with pytest.raises(SourceError, match="knows nothing of the pipelines of llm/agent-brain, or hides it") as caught:
        await lab.source().pipelines(PROJECT)
    assert caught.value.trouble is Trouble.MISSING


async def test_without_graphql_pipelines_come_by_rest_with_a_detail_each(lab: Lab) -> None:
    lab.graphql = [OLD]
    listed = {"id": 5, "iid": 2, "status": "success", "ref": "main", "sha": "a", "created_at": "2026-03-01T09:00:00Z"}
    following = '<https://internal.example/api/v4/projects/7/pipelines?page=2&per_page=20>; rel="next"'
    lab.routes["projects/7/pipelines"] = lambda request: (
        httpx.Response(200, json=[listed], headers={"Link": following, "X-Next-Page": "2"})
        if "page" not in request.url.params
        else httpx.Response(200, json=[], headers={"X-Next-Page": ""})
    )
    lab.routes["projects/7/pipelines/5"] = {**listed, "duration": 70, "queued_duration": 3, "coverage": "88.5"}
    source = lab.source()
    since = datetime(2026, 2, 1, tzinfo=UTC)
    first = await source.pipelines(PROJECT, updated_after=since)
    assert [(one.id, one.duration, one.queued) for one in first.pipelines] == [
        (5, timedelta(seconds=70), timedelta(seconds=3))
    ]
    second = await source.pipelines(PROJECT, updated_after=since, cursor=first.cursor)
    assert (second.pipelines, second.cursor) == ((), None)
    assert {one.url.host for one in lab.requests} == {"gitlab.example"}
    assert "updated_after=2026-02-01" in lab.paths()[0]


async def test_jobs_of_a_pipeline_join_what_graphql_and_rest_tell(lab: Lab) -> None:
    lab.graphql = [
        jobs_answer([graphql_job(3, "test", needs={"nodes": [{"name": "build"}]}, schedulingType="dag")], "MORE"),
        jobs_answer(
            [
                graphql_job(1, "build", retried=True),
                graphql_job(2, "build"),
                graphql_job(4, "deploy", kind="BRIDGE", downstreamPipeline={"id": "gid://gitlab/Ci::Pipeline/99"}),
                graphql_job(5, "docs", schedulingType="dag"),
            ]
        ),
    ]
    lab.routes["projects/7/pipelines/90/jobs"] = [
        job_row(3, "test"),
        job_row(2),
        job_row(1, status="failed", failure_reason="runner_system_failure"),
    ]
    jobs = await lab.source().pipeline_jobs(PROJECT, PIPELINE)
    assert [(one.id, one.name, one.retried) for one in jobs] == [
        (1, "build", True),
        (2, "build", False),
        (3, "test", False),
        (4, "deploy", False),
        (5, "docs", False),
    ]
    failed, _, test, bridge, docs = jobs
    assert (failed.failure_reason, failed.user, failed.runner_id) == ("runner_system_failure", "ada", 3)
    assert test.duration == timedelta(seconds=60.25)
    assert (failed.needs, test.needs, docs.needs) == (None, ("build",), ())
    assert (bridge.downstream, bridge.web_url) == (99, "")
    assert any("include_retried=true" in path for path in lab.paths())


async def test_a_failing_half_is_a_failure_and_stops_the_other(lab: Lab) -> None:
    lab.graphql = [jobs_answer([])]
    lab.routes["projects/7/pipelines/90/jobs"] = httpx.Response(500, json={"message": "500 Internal Server Error"})
    with pytest.raises(SourceError, match="failed on the jobs of pipeline 90"):
        await lab.source().pipeline_jobs(PROJECT, PIPELINE)


async def test_without_graphql_the_older_of_two_attempts_was_retried(lab: Lab) -> None:
    lab.graphql = [OLD]
    lab.routes["projects/7/pipelines/90/jobs"] = [job_row(2), job_row(1, status="failed")]
    lab.routes["projects/7/pipelines/90/bridges"] = [
        job_row(3, "deploy", runner=None, downstream_pipeline={"id": 99, "status": "running"})
    ]
    source = lab.source()
    jobs = await source.pipeline_jobs(PROJECT, PIPELINE)
    assert [(one.id, one.retried, one.needs) for one in jobs] == [(1, True, None), (2, False, None), (3, False, None)]
    assert jobs[2].downstream == 99
    assert "Needs of jobs come by REST" in source.degraded[0]


async def test_jobs_of_a_project_go_on_by_keyset_on_our_own_origin(lab: Lab) -> None:
    away = '<https://other.example/api/v4/projects/7/jobs?cursor=abc%3D&order_by=id&pagination=keyset>; rel="next"'
    lab.routes["projects/7/jobs"] = lambda request: (
        httpx.Response(200, json=[job_row(9), job_row(8)], headers={"Link": away})
        if "cursor" not in request.url.params
        else httpx.Response(200, json=[job_row(7)])
    )
    source = lab.source()
    first = await source.jobs(PROJECT)
    second = await source.jobs(PROJECT, cursor=first.cursor)
    assert [job.id for job in (*first.jobs, *second.jobs)] == [9, 8, 7]
    assert second.cursor is None
    assert lab.paths() == [
        "projects/7/jobs?pagination=keyset&order_by=id&sort=desc&per_page=100",
        "projects/7/jobs?cursor=abc%3D&order_by=id&pagination=keyset",
    ]
    assert {one.url.host for one in lab.requests} == {"gitlab.example"}
    assert first.jobs[0].retried is None


@pytest.mark.parametrize("headers", [{}, {"X-Next-Page": ""}, {"Link": ""}, {"Link": '<x>; rel="prev"'}])
async def test_a_list_ends_in_any_of_the_ways_gitlab_ends_one(lab: Lab, headers: dict[str, str]) -> None:
    lab.routes["projects/7/jobs"] = httpx.Response(200, json=[job_row(1)], headers=headers)
    assert (await lab.source().jobs(PROJECT)).cursor is None


async def test_a_list_that_only_tells_the_next_page_s_number_goes_on(lab: Lab) -> None:
    lab.routes["projects/7/jobs"] = httpx.Response(200, json=[job_row(1)], headers={"X-Next-Page": "2"})
    cursor = (await lab.source().jobs(PROJECT)).cursor
    assert cursor
    assert cursor.endswith("per_page=100&page=2")


async def test_an_empty_page_is_the_last_one_whatever_its_headers_say(lab: Lab) -> None:
    lab.routes["projects/7/jobs"] = httpx.Response(200, json=[], headers={"X-Next-Page": "3"})
    assert (await lab.source().jobs(PROJECT)).cursor is None


async def test_a_list_that_leads_to_itself_is_an_error(lab: Lab) -> None:
    lab.routes["projects/7/jobs"] = httpx.Response(200, json=[job_row(1)], headers={"X-Next-Page": "2"})
    source = lab.source()
    cursor = (await source.jobs(PROJECT)).cursor
    with pytest.raises(SourceError, match="its next page is itself"):
        await source.jobs(PROJECT, cursor=cursor)


async def test_a_row_that_moved_to_a_later_page_comes_once(lab: Lab) -> None:
    pages = {"1": [job_row(3), job_row(2)], "2": [job_row(2), job_row(1)]}

    def page(request: httpx.Request) -> httpx.Response:
        number = request.url.params.get("page", "1")
        return httpx.Response(200, json=pages[number], headers={"X-Next-Page": "2" if number == "1" else ""})

    lab.routes["projects/7/pipelines/90/jobs"] = page
    lab.graphql = [jobs_answer([])]
    assert [job.id for job in await lab.source().pipeline_jobs(PROJECT, PIPELINE)] == [1, 2, 3]


async def test_conditional_keys_may_be_absent(lab: Lab) -> None:
    lab.routes["projects/7/jobs"] = [{"id": 1, "pipeline": {"id": 90}, "status": "pondering"}]
    job = (await lab.source().jobs(PROJECT)).jobs[0]
    assert (job.status, job.name, job.runner_id, job.duration, job.failure_reason) == (
        Status.UNKNOWN,
        "",
        None,
        None,
        "",
    )


async def test_one_job_and_one_project_come_through_python_gitlab(lab: Lab) -> None:
    lab.routes["projects/llm%2Fagent-brain"] = {
        "id": 7,
        "path_with_namespace": "llm/agent-brain",
        "web_url": f"{HOST}/llm/agent-brain",
        "default_branch": "main",
        "statistics": {"storage_size": 10, "repository_size": 4, "job_artifacts_size": 5},
    }
    lab.routes["projects/7/jobs/3"] = job_row(3)
    job = await lab.source().job("llm/agent-brain", 3)
    assert (job.id, job.project_id, job.pipeline_id) == (3, 7, 90)
    assert lab.paths() == ["projects/llm%2Fagent-brain?statistics=true", "projects/7/jobs/3"]
    assert {one.headers["Authorization"] for one in lab.requests} == {"Bearer glpat-very-secret-token"}


async def test_tags_are_told_from_branches(lab: Lab) -> None:
    rows = [
        pipeline_row(number, refPath=path) for number, path in ((3, "refs/tags/v1"), (2, "refs/heads/v1"), (1, None))
    ]
    lab.graphql = [data(project={"pipelines": connection(rows)})]
    assert [one.tag for one in (await lab.source().pipelines(PROJECT)).pipelines] == [True, False, None]


async def test_every_question_about_pipelines_names_the_project_by_variable_never_by_text(lab: Lab) -> None:
    lab.graphql = [lambda request: data(project={"pipelines": connection([])}) if json_of(request) else {}]
    await lab.source().pipelines(PROJECT)
    assert "agent-brain" not in lab.documents[0]["query"]
