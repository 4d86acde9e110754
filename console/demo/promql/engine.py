"""Queries as the HTTP API asks them: at one moment, or at every step of a span."""

from collections.abc import Iterator
from dataclasses import dataclass

from console.demo.promql.checks import type_of
from console.demo.promql.evaluator import Evaluator
from console.demo.promql.labels import Labels
from console.demo.promql.nodes import ValueType
from console.demo.promql.parser import parse
from console.demo.promql.reader import Reader
from console.demo.promql.series import Series, SeriesStore
from console.demo.promql.values import Matrix, Value, as_vector


@dataclass(frozen=True, slots=True)
class Answer:
    """A value and its type; a string is a `str`, a scalar a `float`, a vector samples and a matrix series."""

    type: ValueType
    value: Value


def instant(store: SeriesStore, query: str, at_ms: int) -> Answer:
    """The query's value at a moment, in Unix milliseconds. Raises QueryParseError or ExecutionError."""
    node = parse(query)
    return Answer(type_of(node), Evaluator(Reader(store, at_ms)).value(node, at_ms))


def over_range(store: SeriesStore, query: str, start_ms: int, end_ms: int, step_ms: int) -> Answer:
    """The query's values from start to end, both included, by series; a scalar is a series without labels.

    The series are sorted by their labels. Raises QueryParseError, ExecutionError, and ValueError for
    an expression that has no single value at each step, or a step that is not above zero.
    """
    if step_ms <= 0:
        raise ValueError("zero or negative query resolution step widths are not accepted. Try a positive integer")
    node = parse(query)
    found = type_of(node)
    if found not in (ValueType.SCALAR, ValueType.VECTOR):
        raise ValueError(f'invalid expression type "{found}" for range query, must be Scalar or instant Vector')
    evaluator = Evaluator(Reader(store, end_ms, step_ms))
    columns: dict[Labels, tuple[list[int], list[float]]] = {}
    for moment in range(start_ms, end_ms + 1, step_ms):
        for labels, value in _elements(evaluator.value(node, moment)):
            times, values = columns.setdefault(labels, ([], []))
            times.append(moment)
            values.append(value)
    matrix: Matrix = [Series(labels, *columns[labels]) for labels in sorted(columns)]
    return Answer(ValueType.MATRIX, matrix)


def _elements(value: Value) -> Iterator[tuple[Labels, float]]:
    if isinstance(value, float):
        yield (), value
    else:
        yield from as_vector(value)
