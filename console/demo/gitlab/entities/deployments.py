"""Environments and deployments."""

from typing import Any

from ...world.deploys import Deployment, Environment
from ...world.nouns import Project
from ...world.people import USERS
from ...world.traces.caching import slug
from ..answers import iso
from ..call import Call
from .jobs import job
from .people import user_basic
from .projects import basic

Body = dict[str, Any]


def environment_basic(call: Call, one: Environment) -> Body:
    start = call.server.world.origin
    return {
        "id": one.id,
        "name": one.name,
        "slug": slug(one.name)[:24],
        "external_url": one.external_url,
        "created_at": iso(start - 200 * 86400),
        "updated_at": iso(start - 20 * 86400),
    }


def environment(call: Call, project: Project, one: Environment) -> Body:
    return environment_basic(call, one) | {
        "tier": one.tier,
        "state": one.state,
        "auto_stop_at": None,
        "description": None,
        "auto_stop_setting": "always",
        "kubernetes_namespace": None,
        "flux_resource_path": None,
        "cluster_agent": None,
        "project": basic(call, project),
    }


def deployment(call: Call, one: Deployment) -> Body:
    moments = (one.job.queued_at, one.job.started_at, one.job.finished_at)
    return {
        "id": one.id,
        "iid": one.iid,
        "ref": one.pipeline.ref,
        "sha": one.pipeline.sha,
        "created_at": iso(one.job.queued_at),
        "updated_at": iso(max(at for at in moments if at <= call.now)),
        "user": user_basic(call, USERS[one.job.user_id or one.pipeline.user.id]),
        "environment": environment_basic(call, one.environment),
        "deployable": job(call, call.whole(one.pipeline), one.job),
        "status": one.status(call.now),
    }


def deployment_details(call: Call, one: Deployment) -> Body:
    approvals: Body = {"pending_approval_count": 0, "approvals": [], "approval_summary": {"rules": []}}
    return deployment(call, one) | approvals
