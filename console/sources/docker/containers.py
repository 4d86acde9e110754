"""Containers from the engine's list, and what only an inspection tells: start and restarts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...model.engine import Container
from ...text import clean
from .payloads import ContainerRow, InspectAnswer, from_epoch, moment

MOST_INSPECTIONS = 30
"""A call of `engine` never asks for more; what is left waits for the next call."""

_UP = re.compile(
    r"(?:Up|Restarting \(-?\d+\)) (Less than a|About an|About a|\d{1,5}) (second|minute|hour|day|week|month|year)s?"
)
_HEALTH = re.compile(r"\((?:health: )?(healthy|unhealthy|starting)\)")
_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
    "year": 31_536_000,
}


@dataclass(frozen=True, slots=True)
class Life:
    """What an inspection told of a container, and the uptime its row showed then."""

    seen_at: datetime
    uptime: tuple[timedelta, timedelta]
    started_at: datetime | None
    restarts: int


def uptime(status: str) -> tuple[timedelta, timedelta] | None:
    """From and up to how long a container has been up, by the list's words: `Up 3 hours` is 2 h 30 m to 3 h 30 m.

    None when it is not up. The engine rounds hours to the nearest, and counts days and more in rounded hours.
    """
    found = _UP.match(status)
    if found is None or not status.startswith("Up"):
        return None
    count = {"Less than a": 0, "About a": 1, "About an": 1}.get(found[1])
    number = int(found[1]) if count is None else count
    unit = timedelta(seconds=_SECONDS[found[2]])
    rounding = timedelta(minutes=30) if unit >= timedelta(hours=1) else timedelta(0)
    return number * unit - rounding, (number + 1) * unit - rounding


def health(row: ContainerRow) -> str:
    """healthy, unhealthy, starting, or empty without a health check."""
    if row.health is not None:  # since API 1.52
        return "" if row.health.status == "none" else clean(row.health.status, 40)
    found = _HEALTH.search(row.status)
    return found[1] if found else ""


def to_inspect(rows: Sequence[ContainerRow], lives: Mapping[str, Life], now: datetime) -> list[str]:
    """Ids of the containers whose start we do not know, or that started again since: youngest first, not too many.

    A container that has been up since its inspection shows an uptime that grew by the time gone by.
    """
    wanted: list[tuple[timedelta, str]] = []
    for row in rows:
        if row.state == "restarting":
            wanted.append((timedelta(0), row.id))
            continue
        shown = uptime(row.status)
        if shown is not None and not _goes_on(lives.get(row.id), shown, now):
            wanted.append((shown[0], row.id))
    return [id_ for _, id_ in sorted(wanted)[:MOST_INSPECTIONS]]


def _goes_on(life: Life | None, shown: tuple[timedelta, timedelta], now: datetime) -> bool:
    if life is None:
        return False
    gone, slack = now - life.seen_at, timedelta(seconds=2)  # the answers took a moment themselves
    return life.uptime[0] + gone < shown[1] + slack and shown[0] < life.uptime[1] + gone + slack


def life(row: ContainerRow, answer: InspectAnswer, now: datetime) -> Life:
    """What the inspection of `row`'s container told."""
    zero = timedelta(0)
    return Life(now, uptime(row.status) or (zero, zero), moment(answer.state.started_at), answer.restart_count)


def container(row: ContainerRow, life: Life | None) -> Container:
    """The container; start and restarts are None until it was inspected."""
    return Container(
        id=clean(row.id, 100),
        name=clean(_name(row.names)),
        image=clean(row.image),
        state=clean(row.state, 40),
        labels=labels(row.labels),
        created_at=from_epoch(row.created),
        started_at=life.started_at if life else None,
        restarts=life.restarts if life else None,
        health=health(row),
    )


def labels(told: Mapping[str, str] | None) -> dict[str, str]:
    """Labels, harmless to show."""
    return {clean(name): clean(value) for name, value in (told or {}).items()}


def _name(names: Sequence[str] | None) -> str:
    """Its own name: a legacy link adds names such as `/other/alias`."""
    plain = [name.removeprefix("/") for name in names or ()]
    return next((name for name in plain if "/" not in name), plain[0] if plain else "")
