"""`/system/df`: what images, containers, volumes and builds' caches take on disk."""

from dataclasses import dataclass
from random import Random

from starlette.requests import Request
from starlette.responses import Response

from console.demo.docker_api import images, shapes
from console.demo.docker_api.answers import ApiError, json, nano
from console.demo.docker_api.asked import Body
from console.demo.docker_api.engine import Engine, swarm_id
from console.demo.world.dice import dice

_TYPES = frozenset(("container", "image", "volume", "build-cache"))
_HOUR, _DAY = 3600.0, 86_400.0
_EVERY = 2.5 * _HOUR
"""Seconds between two records of the build cache that last."""
_KEPT = 12 * _DAY
_MEBI = 1024 * 1024
_COLLAPSE = 3.2 * _DAY
"""Before the world's start: since then agent-docker's layers are built anew each time, and never used again."""
_LOST = 0.45
"""How many of the records since then are such layers."""
_STEPS = (
    ("regular", "[{project} builder {n}/9] RUN pip install --requirement requirements.txt", 380),
    ("regular", "[{project} builder {n}/9] COPY . /app", 24),
    ("regular", "[{project} base {n}/4] RUN apt-get update && apt-get install --yes build-essential", 510),
    ("exec.cachemount", "cached mount /root/.cache/pip from exec /bin/sh -c pip install", 900),
    ("source.local", "local source for context", 18),
    ("regular", "pulled from docker.io/library/python:3.12-slim", 130),
    ("frontend", "pulled from docker.io/docker/dockerfile:1", 12),
    ("internal", "mount / from exec /bin/sh -c docker-buildx build", 0),
)
_PROJECTS = ("agent-docker", "agent-brain", "agent-chat", "agent-mesh", "agent-ops", "llm-platform")
_VOLUMES = (("prometheus-data", 41), ("redis-embeddings-data", 6), ("redis-sessions-data", 2), ("runner-cache", 88))
"""Name and size in GB."""


@dataclass(frozen=True, slots=True)
class Record:
    """A piece of the build cache; times in Unix seconds."""

    id: str
    parent: str
    kind: str
    description: str
    size: int
    created_at: float
    used_at: float
    uses: int
    in_use: bool
    shared: bool


def build_cache(engine: Engine) -> list[Record]:
    """Every record that has not been collected yet, newest first."""
    last = int(engine.now // _EVERY)
    return [_record(engine, number) for number in range(last, last - int(_KEPT / _EVERY), -1)]


def _record(engine: Engine, number: int) -> Record:
    rng = dice("build cache", number)
    born = number * _EVERY
    lost = born > engine.world.start - _COLLAPSE and rng.random() < _LOST
    kind, text, megabytes = rng.choice(_STEPS[:3] if lost else _STEPS)
    project = "agent-docker" if lost else rng.choice(_PROJECTS)
    uses, used_at = (1, born) if lost else _uses(rng, born, engine.now)
    return Record(
        id=swarm_id("cache", str(number)),
        parent="" if kind == "source.local" else swarm_id("cache", str(number - 1)),
        kind=kind,
        description=text.format(project=project, n=rng.randint(2, 9)),
        size=int(megabytes * _MEBI * rng.uniform(0.4, 1.6)),
        created_at=born,
        used_at=used_at,
        uses=uses,
        in_use=used_at > engine.now - 300,
        shared=rng.random() < 0.2,
    )


def _uses(rng: Random, born: float, now: float) -> tuple[int, float]:
    """How often it was used until now and when last: at first with every build, then less and less."""
    times, at = 1, born
    gap = rng.uniform(0.5, 6) * _HOUR
    while at + gap <= now:
        at, times, gap = at + gap, times + 1, gap * rng.uniform(1.0, 1.5)
    return times, at


def record_body(record: Record, api: tuple[int, int]) -> Body:
    """A record as the API lists it; until 1.41 it had one parent."""
    parents = {"Parents": [record.parent] if record.parent else None}
    return {
        "ID": record.id,
        **(parents if api >= (1, 42) else {"Parent": record.parent}),
        "Type": record.kind,
        "Description": record.description,
        "InUse": record.in_use,
        "Shared": record.shared,
        "Size": record.size,
        "CreatedAt": nano(record.created_at),
        "LastUsedAt": nano(record.used_at),
        "UsageCount": record.uses,
    }


def volumes(engine: Engine, sized: bool) -> list[Body]:
    """Every volume; sizes are counted only for the report on disk use."""
    return [
        {
            "CreatedAt": nano(engine.world.origin)[:19] + "Z",
            "Driver": "local",
            "Labels": {"com.docker.compose.project": "platform"},
            "Mountpoint": f"/var/lib/docker/volumes/{name}/_data",
            "Name": name,
            "Options": None,
            "Scope": "local",
            **({"UsageData": {"RefCount": int(name != "runner-cache"), "Size": gigabytes * 10**9}} if sized else {}),
        }
        for name, gigabytes in _VOLUMES
    ]


class Disk:
    """Reports on disk use."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def df(self, request: Request) -> Response:
        """All kinds of objects, or those of the wanted types."""
        wanted = request.query_params.getlist("type")
        for kind in wanted:
            if kind not in _TYPES:
                raise ApiError(400, f"unknown object type: {kind}")
        return json(self._report(frozenset(wanted) or _TYPES, request.scope["docker_api"]))

    def _report(self, kinds: frozenset[str], api: tuple[int, int]) -> Body:
        report: Body = {"LayersSize": 0, "Images": None, "Containers": None, "Volumes": None, "BuildCache": None}
        if "image" in kinds:
            found = images.images(self.engine)
            report["LayersSize"] = sum(image.size - image.size // 4 for image in found)
            report["Images"] = [images.summary(image, api, counted=True) for image in found]
        if "container" in kinds:
            report["Containers"] = [shapes.summary(one, size=True) for one in self.engine.containers()]
        if "volume" in kinds:
            report["Volumes"] = volumes(self.engine, sized=True)
        if "build-cache" in kinds:
            records = build_cache(self.engine)
            report["BuildCache"] = [record_body(record, api) for record in records]
            if api < (1, 44):
                report["BuilderSize"] = sum(record.size for record in records if not record.shared)
        return report

    async def volumes(self, request: Request) -> Response:
        """Every volume."""
        return json({"Volumes": volumes(self.engine, sized=False), "Warnings": None})
