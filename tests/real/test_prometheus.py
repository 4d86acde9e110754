"""A real Prometheus as the console sees it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from math import inf

import pytest
import pytest_asyncio

from console.model.settings import DEFAULT_QUERIES
from console.ports import SourceError, Trouble
from console.sources.prometheus import PrometheusSource
from tests.real.metrics import RealPrometheus
from tests.real.programs import free_port
from tests.real.samples import END

pytestmark = pytest.mark.real
MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def source(prometheus: RealPrometheus) -> AsyncIterator[PrometheusSource]:
    source = PrometheusSource(prometheus.url)
    yield source
    await source.aclose()


@pytest.mark.parametrize(
    ("query", "labels", "value"),
    [
        ("redis_hit_ratio", {"instance": "cache:6379"}, 0.9),
        ("runner_busy", {"runner_name": "big"}, 7.0),
        ("runner_limit", {"runner_name": "big"}, 10.0),
        ("runner_queue_p95", {"runner_name": "big"}, 10 + 50 * 0.9),
        ("track_request_rate", {"service": "agent-brain", "track": "canary"}, 10.0),
        ("track_request_rate", {"service": "agent-brain", "track": "stable"}, 40.0),
        ("track_error_ratio", {"service": "agent-brain", "track": "canary"}, 0.2),
        ("track_error_ratio", {"service": "agent-brain", "track": "stable"}, 0.0),
        ("track_p95_seconds", {"service": "agent-brain", "track": "canary"}, 0.1 + 0.2 * 0.9),
        ("container_cpu", {"name": "agent-brain"}, 1.5),
        ("container_memory", {"name": "agent-brain"}, 1.6e9),
    ],
)
async def test_every_query_we_ship_is_answered(
    source: PrometheusSource, query: str, labels: dict[str, str], value: float
) -> None:
    vector = await source.instant(DEFAULT_QUERIES[query], at=END)
    [sample] = [one for one in vector.samples if one.labels == labels]
    assert sample.value == pytest.approx(value)
    assert (sample.at, vector.at, vector.warnings) == (END, END, ())


async def test_a_range_has_a_point_a_step_from_start_to_end(source: PrometheusSource) -> None:
    query = DEFAULT_QUERIES["track_request_rate"]
    matrix = await source.range(query, start=END - 30 * MINUTE, end=END, step=MINUTE)
    assert {one.labels["track"] for one in matrix.series} == {"stable", "canary"}
    for one in matrix.series:
        assert [at for at, _ in one.points] == [END - minutes * MINUTE for minutes in range(30, -1, -1)]
        expected = {"stable": 40.0, "canary": 10.0}[one.labels["track"]]
        assert [value for _, value in one.points] == pytest.approx([expected] * 31)


async def test_a_range_with_too_many_points_is_answered_with_a_wider_step(source: PrometheusSource) -> None:
    day = timedelta(days=1)
    matrix = await source.range("odd_infinity", start=END - day, end=END, step=timedelta(seconds=1))
    assert "11,000" in matrix.warnings[0]
    [series] = matrix.series
    assert series.points[1][0] - series.points[0][0] == timedelta(seconds=8)


async def test_no_number_and_infinity(source: PrometheusSource) -> None:
    [nan] = (await source.instant("odd_nan", at=END)).samples
    [infinity] = (await source.instant("-odd_infinity", at=END)).samples
    assert (nan.value, infinity.value) == (None, -inf)
    matrix = await source.range("odd_nan", start=END - MINUTE, end=END, step=MINUTE)
    assert [one.points for one in matrix.series] == [()]


async def test_what_does_not_exist_is_empty_and_not_an_error(source: PrometheusSource) -> None:
    assert (await source.instant("no_such_metric", at=END)).samples == ()
    assert (await source.range("no_such_metric", start=END - MINUTE, end=END, step=MINUTE)).series == ()


async def test_a_query_as_long_as_a_page_is_answered(source: PrometheusSource) -> None:
    query = " or ".join(['gitlab_runner_limit{runner_name=~"bi.*"}'] * 200)
    assert len((await source.instant(query, at=END)).samples) == 1


@pytest.mark.parametrize(
    ("query", "trouble", "word"),
    [
        ("sum by (", Trouble.BROKEN, "parse error"),
        ("", Trouble.BROKEN, "query"),
        ("redis_keyspace_hits_total[5m]", Trouble.UNSUPPORTED, "matrix"),
        ("time()", Trouble.UNSUPPORTED, "scalar"),
        ('"text"', Trouble.UNSUPPORTED, "string"),
        ("http_requests_total / on (service) http_requests_total", Trouble.BROKEN, "many"),
    ],
)
async def test_a_wrong_query_is_told_in_the_servers_words(
    source: PrometheusSource, query: str, trouble: Trouble, word: str
) -> None:
    with pytest.raises(SourceError) as caught:
        await source.instant(query, at=END)
    assert caught.value.trouble is trouble
    assert word in str(caught.value)
    assert "queries" in caught.value.remedy or "quotes" in caught.value.remedy or "[5m]" in caught.value.remedy


async def test_a_wrong_path_is_told_with_the_right_one(prometheus: RealPrometheus) -> None:
    wrong = PrometheusSource(f"{prometheus.url}/graph")
    with pytest.raises(SourceError) as caught:
        await wrong.instant("up")
    await wrong.aclose()
    assert caught.value.trouble in (Trouble.MISSING, Trouble.UNSUPPORTED)
    assert "/api/v1" in caught.value.remedy


async def test_nobody_there_is_unreachable() -> None:
    port = free_port()
    source = PrometheusSource(f"http://127.0.0.1:{port}")
    with pytest.raises(SourceError, match=f"{port}.*refused") as caught:
        await source.instant("up")
    assert caught.value.trouble is Trouble.UNREACHABLE


async def test_the_doctor_sees_a_prometheus_that_scrapes_nothing(source: PrometheusSource) -> None:
    facts = await source.examine()
    assert (facts.flavour, facts.tls, facts.newest_sample_age, facts.headers) == ("prometheus", False, None, ())
    assert facts.version[0].isdigit()
    assert facts.clock_skew is not None
    assert abs(facts.clock_skew) < timedelta(seconds=3)


async def test_a_restart_is_survived() -> None:
    server = RealPrometheus(scrape="scrape_configs: []")
    source = PrometheusSource(server.url, timeout_seconds=2)
    try:
        await source.instant("up")
        server.stop()
        with pytest.raises(SourceError):
            await source.instant("up")
        server.start()
        assert (await source.instant("up")).at <= datetime.now(UTC)
    finally:
        await source.aclose()
        server.destroy()
