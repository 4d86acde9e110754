"""The judge of requests must itself find fault: otherwise every request would pass."""

import httpx
import pytest

from tests.contracts.openapi import contract


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("/api/v4/projects/7/jobs?per_page=100", ""),
        ("/api/v4/projects/llm%2Fa/jobs?scope[]=failed&scope[]=success", ""),
        ("/api/v4/projects/7/jobs?pagination=keyset&order_by=id&sort=desc&cursor=x", ""),
        ("/api/v4/runners/all?per_page=100", ""),
        ("/api/graphql", ""),
        ("/api/v4/projects/llm/a/jobs", "is not in the document"),
        ("/api/v4/projects/7/jobz", "is not in the document"),
        ("/api/v4/projects/7/jobs?perpage=100", "has no parameter perpage"),
        ("/api/v4/projects/7/jobs?per_page=many", "is no number"),
        ("/api/v4/projects/7/pipelines?status=dreaming", "is none of"),
        ("/api/v4/projects/7?statistics=yes", "is neither true nor false"),
        ("/elsewhere", "is not in the document"),
    ],
)
def test_the_document_knows_what_gitlab_knows(url: str, complaint: str) -> None:
    told = contract().complaint(httpx.Request("GET", f"https://gitlab.example{url}"))
    assert complaint in told
    assert bool(complaint) == bool(told)


def test_a_method_the_path_does_not_have_is_a_fault() -> None:
    request = httpx.Request("DELETE", "https://gitlab.example/api/v4/projects/7/jobs")
    assert "is not in the document" in contract().complaint(request)


def test_a_request_beside_the_relative_root_is_a_fault() -> None:
    request = httpx.Request("GET", "https://gitlab.example/api/v4/metadata")
    assert "outside /gitlab" in contract().complaint(request, "/gitlab")
