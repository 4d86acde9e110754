"""What all pipelines of a fleet share: its seed, when it was first looked at, and which runners are paused when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from .nouns import Runner
from .pools import RUNNERS

Span = tuple[float, float]


def paused_from_the_beginning() -> dict[int, tuple[Span, ...]]:
    return {runner.id: ((-inf, inf),) for runner in RUNNERS if runner.paused}


@dataclass(frozen=True, slots=True)
class Setting:
    seed: int
    start: float
    pauses: Mapping[int, tuple[Span, ...]] = field(default_factory=paused_from_the_beginning)
    """(since, until) by id of the runner, oldest first; inf: until somebody resumes it."""

    def paused(self, runner_id: int, t: float) -> bool:
        return any(since <= t < until for since, until in self.pauses.get(runner_id, ()))

    def free(self, pool: str, t: float) -> list[Runner]:
        """The runners of this pool that take jobs at `t`."""
        return [one for one in RUNNERS if one.pool == pool and one.online and not self.paused(one.id, t)]

    def next_free(self, pool: str, t: float) -> float:
        """When a runner of this pool takes jobs again, given that none does at `t`; inf: never."""
        ends = (
            until for one in RUNNERS if one.pool == pool and one.online for _, until in self.pauses.get(one.id, ())
            if until > t
        )  # fmt: skip
        return min(ends, default=inf)

    def with_pause(self, runner_id: int, t: float, wanted: bool) -> "Setting":
        """The same with this runner paused or resumed from `t` on."""
        if self.paused(runner_id, t) == wanted:
            return self
        spans = self.pauses.get(runner_id, ())
        spans = (*spans, (t, inf)) if wanted else (*spans[:-1], (spans[-1][0], t))
        return Setting(self.seed, self.start, {**self.pauses, runner_id: spans})
