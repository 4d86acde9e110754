"""Columns of what `show` prints: each knows the figure, for programs, and how people read it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from ...text import NO_DATA, clean
from ..table import Column

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """One column. `name` heads it in CSV and stays the same between versions; a unit stands in it."""

    name: str
    title: str
    value: Callable[[T], Any]
    """The figure: text, number, time or None; ratios are 0..1, spans are timedeltas."""
    text: Callable[[T], str] | None = None
    """How people read it; None: as its text."""
    right: bool = False
    least: int = 0
    optional: int = 0

    @property
    def column(self) -> Column:
        return Column(self.title, self.right, self.least, self.optional)

    def shown(self, row: T) -> str:
        """For a table."""
        value = self.text(row) if self.text else self.value(row)
        return NO_DATA if value in (None, "") else clean(str(value))

    def raw(self, row: T) -> str:
        """For CSV: seconds, plain numbers, ISO times; no data is empty."""
        value = self.value(row)
        if value is None:
            return ""
        if isinstance(value, timedelta):
            return f"{value.total_seconds():g}"
        if isinstance(value, float):
            return f"{value:.6g}"
        return clean(value.isoformat() if isinstance(value, datetime) else str(value), 10_000)


@dataclass(frozen=True, slots=True)
class View(Generic[T]):
    """One table of a board."""

    fields: Sequence[Field[T]]
    rows: Sequence[T]
    title: str = ""
    total: T | None = None
    """A last line for people; programs add up themselves."""
    notes: Sequence[str] = ()
    """Lines under the table."""
