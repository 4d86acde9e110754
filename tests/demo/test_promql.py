"""The PromQL engine by itself: numbers worked out by hand, and what it asks of its store."""

from math import inf, isnan, nan

import pytest

from console.demo.promql import Matcher, QueryParseError, instant, over_range
from console.demo.promql.evaluator import CALLS
from console.demo.promql.functions import MATH
from console.demo.promql.histogram import bucket_quantile
from console.demo.promql.numbers import encoded, shown
from console.demo.promql.over_time import OVER_TIME
from console.demo.promql.signatures import SIGNATURES
from console.demo.promql.statistics import quantile
from console.demo.promql.values import as_matrix, as_vector
from tests.demo.promql_expressions import REFUSED, SHIPPED
from tests.demo.promql_series import END_MS, START_MS, MemoryStore, fleet, series

MINUTE = 60_000


def value(store: MemoryStore, query: str, at_ms: int = END_MS) -> float:
    (only,) = as_vector(instant(store, query, at_ms).value)
    return only.value


def test_a_rate_reaches_to_the_ends_of_its_range() -> None:
    # 21 samples, 2 a second, cover the whole closed interval; the counter restarts in its middle.
    steady = MemoryStore([series("c", [1000 + 30 * i for i in range(21)])])
    restarted = MemoryStore([series("c", [30 * i if i < 10 else 30 * (i - 10) for i in range(1, 22)])])
    assert value(steady, "rate(c[5m])", START_MS + 5 * MINUTE) == pytest.approx(2)
    assert value(restarted, "increase(c[5m])", START_MS + 5 * MINUTE) == pytest.approx(570)


def test_a_rate_of_one_sample_is_nothing() -> None:
    assert instant(MemoryStore([series("c", [1.0])]), "rate(c[5m])", START_MS).value == []


def test_a_sample_stands_for_five_minutes() -> None:
    store = MemoryStore([series("g", [7.0])])
    assert value(store, "g", START_MS + 5 * MINUTE) == 7
    assert instant(store, "g", START_MS + 5 * MINUTE + 1).value == []


def test_a_quantile_is_read_within_its_bucket() -> None:
    assert bucket_quantile(0.5, [(1, 10), (2, 30), (inf, 40)]) == pytest.approx(1.5)
    assert bucket_quantile(0.99, [(1, 10), (2, 30), (inf, 40)]) == 2
    assert isnan(bucket_quantile(0.5, [(1, 10), (2, 30)]))
    assert isnan(bucket_quantile(0.5, [(1, 0), (inf, 0)]))


def test_a_bucket_that_lags_behind_is_raised_to_the_one_below() -> None:
    assert bucket_quantile(0.5, [(1, 10), (2, 9), (inf, 20)]) == pytest.approx(1)


def test_a_quantile_of_values_is_interpolated() -> None:
    assert quantile(0.5, [4, 1, 3, 2]) == pytest.approx(2.5)
    assert isnan(quantile(0.5, []))
    assert isnan(quantile(nan, [1]))
    assert (quantile(-0.1, [1]), quantile(1.1, [1])) == (-inf, inf)


def test_zero_by_zero_is_not_a_number_and_one_by_zero_is_infinite() -> None:
    assert isnan(instant(MemoryStore([]), "0 / 0", 0).value)  # type: ignore[arg-type]
    assert instant(MemoryStore([]), "-1 / 0", 0).value == -inf


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_query_gives_one_finite_number_a_group(key: str) -> None:
    found = as_vector(instant(MemoryStore(fleet()), SHIPPED[key], END_MS).value)
    assert len(found) == len({one.labels for one in found}) >= 2
    assert sum(isnan(one.value) for one in found) == (1 if key == "redis_hit_ratio" else 0)


@pytest.mark.parametrize("query", SHIPPED.values())
def test_each_step_of_a_range_is_an_instant(query: str) -> None:
    store = MemoryStore(fleet())
    for one in as_matrix(over_range(store, query, START_MS, START_MS + 30 * MINUTE, 10 * MINUTE).value):
        for moment, step in zip(one.times, one.values, strict=True):
            there = dict(as_vector(instant(store, query, moment).value))
            assert there[one.labels] == step or isnan(step)


def test_overlapping_windows_are_read_once() -> None:
    store = MemoryStore(fleet())
    over_range(store, "rate(gappy[5m])", START_MS, START_MS + 30 * MINUTE, 15_000)
    assert store.asked == [(START_MS - 5 * MINUTE, START_MS + 30 * MINUTE)]


def test_samples_between_windows_are_not_read() -> None:
    store = MemoryStore(fleet())
    over_range(store, "rate(gappy[5m])", START_MS, START_MS + 60 * MINUTE, 30 * MINUTE)
    assert [end - start for start, end in store.asked] == [5 * MINUTE] * 3


def test_one_selector_in_two_places_is_read_once() -> None:
    store = MemoryStore(fleet())
    instant(store, "rate(gappy[5m]) / (rate(gappy[5m]) + 1)", END_MS)
    assert len(store.asked) == 1


@pytest.mark.parametrize("query", REFUSED)
def test_a_refusal_says_where(query: str) -> None:
    with pytest.raises(QueryParseError, match=r"^\d+:\d+: parse error: \S"):
        instant(MemoryStore([]), query, 0)


@pytest.mark.parametrize("query", ["(" * 5000 + "1" + ")" * 5000, "-" * 5000 + "1", "+".join(["a"] * 5000)])
def test_a_tree_too_deep_is_refused(query: str) -> None:
    with pytest.raises(QueryParseError, match="nested too deeply"):
        instant(MemoryStore([]), query, 0)


def test_a_query_outside_the_subset_is_refused() -> None:
    with pytest.raises(QueryParseError, match='unknown function with name "holt_winters"'):
        instant(MemoryStore([]), "holt_winters(a[5m], 0.5, 0.5)", 0)


@pytest.mark.parametrize(
    ("query", "reason"),
    [("a[5m]", 'invalid expression type "range vector"'), ('"a"', 'invalid expression type "string"')],
)
def test_only_what_has_one_value_a_step_has_a_range(query: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        over_range(MemoryStore([]), query, 0, 1000, 1000)


def test_every_function_that_parses_is_evaluated() -> None:
    assert set(SIGNATURES) == {*CALLS, *MATH, *OVER_TIME, "time", "scalar"}


def test_a_matcher_matches_the_whole_value_and_absent_is_empty() -> None:
    assert Matcher("a", "=~", "b|c").accepts("c")
    assert not Matcher("a", "=~", "b").accepts("bb")
    assert Matcher("a", "!=", "b").accepts("")
    assert Matcher("a", "=~", ".*").accepts("two\nlines")


@pytest.mark.parametrize(
    ("number", "text"), [(5.0, "5"), (1e-7, "1e-07"), (1e21, "1e+21"), (-inf, "-Inf"), (nan, "NaN")]
)
def test_a_sample_is_written_shortly(number: float, text: str) -> None:
    assert encoded(number) == text


def test_a_scalar_has_no_exponent() -> None:
    assert shown(1e-7) == "0.0000001"
