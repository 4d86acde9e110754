"""How often, how much and how far back: what the config's `[sync]` may change."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Intervals are in seconds; a watched topic is one that a visible pane shows."""

    requests_per_minute: int = 300
    """To GitLab, over all loops; an eighth may come at once."""
    logs_per_minute: int = 60
    """Job logs read for cache outcomes; each costs one to five of GitLab's requests."""
    horizon: timedelta = timedelta(days=90)
    """How far back pipelines, jobs and deployments are filled."""
    workers: int = 3
    """Projects filled at the same time; one more is asked for what somebody waits for."""
    fleet: float = 15
    """Between looks at the whole fleet while it is watched; four times as much when nothing changes."""
    fleet_unwatched: float = 60
    active: float = 15
    """Between looks at the jobs of a running pipeline while jobs are watched."""
    want: float = 5
    """The soonest that something somebody looks at is asked again."""
    sweep: float = 600
    """A project's changes are asked for at least so often, for a retry of an old pipeline is not in the fleet page."""
    deployments: float = 300
    deployments_unwatched: float = 1800
    runners: float = 60
    runners_unwatched: float = 300
    engine: float = 30
    engine_unwatched: float = 60
    metrics: float = 15
    metrics_unwatched: float = 60
    prune: float = 6 * 3600
