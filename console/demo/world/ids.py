"""Numbers that GitLab gives to things. They grow with time, and tell the generator where to look without an index."""

from dataclasses import dataclass

NAMES, RUNS = 64, 8
"""Most jobs of a pipeline, and most runs of one job."""
FIRST_PROJECT = 4001


@dataclass(frozen=True, slots=True)
class PipelineKey:
    """Where a pipeline comes from: the project's index, the second after the origin, and whether it is a child."""

    index: int
    second: int
    child: bool = False


@dataclass(frozen=True, slots=True)
class Ids:
    """Pipeline and job ids of a world of `projects` projects: pipelines of one project never share a second."""

    projects: int

    def pipeline(self, key: PipelineKey) -> int:
        return (key.second * self.projects + key.index) * 2 + key.child + 1000

    def pipeline_key(self, number: int) -> PipelineKey:
        rest, child = divmod(number - 1000, 2)
        second, index = divmod(rest, self.projects)
        return PipelineKey(index, second, bool(child))


def job_id(pipeline_id: int, run: int, name: int) -> int:
    """The id of the run-th run (0 first) of the name-th job."""
    return (pipeline_id * RUNS + run) * NAMES + name


def pipeline_of(job: int) -> int:
    return job // (NAMES * RUNS)


def run_of(job: int) -> int:
    return job // NAMES % RUNS


def name_of(job: int) -> int:
    return job % NAMES
