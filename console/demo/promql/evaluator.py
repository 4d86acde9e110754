"""The value of a syntax tree at one moment."""

from collections.abc import Callable

from console.demo.promql import binary, functions, over_time, rates
from console.demo.promql.aggregation import aggregate
from console.demo.promql.histogram import histogram_quantile
from console.demo.promql.labels import Labels
from console.demo.promql.nodes import (
    Aggregation,
    Binary,
    Call,
    Negation,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    Subquery,
    Text,
)
from console.demo.promql.rates import Bounds
from console.demo.promql.reader import Reader
from console.demo.promql.series import Sample, Series
from console.demo.promql.statistics import quantile
from console.demo.promql.values import Matrix, Value, Vector, as_matrix, as_scalar, as_text, as_vector, distinct

DEFAULT_SUBQUERY_STEP_MS = 60_000
"""Prometheus takes its evaluation interval, which is a minute unless configured."""


class Evaluator:
    """Evaluates over what a reader gives. Times are Unix milliseconds. Raises ExecutionError."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def value(self, node: Node, now: int) -> Value:
        """The value of a node, of the type that `checks.type_of` tells."""
        match node:
            case Number() | Text():
                return node.value
            case Paren():
                return self.value(node.inner, now)
            case Negation():
                return self._negated(self.value(node.inner, now))
            case Selector():
                return self.reader.latest(node, now)
            case Range() | Subquery():
                return self.matrix(node, now)
            case Aggregation():
                return self._aggregated(node, now)
            case Binary():
                return self._combined(node, now)
            case Call():
                return self._called(node, now)

    def vector(self, node: Node, now: int) -> Vector:
        """The value of a node that gives an instant vector."""
        return as_vector(self.value(node, now))

    def scalar(self, node: Node, now: int) -> float:
        """The value of a node that gives a scalar."""
        return as_scalar(self.value(node, now))

    def _negated(self, value: Value) -> Value:
        return -value if isinstance(value, float) else distinct(functions.mapped(as_vector(value), lambda one: -one))

    def _aggregated(self, node: Aggregation, now: int) -> Vector:
        parameter = None if node.parameter is None else self.value(node.parameter, now)
        return aggregate(node.op, self.vector(node.inner, now), node.grouping, node.without, parameter)

    def _combined(self, node: Binary, now: int) -> Value:
        left, right = self.value(node.left, now), self.value(node.right, now)
        if isinstance(left, float) and isinstance(right, float):
            return binary.scalars(node.op, left, right)
        if isinstance(right, float):
            found = binary.with_scalar(node.op, as_vector(left), right, swapped=False, return_bool=node.return_bool)
        elif isinstance(left, float):
            found = binary.with_scalar(node.op, as_vector(right), left, swapped=True, return_bool=node.return_bool)
        else:
            assert node.matching is not None
            found = binary.vectors(
                node.op, as_vector(left), as_vector(right), node.matching, return_bool=node.return_bool
            )
        return distinct(found)

    def _called(self, node: Call, now: int) -> Value:
        name, given = node.function, node.arguments
        if name == "time":
            return now / 1000
        if name == "scalar":
            return functions.scalar(self.vector(given[0], now))
        if name in over_time.OVER_TIME:
            return distinct(over_time.over_time(name, self.matrix(given[0], now), self.bounds(given[0], now)))
        if name in functions.MATH:
            return distinct(functions.mapped(self.vector(given[0], now), functions.MATH[name]))
        return distinct(CALLS[name](self, given, now))

    def matrix(self, node: Node, now: int) -> Matrix:
        """The series of a range selector or a subquery that have samples in its range."""
        match node:
            case Paren():
                return self.matrix(node.inner, now)
            case Range():
                return self.reader.range(node, now)
            case Subquery():
                return self._subquery(node, now)
            case _:
                return as_matrix(self.value(node, now))

    def bounds(self, node: Node, now: int) -> Bounds:
        """The interval that a range selector or a subquery covers."""
        match node:
            case Paren():
                return self.bounds(node.inner, now)
            case Range():
                end = now - node.selector.offset_ms
                return Bounds(end - node.range_ms, end, now)
            case Subquery():
                end = now - node.offset_ms
                return Bounds(end - node.range_ms, end, now)
            case _:
                raise AssertionError(f"{node} is no range: the parser lets none of them pass")

    def _subquery(self, node: Subquery, now: int) -> Matrix:
        """The inner expression on a grid of whole steps since 1970, as Prometheus aligns it."""
        bounds, step = self.bounds(node, now), node.step_ms or DEFAULT_SUBQUERY_STEP_MS
        first = -(-bounds.start_ms // step) * step
        found: dict[Labels, tuple[list[int], list[float]]] = {}
        for moment in range(first, bounds.end_ms + 1, step):
            for labels, value in self.vector(node.inner, moment):
                times, values = found.setdefault(labels, ([], []))
                times.append(moment)
                values.append(value)
        return [Series(labels, times, values) for labels, (times, values) in found.items()]


Arguments = tuple[Node, ...]


def _absent_over_time(self: Evaluator, given: Arguments, now: int) -> Vector:
    return functions.absent(given[0], bool(self.matrix(given[0], now)))


def _quantile_over_time(self: Evaluator, given: Arguments, now: int) -> Vector:
    q = self.scalar(given[0], now)
    return over_time.each(
        self.matrix(given[1], now), self.bounds(given[1], now), lambda series, bounds: quantile(q, series.values)
    )


def _predict_linear(self: Evaluator, given: Arguments, now: int) -> Vector:
    seconds = self.scalar(given[1], now)
    return over_time.each(
        self.matrix(given[0], now),
        self.bounds(given[0], now),
        lambda series, bounds: rates.predict_linear(series, bounds, seconds),
    )


def _clamp(self: Evaluator, given: Arguments, now: int) -> Vector:
    return functions.clamp(self.vector(given[0], now), self.scalar(given[1], now), self.scalar(given[2], now))


def _label_replace(self: Evaluator, given: Arguments, now: int) -> Vector:
    texts = [as_text(self.value(one, now)) for one in given[1:]]
    return functions.label_replace(self.vector(given[0], now), *texts)


def _timestamp(self: Evaluator, given: Arguments, now: int) -> Vector:
    plain = given[0]
    while isinstance(plain, Paren):
        plain = plain.inner
    if isinstance(plain, Selector):
        return self.reader.latest_times(plain, now)
    return functions.mapped(self.vector(plain, now), lambda value: now / 1000)


CALLS: dict[str, Callable[[Evaluator, Arguments, int], Vector]] = {
    "absent": lambda self, given, now: functions.absent(given[0], bool(self.vector(given[0], now))),
    "absent_over_time": _absent_over_time,
    "clamp": _clamp,
    "clamp_max": lambda self, given, now: functions.clamp_max(self.vector(given[0], now), self.scalar(given[1], now)),
    "clamp_min": lambda self, given, now: functions.clamp_min(self.vector(given[0], now), self.scalar(given[1], now)),
    "histogram_quantile": lambda self, given, now: histogram_quantile(
        self.scalar(given[0], now), self.vector(given[1], now)
    ),
    "label_replace": _label_replace,
    "predict_linear": _predict_linear,
    "quantile_over_time": _quantile_over_time,
    "round": lambda self, given, now: functions.rounded(
        self.vector(given[0], now), *(self.scalar(one, now) for one in given[1:])
    ),
    "sort": lambda self, given, now: functions.ordered(self.vector(given[0], now), descending=False),
    "sort_desc": lambda self, given, now: functions.ordered(self.vector(given[0], now), descending=True),
    "timestamp": _timestamp,
    "vector": lambda self, given, now: [Sample((), self.scalar(given[0], now))],
}
