"""Runners and the hosts they run on."""

from typing import Any

from ...world.nouns import Runner, RunnerManager
from ..answers import iso
from ..call import Call
from .people import group
from .projects import basic

Body = dict[str, Any]
CONTACT_EVERY = 17.0
OFFLINE_FOR = 6 * 3600.0


def paused(call: Call, one: Runner) -> bool:
    return call.timeline.setting.paused(one.id, call.now)


def contacted_at(call: Call, one: Runner) -> float:
    """A runner that lives asks for jobs every few seconds."""
    if not one.online:
        return call.server.world.start - OFFLINE_FOR
    return call.now - (call.now + one.id) % CONTACT_EVERY


def busy(call: Call, one: Runner) -> bool:
    return call.server.world.running_jobs(one, call.now) > 0


def runner(call: Call, one: Runner) -> Body:
    stopped = paused(call, one)
    return {
        "id": one.id,
        "description": one.name,
        "ip_address": one.managers[0].ip_address,
        "active": not stopped,
        "paused": stopped,
        "is_shared": one.kind == "instance_type",
        "runner_type": one.kind,
        "name": "gitlab-runner",
        "online": one.online,
        "created_by": None,
        "created_at": iso(call.server.world.origin - one.id * 86400),
        "status": "online" if one.online else "offline",
        "job_execution_status": "active" if busy(call, one) else "idle",
    }


def runner_details(call: Call, one: Runner, include_projects: bool = True) -> Body:
    body = runner(call, one) | {
        "tag_list": list(one.tags),
        "run_untagged": one.run_untagged,
        "locked": one.kind == "project_type",
        "maximum_timeout": one.maximum_timeout,
        "access_level": "not_protected",
        "version": one.version,
        "revision": one.revision,
        "platform": "linux",
        "architecture": one.architecture,
        "contacted_at": iso(contacted_at(call, one)),
        "maintenance_note": None,
    }
    if include_projects:
        owner = call.find_project(one.project) if one.project else None
        body["projects"] = [basic(call, owner)] if owner else []
        body["groups"] = [group(call, "llm")] if one.kind == "group_type" else []
    return body


def runner_manager(call: Call, one: Runner, number: int) -> Body:
    manager = next((host for host in one.managers if host.id == number), one.managers[0])
    return manager_body(call, one, manager)


def manager_body(call: Call, one: Runner, manager: RunnerManager) -> Body:
    return {
        "id": manager.id,
        "system_id": manager.system_id,
        "version": one.version,
        "revision": one.revision,
        "platform": "linux",
        "architecture": one.architecture,
        "created_at": iso(call.server.world.origin - one.id * 86400),
        "contacted_at": iso(contacted_at(call, one)),
        "ip_address": manager.ip_address,
        "status": "online" if manager.online else "offline",
        "job_execution_status": "active" if busy(call, one) else "idle",
    }
