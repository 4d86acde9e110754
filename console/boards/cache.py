"""The Cache boards: hit ratios of every layer, and why there are misses."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from ..model.cache import Outcome
from ..model.engine import DiskUse
from ..model.metrics import Vector
from ..model.pipelines import Project
from ..ports import CacheEvidence, DayCache, DayDurations, EngineReader, Services
from .live import ask
from .scope import Span, find

K = TypeVar("K")
RUNNER, BUILD, REDIS = "runner", "docker build", "redis"
_LOOK_BACK = timedelta(days=30)
"""How far misses are set against job times: a week alone has too few days to tell, and old days tell of old jobs."""
_KEYS = 100


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
    kind: str = "project"
    """What the name names: layer (all projects together), project, job, key, engine or instance."""


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


async def cache(services: Services, window: timedelta, project: str = "") -> CacheBoard:
    """Every layer with the runner cache by project; with `project` (path or its last part) its jobs and keys.

    A layer that cannot be read is said in `problems`. Raises SourceError for a project that nobody knows.
    """
    now, history = services.clock(), services.history
    span = Span.back(now.date(), window)
    projects = await history.projects()
    chosen = find(projects, project) if project else None
    recent = now.date() - _LOOK_BACK
    since = min(span.before, recent)
    number = None if chosen is None else chosen.id
    days, durations, (live, problems) = await asyncio.gather(
        history.cache(since, project_id=number),
        history.durations(recent, project_id=number, jobs=True),
        _live(services, window) if chosen is None else _nothing(),
    )
    costs = _costs([one for one in days if one.day >= recent], durations)
    rows = _fleet(projects, days, costs, span) if chosen is None else _project(chosen, days, costs, span)
    evidence = await history.cache_evidence(chosen.id) if chosen is not None else ()
    path = "" if chosen is None else chosen.path
    return CacheBoard((*rows, *live), services.settings.goals.hit_ratio, path, evidence, window, now, problems)


Costs = Mapping[tuple[int, str], float | None]
"""Seconds that a miss costs, by project and job; None: not known."""


def _fleet(projects: Sequence[Project], days: Sequence[DayCache], costs: Costs, span: Span) -> list[CacheRow]:
    groups = _grouped(days, lambda one: one.project_id)
    known = {one.id: one for one in projects if not one.archived}
    rows = _worst_first(
        replace(_row(one.path, groups.get(id, []), costs, span), project_id=id) for id, one in known.items()
    )
    everything = [one for one in days if one.project_id in known]
    return [replace(_row("all projects", everything, costs, span), kind="layer"), *rows] if rows else []


def _project(chosen: Project, days: Sequence[DayCache], costs: Costs, span: Span) -> list[CacheRow]:
    jobs = _grouped(days, lambda one: one.job)
    keys = _grouped(days, lambda one: one.key)
    rows = [
        replace(_row(chosen.path, days, costs, span), kind="project"),
        *_worst_first(replace(_row(job, mine, costs, span), kind="job") for job, mine in jobs.items()),
        *_worst_first(replace(_row(key, mine, costs, span), kind="key") for key, mine in keys.items())[:_KEYS],
    ]
    shown = (row for row in rows if row.kind == "project" or row.hit_ratio is not None)
    return [replace(row, project_id=chosen.id) for row in shown]


def _worst_first(rows: Iterable[CacheRow]) -> list[CacheRow]:
    def urgency(row: CacheRow) -> tuple[bool, float, int, str]:
        return row.hit_ratio is None, row.hit_ratio or 0.0, -row.misses, row.name

    return sorted(rows, key=urgency)


def _row(name: str, days: Sequence[DayCache], costs: Costs, span: Span) -> CacheRow:
    from ..insight import cache as judge

    inside = [one for one in days if one.day >= span.start]
    told, before = judge.tally(inside), judge.tally(one for one in days if span.before <= one.day < span.start)
    why = judge.reasons(inside)
    ratio, old = told.ratio, before.ratio
    return CacheRow(
        RUNNER,
        name,
        None,
        told.hits,
        told.fallbacks,
        told.misses,
        ratio,
        None if ratio is None or old is None else ratio - old,
        _lost(inside, costs),
        tuple(MissReason(reason, count) for reason, count in why),
        tuple((day, one.ratio) for day, one in judge.by_day(inside).items() if one.ratio is not None),
        judge.finding(told, why),
    )


def _lost(days: Sequence[DayCache], costs: Costs) -> timedelta | None:
    from ..insight import cache as judge

    if not days:
        return None
    misses: dict[tuple[int, str], int] = {}
    for one in days:
        if one.outcome is Outcome.MISS or one.outcome is Outcome.ERROR:
            misses[_job(one)] = misses.get(_job(one), 0) + one.count
    seconds = judge.lost_seconds(misses, costs)
    return None if seconds is None else timedelta(seconds=seconds)


def _costs(days: Sequence[DayCache], durations: Sequence[DayDurations]) -> Costs:
    from ..insight import cache as judge

    times = {(one.project_id, one.job or "", one.day): one.running for one in durations}
    costs: dict[tuple[int, str], float | None] = {}
    for (id, job), mine in _grouped(days, _job).items():
        points = []
        for day, told in judge.by_day(mine).items():
            sketch = times.get((id, job, day))
            if sketch is not None and sketch.mean is not None and told.total:
                points.append(judge.JobDay(told.misses / told.total, sketch.mean, sketch.count))
        costs[id, job] = judge.seconds_per_miss(points)
    return costs


def _job(one: DayCache) -> tuple[int, str]:
    return one.project_id, one.job


def _grouped(days: Iterable[DayCache], key: Callable[[DayCache], K]) -> dict[K, list[DayCache]]:
    groups: dict[K, list[DayCache]] = {}
    for one in days:
        groups.setdefault(key(one), []).append(one)
    return groups


Live = tuple[list[CacheRow], tuple[str, ...]]


async def _nothing() -> Live:
    return [], ()


async def _live(services: Services, window: timedelta) -> Live:
    """Layers that are asked now: build cache of each engine, and Redis."""
    answers = await asyncio.gather(*(_build(services, one) for one in services.engines), _redis(services, window))
    rows = _worst_first(row for found, _ in answers for row in found)
    return rows, tuple(problem for _, problem in answers if problem)


async def _build(services: Services, engine: EngineReader) -> tuple[list[CacheRow], str]:
    disk, problem = await ask(services, f"docker:{engine.name}", "disk", engine.disk())
    return ([] if disk is None else [build_row(engine.name, disk)]), problem


def build_row(name: str, disk: DiskUse) -> CacheRow:
    """An engine's build cache. Engines count no misses: a record that no later build used stands for one."""
    records = [one for one in disk.build_cache if one.kind in ("regular", "")] or list(disk.build_cache)
    used = sum(one.used > 0 for one in records)
    idle = sum(one.size_bytes for one in records if not one.used and not one.in_use)
    return CacheRow(
        BUILD,
        name,
        None,
        used,
        0,
        len(records) - used,
        used / len(records) if records else None,
        None,
        None,
        note=f"share of records used again; {idle / 1e9:.1f} GB never used" if records else "no build cache",
        kind="engine",
    )


async def _redis(services: Services, window: timedelta) -> tuple[list[CacheRow], str]:
    query = services.settings.queries.get("redis_hit_ratio", "")
    if services.metrics is None or not query:
        return [], ""
    earlier = services.clock() - window
    (now, problem), (before, _) = await asyncio.gather(
        ask(services, "prometheus", query, services.metrics.instant(query)),
        ask(services, "prometheus", f"{query} {window} ago", services.metrics.instant(query, at=earlier)),
    )
    if now is None:
        return [], problem
    old = {} if before is None else _by_instance(before)
    rows = [_redis_row(name, ratio, old.get(name)) for name, ratio in _by_instance(now).items()]
    return rows, problem or "; ".join(f"prometheus: {one}" for one in now.warnings)


def _by_instance(vector: Vector) -> dict[str, float | None]:
    return {one.labels.get("instance") or "redis": one.value for one in vector.samples}


def _redis_row(name: str, ratio: float | None, old: float | None) -> CacheRow:
    ratio = ratio if ratio is not None and 0 <= ratio <= 1 else None
    change = None if ratio is None or old is None else ratio - old
    note = "rates of the last minutes" if ratio is not None else "no traffic"
    return CacheRow(REDIS, name, None, 0, 0, 0, ratio, change, None, note=note, kind="instance")
