"""The simulated Prometheus over HTTP: shapes, parameters, refusals and faults."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from console.demo.clock import FixedClock
from console.demo.prometheus_api import prometheus_app
from console.demo.prometheus_api.metadata import METADATA
from console.demo.world.world import World
from tests.demo.promql_expressions import SHIPPED
from tests.demo.serving import Faults, serving

NOW = 1_780_000_000.0
WORLD = World(17, 7, NOW)


@pytest.fixture(name="faults")
def _faults() -> Faults:
    return Faults()


@pytest_asyncio.fixture(name="http")
async def _http(faults: Faults) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=prometheus_app(WORLD, FixedClock(NOW), faults))
    async with httpx.AsyncClient(transport=transport, base_url="http://prometheus") as client:
        yield client


async def content(http: httpx.AsyncClient, path: str, **asked: Any) -> Any:
    """What a successful answer holds."""
    answer = await http.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "success"
    return answer.json()["data"]


async def refusal(http: httpx.AsyncClient, path: str, **asked: Any) -> tuple[int, str, str]:
    """Status, kind and reason of a refusal."""
    answer = await http.get(path, params=asked)
    body = answer.json()
    assert body["status"] == "error"
    return answer.status_code, body["errorType"], body["error"]


async def test_an_instant_query_gives_a_vector_of_strings(http: httpx.AsyncClient) -> None:
    found = await content(http, "/api/v1/query", query='redis_up{instance="redis-sessions:6379"}')
    metric = {"__name__": "redis_up", "instance": "redis-sessions:6379", "job": "redis"}
    assert found == {"resultType": "vector", "result": [{"metric": metric, "value": [NOW, "1"]}]}


@pytest.mark.parametrize("key", SHIPPED)
async def test_a_shipped_query_is_answered_over_a_range(http: httpx.AsyncClient, key: str) -> None:
    found = await content(http, "/api/v1/query_range", query=SHIPPED[key], start=NOW - 600, end=NOW, step="1m")
    assert found["resultType"] == "matrix"
    assert max(len(one["values"]) for one in found["result"]) == 11


async def test_a_posted_form_is_the_same_question(http: httpx.AsyncClient) -> None:
    asked = {"query": "up", "time": str(NOW)}
    assert (await http.post("/api/v1/query", data=asked)).json() == (
        await http.get("/api/v1/query", params=asked)
    ).json()


async def test_times_are_unix_or_rfc_3339_and_steps_seconds_or_durations(http: httpx.AsyncClient) -> None:
    unix = await content(http, "/api/v1/query_range", query="time()", start=NOW - 60, end=NOW, step=30)
    text = {"start": "2026-05-28T20:25:40Z", "end": "2026-05-28T22:26:40.000+02:00", "step": "30s"}
    assert await content(http, "/api/v1/query_range", query="time()", **text) == unix


@pytest.mark.parametrize(
    ("query", "type_", "result"),
    [
        ("1 / 0", "scalar", [NOW, "+Inf"]),
        ("0 / 0", "scalar", [NOW, "NaN"]),
        ('"text"', "string", [NOW, "text"]),
        ("vector(0.0000001)", "vector", [{"metric": {}, "value": [NOW, "1e-07"]}]),
        ("nothing", "vector", []),
    ],
)
async def test_each_type_of_value_has_its_shape(http: httpx.AsyncClient, query: str, type_: str, result: Any) -> None:
    assert await content(http, "/api/v1/query", query=query) == {"resultType": type_, "result": result}


@pytest.mark.parametrize(
    ("path", "asked", "reason"),
    [
        ("query", {"query": "up[5m"}, 'invalid parameter "query": 1:6: parse error: unclosed left bracket'),
        ("query", {}, 'invalid parameter "query": 1:1: parse error: no expression found in input'),
        (
            "query",
            {"query": "up", "time": "x"},
            "invalid parameter \"time\": Invalid time value for 'time': cannot parse \"x\" to a valid timestamp",
        ),
        ("query_range", {"query": "up"}, 'invalid parameter "start": cannot parse "" to a valid timestamp'),
        (
            "query_range",
            {"query": "up", "start": 2, "end": 1, "step": 1},
            'invalid parameter "end": end timestamp must not be before start time',
        ),
        (
            "query_range",
            {"query": "up", "start": 1, "end": 2, "step": "often"},
            'invalid parameter "step": cannot parse "often" to a valid duration',
        ),
        (
            "query_range",
            {"query": "up", "start": 1, "end": 2, "step": 0},
            'invalid parameter "step": zero or negative query resolution step widths are not accepted.'
            " Try a positive integer",
        ),
        (
            "query_range",
            {"query": "up", "start": 0, "end": 11_001, "step": 1},
            "exceeded maximum resolution of 11,000 points per timeseries."
            " Try decreasing the query resolution (?step=XX)",
        ),
        (
            "query_range",
            {"query": "up[5m]", "start": 0, "end": 1, "step": 1},
            'invalid parameter "query": invalid expression type "range vector" for range query,'
            " must be Scalar or instant Vector",
        ),
        ("series", {}, "no match[] parameter provided"),
        ("series", {"match[]": "{}"},
         'invalid parameter "match[]": match[] must contain at least one non-empty matcher'),
        ("series", {"match[]": "up{"}, 'invalid parameter "match[]": 1:4: parse error: unexpected end of input'
         " inside braces"),
        ("label/no-label/values", {}, 'invalid label name: "no-label"'),
    ],
)  # fmt: skip
async def test_a_wrong_parameter_is_named(
    http: httpx.AsyncClient, path: str, asked: dict[str, Any], reason: str
) -> None:
    assert await refusal(http, f"/api/v1/{path}", **asked) == (400, "bad_data", reason)


async def test_what_the_series_do_not_allow_is_unprocessable(http: httpx.AsyncClient) -> None:
    status, kind, reason = await refusal(http, "/api/v1/query", query="up + on () group_left up")
    assert (status, kind) == (422, "execution")
    assert reason.startswith("found duplicate series for the match group {}")


async def test_a_rate_of_a_gauge_is_remarked(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/query", params={"query": "rate(redis_up[5m])"})
    (info,) = answer.json()["infos"]
    assert info.endswith('_count/_bucket: "redis_up" (1:6)')
    assert "infos" not in (await http.get("/api/v1/query", params={"query": "redis_up"})).json()


async def test_series_labels_and_values_are_listed(http: httpx.AsyncClient) -> None:
    tracks = {"match[]": 'http_requests_total{service="agent-brain"}'}
    assert await content(http, "/api/v1/label/track/values", **tracks) == ["canary", "stable"]
    assert "track" in await content(http, "/api/v1/labels")
    series = await content(http, "/api/v1/series", **{"match[]": ["redis_up", "prometheus_build_info"]})
    assert sorted(one["__name__"] for one in series) == ["prometheus_build_info", "redis_up", "redis_up"]


async def test_every_metric_has_its_metadata(http: httpx.AsyncClient) -> None:
    names = await content(http, "/api/v1/label/__name__/values")
    families = {name if name in METADATA else name.rpartition("_")[0] for name in names}
    assert families == set(METADATA) == set(await content(http, "/api/v1/metadata"))
    assert list(await content(http, "/api/v1/metadata", metric="up")) == ["up"]


async def test_targets_are_up(http: httpx.AsyncClient) -> None:
    targets = (await content(http, "/api/v1/targets"))["activeTargets"]
    assert {one["health"] for one in targets} == {"up"}
    assert {one["scrapePool"] for one in targets} >= {"redis", "services", "gitlab-runner", "cadvisor"}


async def test_the_canary_and_the_cold_cache_raise_alerts(http: httpx.AsyncClient) -> None:
    alerts = (await content(http, "/api/v1/alerts"))["alerts"]
    assert {(one["labels"]["alertname"], one["state"]) for one in alerts} == {
        ("CanaryErrorRatioHigh", "firing"),
        ("RedisHitRatioLow", "firing"),
    }
    (group,) = (await content(http, "/api/v1/rules"))["groups"]
    assert [rule["state"] for rule in group["rules"]] == ["firing", "firing", "inactive"]


async def test_prometheus_says_what_it_is(http: httpx.AsyncClient) -> None:
    build = await content(http, "/api/v1/status/buildinfo")
    info = await content(http, "/api/v1/query", query="prometheus_build_info")
    assert build["version"] == info["result"][0]["metric"]["version"]
    assert (await content(http, "/api/v1/status/runtimeinfo"))["storageRetention"] == "90d"
    assert (await http.get("/-/healthy")).status_code == (await http.get("/-/ready")).status_code == 200
    assert (await http.get("/api/v1/nothing")).text == "404 page not found\n"


async def test_a_partial_answer_warns(http: httpx.AsyncClient, faults: Faults) -> None:
    whole = (await content(http, "/api/v1/query", query="up"))["result"]
    faults.active = frozenset({"partial"})
    answer = (await http.get("/api/v1/query", params={"query": "up"})).json()
    assert 0 < len(answer["data"]["result"]) < len(whole)
    assert "Unavailable" in answer["warnings"][0]


@pytest.mark.parametrize(
    ("fault", "status", "type_"),
    [
        ("5xx", 500, "application/json"),
        ("html", 200, "text/html; charset=utf-8"),
        ("prometheus-down", 503, "text/plain; charset=utf-8"),
    ],
)
async def test_a_fault_spoils_the_answer(
    http: httpx.AsyncClient, faults: Faults, fault: str, status: int, type_: str
) -> None:
    faults.active = frozenset({fault})
    answer = await http.get("/api/v1/query", params={"query": "up"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, type_)


async def test_another_servers_fault_is_not_ours(http: httpx.AsyncClient, faults: Faults) -> None:
    faults.active = frozenset({"docker-down", "gitlab-down", "429"})
    assert (await http.get("/-/ready")).status_code == 200


def test_a_truncated_answer_breaks_off_and_a_hanging_one_never_comes() -> None:
    faults = Faults(frozenset({"truncated"}))
    with serving(prometheus_app(WORLD, FixedClock(NOW), faults)) as port:
        address = f"http://127.0.0.1:{port}/api/v1/query?query=up"
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(address)
        faults.active = frozenset({"hang"})
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(address, timeout=0.2)
        faults.active = frozenset()
        assert httpx.get(address).status_code == 200
