"""GitLab's own sample bodies, as far as we read such bodies."""

import json
from datetime import timedelta
from typing import Any

import pytest

from console.model.pipelines import Status
from tests.contracts.openapi import SHARED
from tests.sources.gitlab.lab import PIPELINE, PROJECT, Lab, connection, data, errors

FOLDER = SHARED / "fixtures" / "api"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="GitLab's sample bodies are not beside this checkout")
OLD = errors("Field 'id' doesn't exist on type 'Pipeline'")


def fixture(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


async def test_jobs_of_a_project(lab: Lab) -> None:
    lab.routes["projects/7/jobs"] = fixture("project_jobs")
    first, second = (await lab.source().jobs(PROJECT)).jobs
    assert (first.id, second.id, second.name, second.status) == (7, 6, "rspec:other", Status.FAILED)
    assert second.tags == ("docker runner", "win10-2004")
    assert second.pipeline_id == 6


async def test_jobs_of_a_pipeline_as_recorded(lab: Lab) -> None:
    lab.graphql = [
        data(project={"pipeline": {"jobs": connection([])}}),
    ]
    lab.routes["projects/7/pipelines/90/jobs"] = fixture("pipeline_jobs_recorded")
    (job,) = await lab.source().pipeline_jobs(PROJECT, PIPELINE)
    assert (job.id, job.name, job.user, job.pipeline_id) == (1999017704, "test_vars", "OWNER", 452959326)
    assert job.duration == timedelta(seconds=14.580467)
    assert job.runner == "5-green.saas-linux-small-amd64.runners-manager.gitlab.com/default"


async def test_a_bridge_and_a_failed_job(lab: Lab) -> None:
    lab.graphql = [OLD]
    lab.routes["projects/7/pipelines/90/jobs"] = [fixture("job_failed")]
    lab.routes["projects/7/pipelines/90/bridges"] = [fixture("bridge")]
    failed, bridge = await lab.source().pipeline_jobs(PROJECT, PIPELINE)
    assert (failed.status, failed.failure_reason, failed.runner) == (Status.FAILED, "", "")
    assert (bridge.name, bridge.downstream) == ("teaspoon", 5)


async def test_pipelines_from_a_list_and_their_details(lab: Lab) -> None:
    listed, detail = fixture("pipelines_list_recorded"), fixture("pipeline_detail_recorded")
    lab.graphql = [OLD]
    lab.routes["projects/7/pipelines"] = listed
    for row in listed:
        lab.routes[f"projects/7/pipelines/{row['id']}"] = {**detail, "id": row["id"]}
    page = await lab.source().pipelines(PROJECT)
    assert [one.id for one in page.pipelines] == [1172622998, 1172086480]
    assert {one.duration for one in page.pipelines} == {timedelta(seconds=14)}
    assert {one.user for one in page.pipelines} == {"OWNER"}


async def test_an_older_pipeline(lab: Lab) -> None:
    older = fixture("pipeline_detail_older")
    lab.graphql = [OLD]
    lab.routes["projects/7/pipelines"] = [older]
    lab.routes[f"projects/7/pipelines/{older['id']}"] = older
    (found,) = (await lab.source().pipelines(PROJECT)).pipelines
    assert (found.id, found.iid, found.status) == (older["id"], older.get("iid", 0), Status.of(older["status"]))


async def test_deployments_and_environments(lab: Lab) -> None:
    lab.routes["projects/7/deployments"] = [*fixture("deployments_list"), fixture("deployment_get_older")]
    lab.routes["projects/7/environments"] = [*fixture("environments_list"), fixture("environment_get")]
    source = lab.source()
    first, _ = await source.deployments(PROJECT)
    assert (first.environment, first.job_name, first.pipeline_id, first.status) == (
        "production",
        "deploy",
        36,
        "created",
    )
    assert {one.name for one in await source.environments(PROJECT)} == {"review/fix-foo"}


async def test_a_runner_s_details(lab: Lab) -> None:
    details = fixture("runner_details")
    lab.graphql = [errors("Field 'id' doesn't exist on type 'CiRunner'")]
    lab.routes["runners/all"] = [
        {key: details[key] for key in ("id", "description", "status", "paused") if key in details}
    ]
    lab.routes["runners/6"] = details
    (runner,) = await lab.source().runners()
    assert (runner.tags, runner.version, runner.description) == (("ruby", "mysql"), "v13.0.0", "test-1-20150125")


async def test_token_and_version(lab: Lab) -> None:
    lab.graphql = [data(currentUser={"username": "ada"})]
    lab.routes["personal_access_tokens/self"] = fixture("personal_access_token_self")
    lab.routes["metadata"] = fixture("metadata")
    facts = await lab.source().examine()
    assert (facts.token_name, facts.scopes, facts.version) == ("Test Token", ("api",), "15.6.0-pre")
