"""What a row rests on: the one job whose log shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.pipelines import Job, Pipeline, Project, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.rollouts import Deployment
    from ..ports import CacheEvidence, Services

_RUNS = 20
"""Newest pipelines in which a job is looked for."""


async def broken_by(services: Services, project: Project) -> Pipeline | None:
    """The default branch's newest pipeline with a verdict, when that is failure."""
    from ..insight import health

    newest = await services.history.pipelines(project.id, ref=project.default_branch, limit=health.STRIP)
    return health.broken_by(newest)


async def failing_job(services: Services, pipeline: Pipeline) -> Job | None:
    """The job that broke a pipeline; None: none did, or its jobs are not stored yet."""
    from ..insight import health

    return health.failing_job(await services.history.jobs([pipeline.id]))


async def newest_miss(services: Services, project_id: int, *, job: str = "", key: str = "") -> Job | None:
    """The newest job whose cache missed: of the project, of one job's name or of one key."""
    found = await services.history.cache_evidence(project_id, key=key or None)
    one = next((one for one in found if not job or one.job == job), None)
    return None if one is None else await missed(services, one)


async def missed(services: Services, one: CacheEvidence) -> Job:
    """The job of one miss; as much of it as opening its log needs when the job itself is stored no more."""
    stored = await services.history.jobs([one.pipeline_id])
    spare = Job(one.job_id, one.pipeline_id, one.project_id, one.job, "", Status.UNKNOWN)
    return next((job for job in stored if job.id == one.job_id), spare)


async def newest_run(services: Services, project_id: int, name: str) -> Job | None:
    """The newest finished run of a job on the default branch."""
    project = await _project(services, project_id)
    if project is None:
        return None
    pipelines = await services.history.pipelines(project_id, ref=project.default_branch, limit=_RUNS)
    jobs = await services.history.jobs([one.id for one in pipelines])
    runs = (one for one in jobs if one.name == name and one.finished_at is not None)
    return max(runs, key=lambda one: one.id, default=None)


async def deploying_job(services: Services, deployment: Deployment) -> tuple[Job, str] | None:
    """The job that deployed, and its project's path; None when the deployment came through the API."""
    project = await _project(services, deployment.project_id)
    if project is None or deployment.job_id is None:
        return None
    jobs = () if deployment.pipeline_id is None else await services.history.jobs([deployment.pipeline_id])
    status = deployment.job_status or Status.UNKNOWN
    name, pipeline_id = deployment.job_name, deployment.pipeline_id or 0
    spare = Job(deployment.job_id, pipeline_id, project.id, name, "", status, ref=deployment.ref)
    return next((one for one in jobs if one.id == deployment.job_id), spare), project.path


async def page(services: Services, names: Iterable[str]) -> str:
    """The web page of the project that one of the names means, by its path or the last part of it; empty: none."""
    projects = await services.history.projects()
    for name in filter(None, names):
        found = [one for one in projects if one.path == name or one.path.endswith(f"/{name}")]
        if len(found) == 1:
            return found[0].web_url
    return ""


async def _project(services: Services, project_id: int) -> Project | None:
    return next((one for one in await services.history.projects() if one.id == project_id), None)
