"""Does one step for one project: asks GitLab, stores the answers, then the bookmark."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from ..model.pipelines import Job, Pipeline, Status
from ..model.rollouts import Deployment
from ..ports import Bookmark, SourceError, Trouble
from .agenda import COST_OF_JOBS, Kind, Step
from .book import Book
from .context import Context

T = TypeVar("T")
OVERLAP = timedelta(minutes=2)
"""Changes are asked for from this long before the newest known: rows become visible when their transaction ends."""
MANY = 25
"""New pipelines whose jobs come cheaper by the hundred than pipeline by pipeline."""
_REMEMBERED = 20_000
_HAS_NONE = (Trouble.FORBIDDEN, Trouble.MISSING)

Version = tuple[Status, datetime | None]


@dataclass(slots=True)
class Steps:
    """Steps on one GitLab. Each raises SourceError when GitLab or the history fails; what it stored stays."""

    context: Context
    _seen: dict[int, Version] = field(default_factory=dict)
    """State of each pipeline when its jobs were last asked for."""

    async def run(self, step: Step) -> None:
        """Do one step."""
        match step.kind:
            case Kind.JOBS:
                await self._jobs(step.book, step.pipeline_id)
            case Kind.CHANGES:
                await self._changes(step.book)
            case Kind.DEPLOYMENTS:
                await self._deployments(step.book)
            case Kind.PIPELINES:
                await self._older_pipelines(step.book, step.background)
            case Kind.OLD_JOBS:
                await self._older_jobs(step.book)
            case Kind.OLD_DEPLOYMENTS:
                await self._older_deployments(step.book)

    async def _jobs(self, book: Book, pipeline_id: int | None) -> None:
        """The jobs of one pipeline; when all have ended, the pipeline has changed too."""
        pipeline = await self.context.store.ask(
            partial(self.context.history.pipeline, book.project.id, pipeline_id or 0)
        )
        if pipeline is None:
            book.changed = True
            return
        jobs = await self._pipeline_jobs(book, pipeline)
        self.context.agenda.looked(pipeline.id, jobs)
        if not pipeline.status.finished and all(job.status.finished for job in jobs):
            book.changed = True

    async def _changes(self, book: Book) -> None:
        """All pipelines that changed since the bookmark, with their jobs; then the bookmark moves."""
        book.changed, book.swept_at = False, self.context.pace.clock()
        mark = book.mark("pipelines")
        since = mark.newest - OVERLAP if mark.newest else None
        changed: list[Pipeline] = []
        newest, cursor = mark.newest, None
        while True:
            page = await self._ask(
                partial(self.context.gitlab.pipelines, book.project, updated_after=since, cursor=cursor)
            )
            await self._save_pipelines(page.pipelines)
            changed += [one for one in page.pipelines if self._seen.get(one.id) != (one.status, one.updated_at)]
            newest, cursor = latest(page.pipelines, newest), page.cursor
            if cursor is None or since is None:
                break
        await self._jobs_of(book, changed, since)
        await self._keep(book, replace(book.mark("pipelines"), newest=newest))

    async def _jobs_of(self, book: Book, changed: Sequence[Pipeline], since: datetime | None) -> None:
        """Jobs of changed pipelines: one by one, or for many new ones by walking all jobs back to `since`."""
        new = [one for one in changed if since is not None and one.created_at >= since]
        walk = since if len(new) > MANY else None
        if walk is not None:
            await self._walk_jobs(book, walk)
            for one in new:
                self._remember(one)
        for one in changed:
            if walk is None or one.created_at < walk:
                await self._pipeline_jobs(book, one)

    async def _walk_jobs(self, book: Book, since: datetime) -> None:
        cursor = None
        while True:
            page = await self._ask(partial(self.context.gitlab.jobs, book.project, cursor=cursor))
            await self._save_jobs(page.jobs)
            cursor, oldest = page.cursor, first(page.jobs)
            if cursor is None or (oldest is not None and oldest < since):
                return

    async def _older_pipelines(self, book: Book, background: bool) -> None:
        mark = book.mark("pipelines")
        page = await self._ask(
            partial(self.context.gitlab.pipelines, book.project, cursor=mark.cursor), background=background
        )
        await self._save_pipelines(page.pipelines, calm=background)
        if mark.newest is None:
            mark = replace(mark, newest=latest(page.pipelines, None))
            book.changed, book.swept_at = False, self.context.pace.clock()
        await self._went_back(book, mark, page.cursor, first(page.pipelines))

    async def _older_jobs(self, book: Book) -> None:
        mark = book.mark("jobs")
        page = await self._ask(partial(self.context.gitlab.jobs, book.project, cursor=mark.cursor), background=True)
        await self._save_jobs(page.jobs, calm=mark.cursor is not None)
        await self._went_back(book, mark, page.cursor, first(page.jobs))

    async def _deployments(self, book: Book) -> None:
        """Environments, and deployments changed since the bookmark; the first time, the newest.

        Refused or missing is an answer here: a project without deployments has that part switched off.
        """
        project, mark = book.project, book.mark("deployments")
        book.deployed_at = self.context.pace.clock()
        since = mark.newest - OVERLAP if mark.newest else None
        try:
            environments = await self._ask(partial(self.context.gitlab.environments, project))
            found = await self._ask(partial(self.context.gitlab.deployments, project, updated_after=since))
        except SourceError as error:
            if error.trouble not in _HAS_NONE:
                raise
            await self._keep(book, replace(mark, complete=True))
            return
        save = partial(self.context.writer.save_environments, project.id, environments)
        await self.context.save(save, "deployments")
        await self.context.save(partial(self.context.writer.save_deployments, found), "deployments")
        complete = mark.complete or not found
        await self._keep(book, replace(mark, newest=latest(found, mark.newest), complete=complete))

    async def _older_deployments(self, book: Book) -> None:
        """All deployments back to the horizon, in one go: GitLab lists those that changed since, not before."""
        ask = partial(self.context.gitlab.deployments, book.project, updated_after=self._horizon())
        found = await self._ask(ask, background=True)
        await self.context.save(partial(self.context.writer.save_deployments, found), "deployments", calm=True)
        await self._keep(book, replace(book.mark("deployments"), complete=True))

    async def _went_back(self, book: Book, mark: Bookmark, cursor: str | None, oldest: datetime | None) -> None:
        """Store how far a fill got: to the end, to the horizon, or to a cursor."""
        complete = cursor is None or (oldest is not None and oldest < self._horizon())
        reached = min((at for at in (oldest, mark.reached) if at is not None), default=None)
        await self._keep(book, replace(mark, cursor=cursor, complete=complete, reached=reached))
        if book.filled:
            self.context.announcer.changed("sources", calm=True)

    async def _pipeline_jobs(self, book: Book, pipeline: Pipeline) -> tuple[Job, ...]:
        ask = partial(self.context.gitlab.pipeline_jobs, book.project, pipeline)
        try:
            jobs = await self._ask(ask, cost=COST_OF_JOBS)
        except SourceError as error:
            if error.trouble is not Trouble.MISSING:
                raise
            await self._deleted(pipeline)
            return ()
        await self._save_jobs(jobs)
        self._remember(pipeline)
        return jobs

    async def _deleted(self, pipeline: Pipeline) -> None:
        """GitLab no longer has a pipeline. Deleting one cancels what runs of it; its end would never be told."""
        self._remember(pipeline)
        if not pipeline.status.finished:
            await self._save_pipelines([replace(pipeline, status=Status.CANCELED, failure_reason="deleted in GitLab")])

    async def _save_pipelines(self, pipelines: Sequence[Pipeline], *, calm: bool = False) -> None:
        self.context.tally.pipelines += len(pipelines)
        await self.context.save(partial(self.context.writer.save_pipelines, pipelines), "pipelines", calm=calm)

    async def _save_jobs(self, jobs: Sequence[Job], *, calm: bool = False) -> None:
        self.context.tally.jobs += len(jobs)
        if await self.context.save(partial(self.context.writer.save_jobs, jobs), "jobs", calm=calm):
            self.context.logs.ring()

    async def _keep(self, book: Book, mark: Bookmark) -> None:
        await self.context.store.ask(partial(self.context.writer.save_bookmark, mark))
        book.keep(mark)

    async def _ask(self, call: Callable[[], Awaitable[T]], *, cost: int = 1, background: bool = False) -> T:
        return await self.context.line.ask(call, cost=cost, background=background, alone=True)

    def _remember(self, pipeline: Pipeline) -> None:
        self._seen[pipeline.id] = (pipeline.status, pipeline.updated_at)
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]

    def _horizon(self) -> datetime:
        return self.context.pace.clock() - self.context.rhythm.horizon


def first(ones: Iterable[Pipeline | Job]) -> datetime | None:
    """When the oldest of them was made; None when that is not told of any."""
    return min((one.created_at for one in ones if one.created_at is not None), default=None)


def latest(ones: Iterable[Pipeline | Deployment], known: datetime | None) -> datetime | None:
    """When the latest change of any was, by GitLab's own clock: ours may differ."""
    moments = [one.updated_at or one.created_at for one in ones]
    return max([*moments, known] if known else moments, default=None)
