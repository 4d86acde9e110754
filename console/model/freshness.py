"""How fresh what we know of each source is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Condition of one source."""

    LIVE = "live"
    LOADING = "loading"
    """Asked for the first time, nothing has come yet."""
    SLOW = "slow"
    STALE = "stale"
    LIMITED = "limited"
    """Told to wait by a rate limit, until `next_try`."""
    FAILING = "failing"
    OFF = "off"
    """Not configured."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What the header says of one source."""

    source: str
    """gitlab, prometheus, or docker:NAME."""
    state: State
    fresh_at: datetime | None = None
    """When it last answered."""
    reason: str = ""
    since: datetime | None = None
    """Since when it has been failing."""
    tries: int = 0
    next_try: datetime | None = None
    loaded: int | None = None
    total: int | None = None
    """For a fill under way: how much of how much has come."""
    complete_since: datetime | None = None
    """During a fill: from when on everything is stored; None: not even the newest pages of all projects are."""
    requests_left: int | None = None
