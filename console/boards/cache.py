"""The Cache boards: hit ratios of every layer, and why there are misses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..ports import CacheEvidence


@dataclass(frozen=True, slots=True)
class MissReason:
    """Why restores missed, and how often."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class CacheRow:
    """One layer as a whole, or one project, job or key of the runner cache."""

    layer: str
    """runner, docker build or redis."""
    name: str
    """Project path, job, key, engine or instance."""
    project_id: int | None
    hits: int
    fallbacks: int
    misses: int
    """Including lookups that failed."""
    hit_ratio: float | None
    """Hits over all; a fallback is not a hit. None: no traffic, which is not 0 %."""
    change: float | None
    """Difference of the ratio to the window before, in points of 0..1."""
    lost: timedelta | None
    """Time spent because of misses, estimated from restores and jobs that hit; None: not known."""
    reasons: tuple[MissReason, ...] = ()
    """Most frequent first."""
    points: tuple[tuple[date, float], ...] = ()
    """Hit ratio by UTC day, oldest first."""
    note: str = ""
    """A finding, such as a runner with a local cache only."""


@dataclass(frozen=True, slots=True)
class CacheBoard:
    """All layers; the runner cache by project (or one project's jobs and keys), worst first."""

    rows: tuple[CacheRow, ...]
    goal: float
    project: str
    """Empty: the fleet."""
    evidence: tuple[CacheEvidence, ...]
    """With a project: its newest misses, to open their logs."""
    window: timedelta
    at: datetime
    problems: tuple[str, ...] = ()
    """Layers that could not be read, in words."""
