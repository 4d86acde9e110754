"""The JSON around every answer of Prometheus' HTTP API, good or bad."""

from collections.abc import Iterable
from typing import Any

import msgspec
from starlette.responses import Response

from console.demo.promql import Answer, Series
from console.demo.promql.labels import Labels
from console.demo.promql.numbers import encoded, shown
from console.demo.promql.values import as_matrix, as_vector

_STATUS = {"bad_data": 400, "execution": 422, "internal": 500, "timeout": 503, "unavailable": 503, "not_found": 404}
_RESULT_TYPES = {"scalar": "scalar", "string": "string", "instant vector": "vector", "range vector": "matrix"}


class ApiError(Exception):
    """A refusal of a kind that Prometheus knows: `bad_data`, `execution`, `internal`, `timeout`, …"""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason

    @property
    def response(self) -> Response:
        """The refusal as it is sent."""
        return _json({"status": "error", "errorType": self.kind, "error": self.reason}, _STATUS[self.kind])


def success(content: Any, warnings: Iterable[str] = (), infos: Iterable[str] = ()) -> Response:
    """An answer with its content; warnings and infos are left out when there are none."""
    notes = {name: found for name, notes in (("warnings", warnings), ("infos", infos)) if (found := list(notes))}
    return _json({"status": "success", "data": content, **notes}, 200)


def _json(body: Any, status: int) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def result(answer: Answer, at_ms: int) -> dict[str, Any]:
    """The value of a query; `at_ms` is the moment of an instant query, Unix milliseconds."""
    return {"resultType": _RESULT_TYPES[answer.type], "result": _value(answer, at_ms)}


def _value(answer: Answer, at_ms: int) -> Any:
    value = answer.value
    if isinstance(value, float):
        return [seconds(at_ms), shown(value)]
    if isinstance(value, str):
        return [seconds(at_ms), value]
    if answer.type == "instant vector":
        vector = as_vector(value)
        return [{"metric": dict(labels), "value": [seconds(at_ms), encoded(number)]} for labels, number in vector]
    return [_series(one) for one in as_matrix(value)]


def _series(series: Series) -> dict[str, Any]:
    points = zip(series.times, series.values, strict=True)
    return {"metric": dict(series.labels), "values": [[seconds(time), encoded(value)] for time, value in points]}


def seconds(milliseconds: int) -> int | float:
    """Unix seconds as they are written: without decimals when there are none."""
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def as_metrics(labels: Iterable[Labels]) -> list[dict[str, str]]:
    """Label sets as JSON objects."""
    return [dict(one) for one in labels]
