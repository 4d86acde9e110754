"""What an operator can do to jobs and pipelines; REST and GraphQL share it. Refusals are ApiErrors."""

from ..world.nouns import Job, Pipeline
from ..world.people import OPERATOR
from ..world.runs import Intervention
from ..world.states import FINISHED, latest_at, status
from .answers import ApiError, forbidden
from .call import Call

Row = tuple[Pipeline, Job]
_ACTIVE = frozenset({"created", "pending", "running", "waiting_for_resource", "preparing", "manual", "scheduled"})


def retry_job(call: Call, pipeline: Pipeline, job: Job) -> Row:
    """The new run, which has an id of its own."""
    if status(job, call.now) not in FINISHED - {"skipped"} or job.retried_at <= call.now or job.spec.triggers:
        raise forbidden("Job is not retryable")
    renewed = _changed(call, pipeline, "retry", job)
    newest = max((one for one in renewed.jobs if one.name == job.name), key=lambda one: one.id)
    if newest.id == job.id:
        raise forbidden("Job is not retryable")
    return renewed, newest


def cancel_job(call: Call, pipeline: Pipeline, job: Job) -> Row:
    """The job: `canceling` when a runner has it, else `canceled`."""
    if status(job, call.now) not in _ACTIVE:
        raise forbidden("Job is not cancelable")
    return _same(_changed(call, pipeline, "cancel", job), job)


def play_job(call: Call, pipeline: Pipeline, job: Job) -> Row:
    if status(job, call.now) != "manual":
        raise ApiError(400, {"message": "400 Bad request - Unplayable Job"})
    return _same(_changed(call, pipeline, "play", job), job)


def erase_job(call: Call, pipeline: Pipeline, job: Job) -> Row:
    if status(job, call.now) not in FINISHED or job.erased_at <= call.now:
        raise forbidden("Job is not erasable!")
    return _same(_changed(call, pipeline, "erase", job), job)


def retry_pipeline(call: Call, pipeline: Pipeline) -> Pipeline:
    if not any(status(job, call.now) in ("failed", "canceled") for job in latest_at(pipeline, call.now)):
        raise forbidden()
    return _changed(call, pipeline, "retry_all")


def cancel_pipeline(call: Call, pipeline: Pipeline) -> Pipeline:
    """Succeeds even when there is nothing left to cancel, as in GitLab."""
    return _changed(call, pipeline, "cancel_all")


def _changed(call: Call, pipeline: Pipeline, action: str, job: Job | None = None) -> Pipeline:
    call.timeline.intervene(pipeline.id, Intervention(call.now, action, job.id if job else 0, OPERATOR.id))
    call.server.world.load.forget()
    found = call.timeline.pipeline(pipeline.id, call.now)
    assert found is not None, "a pipeline does not vanish when something is done to it"
    return found


def _same(pipeline: Pipeline, job: Job) -> Row:
    return pipeline, next(one for one in pipeline.jobs if one.id == job.id)
