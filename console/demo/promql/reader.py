"""What the selectors of one query have read from the store, kept for the steps that follow."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from console.demo.promql.labels import nameless
from console.demo.promql.nodes import Range, Selector
from console.demo.promql.series import Matcher, Sample, Series, SeriesStore
from console.demo.promql.values import Matrix, Vector

LOOKBACK_MS = 300_000
"""A sample stands for its series for five minutes, Prometheus' default."""
_AHEAD_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Series read in one go over a closed interval, sorted by their labels as Prometheus' own storage gives them."""

    start_ms: int
    end_ms: int
    series: tuple[Series, ...]


class Reader:
    """Reads the store for a query whose last step is at `end_ms` and whose steps are `step_ms` apart (0: one step).

    Where the steps' windows overlap, up to an hour is read ahead; where they do not (days at a wide
    step), only the windows are, so that the samples between them are never made.
    """

    def __init__(self, store: SeriesStore, end_ms: int, step_ms: int = 0) -> None:
        self._store, self._end_ms, self._step_ms = store, end_ms, step_ms
        self._read: dict[tuple[tuple[Matcher, ...], int, int], _Stretch] = {}

    def latest(self, selector: Selector, now: int) -> Vector:
        """The last sample of each series, if it is at most five minutes old."""
        return [Sample(series.labels, series.values[at - 1]) for series, at in self._lasts(selector, now)]

    def latest_times(self, selector: Selector, now: int) -> Vector:
        """When the last sample of each series was taken, in Unix seconds."""
        return [
            Sample(nameless(series.labels), series.times[at - 1] / 1000) for series, at in self._lasts(selector, now)
        ]

    def range(self, node: Range, now: int) -> Matrix:
        """The samples of each series in the closed interval that ends now; series without any are left out."""
        end = now - node.selector.offset_ms
        start = end - node.range_ms
        found: Matrix = []
        for series in self._window(node.selector, node.range_ms, end):
            low, high = bisect_left(series.times, start), bisect_right(series.times, end)
            if low < high:
                found.append(Series(series.labels, series.times[low:high], series.values[low:high]))
        return found

    def _lasts(self, selector: Selector, now: int) -> Iterator[tuple[Series, int]]:
        """Each series with the index just after its last sample."""
        end = now - selector.offset_ms
        for series in self._window(selector, LOOKBACK_MS, end):
            at = bisect_right(series.times, end)
            if at and series.times[at - 1] >= end - LOOKBACK_MS:
                yield series, at

    def _window(self, selector: Selector, span_ms: int, end_ms: int) -> tuple[Series, ...]:
        """Series whose samples cover at least the closed interval of `span_ms` up to `end_ms`."""
        key, start_ms = (selector.matchers, span_ms, selector.offset_ms), end_ms - span_ms
        held = self._read.get(key)
        if held is None or start_ms < held.start_ms or end_ms > held.end_ms:
            last_ms = max(end_ms, self._end_ms - selector.offset_ms)
            ahead = _AHEAD_MS if 0 < self._step_ms <= span_ms else 0
            until = min(end_ms + ahead, last_ms)
            found = sorted(self._store.select(selector.matchers, start_ms, until), key=lambda one: one.labels)
            held = _Stretch(start_ms, until, tuple(found))
            self._read[key] = held
        return held.series
