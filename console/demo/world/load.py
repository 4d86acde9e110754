"""How busy the runners are, counted from the very jobs that GitLab shows."""

from bisect import bisect_right
from collections import defaultdict
from functools import lru_cache
from math import inf

from .nouns import Job, Runner
from .timeline import Timeline

DAY = 86400
LOOK_BACK = 1
"""Days before a day whose pipelines may still have jobs on it."""
COUNTED = 200
"""Projects that are counted. With more, the runners are at their limits anyway."""
Moments = tuple[list[float], list[float]]


class RunnerLoad:
    """Jobs by runner and time. Each day is counted once and kept, until somebody interferes with a pipeline."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._day = lru_cache(maxsize=16)(self._count_day)
        self.forget = self._day.cache_clear

    def running(self, runner: Runner, t: float) -> int:
        """Jobs that it runs at `t`, 0..limit."""
        started, finished = self._day(self.timeline.calendar.day(t)).get(runner.id, ([], []))
        return min(runner.limit, bisect_right(started, t) - bisect_right(finished, t))

    def finished(self, runner: Runner, since: float, until: float) -> int:
        """Jobs that it ended in since < t <= until."""
        total, calendar = 0, self.timeline.calendar
        for day in range(calendar.day(since), calendar.day(until) + 1):
            midnight = calendar.origin + day * DAY
            _, finished = self._day(day).get(runner.id, ([], []))
            low, high = max(since, midnight), min(until, midnight + DAY)
            total += bisect_right(finished, high) - bisect_right(finished, low)
        return total

    def jobs(self, runner_id: int, t: float, days: int) -> list[Job]:
        """The runs that it has taken in pipelines of the last `days` days, newest first."""
        since = t - days * DAY
        found = (
            job
            for project in range(min(self.timeline.count, COUNTED))
            for pipeline in self.timeline.pipelines(project, t, since)
            for job in pipeline.jobs
            if job.runner_id == runner_id and job.started_at <= t
        )
        return sorted(found, key=lambda job: -job.id)

    def _count_day(self, day: int) -> dict[int, Moments]:
        """Moments (all starts, all ends), sorted, of the jobs that touch this day, by runner."""
        midnight = self.timeline.calendar.origin + day * DAY
        starts: dict[int, list[float]] = defaultdict(list)
        ends: dict[int, list[float]] = defaultdict(list)
        for project in range(min(self.timeline.count, COUNTED)):
            for pipeline in self.timeline.pipelines(project, midnight + DAY, midnight - LOOK_BACK * DAY):
                for job in pipeline.jobs:
                    if job.started_at < inf and job.finished_at >= midnight:
                        starts[job.runner_id].append(job.started_at)
                        ends[job.runner_id].append(job.finished_at)
        return {runner: (sorted(starts[runner]), sorted(ends[runner])) for runner in starts}
