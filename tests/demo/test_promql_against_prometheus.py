"""The engine beside a real Prometheus: the same samples, the same questions, the same answers and errors."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from math import inf, isnan
from typing import Any

import pytest

from console.demo.promql import Answer, ExecutionError, QueryParseError, instant, over_range
from console.demo.promql.numbers import encoded, shown
from console.demo.promql.values import as_matrix, as_vector
from tests.demo.promql_expressions import EXPRESSIONS, REFUSED, SHIPPED
from tests.demo.promql_series import END_MS, START_MS, STEP_MS, MemoryStore, fleet, open_metrics
from tests.real.metrics import RealPrometheus

pytestmark = pytest.mark.real
MOMENTS = (START_MS + 10 * STEP_MS, START_MS + 77 * STEP_MS + 4_321, END_MS, END_MS + 290_000)


class Asked(RealPrometheus):
    """A real Prometheus that is asked over HTTP."""

    def ask(self, path: str, **parameters: str | float) -> dict[str, Any]:
        """The JSON of an answer, also of a refusal."""
        address = f"{self.url}{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as refusal:
            found = json.load(refusal)
        return found


@pytest.fixture(scope="module")
def real() -> Iterator[Asked]:
    server = Asked(open_metrics=open_metrics(fleet()))
    yield server
    server.destroy()


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    return MemoryStore(fleet())


def number(text: str) -> float:
    return float(text.replace("Inf", "inf"))


def alike(ours: float, theirs: float) -> bool:
    if isnan(ours) or isnan(theirs):
        return isnan(ours) and isnan(theirs)
    if inf in (abs(ours), abs(theirs)):
        return ours == theirs
    return ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def rows(answer: Answer) -> dict[str, list[tuple[float, float]]]:
    """(time in ms, value) of each series by its labels; a scalar has none."""
    if isinstance(answer.value, float):
        return {"{}": [(0, answer.value)]}
    if answer.type == "instant vector":
        return {json.dumps(dict(one.labels)): [(0, one.value)] for one in as_vector(answer.value)}
    return {
        json.dumps(dict(one.labels)): list(zip(one.times, one.values, strict=True)) for one in as_matrix(answer.value)
    }


def real_rows(found: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    if found["resultType"] == "scalar":
        return {"{}": [(0, number(found["result"][1]))]}
    if found["resultType"] == "vector":
        return {
            json.dumps(dict(sorted(one["metric"].items()))): [(0, number(one["value"][1]))] for one in found["result"]
        }
    return {
        json.dumps(dict(sorted(one["metric"].items()))): [(round(t * 1000), number(v)) for t, v in one["values"]]
        for one in found["result"]
    }


def compare(ours: dict[str, list[tuple[float, float]]], theirs: dict[str, list[tuple[float, float]]]) -> None:
    assert sorted(ours) == sorted(theirs)
    for labels, points in theirs.items():
        assert [t for t, _ in ours[labels]] == [t for t, _ in points], labels
        for (_, our), (moment, their) in zip(ours[labels], points, strict=True):
            assert alike(our, their), f"{labels} at {moment}: {our} is not {their}"


@pytest.mark.parametrize("query", [*SHIPPED.values(), *EXPRESSIONS])
def test_an_instant_query_gives_what_prometheus_gives(real: Asked, store: MemoryStore, query: str) -> None:
    for moment in MOMENTS:
        theirs = real.ask("/api/v1/query", query=query, time=moment / 1000)
        if theirs["status"] == "success":
            compare(rows(instant(store, query, moment)), real_rows(theirs["data"]))
        else:
            with pytest.raises(ExecutionError) as caught:
                instant(store, query, moment)
            assert (theirs["errorType"], theirs["error"]) == ("execution", str(caught.value))


@pytest.mark.parametrize("step_ms", [37_000, 600_000])
@pytest.mark.parametrize("query", [*SHIPPED.values(), *EXPRESSIONS])
def test_a_range_query_gives_what_prometheus_gives(real: Asked, store: MemoryStore, query: str, step_ms: int) -> None:
    first, last = START_MS - 61_000, END_MS + 400_000
    asked = {"start": first / 1000, "end": last / 1000, "step": step_ms / 1000}
    theirs = real.ask("/api/v1/query_range", query=query, **asked)
    if theirs["status"] == "success":
        compare(rows(over_range(store, query, first, last, step_ms)), real_rows(theirs["data"]))
        return
    with pytest.raises((ExecutionError, ValueError)) as caught:
        over_range(store, query, first, last, step_ms)
    assert str(caught.value) in theirs["error"]


@pytest.mark.parametrize("query", REFUSED)
def test_a_wrong_query_is_refused_in_the_words_of_prometheus(real: Asked, query: str) -> None:
    theirs = real.ask("/api/v1/query", query=query)
    with pytest.raises(QueryParseError) as caught:
        instant(MemoryStore([]), query, 0)
    assert theirs["error"] == f'invalid parameter "query": {caught.value}'


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, -1.5, 1e-6, 9.9e-7, 1e20, 1e21, 123456789.125, 1 / 3, inf, -inf])
def test_a_number_is_written_as_prometheus_writes_it(real: Asked, value: float) -> None:
    scalar = real.ask("/api/v1/query", query=shown(value))
    vector = real.ask("/api/v1/query", query=f"vector({shown(value)})")
    assert scalar["data"]["result"][1] == shown(value)
    assert vector["data"]["result"][0]["value"][1] == encoded(value)


def test_a_string_is_its_own_value(real: Asked, store: MemoryStore) -> None:
    query = r'"a \"string\"\x21\u00e9\n"'
    assert real.ask("/api/v1/query", query=query)["data"]["result"][1] == instant(store, query, 0).value
