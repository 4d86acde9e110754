"""The simulated GitLab's GraphQL: what is answered, what it costs, and how it refuses."""

import re
from typing import Any

import pytest

from console.demo.gitlab.auth import EXPIRED_TOKEN, READ_ONLY_TOKEN, REPOSITORY_TOKEN
from console.demo.gitlab.graphql.connections import decoded, encoded
from tests.demo.gitlab_client import Demo, demo

SCORE = "queryComplexity { score limit }"


@pytest.fixture(scope="module")
def at() -> Demo:
    """For tests that change nothing."""
    return demo()


def data(at: Demo, text: str, **variables: Any) -> Any:
    answer = at.query(text, **variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def messages(answer: Any) -> list[str]:
    return [error["message"] for error in answer["errors"]]


def test_a_pipeline_is_the_same_as_in_rest(at: Demo) -> None:
    rest = at.get("/projects/4007/pipelines/latest")
    node = data(
        at,
        """query($path: ID!, $iid: ID!) { project(fullPath: $path) { pipeline(iid: $iid) {
          id iid status ref sha source duration queuedDuration createdAt finishedAt totalJobs
          detailedStatus { label group } user { username } } } }""",
        path="llm/llm-platform",
        iid=str(rest["iid"]),
    )["project"]["pipeline"]
    assert node["id"] == f"gid://gitlab/Ci::Pipeline/{rest['id']}"
    assert node["status"] == rest["status"].upper()
    for ours, theirs in (("ref", "ref"), ("sha", "sha"), ("createdAt", "created_at"), ("finishedAt", "finished_at")):
        assert node[ours] == rest[theirs]
    assert node["duration"] == rest["duration"]
    assert node["queuedDuration"] == rest["queued_duration"]
    assert node["detailedStatus"]["label"] == rest["detailed_status"]["label"]
    assert node["user"]["username"] == rest["user"]["username"]


def test_jobs_are_the_same_as_in_rest_and_tell_their_needs(at: Demo) -> None:
    rest = at.get("/projects/4001/pipelines/latest")
    jobs = {job["id"]: job for job in at.get(f"/projects/4001/pipelines/{rest['id']}/jobs", per_page=100)}
    nodes = data(
        at,
        """query($iid: ID!) { project(fullPath: "llm/agent-brain") { pipeline(iid: $iid) { usesNeeds
          jobs(retried: false) { count nodes { id name status stage { name } schedulingType tags
            queuedDuration duration needs { nodes { name } } runner { description } runnerManager { version }
            artifacts { nodes { fileType size } } } } } } }""",
        iid=str(rest["iid"]),
    )["project"]["pipeline"]
    assert nodes["usesNeeds"]
    assert nodes["jobs"]["count"] == len(jobs)
    for node in nodes["jobs"]["nodes"]:
        job = jobs[int(node["id"].rpartition("/")[2])]
        assert (node["name"], node["status"]) == (job["name"], job["status"].upper())
        assert (node["stage"]["name"], node["tags"]) == (job["stage"], job["tag_list"])
        assert node["queuedDuration"] == job["queued_duration"]
        assert (node["runner"] or {}).get("description") == (job["runner"] or {}).get("description")
        sizes = {one["fileType"].lower(): int(one["size"]) for one in node["artifacts"]["nodes"]}
        assert sizes == {one["file_type"]: one["size"] for one in job["artifacts"]}
    needs = {node["name"]: [one["name"] for one in node["needs"]["nodes"]] for node in nodes["jobs"]["nodes"]}
    assert needs["ruff"] == []
    assert needs["docker image"] == ["unit"]


def test_retried_runs_are_told_apart(at: Demo) -> None:
    text = """query($retried: Boolean) { project(fullPath: "llm/agent-ui") { pipelines(first: 60) { nodes {
      jobs(retried: $retried, first: 100) { nodes { name retried } } } } } }"""
    for wanted in (True, False):
        pipelines = data(at, text, retried=wanted)["project"]["pipelines"]["nodes"]
        assert {job["retried"] for one in pipelines for job in one["jobs"]["nodes"]} == {wanted}


# --- pages ----------------------------------------------------------------------------------------------------------


def test_pages_of_pipelines_follow_each_other_while_new_ones_come() -> None:
    at, found, cursor = demo(), [], None
    text = """query($after: String) { project(fullPath: "llm/agent-chat") { pipelines(first: 7, after: $after) {
      pageInfo { hasNextPage hasPreviousPage endCursor } nodes { iid } } } }"""
    for number in range(5):
        page = data(at, text, after=cursor)["project"]["pipelines"]
        assert page["pageInfo"]["hasPreviousPage"] == (number > 0)
        assert page["pageInfo"]["hasNextPage"]
        cursor = page["pageInfo"]["endCursor"]
        found += [int(node["iid"]) for node in page["nodes"]]
        at.clock.advance(3600)
    assert found == list(range(found[0], found[0] - 35, -1))


def test_pages_go_backwards_too(at: Demo) -> None:
    text = """query($last: Int, $before: String) { group(fullPath: "llm") { projects(includeSubgroups: true,
      last: $last, before: $before) { count pageInfo { hasNextPage hasPreviousPage startCursor } nodes { id } } } }"""
    page = data(at, text, last=5)["group"]["projects"]
    assert page["count"] == 17
    assert [node["id"][-2:] for node in page["nodes"]] == ["13", "14", "15", "16", "17"]
    before = data(at, text, last=5, before=page["pageInfo"]["startCursor"])["group"]["projects"]
    assert [node["id"][-2:] for node in before["nodes"]] == ["08", "09", "10", "11", "12"]
    assert before["pageInfo"] | {"startCursor": ""} == {"hasNextPage": True, "hasPreviousPage": True, "startCursor": ""}


def test_a_page_holds_a_hundred_nodes_at_most(at: Demo) -> None:
    text = '{ project(fullPath: "llm/agent-chat") { pipelines(first: 5000) { nodes { iid } } } }'
    assert len(data(at, text)["project"]["pipelines"]["nodes"]) == 100


def test_a_cursor_is_opaque_and_a_foreign_one_is_refused(at: Demo) -> None:
    assert decoded(encoded(42)) == "42"
    answer = at.query('{ project(fullPath: "llm/agent-chat") { pipelines(after: "%%%") { nodes { iid } } } }')
    assert messages(answer) == ["Please provide a valid cursor"]


@pytest.mark.parametrize(
    ("filters", "test"),
    [
        ("status: FAILED", lambda one: one["status"] == "FAILED"),
        ('ref: "main"', lambda one: one["ref"] == "main"),
        ('source: "schedule"', lambda one: one["source"] == "schedule"),
        ("scope: TAGS", lambda one: re.match(r"v\d", one["ref"])),
        ("scope: FINISHED", lambda one: one["finishedAt"]),
        ('updatedAfter: "2026-09-21T10:00:00Z"', lambda one: one["updatedAt"] > "2026-09-21T10:00:00Z"),
        ('updatedBefore: "2026-09-01T10:00:00Z"', lambda one: one["updatedAt"] < "2026-09-01T10:00:00Z"),
    ],
)
def test_pipelines_are_filtered(at: Demo, filters: str, test: Any) -> None:
    text = f"""{{ project(fullPath: "llm/agent-chat") {{ pipelines({filters}, first: 20) {{
      nodes {{ status ref source finishedAt updatedAt }} }} }} }}"""
    nodes = data(at, text)["project"]["pipelines"]["nodes"]
    assert nodes
    assert all(test(node) for node in nodes)


# --- what it costs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (f"{{ {SCORE} }}", 3),
        (f"{{ {SCORE} metadata {{ version }} }}", 5),
        # (1 + nodes 1 + 1 leaf) x (1 + 10 x 5 %) = 4.5, and the group
        (f'{{ {SCORE} group(fullPath: "llm") {{ projects(first: 10) {{ nodes {{ id }} }} }} }}', 3 + 1 + 4),
        # search costs five, sort one: (1 + 6 + 2) x (1 + 100 x 5 %)
        (f'{{ {SCORE} group(fullPath: "llm") {{ projects(search: "a", sort: PATH_ASC) {{ nodes {{ id }} }} }} }}', 58),
        # a field that asks Gitaly costs one more
        (f'{{ {SCORE} project(fullPath: "llm/docs") {{ repository {{ rootRef }} }} }}', 3 + 1 + 1 + 2),
    ],
)
def test_the_score_follows_gitlab_s_rules(at: Demo, text: str, score: int) -> None:
    assert data(at, text)["queryComplexity"] == {"score": score, "limit": 250}


def test_fragments_cost_what_they_hold(at: Demo) -> None:
    plain = data(at, f'{{ {SCORE} project(fullPath: "llm/docs") {{ id name }} }}')
    named = data(
        at, f'query {{ {SCORE} project(fullPath: "llm/docs") {{ ...a }} }} fragment a on Project {{ id name }}'
    )
    inline = data(at, f'{{ {SCORE} project(fullPath: "llm/docs") {{ ... on Project {{ id name }} }} }}')
    assert plain["queryComplexity"] == named["queryComplexity"] == inline["queryComplexity"]


def test_what_costs_too_much_is_not_run(at: Demo) -> None:
    text = """query($n: Int) { group(fullPath: "llm") { projects(first: $n) { nodes { id fullPath webUrl archived
      runners(first: 100) { nodes { id description status } }
      pipelines(first: 60) { nodes { id iid status ref sha source duration createdAt finishedAt
        user { id name username } detailedStatus { name label group icon text } } } } } } }"""
    answer = at.query(text, n=100)
    found = re.fullmatch(r"Query has complexity of (\d+), which exceeds max complexity of 250", messages(answer)[0])
    assert found
    assert int(found[1]) > 250
    assert "data" not in answer
    assert "errors" not in at.query(text, n=5)


def test_what_is_too_deep_is_not_run(at: Demo) -> None:
    deep = "id"
    for _ in range(6):
        deep = f"jobs(first: 1) {{ nodes {{ stage {{ {deep} }} }} }}"
    text = f'{{ project(fullPath: "llm/docs") {{ pipeline(iid: "1") {{ stages {{ nodes {{ {deep} }} }} }} }} }}'
    assert "Query has depth of 23, which exceeds max depth of 20" in messages(at.query(text))


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ nope }", "Field 'nope' doesn't exist on type 'Query'"),
        ('{ group(fullPath: "llm") { nope } }', "Field 'nope' doesn't exist on type 'Group'"),
        ('{ group(fullPath: "llm", x: 1) { id } }', "Field 'group' doesn't accept argument 'x'"),
        ("{ group { id } }", "Field 'group' is missing required arguments: fullPath"),
    ],
)
def test_a_query_that_does_not_fit_is_refused_in_ruby_s_words(at: Demo, text: str, message: str) -> None:
    answer = at.query(text)
    assert messages(answer) == [message]
    assert "data" not in answer


def test_what_one_may_not_see_is_null_without_an_error(at: Demo) -> None:
    assert data(at, '{ project(fullPath: "no/such") { id } group(fullPath: "nope") { id } }') == {
        "project": None,
        "group": None,
    }


def test_without_a_token_there_is_nothing_to_see() -> None:
    answer = data(demo(token=None), f'{{ {SCORE} currentUser {{ name }} project(fullPath: "llm/docs") {{ id }} }}')
    assert answer == {"queryComplexity": {"score": 7, "limit": 200}, "currentUser": None, "project": None}


@pytest.mark.parametrize("token", ["glpat-unknown", EXPIRED_TOKEN, REPOSITORY_TOKEN])
def test_a_bad_token_is_401(token: str) -> None:
    response = demo(token=token).http.post("/api/graphql", json={"query": "{ currentUser { name } }"})
    assert (response.status_code, response.json()) == (401, {"errors": [{"message": "Invalid token"}]})


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"query": "{"}'])
def test_a_body_that_is_no_query_is_an_error_and_no_crash(at: Demo, body: bytes) -> None:
    response = at.http.post("/api/graphql", content=body)
    assert response.status_code == 200
    assert response.json()["errors"]


def test_a_query_names_the_operation_to_run(at: Demo) -> None:
    text = "query A { metadata { version } } query B { metadata { revision } }"
    body = {"query": text, "operationName": "B"}
    assert at.http.post("/api/graphql", json=body).json()["data"]["metadata"].keys() == {"revision"}
    assert messages(at.query(text)) == ["An operation name is required"]


def test_an_older_server_does_not_know_the_newer_fields() -> None:
    at = demo()
    at.faults.set({"old"})
    text = '{ project(fullPath: "llm/docs") { pipeline(iid: "1") { status failedJobsCount } } }'
    answer = at.query(text)
    assert messages(answer) == ["Field 'failedJobsCount' doesn't exist on type 'Pipeline'"]
    assert answer["errors"][0]["extensions"]["code"] == "undefinedField"
    assert at.get("/version")["version"].startswith("15.11")
    at.faults.set(())
    assert "errors" not in at.query(text)


def test_a_partial_answer_has_data_and_errors() -> None:
    at = demo()
    at.faults.set({"partial"})
    answer = at.query(
        '{ group(fullPath: "llm") { projects(first: 3) { nodes { path pipelines(first: 1) { count } } } } }'
    )
    nodes = answer["data"]["group"]["projects"]["nodes"]
    assert [node["pipelines"] is None for node in nodes] == [False, True, False]
    assert answer["errors"][0]["path"] == ["group", "projects", "nodes", 1, "pipelines"]


# --- deeds ----------------------------------------------------------------------------------------------------------


def a_failed_job(at: Demo) -> str:
    text = '{ project(fullPath: "llm/agent-chat") { jobs(statuses: [FAILED], first: 30) { nodes { id retried } } } }'
    nodes = data(at, text)["project"]["jobs"]["nodes"]
    return str(next(node["id"] for node in nodes if not node["retried"]))


RETRY = "mutation($id: CiProcessableID!) { jobRetry(input: {id: $id}) { errors job { id status } } }"


def test_a_job_is_retried_once() -> None:
    at = demo()
    job = a_failed_job(at)
    answer = data(at, RETRY, id=job)["jobRetry"]
    assert answer["errors"] == []
    assert answer["job"]["id"] != job
    assert data(at, RETRY, id=job)["jobRetry"]["errors"] == ["Job is not retryable"]


def test_a_reader_may_not_retry() -> None:
    at = demo(token=READ_ONLY_TOKEN)
    answer = at.query(RETRY, id=a_failed_job(at))
    assert "you don't have permission to perform this action" in messages(answer)[0]
    assert answer["data"] == {"jobRetry": None}


def test_runners_tell_their_managers_and_what_they_do(at: Demo) -> None:
    nodes = data(
        at,
        """{ runners(type: INSTANCE_TYPE, status: ONLINE) { nodes { description runnerType status tagList
          jobExecutionStatus jobCount managers { nodes { systemId version status executorName } } } } }""",
    )["runners"]["nodes"]
    assert {node["description"] for node in nodes} == {"k8s-build-pool", "k8s-large-pool"}
    assert {one["executorName"] for node in nodes for one in node["managers"]["nodes"]} == {"kubernetes"}
    assert all(node["jobCount"] > 0 for node in nodes)


def test_environments_tell_their_deployments(at: Demo) -> None:
    rest = at.get("/projects/4001/deployments", environment="production", status="success", sort="desc")[0]
    node = data(
        at,
        """{ project(fullPath: "llm/agent-brain") { environment(name: "production") { tier state
          lastDeployment(status: SUCCESS) { id iid status sha job { name } }
          deployments(first: 2) { nodes { iid } } } } }""",
    )["project"]["environment"]
    assert (node["tier"], node["state"]) == ("PRODUCTION", "available")
    assert node["lastDeployment"]["id"] == f"gid://gitlab/Deployment/{rest['id']}"
    assert node["lastDeployment"]["iid"] == str(rest["iid"])
    assert node["lastDeployment"]["job"]["name"] == rest["deployable"]["name"]
