"""Runners, their managers, and lists of them with their filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....world.nouns import Runner, RunnerManager
from ...answers import iso
from ...call import Call
from ...entities.runners import busy, contacted_at, paused
from ..connections import Connection, PageArguments
from .common import gid


def runners_connection(call: Call, found: list[Runner], **given: Any) -> Connection:
    page = {name: given.pop(name) for name in ("first", "last", "after", "before") if name in given}
    rows = [one for one in found if _passes(call, one, **given)]
    return Connection(lambda: rows, lambda one: RunnerNode(call, one), lambda one: one.id, PageArguments(**page))


def _passes(
    call: Call,
    one: Runner,
    status: str | None = None,
    type: str | None = None,
    tag_list: list[str] | None = None,
    search: str | None = None,
    version_prefix: str | None = None,
    **given: Any,
) -> bool:
    stopped = given.get("paused")  # the name belongs to a function here
    return (
        stopped in (None, paused(call, one))
        and status in (None, "ONLINE" if one.online else "OFFLINE")
        and type in (None, one.kind.upper())
        and set(tag_list or ()) <= set(one.tags)
        and (search or "").lower() in one.name.lower()
        and one.version.startswith(version_prefix or "")
    )


@dataclass
class RunnerNode:
    call: Call
    runner: Runner

    def __post_init__(self) -> None:
        one = self.runner
        self.id, self.short_sha, self.description = gid("Ci::Runner", one.id), one.short_token, one.name
        self.runner_type, self.status = one.kind.upper(), "ONLINE" if one.online else "OFFLINE"
        self.paused, self.locked = paused(self.call, one), one.kind == "project_type"
        self.tag_list, self.run_untagged, self.maximum_timeout = list(one.tags), one.run_untagged, one.maximum_timeout
        self.access_level, self.maintenance_note = "NOT_PROTECTED", None
        self.contacted_at = iso(contacted_at(self.call, one))
        self.created_at = iso(self.call.server.world.origin - one.id * 86400)

    @property
    def job_execution_status(self) -> str:
        return "ACTIVE" if busy(self.call, self.runner) else "IDLE"

    def job_count(self, statuses: list[str] | None = None) -> int:
        """Jobs of the last day, or (RUNNING alone) those that run now."""
        world, now = self.call.server.world, self.call.now
        running = world.running_jobs(self.runner, now)
        if statuses == ["RUNNING"]:
            return running
        return running + world.finished_jobs(self.runner, now - 86400, now)

    def managers(self, system_id: str | None = None, status: str | None = None, **page: Any) -> Connection:
        rows = [
            one for one in self.runner.managers
            if system_id in (None, one.system_id) and status in (None, "ONLINE" if one.online else "OFFLINE")
        ]  # fmt: skip
        return Connection(
            lambda: rows,
            lambda one: ManagerNode(self.call, self.runner, one),
            lambda one: one.id,
            PageArguments(**page),
        )

    def projects(self, **page: Any) -> Connection:
        from .projects import ProjectNode

        owner = self.call.find_project(self.runner.project) if self.runner.project else None
        rows = [owner] if owner else []
        return Connection(
            lambda: rows, lambda one: ProjectNode(self.call, one), lambda one: one.id, PageArguments(**page)
        )


@dataclass
class ManagerNode:
    call: Call
    runner: Runner
    manager: RunnerManager

    def __post_init__(self) -> None:
        one, runner = self.manager, self.runner
        self.id, self.system_id = gid("Ci::RunnerManager", one.id), one.system_id
        self.version, self.revision = runner.version, runner.revision
        self.platform_name, self.architecture_name, self.executor_name = "linux", runner.architecture, runner.executor
        self.ip_address, self.status = one.ip_address, "ONLINE" if one.online else "OFFLINE"
        self.contacted_at = iso(contacted_at(self.call, runner))
        self.created_at = iso(self.call.server.world.origin - runner.id * 86400)

    @property
    def job_execution_status(self) -> str:
        return "ACTIVE" if busy(self.call, self.runner) else "IDLE"
