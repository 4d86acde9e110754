"""Every way GitLab says no, through every door: GraphQL, REST over httpx, REST over python-gitlab."""

import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from console.ports import SourceError, Trouble
from console.sources.gitlab import GitLabSource
from console.sources.gitlab.errors import said
from tests.sources.gitlab.lab import HOST, NOW, PROJECT, TOKEN, Lab, data, errors

Door = Callable[[GitLabSource], Awaitable[object]]
DOORS: dict[str, Door] = {
    "graphql": lambda source: source.pipelines(PROJECT),
    "list": lambda source: source.jobs(PROJECT),
    "object": lambda source: source.project(7),
    "log": lambda source: source.log(7, 3),
}
PAGE = "<!DOCTYPE html><html><title>GitLab is not responding</title></html>"


def everywhere(lab: Lab, reply: Any) -> None:
    lab.graphql = [reply]
    lab.routes.update({"projects/7/jobs": reply, "projects/7": reply, "projects/7/jobs/3/trace": reply})


async def refusal(source: GitLabSource, door: Door) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await door(source)
    return caught.value


Case = tuple[httpx.Response, Trouble, str, str]
CASES: dict[str, Case] = {
    "bad token": (
        httpx.Response(401, json={"message": "401 Unauthorized"}),
        Trouble.UNAUTHENTICATED,
        "does not accept our token: 401 Unauthorized",
        "read_api",
    ),
    "revoked": (
        httpx.Response(
            401, json={"error": "invalid_token", "error_description": "Token was revoked. You have to re-authorize."}
        ),
        Trouble.UNAUTHENTICATED,
        "our token, which is revoked",
        "Make a token",
    ),
    "expired": (
        httpx.Response(401, json={"error": "invalid_token", "error_description": "Token is expired."}),
        Trouble.UNAUTHENTICATED,
        "our token, which is expired",
        "Make a token",
    ),
    "scope": (
        httpx.Response(
            403,
            json={
                "error": "insufficient_scope",
                "error_description": "The request requires higher privileges than provided by the access token.",
                "scope": "api read_api",
            },
        ),
        Trouble.FORBIDDEN,
        "because the token lacks a scope",
        "one of the scopes: api read_api",
    ),
    "role": (
        httpx.Response(403, json={"message": "403 Forbidden - Maintainer only"}),
        Trouble.FORBIDDEN,
        "does not let us see",
        "higher role",
    ),
    "limit": (
        httpx.Response(429, text="Retry later\n", headers={"Retry-After": "17"}),
        Trouble.LIMITED,
        "too many requests from us: Retry later",
        "when it allows",
    ),
    "application limit": (
        httpx.Response(
            429, json={"message": {"error": "This endpoint has been requested too many times. Try again later."}}
        ),
        Trouble.LIMITED,
        "requested too many times",
        "when it allows",
    ),
    "crash": (
        httpx.Response(500, json={"message": "500 Internal Server Error"}),
        Trouble.BROKEN,
        "(HTTP 500)",
        "logs",
    ),
    "proxy page": (httpx.Response(502, html=PAGE), Trouble.UNREACHABLE, "is not ready (HTTP 502)", "overloaded"),
    "deploy": (
        httpx.Response(503, html=PAGE, headers={"Retry-After": "60"}),
        Trouble.UNREACHABLE,
        "is not ready (HTTP 503)",
        "restarting",
    ),
    "gateway time-out": (httpx.Response(504, text=""), Trouble.UNREACHABLE, "HTTP 504", "overloaded"),
    "bad parameter": (
        httpx.Response(400, json={"message": {"base": ["Reference not found"], "name": ["is taken", "is long"]}}),
        Trouble.BROKEN,
        "Reference not found; name is taken, is long",
        "",
    ),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", CASES)
async def test_a_refusal_reads_the_same_through_every_door(lab: Lab, case: str, door: str) -> None:
    reply, trouble, words, remedy = CASES[case]
    everywhere(lab, reply)
    error = await refusal(lab.source(), DOORS[door])
    assert error.trouble is trouble
    assert words in str(error)
    assert str(error).startswith(f"GitLab at {HOST} ")
    assert remedy in error.remedy


@pytest.mark.parametrize("door", DOORS)
async def test_the_server_s_wait_is_passed_on(lab: Lab, door: str) -> None:
    for status in (429, 503):
        everywhere(lab, httpx.Response(status, text="Retry later", headers={"Retry-After": "17"}))
        assert (await refusal(lab.source(), DOORS[door])).retry_at == NOW + timedelta(seconds=17)
    everywhere(lab, httpx.Response(429, text="", headers={"RateLimit-Reset": str(int(NOW.timestamp()) + 30)}))
    assert (await refusal(lab.source(), DOORS[door])).retry_at == NOW + timedelta(seconds=30)
    everywhere(lab, httpx.Response(429, json={"message": {"error": "too many"}}))
    assert (await refusal(lab.source(), DOORS[door])).retry_at is None


@pytest.mark.parametrize("door", ["list", "object", "log"])
async def test_what_is_absent_or_hidden_is_missing_and_no_matter_of_rights(lab: Lab, door: str) -> None:
    everywhere(lab, httpx.Response(404, json={"message": "404 Project Not Found"}))
    error = await refusal(lab.source(), DOORS[door])
    assert error.trouble is Trouble.MISSING
    assert "or hides it from this token: 404 Project Not Found" in str(error)
    assert "member" in error.remedy


@pytest.mark.parametrize("door", ["list", "object", "log"])
async def test_a_route_the_server_does_not_have_is_unsupported(lab: Lab, door: str) -> None:
    error = await refusal(lab.source(), DOORS[door])
    assert error.trouble is Trouble.UNSUPPORTED
    assert "too old" in str(error)


@pytest.mark.parametrize("door", ["list", "object", "log"])
async def test_a_page_that_is_not_found_points_to_the_address(lab: Lab, door: str) -> None:
    everywhere(lab, httpx.Response(404, html=PAGE))
    error = await refusal(lab.source(), DOORS[door])
    assert error.trouble is Trouble.MISSING
    assert "no API there" in str(error)
    assert "https://HOST/gitlab" in error.remedy
    assert "<" not in str(error)


@pytest.mark.parametrize("door", ["graphql", "list"])
@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (httpx.Response(200, html=PAGE), "it is a web page"),
        (httpx.Response(200, text='{"data": {"project": {"pipe'), "it breaks off or is not JSON"),
        (httpx.Response(200, text=""), "it is empty"),
        (httpx.Response(200, content=b'[{"id": "\xff\xfe"}]'), "it breaks off or is not JSON"),
        (httpx.Response(200, text="[" * 100_000), "it breaks off or is not JSON"),
        (httpx.Response(200, json="text"), "it is no "),
        (httpx.Response(200, json=5), "it is no "),
    ],
)
async def test_a_success_that_is_none_says_what_it_is_instead(
    lab: Lab, door: str, reply: httpx.Response, words: str
) -> None:
    everywhere(lab, reply)
    error = await refusal(lab.source(), DOORS[door])
    assert words in str(error)
    assert error.trouble is Trouble.BROKEN


async def test_python_gitlab_s_unreadable_answers_are_told_too(lab: Lab) -> None:
    for reply in (httpx.Response(200, html=PAGE), httpx.Response(200, text='{"id"'), httpx.Response(200, json=[])):
        everywhere(lab, reply)
        assert "cannot be read" in str(await refusal(lab.source(), DOORS["object"]))
    everywhere(lab, httpx.Response(200, html=PAGE))
    assert "it is a web page" in str(await refusal(lab.source(), DOORS["object"]))


async def test_an_answer_without_end_is_given_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.sources.gitlab.wire.BODY_LIMIT", 1_000)
    everywhere(lab, httpx.Response(200, json=["x" * 2_000]))
    assert "larger than" in str(await refusal(lab.source(), DOORS["list"]))


@pytest.mark.parametrize(
    ("answer", "trouble", "words"),
    [
        (errors("Internal server error"), Trouble.BROKEN, "could not tell the pipelines of llm/agent-brain"),
        (
            errors("The resource that you are attempting to access does not exist or you don't have permission"),
            Trouble.MISSING,
            "does not show the pipelines",
        ),
        ({"errors": []}, Trouble.BROKEN, "neither data nor errors"),
        ({"errors": ["just text"]}, Trouble.BROKEN, "just text"),
        ({"data": None}, Trouble.BROKEN, "neither data nor errors"),
        ({}, Trouble.BROKEN, "neither data nor errors"),
        (data(project={"pipelines": None}), Trouble.MISSING, "hides it"),
        (data(project={"pipelines": {"nodes": [{"id": None}]}}), Trouble.BROKEN, "an object without id"),
    ],
)
async def test_graphql_fails_inside_a_success(lab: Lab, answer: Any, trouble: Trouble, words: str) -> None:
    lab.graphql = [answer]
    error = await refusal(lab.source(), DOORS["graphql"])
    assert (error.trouble, words in str(error)) == (trouble, True), str(error)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (httpx.ReadTimeout("slow"), "did not answer in time"),
        (httpx.ConnectError("refused"), f"GitLab at {HOST}"),
        (httpx.RemoteProtocolError("peer closed"), "broke the connection off"),
    ],
)
async def test_the_network_s_failures_are_one_kind_of_error(
    lab: Lab, door: str, failure: Exception, words: str
) -> None:
    everywhere(lab, failure)
    error = await refusal(lab.source(), DOORS[door])
    assert error.trouble is Trouble.UNREACHABLE
    assert words in str(error) or door == "object"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", CASES)
async def test_the_token_is_in_no_text_log_or_traceback(
    lab: Lab, case: str, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Also when the server repeats it, as debugging proxies do."""
    caplog.set_level(logging.DEBUG)
    status = CASES[case][0].status_code
    echo = {"message": f"bad header Bearer {TOKEN}", "error": TOKEN, "scope": TOKEN}
    cut = "x" * (300 - len(TOKEN) // 2) + TOKEN
    away = httpx.Response(302, headers={"Location": f"https://x.example/?t={TOKEN}"})
    replies = (httpx.Response(status, json=echo), httpx.Response(status, text=f"Bearer {TOKEN}"), away, errors(TOKEN))
    for reply in (*replies, errors(cut), httpx.Response(status, json={"message": cut})):
        everywhere(lab, reply)
        source = lab.source()
        try:
            await DOORS[door](source)
        except SourceError as error:
            shown = "".join(traceback.format_exception(error)) + error.remedy + repr(error.__dict__)
            assert TOKEN[: len(TOKEN) // 2] not in shown
        assert TOKEN not in repr(source) + repr(vars(source)) + str(source.degraded)
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("token", ["", "  ", "glpat-ä", "glpat\x00x", "a\nb"])
async def test_a_token_no_header_can_hold_is_refused_before_it_is_sent(lab: Lab, token: str) -> None:
    error = await refusal(lab.source(token=lambda: token), DOORS["list"])
    assert error.trouble is Trouble.UNAUTHENTICATED
    assert lab.requests == []
    assert not token.strip() or token not in str(error)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("url", ["gitlab.example", "ftp://gitlab.example", "https://:80", ""])
async def test_an_address_that_is_none_is_told_at_the_first_question(url: str, door: str) -> None:
    source = GitLabSource(url, lambda: TOKEN)
    error = await refusal(source, DOORS[door])
    assert "cannot be used" in str(error)
    assert "https://HOST" in error.remedy


async def test_a_password_in_the_address_is_neither_shown_nor_sent(lab: Lab) -> None:
    source = GitLabSource(
        "https://me:pass-word@gitlab.example/?x", lambda: TOKEN, transport=httpx.MockTransport(lab.handle)
    )
    error = await refusal(source, DOORS["list"])
    assert "pass-word" not in str(error) + repr(source)
    assert lab.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert str(lab.requests[0].url).startswith("https://gitlab.example/api/v4/")


async def test_a_new_token_is_taken_after_the_old_one_was_refused(lab: Lab) -> None:
    tokens = iter(["old", "new"])

    def answer(request: httpx.Request) -> httpx.Response:
        good = request.headers["Authorization"] == "Bearer new"
        return httpx.Response(200, json=[]) if good else httpx.Response(401, json={"message": "401 Unauthorized"})

    lab.routes["projects/7/jobs"] = answer
    source = lab.source(token=lambda: next(tokens))
    await refusal(source, DOORS["list"])
    assert (await source.jobs(PROJECT)).jobs == ()


@pytest.mark.parametrize("door", ["list", "graphql"])
async def test_data_from_another_host_is_refused_and_the_token_stays_home(lab: Lab, door: str) -> None:
    everywhere(lab, httpx.Response(302, headers={"Location": "https://login.example/saml?RelayState=x"}))
    error = await refusal(lab.source(), DOORS[door])
    assert "sends us elsewhere" in str(error)
    assert "https://login.example/saml" in str(error)
    assert "RelayState" not in str(error)
    assert {one.url.host for one in lab.requests} == {"gitlab.example"}


async def test_a_single_object_s_redirect_to_another_host_leaves_the_token_at_home(lab: Lab) -> None:
    lab.routes["projects/7"] = httpx.Response(302, headers={"Location": "https://login.example/saml"})
    lab.elsewhere["login.example"] = httpx.Response(200, html=PAGE)
    error = await refusal(lab.source(), DOORS["object"])
    assert "it is a web page" in str(error)
    asked = lab.requests[-1]
    assert asked.url.host == "login.example"
    assert TOKEN not in str(asked.headers.raw)


async def test_a_moved_project_is_followed_on_the_same_host(lab: Lab) -> None:
    lab.routes["projects/7/jobs"] = httpx.Response(301, headers={"Location": "/api/v4/projects/8/jobs?per_page=1"})
    lab.routes["projects/8/jobs"] = []
    assert (await lab.source().jobs(PROJECT)).jobs == ()
    assert lab.requests[-1].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_redirects_in_a_circle_end(lab: Lab) -> None:
    lab.routes["projects/7/jobs"] = httpx.Response(302, headers={"Location": "/api/v4/projects/7/jobs"})
    assert "sends us elsewhere" in str(await refusal(lab.source(), DOORS["list"]))
    assert len(lab.requests) == 6


async def test_what_remains_of_the_limit_is_known_after_any_answer(lab: Lab) -> None:
    told = {"RateLimit-Limit": "600", "RateLimit-Remaining": "41", "RateLimit-Reset": "1772370000"}
    source = lab.source()
    assert source.requests_left is None
    everywhere(lab, httpx.Response(200, json=[], headers=told))
    await source.jobs(PROJECT)
    assert source.requests_left == 41
    everywhere(lab, httpx.Response(403, json={"message": "403 Forbidden"}, headers={"RateLimit-Remaining": "40"}))
    await refusal(source, DOORS["object"])
    assert source.requests_left == 40
    everywhere(lab, httpx.Response(200, json=[]))
    await source.jobs(PROJECT)
    assert source.requests_left == 40


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"message": "plain"}', "plain"),
        (b'{"message": ["one", "two"]}', "one, two"),
        (b'{"message": {"base": ["Reference not found"]}}', "Reference not found"),
        (b'{"message": {"a": {"b": ["deep"]}}}', "a b deep"),
        (b'{"error": "alone"}', "alone"),
        (b'{"error": "invalid_token", "error_description": "Token is expired."}', "Token is expired."),
        (b'{"errors": [{"message": "Invalid token"}]}', "Invalid token"),
        (b"Retry later\n", "Retry later"),
        (b"", ""),
        (b"null", ""),
        (b'{"message": null}', ""),
        (b"\xff\x1b[31mred", "\ufffdred"),
        (b"  <HTML>", ""),
    ],
)
def test_an_error_body_is_read_whatever_its_shape(body: bytes, text: str) -> None:
    assert said(body).text == text
