"""One noun from one object of GitLab's answers. Functions named `…_rest` read REST, the others GraphQL."""

from datetime import UTC, datetime

from ...model.pipelines import Job, Pipeline, Project, Runner, Status, Storage
from ...model.rollouts import Deployment, Environment
from .read import Node, flag, identity, node, nodes, number, span, text, texts, time, url

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a creation GitLab does not date: the row sorts last instead of being lost."""


def project(row: Node) -> Project:
    """A project of the fleet."""
    stored = node(row.get("statistics"))
    return Project(
        id=identity(row),
        path=text(row, "fullPath"),
        web_url=url(row, "webUrl"),
        default_branch=text(node(row.get("repository")), "rootRef") or None,
        archived=flag(row, "archived") or False,
        storage=Storage(
            total_bytes=number(stored, "storageSize"),
            repository_bytes=number(stored, "repositorySize"),
            artifacts_bytes=number(stored, "buildArtifactsSize"),
            registry_bytes=number(stored, "containerRegistrySize"),
        )
        if stored
        else None,
    )


def project_rest(row: Node) -> Project:
    """A project from `GET /projects/:id` or a list."""
    stored = node(row.get("statistics"))
    return Project(
        id=identity(row),
        path=text(row, "path_with_namespace"),
        web_url=url(row, "web_url"),
        default_branch=text(row, "default_branch") or None,
        archived=flag(row, "archived") or False,
        storage=Storage(
            total_bytes=number(stored, "storage_size"),
            repository_bytes=number(stored, "repository_size"),
            artifacts_bytes=number(stored, "job_artifacts_size"),
            registry_bytes=number(stored, "container_registry_size"),
        )
        if stored
        else None,
    )


def pipeline(row: Node, of: Project) -> Pipeline:
    """A pipeline; GraphQL tells its durations in lists too."""
    found = identity(row)
    return Pipeline(
        id=found,
        iid=number(row, "iid") or 0,
        project_id=of.id,
        ref=text(row, "ref"),
        sha=text(row, "sha"),
        status=Status.of(text(row, "status")),
        source=text(row, "source").lower(),
        created_at=time(row, "createdAt") or _EPOCH,
        updated_at=time(row, "updatedAt"),
        started_at=time(row, "startedAt"),
        finished_at=time(row, "finishedAt"),
        duration=span(row, "duration"),
        queued=span(row, "queuedDuration"),
        user=text(node(row.get("user")), "username"),
        web_url=f"{of.web_url}/-/pipelines/{found}" if of.web_url else "",
        failure_reason=text(row, "failureReason"),
        name=text(row, "name"),
        tag=is_tag(text(row, "refPath")),
    )


def pipeline_rest(row: Node, of: Project) -> Pipeline:
    """A pipeline from a detail or a list; a list tells no durations and no user."""
    return Pipeline(
        id=identity(row),
        iid=number(row, "iid") or 0,
        project_id=of.id,
        ref=text(row, "ref"),
        sha=text(row, "sha"),
        status=Status.of(text(row, "status")),
        source=text(row, "source"),
        created_at=time(row, "created_at") or _EPOCH,
        updated_at=time(row, "updated_at"),
        started_at=time(row, "started_at"),
        finished_at=time(row, "finished_at"),
        duration=span(row, "duration"),
        queued=span(row, "queued_duration"),
        user=text(node(row.get("user")), "username"),
        web_url=url(row, "web_url"),
        failure_reason=text(row, "yaml_errors"),
        name=text(row, "name"),
        tag=flag(row, "tag"),
    )


def is_tag(path: str) -> bool | None:
    """Whether a full ref such as `refs/tags/v1` is a tag; None: not told."""
    return path.startswith("refs/tags/") if path else None


def job(row: Node, of: Pipeline, at: Project) -> Job:
    """A job or bridge. GraphQL tells neither its failure reason nor its user."""
    found = identity(row)
    runner_row = node(row.get("runner"))
    build = text(row, "kind") in ("BUILD", "")
    return Job(
        id=found,
        pipeline_id=of.id,
        project_id=of.project_id,
        name=text(row, "name"),
        stage=text(node(row.get("stage")), "name"),
        status=Status.of(text(row, "status")),
        ref=text(row, "refName") or of.ref,
        created_at=time(row, "createdAt"),
        started_at=time(row, "startedAt"),
        finished_at=time(row, "finishedAt"),
        duration=span(row, "duration"),
        queued=span(row, "queuedDuration"),
        allow_failure=flag(row, "allowFailure") or False,
        retried=flag(row, "retried"),
        runner_id=identity(runner_row) if runner_row else None,
        runner=text(runner_row, "description"),
        tags=texts(row, "tags"),
        needs=needs(row),
        web_url=f"{at.web_url}/-/jobs/{found}" if build and at.web_url else "",
        downstream=downstream(row, "downstreamPipeline"),
        tag=of.tag,
    )


def job_rest(row: Node, project_id: int) -> Job:
    """A job or bridge from REST, which tells neither `needs` nor whether it was retried."""
    runner_row = node(row.get("runner"))
    return Job(
        id=identity(row),
        pipeline_id=identity(node(row.get("pipeline"))),
        project_id=project_id,
        name=text(row, "name"),
        stage=text(row, "stage"),
        status=Status.of(text(row, "status")),
        ref=text(row, "ref"),
        created_at=time(row, "created_at"),
        started_at=time(row, "started_at"),
        finished_at=time(row, "finished_at"),
        duration=span(row, "duration"),
        queued=span(row, "queued_duration"),
        allow_failure=flag(row, "allow_failure") or False,
        failure_reason=text(row, "failure_reason"),
        runner_id=identity(runner_row) if runner_row else None,
        runner=text(runner_row, "description"),
        tags=texts(row, "tag_list"),
        user=text(node(row.get("user")), "username"),
        web_url=url(row, "web_url"),
        downstream=downstream(row, "downstream_pipeline"),
        tag=flag(row, "tag"),
    )


def needs(row: Node) -> tuple[str, ...] | None:
    """Names of the jobs it waits for; an empty list counts as `needs: []` only when the scheduling type says so."""
    names = tuple(text(one, "name") for one in nodes(row.get("needs")))
    return names if names or text(row, "schedulingType") == "dag" else None


def downstream(row: Node, key: str) -> int | None:
    """Id of the pipeline a bridge started; it may lie in another project."""
    started = node(row.get(key))
    return identity(started) if started else None


def runner(row: Node) -> Runner:
    """A runner; since GitLab 17 its version belongs to its managers."""
    manager = next(iter(nodes(row.get("managers"))), node(None))
    return Runner(
        id=identity(row),
        description=text(row, "description"),
        kind=text(row, "runnerType").lower(),
        status=text(row, "status").lower(),
        paused=flag(row, "paused") or False,
        tags=texts(row, "tagList"),
        run_untagged=flag(row, "runUntagged"),
        contacted_at=time(row, "contactedAt") or time(manager, "contactedAt"),
        version=text(manager, "version"),
    )


def runner_rest(row: Node) -> Runner:
    """A runner from `GET /runners/:id`, or from a list, which lacks its tags."""
    return Runner(
        id=identity(row),
        description=text(row, "description"),
        kind=text(row, "runner_type"),
        status=text(row, "status"),
        paused=flag(row, "paused") or False,
        tags=texts(row, "tag_list"),
        run_untagged=flag(row, "run_untagged"),
        contacted_at=time(row, "contacted_at"),
        version=text(row, "version"),
    )


def environment_rest(row: Node, project_id: int) -> Environment:
    """An environment from a list."""
    return Environment(
        id=identity(row),
        project_id=project_id,
        name=text(row, "name"),
        tier=text(row, "tier"),
        state=text(row, "state"),
        external_url=url(row, "external_url"),
    )


def deployment_rest(row: Node, project_id: int) -> Deployment:
    """A deployment; `deployable` is null when it was made through the API."""
    made_by = node(row.get("deployable"))
    started = node(made_by.get("pipeline"))
    return Deployment(
        id=identity(row),
        iid=number(row, "iid") or 0,
        project_id=project_id,
        environment=text(node(row.get("environment")), "name"),
        status=text(row, "status"),
        ref=text(row, "ref"),
        sha=text(row, "sha"),
        created_at=time(row, "created_at") or time(made_by, "created_at") or _EPOCH,
        updated_at=time(row, "updated_at"),
        finished_at=time(made_by, "finished_at"),
        user=text(node(row.get("user")), "username"),
        job_id=identity(made_by) if made_by else None,
        job_name=text(made_by, "name"),
        job_status=Status.of(text(made_by, "status")) if made_by else None,
        pipeline_id=identity(started) if started else None,
    )
