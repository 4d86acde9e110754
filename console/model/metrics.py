"""Answers of a Prometheus-like store."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """One series at one moment; a value that is not a number is None, an infinite one stays."""

    labels: dict[str, str]
    value: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Points:
    """One series over time; NaN points are left out."""

    labels: dict[str, str]
    points: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, slots=True)
class Vector:
    """Answer of an instant query; `warnings` say what is partial about it."""

    samples: tuple[Sample, ...]
    at: datetime
    warnings: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Matrix:
    """Answer of a range query; `warnings` say what is partial about it."""

    series: tuple[Points, ...]
    at: datetime
    warnings: tuple[str, ...] = field(default=())
