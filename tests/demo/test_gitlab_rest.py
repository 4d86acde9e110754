"""The simulated GitLab's REST: tokens, pages, filters, logs by range, and what one can do to jobs."""

from typing import Any

import pytest

from console.demo.gitlab.auth import EXPIRED_TOKEN, READ_ONLY_TOKEN, REPOSITORY_TOKEN, REVOKED_TOKEN, TOKEN
from tests.demo.gitlab_client import NOON, Demo, demo

PROJECT = "/api/v4/projects/4002"
REVOKED = "Token was revoked. You have to re-authorize from the user."
EXPIRED = "Token is expired. You can either do re-authorization or token refresh."


@pytest.fixture(scope="module")
def at() -> Demo:
    """For tests that change nothing."""
    return demo()


def statuses(at: Demo, pipeline: int, project: int = 4002) -> dict[str, str]:
    jobs = at.get(f"/projects/{project}/pipelines/{pipeline}/jobs", per_page=100)
    return {job["name"]: job["status"] for job in jobs}


def pages(at: Demo, path: str, **query: Any) -> list[list[Any]]:
    """Every page, by following `rel="next"` literally."""
    response = at.http.get(f"/api/v4{path}", params=query or None)
    found = [response.json()]
    while "next" in response.links:
        response = at.http.get(response.links["next"]["url"])
        found.append(response.json())
    return found


# --- who one is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{"PRIVATE-TOKEN": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}])
def test_a_token_is_taken_from_either_header(headers: dict[str, str]) -> None:
    assert demo(token=None).http.get("/api/v4/user", headers=headers).json()["username"] == "operator"


@pytest.mark.parametrize(
    ("token", "body"),
    [
        (None, {"message": "401 Unauthorized"}),
        ("glpat-unknown", {"message": "401 Unauthorized"}),
        (REVOKED_TOKEN, {"error": "invalid_token", "error_description": REVOKED}),
        (EXPIRED_TOKEN, {"error": "invalid_token", "error_description": EXPIRED}),
    ],
)
def test_a_bad_token_is_refused_in_gitlab_s_words(token: str | None, body: dict[str, str]) -> None:
    response = demo(token=token).http.get("/api/v4/projects/4001")
    assert response.status_code == 401
    assert response.json() == body


def test_a_token_that_may_only_read_changes_nothing() -> None:
    reader = demo(token=READ_ONLY_TOKEN)
    pipeline = reader.get("/projects/4002/pipelines")[0]["id"]
    response = reader.http.post(f"{PROJECT}/pipelines/{pipeline}/cancel")
    assert response.status_code == 403
    assert response.json()["error"] == "insufficient_scope"


def test_a_token_for_repositories_reads_files_and_itself_and_nothing_else() -> None:
    cloner = demo(token=REPOSITORY_TOKEN)
    assert cloner.get("/personal_access_tokens/self")["scopes"] == ["read_repository"]
    assert cloner.http.get(f"{PROJECT}/repository/files/.gitlab-ci.yml/raw").status_code == 200
    refused = cloner.http.get(PROJECT)
    assert (refused.status_code, refused.json()["scope"]) == (403, "api read_api")


def test_the_token_tells_when_it_runs_out(at: Demo) -> None:
    assert at.get("/personal_access_tokens/self")["expires_at"] == "2027-03-20"


def test_every_answer_tells_the_quota(at: Demo) -> None:
    headers = at.http.get("/api/v4/version").headers
    assert int(headers["RateLimit-Limit"]) == int(headers["RateLimit-Remaining"]) + int(headers["RateLimit-Observed"])
    assert NOON < int(headers["RateLimit-Reset"]) <= NOON + 60


# --- paths ----------------------------------------------------------------------------------------------------------


def test_a_project_is_found_by_number_and_by_path(at: Demo) -> None:
    assert at.get("/projects/llm%2Finfra%2Fterraform-fleet")["id"] == at.get("/projects/4014")["id"] == 4014


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/projects/llm%2Fnope", {"message": "404 Project Not Found"}),
        ("/projects/4002/jobs/1", {"message": "404 Not found"}),
        ("/projects/4001/pipelines/999999999999", {"message": "404 Not found"}),
        ("/groups/nope", {"message": "404 Group Not Found"}),
        ("/no/such/route", {"error": "404 Not Found"}),
    ],
)
def test_what_is_not_there_is_not_found(at: Demo, path: str, message: dict[str, str]) -> None:
    response = at.http.get(f"/api/v4{path}")
    assert (response.status_code, response.json()) == (404, message)


def test_a_job_of_another_project_is_not_found(at: Demo) -> None:
    job = at.get("/projects/4001/jobs")[0]["id"]
    assert at.http.get(f"{PROJECT}/jobs/{job}").status_code == 404


def test_subgroups_are_left_out_unless_asked_for(at: Demo) -> None:
    assert len(at.get("/groups/llm/projects", per_page=100)) == 13
    assert len(at.get("/groups/llm/projects", per_page=100, include_subgroups=True)) == 17
    assert [one["path"] for one in at.get("/groups/llm/projects", search="agent-br")] == ["agent-brain"]


# --- pages ----------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_without_gap_or_overlap(at: Demo) -> None:
    found = pages(at, "/groups/llm/projects", include_subgroups=True, per_page=5, order_by="id", sort="asc")
    assert [len(page) for page in found] == [5, 5, 5, 2]
    assert [one["id"] for page in found for one in page] == list(range(4001, 4018))


def test_a_page_tells_where_it_stands(at: Demo) -> None:
    headers = at.http.get("/api/v4/groups/llm/projects?include_subgroups=true&per_page=5&page=4").headers
    told = {"Page": "4", "Per-Page": "5", "Next-Page": "", "Prev-Page": "3", "Total": "17", "Total-Pages": "4"}
    assert {name: headers[f"X-{name}"] for name in told} == told


def test_a_page_behind_the_end_is_empty_and_not_an_error(at: Demo) -> None:
    assert at.get("/projects/4002/pipelines", page=400, per_page=100) == []


def test_a_page_is_never_larger_than_a_hundred(at: Demo) -> None:
    response = at.http.get(f"{PROJECT}/pipelines?per_page=500")
    assert (len(response.json()), response.headers["X-Per-Page"]) == (100, "100")


@pytest.mark.parametrize("query", ["per_page=0", "page=x", "status=broken", "sort=up", "updated_after=soon"])
def test_a_parameter_that_makes_no_sense_is_refused(at: Demo, query: str) -> None:
    response = at.http.get(f"{PROJECT}/pipelines?{query}")
    assert response.status_code == 400
    assert query.partition("=")[0] in response.json()["error"]


def test_more_than_ten_thousand_rows_are_not_counted(at: Demo) -> None:
    response = at.http.get("/api/v4/projects/4007/jobs?per_page=100")
    assert "X-Total" not in response.headers
    assert "X-Total-Pages" not in response.headers
    assert "last" not in response.links
    assert response.headers["X-Next-Page"] == "2"


def test_too_deep_an_offset_is_refused(at: Demo) -> None:
    assert at.http.get("/api/v4/projects/4007/jobs?per_page=100&page=501").status_code == 405


def test_keyset_pages_have_a_next_link_alone(at: Demo) -> None:
    first = at.http.get(f"{PROJECT}/jobs?pagination=keyset&per_page=50&order_by=id")
    assert set(first.links) == {"next"}
    assert "X-Page" not in first.headers
    second = at.http.get(first.links["next"]["url"]).json()
    numbers = [job["id"] for job in (*first.json(), *second)]
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) == 100


def test_new_rows_do_not_shift_keyset_pages() -> None:
    at = demo()
    first = at.http.get(f"{PROJECT}/jobs?pagination=keyset&per_page=50")
    following = first.links["next"]["url"]
    before = [job["id"] for job in at.http.get(following).json()]
    at.clock.advance(2 * 3600)
    assert [job["id"] for job in at.http.get(following).json()] == before


# --- filters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field"),
    [({"status": "failed"}, "status"), ({"ref": "main"}, "ref"), ({"source": "schedule"}, "source")],
)
def test_pipelines_are_filtered(at: Demo, query: dict[str, str], field: str) -> None:
    found = at.get("/projects/4002/pipelines", **query)
    assert found
    assert {one[field] for one in found} == set(query.values())


def test_pipelines_since_a_moment(at: Demo) -> None:
    since = "2026-09-21T08:00:00Z"
    found = at.get("/projects/4002/pipelines", updated_after=since, per_page=100)
    assert found
    assert all(one["updated_at"] > since for one in found)
    every = at.get("/projects/4002/pipelines", per_page=100)
    assert {one["id"] for one in found} == {one["id"] for one in every if one["updated_at"] > since}


def test_an_old_pipeline_that_was_touched_is_among_the_updated() -> None:
    at = demo()
    old = at.get("/projects/4002/pipelines", status="failed", updated_before="2026-08-01T00:00:00Z")[0]["id"]
    assert at.http.post(f"{PROJECT}/pipelines/{old}/retry").status_code == 201
    at.clock.advance(30)
    recent = at.get("/projects/4002/pipelines", updated_after="2026-09-21T14:00:00Z", per_page=100)
    assert old in {one["id"] for one in recent}


def test_child_pipelines_are_hidden_until_asked_for(at: Demo) -> None:
    parent = at.get("/projects/4007/pipelines/latest")["id"]
    while not at.get(f"/projects/4007/pipelines/{parent}/bridges")[0]["downstream_pipeline"]:
        older = at.get("/projects/4007/pipelines", ref="main", source="push", per_page=30)
        parent = next(one["id"] for one in older if one["id"] < parent)
    downstream = at.get(f"/projects/4007/pipelines/{parent}/bridges")[0]["downstream_pipeline"]
    since = "2026-09-20T00:00:00Z"
    children = at.get("/projects/4007/pipelines", source="parent_pipeline", updated_after=since)
    assert downstream["id"] in {one["id"] for one in children}
    assert downstream["id"] not in {one["id"] for one in at.get("/projects/4007/pipelines", per_page=100)}
    assert at.get(f"/projects/4007/pipelines/{downstream['id']}/jobs")


def test_scopes_of_jobs_add_up(at: Demo) -> None:
    found = at.get("/projects/4002/jobs?scope[]=failed&scope[]=manual")
    assert {job["status"] for job in found} == {"failed", "manual"}


def test_deployments_by_time_need_the_fitting_order(at: Demo) -> None:
    refused = at.http.get(f"{PROJECT}/deployments?updated_after=2026-09-01T00:00:00Z")
    assert refused.status_code == 400
    query = {
        "order_by": "updated_at",
        "updated_after": "2026-09-20T00:00:00Z",
        "environment": "staging",
        "sort": "desc",
    }
    found = at.get("/projects/4002/deployments", **query)
    assert found
    assert {one["environment"]["name"] for one in found} == {"staging"}
    assert [one["updated_at"] for one in found] == sorted((one["updated_at"] for one in found), reverse=True)


def test_runners_are_filtered(at: Demo) -> None:
    assert {one["description"] for one in at.get("/runners", status="offline")} == {"gpu-a100-2"}
    assert {one["description"] for one in at.get("/runners", paused=True)} == {"docker-fleet-old"}
    assert {one["description"] for one in at.get("/runners", tag_list="gpu,cuda")} == {"gpu-a100-1", "gpu-a100-2"}


# --- jobs and logs --------------------------------------------------------------------------------------------------


def a_finished_job(at: Demo) -> dict[str, Any]:
    return next(job for job in at.get("/projects/4002/jobs", per_page=100) if job["status"] == "success")


def test_the_size_of_a_log_is_told_among_the_artifacts(at: Demo) -> None:
    job = a_finished_job(at)
    log = at.http.get(f"{PROJECT}/jobs/{job['id']}/trace")
    assert log.headers["content-type"].startswith("text/plain")
    sizes = {one["file_type"]: one["size"] for one in job["artifacts"]}
    assert sizes["trace"] == len(log.content)


@pytest.mark.parametrize(
    ("span", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-50", 206, slice(-50, None)),
        ("bytes=10-99999999", 206, slice(10, None)),
        ("bytes=99999999-", 416, None),
        ("lines=1-2", 416, None),
    ],
)
def test_a_log_is_read_by_range(at: Demo, span: str, status: int, part: slice | None) -> None:
    path = f"{PROJECT}/jobs/{a_finished_job(at)['id']}/trace"
    whole = at.http.get(path).content
    response = at.http.get(path, headers={"Range": span})
    assert response.status_code == status
    assert response.headers["content-range"].endswith(f"/{len(whole)}")
    assert part is None or response.content == whole[part]


def test_a_log_is_read_by_offset_and_limit(at: Demo) -> None:
    path = f"{PROJECT}/jobs/{a_finished_job(at)['id']}/trace"
    whole = at.http.get(path).content
    assert at.http.get(f"{path}?byte_offset=20&byte_limit=30").content == whole[20:50]
    assert at.http.get(f"{path}?byte_offset=99999999").content == b""
    assert at.http.get(f"{path}?byte_limit=512001").status_code == 400


def test_the_report_and_its_summary_agree(at: Demo) -> None:
    pipeline = at.get("/projects/4002/pipelines", status="failed", ref="main")[0]["id"]
    report = at.get(f"/projects/4002/pipelines/{pipeline}/test_report")
    summary = at.get(f"/projects/4002/pipelines/{pipeline}/test_report_summary")
    assert report["failed_count"] == summary["total"]["failed"] == 1
    assert (
        report["total_count"]
        == summary["total"]["count"]
        == sum(len(one["test_cases"]) for one in report["test_suites"])
    )
    failed = [case for one in report["test_suites"] for case in one["test_cases"] if case["status"] == "failed"]
    assert "expected socket state OPEN" in failed[0]["system_output"]


def test_flaky_tests_fail_and_pass_for_the_same_commit(at: Demo) -> None:
    retried = [job for job in at.get("/projects/4011/jobs", per_page=100) if job["name"].startswith("cypress")]
    by_run: dict[tuple[int, str], set[str]] = {}
    for job in retried:
        by_run.setdefault((job["pipeline"]["id"], job["name"]), set()).add(job["status"])
    assert any({"failed", "success"} <= found for found in by_run.values())


# --- deeds ----------------------------------------------------------------------------------------------------------


def broken(at: Demo) -> tuple[int, dict[str, Any]]:
    """A failed pipeline of agent-chat's default branch, with the job that failed."""
    pipeline = at.get("/projects/4002/pipelines", status="failed", ref="main")[0]["id"]
    return pipeline, at.get(f"/projects/4002/pipelines/{pipeline}/jobs?scope[]=failed")[0]


def test_a_retried_job_has_a_new_id_and_the_old_one_is_hidden() -> None:
    at = demo()
    pipeline, job = broken(at)
    response = at.http.post(f"{PROJECT}/jobs/{job['id']}/retry")
    assert response.status_code == 201
    renewed = response.json()
    assert (renewed["name"], renewed["status"]) == (job["name"], "pending")
    assert renewed["id"] > job["id"]
    numbers = {one["id"] for one in at.get(f"/projects/4002/pipelines/{pipeline}/jobs")}
    assert renewed["id"] in numbers
    assert job["id"] not in numbers
    assert job["id"] in {one["id"] for one in at.get(f"/projects/4002/pipelines/{pipeline}/jobs", include_retried=True)}
    assert at.get(f"/projects/4002/pipelines/{pipeline}")["status"] in ("pending", "running")
    refused = at.http.post(f"{PROJECT}/jobs/{job['id']}/retry")
    assert (refused.status_code, refused.json()) == (403, {"message": "403 Forbidden - Job is not retryable"})


def test_a_running_job_is_cancelled_in_two_steps() -> None:
    at = demo()
    job = next(
        job for index in range(17) for job in at.get(f"/projects/{4001 + index}/jobs?scope[]=running&per_page=1")
    )
    project = f"/projects/{job['pipeline']['project_id']}"
    response = at.http.post(f"/api/v4{project}/jobs/{job['id']}/cancel")
    assert (response.status_code, response.json()["status"]) == (201, "canceling")
    at.clock.advance(10)
    after = at.get(f"{project}/jobs/{job['id']}")
    assert after["status"] == "canceled"
    assert after["duration"] == pytest.approx(job["duration"] + 4.5, abs=0.01)
    assert at.http.post(f"/api/v4{project}/jobs/{job['id']}/cancel").status_code == 403


def test_a_manual_job_is_played_and_what_needs_it_becomes_ready() -> None:
    at = demo()
    for pipeline in at.get("/projects/4001/pipelines", ref="main", status="success", per_page=100):
        jobs = at.get(f"/projects/4001/pipelines/{pipeline['id']}/jobs")
        manual = [job for job in jobs if job["name"] == "canary 5%" and job["status"] == "manual"]
        if manual:
            break
    assert statuses(at, pipeline["id"], 4001)["canary 25%"] == "skipped"
    before = at.get("/projects/4001/deployments", environment="production", sort="desc")
    assert manual[0]["id"] not in {one["deployable"]["id"] for one in before}
    response = at.http.post(f"/api/v4/projects/4001/jobs/{manual[0]['id']}/play")
    assert (response.status_code, response.json()["status"]) == (200, "pending")
    again = at.http.post(f"/api/v4/projects/4001/jobs/{manual[0]['id']}/play")
    assert (again.status_code, again.json()) == (400, {"message": "400 Bad request - Unplayable Job"})
    at.clock.advance(300)
    after = statuses(at, pipeline["id"], 4001)
    assert (after["canary 5%"], after["canary 25%"]) == ("success", "manual")
    deployed = at.get("/projects/4001/deployments", environment="production", order_by="updated_at", sort="desc")[0]
    assert (deployed["deployable"]["id"], deployed["status"]) == (manual[0]["id"], "success")


def test_a_pipeline_is_cancelled_and_retried() -> None:
    at = demo()
    started = at.http.post("/api/v4/projects/4002/pipeline", json={"ref": "main"})
    assert started.status_code == 201
    number = started.json()["id"]
    at.clock.advance(120)
    assert at.http.post(f"{PROJECT}/pipelines/{number}/cancel").status_code == 200
    at.clock.advance(10)
    assert at.get(f"/projects/4002/pipelines/{number}")["status"] == "canceled"
    assert at.http.post(f"{PROJECT}/pipelines/{number}/retry").status_code == 201
    assert at.get(f"/projects/4002/pipelines/{number}")["status"] in ("pending", "running")


def test_there_is_nothing_to_retry_in_a_pipeline_that_went_well() -> None:
    at = demo()
    for one in at.get("/projects/4016/pipelines", status="success"):
        jobs = statuses(at, one["id"], 4016).values()
        if set(jobs) <= {"success"}:
            assert at.http.post(f"/api/v4/projects/4016/pipelines/{one['id']}/retry").status_code == 403
            return
    raise AssertionError("some pipeline went well throughout")


def test_a_pipeline_started_by_hand_takes_its_place() -> None:
    at = demo()
    before = at.get("/projects/4002/pipelines")[0]
    at.get("/runners/11")  # counts jobs, also of pipelines that are still to come
    body = {"ref": "main", "variables": [{"key": "LEVEL", "value": "full"}]}
    made = at.http.post("/api/v4/projects/4002/pipeline", json=body).json()
    assert made["iid"] == before["iid"] + 1
    assert at.get(f"/projects/4002/pipelines/{made['id']}/variables")[0]["key"] == "LEVEL"
    at.clock.advance(3 * 3600)
    later = at.get("/projects/4002/pipelines", per_page=100)
    numbers = [one["iid"] for one in later]
    assert numbers == list(range(numbers[0], numbers[0] - len(numbers), -1))
    assert made["id"] in {one["id"] for one in later}


def test_two_pipelines_started_at_once_are_two() -> None:
    at = demo()
    made = [at.http.post("/api/v4/projects/4002/pipeline", json={"ref": "main"}).json() for _ in range(2)]
    assert {one["status"] for one in made} == {"pending"}
    assert made[1]["iid"] == made[0]["iid"] + 1
    at.clock.advance(2)
    assert [one["id"] for one in at.get("/projects/4002/pipelines", per_page=2)] == [made[1]["id"], made[0]["id"]]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"ref": "nope"}, {"message": {"base": ["Reference not found"]}}),
        ({}, {"error": "ref is missing"}),
        ({"ref": "main", "variables": "x"}, {"error": "variables is invalid"}),
    ],
)
def test_a_pipeline_that_cannot_start_says_why(body: dict[str, str], answer: dict[str, Any]) -> None:
    at = demo()
    before = at.get("/projects/4002/pipelines")[0]["id"]
    response = at.http.post("/api/v4/projects/4002/pipeline", json=body)
    assert (response.status_code, response.json()) == (400, answer)
    assert at.get("/projects/4002/pipelines")[0]["id"] == before


def test_a_runner_is_paused_and_resumed() -> None:
    at = demo()
    assert at.http.put("/api/v4/runners/11", json={"paused": True}).json()["paused"] is True
    assert {one["id"] for one in at.get("/runners", paused=True)} == {11, 22}
    assert at.http.put("/api/v4/runners/11", json={"paused": False}).json()["paused"] is False
    assert at.http.put("/api/v4/runners/11", json={}).status_code == 400


def test_an_erased_job_has_no_log() -> None:
    at = demo()
    job = a_finished_job(at)
    assert at.http.post(f"{PROJECT}/jobs/{job['id']}/erase").status_code == 201
    assert at.http.get(f"{PROJECT}/jobs/{job['id']}/trace").status_code == 404
    assert at.get(f"/projects/4002/jobs/{job['id']}")["artifacts"] == []


# --- lint -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("build: {script: make}", None),
        ("build: {stage: nope, script: make}", "chosen stage nope does not exist"),
        ("build: {stage: build}", "should implement the script"),
        ("build: {script: make, needs: [other]}", "needs 'other' job"),
        ("build: {script: make, needs: [{job: other, optional: true}]}", None),
        ("stages: [a]\n", "at least one visible job"),
        (".hidden: {script: make}", "at least one visible job"),
        ("build: [", "Invalid configuration format"),
        ("just text", "Invalid configuration format"),
        ("", "Invalid configuration format"),
    ],
)
def test_lint_says_what_is_wrong(at: Demo, content: str, error: str | None) -> None:
    response = at.http.post(f"{PROJECT}/ci/lint", json={"content": content})
    assert response.status_code == 200
    body = response.json()
    assert body["valid"] == (error is None)
    assert error is None or any(error in one for one in body["errors"])


def test_lint_needs_a_text(at: Demo) -> None:
    response = at.http.post(f"{PROJECT}/ci/lint", json={})
    assert (response.status_code, response.json()) == (400, {"error": "content is missing"})


def test_every_project_s_own_configuration_is_valid(at: Demo) -> None:
    for number in range(4001, 4018):
        body = at.get(f"/projects/{number}/ci/lint", include_jobs=True)
        assert (body["valid"], body["errors"]) == (True, [])
        assert body["jobs"]
