"""What one finished pipeline or job gives to the sums by day: plain values, remembered in its row as text."""

import json
from dataclasses import astuple, dataclass
from typing import Any

from ..model.pipelines import Job, Pipeline, Status
from .codec import day_of, micros, span_micros, words

PUSHES = frozenset({"push", "merge_request_event", "external_pull_request_event"})
"""Sources of pipelines that a newer push makes needless; a schedule or an API call is wanted for itself."""
CHILD = "parent_pipeline"
"""Source of child pipelines: parts of another one, on the same ref, so never counted as whole."""


@dataclass(frozen=True, slots=True)
class Finish:
    """A success or failure on the default branch: of a whole pipeline (`job` empty) or of one job."""

    project_id: int
    whole: bool
    day: int
    job: str
    succeeded: bool
    running: int | None
    queued: int | None
    """Microseconds; None when GitLab did not tell."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Time of one attempt on a runner, in microseconds, whatever its end."""

    project_id: int
    day: int
    tags: str
    branch: str
    user: str
    running: int
    retried: int
    superseded: int


Counted = tuple[Finish | None, Spent | None]
NOTHING: Counted = (None, None)


def remembered(counted: Counted) -> str | None:
    """Text for the column `counted`; None: it gave nothing."""
    if counted == NOTHING:
        return None
    return json.dumps([part and astuple(part) for part in counted], ensure_ascii=False, separators=(",", ":"))


def recalled(text: str | None) -> Counted:
    """What `remembered` wrote."""
    if text is None:
        return NOTHING
    finish, spent = json.loads(text)
    return (Finish(*finish) if finish else None, Spent(*spent) if spent else None)


def branch_kind(ref: str, default_branch: str | None, *, source: str = "", tag: bool | None = None) -> str:
    """default, merge_request, tag or other."""
    if source == "merge_request_event" or ref.startswith("refs/merge-requests/"):
        return "merge_request"
    if tag or ref.startswith("refs/tags/"):
        return "tag"
    return "default" if default_branch and ref == default_branch else "other"


def of_pipeline(pipeline: Pipeline, kind: str) -> Counted:
    """What a pipeline gives: durations, when it ran on the default branch as a whole and came to an end."""
    if kind != "default" or pipeline.source == CHILD:
        return NOTHING
    ended = pipeline.finished_at or pipeline.updated_at or pipeline.created_at
    return _finish(pipeline, True, "", micros(ended)), None


def of_job(job: Job, kind: str, *, retried: bool, superseded_at: int | None) -> Counted:
    """What a job attempt gives: durations on the default branch, and its time on a runner on any.

    Counted on the day it finished. Superseded is its time after `superseded_at`, when a newer push to the same ref
    had made its own pipeline: what cancelling the older one at that moment would have saved. An attempt made later
    than that was asked for on purpose.
    """
    finished, running = micros(job.finished_at), job_micros(job)
    if not job.status.finished or finished is None:
        return NOTHING
    finish = _finish(job, False, job.name, finished) if kind == "default" else None
    if running is None:
        return finish, None
    late = 0
    if superseded_at is not None and (micros(job.created_at) or 0) <= superseded_at:
        late = min(running, max(0, finished - superseded_at))
    tags = words(sorted(set(job.tags))) or "[]"
    spent = Spent(
        job.project_id, day_of(finished), tags, kind, job.user, running, running if retried else 0, superseded=late
    )
    return finish, spent


def job_micros(job: Job) -> int | None:
    """Running time: as told, else from start to end; None when it never ran."""
    if job.started_at is None and not job.duration:
        return None
    told = _sound(span_micros(job.duration))
    if told is not None or job.started_at is None or job.finished_at is None:
        return told
    return _sound(span_micros(job.finished_at - job.started_at))


def _finish(one: Pipeline | Job, whole: bool, job: str, ended: int | None) -> Finish | None:
    if one.status not in (Status.SUCCESS, Status.FAILED) or ended is None:
        return None
    succeeded = one.status is Status.SUCCESS
    running = job_micros(one) if isinstance(one, Job) else _sound(span_micros(one.duration))
    return Finish(
        one.project_id,
        whole,
        day_of(ended),
        job,
        succeeded,
        running if succeeded else None,
        _sound(span_micros(one.queued)) if succeeded else None,
    )


def _sound(value: Any) -> int | None:
    """A span as told, unless a clock that went backwards made it negative."""
    return value if value is not None and value >= 0 else None
