"""Environments and their deployments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ....world.deploys import Deployment, Environment, deployments
from ....world.rhythm import DAY
from ...answers import iso
from ..connections import Connection, PageArguments
from .common import gid, user_node
from .jobs import JobNode

if TYPE_CHECKING:
    from .projects import ProjectNode


@dataclass
class EnvironmentNode:
    owner: ProjectNode
    environment: Environment

    def __post_init__(self) -> None:
        one, world = self.environment, self.owner.call.server.world
        self.id, self.name, self.slug = gid("Environment", one.id), one.name, one.name.replace("/", "-")[:24]
        self.state, self.tier, self.external_url = one.state, one.tier.upper(), one.external_url
        self.path = f"/{self.owner.full_path}/-/environments/{one.id}"
        self.created_at, self.updated_at = iso(world.origin - 200 * DAY), iso(world.origin - 20 * DAY)
        self.auto_stop_at = self.description = None
        self.environment_type = one.name.partition("/")[0] if "/" in one.name else None

    def _deployments(self) -> list[Deployment]:
        call, project = self.owner.call, self.owner.project
        found = deployments(call.timeline, project, call.now)
        return [one for one in found if one.environment == self.environment]

    def deployments(self, statuses: list[str] | None = None, **page: Any) -> Connection:
        now = self.owner.call.now
        rows = [one for one in self._deployments() if not statuses or one.status(now).upper() in statuses]
        return Connection(lambda: rows, self._node, lambda one: one.id, PageArguments(**page))

    def last_deployment(self, status: str) -> dict[str, Any] | None:
        now = self.owner.call.now
        return next((self._node(one) for one in self._deployments() if one.status(now).upper() == status), None)

    def _node(self, one: Deployment) -> dict[str, Any]:
        call, job = self.owner.call, one.job
        moments = (job.queued_at, job.started_at, job.finished_at)
        return {
            "id": gid("Deployment", one.id), "iid": str(one.iid), "status": one.status(call.now).upper(),
            "ref": one.pipeline.ref, "sha": one.pipeline.sha, "tag": one.pipeline.tag,
            "created_at": iso(job.queued_at), "updated_at": iso(max(at for at in moments if at <= call.now)),
            "finished_at": iso(job.finished_at if job.finished_at <= call.now else None),
            "job": lambda: JobNode(call, call.whole(one.pipeline), job),
            "triggerer": user_node(call, job.user_id or one.pipeline.user.id),
        }  # fmt: skip
