"""Jobs, bridges, and the artifacts they leave."""

from math import inf
from typing import Any

from ...world.artifacts import Artifact, artifacts, expires_at
from ...world.nouns import Job, Pipeline
from ...world.people import USERS
from ...world.pools import BY_ID
from ...world.states import status
from ..answers import iso
from ..call import Call
from .commits import commit_of
from .people import user
from .pipelines import pipeline_basic
from .runners import runner, runner_manager

Body = dict[str, Any]


def job_basic(call: Call, pipeline: Pipeline, job: Job, whole: Body | None = None) -> Body:
    """`whole` is the pipeline's short form, when the caller has it already."""
    now, state = call.now, status(job, call.now)
    started = job.started_at if job.started_at <= now else None
    finished = job.finished_at if job.finished_at <= now else None
    body: Body = {
        "id": job.id,
        "status": state,
        "stage": job.spec.stage,
        "name": job.name,
        "ref": pipeline.ref,
        "tag": pipeline.tag,
        "coverage": None,
        "allow_failure": job.spec.allow_failure,
        "created_at": iso(job.created_at),
        "started_at": iso(started),
        "finished_at": iso(finished),
        "erased_at": iso(job.erased_at if job.erased_at <= now else None),
        "duration": duration(job, now),
        "queued_duration": queued_duration(job, now),
        "user": user(call, USERS[job.user_id or pipeline.user.id]),
        "commit": commit_of(call, pipeline),
        "pipeline": whole or pipeline_basic(call, pipeline),
        "web_url": f"{call.base}/{pipeline.project.path}/-/jobs/{job.id}",
        "project": {"ci_job_token_scope_enabled": False},
    }
    if state == "failed":
        body["failure_reason"] = job.failure_reason
    return body


def job(call: Call, pipeline: Pipeline, one: Job, whole: Body | None = None) -> Body:
    files = artifacts(call.server.world, pipeline, one, call.now)
    held = BY_ID.get(one.runner_id) if one.started_at <= call.now else None
    body = job_basic(call, pipeline, one, whole) | {
        "artifacts": [_artifact(file) for file in files],
        "runner": runner(call, held) if held else None,
        "runner_manager": runner_manager(call, held, one.manager_id) if held else None,
        "artifacts_expire_at": iso(expires_at(one) if len(files) > 1 else None),
        "archived": False,
        "tag_list": list(one.spec.tags),
    }
    archive = next((file for file in files if file.file_type == "archive"), None)
    if archive is not None:
        body["artifacts_file"] = {"filename": archive.filename, "size": archive.size}
    return body


def bridge(call: Call, pipeline: Pipeline, one: Job) -> Body:
    child = call.timeline.child(pipeline, call.now)
    downstream = pipeline_basic(call, child) if child and one.started_at <= call.now else None
    return job_basic(call, pipeline, one) | {"downstream_pipeline": downstream}


def duration(job: Job, now: float) -> float | None:
    """Running time so far, in seconds."""
    return round(min(job.finished_at, now) - job.started_at, 3) if job.started_at <= now else None


def queued_duration(job: Job, now: float) -> float | None:
    """Seconds it was pending, so far; the wait for needs or for a person is not in it."""
    end = min(job.started_at, job.finished_at, now)
    return round(end - job.queued_at, 3) if job.queued_at <= now and job.queued_at < inf else None


def _artifact(file: Artifact) -> Body:
    return {
        "file_type": file.file_type,
        "size": file.size,
        "filename": file.filename,
        "file_format": file.file_format,
    }
