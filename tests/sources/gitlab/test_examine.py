"""What `console doctor` learns of a GitLab."""

from datetime import date, timedelta

import httpx
import pytest

from console.ports import SourceError, Trouble
from console.sources.gitlab.examine import takes_byte_ranges
from tests.sources.gitlab.lab import HOST, NOW, Lab, data

HEADERS = {
    "Date": "Sun, 01 Mar 2026 12:02:00 GMT",
    "RateLimit-Limit": "600",
    "RateLimit-Remaining": "598",
    "RateLimit-Reset": str(int(NOW.timestamp()) + 60),
}
TOKEN_RECORD = {"id": 1, "name": "console", "active": True, "scopes": ["read_api"], "expires_at": "2026-03-31"}


async def test_everything_a_doctor_asks_is_told(lab: Lab) -> None:
    lab.graphql = [data(currentUser={"username": "ada"})]
    lab.routes["personal_access_tokens/self"] = httpx.Response(200, json=TOKEN_RECORD, headers=HEADERS)
    facts = await lab.source().examine()
    assert (facts.url, facts.encrypted, facts.version, facts.revision) == (HOST, True, "18.9.1-ee", "abc")
    assert (facts.username, facts.token_name, facts.scopes) == ("ada", "console", ("read_api",))
    assert (facts.token_active, facts.expires_on, facts.reads) == (True, date(2026, 3, 31), True)
    assert facts.clock_skew == timedelta(minutes=2)
    assert (facts.requests_limit, facts.requests_left) == (600, 598)
    assert facts.requests_reset_at == NOW + timedelta(minutes=1)
    assert facts.complexity_limit == 250
    assert facts.degraded == ()


async def test_a_token_without_end_and_a_server_without_limits_say_nothing(lab: Lab) -> None:
    lab.graphql = [data(currentUser={"username": "ada"})]
    lab.routes["personal_access_tokens/self"] = {**TOKEN_RECORD, "expires_at": None, "scopes": ["read_repository"]}
    facts = await lab.source().examine()
    assert (facts.expires_on, facts.requests_left, facts.clock_skew) == (None, None, None)
    assert facts.reads is False


async def test_an_oauth_token_tells_of_itself_elsewhere(lab: Lab) -> None:
    lab.graphql = [data(currentUser={"username": "ada"})]
    lab.routes["personal_access_tokens/self"] = httpx.Response(400, json={"message": "400 Bad request"})
    lab.routes["/oauth/token/info"] = {"scope": ["api"], "expires_in": 7200}
    facts = await lab.source().examine()
    assert (facts.scopes, facts.expires_on) == (("api",), date(2026, 3, 1))


async def test_a_token_that_may_not_know_itself_leaves_a_note(lab: Lab) -> None:
    refused = {"error": "insufficient_scope", "error_description": "no", "scope": "api read_api"}
    lab.graphql = [data(currentUser=None)]
    lab.routes["personal_access_tokens/self"] = httpx.Response(403, json=refused)
    lab.routes["metadata"] = httpx.Response(403, json=refused)
    facts = await lab.source().examine()
    assert (facts.scopes, facts.reads, facts.version, facts.username) == ((), None, "", "")
    assert ["lacks a scope" in note for note in facts.degraded] == [True, True]


async def test_an_old_server_tells_its_version_under_the_older_name(lab: Lab) -> None:
    lab.graphql = [data(currentUser={"username": "ada"})]
    lab.routes["personal_access_tokens/self"] = TOKEN_RECORD
    lab.routes["metadata"] = httpx.Response(404, json={"error": "404 Not Found"})
    lab.routes["version"] = {"version": "15.1.0", "revision": "x"}
    assert (await lab.source().examine()).version == "15.1.0"


async def test_a_server_without_graphql_is_still_examined(lab: Lab) -> None:
    lab.routes["personal_access_tokens/self"] = TOKEN_RECORD
    facts = await lab.source().examine()
    assert (facts.version, facts.username, facts.complexity_limit) == ("18.9.1-ee", "", None)
    assert len(facts.degraded) == 1


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (httpx.Response(401, json={"message": "401 Unauthorized"}), Trouble.UNAUTHENTICATED),
        (httpx.ConnectError("no"), Trouble.UNREACHABLE),
        (httpx.Response(502, text=""), Trouble.UNREACHABLE),
    ],
)
async def test_what_stops_everything_is_an_error(lab: Lab, reply: httpx.Response | Exception, trouble: Trouble) -> None:
    lab.routes["personal_access_tokens/self"] = reply
    with pytest.raises(SourceError) as caught:
        await lab.source().examine()
    assert caught.value.trouble is trouble


@pytest.mark.parametrize(
    ("version", "new"),
    [
        ("19.5.0-ee", True),
        ("19.10.1", True),
        ("20.0", True),
        ("19.4.9", False),
        ("15.11.13", False),
        ("", False),
        ("x", False),
    ],
)
def test_byte_ranges_came_with_19_5(version: str, new: bool) -> None:
    assert takes_byte_ranges(version) is new
