"""Series as functions of time: computed where they are looked at, and nowhere else."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, inf
from typing import Protocol, overload

from console.demo.metrics.flows import STEP, Flow, totals_at
from console.demo.promql import Series
from console.demo.promql.labels import Labels, labels_of

Values = Callable[[range], list[float]]
"""A series' values at a run of samples, each numbered by its Unix seconds / STEP."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One series: its labels, its values at any samples, and the closed span of Unix seconds in which it is scraped."""

    labels: Labels
    values: Values
    since: float
    until: float = inf

    def window(self, start_ms: int, end_ms: int) -> Series | None:
        """Its samples in a closed interval, computed when they are read; None when it has none there."""
        first = ceil(max(start_ms / 1000, self.since) / STEP)
        last = floor(min(end_ms / 1000, self.until) / STEP)
        if first > last:
            return None
        times = range(first * STEP * 1000, last * STEP * 1000 + 1, STEP * 1000)
        return Series(self.labels, times, Column(self.values, first, len(times)))


class Column(Sequence[float]):
    """The values of a run of samples, computed when they are first asked for.

    Windows are read from old to new and overlap, so the stretch that was read last is kept and grows.
    """

    def __init__(self, values: Values, first: int, count: int) -> None:
        self._values, self._first, self._count = values, first, count
        self._start, self._known = 0, list[float]()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> float: ...
    @overload
    def __getitem__(self, place: slice) -> list[float]: ...
    def __getitem__(self, place: int | slice) -> float | list[float]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._count)
            assert step == 1, "a query reads windows without gaps"
            return self._stretch(start, stop)
        return self._stretch(range(self._count)[place], range(self._count)[place] + 1)[0]

    def _stretch(self, start: int, stop: int) -> list[float]:
        if not self._start <= start <= self._start + len(self._known):
            self._start, self._known = start, []
        unknown = range(self._first + self._start + len(self._known), self._first + stop)
        if unknown:
            self._known += self._values(unknown)
        return self._known[start - self._start : stop - self._start]


@dataclass(frozen=True, slots=True)
class Share:
    """From `since` to `until` (Unix seconds), `factor` of a flow is counted."""

    since: float
    until: float
    factor: float


class Counter:
    """The sum of shares of flows since `origin`, in whole numbers unless `whole` is off. It never falls."""

    def __init__(self, origin: float, parts: Sequence[tuple[Flow, Sequence[Share]]], *, whole: bool = True) -> None:
        self._origin, self._whole = origin, whole
        self._parts = [(flow, _steps(flow, shares, origin)) for flow, shares in parts]

    def __call__(self, samples: range) -> list[float]:
        totals = [0.0] * len(samples)
        for flow, (starts, steps) in self._parts:
            for run in _runs(starts, samples):
                place = bisect_right(starts, run.start * STEP) - 1
                if place >= 0:
                    counted, began, factor = steps[place]
                    for at, total in enumerate(totals_at(flow, self._origin, run), run.start - samples.start):
                        totals[at] += counted + factor * (total - began)
        return [float(floor(total)) for total in totals] if self._whole else totals


def _runs(starts: Sequence[float], samples: range) -> Iterator[range]:
    """The samples cut where a share begins."""
    cuts = [ceil(start / STEP) for start in starts]
    edges = [samples.start, *(cut for cut in cuts if samples.start < cut < samples.stop), samples.stop]
    yield from (range(low, high) for low, high in pairwise(edges) if low < high)


Steps = tuple[list[float], list[tuple[float, float, float]]]


def _steps(flow: Flow, shares: Sequence[Share], origin: float) -> Steps:
    """When each share begins, with what was counted until then, the flow's total then, and the share's factor."""
    starts: list[float] = []
    steps: list[tuple[float, float, float]] = []
    counted = 0.0
    for share in shares:
        if share.until <= origin:
            continue
        since = max(share.since, origin)
        starts.append(since)
        steps.append((counted, flow.total(origin, since), share.factor))
        if share.until < inf:
            counted += share.factor * flow.total(since, share.until)
    return starts, steps


def constant(value: float) -> Values:
    """The same at every sample."""
    return lambda samples: [float(value)] * len(samples)


def each(value: Callable[[int], float]) -> Values:
    """What a function gives at the Unix time of each sample."""
    return lambda samples: [float(value(sample * STEP)) for sample in samples]


class CurveOf(Protocol):
    """Makes curves that have a beginning and labels in common."""

    def __call__(self, name: str, values: Values, /, **labels: str) -> Curve:
        """The curve of a metric with labels of its own."""
        ...


def curve_of(since: float, **common: str) -> CurveOf:
    """Curves of one target: scraped from `since` on, with the target's labels."""

    def curve(name: str, values: Values, /, **labels: str) -> Curve:
        return Curve(labels_of({"__name__": name, **common, **labels}), values, since)

    return curve
