"""What a query reads: series of samples behind a store, chosen by matchers. Times are Unix milliseconds."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from console.demo.promql.labels import Labels, label


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label: `=`, `!=`, `=~` or `!~`; regular expressions match the whole value.

    Raises re.error when `value` is to be a regular expression and is none.
    """

    name: str
    op: str
    value: str
    _pattern: re.Pattern[str] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.op in ("=~", "!~"):
            object.__setattr__(self, "_pattern", re.compile(self.value, re.DOTALL))

    def accepts(self, value: str) -> bool:
        """Whether a label value passes; an absent label counts as the empty string."""
        hit = value == self.value if self._pattern is None else self._pattern.fullmatch(value) is not None
        return hit if self.op in ("=", "=~") else not hit


class Sample(NamedTuple):
    """One element of an instant vector."""

    labels: Labels
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of one label set: `times` in ascending Unix milliseconds, `values` beside them, of equal length."""

    labels: Labels
    times: Sequence[int]
    values: Sequence[float]


class SeriesStore(Protocol):
    """Where the samples are."""

    def select(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Iterable[Series]:
        """Every series that passes all matchers, with its samples in the closed interval; none twice.

        Series without a sample there may be left out.
        """
        ...


def all_accept(matchers: Iterable[Matcher], labels: Labels) -> bool:
    """Whether a label set passes every matcher."""
    return all(matcher.accepts(label(labels, matcher.name)) for matcher in matchers)
