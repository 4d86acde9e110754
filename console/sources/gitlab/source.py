"""One GitLab as the rest of the console knows it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import httpx

from ...model.pipelines import Job, Pipeline, Project, Runner
from ...model.rollouts import Deployment, Environment
from ...model.tests import PipelineTests, SuiteCounts
from ...ports import Clock, FleetPage, JobPage, LogPart, PipelinePage, SourceError, Trouble
from ...text import clean
from ..http import without_password
from . import nouns
from .examine import Examiner, GitLabFacts, takes_byte_ranges
from .fleet import Fleet, outermost
from .fleet_rest import RestFleet, ours
from .graphql import GraphQL
from .lists import reading
from .logs import Logs
from .objects import ONCE, Objects
from .pipelines import Jobs, Pipelines
from .read import text
from .reports import Reports
from .rollouts import Rollouts
from .runners import Runners
from .wire import Wire, utc_now

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

T = TypeVar("T")
RETHINK = timedelta(hours=1)
"""GraphQL may only have been away, or the server upgraded, while we run for days."""


class GitLabSource:
    """Implements ports.GitLab over GitLab's GraphQL and REST. Nothing is tried twice: sync backs off.

    Without groups and projects the fleet is every project the token's user is a member of. What GraphQL of an old
    server cannot tell is asked of REST from then on, and `degraded` says so.
    """

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        *,
        groups: tuple[str, ...] = (),
        projects: tuple[str, ...] = (),
        ca_file: str | None = None,
        proxy: str | None = None,
        timeout_seconds: float = 10.0,
        name: str = "gitlab",
        clock: Clock = utc_now,
        transport: httpx.AsyncBaseTransport | None = None,
        adapter: "BaseAdapter | None" = None,
    ) -> None:
        """`url` may end in a path. `token` may block. `transport` and `adapter` stand in for the network in tests."""
        self.name = name
        # A password in the address would be shown with it, and could not be used beside the token.
        root = without_password(url.strip()).removesuffix("/api/v4")
        self._wire = Wire(root, token, ca_file, proxy, timeout_seconds, clock, transport)
        self._graphql = GraphQL(self._wire)
        self._objects = Objects(self._wire, adapter)
        top, named = outermost(groups, projects)
        self._fleet = Fleet(self._graphql, top, named)
        self._plain = RestFleet(self._wire, top, named)
        self._pipelines = Pipelines(self._graphql)
        self._jobs = Jobs(self._graphql)
        self._runners = Runners(self._graphql, self._objects, top, named)
        self._rollouts = Rollouts(self._wire)
        self._logs = Logs(self._wire)
        self._reports = Reports(self._wire, self._objects)
        self._examiner = Examiner(self._graphql, self._objects)
        self._version: str | None = None
        self._asking_version = asyncio.Lock()
        self._over_rest: dict[str, tuple[datetime, str]] = {}

    def __repr__(self) -> str:
        return f"GitLabSource({self._wire.url!r})"

    async def aclose(self) -> None:
        """Close all connections."""
        await self._wire.aclose()
        await self._objects.aclose()

    @property
    def requests_left(self) -> int | None:
        """What remains of the rate limit; None: there is none, or it is not told."""
        return self._wire.seen.remaining

    @property
    def degraded(self) -> tuple[str, ...]:
        """What this server or token cannot give, and what is done instead, each in a sentence."""
        unknown = sorted(self._graphql.dropped)
        return (
            *((f"This GitLab does not know {', '.join(unknown)}: left out",) if unknown else ()),
            *(f"{what} come by REST, which is slower: {why}" for what, (_, why) in self._over_rest.items()),
            *(f"The runners of {place} are hidden from this token" for place in self._runners.hidden),
            *self._wire.notes,
        )

    async def fleet(self, cursor: str | None = None) -> FleetPage:
        """Some projects with their newest pipelines."""
        return await self._either(
            "Projects", lambda: self._fleet.page(cursor), lambda: self._plain.page(cursor), ours(cursor) is not None
        )

    async def runners(self) -> tuple[Runner, ...]:
        """The runners this token may see."""
        return await self._either("Runners", self._runners.all, self._runners.all_rest)

    async def pipelines(
        self, project: Project, *, updated_after: datetime | None = None, cursor: str | None = None
    ) -> PipelinePage:
        """Some pipelines of a project, newest first."""
        return await self._either(
            "Pipelines",
            lambda: self._pipelines.page(project, updated_after, cursor),
            lambda: self._plain.pipelines(project, updated_after, cursor),
            ours(cursor) is not None,
        )

    async def jobs(self, project: Project, *, cursor: str | None = None) -> JobPage:
        """Some jobs of a project with every attempt, newest first."""
        return await self._jobs.page(project, cursor)

    async def pipeline_jobs(self, project: Project, pipeline: Pipeline) -> tuple[Job, ...]:
        """Every attempt of every job of one pipeline."""
        return await self._either(
            "Needs of jobs",
            lambda: self._jobs.of_pipeline(project, pipeline),
            lambda: self._jobs.of_pipeline_rest(project, pipeline),
        )

    async def environments(self, project: Project) -> tuple[Environment, ...]:
        """All environments of a project."""
        return await self._rollouts.environments(project)

    async def deployments(self, project: Project, *, updated_after: datetime | None = None) -> tuple[Deployment, ...]:
        """The newest deployments, or all that changed since."""
        return await self._rollouts.deployments(project, updated_after)

    async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart:
        """Bytes of a job's log; a negative offset counts from the end."""
        if limit <= 0:
            raise ValueError(f"limit {limit} asks for nothing")
        if self._logs.bytewise is None:
            self._logs.bytewise = await self._takes_byte_ranges()
        return await self._logs.part(project_id, job_id, offset, limit)

    async def tests(self, project_id: int, pipeline_id: int) -> PipelineTests:
        """Every test case of one pipeline."""
        return await self._reports.tests(project_id, pipeline_id)

    async def test_counts(self, project_id: int, pipeline_id: int) -> tuple[SuiteCounts, ...]:
        """How many test cases of each job of one pipeline ended how."""
        return await self._reports.counts(project_id, pipeline_id)

    async def project(self, path: str | int) -> Project:
        """One project by full path or id."""
        what = f"project {path}"
        row = await self._objects.call(
            lambda lab: lab.projects.get(path, statistics="true", **ONCE).asdict(), what=what
        )
        with reading(what, self._wire):
            return nouns.project_rest(row)

    async def job(self, project: str | int, job_id: int) -> Job:
        """One job by its project's full path or id."""
        what = f"job {job_id} of {project}"
        found = (await self.project(project)).id if isinstance(project, str) else project
        row = await self._objects.call(
            lambda lab: lab.projects.get(found, lazy=True).jobs.get(job_id, **ONCE).asdict(), what=what
        )
        with reading(what, self._wire):
            return nouns.job_rest(row, found)

    async def version(self) -> str:
        """The server's version, asked once; empty when it does not tell this token."""
        async with self._asking_version:
            if self._version is None:
                try:
                    self._version = text(await self._examiner.version(), "version")
                except SourceError as error:
                    if error.trouble not in (Trouble.FORBIDDEN, Trouble.MISSING, Trouble.UNSUPPORTED):
                        raise
                    self._version = ""
            return self._version

    async def _takes_byte_ranges(self) -> bool | None:
        """None: this server is there but fails to tell its version, which must not cost us its logs."""
        try:
            return takes_byte_ranges(await self.version())
        except SourceError as error:
            if error.trouble is Trouble.BROKEN:
                return None
            raise

    async def examine(self) -> GitLabFacts:
        """Everything `console doctor` tells of this GitLab."""
        return await self._examiner.facts(self.degraded)

    async def _either(
        self, what: str, graphql: Callable[[], Awaitable[T]], rest: Callable[[], Awaitable[T]], by_rest: bool = False
    ) -> T:
        """GraphQL's answer; REST's for an hour after GraphQL proved unable, or for a cursor that REST gave."""
        now = self._wire.clock()
        known = self._over_rest.get(what)
        if not by_rest and (known is None or now - known[0] > RETHINK):
            try:
                answer = await graphql()
            except SourceError as error:
                if error.trouble is not Trouble.UNSUPPORTED:
                    raise
                self._over_rest[what] = (now, clean(str(error)))
            else:
                self._over_rest.pop(what, None)
                return answer
        return await rest()
