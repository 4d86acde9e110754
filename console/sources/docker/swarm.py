"""Swarm services with the number of tasks that run and should."""

from collections import Counter
from typing import TYPE_CHECKING

from ...model.engine import SwarmService
from ...text import clean
from .containers import labels
from .payloads import ServiceRow, TaskRow, moment, read

if TYPE_CHECKING:
    from .client import EngineClient


def services(client: "EngineClient") -> tuple[SwarmService, ...] | None:
    """The services of the swarm that the engine manages; None when it manages none."""
    from docker.errors import APIError

    counted = client.speaks(1, 41)
    try:
        payload = client.services(status=True) if counted else client.services()  # type: ignore[no-untyped-call]
    except APIError as error:
        if not_a_manager(error):
            return None
        raise
    rows = read(payload, list[ServiceRow])
    running = Counter[str]() if counted else _running(client)
    return tuple(service(row, running[row.id]) for row in rows)


def not_a_manager(error: Exception) -> bool:
    """Whether the engine says that it manages no swarm: 503 from Docker, 404 or 501 from engines that know none."""
    status = getattr(error, "status_code", None)
    return status in (404, 406, 501) or (
        status == 503 and any(word in str(error) for word in ("swarm manager", "orker node"))
    )


def service(row: ServiceRow, running: int) -> SwarmService:
    """The service; `running` counts where the engine's row does not."""
    spec, counted = row.spec, row.service_status
    template = spec.task_template.container_spec
    return SwarmService(
        id=clean(row.id, 100),
        name=clean(spec.name),
        image=clean(without_digest(template.image if template else "")),
        labels=labels(spec.labels),
        desired=_desired(row),
        running=counted.running_tasks if counted else running,
        updated_at=moment(row.updated_at),
        update_state=clean(row.update_status.state if row.update_status else "", 40),
    )


def without_digest(image: str) -> str:
    """`app:1.2` for `app:1.2@sha256:…`, the form in which Swarm pins a tag; an image without a tag keeps its digest."""
    name, _, _ = image.partition("@")
    return name if ":" in name.rpartition("/")[2] else image


def _desired(row: ServiceRow) -> int | None:
    mode = row.spec.mode
    if mode.global_ is not None:
        return None
    if mode.replicated is not None and mode.replicated.replicas is not None:
        return mode.replicated.replicas
    return row.service_status.desired_tasks if row.service_status else None


def _running(client: "EngineClient") -> Counter[str]:
    tasks = read(client.tasks(filters={"desired-state": "running"}), list[TaskRow])  # type: ignore[no-untyped-call]
    return Counter(task.service_id for task in tasks if task.status.state == "running")
