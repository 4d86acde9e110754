"""How a project's pipelines fare: verdicts, ratios, and which job broke what.

Only success and failure are verdicts. A canceled or skipped pipeline says nothing of the code, and one that waits for
a person (`manual`) has failed nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ..model.pipelines import Job, Pipeline, Status

STRIP = 20


def verdict(status: Status) -> bool | None:
    """Whether a status says that the code is good; None: it says neither."""
    return {Status.SUCCESS: True, Status.FAILED: False}.get(status)


def strip(pipelines: Sequence[Pipeline], length: int = STRIP) -> tuple[Status, ...]:
    """Statuses of the newest pipelines, oldest first; `pipelines` come newest first."""
    return tuple(one.status for one in reversed(pipelines[:length]))


def success_ratio(statuses: Iterable[Status]) -> float | None:
    """Successes over verdicts, 0..1; None without a verdict."""
    verdicts = [good for one in statuses if (good := verdict(one)) is not None]
    return sum(verdicts) / len(verdicts) if verdicts else None


def newest(pipelines: Sequence[Pipeline]) -> Pipeline | None:
    """The pipeline that stands for a branch: the newest that ran, runs or waits for a person."""
    shown = (one for one in pipelines if one.status is not Status.SKIPPED and one.status is not Status.CREATED)
    return next(shown, pipelines[0] if pipelines else None)


def broken_by(pipelines: Sequence[Pipeline]) -> Pipeline | None:
    """The newest pipeline with a verdict, if that verdict is failure; `pipelines` come newest first."""
    judged = next((one for one in pipelines if verdict(one.status) is not None), None)
    return judged if judged is not None and judged.status is Status.FAILED else None


def since(pipelines: Sequence[Pipeline]) -> datetime | None:
    """Since when the branch has its verdict: the first of the unbroken run, newest first.

    When every pipeline given has the same verdict, it is at least that old. None without a verdict.
    """
    first: Pipeline | None = None
    for one in pipelines:
        if verdict(one.status) is None:
            continue
        if first is not None and one.status is not first.status:
            break
        first = one
    return None if first is None else first.finished_at or first.updated_at or first.created_at


def current(jobs: Iterable[Job]) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
    """Newest attempts, and those that a retry replaced, of one pipeline's jobs; each in the order of their ids."""
    newest_of: dict[str, Job] = {}
    replaced: list[Job] = []
    for one in sorted(jobs, key=lambda job: job.id):
        if one.retried:
            replaced.append(one)
        elif (before := newest_of.get(one.name)) is not None:
            replaced.append(before)
            newest_of[one.name] = one
        else:
            newest_of[one.name] = one
    return tuple(sorted(newest_of.values(), key=lambda job: job.id)), tuple(sorted(replaced, key=lambda job: job.id))


def failing_job(jobs: Iterable[Job]) -> Job | None:
    """The job that broke a pipeline: of its newest attempts, the first that failed and was not allowed to."""
    failed = [one for one in current(jobs)[0] if one.status is Status.FAILED and not one.allow_failure]
    return min(failed, key=lambda one: (one.finished_at is None, one.finished_at, one.id)) if failed else None


def stage_order(jobs: Iterable[Job]) -> tuple[str, ...]:
    """Stages in the order they run: GitLab creates jobs stage by stage, so ids ascend; retries come later."""
    first: dict[str, int] = {}
    for one in jobs:
        first[one.stage] = min(one.id, first.get(one.stage, one.id))
    return tuple(sorted(first, key=first.__getitem__))
