"""The Engine API's answers, as far as we read them: checked where they enter, naming the field that does not fit."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

T = TypeVar("T")


def read(payload: Any, kind: type[T]) -> T:
    """`payload` as `kind`; raises msgspec.ValidationError that names the place where it is something else."""
    return msgspec.convert(payload, kind, strict=False)


def moment(text: str | None) -> datetime | None:
    """A time of the engine's; None for its ways to say never: null, empty, and the year 1."""
    if not text or text.startswith("0001-"):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def from_epoch(seconds: float) -> datetime | None:
    """A time told in seconds since 1970; None for 0 and for what no calendar holds."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


class VersionAnswer(Struct, rename="pascal"):
    """GET /version."""

    version: str = ""
    api_version: str = ""
    min_api_version: str | None = field(name="MinAPIVersion", default=None)
    os: str = ""
    arch: str = ""
    kernel_version: str = ""


class HealthAnswer(Struct, rename="pascal"):
    """Health in a container's row (API 1.52) or inspection."""

    status: str = ""


class ContainerRow(Struct, rename="pascal"):
    """One of GET /containers/json."""

    id: str
    names: list[str] | None = None
    image: str = ""
    state: str = ""
    status: str = ""
    labels: dict[str, str] | None = None
    created: int = 0
    health: HealthAnswer | None = None


class LifeAnswer(Struct, rename="pascal"):
    """State in an inspection."""

    started_at: str | None = None
    health: HealthAnswer | None = None


class InspectAnswer(Struct, rename="pascal"):
    """GET /containers/{id}/json."""

    state: LifeAnswer
    restart_count: int = 0


class CpuUsage(Struct):
    """Processor time in nanoseconds (in 100 ns on Windows) since the container's start."""

    total_usage: int = 0


class CpuStats(Struct):
    """Processor statistics of one moment."""

    cpu_usage: CpuUsage = field(default_factory=CpuUsage)


class MemoryStats(Struct):
    """Memory in bytes; `stats` are the control group's own figures, which differ between versions 1 and 2."""

    usage: int | None = None
    limit: int | None = None
    stats: dict[str, int] | None = None
    privateworkingset: int | None = None


class StatsAnswer(Struct):
    """GET /containers/{id}/stats."""

    read: str = ""
    preread: str = ""
    num_procs: int = 0
    cpu_stats: CpuStats = field(default_factory=CpuStats)
    precpu_stats: CpuStats = field(default_factory=CpuStats)
    memory_stats: MemoryStats = field(default_factory=MemoryStats)


class ImageUse(Struct, rename="pascal"):
    """One image of GET /system/df; -1: not counted."""

    size: int = 0
    shared_size: int = -1
    containers: int = 0


class ContainerUse(Struct, rename="pascal"):
    """One container of GET /system/df."""

    size_rw: int = 0


class VolumeUsage(Struct, rename="pascal"):
    """Size of a volume; -1: the driver does not tell."""

    size: int = -1


class VolumeUse(Struct, rename="pascal"):
    """One volume of GET /system/df."""

    usage_data: VolumeUsage | None = None


class CacheRecord(Struct, rename="pascal"):
    """One build cache record of GET /system/df."""

    id: str = field(name="ID")
    type: str = ""
    in_use: bool = False
    shared: bool = False
    size: int = 0
    usage_count: int = 0
    last_used_at: str | None = None


class DiskAnswer(Struct, rename="pascal"):
    """GET /system/df."""

    layers_size: int = 0
    images: list[ImageUse] | None = None
    containers: list[ContainerUse] | None = None
    volumes: list[VolumeUse] | None = None
    build_cache: list[CacheRecord] | None = None


class Replicated(Struct, rename="pascal"):
    """Mode of a service with a number of replicas."""

    replicas: int | None = None


class Mode(Struct, rename="pascal"):
    """Mode of a service: one of them is given."""

    replicated: Replicated | None = None
    global_: dict[str, Any] | None = field(name="Global", default=None)


class ContainerSpec(Struct, rename="pascal"):
    """What a service's tasks run."""

    image: str = ""


class TaskTemplate(Struct, rename="pascal"):
    """How a service's tasks look."""

    container_spec: ContainerSpec | None = None


class ServiceSpec(Struct, rename="pascal"):
    """What a service should be."""

    name: str = ""
    labels: dict[str, str] | None = None
    task_template: TaskTemplate = field(default_factory=TaskTemplate)
    mode: Mode = field(default_factory=Mode)


class ServiceTasks(Struct, rename="pascal"):
    """Counts of a service's tasks (API 1.41)."""

    running_tasks: int = 0
    desired_tasks: int = 0


class UpdateStatus(Struct, rename="pascal"):
    """The last update of a service."""

    state: str = ""


class ServiceRow(Struct, rename="pascal"):
    """One of GET /services."""

    id: str = field(name="ID")
    spec: ServiceSpec
    updated_at: str | None = None
    service_status: ServiceTasks | None = None
    update_status: UpdateStatus | None = None


class TaskState(Struct, rename="pascal"):
    """Where a task is."""

    state: str = ""


class TaskRow(Struct, rename="pascal"):
    """One of GET /tasks."""

    service_id: str = field(name="ServiceID", default="")
    status: TaskState = field(default_factory=TaskState)


class Actor(Struct, rename="pascal"):
    """What an event happened to."""

    id: str = field(name="ID", default="")
    attributes: dict[str, str] | None = None


class EventAnswer(Struct, rename="pascal"):
    """One of GET /events."""

    type: str
    action: str = ""
    actor: Actor = field(default_factory=Actor)
    time_nano: int = field(name="timeNano", default=0)
    time: int = field(name="time", default=0)


class SwarmAnswer(Struct, rename="pascal"):
    """The engine's place in a swarm."""

    local_node_state: str = "inactive"
    control_available: bool = False


class InfoAnswer(Struct, rename="pascal"):
    """GET /info."""

    name: str = ""
    operating_system: str = ""
    system_time: str | None = None
    swarm: SwarmAnswer = field(default_factory=SwarmAnswer)
    warnings: list[str] | None = None
    security_options: list[str] | None = None
