"""Functions of instant vectors and scalars."""

import re
from collections.abc import Callable
from math import ceil, exp, floor, inf, isinf, isnan, log, log2, log10, nan, sqrt

from console.demo.promql.errors import ExecutionError
from console.demo.promql.labels import label, labels_of, nameless, with_label
from console.demo.promql.nodes import Node, Range, Selector
from console.demo.promql.series import Sample
from console.demo.promql.values import Vector


def _whole(rounding: Callable[[float], float]) -> Callable[[float], float]:
    """Rounding that leaves NaN and infinity as they are, where Python's raises."""
    return lambda value: value if isnan(value) or isinf(value) else float(rounding(value))


def _logarithm(base: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: base(value) if value > 0 else -inf if value == 0 else nan


def _exponential(value: float) -> float:
    try:
        return exp(value)
    except OverflowError:
        return inf


def _sign(value: float) -> float:
    return value if isnan(value) else float((value > 0) - (value < 0))


def _root(value: float) -> float:
    return sqrt(value) if value >= 0 else nan


MATH: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": _whole(ceil),
    "floor": _whole(floor),
    "exp": _exponential,
    "ln": _logarithm(log),
    "log2": _logarithm(log2),
    "log10": _logarithm(log10),
    "sqrt": _root,
    "sgn": _sign,
}
"""Functions of each value by itself."""


def mapped(vector: Vector, function: Callable[[float], float]) -> Vector:
    """The function of every value; the metric's name goes."""
    return [Sample(nameless(labels), function(value)) for labels, value in vector]


def clamp(vector: Vector, lowest: float, highest: float) -> Vector:
    """Every value held between two limits; nothing when the limits are crossed."""
    if highest < lowest:
        return []
    return mapped(vector, lambda value: _at_least(_at_most(value, highest), lowest))


def clamp_min(vector: Vector, lowest: float) -> Vector:
    """Every value held at or above a limit."""
    return mapped(vector, lambda value: _at_least(value, lowest))


def clamp_max(vector: Vector, highest: float) -> Vector:
    """Every value held at or below a limit."""
    return mapped(vector, lambda value: _at_most(value, highest))


def _at_least(value: float, limit: float) -> float:
    return nan if isnan(value) or isnan(limit) else max(value, limit)


def _at_most(value: float, limit: float) -> float:
    return nan if isnan(value) or isnan(limit) else min(value, limit)


def rounded(vector: Vector, to_nearest: float = 1.0) -> Vector:
    """Every value rounded to the nearest multiple; ties go up. The inverse keeps 0.1 and its like exact."""
    inverse = 1 / to_nearest if to_nearest else inf
    return mapped(vector, lambda value: _whole(floor)(value * inverse + 0.5) / inverse)


def scalar(vector: Vector) -> float:
    """The value of the one element; NaN when there is not exactly one."""
    return vector[0].value if len(vector) == 1 else nan


def ordered(vector: Vector, *, descending: bool) -> Vector:
    """By value; NaN comes last either way."""
    return sorted(vector, key=lambda one: (isnan(one.value), -one.value if descending else one.value))


def absent(argument: Node, present: bool) -> Vector:
    """One element of value 1 when nothing is there, labelled with what the selector asked to be equal."""
    return [] if present else [Sample(labels_of(_asked(argument)), 1.0)]


def _asked(argument: Node) -> dict[str, str]:
    selector = argument.selector if isinstance(argument, Range) else argument
    if not isinstance(selector, Selector):
        return {}
    equal = [(one.name, one.value) for one in selector.matchers if one.op == "=" and one.name != "__name__"]
    names = [one.name for one in selector.matchers]
    return {name: value for name, value in equal if names.count(name) == 1}


def label_replace(vector: Vector, target: str, replacement: str, source: str, pattern: str) -> Vector:
    """Where the whole value of `source` matches, `target` becomes the replacement with its `$1` filled in."""
    try:
        compiled = re.compile(pattern, re.DOTALL)
    except re.error as error:
        raise ExecutionError(f"invalid regular expression in label_replace(): {pattern}") from error
    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", target):
        raise ExecutionError(f"invalid destination label name in label_replace(): {target}")
    found: Vector = []
    for labels, value in vector:
        match = compiled.fullmatch(label(labels, source))
        found.append(Sample(with_label(labels, target, _filled(replacement, match)) if match else labels, value))
    return found


_REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


def _filled(replacement: str, match: re.Match[str]) -> str:
    """Go's template: `$1`, `${1}`, `${name}` and `$$`; what the pattern does not have is empty."""

    def group(reference: re.Match[str]) -> str:
        name = reference.group(1) or reference.group(2)
        if name is None:
            return "$"
        try:
            return match.group(int(name) if name.isdigit() else name) or ""
        except IndexError:
            return ""

    return _REFERENCE.sub(group, replacement)
