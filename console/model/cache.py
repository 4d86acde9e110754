"""What job logs tell of runner caches."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """Fate of one cache key at restore."""

    HIT = "hit"
    FALLBACK = "fallback"
    """Of a whole cache: its own key missed, a fallback key was extracted."""
    MISS = "miss"
    ERROR = "error"
    """The lookup failed for a reason other than absence; counts as a miss with a cause."""
    NONE = "none"
    """No cache is configured."""
    UNKNOWN = "unknown"


class Via(StrEnum):
    """How a key was looked up."""

    REMOTE = "remote"
    LOCAL = "local"
    REMOTE_OR_LOCAL = "remote_or_local"
    UNKNOWN = "unknown"


class Saved(StrEnum):
    """Fate of one cache key at save."""

    UPLOADED = "uploaded"
    STORED_LOCAL = "stored_local"
    UP_TO_DATE = "up_to_date"
    SKIPPED_POLICY = "skipped_policy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Restore:
    """One attempt to restore one key."""

    key: str
    outcome: Outcome
    """hit, miss or error; `fallback_attempt` tells whether it was a fallback key."""
    via: Via
    fallback_attempt: bool = False
    reason: str = ""
    line: int | None = None
    """Line of the log, from 1, that decided the outcome."""


@dataclass(frozen=True, slots=True)
class Save:
    """One attempt to save one key."""

    key: str
    outcome: Saved


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a job log."""

    name: str
    duration: timedelta | None
    """None: the section never ended."""


@dataclass(frozen=True, slots=True)
class FirstError:
    """The line that most likely says why the job failed."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class JobLog:
    """What one job log tells: caches in log order, sections, first error."""

    restore: tuple[Restore, ...]
    save: tuple[Save, ...]
    overall: Outcome
    """Best fate over the job's caches: hit only when every cache hit, miss when any missed."""
    sections: tuple[Section, ...]
    first_error: FirstError | None


@dataclass(frozen=True, slots=True)
class CacheUse:
    """Fate of one configured cache in one job: what history keeps and the hit ratio counts."""

    key: str
    outcome: Outcome
    """hit, fallback, miss or error."""
    via: Via = Via.UNKNOWN
    reason: str = ""
    seconds: float | None = None
    """Duration of the restore section, shared evenly by the job's caches."""
