"""Where a service stands on its way to new code, put together from what engines, metrics and deployments tell."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..model.engine import Container, Engine
from ..model.rollouts import Deployment

SERVICE, TRACK, ENVIRONMENT = "console.service", "console.track", "console.environment"
PROJECT, STRATEGY = "console.project", "console.strategy"
"""Labels of containers and Swarm services. Only the first is needed; a service without tracks is all `stable`."""

NEW = ("canary", "green")
"""Tracks of the new code, and with `OLD` the pairs that are compared."""
OLD = ("stable", "blue")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")
_STARTED = frozenset({"running", "success", "failed", "canceled"})
_LIVE = frozenset({"created", "running", "restarting", "paused"})


@dataclass(frozen=True, slots=True)
class Placed:
    """One track of one service as an engine runs it."""

    service: str
    track: str
    environment: str
    """Empty: no label tells."""
    project: str
    strategy: str
    version: str
    replicas: int | None
    """None: only metrics know of it."""
    desired: int | None
    restarts: int | None
    since: datetime | None


def placed(engine: Engine) -> tuple[Placed, ...]:
    """Tracks of one engine: its Swarm services, and containers that belong to none, together by service and track."""
    swarm = [
        _placed(one.name, one.labels, one.image, one.running, one.desired, None, one.updated_at)
        for one in engine.services
        if one.labels.get(SERVICE)
    ]
    told = {(one.service, one.track) for one in swarm}
    groups: dict[tuple[str, str, str], list[Container]] = {}
    for one in engine.containers:
        name, track = one.labels.get(SERVICE, ""), one.labels.get(TRACK, "stable")
        if name and (name, track) not in told and "com.docker.swarm.service.name" not in one.labels:
            groups.setdefault((name, track, one.labels.get(ENVIRONMENT, "")), []).append(one)
    return (*swarm, *(_of_containers(mine) for mine in groups.values()))


def _of_containers(containers: Sequence[Container]) -> Placed:
    wanted = [one for one in containers if one.state in _LIVE] or list(containers)
    newest = max(wanted, key=lambda one: (one.created_at is not None, one.created_at))
    return _placed(
        newest.name,
        newest.labels,
        newest.image,
        sum(one.state == "running" for one in wanted),
        len(wanted),
        sum(one.restarts or 0 for one in wanted) if any(one.restarts is not None for one in wanted) else None,
        newest.created_at,
    )


def _placed(
    name: str,
    labels: Mapping[str, str],
    image: str,
    running: int,
    desired: int | None,
    restarts: int | None,
    since: datetime | None,
) -> Placed:
    return Placed(
        labels.get(SERVICE, name),
        labels.get(TRACK, "stable"),
        labels.get(ENVIRONMENT, ""),
        labels.get(PROJECT, ""),
        labels.get(STRATEGY, ""),
        version_of(image),
        running,
        desired,
        restarts,
        since,
    )


def version_of(image: str) -> str:
    """Tag of an image, or the first of its digest; `registry:5000/a/b` has neither."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return tag or digest.removeprefix("sha256:")[:12]


def together(tracks: Iterable[Placed]) -> tuple[Placed, ...]:
    """Tracks of several engines: replicas of the same service, track and environment are added up."""
    sums: dict[tuple[str, str, str], Placed] = {}
    for one in tracks:
        key = (one.service, one.environment, one.track)
        sums[key] = _add(sums[key], one) if key in sums else one
    return tuple(sums.values())


def _add(one: Placed, other: Placed) -> Placed:
    return replace(
        one,
        replicas=_sum(one.replicas, other.replicas),
        desired=_sum(one.desired, other.desired),
        restarts=_sum(one.restarts, other.restarts),
        since=max((at for at in (one.since, other.since) if at is not None), default=None),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)


def share_named(job: str) -> float | None:
    """Share of traffic in a job's name, 0..1: `canary 25%` is 0.25; None: it names none."""
    found = _PERCENT.search(job)
    value = float(found[1]) / 100 if found else None
    return value if value is not None and value <= 1 else None


def newest_started(deployments: Sequence[Deployment]) -> Deployment | None:
    """Of deployments, newest first, the newest that was more than asked for; else the newest."""
    return next((one for one in deployments if one.status in _STARTED), deployments[0] if deployments else None)


def strategy(tracks: Collection[str], jobs: Iterable[str], told: str = "") -> str:
    """canary, blue-green, rolling or unknown: as a label tells, by tracks present, by names of deployment jobs."""
    if told:
        return told
    if {"blue", "green"} & set(tracks):
        return "blue-green"
    names = list(jobs)
    if "canary" in tracks or any(share_named(one) is not None or "canary" in one.lower() for one in names):
        return "canary"
    return "rolling" if tracks else "unknown"


def weights(rates: Mapping[str, float | None], replicas: Mapping[str, int | None]) -> dict[str, float | None]:
    """Share of requests that each track gets, 0..1: by request rates, else by replicas; None: nothing tells."""
    for amounts in (rates, replicas):
        known = {track: float(amount) for track, amount in amounts.items() if amount is not None}
        total = sum(known.values())
        if total > 0 and (amounts is replicas or len(known) == len(_serving(amounts, replicas))):
            return {track: known.get(track, 0.0) / total for track in (*rates, *replicas)}
    return dict.fromkeys((*rates, *replicas))


def _serving(rates: Mapping[str, float | None], replicas: Mapping[str, int | None]) -> set[str]:
    """Tracks whose rate must be known for shares to be right: those that run, and those with a rate."""
    return {track for track in rates if rates[track] is not None or replicas.get(track)}


def step(kind: str, share: float | None, live: str, newest: Deployment | None) -> str:
    """The step in words. `share` is the new track's share of requests, `live` the track that gets most of them."""
    state = newest.status if newest is not None else ""
    if state == "running":
        return f"deploying {newest.job_name}".rstrip() if newest is not None else ""
    if kind == "blue-green" and live:
        return f"{live} live" if share in (0.0, 1.0, None) else f"switching, green {_percent(share or 0.0)}"
    if kind == "canary" and share is not None and 0 < share < 1:
        return f"canary {_percent(share)}"
    if state in ("failed", "canceled"):
        return state
    if state == "blocked":
        return "waits for approval"
    return "done" if state == "success" or live else ""


def _percent(ratio: float) -> str:
    return f"{ratio * 100:.1f} %" if 0 < ratio < 0.1 or ratio > 0.995 else f"{ratio * 100:.0f} %"
