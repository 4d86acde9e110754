"""What is stored and what a source says now, made one.

Sources tell differently much: a list leaves out what a single object has, REST knows no `needs`, GraphQL no failure
reason. So what is not told never erases what is known; and an answer that is older than the row changes nothing.
"""

from dataclasses import replace
from typing import TypeVar

from ..model.pipelines import Job, Pipeline, Status

One = TypeVar("One", Pipeline, Job)
_ENDED = (Status.SUCCESS, Status.FAILED, Status.CANCELED)


def merged_pipeline(stored: Pipeline | None, told: Pipeline) -> Pipeline:
    """The pipeline to store."""
    told = _settled(told)
    if stored is None:
        return told
    if stored.updated_at and told.updated_at and told.updated_at < stored.updated_at:
        return stored
    return replace(
        _ending(stored, told),
        started_at=told.started_at or stored.started_at,
        updated_at=told.updated_at or stored.updated_at,
        queued=stored.queued if told.queued is None else told.queued,
        user=told.user or stored.user,
        web_url=told.web_url or stored.web_url,
        name=told.name or stored.name,
        tag=stored.tag if told.tag is None else told.tag,
    )


def merged_job(stored: Job | None, told: Job) -> Job:
    """The job to store; an attempt that ended never runs again, its retry has another id."""
    told = _settled(told)
    if stored is None:
        return told
    if stored.status in _ENDED and not told.status.finished:
        return stored
    return replace(
        _ending(stored, told),
        ref=told.ref or stored.ref,
        stage=told.stage or stored.stage,
        created_at=told.created_at or stored.created_at,
        started_at=told.started_at or stored.started_at,
        queued=stored.queued if told.queued is None else told.queued,
        retried=stored.retried if told.retried is None else told.retried or bool(stored.retried),
        runner_id=stored.runner_id if told.runner_id is None else told.runner_id,
        runner=told.runner or stored.runner,
        tags=told.tags or stored.tags,
        needs=stored.needs if told.needs is None else told.needs,
        user=told.user or stored.user,
        web_url=told.web_url or stored.web_url,
        downstream=stored.downstream if told.downstream is None else told.downstream,
        tag=stored.tag if told.tag is None else told.tag,
    )


def _settled(told: One) -> One:
    """`told` without an end that it has not reached: a duration so far differs at every look, and `started_at` tells
    it too."""
    return told if told.status.finished else replace(told, finished_at=None, duration=None)


def _ending(stored: One, told: One) -> One:
    """`told` with the end that is known, as long as it still stands: a retried pipeline runs again without one."""
    if told.status is not stored.status:
        return told
    return replace(
        told,
        finished_at=told.finished_at or stored.finished_at,
        duration=stored.duration if told.duration is None else told.duration,
        failure_reason=told.failure_reason or stored.failure_reason,
    )
