"""What is known of one source's health, and when it may be tried again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ..model.freshness import SourceHealth, State
from ..ports import SourceError, Trouble
from .pace import Pace

SLOW = timedelta(seconds=5)
"""An answer that took longer makes the source slow."""
LONGEST_WAIT = timedelta(hours=1)
"""A server that names a later moment is asked again then all the same: its clock or header may be wrong."""


class Condition:
    """Health of one source as its answers and failures tell it; `changed` is called when its state changes.

    `stale_after` is in seconds; None: an answer never gets too old.
    """

    def __init__(self, source: str, pace: Pace, changed: Callable[[], None], stale_after: float | None = None) -> None:
        self._pace = pace
        self._changed = changed
        self._stale_after = timedelta.max if stale_after is None else timedelta(seconds=stale_after)
        self._failed_at: datetime | None = None
        self._now = SourceHealth(source, State.LOADING)
        self.error: SourceError | None = None
        """The last failure, while it fails."""

    @property
    def tries(self) -> int:
        """Failures in a row; 0: it answers, or was never asked."""
        return self._now.tries

    @property
    def next_try(self) -> datetime | None:
        """None: any time."""
        return self._now.next_try

    def health(self) -> SourceHealth:
        """As of now: an answer that is too old is stale, though nothing failed."""
        health = self._now
        old = health.fresh_at is not None and self._pace.clock() - health.fresh_at > self._stale_after
        return replace(health, state=State.STALE) if old and health.state in (State.LIVE, State.SLOW) else health

    def answered(self, took: timedelta = timedelta()) -> None:
        """It answered."""
        self.error = None
        state = State.SLOW if took > SLOW else State.LIVE
        self._become(SourceHealth(self._now.source, state, fresh_at=self._pace.clock()))

    def failed(self, error: SourceError, asked_at: datetime) -> None:
        """It did not. A request sent before the last failure came back tells nothing new: it is not another try."""
        now = self._pace.clock()
        again = self._failed_at is not None and asked_at < self._failed_at
        tries = self.tries if again else self.tries + 1
        limited = error.trouble is Trouble.LIMITED
        self._failed_at, self.error = now, error
        self._become(
            SourceHealth(
                self._now.source,
                State.LIMITED if limited else State.FAILING,
                fresh_at=self._now.fresh_at,
                reason=str(error),
                since=self._now.since or now,
                tries=tries,
                next_try=self._next_try(error, tries, now),
            )
        )

    def retry_now(self) -> None:
        """Let the next try be now, unless the source itself named a time."""
        if self._now.state is State.FAILING:
            self._now = replace(self._now, next_try=None)

    def _next_try(self, error: SourceError, tries: int, now: datetime) -> datetime:
        if error.retry_at is not None and error.retry_at > now:
            return min(error.retry_at, now + LONGEST_WAIT)
        return now + timedelta(seconds=self._pace.backoff(tries))

    def _become(self, health: SourceHealth) -> None:
        before, self._now = self._now, health
        if (before.state, before.reason, before.next_try) != (health.state, health.reason, health.next_try):
            self._changed()
