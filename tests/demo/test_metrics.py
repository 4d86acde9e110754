"""The simulated fleet's metrics: what the world says, as counters and gauges that Prometheus could have scraped."""

from itertools import pairwise
from math import isnan

import pytest

from console.demo.clock import FixedClock
from console.demo.metrics import MetricStore
from console.demo.promql import Matcher, instant, over_range
from console.demo.promql.labels import label
from console.demo.promql.values import as_matrix, as_vector
from console.demo.world.world import World
from tests.demo.promql_expressions import SHIPPED

NOW = 1_780_000_000.0
DAY = 86_400
WORLD = World(17, 7, NOW)
COUNTERS = '{__name__=~".+_total|.+_bucket|.+_count|.+_sum",job!="gitlab-runner"}'


@pytest.fixture(name="store", scope="module")
def _store() -> MetricStore:
    return MetricStore(WORLD, FixedClock(NOW))


def by(store: MetricStore, query: str, *names: str, at: float = NOW) -> dict[tuple[str, ...], float]:
    """One number for each combination of these labels' values."""
    found = as_vector(instant(store, query, int(at * 1000)).value)
    return {tuple(label(one.labels, name) for name in names): one.value for one in found}


@pytest.mark.parametrize("key", SHIPPED)
def test_every_shipped_query_has_an_answer(store: MetricStore, key: str) -> None:
    found = as_vector(instant(store, SHIPPED[key], int(NOW * 1000)).value)
    assert [one for one in found if not isnan(one.value)]


def test_the_canary_fails_and_is_slow_beside_the_stable_track(store: MetricStore) -> None:
    canary, stable = ("agent-brain", "canary"), ("agent-brain", "stable")
    errors, p95, rate = (
        by(store, SHIPPED[key], "service", "track")
        for key in ("track_error_ratio", "track_p95_seconds", "track_request_rate")
    )
    assert errors[canary] > 5 * errors[stable]
    assert p95[canary] > 2 * p95[stable]
    assert rate[canary] / (rate[canary] + rate[stable]) == pytest.approx(0.25, abs=0.03)


def test_a_track_has_no_series_before_its_first_replica(store: MetricStore) -> None:
    query = 'http_requests_total{service="agent-brain",track="canary"}'
    assert by(store, query, "code", at=NOW - 2 * 3600) == {}
    assert by(store, query, "code")


def test_requests_are_those_of_the_world(store: MetricStore) -> None:
    (chat,) = (service for service in WORLD.services() if service.name == "agent-chat")
    counted = by(store, 'sum(increase(http_requests_total{service="agent-chat"}[1d]))')[()]
    assert counted == pytest.approx(chat.traffic.total(NOW - DAY, NOW), rel=0.01)


def test_the_session_cache_collapsed_when_the_world_says(store: MetricStore) -> None:
    query, sessions = SHIPPED["redis_hit_ratio"], ("redis-sessions:6379",)
    assert by(store, query, "instance", at=NOW - 6 * 3600)[sessions] > 0.9 > by(store, query, "instance")[sessions]


def test_busy_runners_run_the_worlds_jobs_within_their_limits(store: MetricStore) -> None:
    busy, limit = by(store, SHIPPED["runner_busy"], "runner_name"), by(store, SHIPPED["runner_limit"], "runner_name")
    on_grid = NOW - NOW % 15
    running = {(one.name,): WORLD.running_jobs(one, on_grid) for one in WORLD.runners() if one.online}
    assert busy == running
    assert all(busy[name] <= limit[name] for name in limit)


def test_counters_never_fall_within_a_process(store: MetricStore) -> None:
    start, end = int((NOW - 3600) * 1000), int(NOW * 1000)
    matchers = [Matcher("__name__", "=~", ".+_total|.+_bucket|.+_count|.+_sum")]
    found = list(store.select(matchers, start, end))
    assert len(found) > 300
    for series in found:
        assert all(after >= before for before, after in pairwise(series.values[:])), series.labels


def test_a_wider_bucket_never_holds_less(store: MetricStore) -> None:
    names = ("service", "track", "runner_name", "le")
    buckets = by(store, '{__name__=~".+_bucket"}', *names)
    for (*rest, bound), count in buckets.items():
        assert count <= buckets[(*rest, "+Inf")], (rest, bound)


def test_a_runner_begins_anew_each_night(store: MetricStore) -> None:
    night = NOW - NOW % DAY + 3 * 3600
    query = 'resets(gitlab_runner_job_queue_duration_seconds_count{runner_name="docker-fleet-1"}[2h])'
    assert by(store, query, at=night + 3600) == {(): 1.0}


def test_the_same_moment_has_the_same_samples_whenever_it_is_asked_and_however(store: MetricStore) -> None:
    query, start, end = COUNTERS, int((NOW - 900) * 1000), int((NOW - 300) * 1000)
    later = MetricStore(World(17, 7, NOW), FixedClock(NOW + 5 * DAY))
    whole = as_matrix(over_range(store, query, start, end, 15_000).value)
    assert whole == as_matrix(over_range(later, query, start, end, 15_000).value)
    assert by(later, query, "__name__", "instance", "name", "code", "method", "le", at=end / 1000) == by(
        store, query, "__name__", "instance", "name", "code", "method", "le", at=end / 1000
    )


def test_nothing_is_known_of_the_future(store: MetricStore) -> None:
    (series,) = store.select([Matcher("__name__", "=", "prometheus_build_info")], 0, int((NOW + DAY) * 1000))
    assert max(series.times) <= NOW * 1000
    assert min(series.times) >= WORLD.origin * 1000


def test_ninety_days_are_reached_without_the_samples_between(store: MetricStore) -> None:
    found = as_matrix(
        over_range(store, SHIPPED["redis_hit_ratio"], int((NOW - 89 * DAY) * 1000), int(NOW * 1000), DAY * 1000).value
    )
    assert [len(one.values) for one in found] == [90, 90]


def test_every_job_and_instance_is_a_target_that_is_up(store: MetricStore) -> None:
    targets = store.targets()
    assert {job for job, _ in targets} == {"cadvisor", "gitlab-runner", "prometheus", "redis", "services"}
    assert all(value == 1 for value in by(store, "up", "job", "instance").values())


def test_no_two_series_have_the_same_labels(store: MetricStore) -> None:
    labels = [curve.labels for curves in store.by_name.values() for curve in curves]
    assert len(labels) == len(set(labels))
