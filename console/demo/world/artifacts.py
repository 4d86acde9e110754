"""The files that a job leaves behind, its log among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dice import share
from .nouns import Job, Pipeline
from .traces.trace import trace

if TYPE_CHECKING:
    from .world import World

KEPT_DAYS = 30
_ARCHIVE_MEBI = {"build": 40, "package": 18, "image": 6, "docs": 12, "train": 300, "e2e": 24}
_LEAVE_ON_FAILURE = frozenset({"unit", "e2e"})


@dataclass(frozen=True, slots=True)
class Artifact:
    file_type: str
    filename: str
    size: int
    file_format: str | None


def expires_at(job: Job) -> float:
    return job.finished_at + KEPT_DAYS * 86400


def artifacts(world: World, pipeline: Pipeline, job: Job, t: float) -> list[Artifact]:
    """What the job has left by `t`: nothing before its end, and its log alone once the rest expired."""
    if t < job.finished_at or job.started_at > t or job.spec.triggers or t >= job.erased_at:
        return []
    log = Artifact("trace", "job.log", trace(world, pipeline, job, t).size, None)
    kept = t < expires_at(job)
    fine = job.outcome == "success" or (job.outcome == "failed" and job.spec.kind in _LEAVE_ON_FAILURE)
    return [*(_files(pipeline, job) if kept and fine else []), log]


def _files(pipeline: Pipeline, job: Job) -> list[Artifact]:
    chance, found = share(job.id, "artifact"), []
    mebi = _ARCHIVE_MEBI.get(job.spec.kind)
    if mebi:
        found.append(Artifact("archive", "artifacts.zip", int(mebi * (0.6 + chance) * 1048576), "zip"))
        found.append(Artifact("metadata", "metadata.gz", int(400 + 3000 * chance), "gzip"))
    if job.spec.junit:
        found.append(Artifact("junit", "junit.xml.gz", int(2000 + 40000 * chance), "gzip"))
    return found
