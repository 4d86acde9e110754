"""What evaluation passes around, and the few questions that are asked of all of it."""

from typing import cast

from console.demo.promql.errors import ExecutionError
from console.demo.promql.series import Sample, Series

Vector = list[Sample]
Matrix = list[Series]
Value = float | str | Vector | Matrix


def as_scalar(value: Value) -> float:
    """The value, which the parser has checked to be a scalar."""
    assert isinstance(value, float)
    return value


def as_text(value: Value) -> str:
    """The value, which the parser has checked to be a string."""
    assert isinstance(value, str)
    return value


def as_vector(value: Value) -> Vector:
    """The value, which the parser has checked to be an instant vector."""
    assert isinstance(value, list)
    return cast(Vector, value)


def as_matrix(value: Value) -> Matrix:
    """The value, which the parser has checked to be a range vector."""
    assert isinstance(value, list)
    return cast(Matrix, value)


def distinct(vector: Vector) -> Vector:
    """The vector itself. Raises ExecutionError when two elements have the same labels."""
    if len({labels for labels, _ in vector}) < len(vector):
        raise ExecutionError("vector cannot contain metrics with the same labelset")
    return vector
