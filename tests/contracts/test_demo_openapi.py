"""What the simulated GitLab answers fits GitLab's own OpenAPI document."""

from functools import lru_cache
from typing import Any

import pytest

from tests.contracts.answers import complaints
from tests.demo.gitlab_client import Demo, demo

_PROJECT, _PIPELINE, _JOB = "/projects/{id}", "/projects/{id}/pipelines/{pipeline_id}", "/projects/{id}/jobs/{job_id}"
READS = [
    "/metadata",
    "/personal_access_tokens/self",
    "/groups/{id}",
    "/groups/{id}/projects",
    "/groups/{id}/runners",
    _PROJECT,
    f"{_PROJECT}/pipelines",
    f"{_PROJECT}/pipelines/latest",
    _PIPELINE,
    f"{_PIPELINE}/jobs",
    f"{_PIPELINE}/bridges",
    f"{_PIPELINE}/test_report",
    f"{_PIPELINE}/test_report_summary",
    f"{_PROJECT}/jobs",
    _JOB,
    "/runners",
    "/runners/{id}",
    "/runners/{id}/jobs",
    "/runners/{id}/managers",
    f"{_PROJECT}/runners",
    f"{_PROJECT}/environments",
    f"{_PROJECT}/environments/{{environment_id}}",
    f"{_PROJECT}/deployments",
    f"{_PROJECT}/deployments/{{deployment_id}}",
    f"{_PROJECT}/feature_flags",
    f"{_PROJECT}/repository/branches",
    f"{_PROJECT}/repository/commits",
    f"{_PROJECT}/pipeline_schedules",
    f"{_PROJECT}/ci/lint",
]


@lru_cache(maxsize=1)
def world() -> Demo:
    return demo()


@lru_cache(maxsize=1)
def numbers() -> dict[str, Any]:
    """Ids to put into the paths: of llm-platform, whose pipelines have everything."""
    at = world()
    project = at.get("/projects/llm%2Fllm-platform")["id"]
    pipelines = at.get(f"/projects/{project}/pipelines", ref="main", status="success", source="push")
    jobs = at.get(f"/projects/{project}/pipelines/{pipelines[-1]['id']}/jobs")
    return {
        "{id}": project,
        "{pipeline_id}": pipelines[-1]["id"],
        "{job_id}": jobs[-1]["id"],
        "{environment_id}": at.get(f"/projects/{project}/environments")[0]["id"],
        "{deployment_id}": at.get(f"/projects/{project}/deployments")[0]["id"],
    }


def filled(path: str) -> str:
    if path.startswith("/groups"):
        return path.replace("{id}", "llm")
    if path.startswith("/runners"):
        return path.replace("{id}", "11")
    for name, number in numbers().items():
        path = path.replace(name, str(number))
    return path


@pytest.mark.parametrize("path", READS)
def test_an_answer_fits_the_document(path: str) -> None:
    body = world().get(filled(path))
    assert body or path.endswith("bridges"), "an empty answer shows nothing"
    assert complaints(f"/api/v4{path}", body) == []


@pytest.mark.parametrize("action", ["retry", "cancel"])
def test_the_answer_to_a_pipeline_s_action_fits_the_document(action: str) -> None:
    at = demo()
    found = at.get("/projects/4002/pipelines", status="failed" if action == "retry" else "success")[0]["id"]
    response = at.http.post(f"/api/v4/projects/4002/pipelines/{found}/{action}")
    assert response.status_code == (201 if action == "retry" else 200)
    assert complaints(f"/api/v4/projects/{{id}}/pipelines/{{pipeline_id}}/{action}", response.json(), "post") == []


def test_a_failed_job_says_why_and_no_other_does() -> None:
    jobs = world().get("/projects/4002/jobs", per_page=100)
    assert {job["status"] for job in jobs} >= {"success", "failed"}
    assert all(("failure_reason" in job) == (job["status"] == "failed") for job in jobs)
