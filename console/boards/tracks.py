"""What history, engines and metrics tell of roll-outs, put together into rows."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..insight import concern
from ..insight.rollouts import (
    NEW,
    OLD,
    Placed,
    newest_started,
    placed,
    share_named,
    step,
    strategy,
    together,
    weights,
)
from ..model.pipelines import Project
from ..model.rollouts import Deployment, Environment
from ..ports import Services
from .live import ask
from .rollouts import RolloutRow, Track

FIGURES = ("track_request_rate", "track_error_ratio", "track_p95_seconds")
_TIERS = ("production", "staging")
"""Environments that are always shown; others while something happens there."""
_GONE = ("stopped", "stopping")
Place = tuple[str, str]
"""Service and environment."""
Values = Mapping[tuple[str, str], float]
"""Figures by service and track."""


@dataclass(slots=True)
class Scene:
    """Everything that is known, by service and environment."""

    projects: Mapping[int, Project]
    deployments: dict[Place, list[Deployment]] = field(default_factory=dict)
    owners: dict[Place, int] = field(default_factory=dict)
    tracks: dict[Place, list[Placed]] = field(default_factory=dict)
    figures: dict[str, Values] = field(default_factory=dict)
    tellers: dict[Place, list[str]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def rows(self, now: datetime) -> tuple[RolloutRow, ...]:
        """Those in trouble first, then those under way, then the rest by name."""
        places = dict.fromkeys([*self.deployments, *self.tracks])
        rows = [self._row(place, now) for place in places]
        return tuple(sorted(rows, key=lambda row: (not row.concern, not _under_way(row), row.service, row.environment)))

    def _row(self, place: Place, now: datetime) -> RolloutRow:
        history, mine = self.deployments.get(place, []), self.tracks.get(place, [])
        newest = newest_started(history)
        told = next((one.strategy for one in mine if one.strategy), "")
        kind = strategy([one.track for one in mine], (one.job_name for one in history), told)
        tracks = self._tracks(place[0], mine)
        share = next((one.weight for one in tracks if one.name in NEW), None)
        desired = share_named(newest.job_name) if newest is not None and newest.status != "failed" else None
        desired = desired if kind == "canary" and desired is not None and desired < 1 else None
        owner = self.owners.get(place)
        return RolloutRow(
            place[0],
            place[1],
            owner,
            kind,
            step(kind, share, _live(tracks), newest),
            desired,
            tracks,
            newest,
            _since(mine, newest),
            _concern(tracks, desired, newest, now),
            tuple(dict.fromkeys(self.tellers.get(place, ()))),
        )

    def _tracks(self, service: str, mine: Sequence[Placed]) -> tuple[Track, ...]:
        rates, errors, p95 = (self.figures.get(name, {}) for name in FIGURES)
        names = [one.track for one in mine]
        shares = weights(
            {name: rates.get((service, name)) for name in names}, {one.track: one.replicas for one in mine}
        )
        return tuple(
            Track(
                one.track,
                one.version,
                one.replicas,
                one.desired,
                shares[one.track],
                rates.get((service, one.track)),
                errors.get((service, one.track)),
                _span(p95.get((service, one.track))),
                one.restarts,
            )
            for one in sorted(mine, key=lambda one: (one.track in NEW, one.track))
        )


async def gather(services: Services) -> Scene:
    """Ask everybody at once; live sources for a few seconds at most."""
    queries = [services.settings.queries.get(name, "") for name in FIGURES]
    metrics = services.metrics
    asked = (
        [ask(services, "prometheus", one, metrics.instant(one)) for one in queries if one]
        if metrics is not None
        else []
    )
    (projects, environments, deployments), engines, vectors = await asyncio.gather(
        _stored(services),
        asyncio.gather(*(ask(services, f"docker:{one.name}", "engine", one.engine()) for one in services.engines)),
        asyncio.gather(*asked),
    )
    scene = Scene({one.id: one for one in projects if not one.archived})
    _add_deployments(scene, environments, deployments)
    names = [name for name, query in zip(FIGURES, queries, strict=True) if query]
    for name, (vector, _) in zip(names, vectors, strict=False):
        if vector is not None:
            scene.figures[name] = {
                (one.labels.get("service", ""), one.labels.get("track", "stable")): one.value
                for one in vector.samples
                if one.value is not None and one.labels.get("service")
            }
    answered = [
        (f"docker:{source.name}", one)
        for source, (engine, _) in zip(services.engines, engines, strict=True)
        if engine is not None
        for one in placed(engine)
    ]
    _add_tracks(scene, answered)
    warnings = [f"prometheus: {one}" for vector, _ in vectors if vector is not None for one in vector.warnings]
    said = [problem for _, problem in (*engines, *vectors) if problem]
    scene.problems = tuple(dict.fromkeys([*said, *warnings]))
    return scene


async def _stored(
    services: Services,
) -> tuple[tuple[Project, ...], tuple[Environment, ...], tuple[Deployment, ...]]:
    return (
        await services.history.projects(),
        await services.history.environments(),
        await services.history.deployments(limit=20),
    )


def _add_deployments(scene: Scene, environments: Iterable[Environment], deployments: Iterable[Deployment]) -> None:
    known = {(one.project_id, one.name): one for one in environments}
    groups: dict[tuple[int, str], list[Deployment]] = {}
    for one in deployments:
        groups.setdefault((one.project_id, one.environment), []).append(one)
    for (id, name), mine in groups.items():
        project, environment = scene.projects.get(id), known.get((id, name))
        if project is None or not _shown(name, environment, mine):
            continue
        place = (_service(project), name)
        scene.deployments[place], scene.owners[place] = mine, id
        scene.tellers.setdefault(place, []).append("gitlab")


def _shown(name: str, environment: Environment | None, deployments: Sequence[Deployment]) -> bool:
    if environment is not None and environment.state in _GONE:
        return False
    newest = newest_started(deployments)
    tier = environment.tier if environment is not None else ""
    return tier in _TIERS or name.startswith(("prod", "stag")) or (newest is not None and newest.status == "running")


def _service(project: Project) -> str:
    return project.path.rpartition("/")[2]


def _add_tracks(scene: Scene, told: Sequence[tuple[str, Placed]]) -> None:
    """Tracks go to the environment their label names, else to their project's production."""
    homes = {service: environment for service, environment in scene.deployments if environment.startswith("prod")}
    for source, one in told:
        place = (one.service, one.environment or homes.get(one.service, ""))
        scene.tellers.setdefault(place, []).append(source)
    for one in together(one for _, one in told):
        place = (one.service, one.environment or homes.get(one.service, ""))
        scene.tracks.setdefault(place, []).append(one)
        _own(scene, place, one)
    _add_measured(scene, homes)


def _add_measured(scene: Scene, homes: Mapping[str, str]) -> None:
    """Tracks that only the metrics know, and who tells figures of which service."""
    placed_in = {service: (service, environment) for service, environment in scene.tracks}
    measured = dict.fromkeys(key for values in scene.figures.values() for key in values)
    for service, track in measured:
        place = placed_in.get(service, (service, homes.get(service, "")))
        scene.tellers.setdefault(place, []).append("prometheus")
        mine = scene.tracks.setdefault(place, [])
        if all(one.track != track for one in mine):
            mine.append(Placed(service, track, place[1], "", "", "", None, None, None, None))


def _own(scene: Scene, place: Place, one: Placed) -> None:
    if place in scene.owners:
        return
    for id, project in scene.projects.items():
        if project.path == one.project or (not one.project and _service(project) == one.service):
            scene.owners[place] = id


def _live(tracks: Sequence[Track]) -> str:
    """The track that gets most requests."""
    known = [one for one in tracks if one.weight is not None]
    return max(known, key=lambda one: one.weight or 0.0).name if known else ""


def _since(tracks: Sequence[Placed], newest: Deployment | None) -> datetime | None:
    if newest is not None:
        return newest.finished_at or newest.updated_at or newest.created_at
    return max((one.since for one in tracks if one.since is not None), default=None)


def _concern(tracks: Sequence[Track], desired: float | None, newest: Deployment | None, now: datetime) -> str:
    found: list[str] = []
    named = {one.name: _figures(one) for one in tracks}
    serving = {one.name for one in tracks if one.weight or one.weight is None}
    for new, old in zip(NEW, OLD, strict=True):
        if new in named and old in named and {new, old} <= serving:
            found += concern.compared(new, named[new], old, named[old])
    found += concern.off_weight("canary", next((one.weight for one in tracks if one.name == "canary"), None), desired)
    for name, figures in named.items():
        found += concern.alone(name, figures)
    if newest is not None and newest.status == "failed" and now - newest.created_at < timedelta(days=7):
        found.append(f"deployment failed: {newest.job_name or newest.ref}")
    return "; ".join(found)


def _figures(one: Track) -> concern.Figures:
    p95 = None if one.p95 is None else one.p95.total_seconds()
    return concern.Figures(one.request_rate, one.error_ratio, p95, one.replicas, one.desired, one.restarts)


def _under_way(row: RolloutRow) -> bool:
    share = next((one.weight for one in row.tracks if one.name in NEW), None)
    return (share is not None and 0 < share < 1) or (row.deployment is not None and row.deployment.status == "running")


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None or not 0 <= seconds < 86_400 else timedelta(seconds=seconds)
