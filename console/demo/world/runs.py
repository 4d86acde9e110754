"""From a pipeline's beginning to its end: who waits for whom, what fails, what is tried again, what people do to it."""

from dataclasses import dataclass, replace
from math import inf

from .blueprints import CHILD
from .draws import STUCK_AFTER, Draw, draw
from .ids import NAMES, RUNS, job_id, name_of
from .nouns import Job, JobSpec, Pipeline
from .setting import Setting, Span

AUTO_CANCEL_DELAY = 2.0
RUNNER_NOTICES = 4.5
"""Seconds that a runner takes to end a job that is being cancelled."""


@dataclass(frozen=True, slots=True)
class Intervention:
    """Something done to a pipeline from outside at a moment. It never changes what was before that moment."""

    at: float
    action: str
    """cancel, retry, play or erase a job; cancel_all or retry_all of the pipeline."""
    job_id: int = 0
    user_id: int = 0

    def meets(self, action: str, job: int) -> bool:
        return self.action == action and self.job_id == job


@dataclass(frozen=True, slots=True)
class Life:
    """All runs of one job of the configuration, and what they mean for those who wait for it."""

    runs: tuple[Job, ...]
    bad: tuple[Span, ...]
    """When it counted as failed, cancelled or skipped."""
    good_at: float
    """When it was done for good, or inf."""


def expanded(pipeline: Pipeline) -> list[tuple[str, JobSpec]]:
    """(name, spec) of each job of this pipeline, in the order of stages; `parallel` gives several."""
    blueprint, found = pipeline.project.blueprint, []
    if pipeline.kind == "child":
        blueprint = CHILD
    for spec in blueprint.jobs:
        if not spec.only or pipeline.kind in spec.only:
            names = [f"{spec.name} {n}/{spec.parallel}" for n in range(1, spec.parallel + 1)] or [spec.name]
            found += [(name, spec) for name in names]
    order = {stage: place for place, stage in enumerate(blueprint.stages)}
    return sorted(found, key=lambda one: order[one[1].stage])[:NAMES]


def simulate(
    setting: Setting,
    pipeline: Pipeline,
    specs: list[tuple[str, JobSpec]],
    interventions: tuple[Intervention, ...] = (),
) -> Pipeline:
    """The pipeline with all its jobs from beginning to end."""
    lives: dict[str, list[Life]] = {}
    stages: dict[str, list[Life]] = {}
    every: list[Life] = []
    left_alone = {name for name, spec in specs if spec.when == "manual" and spec.allow_failure}
    for place, (name, spec) in enumerate(specs):
        earlier = [
            life
            for stage, found in stages.items() if stage != spec.stage
            for life in found if life.runs[0].name not in left_alone
        ]  # fmt: skip
        waits = earlier if spec.needs is None else [life for need in spec.needs for life in lives.get(need, ())]
        life = _live(_Course(setting, pipeline, name, spec, place, interventions), waits)
        every.append(life)
        lives.setdefault(spec.name, []).append(life)
        stages.setdefault(spec.stage, []).append(life)
    jobs = sorted((job for life in every for job in life.runs), key=lambda job: (job.created_at, job.id))
    return replace(pipeline, jobs=tuple(jobs))


@dataclass(frozen=True, slots=True)
class _Course:
    """What decides over the runs of one job of the configuration."""

    setting: Setting
    pipeline: Pipeline
    name: str
    spec: JobSpec
    place: int
    interventions: tuple[Intervention, ...]

    def number(self, run: int) -> int:
        return job_id(self.pipeline.id, run, self.place)

    def first(self, action: str, job: int, since: float, until: float) -> Intervention | None:
        """The first such intervention in since <= at < until; `cancel` and `retry` also meet those of the pipeline."""
        for one in self.interventions:
            if since <= one.at < until and (one.meets(action, job) or one.action == f"{action}_all"):
                return one
        return None


def _live(course: _Course, waits: list[Life]) -> Life:
    ready = max((life.good_at for life in waits), default=course.pipeline.created_at)
    skips = _merged([span for life in waits for span in life.bad])
    needs = None
    if course.spec.needs is not None:
        needs = tuple(job_id(course.pipeline.id, 0, name_of(life.runs[0].id)) for life in waits)
    runs: list[Job] = []
    created, retried_by = course.pipeline.created_at, 0
    while len(runs) < RUNS:
        number, when = course.number(len(runs)), _known(ready, created)
        chance = draw(course.setting, course.pipeline, course.spec, number, len(runs), when)
        job = _run(course, chance, len(runs), created, max(ready, created), skips, retried_by)
        job = replace(job, needs=needs, user_id=job.user_id or course.pipeline.user.id)
        following = _next_run(course, chance, job)
        if following is None or len(runs) == RUNS - 1:
            runs.append(job)
            break
        created, retried_by = following
        runs.append(replace(job, retried_at=created))
    return _life(course.spec, runs, skips)


def _known(ready: float, created: float) -> float:
    """When it became ready, or (never: inf) when it was made."""
    return max(ready, created) if ready < inf else created


def _run(
    course: _Course, chance: Draw, run: int, created: float, ready: float, skips: tuple[Span, ...], user_id: int
) -> Job:
    """One run that becomes ready at `ready` (inf: never)."""
    number, spec = course.number(run), course.spec
    job = Job(number, course.pipeline.id, spec, course.name, None, created, skips=skips, user_id=user_id)
    queued = ready
    if spec.when == "manual" and run == 0:
        played = course.first("play", number, ready, inf)
        queued = min(ready + chance.played_after, played.at if played else inf)
        user = played.user_id if played and played.at == queued else 0
        job = replace(job, manual_at=ready, user_id=user)
    started = queued + chance.queue
    finished = started + chance.seconds
    outcome, reason, cause = chance.outcome, chance.failure_reason, chance.cause
    if chance.cause == "stuck":
        finished = queued + STUCK_AFTER
    runner = chance.runner.id if chance.runner else 0
    job = replace(
        job, queued_at=queued, started_at=started, finished_at=finished, outcome=outcome, failure_reason=reason,
        cause=cause, runner_id=runner, manager_id=chance.manager_id, planned_seconds=chance.seconds,
        caches=chance.caches,
    )  # fmt: skip
    return _erased(course, _cancelled(course, job))


def _cancelled(course: _Course, job: Job) -> Job:
    stop = course.first("cancel", job.id, job.created_at, job.finished_at)
    if stop is None or _skipped(job, stop.at):
        return job
    if stop.action == "cancel_all" and job.manual_at <= stop.at < job.queued_at:
        return job  # what waits for a person is left waiting
    job = replace(job, outcome="canceled", failure_reason=None)
    if stop.at < job.started_at:
        return replace(job, queued_at=min(job.queued_at, stop.at), started_at=inf, finished_at=stop.at, runner_id=0)
    end = stop.at + RUNNER_NOTICES
    return replace(job, canceling_at=stop.at, finished_at=end)


def _skipped(job: Job, t: float) -> bool:
    return any(since <= t < until for since, until in job.skips)


def _erased(course: _Course, job: Job) -> Job:
    erased = next((one.at for one in course.interventions if one.meets("erase", job.id)), inf)
    return replace(job, erased_at=erased)


def _next_run(course: _Course, chance: Draw, job: Job) -> tuple[float, int] | None:
    """(when, by whom) the job is run again after this run ended; None: never."""
    asked = next(
        (
            one for one in course.interventions
            if one.at >= job.finished_at and (
                one.meets("retry", job.id) or (one.action == "retry_all" and job.outcome != "success")
            )
        ),
        None,
    )  # fmt: skip
    natural = job.finished_at + chance.retried_after if job.outcome == "failed" else inf
    stopped = course.first("cancel_all", 0, job.finished_at, natural)
    if stopped is not None:
        natural = inf
    if asked is not None and asked.at <= natural:
        return asked.at, asked.user_id
    return (natural, 0) if natural < inf else None


def _life(spec: JobSpec, runs: list[Job], skips: tuple[Span, ...]) -> Life:
    """What the runs mean for those who wait: a failure that is allowed is no hurdle."""
    tolerated = {"success", "failed"} if spec.allow_failure and spec.when != "manual" else {"success"}
    good_at, bad = inf, list(skips)
    if spec.when == "manual" and spec.allow_failure:
        # By `needs:` one can wait for a job that nobody has to play: skipped until somebody does.
        bad.append((runs[0].manual_at, runs[0].queued_at))
    for one in runs:
        if one.outcome in tolerated:
            # What waited for it has gone on by then, whatever a later run gives.
            good_at = one.finished_at
            break
        bad.append((one.finished_at, one.retried_at))
    return Life(tuple(runs), _merged(bad), good_at)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """The union of spans, in order, without overlap."""
    merged: list[Span] = []
    for since, until in sorted(span for span in spans if span[0] < span[1]):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return tuple(merged)
