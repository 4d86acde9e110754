"""The Roll-outs boards: where each service stands on its way to new code."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..model.rollouts import Deployment


@dataclass(frozen=True, slots=True)
class Track:
    """One track of a service: stable, canary, blue, green."""

    name: str
    version: str
    """Image tag, ref or short commit."""
    replicas: int | None
    desired: int | None
    weight: float | None
    """Share of requests it really gets, 0..1."""
    request_rate: float | None
    """A second."""
    error_ratio: float | None
    p95: timedelta | None
    restarts: int | None = None
    points_error: tuple[tuple[datetime, float], ...] = ()
    points_p95: tuple[tuple[datetime, float], ...] = ()
    """Seconds. Series are filled on the board of one service only."""


@dataclass(frozen=True, slots=True)
class RolloutRow:
    """One service in one environment."""

    service: str
    environment: str
    project_id: int | None
    strategy: str
    """canary, blue-green, rolling or unknown."""
    step: str
    """Such as `canary 25 %`, `done`, `failed`; in words because systems differ."""
    desired: float | None
    """Share the canary should have, 0..1, where something tells."""
    tracks: tuple[Track, ...]
    deployment: Deployment | None
    """The newest."""
    since: datetime | None
    """Since when it has stood at this step."""
    concern: str = ""
    """What is wrong in words, with both values: `errors canary 6.1 %, stable 0.4 %`; empty when nothing is."""
    sources: tuple[str, ...] = ()
    """Who told: gitlab, docker:NAME, prometheus."""


@dataclass(frozen=True, slots=True)
class PastRollout:
    """One finished deployment."""

    deployment: Deployment
    duration: timedelta | None
    outcome: str


@dataclass(frozen=True, slots=True)
class RolloutsBoard:
    """Every service, those in trouble or under way first."""

    rows: tuple[RolloutRow, ...]
    at: datetime
    problems: tuple[str, ...] = ()
    """Sources that could not be read, in words; what they told before is not blanked."""


@dataclass(frozen=True, slots=True)
class RolloutBoard:
    """One service with its series and history."""

    row: RolloutRow
    past: tuple[PastRollout, ...]
    at: datetime
