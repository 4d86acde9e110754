"""The query API's answers as the model's nouns, checked where they enter."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import isnan
from typing import Any

import msgspec
from msgspec import Raw, Struct

from ...model.metrics import Matrix, Points, Sample, Vector
from ...ports import SourceError, Trouble
from ...text import clean

MOST_LABEL_CHARACTERS = 500


class Data(Struct, rename="camel"):
    """The result, not decoded before its type is known."""

    result_type: str = ""
    result: Raw = Raw(b"null")


class Answer(Struct, rename="camel"):
    """What every endpoint wraps its answer in."""

    status: str
    data: Data | None = None
    error_type: str = ""
    error: str = ""
    warnings: list[str] | None = None
    infos: list[str] | None = None
    is_partial: bool = False
    """VictoriaMetrics: some of its storage nodes did not answer."""


class InstantSeries(Struct):
    """One series of a vector."""

    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None
    """Seconds since 1970 and the number as text; None: a native histogram is in its place."""


class RangeSeries(Struct):
    """One series of a matrix."""

    metric: dict[str, str] = {}
    values: list[tuple[float, str]] | None = None
    histograms: list[Any] | None = None


def opened(body: bytes) -> Answer:
    """The wrapping; raises msgspec.DecodeError when it is no answer of Prometheus' API."""
    return msgspec.json.decode(body, type=Answer)


def vector(body: bytes, at: datetime) -> Vector:
    """An instant query's answer; raises SourceError for another result type, msgspec.DecodeError for no answer."""
    answer = opened(body)
    series = msgspec.json.decode(_result(answer, "vector", "an instant query"), type=list[InstantSeries])
    samples = tuple(_sample(one, one.value) for one in series if one.value is not None)
    return Vector(samples, at, _warnings(answer, len(series) - len(samples)))


def matrix(body: bytes, at: datetime, notes: Sequence[str] = ()) -> Matrix:
    """A range query's answer, `notes` told before its own warnings; raises as `vector`."""
    answer = opened(body)
    series = msgspec.json.decode(_result(answer, "matrix", "a range query"), type=list[RangeSeries])
    histograms = sum(1 for one in series if one.histograms)
    points = tuple(_points(one) for one in series if one.values or not one.histograms)
    return Matrix(points, at, (*notes, *_warnings(answer, histograms)))


def _result(answer: Answer, wanted: str, asked: str) -> Raw:
    if answer.data is None:
        raise msgspec.ValidationError("Object missing required field `data`")
    told = answer.data.result_type
    if told != wanted:
        raise SourceError(
            f"The query gives a {clean(told, 40) or 'result without a type'}, and {asked} needs a {wanted}.",
            trouble=Trouble.UNSUPPORTED,
            remedy=_REMEDIES.get(told, "Correct it under [contexts.NAME.prometheus.queries] in the config."),
        )
    return answer.data.result


_REMEDIES = {
    "scalar": "Wrap it in vector(…), under [contexts.NAME.prometheus.queries] in the config.",
    "matrix": "Take the range such as [5m] away, or put a function such as rate(…) around it.",
    "string": "Write an expression instead of a text in quotes.",
}


def _sample(one: InstantSeries, value: tuple[float, str]) -> Sample:
    number = _number(value[1])
    return Sample(_labels(one.metric), None if isnan(number) else number, _moment(value[0]))


def _points(one: RangeSeries) -> Points:
    numbers = ((seconds, _number(text)) for seconds, text in one.values or ())
    return Points(_labels(one.metric), tuple((_moment(at), number) for at, number in numbers if not isnan(number)))


def _number(text: str) -> float:
    """`NaN`, `+Inf` and `-Inf` as well; raises msgspec.ValidationError for what is no number."""
    try:
        return float(text)
    except ValueError:
        raise msgspec.ValidationError(f"Expected a number, got {clean(text, 40)!r}") from None


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise msgspec.ValidationError(f"Expected seconds since 1970, got {seconds!r}") from None


def _labels(metric: dict[str, str]) -> dict[str, str]:
    return {clean(name, MOST_LABEL_CHARACTERS): clean(value, MOST_LABEL_CHARACTERS) for name, value in metric.items()}


def _warnings(answer: Answer, histograms: int) -> tuple[str, ...]:
    told = [clean(text, 300) for text in (*(answer.warnings or ()), *(answer.infos or ()))]
    if answer.is_partial:
        told.append("The answer is partial: some storage nodes did not answer.")
    if histograms:
        told.append(f"{histograms} series hold native histograms, which are left out.")
    return tuple(told)
