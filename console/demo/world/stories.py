"""Roll-outs that the services tell of, as GitLab has to show them: who played which job, and when."""

from collections.abc import Iterator
from dataclasses import dataclass

from .nouns import JobSpec, Pipeline, Project

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Story:
    """The last roll-out of a service. From its beginning on nobody else deploys the service: it is not over yet."""

    plays: tuple[tuple[str, float], ...]
    """(job, seconds before the start at which it was played), in this order."""

    @property
    def began(self) -> float:
        """Seconds before the start."""
        return self.plays[0][1]


STORIES = {
    "agent-brain": Story((("canary 5%", 55 * MINUTE), ("canary 25%", 35 * MINUTE))),
    "agent-mesh": Story((("deploy green", 2 * DAY + 25 * MINUTE), ("switch traffic", 2 * DAY))),
}
"""By the name of the project. `services.py` has what became of them."""


def held(project: Project, spec: JobSpec, at: float, start: float) -> bool:
    """Whether nobody would play this job at `at`, since the story's roll-out is under way."""
    story = STORIES.get(project.name)
    return story is not None and spec.when == "manual" and at > start - story.began - HOUR


def tellable(pipeline: Pipeline, story: Story, start: float) -> bool:
    """Whether the story can have happened in this pipeline: all but the manual jobs were done by then."""
    by = start - story.began
    others = [job for job in pipeline.jobs if job.spec.when != "manual"]
    return all(job.outcome == "success" and job.finished_at < by for job in others)


def plays(pipeline: Pipeline, story: Story, start: float) -> Iterator[tuple[float, int]]:
    """(when, job id) of what was played in the pipeline that the story is told of."""
    first: dict[str, int] = {}
    for job in pipeline.jobs:
        first.setdefault(job.name, job.id)
    for name, before in story.plays:
        yield start - before, first[name]
