"""What a Docker engine tells of itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Container:
    """One container."""

    id: str
    name: str
    image: str
    state: str
    """created, running, paused, restarting, removing, exited, dead; an open set."""
    labels: dict[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    started_at: datetime | None = None
    restarts: int | None = None
    health: str = ""
    """healthy, unhealthy, starting, or empty without a health check."""


@dataclass(frozen=True, slots=True)
class SwarmService:
    """One Swarm service."""

    id: str
    name: str
    image: str
    labels: dict[str, str] = field(default_factory=dict)
    desired: int | None = None
    """Replicas asked for; None in global mode."""
    running: int = 0
    updated_at: datetime | None = None
    update_state: str = ""


@dataclass(frozen=True, slots=True)
class BuildCacheRecord:
    """One record of the engine's build cache."""

    id: str
    kind: str
    size_bytes: int
    in_use: bool
    shared: bool
    used: int
    """How often a build used it after making it."""
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DiskUse:
    """What the engine's disk holds, in bytes."""

    images_bytes: int = 0
    images_reclaimable_bytes: int = 0
    containers_bytes: int = 0
    volumes_bytes: int = 0
    build_cache: tuple[BuildCacheRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine at one moment."""

    name: str
    at: datetime
    version: str
    api_version: str
    containers: tuple[Container, ...] = ()
    services: tuple[SwarmService, ...] = ()
    swarm: bool = False


@dataclass(frozen=True, slots=True)
class ContainerStats:
    """What one container uses now."""

    id: str
    cpu_cores: float | None
    """Cores in use; None in the first sample."""
    memory_bytes: int | None
    memory_limit_bytes: int | None


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """Something that happened in an engine."""

    at: datetime
    kind: Literal["container", "service", "image", "node", "other"]
    action: str
    id: str
    name: str = ""
