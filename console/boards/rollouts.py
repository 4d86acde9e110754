"""The Roll-outs boards: where each service stands on its way to new code."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..model.metrics import Points
from ..model.rollouts import Deployment
from .live import ask

if TYPE_CHECKING:
    from ..ports import Services

_SERIES = timedelta(hours=3)
_STEP = timedelta(minutes=1)


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
    problems: tuple[str, ...] = ()
    """As of the board of all services."""


async def rollouts(services: Services) -> RolloutsBoard:
    """Every service and environment; live sources that fail are said and disturb no other."""
    from .tracks import gather

    scene = await gather(services)
    return RolloutsBoard(scene.rows(services.clock()), services.clock(), scene.problems)


async def rollout(services: Services, service: str, environment: str) -> RolloutBoard:
    """One service with series of the last three hours. Raises SourceError when nothing is known of it."""
    from ..ports import SourceError, Trouble
    from .tracks import gather

    now = services.clock()
    scene, errors, p95 = await asyncio.gather(
        gather(services),
        _series(services, "track_error_ratio", service, now),
        _series(services, "track_p95_seconds", service, now),
    )
    row = next((one for one in scene.rows(now) if (one.service, one.environment) == (service, environment)), None)
    if row is None:
        raise SourceError(
            f"nothing is known of {service} in {environment or 'any environment'}", trouble=Trouble.MISSING
        )
    tracks = tuple(
        replace(one, points_error=errors.get(one.name, ()), points_p95=p95.get(one.name, ())) for one in row.tracks
    )
    past: tuple[Deployment, ...] = ()
    if row.project_id is not None:
        past = await services.history.deployments(project_id=row.project_id, environment=environment, limit=50)
    finished = (one for one in past if one.status not in ("created", "running", "blocked"))
    return RolloutBoard(replace(row, tracks=tracks), tuple(_past(one) for one in finished), now, scene.problems)


def _past(one: Deployment) -> PastRollout:
    ended = one.finished_at
    return PastRollout(one, None if ended is None else max(timedelta(), ended - one.created_at), one.status)


Series = dict[str, tuple[tuple[datetime, float], ...]]


async def _series(services: Services, name: str, service: str, now: datetime) -> Series:
    """Points by track; nothing when the store does not answer, which the board's figures say already."""
    query = services.settings.queries.get(name, "")
    if services.metrics is None or not query:
        return {}
    question = services.metrics.range(query, start=now - _SERIES, end=now, step=_STEP)
    matrix, _ = await ask(services, "prometheus", f"{query} of the last hours", question)
    return {} if matrix is None else {_track(one): one.points for one in matrix.series if _of(one, service)}


def _track(series: Points) -> str:
    return series.labels.get("track", "stable")


def _of(series: Points, service: str) -> bool:
    return series.labels.get("service") == service
