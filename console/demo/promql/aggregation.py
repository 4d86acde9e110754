"""Aggregation operators: many elements of a vector to one for each group, or to some of each group."""

from collections.abc import Callable
from math import isnan

from console.demo.promql.errors import ExecutionError
from console.demo.promql.labels import NAME, Labels, drop, keep, with_label
from console.demo.promql.numbers import shown
from console.demo.promql.series import Sample
from console.demo.promql.statistics import PLAIN, quantile
from console.demo.promql.values import Value, Vector, as_scalar, as_text

Groups = dict[Labels, Vector]


def aggregate(op: str, vector: Vector, grouping: frozenset[str], without: bool, parameter: Value | None) -> Vector:
    """The aggregation's result. Raises ExecutionError for a parameter out of range."""
    groups = grouped(vector, grouping, without)
    if op in ("topk", "bottomk"):
        return _ranked(groups, as_scalar(_given(parameter)), descending=op == "topk")
    if op == "count_values":
        return _counted(groups, as_text(_given(parameter)))
    figure = _figure(op, parameter)
    return [Sample(labels, float(figure([one.value for one in group]))) for labels, group in groups.items()]


def grouped(vector: Vector, grouping: frozenset[str], without: bool) -> Groups:
    """The elements by the labels that are left of them."""
    groups: Groups = {}
    dropped = grouping | {NAME}
    for sample in vector:
        key = drop(sample.labels, dropped) if without else keep(sample.labels, grouping)
        groups.setdefault(key, []).append(sample)
    return groups


def _given(parameter: Value | None) -> Value:
    assert parameter is not None, "the parser lets no such operator pass without its parameter"
    return parameter


def _figure(op: str, parameter: Value | None) -> Callable[[list[float]], float]:
    if op == "group":
        return lambda values: 1.0
    if op == "quantile":
        q = as_scalar(_given(parameter))
        return lambda values: quantile(q, values)
    return PLAIN[op]


def _ranked(groups: Groups, k: float, *, descending: bool) -> Vector:
    """The first k of each group; they keep their labels, and NaN comes last."""
    if isnan(k) or abs(k) >= 2**63:
        raise ExecutionError(f"Scalar value {shown(k)} overflows int64")
    return [
        sample
        for group in groups.values()
        for sample in sorted(group, key=lambda one: _rank(one.value, descending))[: max(0, int(k))]
    ]


def _rank(value: float, descending: bool) -> tuple[bool, float]:
    return isnan(value), -value if descending else value


def _counted(groups: Groups, name: str) -> Vector:
    """How many elements of each group have each value; the value becomes the label `name`."""
    found: dict[Labels, float] = {}
    for labels, group in groups.items():
        for one in group:
            key = with_label(labels, name, shown(one.value))
            found[key] = found.get(key, 0.0) + 1
    return [Sample(labels, count) for labels, count in found.items()]
