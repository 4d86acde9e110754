"""Half an answer: what a clustered store gives while one of its parts is away, with the warning that says so."""

from collections.abc import Iterable, Sequence

from console.demo.promql import Matcher, Series, SeriesStore
from console.demo.promql.labels import label
from console.demo.world.dice import share

PARTIAL_WARNING = (
    "No StoreAPIs matched for this query: receive series from Addr: thanos-store-1:10901: "
    "rpc error: code = Unavailable desc = connection refused"
)


class HalfStore:
    """A store without the series of about half the targets: the same ones in every query."""

    def __init__(self, whole: SeriesStore) -> None:
        self.whole = whole

    def select(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Iterable[Series]:
        """Those that are left of what passes."""
        for series in self.whole.select(matchers, start_ms, end_ms):
            if share("answers", label(series.labels, "instance")) < 0.5:
                yield series
