"""Environments and deployments."""

from datetime import UTC, datetime

import httpx

from console.model.pipelines import Status
from console.model.rollouts import Environment
from tests.sources.gitlab.lab import PROJECT, Lab


async def test_environments_of_all_pages_come_once_each(lab: Lab) -> None:
    rows = {
        "": [{"id": 1, "name": "production", "tier": "production", "state": "available", "external_url": "https://x"}],
        "2": [
            {"id": 1, "name": "production", "tier": "production", "state": "available", "external_url": "https://x"},
            {"id": 2, "name": "review/\x1b[31mfoo", "state": "hibernating", "external_url": "javascript:alert(1)"},
        ],
    }

    def page(request: httpx.Request) -> httpx.Response:
        number = request.url.params.get("page", "")
        return httpx.Response(200, json=rows[number], headers={"X-Next-Page": "" if number else "2"})

    lab.routes["projects/7/environments"] = page
    assert await lab.source().environments(PROJECT) == (
        Environment(1, 7, "production", "production", "available", "https://x"),
        Environment(2, 7, "review/foo", "", "hibernating", ""),
    )


async def test_a_list_cut_off_is_told(lab: Lab) -> None:
    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", "1"))
        return httpx.Response(200, json=[{"id": number, "name": "x"}], headers={"X-Next-Page": str(number + 1)})

    lab.routes["projects/7/environments"] = page
    source = lab.source()
    assert len(await source.environments(PROJECT)) == 20
    assert source.degraded == ("Of the environments of llm/agent-brain only the first 20 are read",)


def row(number: int, **fields: object) -> dict[str, object]:
    made_by = {"id": 5, "name": "deploy", "status": "success", "pipeline": {"id": 36}, "finished_at": None}
    return {
        "id": number,
        "iid": number,
        "ref": "main",
        "sha": "c0ffee",
        "status": "success",
        "created_at": "2026-03-01T09:00:00.000Z",
        "updated_at": "2026-03-01T10:00:00.000+01:00",
        "environment": {"id": 9, "name": "production"},
        "user": {"username": "ada"},
        "deployable": made_by,
        **fields,
    }


async def test_the_newest_deployments_are_one_request(lab: Lab) -> None:
    lab.routes["projects/7/deployments"] = httpx.Response(200, json=[row(2)], headers={"X-Next-Page": "2"})
    (found,) = await lab.source().deployments(PROJECT)
    assert (found.environment, found.job_id, found.pipeline_id, found.job_status) == (
        "production",
        5,
        36,
        Status.SUCCESS,
    )
    assert found.updated_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert lab.paths() == ["projects/7/deployments?order_by=updated_at&sort=desc&per_page=100"]


async def test_changes_since_then_are_read_to_the_end(lab: Lab) -> None:
    """The filter wants the order by the same time, else GitLab answers 400."""

    def page(request: httpx.Request) -> httpx.Response:
        assert request.url.params["order_by"] == "updated_at"
        assert request.url.params["updated_after"] == "2026-02-28T00:00:00+00:00"
        number = int(request.url.params.get("page", "1"))
        return httpx.Response(200, json=[row(number)], headers={"X-Next-Page": str(number + 1) if number < 3 else ""})

    lab.routes["projects/7/deployments"] = page
    found = await lab.source().deployments(PROJECT, updated_after=datetime(2026, 2, 28, tzinfo=UTC))
    assert [one.id for one in found] == [1, 2, 3]


async def test_a_deployment_made_through_the_api_has_no_job(lab: Lab) -> None:
    lab.routes["projects/7/deployments"] = [row(1, deployable=None, user=None, status="dreaming")]
    (found,) = await lab.source().deployments(PROJECT)
    assert (found.job_id, found.job_status, found.pipeline_id, found.user) == (None, None, None, "")
    assert found.status == "dreaming"
