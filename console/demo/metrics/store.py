"""All series of the fleet, found by their names and matchers."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import inf

from console.demo.clock import Clock
from console.demo.metrics.curves import Curve
from console.demo.metrics.flows import STEP
from console.demo.metrics.platform import container_curves, redis_curves, target_curves
from console.demo.metrics.runners import runner_curves
from console.demo.metrics.services import service_curves
from console.demo.promql import Matcher, Series
from console.demo.promql.labels import NAME, Labels, label
from console.demo.promql.series import all_accept
from console.demo.world.world import World

Target = tuple[str, str]
"""Job and instance of something that is scraped."""


class MetricStore:
    """What Prometheus has scraped of the world until now, by the clock."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self.clock = world, clock

    @cached_property
    def by_name(self) -> dict[str, list[Curve]]:
        """Every series, by its metric's name."""
        found: dict[str, list[Curve]] = {}
        for curve in self._curves():
            found.setdefault(label(curve.labels, NAME), []).append(curve)
        return found

    def _curves(self) -> Iterator[Curve]:
        scraped = [*service_curves(self.world), *runner_curves(self.world)]
        scraped += [*redis_curves(self.world), *container_curves(self.world)]
        yield from scraped
        since: dict[Target, float] = {}
        for curve in scraped:
            target = label(curve.labels, "job"), label(curve.labels, "instance")
            since[target] = min(since.get(target, inf), curve.since)
        yield from target_curves(self.world, since)

    def select(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Iterator[Series]:
        """Every series that passes, with its samples in the closed interval; none lies in the future."""
        until = min(end_ms, int(self.clock.now() * 1000))
        for curve in self._passing(matchers):
            series = curve.window(start_ms, until)
            if series is not None:
                yield series

    def _passing(self, matchers: Sequence[Matcher]) -> Iterator[Curve]:
        by_name = [matcher for matcher in matchers if matcher.name == NAME]
        others = [matcher for matcher in matchers if matcher.name != NAME]
        for name, curves in self.by_name.items():
            if all(matcher.accepts(name) for matcher in by_name):
                yield from (curve for curve in curves if all_accept(others, curve.labels))

    def labels(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> list[Labels]:
        """The label sets that have a sample in the interval, sorted; no sample is computed for it."""
        return sorted(series.labels for series in self.select(matchers, start_ms, end_ms))

    def targets(self) -> list[Target]:
        """Everything that is scraped now, sorted."""
        now_ms = int(self.clock.now() * 1000)
        up = self.labels([Matcher(NAME, "=", "up")], now_ms - 2 * STEP * 1000, now_ms)
        return [(label(one, "job"), label(one, "instance")) for one in up]
