"""The pipelines of the fleet, found without an index: each is made when asked for, and the same each time."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from math import inf
from threading import Lock

from .catalogue import project
from .ids import Ids, PipelineKey, pipeline_of
from .nouns import Job, Pipeline, Project
from .rhythm import Calendar, Start, day_starts
from .runs import AUTO_CANCEL_DELAY, Intervention, expanded, simulate
from .setting import Setting
from .stories import STORIES, plays, tellable

DAY = 86400
CREATED_AFTER_START = 0.25
"""Seconds between a start's second and the creation of its pipeline."""

Stamp = tuple[int, Setting]


class Timeline:
    """Everything that was, is and (with nobody interfering) will be in a fleet of `count` projects.

    What an operator does is written with `intervene` and `run`; it changes nothing that was before.
    Reads may run in several threads; writes are for one at a time.
    """

    def __init__(self, calendar: Calendar, count: int) -> None:
        self.calendar = calendar
        self.count = count
        self.ids = Ids(count)
        self.setting = Setting(calendar.seed, calendar.start)
        self.interventions: dict[int, tuple[Intervention, ...]] = {}
        self.extra: dict[int, tuple[Start, ...]] = {}
        """Pipelines that somebody started through the API, by index of the project, oldest first."""
        self.changes: dict[tuple[int, int], int] = {}
        """How often somebody interfered with the pipelines of a project (index) that began on a day."""
        self.deploying: dict[tuple[int, int], tuple[Stamp, tuple[tuple[Pipeline, Job], ...]]] = {}
        """What `deploys` remembers of a project's day."""
        self.starts = lru_cache(maxsize=4096)(self._starts)
        self._before: dict[int, list[int]] = {}
        self._counting, self._telling = Lock(), Lock()
        self._stories: dict[int, tuple[int, tuple[Intervention, ...]]] = {}
        self._pipeline = lru_cache(maxsize=4096)(self._make)

    def projects(self) -> Iterator[Project]:
        """Every project, in the order of the catalogue."""
        return (self.project(index) for index in range(self.count))

    def project(self, index: int) -> Project:
        return project(self.calendar.seed, index)

    def pipelines(self, index: int, t: float, since: float = -inf) -> Iterator[Pipeline]:
        """The project's pipelines that exist at `t` and were created at `since` or later, newest first.

        Child pipelines are not among them.
        """
        for start in self.beginnings(index, t, since):
            yield self.begun(index, start)

    def begun(self, index: int, start: Start) -> Pipeline:
        """The pipeline of this project that began so."""
        return self._pipeline(PipelineKey(index, start.second))

    def beginnings(self, index: int, t: float, since: float = -inf) -> Iterator[Start]:
        """How the pipelines of `pipelines` began: enough to count and to choose, and far cheaper."""
        origin = self.calendar.origin
        extra = self.extra.get(index, ())
        last = max(0, self.calendar.day(max(since, origin)))
        for day in range(self.calendar.day(t), last - 1, -1):
            found = [*self.starts(index, day), *(one for one in extra if one.second // DAY == day)]
            for start in sorted(found, key=lambda one: -one.second):
                if since <= origin + start.second <= t:
                    yield start

    def last_start(self, index: int, t: float) -> float:
        """When the project's newest pipeline was created; the origin when it has none yet."""
        newest = next(self.beginnings(index, t), None)
        return self.calendar.origin + (newest.second + CREATED_AFTER_START if newest else 0.0)

    def pipeline(self, number: int, t: float) -> Pipeline | None:
        """The pipeline with this id, if there is one at `t`."""
        key = self.ids.pipeline_key(number)
        if not 0 <= key.index < self.count or not 0 <= key.second <= t - self.calendar.origin:
            return None
        found = self._pipeline(key) if self._start(key) else None
        return found if found is not None and found.jobs and found.created_at <= t else None

    def child(self, parent: Pipeline, t: float) -> Pipeline | None:
        """The child pipeline that a bridge of this one has started by `t`."""
        key = self.ids.pipeline_key(parent.id)
        return self.pipeline(self.ids.pipeline(replace(key, child=True)), t)

    def by_iid(self, index: int, iid: int, t: float) -> Pipeline | None:
        low, high = 0, self.calendar.day(t)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._count_before(index, middle) < iid else (low, middle - 1)
        origin = self.calendar.origin
        for pipeline in self.pipelines(index, min(t, origin + (low + 2) * DAY), origin + max(0, low - 1) * DAY):
            if pipeline.iid == iid:
                return pipeline
        return None

    def job(self, number: int, t: float) -> tuple[Pipeline, Job] | None:
        """The job with this id and its pipeline, if it exists at `t`."""
        pipeline = self.pipeline(pipeline_of(number), t)
        jobs = pipeline.jobs if pipeline else ()
        found = next((job for job in jobs if job.id == number and job.created_at <= t), None)
        return (pipeline, found) if pipeline and found else None

    def intervene(self, pipeline_id: int, deed: Intervention) -> None:
        """Let this happen to the pipeline. Only what comes after `deed.at` changes."""
        self.interventions[pipeline_id] = (*self.interventions.get(pipeline_id, ()), deed)
        key = self.ids.pipeline_key(pipeline_id)
        self._count_change(key.index, key.second)
        self._pipeline.cache_clear()

    def pause(self, runner_id: int, t: float, wanted: bool) -> None:
        """Pause the runner from `t` on, or let it go on: the jobs that it has are not touched."""
        self.setting = self.setting.with_pause(runner_id, t, wanted)
        self._pipeline.cache_clear()

    def run(self, index: int, start: Start) -> Pipeline:
        """A new pipeline of this project; its second moves on to the next free one."""
        taken = {one.second for one in self.starts(index, start.second // DAY)}
        taken |= {one.second for one in self.extra.get(index, ())}
        while start.second in taken:
            start = replace(start, second=start.second + 1)
        self.extra[index] = (*self.extra.get(index, ()), start)
        self._count_change(index, start.second)
        self._pipeline.cache_clear()  # later ones, if any was looked at already, count one more before them
        return self._pipeline(PipelineKey(index, start.second))

    def _count_change(self, index: int, second: int) -> None:
        day = second // DAY
        self.changes[index, day] = self.changes.get((index, day), 0) + 1

    def _starts(self, index: int, day: int) -> tuple[Start, ...]:
        return day_starts(self.calendar, self.project(index), day)

    def _start(self, key: PipelineKey) -> Start | None:
        extra = self.extra.get(key.index, ())
        found = (*self.starts(key.index, key.second // DAY), *extra)
        return next((start for start in found if start.second == key.second), None)

    def _count_before(self, index: int, day: int) -> int:
        """Pipelines that the project had, without those started through the API, before that day."""
        with self._counting:
            counts = self._before.setdefault(index, [0])
            while len(counts) <= day:
                counts.append(counts[-1] + len(self.starts(index, len(counts) - 1)))
            return counts[day]

    def _iid(self, index: int, start: Start) -> int:
        today = (*self.starts(index, start.second // DAY), start)
        earlier = sum(one.second < start.second for one in today)
        added = sum(one.second < start.second for one in self.extra.get(index, ()))
        return self._count_before(index, start.second // DAY) + earlier + added + 1

    def _make(self, key: PipelineKey) -> Pipeline:
        start = self._start(key)
        assert start is not None, f"no pipeline {key}"
        blank = self._blank(key, start)
        if blank.created_at == inf:
            return blank  # the child of a bridge that never started
        done = (*self._told(key.index, blank.id), *self.interventions.get(blank.id, ()))
        if (
            start.superseded_second is not None
            and blank.project.blueprint.auto_cancel
            and start.kind in ("mr", "branch")
        ):
            at = self.calendar.origin + start.superseded_second + AUTO_CANCEL_DELAY
            done = tuple(sorted((*done, Intervention(at, "cancel_all")), key=lambda one: one.at))
        return self._simulated(blank, done)

    def _simulated(self, blank: Pipeline, done: tuple[Intervention, ...] = ()) -> Pipeline:
        return simulate(self.setting, blank, expanded(blank), done)

    def _told(self, index: int, number: int) -> tuple[Intervention, ...]:
        """What people did in this pipeline, if it is the one that its project's story is told of."""
        if self.project(index).name not in STORIES:
            return ()
        with self._telling:
            if index not in self._stories:
                self._stories[index] = self._find_story(index)
        pipeline_id, deeds = self._stories[index]
        return deeds if pipeline_id == number else ()

    def _find_story(self, index: int) -> tuple[int, tuple[Intervention, ...]]:
        """(pipeline, what was done in it): the last one of the default branch in which it can have happened."""
        story, start = STORIES[self.project(index).name], self.calendar.start
        for one in self.beginnings(index, start - story.began):
            if one.kind == "default":
                found = self._simulated(self._blank(PipelineKey(index, one.second), one))
                if tellable(found, story, start):
                    who = found.user.id
                    return found.id, tuple(Intervention(t, "play", job, who) for t, job in plays(found, story, start))
        return 0, ()

    def _blank(self, key: PipelineKey, start: Start) -> Pipeline:
        """The pipeline without its jobs."""
        whole = Pipeline(
            id=self.ids.pipeline(key),
            iid=self._iid(key.index, start),
            project=self.project(key.index),
            ref=start.ref,
            sha=start.sha,
            before_sha=start.before_sha or "0" * 40,
            source=start.source,
            kind=start.kind,
            tag=start.kind == "tag",
            user=start.user,
            created_at=self.calendar.origin + start.second + CREATED_AFTER_START,
            title=start.title,
            jobs=(),
            merge_request_iid=start.merge_request_iid,
        )
        return self._as_child(key, whole) if key.child else whole

    def _as_child(self, key: PipelineKey, blank: Pipeline) -> Pipeline:
        parent = self._pipeline(replace(key, child=False))
        bridges = [job for job in parent.jobs if job.spec.triggers and job.started_at < inf]
        born = bridges[0].started_at if bridges else inf
        return replace(
            blank,
            kind="child",
            source="parent_pipeline",
            created_at=born,
            parent_id=parent.id,
            iid=blank.iid + 1_000_000,
        )
