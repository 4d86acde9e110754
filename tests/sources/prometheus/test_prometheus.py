"""The Prometheus source against answers of every kind, without a network."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import httpx
import pytest

from console.ports import SourceError, Trouble
from console.sources.prometheus import PrometheusSource
from console.sources.prometheus.source import MOST_BYTES, MOST_POINTS, fitting_step

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECRET = "glpat-s3cr3t-value"


def source(answer: Callable[[httpx.Request], httpx.Response], **options: Any) -> PrometheusSource:
    return PrometheusSource(
        options.pop("url", "http://prom:9090/sub/"),
        transport=httpx.MockTransport(answer),
        clock=lambda: NOW,
        **options,
    )


def always(status: int, content: Any, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    body = content if isinstance(content, (bytes, str)) else json.dumps(content)
    return lambda _: httpx.Response(status, content=body, headers=headers)


def success(kind: str, result: Any, **more: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": kind, "result": result}, **more}


def failure(kind: str, text: str) -> dict[str, Any]:
    return {"status": "error", "errorType": kind, "error": text}


async def refusal(answer: Callable[[httpx.Request], httpx.Response], **options: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await source(answer, **options).instant("up")
    return caught.value


async def test_a_vector_keeps_labels_values_and_times() -> None:
    told = [{"metric": {"job": "a"}, "value": [1772366400.5, "0.25"]}, {"metric": {}, "value": [1772366400, "7"]}]
    vector = await source(always(200, success("vector", told))).instant("up")
    assert [(one.labels, one.value) for one in vector.samples] == [({"job": "a"}, 0.25), ({}, 7.0)]
    assert vector.samples[0].at == datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    assert (vector.at, vector.warnings) == (NOW, ())


async def test_no_number_is_none_and_infinity_stays() -> None:
    told = [{"metric": {}, "value": [0, text]} for text in ("NaN", "+Inf", "-Inf", "1e-3")]
    vector = await source(always(200, success("vector", told))).instant("x")
    assert [one.value for one in vector.samples] == [None, inf, -inf, 0.001]


async def test_nothing_found_is_an_empty_vector() -> None:
    assert (await source(always(200, success("vector", []))).instant("up")).samples == ()


async def test_points_that_are_no_numbers_are_left_out_of_a_matrix() -> None:
    told = [{"metric": {"track": "canary"}, "values": [[0, "1"], [60, "NaN"], [120, "+Inf"]]}]
    matrix = await source(always(200, success("matrix", told))).range("x", start=NOW, end=NOW + MINUTE, step=MINUTE)
    assert [(one.labels, [value for _, value in one.points]) for one in matrix.series] == [
        ({"track": "canary"}, [1.0, inf])
    ]
    assert matrix.series[0].points[1][0] == datetime(1970, 1, 1, 0, 2, tzinfo=UTC)


async def test_what_makes_an_answer_partial_is_said() -> None:
    thanos = success("vector", [], warnings=["No StoreAPIs matched\x1b[31m"], infos=["metric might not be a counter"])
    assert (await source(always(200, thanos)).instant("x")).warnings == (
        "No StoreAPIs matched",
        "metric might not be a counter",
    )
    victoria = success("vector", [], isPartial=True)
    assert "partial" in (await source(always(200, victoria)).instant("x")).warnings[0]
    histogram = success("vector", [{"metric": {}, "histogram": [0, {"count": "1", "sum": "2"}]}])
    answer = await source(always(200, histogram)).instant("x")
    assert answer.samples == ()
    assert "1 series hold native histograms" in answer.warnings[0]


@pytest.mark.parametrize(
    ("kind", "result", "remedy"),
    [("scalar", [0, "1"], "vector("), ("string", [0, "x"], "quotes"), ("matrix", [], "rate("), ("", None, "config")],
)
async def test_another_type_of_result_is_named_with_its_remedy(kind: str, result: Any, remedy: str) -> None:
    error = await refusal(always(200, success(kind, result)))
    assert error.trouble is Trouble.UNSUPPORTED
    assert kind in str(error)
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("status", "content", "trouble", "word"),
    [
        (400, failure("bad_data", 'invalid parameter "query": 1:4: parse error'), Trouble.BROKEN, "1:4: parse error"),
        (422, failure("execution", "many-to-many matching"), Trouble.BROKEN, "many-to-many"),
        (401, "no org id\n", Trouble.UNAUTHENTICATED, "no org id"),
        (401, "<html><title>Sign in</title>", Trouble.UNAUTHENTICATED, "Sign in"),
        (403, "", Trouble.FORBIDDEN, "forbids"),
        (404, "404 page not found", Trouble.MISSING, "no query API"),
        (302, "", Trouble.UNAUTHENTICATED, "login page"),
        (429, failure("too_many_requests", "the request has been rejected"), Trouble.LIMITED, "rejected"),
        (503, failure("timeout", "query timed out in expression evaluation"), Trouble.BROKEN, "timed out"),
        (503, "Service Unavailable", Trouble.UNREACHABLE, "503"),
        (502, "<html><head><title>502 Bad Gateway</title>", Trouble.UNREACHABLE, "502 Bad Gateway"),
        (500, failure("internal", "boom"), Trouble.BROKEN, "boom"),
        (418, b"\xff\xfe", Trouble.BROKEN, "418"),
    ],
)
async def test_a_refusal_says_what_who_and_why(status: int, content: Any, trouble: Trouble, word: str) -> None:
    error = await refusal(always(status, content))
    assert error.trouble is trouble
    assert "http://prom:9090/sub" in str(error)
    assert word in str(error)


async def test_a_missing_tenant_names_the_header_to_set() -> None:
    assert "X-Scope-OrgID" in (await refusal(always(401, "no org id"))).remedy


async def test_a_redirect_is_told_and_not_followed() -> None:
    login = "https://me:secret@sso.example/login?state=secret"
    error = await refusal(always(302, "", Location=login))
    assert "to https://sso.example/login:" in str(error)
    assert "secret" not in str(error)


async def test_a_limit_says_when_to_come_back() -> None:
    error = await refusal(always(429, "slow down", **{"Retry-After": "30"}))
    assert error.retry_at == NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><title>Grafana\x1b[2J</title>",
        "",
        "[]",
        '{"status":"success"',
        '{"status":"success"}',
        '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":1},"value":[0,"1"]}]}}',
        '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[0,"many"]}]}}',
        '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1e300,"1"]}]}}',
        '{"status":"success","data":{"resultType":"vector","result":{"a":1}}}',
        b"\xff\xfe\x00",
        b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"\xff"},"value":[0,"1"]}]}}',
    ],
)
async def test_a_good_status_with_another_body_is_one_clear_error(body: Any) -> None:
    error = await refusal(always(200, body))
    assert error.trouble is Trouble.UNSUPPORTED
    assert "/api/v1" in error.remedy
    assert "\x1b" not in str(error)


async def test_hostile_labels_are_made_harmless() -> None:
    told = [{"metric": {"name\x00": "\x1b]0;x\x07[/red]\u202e" + "y" * 20_000}, "value": [0, "1"]}]
    [sample] = (await source(always(200, success("vector", told))).instant("up")).samples
    [(name, value)] = sample.labels.items()
    assert name == "name"
    assert value.startswith("[/red]y")
    assert len(value) == 500


async def test_a_short_query_is_a_get_and_a_long_one_a_form() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=success("vector", []))

    prometheus = source(answer)
    await prometheus.instant("up", at=NOW)
    await prometheus.instant("up" + " or up" * 500)
    assert [(one.method, one.url.path) for one in seen] == [("GET", "/sub/api/v1/query"), ("POST", "/sub/api/v1/query")]
    assert dict(seen[0].url.params) == {"query": "up", "time": "1772366400.000", "timeout": "9000ms"}
    assert seen[1].content.startswith(b"query=up+or+up")
    assert seen[1].url.query == b""


async def test_a_server_that_takes_no_forms_is_asked_by_get() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(405) if request.method == "POST" else httpx.Response(200, json=success("vector", []))

    assert (await source(answer).instant("up" + " or up" * 500)).samples == ()


async def test_a_step_too_fine_is_widened_and_said() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=success("matrix", [], warnings=["late"]))

    month = timedelta(days=30)
    matrix = await source(answer).range("up", start=NOW - month, end=NOW, step=timedelta(seconds=15))
    assert seen[0].url.params["step"] == "236.000"
    assert matrix.warnings[0].startswith("The step is 0:03:56, not 0:00:15")
    assert matrix.warnings[1:] == ("late",)


@pytest.mark.parametrize("seconds", [0, 1, 10_999, 11_000, 11_001, 86_400 * 90])
def test_a_fitting_step_never_gives_too_many_points(seconds: int) -> None:
    span, second = timedelta(seconds=seconds), timedelta(seconds=1)
    step = fitting_step(NOW, NOW + span, second)
    assert span // step + 1 <= MOST_POINTS
    assert (step == second) == (seconds < MOST_POINTS)


def test_a_range_that_ends_before_it_starts_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no range"):
        fitting_step(NOW, NOW - MINUTE, MINUTE)


async def test_an_endless_answer_is_cut_off() -> None:
    error = await refusal(always(200, b" " * (MOST_BYTES + 1)))
    assert "32 MB" in str(error)


async def test_a_large_answer_is_read_like_a_small_one() -> None:
    told = [{"metric": {"n": str(n)}, "value": [0, str(n)]} for n in range(5_000)]
    vector = await source(always(200, success("vector", told))).instant("up")
    assert [one.value for one in vector.samples] == [float(n) for n in range(5_000)]


async def test_no_error_and_no_repr_holds_the_value_of_a_header() -> None:
    headers = {"Authorization": f"Bearer {SECRET}", "X-Scope-OrgID": "1"}

    def echo(request: httpx.Request) -> httpx.Response:
        sent = request.headers["Authorization"]
        return httpx.Response(int(request.url.params["query"]), text=f"1 bad token {sent} / {SECRET}")

    prometheus = source(echo, headers=headers)
    for status in (200, 400, 401, 403, 404, 422, 429, 500, 503):
        with pytest.raises(SourceError) as caught:
            await prometheus.instant(str(status))
        assert SECRET not in f"{caught.value} {caught.value.remedy} {prometheus!r}"
    with pytest.raises(SourceError, match="1 bad token"):
        await prometheus.instant("400")


async def test_a_login_in_the_address_is_sent_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return httpx.Response(403)

    caplog.set_level("DEBUG")
    error = await refusal(answer, url=f"https://me:{SECRET}@prom/x?a=b")
    assert seen[0].startswith("Basic ")
    assert "https://prom/x forbids" in str(error)
    assert SECRET not in str(error) + caplog.text
    assert seen[0].removeprefix("Basic ") not in str(error) + caplog.text


@pytest.mark.parametrize("value", [f"Bearer {SECRET}\nX-Evil: 1", f"{SECRET}\u20ac", f"{SECRET}\x00"])
def test_a_header_that_cannot_be_sent_is_named_without_its_value(value: str) -> None:
    with pytest.raises(SourceError, match="Authorization") as caught:
        PrometheusSource("http://prom", headers={"Authorization": value})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["", "X Scope", "X-Scope:", "X\nEvil", "X-Ümlaut"])
def test_a_name_that_no_header_can_have_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match="name of a header"):
        PrometheusSource("http://prom", headers={name: "1"})


def test_a_line_break_after_a_secret_is_forgiven() -> None:
    PrometheusSource("http://prom", headers={"Authorization": f"Bearer {SECRET}\n"})


@pytest.mark.parametrize("url", ["", "prom:9090", "ftp://prom", "http://", "http://prom:99999"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(SourceError, match="address"):
        PrometheusSource(url)


async def test_no_connection_is_unreachable() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("no", request=request)

    assert (await refusal(answer)).trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize(
    ("paths", "headers", "flavour", "version"),
    [
        ({"buildinfo": {"version": "2.42.0", "goVersion": "go1.19"}}, {}, "prometheus", "2.42.0"),
        ({"buildinfo": {"application": "Grafana Mimir", "version": "2.14.1", "goVersion": "g"}}, {}, "mimir", "2.14.1"),
        ({"buildinfo": {"version": "0.36.1", "goVersion": "g"}, "stores": {"sidecar": []}}, {}, "thanos", "0.36.1"),
        ({"stores": {"sidecar": []}}, {}, "thanos", ""),
        ({"buildinfo": {"version": "2.24.0"}}, {"X-Server-Hostname": "vm"}, "victoriametrics", ""),
        ({}, {}, "unknown", ""),
        ({"buildinfo": "what"}, {}, "unknown", ""),
    ],
)
async def test_the_doctor_learns_what_kind_of_store_it_is(
    paths: dict[str, Any], headers: dict[str, str], flavour: str, version: str
) -> None:
    date = {"Date": "Sun, 01 Mar 2026 12:00:03 GMT", **headers}

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if name == "query":
            age = success("vector", [{"metric": {}, "value": [0, str(NOW.timestamp() - 12)]}])
            return httpx.Response(200, json=age, headers=date)
        if name not in paths:
            return httpx.Response(404)
        return httpx.Response(200, json={"status": "success", "data": paths[name]}, headers=date)

    facts = await source(answer, headers={"X-Scope-OrgID": "fleet"}).examine()
    assert (facts.flavour, facts.version, facts.tls) == (flavour, version, False)
    assert facts.headers == ("X-Scope-OrgID",)
    assert facts.clock_skew == (timedelta(seconds=3) if "buildinfo" in paths else None)
    assert facts.newest_sample_age == timedelta(seconds=15 if "buildinfo" in paths else 12)


async def test_a_store_that_nothing_arrives_at_is_told_by_the_missing_age() -> None:
    facts = await source(always(200, success("vector", []))).examine()
    assert facts.newest_sample_age is None
