"""Binary operators between scalars, a vector and a scalar, and two vectors whose elements are paired by labels."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from math import copysign, fmod, inf, isnan, nan

from console.demo.promql.checks import COMPARISONS, SET_OPERATORS
from console.demo.promql.errors import ExecutionError
from console.demo.promql.labels import NAME, Labels, drop, keep, label, labels_of, nameless, show
from console.demo.promql.nodes import Cardinality, Matching
from console.demo.promql.series import Sample
from console.demo.promql.values import Vector


def _divide(a: float, b: float) -> float:
    """IEEE 754 division: x/0 is an infinity with the sign of both, 0/0 is NaN."""
    if b != 0:
        return a / b
    return nan if a == 0 or isnan(a) else copysign(inf, a) * copysign(1.0, b)


def _modulo(a: float, b: float) -> float:
    try:
        return fmod(a, b)
    except ValueError:
        return nan


def _power(a: float, b: float) -> float:
    try:
        result = a**b
    except OverflowError:
        return inf if a > 0 or b % 2 == 0 else -inf
    except ZeroDivisionError:
        return copysign(inf, a) if b % 2 == 1 else inf
    return nan if isinstance(result, complex) else result


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": _modulo,
    "^": _power,
}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def scalars(op: str, left: float, right: float) -> float:
    """Of two scalars; a comparison is 1 or 0."""
    return float(COMPARE[op](left, right)) if op in COMPARISONS else ARITHMETIC[op](left, right)


def with_scalar(op: str, vector: Vector, number: float, *, swapped: bool, return_bool: bool) -> Vector:
    """Of each element and a scalar, which stands left when `swapped`; a comparison without bool filters."""
    found: Vector = []
    for labels, value in vector:
        pair = (number, value) if swapped else (value, number)
        if op in ARITHMETIC:
            found.append(Sample(nameless(labels), ARITHMETIC[op](*pair)))
        elif return_bool:
            found.append(Sample(nameless(labels), float(COMPARE[op](*pair))))
        elif COMPARE[op](*pair):
            found.append(Sample(labels, value))
    return found


def vectors(op: str, left: Vector, right: Vector, matching: Matching, *, return_bool: bool) -> Vector:
    """Of two vectors. Raises ExecutionError when the pairs are not unique."""
    if op in SET_OPERATORS:
        return _set(op, left, right, matching)
    return _Pairing(op, matching, return_bool).pair(left, right)


def _key(matching: Matching) -> Callable[[Labels], Labels]:
    """The labels by which elements are paired."""
    if matching.on:
        return lambda labels: keep(labels, matching.labels)
    ignored = matching.labels | {NAME}
    return lambda labels: drop(labels, ignored)


def _set(op: str, left: Vector, right: Vector, matching: Matching) -> Vector:
    key = _key(matching)
    if op == "or":
        present = {key(one.labels) for one in left}
        return left + [one for one in right if key(one.labels) not in present]
    present = {key(one.labels) for one in right}
    return [one for one in left if (key(one.labels) in present) == (op == "and")]


@dataclass(frozen=True, slots=True)
class _Pairing:
    """One operator between two vectors, element by element."""

    op: str
    matching: Matching
    return_bool: bool

    def pair(self, left: Vector, right: Vector) -> Vector:
        key = _key(self.matching)
        swapped = self.matching.cardinality == Cardinality.ONE_TO_MANY
        many, one = (right, left) if swapped else (left, right)
        single = self._unique(one, key, "left" if swapped else "right")
        found: Vector = []
        seen: dict[Labels, set[Labels]] = {}
        for sample in many:
            group = key(sample.labels)
            if group not in single:
                continue
            other = single[group]
            pair = (other.value, sample.value) if swapped else (sample.value, other.value)
            value = self._value(*pair)
            if value is None:
                continue
            result = self._labels(sample.labels, other.labels)
            self._check(seen.setdefault(group, set()), result)
            found.append(Sample(nameless(result) if self.return_bool else result, value))
        return found

    def _unique(self, side: Vector, key: Callable[[Labels], Labels], name: str) -> dict[Labels, Sample]:
        found: dict[Labels, Sample] = {}
        for sample in side:
            group = key(sample.labels)
            if group in found:
                raise ExecutionError(
                    f"found duplicate series for the match group {show(group)} on the {name} hand-side "
                    f"of the operation: [{show(sample.labels)}, {show(found[group].labels)}];"
                    "many-to-many matching not allowed: matching labels must be unique on one side"
                )
            found[group] = sample
        return found

    def _value(self, left: float, right: float) -> float | None:
        """None: the comparison filters this pair out."""
        if self.op in ARITHMETIC:
            return ARITHMETIC[self.op](left, right)
        kept = COMPARE[self.op](left, right)
        if self.return_bool:
            return float(kept)
        return left if kept else None

    def _labels(self, many: Labels, one: Labels) -> Labels:
        labels = nameless(many) if self.op in ARITHMETIC else many
        if self.matching.cardinality == Cardinality.ONE_TO_ONE:
            return (keep if self.matching.on else drop)(labels, self.matching.labels)
        if not self.matching.include:
            return labels
        return labels_of({**dict(labels), **{name: label(one, name) for name in self.matching.include}})

    def _check(self, seen: set[Labels], result: Labels) -> None:
        if self.matching.cardinality == Cardinality.ONE_TO_ONE:
            if seen:
                raise ExecutionError(
                    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                )
        elif result in seen:
            raise ExecutionError("multiple matches for labels: grouping labels must ensure unique matches")
        seen.add(result)
